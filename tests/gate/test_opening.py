"""The one way in: who may, by which name, at which instant; and that all others learn nothing."""

import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import GUESTS_END, INSIDE, NOW, START, Cast, join_as_guest
from tidegate.authorization.permissions import EVERYONE_INSIDE, Permission, permissions_of
from tidegate.authorization.roles import BUILT_IN_ROLES, BuiltInRole
from tidegate.authorization.scope import Actor, ActorKind, Relation
from tidegate.core.clock import standing_at
from tidegate.core.errors import InvalidInput, NotFound
from tidegate.directory.actions.domains import add_domain, confirm_domain
from tidegate.directory.actions.groups import remove_member
from tidegate.directory.actions.invitations import invite_guest
from tidegate.directory.actions.users import block_user, change_end, remove_user, unblock_user
from tidegate.directory.models import GroupMembership, User
from tidegate.gate.opening import open as open_gate
from tidegate.gate.opening import read_tid

pytestmark = pytest.mark.usefixtures("now")

MICROSECOND = timedelta(microseconds=1)


def refuse(actor: Actor, tid: str) -> tuple[str, int]:
    """The message of a refusal, and how many statements it took."""
    with CaptureQueriesContext(connection) as queries, pytest.raises(NotFound) as refused:
        open_gate(actor, tid)
    return str(refused.value), len(queries)


def test_without_a_tid_the_home_opens(cast: Cast) -> None:
    scope = open_gate(cast.actor("analyst"), "")
    assert (scope.tenant_id, scope.entry.relation) == (cast.provider.id, Relation.MEMBER)


def test_an_id_opens_its_tenant_in_any_case(cast: Cast) -> None:
    for tid in (str(cast.customer.id), str(cast.customer.id).upper()):
        scope = open_gate(cast.actor("analyst"), tid)
        assert (scope.tenant_id, scope.entry.tenant_name) == (cast.customer.id, "Delta Mills")


def test_a_verified_domain_opens_its_tenant(cast: Cast) -> None:
    for tid in ("customer.example", "Customer.Example", "customer.example."):
        assert open_gate(cast.actor("analyst"), tid).tenant_id == cast.customer.id


def test_a_claimed_domain_opens_nothing_until_verified(cast: Cast) -> None:
    scope = cast.enter("admin")
    claim = add_domain(scope, "mills.example")
    with pytest.raises(NotFound):
        open_gate(cast.actor("admin"), "mills.example")
    confirm_domain(scope, claim)
    assert open_gate(cast.actor("admin"), "mills.example").tenant_id == cast.customer.id


def test_a_domain_that_another_tenant_claims_still_opens_its_owner(cast: Cast) -> None:
    add_domain(cast.enter("outsider", cast.other), "customer.example")
    assert open_gate(cast.actor("analyst"), "customer.example").tenant_id == cast.customer.id
    with pytest.raises(NotFound):
        open_gate(cast.actor("outsider"), "customer.example")


@pytest.mark.parametrize(
    "tid",
    [
        "x",
        "all",
        "localhost",
        "{11111111-1111-4111-8111-111111111111}",
        "11111111111141118111111111111111",
        "-a.example",
        "a_b.example",
        "a..example",
        "127.0.0.1",
        "a.example/../b",
        "a.example\0",
        "a.example\n.b",
        "\ud800.example",
        "a" * 300 + ".example",
        "x" * 100_000,
        "' OR 1=1 --",
        "☃" * 70 + ".example",
    ],
)
def test_a_malformed_tid_is_named_and_not_echoed(tid: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_tid(tid)
    assert refused.value.fields == {
        "tid": "must be a directory ID (a GUID) or a domain name of the organization"
    }


def test_absent_and_not_mine_cannot_be_told_apart(cast: Cast) -> None:
    outsider = cast.actor("outsider")
    answers = {
        refuse(outsider, tid)
        for tid in (
            str(cast.customer.id),
            str(uuid.uuid4()),
            str(uuid.UUID(int=0)),
            "customer.example",
            "nowhere.example",
        )
    }
    assert answers == {("There is no such directory, or you may not enter it.", 1)}


def test_every_reason_to_stay_outside_reads_the_same(cast: Cast) -> None:
    admin = cast.enter("admin")
    analyst, helper, lead = (cast.user(name) for name in ("analyst", "helper", "lead"))
    block_user(admin, analyst.id)
    remove_user(admin, helper.id)
    change_end(admin, lead.id, ends_at=NOW)
    invite_guest(admin, email="stranger@nowhere.example")
    tid = str(cast.customer.id)
    answers = {
        refuse(cast.actor(name), tid) for name in ("analyst", "helper", "lead", "stranger", "outsider")
    }
    assert len(answers) == 1


@pytest.mark.parametrize("name", INSIDE)
def test_those_inside_may_do_what_their_roles_say(cast: Cast, name: str) -> None:
    roles = {
        "admin": BuiltInRole.GLOBAL_ADMINISTRATOR,
        "reader": BuiltInRole.SECURITY_READER,
        "analyst": BuiltInRole.TIER_1_ANALYST,
        "lead": BuiltInRole.TIER_2_ANALYST,
    }
    entry = cast.enter(name).entry
    expected = permissions_of(BUILT_IN_ROLES[roles[name]]) if name in roles else EVERYONE_INSIDE
    assert entry.permissions == expected
    assert entry.role_names == ((roles[name],) if name in roles else ())
    assert entry.relation == (Relation.GUEST if name in {"analyst", "lead", "helper"} else Relation.MEMBER)


def test_a_guest_has_an_object_of_the_tenant(cast: Cast) -> None:
    at_home, away = cast.enter("analyst", cast.provider), cast.enter("analyst")
    assert at_home.entry.user_id != away.entry.user_id
    assert away.entry.ends_at == GUESTS_END
    assert cast.user("analyst").user_principal_name == "analyst_provider.example#EXT#@customer.example"


def test_access_ends_at_the_instant_and_not_after_it(cast: Cast) -> None:
    with standing_at(GUESTS_END - MICROSECOND):
        assert cast.enter("analyst").allows(Permission.ALERT_READ)
    with standing_at(GUESTS_END), pytest.raises(NotFound):
        cast.enter("analyst")


def test_access_begins_at_the_instant_and_not_before_it(cast: Cast) -> None:
    begin = NOW + timedelta(days=1)
    User.objects.of_tenant(cast.customer.id).filter(id=cast.user("analyst").id).update(starts_at=begin)
    with pytest.raises(NotFound):
        cast.enter("analyst")
    with standing_at(begin):
        cast.enter("analyst")


@pytest.mark.parametrize("ends_at", [NOW, NOW - MICROSECOND])
def test_a_membership_that_ended_gives_no_role(cast: Cast, ends_at: object) -> None:
    memberships = GroupMembership.objects.of_tenant(cast.customer.id)
    memberships.filter(user_id=cast.user("analyst").id).update(ends_at=ends_at)
    assert cast.enter("analyst").entry.permissions == EVERYONE_INSIDE


def test_leaving_the_group_takes_the_role_at_once(cast: Cast) -> None:
    memberships = GroupMembership.objects.of_tenant(cast.customer.id)
    remove_member(cast.enter("admin"), memberships.get(user_id=cast.user("analyst").id).id)
    assert cast.enter("analyst").entry.permissions == EVERYONE_INSIDE


def test_blocked_and_let_in_again(cast: Cast) -> None:
    admin, user = cast.enter("admin"), cast.user("analyst")
    block_user(admin, user.id)
    with pytest.raises(NotFound):
        cast.enter("analyst")
    unblock_user(admin, user.id)
    cast.enter("analyst")


def test_a_removed_guest_who_comes_back_is_another_object_without_roles(cast: Cast) -> None:
    admin, before = cast.enter("admin"), cast.user("analyst")
    remove_user(admin, before.id)
    after = join_as_guest(admin, cast.accounts["analyst"])
    scope = cast.enter("analyst")
    assert scope.entry.user_id == after.id != before.id
    assert scope.entry.permissions == EVERYONE_INSIDE


def test_a_removed_member_has_no_home(cast: Cast) -> None:
    remove_user(cast.enter("admin"), cast.user("member").id)
    with pytest.raises(NotFound):
        open_gate(cast.actor("member"), "")


def test_nobody_gets_in_anywhere(cast: Cast) -> None:
    invite_guest(cast.enter("admin"), email="new@nowhere.example")
    nobody = Actor(kind=ActorKind.PERSON, display_name="Not signed in")
    for tid in ("", str(cast.customer.id), "customer.example"):
        with pytest.raises(NotFound):
            open_gate(nobody, tid)


def test_before_it_all_began_nobody_was_inside(cast: Cast) -> None:
    with standing_at(START - MICROSECOND), pytest.raises(NotFound):
        cast.enter("admin")


def test_opening_takes_two_statements_however_many_roles(cast: Cast) -> None:
    for name in ("admin", "helper", "analyst"):
        actor = cast.actor(name)
        with CaptureQueriesContext(connection) as queries:
            open_gate(actor, str(cast.customer.id))
        assert len(queries) == 2
