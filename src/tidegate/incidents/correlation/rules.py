"""What a tenant wants of correlation: by what, within which time, and how large an incident may become."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core.prepared import UUID, PreparedObjects
from tidegate.incidents.models import CorrelationKind, CorrelationSetting

WINDOW_HOURS: Final = (1, 168)
LARGEST: Final = (2, 300)
"""The least and the most that may be set."""
_SETTING: Final = PreparedObjects(CorrelationSetting.objects.of_tenant, tenant_id=UUID)


@dataclass(frozen=True, slots=True)
class Rules:
    """`window` is how far apart the activity of two alerts may be; `largest` how many alerts make it full."""

    kinds: frozenset[CorrelationKind] = frozenset(CorrelationKind)
    window: timedelta = timedelta(hours=24)
    largest: int = 150

    @property
    def window_hours(self) -> int:
        """The window in hours."""
        return int(self.window / timedelta(hours=1))


def read_rules(tenant_id: uuid.UUID) -> Rules:
    """A tenant's rules, for code below the gate."""
    row = _SETTING.first(tenant_id=tenant_id)
    if row is None:
        return Rules()
    kinds = frozenset(kind for kind in CorrelationKind if getattr(row, f"by_{kind}"))
    return Rules(kinds, timedelta(hours=row.window_hours), row.largest)


def get_rules(scope: Scope) -> Rules:
    """The rules of the scope's tenant. Raises Forbidden."""
    require(scope, Permission.SECURITY_SETTING_MANAGE)
    return read_rules(scope.tenant_id)
