"""The delivery log in words."""

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
    names = name_tenants(scope, [one.part_tenant_id for one in rows])
    return [_describe(one, names.get(one.part_tenant_id) if one.part_tenant_id else "") for one in rows]


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
        may_resend=one.rule_id is not None and state not in _ON_ITS_WAY,
        is_webhook=one.kind == ChannelKind.WEBHOOK,
    )
