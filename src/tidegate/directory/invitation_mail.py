"""The mail that carries an invitation's link."""

import logging
import smtplib

from django.conf import settings
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from tidegate.authorization.scope import Scope
from tidegate.directory.actions.invitations import Offer

log = logging.getLogger(__name__)


def invitation_link(token: str) -> str:
    """The address at which an invitation is accepted."""
    return f"{settings.BASE_URL}{reverse('invitation', args=[token])}"


def mail_invitation(scope: Scope, offer: Offer, *, message: str = "") -> bool:
    """Send the link, in the inviter's language; whether the mail server took it.

    `message` is what the inviter wants said with it.
    Called once the invitation is committed, which stands whatever becomes of its mail.
    """
    context = {
        "message": message,
        "tenant": scope.entry.tenant_name,
        "inviter": scope.actor.display_name,
        "link": invitation_link(offer.token),
        "expires_at": offer.invitation.expires_at,
        "is_guest": offer.user.is_guest,
    }
    subject = _("%(inviter)s invites you to %(tenant)s") % context
    body = render_to_string("directory/invitation_mail.txt", context)
    try:
        send_mail(subject[:200], body, None, [offer.invitation.invited_email])
    except (OSError, smtplib.SMTPException):
        log.warning("The mail of invitation %s was not taken.", offer.invitation.id, exc_info=True)
        return False
    return True
