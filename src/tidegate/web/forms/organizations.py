"""Forms about connected organizations."""

from django import forms
from django.utils.translation import gettext_lazy as _

from tidegate.entitlements.words import OrganizationState, SponsorKind
from tidegate.web.forms.directory import PersonField

STATE_WORDS = {
    OrganizationState.CONFIGURED.value: _("Configured"),
    OrganizationState.PROPOSED.value: _("Proposed"),
}
SPONSOR_WORDS = {
    SponsorKind.INTERNAL.value: _("Internal, a member of this directory"),
    SponsorKind.EXTERNAL.value: _("External, a guest"),
}


class FindForm(forms.Form):
    """Which organization is meant."""

    tid = forms.CharField(
        label=_("Directory ID or domain"),
        max_length=253,
        help_text=_("As the organization gave it to you. Whether it is on this portal is told to nobody."),
        widget=forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
    )


class ConnectForm(forms.Form):
    """The same with what it is to be called here."""

    tid = forms.CharField(label=_("Directory ID or domain"), widget=forms.TextInput({"readonly": True}))
    display_name = forms.CharField(label=_("Name"), required=False)
    description = forms.CharField(label=_("Description"), required=False)


class OrganizationForm(forms.Form):
    """What an organization is called, and where it stands."""

    display_name = forms.CharField(label=_("Name"))
    description = forms.CharField(label=_("Description"), required=False)
    state = forms.ChoiceField(
        label=_("State"),
        choices=list(STATE_WORDS.items()),
        help_text=_("The people of a proposed one are not among “all connected organizations”."),
    )


class SponsorForm(forms.Form):
    """Who answers for an organization."""

    user = PersonField()
    kind = forms.ChoiceField(label=_("Sponsor"), choices=list(SPONSOR_WORDS.items()))


class RemoveForm(forms.Form):
    """Whether what is held ends now as well."""

    ends_assignments = forms.BooleanField(
        label=_("End the access listed here now"),
        required=False,
        help_text=_("Without this it runs to its own end and cannot be extended."),
    )
