"""What nobody does about elevations: deny what was not decided in time, end what lost what it rested on.

No access hangs on it: what is overdue cannot be decided, and a known end stands in the lent role itself.
"""

from typing import Final

from tidegate.core import clock
from tidegate.entitlements.actions.activations import close_overdue, close_untenable
from tidegate.entitlements.elevating import overdue, untenable

AT_ONCE: Final = 50


def close_elevations() -> bool:
    """Close a batch; whether there may be more."""
    now = clock.now()
    late = list(overdue(now).values_list("tenant_id", "id")[:AT_ONCE])
    gone = list(untenable(now).values_list("tenant_id", "id")[:AT_ONCE])
    closed = [close_overdue(*row) for row in late] + [close_untenable(*row) for row in gone]
    return any(closed) and AT_ONCE in {len(late), len(gone)}
