"""A stop: administrators are told of it, and nobody of the organization is offered anything."""

from collections.abc import Callable

import pytest

from tests.applications import app_permissions, let_in, make_program
from tests.cast import Cast
from tests.entitlements.offering import offer_to_provider
from tidegate.authorization.api_permissions import Resource
from tidegate.authorization.roles import BuiltInRole
from tidegate.authorization.scope import Scope
from tidegate.core.errors import Forbidden
from tidegate.directory.actions.roles import assign_role
from tidegate.directory.applications import find_principal
from tidegate.directory.models import EmergencyStop
from tidegate.entitlements.actions.stopping import (
    lift_stop,
    stop_all,
    stop_domain,
    stop_guest,
    stop_organization,
)
from tidegate.entitlements.models import Notice
from tidegate.entitlements.offers import list_offers

pytestmark = pytest.mark.usefixtures("now")

type Stop = Callable[[Scope, Cast], EmergencyStop]

STOPS: tuple[tuple[str, Stop], ...] = (
    (
        "Analyst (analyst@provider.example)",
        lambda at, cast: stop_guest(at, cast.user("analyst").id, reason="x"),
    ),
    ("Harbour", lambda at, cast: stop_organization(at, cast.provider.id, name="Harbour", reason="x")),
    ("Watch", lambda at, _cast: stop_domain(at, "provider.example", name="Watch", reason="x")),
    ("Delta Mills", lambda at, _cast: stop_all(at, reason="x")),
)


@pytest.mark.parametrize(("name", "stop"), STOPS)
def test_administrators_are_told_of_a_stop_and_of_its_end(cast: Cast, name: str, stop: Stop) -> None:
    admin, role = cast.enter("admin"), cast.role(BuiltInRole.GLOBAL_ADMINISTRATOR)
    for other in ("member", "lead"):
        assign_role(admin, role.id, user_id=cast.user(other).id)
    lift_stop(admin, stop(admin, cast).id, reason="Over")
    told = list(Notice.rows.order_by("kind", "email").values_list("kind", "email", "values"))
    addresses = ("admin@customer.example", "member@customer.example")
    assert told == [
        (kind, address, {"name": name, "by": "Admin", "reason": reason})
        for kind, reason in (("outside_access_restored", "Over"), ("outside_access_stopped", "x"))
        for address in addresses
    ]


def test_nobody_is_told_of_what_was_refused(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        stop_all(cast.enter("reader"), reason="x")
    assert not Notice.rows.exists()


def test_nothing_is_offered_to_who_is_stopped_by_a_domain(cast: Cast) -> None:
    offer_to_provider(cast)
    assert list_offers(cast.actor("boss"))
    stop_domain(cast.enter("admin"), "provider.example", name="Harbour Watch", reason="x")
    assert list_offers(cast.actor("boss")) == []


def test_a_program_is_stopped_with_its_organizations_domain(cast: Cast) -> None:
    program = make_program(cast)
    let_in(program, cast.customer, *app_permissions(Resource.GRAPH, "SecurityAlert.Read.All"))
    assert find_principal(cast.customer.id, program.application.client_id)
    stop_domain(cast.enter("admin"), "provider.example", name="Harbour Watch", reason="x")
    assert find_principal(cast.customer.id, program.application.client_id) is None
