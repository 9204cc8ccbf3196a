"""Forms about where notifications go: webhooks, chats, on-call rotas, the mail server."""

from datetime import time, timedelta
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from tidegate.connectors.channels.email.server import Security
from tidegate.notifications.actions.rotas import SHIFTS_AT_MOST, Shift
from tidegate.web.forms.zones import ZoneInput

SPARE_SHIFTS: Final = 3
WEEKDAYS: Final = (
    *((0, _("Monday")), (1, _("Tuesday")), (2, _("Wednesday")), (3, _("Thursday"))),
    *((4, _("Friday")), (5, _("Saturday")), (6, _("Sunday"))),
)
_SECURITY_WORDS: Final = (
    (Security.STARTTLS.value, _("STARTTLS")),
    (Security.TLS.value, _("TLS from the start")),
    (Security.NONE.value, _("None")),
)
_UNSAID: Final = {"autocomplete": "off", "spellcheck": "false"}


class WebhookForm(forms.Form):
    """A webhook; its secret is made."""

    display_name = forms.CharField(label=_("Name"))
    address = forms.CharField(
        label=_("Address"),
        widget=forms.TextInput(_UNSAID),
        help_text=_("An https address. It is kept sealed and not shown again."),
    )


class ChatForm(WebhookForm):
    """A chat by the address that its service hands out."""

    address = forms.CharField(
        label=_("Address"),
        widget=forms.TextInput(_UNSAID),
        help_text=_(
            "The webhook address that Microsoft Teams or Slack gives you, or an address of Apprise for "
            "another service. It is kept sealed and not shown again."
        ),
    )


class ChannelForm(forms.Form):
    """Another name, another address."""

    display_name = forms.CharField(label=_("Name"))
    address = forms.CharField(
        label=_("New address"),
        required=False,
        widget=forms.TextInput(_UNSAID),
        help_text=_("Empty leaves it as it is."),
    )


class SecretForm(forms.Form):
    """For how long the secret before signs as well."""

    overlap = forms.TypedChoiceField(
        label=_("The old secret signs beside it for"),
        coerce=int,
        choices=[(0, _("no time: it is known to others")), (24, _("a day")), (168, _("a week"))],
        initial=24,
    )

    def clean_overlap(self) -> timedelta:
        """A length of time."""
        return timedelta(hours=self.cleaned_data["overlap"])


class ShiftRow(forms.Form):
    """One shift of each week; a row without an address counts for nothing."""

    weekday = forms.TypedChoiceField(label=_("Day"), coerce=int, choices=WEEKDAYS)
    starts = forms.TimeField(
        label=_("From"), initial=time(8), widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    ends = forms.TimeField(
        label=_("Until"), initial=time(18), widget=forms.TimeInput({"type": "time"}, format="%H:%M")
    )
    email = forms.CharField(
        label=_("Who, by address"), required=False, widget=forms.EmailInput({"maxlength": "254"})
    )

    def read(self) -> Shift | None:
        """The shift, if the row says one."""
        values = self.cleaned_data
        email = values["email"].strip()
        return Shift(values["weekday"], values["starts"], values["ends"], email) if email else None


ShiftRows: "Final[type[forms.BaseFormSet[ShiftRow]]]" = forms.formset_factory(
    ShiftRow, extra=SPARE_SHIFTS, max_num=SHIFTS_AT_MOST, absolute_max=SHIFTS_AT_MOST
)


class RotaForm(forms.Form):
    """Who is on call, as a weekly table or a calendar somewhere else."""

    display_name = forms.CharField(label=_("Name"))
    time_zone = forms.CharField(
        label=_("Time zone"), widget=ZoneInput, help_text=_("Of the shifts, like Europe/Amsterdam.")
    )
    calendar_address = forms.CharField(
        label=_("iCalendar address"),
        required=False,
        widget=forms.TextInput(_UNSAID),
        help_text=_(
            "Instead of the table: its events are the shifts, and who is on call are the addresses of their "
            "attendees, or those in their summary. It is kept sealed and not shown again."
        ),
    )

    def __init__(self, data: Any = None, *, shifts: list[dict[str, Any]], **options: Any) -> None:
        super().__init__(data, **options)
        self.rows = ShiftRows(data, prefix="shifts", initial=shifts)

    def clean(self) -> dict[str, Any]:
        """The action's arguments, with the shifts that the rows say."""
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if not self.rows.is_valid():
            raise forms.ValidationError(_("A shift needs a day, two times like 08:00 and an address."))
        said = (row.read() for row in self.rows if row.has_changed() or row.initial)
        return {**values, "shifts": [one for one in said if one]}


class MailServerForm(forms.Form):
    """The server that takes the installation's mails."""

    host = forms.CharField(label=_("Host"), widget=forms.TextInput(_UNSAID))
    port = forms.IntegerField(label=_("Port"), min_value=1, max_value=65535)
    security = forms.ChoiceField(label=_("Protection"), choices=_SECURITY_WORDS)
    mail_from = forms.CharField(label=_("Mails are from"), help_text=_("Like Portal <portal@host.example>."))
    user_name = forms.CharField(label=_("User name"), required=False, widget=forms.TextInput(_UNSAID))
    password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
        help_text=_("Empty keeps the one that is there."),
    )
    forgets_password = forms.BooleanField(label=_("Sign in without a password"), required=False)
