"""Tokens at the gate: what they said when they were made, held against the rows of this instant."""

import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.applications import (
    Program,
    app_permissions,
    delegated_permissions,
    let_in,
    make_program,
)
from tests.cast import NOW, Cast, days
from tidegate.accounts.models import Account
from tidegate.authorization.api_permissions import Resource
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Actor, ActorKind, Scope
from tidegate.core.clock import standing_at
from tidegate.core.errors import NotFound
from tidegate.directory.models import (
    Application,
    EmergencyStop,
    Grant,
    ServicePrincipal,
    Tenant,
    User,
)
from tidegate.gate.applications import Claim, open_for_claim, open_many_for_claim

READ = "SecurityAlert.Read.All"
ORIGIN = Actor(ActorKind.PERSON, "Not signed in", ip_address="192.0.2.7", user_agent="SIEM/1.0")

pytestmark = pytest.mark.usefixtures("now")


@pytest.fixture
def program(cast: Cast) -> Program:
    program = make_program(cast)
    let_in(program, cast.customer, *app_permissions(Resource.GRAPH, READ))
    let_in(program, cast.customer, *delegated_permissions(Resource.GRAPH, READ, "User.Read"))
    return program


def _claim(program: Program, tenant: Tenant, *values: str, user: User | None = None) -> Claim:
    client_id = program.application.client_id
    return Claim(tenant.id, client_id, user.id if user else None, frozenset(values))


def _open(claim: Claim, resource: Resource = Resource.GRAPH) -> Scope:
    return open_for_claim(claim, resource, ORIGIN)


def test_application_may_what_the_tenant_grants_it(cast: Cast, program: Program) -> None:
    scope = _open(_claim(program, cast.customer, READ))

    assert scope.entry.permissions == {Permission.ALERT_READ}
    assert (scope.tenant_id, scope.entry.user_id, scope.entry.relation) == (cast.customer.id, None, None)
    assert (scope.actor.kind, scope.actor.client_id) == (
        ActorKind.APPLICATION, program.application.client_id,
    )  # fmt: skip
    assert (scope.actor.ip_address, scope.actor.home_tenant_id) == ("192.0.2.7", cast.provider.id)


@pytest.mark.parametrize(
    ("resource", "values"),
    [
        (Resource.GRAPH, ("User.Read.All",)),
        (Resource.GRAPH, ()),
        (Resource.DEFENDER, (READ,)),
        (Resource.SIEM, ("Alerts.Fetch.All", READ)),
    ],
)
def test_value_that_was_not_granted_for_the_api_opens_nothing(
    cast: Cast, program: Program, resource: Resource, values: tuple[str, ...]
) -> None:
    assert _open(_claim(program, cast.customer, *values), resource).entry.permissions == frozenset()


def test_grant_that_the_token_does_not_name_opens_nothing(cast: Cast, program: Program) -> None:
    let_in(program, cast.customer, *app_permissions(Resource.GRAPH, "User.Invite.All"))

    assert Permission.USER_INVITE not in _open(_claim(program, cast.customer, READ)).entry.permissions


def test_person_and_application_must_both_be_allowed(cast: Cast, program: Program) -> None:
    reader, member = cast.user("reader"), cast.user("member")
    of_reader = _open(_claim(program, cast.customer, READ, user=reader))
    of_member = _open(_claim(program, cast.customer, READ, user=member))
    without = _open(_claim(program, cast.customer, "User.Read", user=reader))

    assert of_reader.entry.permissions == {Permission.ALERT_READ}
    assert of_member.entry.permissions == frozenset()
    assert without.entry.permissions == {Permission.TENANT_READ}
    assert (of_reader.actor.kind, of_reader.actor.email) == (ActorKind.PERSON, "reader@customer.example")
    assert of_reader.actor.client_name == "Harbour SIEM"


def test_consent_of_one_person_is_theirs_alone(cast: Cast, program: Program) -> None:
    Grant.objects.of_tenant(cast.customer.id).filter(kind="delegated").update(user_id=cast.user("reader").id)
    reader, lead = (_claim(program, cast.customer, READ, user=cast.user(name)) for name in ("reader", "lead"))

    assert Permission.ALERT_READ in _open(reader).entry.permissions
    assert _open(lead).entry.permissions == frozenset()


def test_consent_for_people_is_none_for_the_application(cast: Cast, program: Program) -> None:
    Grant.objects.of_tenant(cast.customer.id).filter(kind="application").update(ends_at=NOW)

    assert _open(_claim(program, cast.customer, READ)).entry.permissions == frozenset()


@pytest.mark.parametrize(
    ("moment", "opens"),
    [
        (timedelta(seconds=-1), False),
        (timedelta(), True),
        (timedelta(days=10) - timedelta(seconds=1), True),
        (timedelta(days=10), False),
    ],
)
def test_grant_holds_from_its_start_up_to_its_end(
    cast: Cast, program: Program, moment: timedelta, *, opens: bool
) -> None:
    Grant.objects.of_tenant(cast.customer.id).update(starts_at=NOW, ends_at=NOW + days(10))
    with standing_at(NOW + moment):
        may = _open(_claim(program, cast.customer, READ)).entry.permissions

    assert (Permission.ALERT_READ in may) == opens


def _principals(cast: Cast) -> Any:
    return ServicePrincipal.objects.of_tenant(cast.customer.id)


def _applications(cast: Cast) -> Any:
    return Application.objects.of_tenant(cast.provider.id)


def _stop(cast: Cast, **values: Any) -> None:
    EmergencyStop.rows.create(
        tenant=cast.customer, name="x", reason="Now", started_at=NOW, started_by="Admin", **values
    )


KEEPS_OUT: dict[str, Callable[[Cast], object]] = {
    "principal disabled": lambda cast: _principals(cast).update(disabled_at=NOW),
    "principal removed": lambda cast: _principals(cast).update(removed_at=NOW),
    "application disabled at home": lambda cast: _applications(cast).update(disabled_at=NOW),
    "application removed at home": lambda cast: _applications(cast).update(removed_at=NOW),
    "everything stopped": lambda cast: _stop(cast, covers="all"),
    "its organization stopped": lambda cast: _stop(
        cast, covers="organization", home_tenant_id=cast.provider.id
    ),
}


@pytest.mark.parametrize("what", KEEPS_OUT)
def test_token_opens_nothing_from_the_next_request_on(cast: Cast, program: Program, what: str) -> None:
    claims = [
        _claim(program, cast.customer, READ),
        _claim(program, cast.customer, READ, user=cast.user("reader")),
    ]
    for claim in claims:
        assert _open(claim).tenant_id == cast.customer.id
    KEEPS_OUT[what](cast)

    for claim in claims:
        with pytest.raises(NotFound):
            _open(claim)


def test_stop_that_was_lifted_or_is_for_others_keeps_nobody_out(cast: Cast, program: Program) -> None:
    _stop(cast, covers="all", lifted_at=NOW)
    _stop(cast, covers="organization", home_tenant_id=cast.other.id)
    EmergencyStop.rows.create(
        tenant=cast.other, covers="all", name="x", reason="Now", started_at=NOW, started_by="Admin"
    )

    assert _open(_claim(program, cast.customer, READ)).tenant_id == cast.customer.id


def test_stop_of_outside_access_leaves_own_applications_alone(cast: Cast) -> None:
    own = make_program(cast, cast.customer)
    _stop(cast, covers="all")

    assert _open(_claim(own, cast.customer, READ)).tenant_id == cast.customer.id


def _users(cast: Cast) -> Any:
    return User.objects.of_tenant(cast.customer.id).filter(account=cast.accounts["analyst"])


def _stop_guest(cast: Cast) -> None:
    _stop(cast, covers="guest", user_id=cast.user("analyst").id)


PERSON_ENDS: dict[str, Callable[[Cast], object]] = {
    "blocked": lambda cast: _users(cast).update(blocked_at=NOW),
    "removed": lambda cast: _users(cast).update(removed_at=NOW),
    "access ended": lambda cast: _users(cast).update(ends_at=NOW),
    "access not begun": lambda cast: _users(cast).update(starts_at=NOW + days(1)),
    "stopped": _stop_guest,
    "left home": lambda cast: (
        User.objects.of_tenant(cast.provider.id)
        .filter(account=cast.accounts["analyst"])
        .update(removed_at=NOW)
    ),
    "account switched off": lambda cast: Account.objects.filter(id=cast.accounts["analyst"].id).update(
        is_active=False
    ),
}


@pytest.mark.parametrize("what", PERSON_ENDS)
def test_token_for_a_guest_ends_with_the_guest_and_the_applications_own_does_not(
    cast: Cast, program: Program, what: str
) -> None:
    for_guest = _claim(program, cast.customer, READ, user=cast.user("analyst"))
    for_itself = _claim(program, cast.customer, READ)
    assert Permission.ALERT_READ in _open(for_guest).entry.permissions
    PERSON_ENDS[what](cast)

    with pytest.raises(NotFound):
        _open(for_guest)
    assert _open(for_itself).tenant_id == cast.customer.id


def test_guests_token_ends_on_the_second(cast: Cast, program: Program) -> None:
    claim, end = _claim(program, cast.customer, READ, user=cast.user("analyst")), cast.user("analyst").ends_at
    assert isinstance(end, datetime)

    with standing_at(end - timedelta(seconds=1)):
        assert _open(claim).tenant_id == cast.customer.id
    with standing_at(end), pytest.raises(NotFound):
        _open(claim)


def test_outsiders_claims_are_all_refused_alike(cast: Cast, program: Program) -> None:
    foreign = make_program(cast, cast.other)
    outsider, member = cast.user("outsider", cast.other), cast.user("member")
    claims = [
        _claim(program, cast.other, READ),
        _claim(foreign, cast.customer, READ),
        _claim(program, cast.customer, READ, user=outsider),
        _claim(program, cast.other, READ, user=member),
        Claim(uuid.uuid4(), program.application.client_id, None, frozenset({READ})),
        Claim(cast.customer.id, uuid.uuid4(), None, frozenset({READ})),
        Claim(cast.customer.id, program.application.client_id, uuid.uuid4(), frozenset({READ})),
    ]
    words = set()
    for claim in claims:
        with pytest.raises(NotFound) as refused:
            _open(claim)
        words.add(refused.value.message)

    assert len(words) == 1


def _reached(claim: Claim, resource: Resource = Resource.GRAPH) -> set[str]:
    scope = open_many_for_claim(claim, resource, Permission.ALERT_READ, ORIGIN)
    found = User.objects.in_scope(scope).values_list("tenant__display_name", flat=True)
    return set(found.distinct())


def test_one_call_reaches_every_tenant_that_consents(cast: Cast, program: Program) -> None:
    claim = _claim(program, cast.provider, READ)
    assert _reached(claim) == {"Delta Mills"}
    let_in(program, cast.provider, *app_permissions(Resource.GRAPH, READ))
    let_in(program, cast.other, *app_permissions(Resource.GRAPH, "User.Read.All"))

    assert _reached(claim) == {"Delta Mills", "Harbour Watch"}
    Grant.objects.of_tenant(cast.customer.id).update(ends_at=NOW)
    assert _reached(claim) == {"Harbour Watch"}


@pytest.mark.parametrize("what", KEEPS_OUT)
def test_tenant_that_keeps_it_out_is_not_among_them(cast: Cast, program: Program, what: str) -> None:
    let_in(program, cast.provider, *app_permissions(Resource.GRAPH, READ))
    KEEPS_OUT[what](cast)
    try:
        reached = _reached(_claim(program, cast.provider, READ))
    except NotFound:
        reached = set()

    assert "Delta Mills" not in reached


def test_person_reaches_only_what_both_may_enter(cast: Cast, program: Program) -> None:
    delegated = delegated_permissions(Resource.GRAPH, READ)
    let_in(program, cast.provider, *delegated)
    let_in(program, cast.other, *delegated)
    analyst = _claim(program, cast.provider, READ, user=cast.user("analyst", cast.provider))

    assert _reached(analyst) == {"Delta Mills"}
    _users(cast).update(ends_at=NOW)
    assert _reached(analyst) == set()
