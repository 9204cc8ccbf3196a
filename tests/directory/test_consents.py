"""Consent: who lets which application do what, until when; and how it ends on the next request."""

import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from tests.applications import (
    Program,
    app_permissions,
    delegated_permissions,
    let_in,
    make_program,
)
from tests.cast import NOW, Cast, days, make_role
from tests.directory.consenting import principal_of, values
from tidegate.audit.models import AuditEvent
from tidegate.authorization.api_permissions import Resource
from tidegate.authorization.permissions import Permission, RolePermission
from tidegate.authorization.scope import Actor, ActorKind, Entry, Scope
from tidegate.core.clock import standing_at
from tidegate.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tidegate.directory.actions.applications import disable_application
from tidegate.directory.actions.consents import (
    Term,
    authorize_siem_application,
    consent_for_oneself,
    grant_consent,
    renew_grants,
    withdraw_consent,
    withdraw_own_consent,
    withdraw_siem_authorization,
)
from tidegate.directory.actions.renewing import renew_consent
from tidegate.directory.actions.roles import assign_role
from tidegate.directory.actions.service_principals import (
    disable_principal,
    enable_principal,
    remove_principal,
)
from tidegate.directory.actions.stops import stop_all, stop_organization
from tidegate.directory.applications import (
    find_principal,
    grants_in_force,
    list_grants,
    list_own_grants,
    list_principals,
)
from tidegate.directory.models import Grant, ServicePrincipal
from tidegate.gate.applications import Claim, open_for_claim

pytestmark = pytest.mark.usefixtures("now")

MAY_NOT = ("member", "reader", "analyst", "lead", "helper")
ALERTS = app_permissions(Resource.GRAPH, "SecurityAlert.Read.All")
PROFILE = delegated_permissions(Resource.GRAPH, "User.Read")
NOBODY = Actor(ActorKind.APPLICATION, "somewhere")


@pytest.fixture
def program(cast: Cast) -> Program:
    return make_program(cast)


def manager_of_directory(cast: Cast) -> Scope:
    """`member`, who may manage the directory and see no alerts."""
    role = make_role(cast.customer, "Directory", RolePermission.MANAGE_DIRECTORY)
    assign_role(cast.enter("admin"), role.id, user_id=cast.user("member").id)
    return cast.enter("member")


def opens(program: Program, cast: Cast) -> frozenset[Permission]:
    """What a token that says it may read alerts opens at the customer now."""
    claim = Claim(
        cast.customer.id, program.application.client_id, None, frozenset({"SecurityAlert.Read.All"})
    )
    return open_for_claim(claim, Resource.GRAPH, NOBODY).entry.permissions


def test_consent_lets_in_for_a_year_and_says_who(cast: Cast, program: Program) -> None:
    principal = grant_consent(cast.enter("admin"), program.application.client_id, ALERTS)
    grant = grants_in_force(principal, NOW).get()
    assert (grant.value, grant.granted_by, grant.ends_at) == (
        "SecurityAlert.Read.All",
        "Admin",
        NOW + days(365),
    )
    assert Permission.ALERT_READ in opens(program, cast)
    tags = AuditEvent.rows.filter(target_id=str(principal.id)).order_by("sequence")
    assert list(tags.values_list("tag", flat=True)) == ["service_principal.created", "consent.granted"]


def test_more_consent_stands_beside_what_was_granted(cast: Cast, program: Program) -> None:
    scope, client_id = cast.enter("admin"), program.application.client_id
    first = grant_consent(scope, client_id, ALERTS, term=Term(NOW + days(9)))
    again = grant_consent(scope, client_id, [*ALERTS, *PROFILE], term=Term(None, "Agreed with the board"))
    assert again.id == first.id
    assert values(program, cast.customer) == ["SecurityAlert.Read.All", "User.Read"]
    rows = grants_in_force(again, NOW)
    assert set(rows.values_list("ends_at", "reason")) == {(None, "Agreed with the board")}


@pytest.mark.parametrize(
    ("term", "field"),
    [
        (Term(NOW), "ends_at"),
        (Term(NOW + days(9999)), "ends_at"),
        (Term(None), "reason"),
        (Term(None, " "), "reason"),
        (Term(NOW + days(1), "x" * 1025), "reason"),
    ],
)
def test_term_that_cannot_be_lets_nobody_in(cast: Cast, program: Program, term: Term, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        grant_consent(cast.enter("admin"), program.application.client_id, ALERTS, term=term)
    assert set(refused.value.fields) == {field}
    assert find_principal(cast.customer.id, program.application.client_id) is None


@pytest.mark.parametrize("name", MAY_NOT)
def test_who_may_not_consent_changes_nothing(cast: Cast, program: Program, name: str) -> None:
    let_in(program, cast.customer, *ALERTS)
    principal, scope = principal_of(program, cast.customer), cast.enter(name)
    grant = grants_in_force(principal, NOW).get()
    attempts: list[Callable[[], Any]] = [
        lambda: grant_consent(scope, program.application.client_id, PROFILE),
        lambda: withdraw_consent(scope, principal.id, [grant.id]),
        lambda: renew_grants(scope, principal.id, [grant.id], term=Term(NOW + days(1))),
        lambda: renew_consent(scope, grant.id),
        lambda: disable_principal(scope, principal.id),
        lambda: remove_principal(scope, principal.id),
        lambda: authorize_siem_application(scope, program.application.client_id, cast.provider.id),
        lambda: withdraw_siem_authorization(scope, principal.id),
    ]
    for attempt in attempts:
        with pytest.raises(Forbidden):
            attempt()
    assert values(program, cast.customer) == ["SecurityAlert.Read.All"]


def test_consent_of_another_tenant_is_not_there(cast: Cast, program: Program) -> None:
    let_in(program, cast.customer, *ALERTS)
    principal = principal_of(program, cast.customer)
    grant = grants_in_force(principal, NOW).get()
    outsider = cast.enter("outsider", cast.other)
    attempts: list[Callable[[], Any]] = [
        lambda: withdraw_consent(outsider, principal.id, [grant.id]),
        lambda: renew_grants(outsider, principal.id, [grant.id], term=Term(NOW + days(1))),
        lambda: renew_consent(outsider, grant.id),
        lambda: disable_principal(outsider, principal.id),
        lambda: enable_principal(outsider, principal.id),
        lambda: remove_principal(outsider, principal.id),
        lambda: withdraw_siem_authorization(outsider, principal.id),
        lambda: withdraw_own_consent(outsider, principal.id),
    ]
    for attempt in attempts:
        with pytest.raises(NotFound):
            attempt()
    let_in(program, cast.other)
    with pytest.raises(NotFound):
        withdraw_consent(outsider, principal_of(program, cast.other).id, [grant.id])
    assert not list_grants(outsider, principal).exists()
    assert values(program, cast.customer) == ["SecurityAlert.Read.All"]


@pytest.mark.parametrize("what", ["unknown", "of its own tenant only", "disabled"])
def test_application_that_is_not_for_us_reads_like_none(cast: Cast, what: str) -> None:
    program = make_program(cast, multi_tenant=what != "of its own tenant only")
    client_id = uuid.uuid4() if what == "unknown" else program.application.client_id
    if what == "disabled":
        disable_application(cast.enter("boss", cast.provider), program.application.id)
    with pytest.raises(NotFound, match="There is no such application"):
        grant_consent(cast.enter("admin"), client_id, ALERTS)


def test_nobody_grants_or_renews_more_than_they_may(cast: Cast, program: Program) -> None:
    let_in(program, cast.customer, *ALERTS)
    scope, principal = manager_of_directory(cast), principal_of(program, cast.customer)
    grant = grants_in_force(principal, NOW).get()
    for attempt in (
        lambda: grant_consent(scope, program.application.client_id, ALERTS),
        lambda: renew_grants(scope, principal.id, [grant.id], term=Term(NOW + days(2))),
        lambda: renew_consent(scope, grant.id),
    ):
        with pytest.raises(Forbidden) as refused:
            attempt()
        assert refused.value.permission == Permission.ALERT_READ
    grant_consent(scope, program.application.client_id, PROFILE)
    assert Grant.rows.get(id=grant.id).ends_at == grant.ends_at


def test_nobody_grants_for_longer_than_they_may(cast: Cast, program: Program) -> None:
    let_in(program, cast.customer, *ALERTS)
    principal = principal_of(program, cast.customer)
    grant = grants_in_force(principal, NOW).get()
    end, client_id = NOW + days(5), program.application.client_id
    role = cast.role("Global Administrator")
    assign_role(cast.enter("admin"), role.id, user_id=cast.user("member").id, ends_at=end)
    scope = cast.enter("member")
    attempts: list[Callable[[], Any]] = [
        lambda: grant_consent(scope, client_id, ALERTS),
        lambda: grant_consent(scope, client_id, ALERTS, term=Term(None, "Agreed")),
        lambda: renew_grants(scope, principal.id, [grant.id], term=Term(end + days(1))),
        lambda: renew_consent(scope, grant.id),
        lambda: authorize_siem_application(scope, client_id, cast.provider.id),
    ]
    for attempt in attempts:
        with pytest.raises(Forbidden, match="for a time only"):
            attempt()
    assert values(program, cast.customer) == ["SecurityAlert.Read.All"]
    grant_consent(scope, client_id, ALERTS, term=Term(end))
    # What acts for people does no more than they may do then.
    grant_consent(scope, client_id, PROFILE)
    consent_for_oneself(scope, client_id, delegated_permissions(Resource.GRAPH, "Group.Read.All"))


def test_an_application_grants_no_more_than_it_may_either(cast: Cast, program: Program) -> None:
    admin = cast.enter("admin")
    held = frozenset({Permission.CONSENT_GRANT, Permission.APPLICATION_READ})
    scope = Scope(NOBODY, Entry(admin.tenant_id, admin.entry.tenant_name, None, None, held))
    with pytest.raises(Forbidden) as refused:
        grant_consent(scope, program.application.client_id, ALERTS)
    assert refused.value.permission == Permission.ALERT_READ
    with pytest.raises(Forbidden):
        consent_for_oneself(scope, program.application.client_id, PROFILE)
    assert not ServicePrincipal.rows.filter(tenant=cast.customer).exists()


def test_withdrawn_permission_opens_nothing_from_then_on(cast: Cast, program: Program) -> None:
    let_in(program, cast.customer, *ALERTS, *PROFILE)
    principal = principal_of(program, cast.customer)
    alerts = grants_in_force(principal, NOW).get(value="SecurityAlert.Read.All")
    withdraw_consent(cast.enter("admin"), principal.id, [alerts.id])
    assert values(program, cast.customer) == ["User.Read"]
    assert Permission.ALERT_READ not in opens(program, cast)
    for ids in ([alerts.id], [], [uuid.uuid4()]):
        with pytest.raises(NotFound):
            withdraw_consent(cast.enter("admin"), principal.id, ids)


def test_part_of_what_is_withdrawn_being_unknown_ends_nothing(cast: Cast, program: Program) -> None:
    let_in(program, cast.customer, *ALERTS)
    principal = principal_of(program, cast.customer)
    grant = grants_in_force(principal, NOW).get()
    with pytest.raises(NotFound):
        withdraw_consent(cast.enter("admin"), principal.id, [grant.id, uuid.uuid4()])
    assert values(program, cast.customer) == ["SecurityAlert.Read.All"]


def test_what_ended_is_granted_anew_and_not_renewed(cast: Cast, program: Program) -> None:
    scope = cast.enter("admin")
    principal = grant_consent(scope, program.application.client_id, ALERTS, term=Term(NOW + days(1)))
    grant = grants_in_force(principal, NOW).get()
    with standing_at(NOW + days(1)):
        assert not grants_in_force(principal, NOW + days(1)).exists()
        with pytest.raises(NotFound):
            renew_grants(scope, principal.id, [grant.id], term=Term(NOW + days(9)))
        with pytest.raises(NotFound):
            renew_consent(scope, grant.id)
        grant_consent(scope, program.application.client_id, ALERTS)
        assert list_grants(scope, principal).count() == 2


def test_one_press_renews_what_was_granted_together(cast: Cast, program: Program) -> None:
    scope = cast.enter("admin")
    soon = Term(NOW + days(20))
    principal = grant_consent(scope, program.application.client_id, [*ALERTS, *PROFILE], term=soon)
    other = delegated_permissions(Resource.GRAPH, "Group.Read.All")
    grant_consent(scope, program.application.client_id, other, term=Term(NOW + days(5)))
    grant = grants_in_force(principal, NOW).get(value="User.Read")
    renew_consent(scope, grant.id)
    ends = dict(grants_in_force(principal, NOW).values_list("value", "ends_at"))
    assert ends == {
        "SecurityAlert.Read.All": NOW + days(110),
        "User.Read": NOW + days(110),
        "Group.Read.All": NOW + days(5),
    }
    assert AuditEvent.rows.filter(tag="consent.renewed").count() == 1
    renew_grants(scope, principal.id, [grant.id], term=Term(None, "Agreed"))
    with pytest.raises(Conflict):
        renew_consent(scope, grant.id)


def test_disabled_application_stays_out_with_all_that_it_has(cast: Cast, program: Program) -> None:
    let_in(program, cast.customer, *ALERTS)
    scope, principal = cast.enter("admin"), principal_of(program, cast.customer)
    disable_principal(scope, principal.id)
    with pytest.raises(NotFound):
        opens(program, cast)
    with pytest.raises(Conflict):
        disable_principal(scope, principal.id)
    enable_principal(scope, principal.id)
    assert Permission.ALERT_READ in opens(program, cast)
    with pytest.raises(Conflict):
        enable_principal(scope, principal.id)


def test_removed_application_begins_again_with_nothing(cast: Cast, program: Program) -> None:
    let_in(program, cast.customer, *ALERTS)
    scope, principal = cast.enter("admin"), principal_of(program, cast.customer)
    remove_principal(scope, principal.id)
    with pytest.raises(NotFound):
        opens(program, cast)
    again = grant_consent(scope, program.application.client_id, PROFILE)
    assert again.id != principal.id
    assert values(program, cast.customer) == ["User.Read"]


@pytest.mark.parametrize("covers", ["everybody", "the organization", "another organization"])
def test_a_stop_keeps_programs_out_as_it_does_people(cast: Cast, program: Program, covers: str) -> None:
    let_in(program, cast.customer, *ALERTS)
    own = make_program(cast, cast.customer)
    admin = cast.enter("admin")
    if covers == "everybody":
        stop_all(admin, reason="Breach")
    else:
        home = cast.provider if covers == "the organization" else cast.other
        stop_organization(admin, home.id, name=home.display_name, reason="Breach")
    is_out = find_principal(cast.customer.id, program.application.client_id) is None
    assert is_out == (covers != "another organization")
    assert find_principal(cast.customer.id, own.application.client_id) is not None
    shown = {one.client_id: one.is_stopped for one in list_principals(admin)}  # type: ignore[attr-defined]
    assert shown == {program.application.client_id: is_out, own.application.client_id: False}


def test_a_person_consents_for_themselves_to_what_harms_nobody(cast: Cast, program: Program) -> None:
    scope = cast.enter("member")
    consent_for_oneself(scope, program.application.client_id, PROFILE)
    assert [grant.value for grant in list_own_grants(scope)] == ["User.Read"]
    assert not list_own_grants(cast.enter("reader")).exists()
    mail = delegated_permissions(Resource.GRAPH, "User.Read.All")
    with pytest.raises(Forbidden):
        consent_for_oneself(scope, program.application.client_id, mail)
    with pytest.raises(Forbidden):
        consent_for_oneself(scope, program.application.client_id, ALERTS)
    admin = cast.enter("admin")
    consent_for_oneself(admin, program.application.client_id, mail)
    assert [grant.user_id for grant in list_own_grants(admin)] == [cast.user("admin").id]


def test_own_consent_is_taken_back_and_nobody_elses(cast: Cast, program: Program) -> None:
    member, reader = cast.enter("member"), cast.enter("reader")
    for scope in (member, reader):
        consent_for_oneself(scope, program.application.client_id, PROFILE)
    principal = principal_of(program, cast.customer)
    withdraw_own_consent(member, principal.id)
    assert not list_own_grants(member).exists()
    assert [grant.user_id for grant in list_own_grants(reader)] == [cast.user("reader").id]
    event = AuditEvent.rows.get(tag="consent.withdrawn")
    assert (event.actor_name, event.target_id) == ("Member", str(principal.id))
    with pytest.raises(NotFound):
        withdraw_own_consent(member, principal.id)
    for name in ("admin", "analyst"):
        with pytest.raises(NotFound):
            withdraw_own_consent(cast.enter(name), principal.id)


def test_what_everybody_was_allowed_no_one_person_takes_back(cast: Cast, program: Program) -> None:
    let_in(program, cast.customer, *PROFILE)
    scope = cast.enter("member")
    assert [grant.user_id for grant in list_own_grants(scope)] == [None]
    with pytest.raises(NotFound):
        withdraw_own_consent(scope, principal_of(program, cast.customer).id)


def test_longest_access_bounds_consent_too(cast: Cast, program: Program, settings: Any) -> None:
    settings.LONGEST_ACCESS_DAYS = 30
    principal = grant_consent(cast.enter("admin"), program.application.client_id, ALERTS)
    assert grants_in_force(principal, NOW).get().ends_at == NOW + timedelta(30)
