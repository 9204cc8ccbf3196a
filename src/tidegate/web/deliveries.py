"""The delivery log in words."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from tidegate.authorization.scope import Scope
from tidegate.notifications.models import Delivery
from tidegate.notifications.queries import name_tenants
from tidegate.notifications.words import ChannelKind, DeliveryState, Purpose, Suppression

_LEVELS: Final[Mapping[str, str]] = {
    DeliveryState.SENT: "ok",
    DeliveryState.FAILED: "bad",
    DeliveryState.SUPPRESSED: "dim",
}
_ON_ITS_WAY: Final = frozenset({DeliveryState.WAITING, DeliveryState.SENDING})


@dataclass(frozen=True, slots=True)
class DeliveryRow:
    """One delivery. `where` is the organization of which it tells, if the reader may know."""

    delivery: Delivery
    to: str
    kind: str
    what: str
    where: str
    level: str
    state: str
    reason: str
    may_resend: bool
    is_webhook: bool


def describe_deliveries(scope: Scope, deliveries: Iterable[Delivery]) -> list[DeliveryRow]:
    """The rows of a page, in their order. One statement for the names of organizations."""
    rows = list(deliveries)
    return describe_named(rows, name_tenants(scope, [one.part_tenant_id for one in rows]))


def describe_named(deliveries: Iterable[Delivery], names: Mapping[uuid.UUID, str]) -> list[DeliveryRow]:
    """The same, where the names of organizations that the reader may enter are known."""
    return [_describe(one, names.get(one.part_tenant_id) if one.part_tenant_id else "") for one in deliveries]


def may_resend(one: Delivery) -> bool:
    """Whether it may be sent again: it is a rule's, and not on its way."""
    return one.rule_id is not None and one.state not in _ON_ITS_WAY


def _describe(one: Delivery, where: str | None) -> DeliveryRow:
    state = DeliveryState(one.state)
    because = Suppression(one.suppressed_because).label if one.suppressed_because else ""
    return DeliveryRow(
        delivery=one,
        to=one.email or (one.channel.display_name if one.channel else ""),
        kind=str(ChannelKind(one.kind).label),
        what=str(Purpose(one.purpose).label),
        where=_("an organization that you may not enter now") if where is None else where,
        level=_LEVELS.get(state, "dim"),
        state=str(state.label),
        reason=str(because),
        may_resend=may_resend(one),
        is_webhook=one.kind == ChannelKind.WEBHOOK,
    )
