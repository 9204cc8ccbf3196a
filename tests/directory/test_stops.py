"""Emergency stops and leavers: whom they keep out, from when on, and who may let in again."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import NOW, Cast, days, join_as_guest, scope_with
from tidegate.accounts.actions import create_account
from tidegate.audit.models import AuditEvent
from tidegate.authorization.permissions import Permission
from tidegate.authorization.roles import BuiltInRole
from tidegate.authorization.scope import OPERATOR
from tidegate.core import clock
from tidegate.core.clock import standing_at
from tidegate.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tidegate.directory.actions.invitations import invite_guest, invite_member, redeem_invitation
from tidegate.directory.actions.roles import assign_role
from tidegate.directory.actions.stops import (
    lift_stop,
    stop_all,
    stop_domain,
    stop_guest,
    stop_organization,
)
from tidegate.directory.actions.tenants import create_tenant
from tidegate.directory.actions.users import block_user, change_end, remove_user, unblock_user
from tidegate.directory.models import Domain, Tenant, User
from tidegate.directory.queries import assignable_users
from tidegate.directory.stops import (
    KeptOut,
    count_outside,
    list_outsiders,
    list_standing_stops,
    list_stops,
    why_kept_out,
)
from tidegate.gate.opening import open as open_gate
from tidegate.gate.opening import open_many

pytestmark = pytest.mark.usefixtures("now")

GUESTS = ("analyst", "lead", "helper")


def inside(cast: Cast, *names: str) -> list[str]:
    """Who of these may enter the customer, asked in each way there is."""
    found = []
    for name in names or (*GUESTS, "admin", "member"):
        try:
            cast.enter(name)
            found.append(name)
        except NotFound:
            pass
        many = open_many(cast.actor(name), Permission.TENANT_READ)
        reached = Tenant.objects.filter(many.restrict("id"), id=cast.customer.id).exists()
        offered = assignable_users(cast.customer.id, clock.now()).filter(account=cast.accounts[name])
        assert reached == offered.exists() == (found[-1:] == [name])
    return found


def end_membership(cast: Cast, name: str) -> None:
    remove_user(cast.enter("boss", cast.provider), cast.user(name, cast.provider).id)


def join_home(cast: Cast, tenant: Tenant, administrator: str, name: str) -> None:
    scope, account = cast.enter(administrator, tenant), cast.accounts[name]
    type(account).objects.filter(id=account.id).update(email=f"{name}@{scope_domain(tenant)}")
    account.refresh_from_db()
    offer = invite_member(scope, email=account.email, display_name=name)
    redeem_invitation(cast.actor(name), account, offer.token)


def let_in_anew(cast: Cast, name: str) -> None:
    """The customer removes a guest and invites them again."""
    scope = cast.enter("admin")
    remove_user(scope, cast.user(name).id)
    join_as_guest(scope, type(cast.accounts[name]).objects.get(id=cast.accounts[name].id))


def scope_domain(tenant: Tenant) -> str:
    return {"Polder Foods": "other.example", "Harbour Watch": "provider.example"}[tenant.display_name]


def test_a_stopped_guest_is_out_and_in_again_when_lifted(cast: Cast) -> None:
    scope = cast.enter("admin")
    stop = stop_guest(scope, cast.user("analyst").id, reason="Stolen laptop")
    assert inside(cast) == ["lead", "helper", "admin", "member"]
    assert (stop.name, stop.started_by, stop.reason) == (
        "Analyst (analyst@provider.example)",
        "Admin",
        "Stolen laptop",
    )
    lift_stop(scope, stop.id, reason="Found again")
    assert inside(cast) == ["analyst", "lead", "helper", "admin", "member"]
    assert [stop.lifted_by for stop in list_stops(scope)] == ["Admin"]
    assert not list_standing_stops(scope).exists()


def test_a_stopped_organization_takes_all_its_people_and_later_ones(cast: Cast) -> None:
    scope = cast.enter("admin")
    join_as_guest(scope, cast.accounts["outsider"])
    stop_organization(scope, cast.provider.id, name="Harbour Watch", reason="Breach at theirs")
    assert inside(cast, *GUESTS, "outsider") == ["outsider"]
    join_as_guest(scope, cast.accounts["boss"])
    assert inside(cast, "boss") == []
    assert inside(cast, "admin", "member") == ["admin", "member"]


def test_nobody_slips_out_of_a_stop_by_leaving_the_organization(cast: Cast) -> None:
    scope = cast.enter("admin")
    stop = stop_organization(scope, cast.provider.id, name="Harbour Watch", reason="Breach")
    end_membership(cast, "analyst")
    join_home(cast, cast.other, "outsider", "analyst")
    let_in_anew(cast, "analyst")
    assert inside(cast, "analyst") == []
    lift_stop(scope, stop.id, reason="Over")
    assert inside(cast, "analyst") == ["analyst"]


def test_an_organization_known_by_a_domain_alone_is_stopped_before_it_comes(cast: Cast) -> None:
    scope = cast.enter("admin")
    stop = stop_domain(scope, "Newcomer.example", name="Newcomer", reason="Breach at theirs")
    assert (stop.home_domain, stop.home_tenant_id) == ("newcomer.example", None)
    assert inside(cast) == [*GUESTS, "admin", "member"]
    for name, email in (("chief", "chief@newcomer.example"), ("temp", "temp@newcomer.example")):
        cast.accounts[name] = create_account(email, None, name)
    create_tenant(
        OPERATOR, display_name="New", administrator=cast.accounts["chief"], domain="newcomer.example"
    )
    # Their member, whatever their address; and who has an address there without being a member of anything.
    type(cast.accounts["chief"]).objects.filter(id=cast.accounts["chief"].id).update(email="chief@x.example")
    for name in ("chief", "temp"):
        cast.accounts[name].refresh_from_db()
        join_as_guest(scope, cast.accounts[name])
    assert inside(cast, "chief", "temp", "lead") == ["lead"]
    lift_stop(scope, stop.id, reason="Over")
    assert inside(cast, "chief", "temp") == ["chief", "temp"]


def test_an_organization_does_not_slip_out_by_giving_its_domain_up(cast: Cast) -> None:
    scope = cast.enter("admin")
    stop = stop_domain(scope, "provider.example", name="Provider", reason="Breach")
    Domain.objects.filter(name="provider.example").delete()
    User.rows.filter(tenant=cast.customer, account=cast.accounts["analyst"]).update(mail="a@x.example")
    assert inside(cast, *GUESTS) == []
    event = AuditEvent.rows.get(tag="stop.started", target_id=str(stop.id))
    assert "provider.example" in event.details
    assert str(cast.provider.id) not in event.details


@pytest.mark.parametrize("home", ["", "x", "customer.example"])
def test_a_domain_that_cannot_be_stopped_is_named(cast: Cast, home: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        stop_domain(cast.enter("admin"), home, name="x", reason="x")
    assert set(refused.value.fields) == {"domain"}


def test_a_domain_is_stopped_once_and_tells_nothing(cast: Cast) -> None:
    """A stop of the organization itself, which has that domain, does not show."""
    scope = cast.enter("admin")
    stop_organization(scope, cast.provider.id, name="Harbour Watch", reason="Breach")
    stop_domain(scope, "provider.example", name="Provider", reason="Breach")
    with pytest.raises(Conflict):
        stop_domain(scope, "PROVIDER.example", name="Provider", reason="Breach")
    with pytest.raises(Forbidden):
        stop_domain(cast.enter("member"), "other.example", name="Other", reason="x")


def test_who_had_left_before_the_stop_is_not_meant(cast: Cast) -> None:
    end_membership(cast, "analyst")
    join_home(cast, cast.other, "outsider", "analyst")
    let_in_anew(cast, "analyst")
    with standing_at(NOW + days(1)):
        stop_organization(cast.enter("admin"), cast.provider.id, name="Harbour Watch", reason="Breach")
        assert inside(cast, "analyst", "lead") == ["analyst"]


def test_stopping_all_spares_members_and_takes_later_guests(cast: Cast) -> None:
    scope = cast.enter("admin")
    stop_all(scope, reason="Ransomware")
    join_as_guest(scope, cast.accounts["stranger"])
    assert inside(cast, *GUESTS, "stranger", "admin", "member") == ["admin", "member"]
    assert why_kept_out(scope, cast.user("stranger")) == KeptOut.STOPPED
    assert why_kept_out(scope, cast.user("admin")) is None


def test_a_stopped_guest_invited_anew_stays_out(cast: Cast) -> None:
    scope, user = cast.enter("admin"), cast.user("analyst")
    stop_guest(scope, user.id, reason="Stolen laptop")
    remove_user(scope, user.id)
    join_as_guest(scope, cast.accounts["analyst"])
    assert inside(cast, "analyst", "lead") == ["lead"]


def test_a_guest_stopped_before_accepting_stays_out(cast: Cast) -> None:
    scope = cast.enter("admin")
    offer = invite_guest(scope, email="stranger@nowhere.example")
    stop_guest(scope, offer.user.id, reason="Wrong person")
    redeem_invitation(cast.actor("stranger"), cast.accounts["stranger"], offer.token)
    assert inside(cast, "stranger") == []
    remove_user(scope, offer.user.id)
    join_as_guest(scope, cast.accounts["stranger"])
    assert inside(cast, "stranger") == []


def test_a_stop_holds_in_its_own_tenant_only(cast: Cast) -> None:
    there = cast.enter("outsider", cast.other)
    join_as_guest(there, cast.accounts["analyst"])
    stop_all(cast.enter("admin"), reason="Ransomware")
    assert cast.enter("analyst", cast.other).tenant_id == cast.other.id
    stop = list_stops(cast.enter("admin")).get()
    with pytest.raises(NotFound):
        lift_stop(there, stop.id, reason="Not mine")
    assert inside(cast, "analyst") == []


def test_only_administrators_stop_and_only_members_lift(cast: Cast) -> None:
    for name in ("member", "reader", "analyst"):
        scope = cast.enter(name)
        for attempt in (
            lambda scope=scope: stop_all(scope, reason="x"),
            lambda scope=scope: stop_guest(scope, cast.user("lead").id, reason="x"),
            lambda scope=scope: stop_organization(scope, cast.provider.id, name="x", reason="x"),
            lambda scope=scope: list_stops(scope),
            lambda scope=scope: list_outsiders(scope, 10),
        ):
            with pytest.raises(Forbidden):
                attempt()
    admin = cast.enter("admin")
    join_as_guest(admin, cast.accounts["outsider"])
    assign_role(admin, cast.role(BuiltInRole.GLOBAL_ADMINISTRATOR).id, user_id=cast.user("outsider").id)
    outside = cast.enter("outsider")
    stop = stop_guest(outside, cast.user("lead").id, reason="Suspicious")
    with pytest.raises(Forbidden):
        lift_stop(outside, stop.id, reason="Changed my mind")
    assert inside(cast, "lead") == []


def test_reasons_doubles_and_members_are_refused(cast: Cast) -> None:
    scope = cast.enter("admin")
    with pytest.raises(InvalidInput) as refused:
        stop_all(scope, reason=" ")
    assert refused.value.fields == {"reason": "must not be empty"}
    with pytest.raises(InvalidInput):
        stop_organization(scope, scope.tenant_id, name="Own", reason="x")
    with pytest.raises(Conflict):
        stop_guest(scope, cast.user("member").id, reason="x")
    with pytest.raises(NotFound):
        stop_guest(scope, cast.user("outsider", cast.other).id, reason="x")
    stop = stop_all(scope, reason="x")
    with pytest.raises(Conflict):
        stop_all(scope, reason="again")
    with pytest.raises(InvalidInput):
        lift_stop(scope, stop.id, reason="")
    lift_stop(scope, stop.id, reason="Over")
    with pytest.raises(Conflict):
        lift_stop(scope, stop.id, reason="Over again")
    tags = AuditEvent.rows.filter(tenant_id=cast.customer.id, tag__startswith="stop.")
    assert list(tags.order_by("sequence").values_list("tag", "actor_name")) == [
        ("stop.started", "Admin"),
        ("stop.lifted", "Admin"),
    ]


def test_leavers_are_out_of_customers(cast: Cast) -> None:
    end_membership(cast, "analyst")
    assert inside(cast, "analyst", "lead") == ["lead"]
    assert why_kept_out(cast.enter("admin"), cast.user("analyst")) == KeptOut.LEFT_HOME
    home = cast.enter("boss", cast.provider)
    block_user(home, cast.user("lead", cast.provider).id)
    assert inside(cast, "lead") == []
    unblock_user(home, cast.user("lead", cast.provider).id)
    assert inside(cast, "lead") == ["lead"]


def test_an_ended_membership_ends_guests_on_the_instant(cast: Cast) -> None:
    home, now = cast.enter("boss", cast.provider), clock.now()
    User.rows.filter(id=cast.user("lead", cast.provider).id).update(ends_at=now)
    assert inside(cast, "lead") == []
    change_end(home, cast.user("lead", cast.provider).id, ends_at=None)
    assert inside(cast, "lead") == ["lead"]


def test_individuals_without_a_home_are_unaffected(cast: Cast) -> None:
    join_as_guest(cast.enter("admin"), cast.accounts["stranger"])
    assert inside(cast, "stranger") == ["stranger"]


def test_leavers_do_not_come_back_through_another_home(cast: Cast) -> None:
    end_membership(cast, "helper")
    create_tenant(cast.actor("helper"), display_name="Their own", administrator=cast.accounts["helper"])
    assert inside(cast, "helper") == []
    assert why_kept_out(cast.enter("admin"), cast.user("helper")) == KeptOut.LEFT_HOME
    let_in_anew(cast, "helper")
    assert inside(cast, "helper") == ["helper"]


def test_who_comes_back_home_is_let_in_again(cast: Cast) -> None:
    end_membership(cast, "helper")
    join_home(cast, cast.provider, "boss", "helper")
    assert inside(cast, "helper") == ["helper"]


def test_the_gate_asks_once(cast: Cast) -> None:
    stop_all(cast.enter("outsider", cast.other), reason="Elsewhere")
    actor = cast.actor("stranger")
    with CaptureQueriesContext(connection) as queries, pytest.raises(NotFound):
        open_gate(actor, str(cast.customer.id))
    assert len(queries) == 1


def test_outsiders_are_listed_by_organization(cast: Cast) -> None:
    scope = cast.enter("admin")
    join_as_guest(scope, cast.accounts["stranger"])
    stop_guest(scope, cast.user("lead").id, reason="x")
    change_end(scope, cast.user("helper").id, ends_at=clock.now())
    seen = [
        (one.user.display_name, one.home.name, one.role_names, one.kept_out)
        for one in list_outsiders(scope, 50)
    ]
    assert seen == [
        ("Analyst", "Harbour Watch", ("Tier 1 Analyst",), None),
        ("Lead", "Harbour Watch", ("Tier 2 Analyst",), KeptOut.STOPPED),
        ("Stranger", "", (), None),
    ]
    assert (count_outside(scope), count_outside(scope, cast.provider.id)) == (3, 2)


def test_listing_takes_the_same_statements_however_many(cast: Cast) -> None:
    scope = cast.enter("admin")
    with CaptureQueriesContext(connection) as few:
        list_outsiders(scope, 50)
    for number in range(3):
        account = create_account(f"p{number}@third.example", None, f"P{number}")
        create_tenant(OPERATOR, display_name=f"Third {number}", administrator=account)
        join_as_guest(scope, account)
    with CaptureQueriesContext(connection) as many:
        assert len(list_outsiders(scope, 50)) == 6
    assert len(few) == len(many) <= 4


def test_the_product_itself_may_lift(cast: Cast) -> None:
    stop = stop_all(cast.enter("admin"), reason="x")
    lift_stop(scope_with(cast.customer, Permission.OUTSIDE_ACCESS_STOP), stop.id, reason="Locked out")
    assert inside(cast, "analyst") == ["analyst"]
