"""What a tenant wants of correlation is set: it holds for whatever comes in from then on."""

from collections.abc import Collection
from datetime import timedelta

from django.db import transaction

from tidegate.audit.actions import Target, record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.errors import InvalidInput
from tidegate.directory.models import Tenant
from tidegate.incidents.correlation.rules import LARGEST, WINDOW_HOURS, Rules, read_rules
from tidegate.incidents.models import CorrelationKind, CorrelationSetting


def set_correlation(scope: Scope, *, kinds: Collection[str], window_hours: int, largest: int) -> Rules:
    """Set by what alerts are put together, within which time, and how large an incident may become.

    No kind at all turns it off; where alerts stand already, they stay. Raises Forbidden, InvalidInput.
    """
    require(scope, Permission.SECURITY_SETTING_MANAGE)
    _check(kinds, window_hours, largest)
    wanted = Rules(frozenset(CorrelationKind(kind) for kind in kinds), timedelta(hours=window_hours), largest)
    with transaction.atomic():
        # The lock of whatever comes in: a batch follows the one or the other.
        tenant = Tenant.objects.select_for_update(no_key=True).get(id=scope.tenant_id)
        before = read_rules(scope.tenant_id)
        if wanted == before:
            return wanted
        row = CorrelationSetting.objects.in_scope(scope).first() or CorrelationSetting(tenant=tenant)
        for kind in CorrelationKind:
            setattr(row, f"by_{kind}", kind in wanted.kinds)
        row.window_hours, row.largest, row.changed_at = window_hours, largest, clock.now()
        row.save()
        details = {"before": _describe(before), "after": _describe(wanted)}
        target = Target("tenant", str(tenant.id), tenant.display_name)
        record(scope, "correlation.changed", target, details=details)
    return wanted


def _check(kinds: Collection[str], window_hours: int, largest: int) -> None:
    faults: dict[str, str] = {}
    if not set(kinds) <= set(CorrelationKind.values):
        faults["kinds"] = f"must be one of: {', '.join(CorrelationKind.values)}"
    if not WINDOW_HOURS[0] <= window_hours <= WINDOW_HOURS[1]:
        faults["window_hours"] = "must be from one hour to seven days"
    if not LARGEST[0] <= largest <= LARGEST[1]:
        faults["largest"] = "must be from 2 to 300"
    if faults:
        raise InvalidInput(fields=faults)


def _describe(rules: Rules) -> dict[str, object]:
    kinds = [str(kind) for kind in CorrelationKind if kind in rules.kinds]
    return {"kinds": kinds, "window_hours": rules.window_hours, "largest": rules.largest}
