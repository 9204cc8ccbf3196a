"""What is being sent breaks off when the gate closes, within a second and never for nothing."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import GUESTS_END, NOW, Cast, days
from tests.devices.making import hide, see_devices
from tidegate.authorization.permissions import Permission
from tidegate.authorization.roles import BuiltInRole
from tidegate.authorization.scope import Scope
from tidegate.core.clock import standing_at
from tidegate.core.errors import Forbidden, NotFound
from tidegate.devices.actions.device_access import set_device_group_access
from tidegate.directory.actions.custom_roles import create_role
from tidegate.directory.actions.roles import assign_role
from tidegate.directory.actions.stops import stop_all, stop_guest
from tidegate.directory.actions.users import block_user
from tidegate.directory.models import RoleAssignment
from tidegate.gate.opening import open_many
from tidegate.gate.still import while_open

pytestmark = pytest.mark.usefixtures("now")

SECOND = timedelta(seconds=1)


def sending(scope: Scope, begun: datetime = NOW) -> Iterator[int]:
    """Three things on their way, of which the first has arrived."""
    pieces = while_open(scope, [1, 2, 3])
    with standing_at(begun):
        assert next(pieces) == 1
    return pieces


def take_role(cast: Cast) -> None:
    RoleAssignment.rows.filter(group__display_name="Tier 1").update(ends_at=NOW)


ENDS: dict[str, tuple[Callable[[Cast], object], type[Exception]]] = {
    "the guest is stopped": (
        lambda cast: stop_guest(cast.enter("admin"), cast.user("analyst").id, reason="x"),
        NotFound,
    ),
    "everybody is stopped": (lambda cast: stop_all(cast.enter("admin"), reason="x"), NotFound),
    "they are blocked": (lambda cast: block_user(cast.enter("admin"), cast.user("analyst").id), NotFound),
    "home blocks them": (
        lambda cast: block_user(cast.enter("boss", cast.provider), cast.user("analyst", cast.provider).id),
        NotFound,
    ),
    "their role ends": (take_role, Forbidden),
    "a device group is hidden": (lambda cast: hide(cast, "pc"), Forbidden),
}


@pytest.mark.parametrize("how", ENDS)
def test_it_breaks_off_when(cast: Cast, how: str) -> None:
    see_devices(cast.customer, "pc-1")
    end, error = ENDS[how]
    pieces = sending(cast.enter("analyst"))
    end(cast)
    with standing_at(NOW + SECOND), pytest.raises(error):
        next(pieces)


def test_it_breaks_off_by_the_clock_alone(cast: Cast) -> None:
    begun = GUESTS_END - SECOND
    with standing_at(begun):
        pieces = sending(cast.enter("analyst"), begun)
    with standing_at(GUESTS_END), pytest.raises(NotFound):
        next(pieces)


def test_it_goes_on_when_more_is_opened(cast: Cast) -> None:
    see_devices(cast.customer, "pc-1")
    hidden = hide(cast, "pc")
    pieces = sending(cast.enter("analyst"))
    admin = cast.enter("admin")
    set_device_group_access(admin, hidden.id, group_ids=[cast.group("Tier 1").id])
    assign_role(admin, cast.role(BuiltInRole.SECURITY_READER).id, user_id=cast.user("analyst").id)
    create_role(admin, display_name="Other", description="", lines=cast.role("Tier 1 Analyst").lines)
    with standing_at(NOW + SECOND):
        assert list(pieces) == [2, 3]


def test_the_gate_is_asked_once_a_second(cast: Cast) -> None:
    pieces = while_open(cast.enter("analyst"), range(100))
    with CaptureQueriesContext(connection) as asked:
        for piece, _ in zip(range(40), pieces, strict=False):
            assert piece < 40
        assert len(asked) == 0
        with standing_at(NOW + SECOND):
            assert len([next(pieces) for _ in range(40)]) == 40
    assert len(asked) == 2


def test_a_clock_that_was_set_back_asks(cast: Cast) -> None:
    pieces = sending(cast.enter("analyst"))
    stop_all(cast.enter("admin"), reason="x")
    with standing_at(NOW - days(1)), pytest.raises(NotFound):
        next(pieces)


def test_of_many_tenants_ones_own_is_asked(cast: Cast) -> None:
    many = open_many(cast.actor("analyst"), Permission.ALERT_READ)
    pieces = while_open(many, [1, 2])
    assert next(pieces) == 1
    block_user(cast.enter("boss", cast.provider), cast.user("analyst", cast.provider).id)
    with standing_at(NOW + SECOND), pytest.raises(NotFound):
        next(pieces)
