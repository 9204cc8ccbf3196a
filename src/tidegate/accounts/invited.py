"""The address to which an invitation was sent, remembered while its holder signs up.

Who holds the link of an invitation has shown that the address is theirs: they may sign up
although sign-up is closed, and need not verify the address again.
"""

from django.core import signing
from django.http import HttpRequest

from tidegate.accounts.models import normalize_email

_KEY = "invited_email"
_SALT = "tidegate.accounts.invited"
_SECONDS = 3600


def remember_invited(request: HttpRequest, email: str) -> None:
    """Let this session sign up with this address for one hour."""
    request.session[_KEY] = signing.dumps(normalize_email(email), salt=_SALT)


def invited_email(request: HttpRequest) -> str:
    """The invited address of this session, or ""."""
    try:
        return str(signing.loads(request.session.get(_KEY, ""), salt=_SALT, max_age=_SECONDS))
    except signing.BadSignature:
        return ""


def forget_invited(request: HttpRequest) -> None:
    """Take the permission back, once it was used."""
    request.session.pop(_KEY, None)
