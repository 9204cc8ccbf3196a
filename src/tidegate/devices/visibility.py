"""The devices that a scope lets see: those of its tenants but for device groups hidden from its actor."""

from tidegate.authorization.scope import ManyScope, Scope
from tidegate.core.scoped import ScopedQuerySet
from tidegate.devices.models import Device


def seen_devices(scope: Scope | ManyScope) -> ScopedQuerySet[Device]:
    """Every device that may be seen. Asks for no permission: its callers do."""
    rows: ScopedQuerySet[Device] = Device.objects.in_scope(scope)
    return rows.exclude(scope.sight.hidden("device_group_id")) if scope.sight.hides else rows


def hidden_devices(scope: Scope | ManyScope) -> ScopedQuerySet[Device]:
    """Every device of the scope's tenants that may not be seen."""
    rows: ScopedQuerySet[Device] = Device.objects.in_scope(scope)
    return rows.filter(scope.sight.hidden("device_group_id")) if scope.sight.hides else rows.none()
