"""The link by which the reader of a mail wants no more of its rule, without signing in (RFC 8058)."""

import uuid
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.core import signing

from tidegate.core.errors import NotFound
from tidegate.notifications.models import NotificationRule

PATH: Final = "/notifications/unsubscribe/"
_SALT: Final = "tidegate.notifications.unsubscribing"


@dataclass(frozen=True, slots=True)
class Wish:
    """Who wants no more of what. Proven by the link alone, which only the reader was sent."""

    tenant_id: uuid.UUID
    rule_id: uuid.UUID
    email: str


def unsubscribe_url(rule: NotificationRule, email: str) -> str:
    """The address, for one reader of one rule."""
    wish = [rule.tenant_id.hex, rule.id.hex, email]
    return f"{settings.BASE_URL}{PATH}{signing.dumps(wish, salt=_SALT)}"


def read_wish(token: str) -> Wish:
    """What a link's token says. Raises NotFound for one that we did not write."""
    try:
        tenant_id, rule_id, email = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError):
        raise NotFound("There is no such link.") from None
    return Wish(uuid.UUID(tenant_id), uuid.UUID(rule_id), email)
