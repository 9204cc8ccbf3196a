"""Forms about applications: what they are and need, what they prove themselves with, consent to them."""

from collections.abc import Collection
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from tidegate.authorization.api_permissions import ApiPermission
from tidegate.core.errors import InvalidInput
from tidegate.directory.actions.applications import Redirect, Registration, check_address
from tidegate.directory.actions.consents import Term
from tidegate.directory.models import Application
from tidegate.web.api_words import AUDIENCE_WORDS, PERMISSIONS_BY_KEY, read_required, write_key
from tidegate.web.forms.fields import EndField, GuidField
from tidegate.web.visit import say_reason

_LINES: Final = {"rows": 3, "spellcheck": "false"}
_LONGEST_PEM: Final = 20_000


class ApplicationForm(forms.Form):
    """Everything about an application that its owner decides, but for what it needs."""

    display_name = forms.CharField(label=_("Name"))
    description = forms.CharField(label=_("Description"), required=False)
    sign_in_audience = forms.ChoiceField(
        label=_("Where it may be used"),
        choices=list(AUDIENCE_WORDS.items()),
        help_text=_("A provider's SIEM connector that fetches from several customers is for every tenant."),
    )
    web = forms.CharField(
        label=_("Redirect addresses: web"),
        required=False,
        widget=forms.Textarea({**_LINES, "placeholder": "https://siem.example/SiemMsspConnector"}),
        help_text=_("One a line. Codes are sent to exactly these addresses."),
    )
    spa = forms.CharField(
        label=_("Redirect addresses: single-page application"),
        required=False,
        widget=forms.Textarea({**_LINES, "rows": 2}),
    )
    public_client = forms.CharField(
        label=_("Redirect addresses: mobile and desktop"),
        required=False,
        widget=forms.Textarea({**_LINES, "rows": 2}),
    )
    logout_url = forms.CharField(label=_("Sign-out address"), required=False)
    allows_public_client = forms.BooleanField(
        label=_("It is a public client: it keeps no secret, and may sign people in by device code"),
        required=False,
    )
    FIELDS_OF: Final = {"web": "web", "spa": "spa", "public_client": "publicClient"}

    def clean(self) -> dict[str, Any]:
        """Each address beside its own field: the action knows them as one list."""
        for name, platform in self.FIELDS_OF.items():
            for uri in _read_lines(self.cleaned_data.get(name, "")):
                try:
                    check_address(uri, name, platform)
                except InvalidInput as error:
                    self.add_error(name, f"{uri}: {say_reason(error.fields[name])}")
        return self.cleaned_data

    def read(self, required: Collection[ApiPermission] = ()) -> Registration:
        """What was typed, with what the application needs."""
        values = self.cleaned_data
        redirects = [
            Redirect(uri, platform)
            for name, platform in self.FIELDS_OF.items()
            for uri in _read_lines(values[name])
        ]
        names = ("display_name", "description", "sign_in_audience", "logout_url", "allows_public_client")
        chosen = {name: values[name] for name in names}
        return Registration(redirects=redirects, required=required, **chosen)


def _read_lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def show_application(application: Application) -> dict[str, Any]:
    """An application as `ApplicationForm` begins with it."""
    names = ("display_name", "description", "sign_in_audience", "logout_url", "allows_public_client")
    lines = {
        name: "\n".join(row["uri"] for row in application.redirect_uris if row["platform"] == platform)
        for name, platform in ApplicationForm.FIELDS_OF.items()
    }
    return {**{name: getattr(application, name) for name in names}, **lines}


def read_registration(application: Application, required: Collection[ApiPermission]) -> Registration:
    """An application as it stands, but for what it needs."""
    redirects = [Redirect(row["uri"], row["platform"]) for row in application.redirect_uris]
    names = ("display_name", "description", "sign_in_audience", "logout_url", "allows_public_client")
    return Registration(
        redirects=redirects, required=required, **{name: getattr(application, name) for name in names}
    )


class PermissionsField(forms.TypedMultipleChoiceField):
    """Permissions of APIs, each by its key."""

    def __init__(self, offered: Collection[ApiPermission], **options: Any) -> None:
        choices = [(write_key(each), each.value) for each in offered]
        super().__init__(coerce=PERMISSIONS_BY_KEY.__getitem__, choices=choices, **options)


class RequiredForm(forms.Form):
    """What an application says it needs; nothing is granted by it."""

    permissions = PermissionsField(tuple(PERMISSIONS_BY_KEY.values()), label=_("Permissions"), required=False)


def show_required(application: Application) -> dict[str, Any]:
    """What `RequiredForm` begins with."""
    return {"permissions": [write_key(each) for each in read_required(application)]}


class TermForm(forms.Form):
    """Until when something holds, or why it has no end."""

    ends_at = EndField(
        label=_("Until"), help_text=_("In your own time zone. Without an end only for a reason in words.")
    )
    reason = forms.CharField(label=_("Why it has no end"), required=False)

    def read_term(self) -> Term:
        """What was chosen."""
        return Term(self.cleaned_data["ends_at"], self.cleaned_data["reason"])


class ConsentForm(TermForm):
    """What an application is granted, for everybody of the tenant, and until when."""

    field_order = ("permissions", "ends_at", "reason")

    def __init__(self, *args: Any, offered: Collection[ApiPermission], **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["permissions"] = PermissionsField(
            offered,
            label=_("Permissions"),
            error_messages={"required": _("must be at least one")},
        )


class FindApplicationForm(forms.Form):
    """Which application is meant, by the id that its owner hands on."""

    client_id = GuidField(label=_("Application (client) ID"))


class SecretForm(forms.Form):
    """A new secret: what it is for, and its end. Its text is made, never typed."""

    display_name = forms.CharField(
        label=_("What it is for"), required=False, help_text=_("Like “Splunk, Eemshaven”.")
    )
    ends_at = EndField(label=_("Ends"), help_text=_("Empty: in a year."))


class CertificateForm(forms.Form):
    """The public half of a key pair, pasted; a script reads it out of a file."""

    display_name = forms.CharField(label=_("What it is for"), required=False)
    certificate = forms.CharField(
        label=_("Certificate, as PEM"),
        max_length=_LONGEST_PEM,
        widget=forms.Textarea(
            {
                **_LINES,
                "rows": 6,
                "placeholder": "-----BEGIN CERTIFICATE-----",
                "data-fill-from-file": _("Read it from a file"),
            }
        ),
        help_text=_("Only the certificate. Its private key stays where it is."),
    )
    ends_at = EndField(label=_("Ends"), help_text=_("Empty: with the certificate, in a year at most."))


class FederatedForm(forms.Form):
    """Whose tokens for which subject an application may prove itself with."""

    display_name = forms.CharField(label=_("What it is for"), required=False)
    issuer = forms.CharField(
        label=_("Issuer"),
        widget=forms.TextInput({"placeholder": "https://issuer.example/", "spellcheck": "false"}),
        help_text=_("Letter by letter as its tokens have it in “iss”."),
    )
    subject = forms.CharField(label=_("Subject"), help_text=_("As its tokens have it in “sub”."))
    audience = forms.CharField(label=_("Audience"), initial="api://AzureADTokenExchange")
    ends_at = EndField(label=_("Ends"), help_text=_("Empty: in a year."))
