"""Forms about catalogs, access packages and who holds them."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tidegate.devices.models import DeviceGroup
from tidegate.directory.models import Group
from tidegate.entitlements.models import AccessPackage, AssignmentPolicy, Catalog
from tidegate.web.forms.directory import PersonField
from tidegate.web.forms.fields import EndField, offer_choices


class CatalogForm(forms.Form):
    """A collection of packages, and to whom it is open."""

    display_name = forms.CharField(label=_("Name"))
    description = forms.CharField(label=_("Description"), required=False)
    is_published = forms.BooleanField(
        label=_("Published"), required=False, help_text=_("Otherwise nothing in it can be asked for.")
    )
    is_externally_visible = forms.BooleanField(
        label=_("Open to people from outside"),
        required=False,
        help_text=_("Otherwise only users of this directory can ask for what is in it."),
    )


class PackageForm(forms.Form):
    """What a package is called, where it stands, whether it is listed."""

    display_name = forms.CharField(label=_("Name"))
    description = forms.CharField(
        label=_("Description"), required=False, help_text=_("Whoever asks for it reads this.")
    )
    catalog_id = forms.TypedChoiceField(label=_("Catalog"), coerce=uuid.UUID)
    is_hidden = forms.BooleanField(
        label=_("Hidden"),
        required=False,
        help_text=_("In no list; who has its link and fits a policy can ask for it."),
    )

    def __init__(self, *args: Any, catalogs: list[Catalog], **options: Any) -> None:
        super().__init__(*args, **options)
        offer_choices(self, "catalog_id", _("Choose"), [(str(one.id), one.display_name) for one in catalogs])


class NewPackageForm(PackageForm):
    """The same, with what is decided once."""

    is_break_glass = forms.BooleanField(
        label=_("Emergency package"),
        required=False,
        help_text=_(
            "Opens at once for one hour when two people of one connected organization agree;"
            " you are told, and they write up why. This cannot be changed later."
        ),
    )


class ResourceForm(forms.Form):
    """One thing that a package is to give."""

    group_id = forms.TypedChoiceField(label=_("Group"), coerce=uuid.UUID, required=False, empty_value=None)
    device_group_id = forms.TypedChoiceField(
        label=_("or device group"), coerce=uuid.UUID, required=False, empty_value=None
    )

    def __init__(
        self, *args: Any, groups: list[Group], device_groups: list[DeviceGroup], **options: Any
    ) -> None:
        super().__init__(*args, **options)
        offer_choices(self, "group_id", _("None"), [(str(one.id), one.display_name) for one in groups])
        offered = [(str(one.id), one.display_name) for one in device_groups]
        offer_choices(self, "device_group_id", _("None"), offered)


class ApartForm(forms.Form):
    """A package that nobody may hold together with this one."""

    other_id = forms.TypedChoiceField(label=_("Package"), coerce=uuid.UUID)

    def __init__(self, *args: Any, packages: list[AccessPackage], **options: Any) -> None:
        super().__init__(*args, **options)
        offer_choices(self, "other_id", _("Choose"), [(str(one.id), one.display_name) for one in packages])


class AssignForm(forms.Form):
    """Who is given a package, under which policy, from when and for how long."""

    user = PersonField()
    policy_id = forms.TypedChoiceField(label=_("Policy"), coerce=uuid.UUID)
    starts_at = EndField(label=_("From"))
    days = forms.IntegerField(
        label=_("Days"),
        required=False,
        min_value=0,
        max_value=3660,
        help_text=_("Empty for as long as the policy allows."),
    )
    hours = forms.IntegerField(label=_("Hours"), required=False, min_value=0, max_value=23)
    justification = forms.CharField(label=_("Why"), required=False)

    def __init__(self, *args: Any, policies: list[AssignmentPolicy], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["user"].help_text = _("A user of this directory, or the email address of anybody else.")
        offer_choices(self, "policy_id", _("Choose"), [(str(one.id), one.display_name) for one in policies])


class EndAccessForm(forms.Form):
    """Why somebody's access is taken away."""

    justification = forms.CharField(label=_("Why"), required=False, help_text=_("They are told this."))


def read_span(values: Mapping[str, Any]) -> timedelta | None:
    """Days and hours as one length of time; None when neither was given."""
    days, hours = values.get("days"), values.get("hours")
    if days is None and hours is None:
        return None
    return timedelta(days=days or 0, hours=hours or 0)
