"""Expiry: what ends when and for whom, renewed with one press, and work handed over before."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.cast import GUESTS_END, NOW, Cast, days, import_all, join_as_guest
from tests.connectors.samples import graph_alert, graph_incident
from tests.entitlements.elevations import let
from tests.entitlements.offering import by_user, make_package, make_policy, offer_to_provider
from tests.web.conftest import Visitor, text_of
from tidegate.audit.models import AuditEvent
from tidegate.authorization.roles import BuiltInRole
from tidegate.core.clock import standing_at
from tidegate.core.errors import NotFound
from tidegate.directory.actions.invitations import invite_guest
from tidegate.directory.actions.roles import assign_role
from tidegate.directory.actions.users import change_end
from tidegate.directory.models import GroupMembership, Invitation, RoleAssignment
from tidegate.entitlements.actions.requests import request_access
from tidegate.entitlements.models import AccessReview, Assignment, Eligibility
from tidegate.entitlements.rules import ExpirationRule, StageRule
from tidegate.entitlements.words import ExpirationType
from tidegate.incidents.actions.changes import assign_incident
from tidegate.incidents.models import Incident

type Visit = Callable[..., Visitor]


def end(cast: Cast, name: str, after: float) -> None:
    change_end(cast.enter("admin"), cast.user(name).id, ends_at=NOW + days(after))


def test_everything_that_ends_stands_under_its_week(visit: Visit, cast: Cast) -> None:
    scope = cast.enter("admin")
    end(cast, "analyst", 3)
    end(cast, "lead", 20)
    invite_guest(scope, email="new@x.example", display_name="Newcomer")
    role = cast.role(BuiltInRole.SECURITY_READER)
    assign_role(scope, role.id, user_id=cast.user("member").id, ends_at=NOW + days(9))
    ending = ExpirationRule(ExpirationType.AFTER_DATE_TIME, ends_at=NOW + days(10))
    policy = make_policy(make_package(cast.customer, "Tier 3"), expiration=ending)
    AccessReview.rows.create(
        tenant_id=cast.customer.id,
        policy_id=policy.id,
        display_name="Spring round",
        starts_at=NOW - days(1),
        ends_at=NOW + days(11),
    )
    Eligibility.rows.create(
        tenant_id=cast.customer.id,
        role_id=role.id,
        user_id=cast.user("helper").id,
        longest=days(0.1),
        starts_at=NOW,
        ends_at=NOW + days(12),
        created_at=NOW,
    )
    words = text_of(visit("admin").get("/expiry", days="30"))
    assert "Week of 9 March 2026 1" in words
    assert "Access as a guest Analyst Analyst Renew Analyst" in words
    assert "Week of 16 March 2026 4" in words
    for line in (
        "Role Security Reader Member Renew Security Reader",
        "End that a policy names Tier 3: Requests",
        "Access review Spring round",
        "Eligible role Security Reader Helper",
        "Invitation new@x.example Newcomer Renew new@x.example",
    ):
        assert line in words, line
    assert "Access as a guest Lead" not in text_of(visit("admin").get("/expiry", days="14"))
    assert "Membership of a group Tier 1 Analyst" in text_of(visit("admin").get("/expiry", days="90"))


def test_one_sees_ones_own_and_nothing_of_others(visit: Visit, cast: Cast) -> None:
    join_as_guest(cast.enter("outsider", cast.other), cast.accounts["analyst"], ends_at=NOW + days(5))
    end(cast, "lead", 5)
    home = text_of(visit("analyst", cast.provider).get("/expiry"))
    assert "Polder Foods" in home
    assert "Delta Mills" in home
    assert "Lead" not in home
    there = text_of(visit("analyst").get("/expiry"))
    assert "Polder Foods" not in there
    assert "Access as a guest Analyst" in there
    assert visit("analyst").get("/expiry", of="tenant").status_code == 400
    assert visit("analyst").get("/expiry", of="people").status_code == 400
    assert visit("outsider").get("/expiry").status_code == 404


def test_lead_sees_where_our_people_end(visit: Visit, cast: Cast) -> None:
    join_as_guest(cast.enter("admin"), cast.accounts["outsider"], ends_at=NOW + days(5))
    end(cast, "analyst", 5)
    boss = visit("boss", cast.provider)
    words = text_of(boss.get("/expiry", of="people"))
    assert "Access as a guest Analyst Analyst Delta Mills" in words
    assert "Outsider" not in words
    assert "Renew" not in words
    assert "Tier 1" not in words
    assert "Outsider" in text_of(visit("outsider", cast.other).get("/expiry", of="people"))


def test_guest_of_home_asks_for_none_of_its_people(visit: Visit, cast: Cast) -> None:
    join_as_guest(cast.enter("boss", cast.provider), cast.accounts["outsider"])
    admin = cast.role(BuiltInRole.GLOBAL_ADMINISTRATOR, cast.provider)
    user = cast.user("outsider", cast.provider)
    assign_role(cast.enter("boss", cast.provider), admin.id, user_id=user.id)
    assert visit("outsider", cast.provider).get("/expiry", of="people").status_code == 400
    assert visit("outsider", cast.provider).get("/coverage").status_code == 403


def test_access_through_a_package_is_one_row_and_can_be_extended(visit: Visit, cast: Cast) -> None:
    policy = offer_to_provider(cast, expiration=ExpirationRule(ExpirationType.AFTER_DURATION, days(10)))
    request_access(cast.actor("boss"), cast.customer.id, policy.package_id, policy.id)
    held = Assignment.objects.of_tenant(cast.customer.id).get()
    page = visit("boss", cast.provider).get("/expiry", of="own", days="30")
    assert "Access package Tier 2 access Boss Delta Mills Extend Tier 2 access" in text_of(page)
    assert "Access as a guest" not in text_of(page)
    assert "Membership" not in text_of(page)
    assert f"/myaccess/assignments/{held.id}/extend?tid={cast.customer.id}" in page.content.decode()
    assert "Extend" not in text_of(visit("admin").get("/expiry", days="30"))


def test_guest_is_renewed_with_one_press(visit: Visit, cast: Cast) -> None:
    end(cast, "analyst", 3)
    admin, user = visit("admin"), cast.user("analyst")
    address = f"/expiry/guests/{user.id}/renew"
    response = admin.post(address, {"next": f"/expiry?tid={admin.tid}&days=14"})
    assert response.url == f"/expiry?tid={admin.tid}&days=14"
    assert cast.user("analyst").ends_at == NOW + days(93)
    for name, status in (("lead", 403), ("reader", 403), ("outsider", 404)):
        assert visit(name).post(address).status_code == status
    assert visit("outsider", cast.other).post(address).status_code == 404
    change_end(cast.enter("admin"), user.id, ends_at=None, endless_reason="Agreed")
    assert "This has no end." in text_of_next(admin, address)
    assert cast.user("analyst").ends_at is None


def text_of_next(visitor: Visitor, address: str) -> str:
    return visitor.client.get(visitor.post(address).url).content.decode()


def test_member_is_renewed_with_one_press(visit: Visit, cast: Cast) -> None:
    end(cast, "member", 3)
    admin, user = visit("admin"), cast.user("member")
    address = f"/expiry/guests/{user.id}/renew"
    assert "Access as a member Member Member Renew Member" in text_of(admin.get("/expiry"))
    for name, tenant, status in (("reader", None, 403), ("member", None, 403), ("outsider", cast.other, 404)):
        assert visit(name, tenant).post(address).status_code == status
    assert cast.user("member").ends_at == user.ends_at
    assert admin.post(address).status_code == 302
    assert cast.user("member").ends_at == NOW + days(93)
    assert "Access as a member Member" not in text_of(admin.get("/expiry"))


def test_membership_given_by_hand_is_renewed_and_one_of_a_package_is_not(visit: Visit, cast: Cast) -> None:
    by_hand = GroupMembership.objects.of_tenant(cast.customer.id).get(user_id=cast.user("lead").id)
    visit("admin").post(f"/expiry/memberships/{by_hand.id}/renew")
    assert GroupMembership.rows.get(id=by_hand.id).ends_at == GUESTS_END + days(90)
    policy = offer_to_provider(cast)
    request_access(cast.actor("boss"), cast.customer.id, policy.package_id, policy.id)
    user = cast.user("boss")
    given = GroupMembership.objects.of_tenant(cast.customer.id).get(user_id=user.id)
    admin = visit("admin")
    refused = text_of_next(admin, f"/expiry/memberships/{given.id}/renew")
    assert "An access package gave this; extend that." in refused
    refused = text_of_next(admin, f"/expiry/guests/{user.id}/renew")
    assert "Their dates follow their access packages; extend those." in refused
    assert cast.user("boss").ends_at == user.ends_at
    for name, status in (("lead", 403), ("reader", 403), ("outsider", 404)):
        assert visit(name).post(f"/expiry/memberships/{by_hand.id}/renew").status_code == status


def test_access_package_is_renewed_with_one_press_but_not_ones_own(visit: Visit, cast: Cast) -> None:
    policy = offer_to_provider(cast, expiration=ExpirationRule(ExpirationType.AFTER_DURATION, days(20)))
    request_access(cast.actor("boss"), cast.customer.id, policy.package_id, policy.id)
    held = Assignment.objects.of_tenant(cast.customer.id).get()
    address, admin = f"/expiry/packages/{held.id}/renew", visit("admin")
    with standing_at(NOW + days(15)):
        assert f"{address}?tid={admin.tid}" in admin.get("/expiry", days="14").content.decode()
        for name, status in (("lead", 403), ("reader", 403), ("boss", 403), ("outsider", 404)):
            assert visit(name).post(address).status_code == status
        assert visit("outsider", cast.other).post(address).status_code == 404
        held.refresh_from_db()
        assert held.ends_at == NOW + days(20)
        admin.post(address)
        held.refresh_from_db()
        assert held.ends_at == cast.user("boss").ends_at == NOW + days(35)
        assert "This would not extend the access" in text_of_next(admin, address)
        role = cast.role(BuiltInRole.GLOBAL_ADMINISTRATOR)
        assign_role(cast.enter("admin"), role.id, user_id=cast.user("boss").id)
        own = visit("boss")
        assert own.post(address).status_code == 403
        assert address not in own.get("/expiry", days="30").content.decode()
    extended = AuditEvent.objects.of_tenant(cast.customer.id).get(tag="assignment.extended")
    assert extended.actor_name == "Admin"
    with standing_at(NOW + days(35)), pytest.raises(NotFound):
        cast.enter("boss")


def test_eligible_role_is_renewed_with_one_press(visit: Visit, cast: Cast) -> None:
    eligibility = let(cast, ends_at=NOW + days(5))
    address, admin = f"/expiry/eligibilities/{eligibility.id}/renew", visit("admin")
    assert f"{address}?tid={admin.tid}" in admin.get("/expiry", days="14").content.decode()
    for name, status in (("lead", 403), ("reader", 403), ("helper", 403), ("outsider", 404)):
        assert visit(name).post(address).status_code == status
    admin.post(address)
    assert Eligibility.rows.get(id=eligibility.id).ends_at == NOW + days(95)
    assert AuditEvent.objects.of_tenant(cast.customer.id).filter(tag="eligibility.end_changed").count() == 1


def test_role_is_renewed_by_who_may_give_it(visit: Visit, cast: Cast) -> None:
    role = cast.role(BuiltInRole.SECURITY_READER)
    given = assign_role(cast.enter("admin"), role.id, user_id=cast.user("member").id, ends_at=NOW + days(3))
    address = f"/expiry/roles/{given.id}/renew"
    visit("admin").post(address)
    assert RoleAssignment.rows.get(id=given.id).ends_at == NOW + days(93)
    assert AuditEvent.rows.filter(tag="role.end_changed", tenant_id=cast.customer.id).count() == 1
    assert visit("reader").post(address).status_code == 403
    assert visit("outsider", cast.other).post(address).status_code == 404


def test_renewal_stays_within_what_the_operator_allows(visit: Visit, cast: Cast, settings: object) -> None:
    settings.LONGEST_ACCESS_DAYS = 30  # type: ignore[attr-defined]
    end(cast, "analyst", 3)
    visit("admin").post(f"/expiry/guests/{cast.user('analyst').id}/renew")
    assert cast.user("analyst").ends_at == NOW + days(30)


def test_invitation_is_renewed_from_the_list(visit: Visit, cast: Cast) -> None:
    offer = invite_guest(cast.enter("admin"), email="new@x.example")
    address = f"/users/{offer.user.id}/invitation?tid={cast.customer.id}"
    assert f'action="{address}"' in visit("admin").get("/expiry", days="30").content.decode()
    with standing_at(NOW + days(2)):
        visit("admin").post(f"/users/{offer.user.id}/invitation")
    opened = Invitation.rows.filter(user_id=offer.user.id, revoked_at__isnull=True)
    assert [one.expires_at for one in opened] == [NOW + days(32)]


def test_open_incidents_stand_beside_who_leaves_and_are_handed_over(visit: Visit, cast: Cast) -> None:
    import_all(cast.customer, [graph_incident(graph_alert()), graph_incident(graph_alert(id="b"), id="42")])
    for number in (41, 42):
        assign_incident(cast.enter("lead"), number, user_id=cast.user("analyst").id)
    end(cast, "analyst", 3)
    admin, user = visit("admin"), cast.user("analyst")
    assert "Analyst 2 open incidents Analyst Hand over Analyst" in text_of(admin.get("/expiry", days="14"))
    address = f"/expiry/hand-over/{user.id}"
    assert "2 open incidents, 0 open alerts; their access ends 13 Mar" in text_of(admin.get(address))
    refused = admin.post(address, {"to": str(cast.user("outsider", cast.other).id), "justification": "x"})
    assert refused.status_code == 400
    refused = admin.post(address, {"to": str(cast.user("lead").id), "justification": ""})
    assert refused.status_code == 400
    admin.post(address, {"to": str(cast.user("lead").id), "justification": "Leaves on Friday"})
    owners = set(Incident.objects.of_tenant(cast.customer.id).values_list("assigned_to", flat=True))
    assert owners == {"lead@provider.example"}
    assert "open incident" not in text_of(admin.get("/expiry", days="14"))
    assert visit("reader").get(address).status_code == 403
    assert visit("outsider").get(address).status_code == 404


@pytest.mark.parametrize("params", [{"days": "7"}, {"days": "x"}, {"of": "all"}])
def test_unknown_choice_is_named(visit: Visit, params: dict[str, str]) -> None:
    response = visit("admin").get("/expiry", **params)
    assert response.status_code == 400
    assert next(iter(params)) in text_of(response)


def test_statements_do_not_grow_with_ends(visit: Visit, cast: Cast) -> None:
    offer_to_provider(cast, stages=(StageRule((by_user(cast.user("admin")),)),))
    admin = visit("admin")
    admin.get("/expiry")
    with CaptureQueriesContext(connection) as few:
        admin.get("/expiry")
    for number in range(4):
        invite_guest(cast.enter("admin"), email=f"n{number}@x.example", ends_at=NOW + days(number + 1))
    with CaptureQueriesContext(connection) as many:
        admin.get("/expiry")
    assert len(many) == len(few)
