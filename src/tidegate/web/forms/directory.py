"""Forms about groups and domains."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tidegate.web.forms.fields import EndField


class GroupForm(forms.Form):
    """What a group is called, and what it is for."""

    display_name = forms.CharField(label=_("Name"))
    description = forms.CharField(label=_("Description"), required=False)


class PersonField(forms.CharField):
    """A user named by user principal name or e-mail address; the page offers the first of them."""

    def __init__(self, *, required: bool = True) -> None:
        attributes = {
            "list": "people",
            "autocomplete": "off",
            "spellcheck": "false",
            "placeholder": _("Name or email address"),
        }
        super().__init__(
            label=_("User"),
            required=required,
            widget=forms.TextInput(attributes),
        )


class MemberForm(forms.Form):
    """Who is put in a group, and until when."""

    user = PersonField()
    ends_at = EndField(label=_("Until"))


class DomainForm(forms.Form):
    """A domain to be claimed."""

    domain = forms.CharField(
        label=_("Domain"),
        widget=forms.TextInput({"placeholder": "organization.example", "autocomplete": "off"}),
    )
