"""Asking: who may, for what, and what stands in the way."""

from datetime import timedelta

import pytest
from pytest_django import Settings

from tests.cast import GUESTS_END, NOW, Cast, days
from tests.entitlements.asking import ask, names
from tests.entitlements.offering import (
    FOREVER,
    by_user,
    connect,
    keep_apart,
    make_package,
    make_policy,
    offer_to_provider,
)
from tidegate.audit.models import AuditEvent
from tidegate.authorization.permissions import Permission
from tidegate.core.clock import standing_at
from tidegate.core.errors import Conflict, InvalidInput, NotFound
from tidegate.directory.models import User
from tidegate.entitlements.actions.approvals import decide
from tidegate.entitlements.actions.requests import (
    cancel_request,
    give_up,
    request_extension,
)
from tidegate.entitlements.models import (
    Assignment,
    GovernedGuest,
)
from tidegate.entitlements.offers import find_offers, offers_at
from tidegate.entitlements.rules import ExpirationRule, Question, StageRule
from tidegate.entitlements.words import ExpirationType, RequestState, TargetScope
from tidegate.gate.opening import open as open_gate

pytestmark = pytest.mark.usefixtures("now")


def test_a_package_for_the_provider_is_offered_to_its_people_alone(cast: Cast) -> None:
    offer_to_provider(cast)
    found = {name: names(cast, name) for name in cast.accounts}
    offered = {name for name, packages in found.items() if packages == ["Tier 2 access"]}
    assert offered == {"boss", "analyst", "lead", "helper"}
    assert all(found[name] == [] for name in set(found) - offered)


def test_a_hidden_package_is_found_by_its_link_alone(cast: Cast) -> None:
    organization = connect(cast.customer, cast.provider)
    package = make_package(cast.customer, "Hidden", is_hidden=True)
    make_policy(package, organization=organization)
    assert names(cast, "boss") == []
    (offer,) = find_offers(cast.actor("boss"), cast.customer.id, package.id)
    assert (offer.package, offer.organization, offer.user) == (package, organization, None)


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        (TargetScope.ALL_ORGANIZATIONS, {"boss", "analyst", "lead", "helper"}),
        (TargetScope.ALL_MEMBERS, {"admin", "member", "reader"}),
        (TargetScope.ALL_DIRECTORY_USERS, {"admin", "member", "reader", "analyst", "lead", "helper"}),
        (TargetScope.NOT_SPECIFIED, set()),
    ],
)
def test_each_scope_offers_to_its_people(cast: Cast, scope: TargetScope, expected: set[str]) -> None:
    connect(cast.customer, cast.provider)
    make_policy(make_package(cast.customer), scope)
    assert {name for name in cast.accounts if names(cast, name)} == expected


def test_named_users_and_groups_are_offered_what_names_them(cast: Cast) -> None:
    by_name, by_group = make_package(cast.customer, "By name"), make_package(cast.customer, "By group")
    make_policy(by_name, TargetScope.SPECIFIC_USERS, user=cast.user("member"))
    make_policy(by_group, TargetScope.SPECIFIC_USERS, group=cast.group("Tier 1"))
    found = {name: names(cast, name) for name in cast.accounts if names(cast, name)}
    assert found == {"member": ["By name"], "analyst": ["By group"]}


def test_what_is_offered_by_id_and_by_domain_is_the_same_and_nothing_elsewhere(cast: Cast) -> None:
    offer_to_provider(cast)
    for tid in (str(cast.customer.id), "customer.example"):
        assert [offer.package.display_name for offer in offers_at(cast.actor("boss"), tid)] == [
            "Tier 2 access"
        ]
        assert offers_at(cast.actor("outsider"), tid) == []
    for tid in ("other.example", "absent.example", "no tid at all"):
        assert offers_at(cast.actor("boss"), tid) == []


def test_without_stages_access_begins_at_once_and_ends_by_the_clock(cast: Cast) -> None:
    policy = offer_to_provider(cast)
    with pytest.raises(NotFound):
        open_gate(cast.actor("boss"), str(cast.customer.id))
    request = ask(cast, "boss", policy)
    assert request.state == RequestState.DELIVERED
    scope = open_gate(cast.actor("boss"), str(cast.customer.id))
    assert scope.allows(Permission.LIVE_RESPONSE_BASIC)
    assert scope.entry.ends_at == NOW + days(365)
    with standing_at(NOW + days(365) - timedelta(microseconds=1)):
        open_gate(cast.actor("boss"), str(cast.customer.id))
    with standing_at(NOW + days(365)), pytest.raises(NotFound):
        open_gate(cast.actor("boss"), str(cast.customer.id))


def test_a_guest_invited_by_hand_keeps_their_own_dates(cast: Cast) -> None:
    policy = offer_to_provider(cast)
    ask(cast, "helper", policy)
    assert cast.user("helper").ends_at == GUESTS_END
    assert not GovernedGuest.objects.of_tenant(cast.customer.id).exists()
    with standing_at(GUESTS_END), pytest.raises(NotFound):
        cast.enter("helper")


def test_a_shorter_time_can_be_asked_for_and_no_longer_one(cast: Cast) -> None:
    policy = offer_to_provider(cast)
    with pytest.raises(InvalidInput) as problem:
        ask(cast, "boss", policy, duration=days(366))
    assert problem.value.fields == {"duration": "must be no longer than the policy allows"}
    request = ask(cast, "boss", policy, duration=timedelta(hours=8))
    assert Assignment.objects.of_tenant(cast.customer.id).get().ends_at == NOW + timedelta(hours=8)
    assert request.user_id == cast.user("boss").id


def test_a_later_start_keeps_the_gate_shut_until_then(cast: Cast) -> None:
    policy = offer_to_provider(cast, expiration=ExpirationRule(ExpirationType.AFTER_DURATION, days(1)))
    request = ask(cast, "boss", policy, starts_at=NOW + days(2))
    assert request.state == RequestState.SCHEDULED
    for moment, is_open in ((NOW, False), (NOW + days(2), True), (NOW + days(3), False)):
        with standing_at(moment):
            users = User.objects.of_tenant(cast.customer.id).entering(moment)
            assert users.filter(account=cast.accounts["boss"]).exists() is is_open


def test_what_is_held_or_pending_is_not_asked_for_twice(cast: Cast) -> None:
    stage = StageRule((by_user(cast.user("admin")),))
    policy, other = offer_to_provider(cast, stages=(stage,)), offer_to_provider(cast, name="Plain")
    ask(cast, "boss", policy)
    ask(cast, "boss", other)
    with pytest.raises(Conflict, match="waits for approval"):
        ask(cast, "boss", policy)
    with pytest.raises(Conflict, match="you may ask to extend"):
        ask(cast, "boss", other)


@pytest.mark.parametrize("reverse", [False, True])
def test_packages_that_are_kept_apart_are_not_held_together(cast: Cast, *, reverse: bool) -> None:
    first, second = offer_to_provider(cast, name="Approvers"), offer_to_provider(cast, name="Analysts")
    pair = (second, first) if reverse else (first, second)
    keep_apart(pair[0].package, pair[1].package)
    ask(cast, "boss", first)
    with pytest.raises(Conflict, match="cannot be held together with Approvers"):
        ask(cast, "boss", second)


@pytest.mark.parametrize(
    "rule",
    [
        ExpirationRule(ExpirationType.AFTER_DURATION, days(365)),
        ExpirationRule(ExpirationType.AFTER_DATE_TIME, ends_at=NOW + days(365)),
    ],
)
def test_an_older_policy_gives_no_more_than_the_operator_allows_now(
    cast: Cast, rule: ExpirationRule, settings: Settings
) -> None:
    policy = offer_to_provider(cast, expiration=rule, stages=(StageRule((by_user(cast.user("admin")),)),))
    request = ask(cast, "boss", policy)
    settings.LONGEST_ACCESS_DAYS = 90
    decide(cast.actor("admin"), cast.customer.id, request.id, approves=True, justification="Agreed")
    assert Assignment.objects.of_tenant(cast.customer.id).get().ends_at == NOW + days(90)
    with pytest.raises(InvalidInput):
        ask(cast, "lead", policy, duration=days(91))


def test_required_words_and_answers_are_asked_for_by_name(cast: Cast) -> None:
    questions = [
        Question("q1", "Ticket number", is_required=True).write(),
        Question("q2", "Site", choices=("North", "South")).write(),
    ]
    policy = offer_to_provider(cast, questions_json=questions, is_justification_required=True)
    with pytest.raises(InvalidInput) as problem:
        ask(cast, "boss", policy)
    assert problem.value.fields == {"justification": "must not be empty"}
    with pytest.raises(InvalidInput) as problem:
        ask(cast, "boss", policy, justification="Night duty", answers={"q2": "East"})
    assert problem.value.fields == {
        "answer_q1": "must not be empty",
        "answer_q2": "must be one of the choices",
    }
    request = ask(cast, "boss", policy, justification="Night duty", answers={"q1": "T-1", "q2": "North"})
    assert [answer["answer"] for answer in request.answers] == ["T-1", "North"]


def test_an_own_request_is_canceled_while_it_waits_and_not_by_others(cast: Cast) -> None:
    policy = offer_to_provider(cast, stages=(StageRule((by_user(cast.user("admin")),)),))
    request = ask(cast, "boss", policy)
    with pytest.raises(NotFound):
        cancel_request(cast.actor("analyst"), cast.customer.id, request.id)
    assert cancel_request(cast.actor("boss"), cast.customer.id, request.id).state == RequestState.CANCELED
    with pytest.raises(Conflict, match="canceled already"):
        cancel_request(cast.actor("boss"), cast.customer.id, request.id)
    with pytest.raises(Conflict):
        decide(cast.actor("admin"), cast.customer.id, request.id, approves=True, justification="Yes")


def test_access_given_up_is_over_at_once(cast: Cast) -> None:
    policy = offer_to_provider(cast)
    ask(cast, "boss", policy)
    assignment = Assignment.objects.of_tenant(cast.customer.id).get()
    with pytest.raises(NotFound):
        give_up(cast.actor("analyst"), cast.customer.id, assignment.id)
    give_up(cast.actor("boss"), cast.customer.id, assignment.id, justification="Other duty")
    with pytest.raises(NotFound):
        open_gate(cast.actor("boss"), str(cast.customer.id))
    assignment.refresh_from_db()
    assert (assignment.ends_at, assignment.ended_because) == (NOW, "Other duty")


def test_two_packages_end_apart_and_the_guest_with_the_last(cast: Cast) -> None:
    long, short = offer_to_provider(cast, name="Long"), offer_to_provider(cast, name="Short")
    ask(cast, "boss", long, duration=days(30))
    ask(cast, "boss", short, duration=days(5))
    assert cast.user("boss").ends_at == NOW + days(30)
    held = Assignment.objects.of_tenant(cast.customer.id).get(package_id=long.package_id)
    give_up(cast.actor("boss"), cast.customer.id, held.id)
    assert cast.user("boss").ends_at == NOW + days(5)
    assert cast.enter("boss").allows(Permission.LIVE_RESPONSE_BASIC)
    with standing_at(NOW + days(5)), pytest.raises(NotFound):
        cast.enter("boss")


def test_an_extension_counts_from_its_approval_and_asks_the_same_approvers(cast: Cast) -> None:
    stage = StageRule((by_user(cast.user("admin")),))
    policy = offer_to_provider(cast, stages=(stage,))
    first = ask(cast, "boss", policy)
    decide(cast.actor("admin"), cast.customer.id, first.id, approves=True, justification="Agreed")
    assignment = Assignment.objects.of_tenant(cast.customer.id).get()
    with standing_at(NOW + days(360)):
        extension = request_extension(cast.actor("boss"), cast.customer.id, assignment.id)
        assert extension.state == RequestState.PENDING_APPROVAL
    with standing_at(NOW + days(361)):
        decide(
            cast.actor("admin"), cast.customer.id, extension.id, approves=True, justification="Still needed"
        )
    with standing_at(NOW + days(361 + 365) - timedelta(seconds=1)):
        assert cast.enter("boss").allows(Permission.LIVE_RESPONSE_BASIC)
    with standing_at(NOW + days(361 + 365)), pytest.raises(NotFound):
        cast.enter("boss")


def test_an_extension_approved_too_late_fails_and_opens_nothing(cast: Cast) -> None:
    stage = StageRule((by_user(cast.user("admin")),))
    policy = offer_to_provider(cast, stages=(stage,))
    first = ask(cast, "boss", policy, duration=days(10))
    decide(cast.actor("admin"), cast.customer.id, first.id, approves=True, justification="Agreed")
    assignment = Assignment.objects.of_tenant(cast.customer.id).get()
    with standing_at(NOW + days(9)):
        extension = request_extension(cast.actor("boss"), cast.customer.id, assignment.id)
    with standing_at(NOW + days(10)):
        request = decide(
            cast.actor("admin"), cast.customer.id, extension.id, approves=True, justification="Late"
        )
        assert request.state == RequestState.DELIVERY_FAILED
        with pytest.raises(NotFound):
            cast.enter("boss")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [({"allows_extension": False}, "cannot be extended"), ({"expiration": FOREVER}, "has no end")],
)
def test_what_cannot_be_extended_says_so(cast: Cast, fields: dict[str, object], reason: str) -> None:
    policy = offer_to_provider(cast, **fields)  # type: ignore[arg-type]
    ask(cast, "boss", policy)
    assignment = Assignment.objects.of_tenant(cast.customer.id).get()
    with pytest.raises(Conflict, match=reason):
        request_extension(cast.actor("boss"), cast.customer.id, assignment.id)


def test_whoever_leaves_the_organization_before_the_decision_gets_nothing(cast: Cast) -> None:
    policy = offer_to_provider(cast, stages=(StageRule((by_user(cast.user("admin")),)),))
    request = ask(cast, "boss", policy)
    User.rows.filter(tenant=cast.provider, account=cast.accounts["boss"]).update(removed_at=NOW)
    decided = decide(cast.actor("admin"), cast.customer.id, request.id, approves=True, justification="Agreed")
    assert decided.state == RequestState.DELIVERY_FAILED
    assert decided.status == "They no longer belong to the organization from which they asked."
    assert not User.objects.of_tenant(cast.customer.id).filter(account=cast.accounts["boss"]).exists()


def test_every_step_of_a_request_is_in_the_customers_log_with_who_and_why(cast: Cast) -> None:
    policy = offer_to_provider(cast, stages=(StageRule((by_user(cast.user("admin")),)),))
    before = AuditEvent.objects.of_tenant(cast.customer.id).count()
    request = ask(cast, "boss", policy, justification="Incident 1840")
    decide(cast.actor("admin"), cast.customer.id, request.id, approves=True, justification="By phone")
    events = AuditEvent.objects.of_tenant(cast.customer.id).order_by("sequence")[before:]
    assert [(event.tag, event.actor_name) for event in events] == [
        ("access_request.submitted", "Boss"),
        ("access_request.pending_approval", "Boss"),
        ("approval.approved", "Admin"),
        ("access_request.delivering", "Admin"),
        ("user.admitted", "Tidegate"),
        ("group.member_added", "Tidegate"),
        ("assignment.created", "Admin"),
        ("access_request.delivered", "Admin"),
    ]
    assert '"justification": "Incident 1840"' in events[0].details
    assert '"justification": "By phone"' in events[2].details
