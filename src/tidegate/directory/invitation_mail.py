"""The mail that carries an invitation's link, in words. Sending it is others' business."""

from dataclasses import asdict, dataclass, field
from datetime import datetime

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _


@dataclass(frozen=True, slots=True)
class Letter:
    """What it says. `message` is what the inviter wants said with it."""

    tenant: str
    inviter: str
    message: str
    link: str = field(repr=False)
    expires_at: datetime
    is_guest: bool


def invitation_link(token: str) -> str:
    """The address at which an invitation is accepted."""
    return f"{settings.BASE_URL}{reverse('invitation', args=[token])}"


def write_letter(letter: Letter) -> tuple[str, str]:
    """Subject and text, in the language that is set."""
    context = asdict(letter)
    subject = _("%(inviter)s invites you to %(tenant)s") % context
    return subject[:200], render_to_string("directory/invitation_mail.txt", context)
