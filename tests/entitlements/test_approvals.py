"""Deciding: one approver a stage, never the requestor, within the time."""

from datetime import timedelta

import pytest

from tests.cast import NOW, Cast, days
from tests.entitlements.asking import ask
from tests.entitlements.offering import (
    by_group,
    by_user,
    connect,
    keep_apart,
    make_package,
    make_policy,
    offer_to_provider,
)
from tidegate.core.clock import standing_at
from tidegate.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tidegate.directory.models import GroupMembership, User
from tidegate.entitlements.actions.approvals import decide, deny_overdue
from tidegate.entitlements.actions.policies import disable_policy
from tidegate.entitlements.actions.requests import request_extension
from tidegate.entitlements.history import Shown, find_assignment, shown_state, timeline
from tidegate.entitlements.inbox import get_pending, list_pending
from tidegate.entitlements.models import Assignment, AssignmentRequest, ConnectedOrganization, Sponsor
from tidegate.entitlements.rules import Approver, ExpirationRule, StageRule
from tidegate.entitlements.words import (
    ApproverKind,
    ExpirationType,
    RequestState,
    SponsorKind,
    TargetScope,
)

pytestmark = pytest.mark.usefixtures("now")


def approve(cast: Cast, name: str, request: AssignmentRequest, **more: object) -> AssignmentRequest:
    given = {"approves": True, "justification": "Agreed", **more}
    return decide(cast.actor(name), request.tenant_id, request.id, **given)  # type: ignore[arg-type]


def waiting_for(cast: Cast) -> set[str]:
    """Everybody in whose inbox something waits."""
    return {name for name in cast.accounts if list_pending(cast.actor(name)).exists()}


def sponsor(cast: Cast, name: str, kind: SponsorKind) -> None:
    organization = ConnectedOrganization.objects.of_tenant(cast.customer.id).get()
    Sponsor.rows.create(
        tenant_id=cast.customer.id,
        organization_id=organization.id,
        user_id=cast.user(name).id,
        kind=kind,
        created_at=NOW,
    )


def stage_of(*approvers: Approver, **fields: object) -> StageRule:
    return StageRule(approvers, **fields)  # type: ignore[arg-type]


def test_a_request_waits_for_its_approvers_alone_and_opens_nothing(cast: Cast) -> None:
    policy = offer_to_provider(cast, stages=(stage_of(by_user(cast.user("admin"))),))
    request = ask(cast, "boss", policy)
    assert waiting_for(cast) == {"admin"}
    assert not User.objects.of_tenant(cast.customer.id).filter(account=cast.accounts["boss"]).exists()
    for name in ("member", "outsider", "stranger", "analyst"):
        with pytest.raises(NotFound):
            get_pending(cast.actor(name), cast.customer.id, request.id)
        with pytest.raises(NotFound):
            approve(cast, name, request)


def test_an_approver_of_the_group_decides_as_long_as_they_are_in_it(cast: Cast) -> None:
    policy = offer_to_provider(cast, stages=(stage_of(by_group(cast.group("Tier 1"))),))
    request = ask(cast, "boss", policy)
    assert waiting_for(cast) == {"analyst"}
    GroupMembership.rows.filter(tenant=cast.customer, user_id=cast.user("analyst").id).update(ends_at=NOW)
    assert waiting_for(cast) == set()
    with pytest.raises(NotFound):
        approve(cast, "analyst", request)


@pytest.mark.parametrize(
    ("kind", "side", "name"),
    [
        (ApproverKind.INTERNAL_SPONSORS, SponsorKind.INTERNAL, "member"),
        (ApproverKind.EXTERNAL_SPONSORS, SponsorKind.EXTERNAL, "lead"),
    ],
)
def test_sponsors_decide_for_their_organization(
    cast: Cast, kind: ApproverKind, side: SponsorKind, name: str
) -> None:
    policy = offer_to_provider(cast, stages=(stage_of(Approver(kind)),))
    sponsor(cast, name, side)
    request = ask(cast, "boss", policy)
    assert waiting_for(cast) == {name}
    assert approve(cast, name, request).state == RequestState.DELIVERED


def test_a_manager_decides_for_their_own_people(cast: Cast) -> None:
    policy = make_policy(
        make_package(cast.customer),
        TargetScope.ALL_MEMBERS,
        stages=(stage_of(Approver(ApproverKind.MANAGER)),),
    )
    User.rows.filter(pk=cast.user("member").pk).update(manager_id=cast.user("reader").id)
    request = ask(cast, "member", policy)
    assert waiting_for(cast) == {"reader"}
    assert approve(cast, "reader", request).state == RequestState.DELIVERED


def test_nobody_decides_their_own_request_by_any_path(cast: Cast) -> None:
    everybody = stage_of(
        by_user(cast.user("lead")),
        by_group(cast.group("Tier 2")),
        Approver(ApproverKind.EXTERNAL_SPONSORS),
        Approver(ApproverKind.COLLEAGUE),
    )
    policy = offer_to_provider(cast, stages=(everybody,))
    sponsor(cast, "lead", SponsorKind.EXTERNAL)
    request = ask(cast, "lead", policy)
    assert "lead" not in waiting_for(cast)
    with pytest.raises(Forbidden):
        approve(cast, "lead", request)
    request.refresh_from_db()
    assert request.state == RequestState.PENDING_APPROVAL


def test_a_colleague_confirms_from_outside_of_the_tenant(cast: Cast) -> None:
    policy = offer_to_provider(cast, stages=(stage_of(Approver(ApproverKind.COLLEAGUE)),))
    request = ask(cast, "analyst", policy)
    assert waiting_for(cast) == {"boss", "lead", "helper"}
    assert approve(cast, "boss", request).state == RequestState.DELIVERED


def test_every_stage_is_needed_in_its_order(cast: Cast) -> None:
    stages = (
        stage_of(by_user(cast.user("member"))),
        stage_of(by_user(cast.user("admin")), by_user(cast.user("reader"))),
        stage_of(by_user(cast.user("reader"))),
    )
    request = ask(cast, "boss", offer_to_provider(cast, stages=stages))
    with pytest.raises(Conflict, match="not waiting for your decision"):
        approve(cast, "admin", request)
    for name, waiting in (("member", {"admin", "reader"}), ("admin", {"reader"}), ("reader", set())):
        assert not Assignment.objects.of_tenant(cast.customer.id).exists()
        request = approve(cast, name, request)
        assert waiting_for(cast) == waiting
    assert request.state == RequestState.DELIVERED


def test_a_second_decision_is_told_who_decided(cast: Cast) -> None:
    stage = stage_of(by_user(cast.user("admin")), by_user(cast.user("member")))
    request = ask(cast, "boss", offer_to_provider(cast, stages=(stage,)))
    approve(cast, "admin", request)
    with pytest.raises(Conflict, match="decided already, by Admin"):
        approve(cast, "member", request, approves=False)
    request.refresh_from_db()
    assert request.state == RequestState.DELIVERED


def test_a_denial_ends_the_request_with_its_reason(cast: Cast) -> None:
    stages = (stage_of(by_user(cast.user("admin"))), stage_of(by_user(cast.user("member"))))
    request = approve(
        cast, "admin", ask(cast, "boss", offer_to_provider(cast, stages=stages)), approves=False
    )
    assert (request.state, waiting_for(cast)) == (RequestState.DENIED, set())
    assert [(step.state, step.by, step.words) for step in timeline(request)] == [
        (Shown.SUBMITTED, "Boss", ""),
        (Shown.DENIED, "Admin", "Agreed"),
    ]


def test_a_decision_needs_its_reason_where_the_stage_says_so(cast: Cast) -> None:
    request = ask(cast, "boss", offer_to_provider(cast, stages=(stage_of(by_user(cast.user("admin"))),)))
    with pytest.raises(InvalidInput) as problem:
        approve(cast, "admin", request, justification=" ")
    assert problem.value.fields == {"justification": "must not be empty"}


def test_an_approver_may_shorten_and_never_lengthen(cast: Cast) -> None:
    eight = ExpirationRule(ExpirationType.AFTER_DURATION, timedelta(hours=8))
    stage = stage_of(by_user(cast.user("admin")))
    policy = offer_to_provider(cast, stages=(stage,), expiration=eight)
    request = ask(cast, "boss", policy, duration=timedelta(hours=4))
    with pytest.raises(InvalidInput):
        approve(cast, "admin", request, duration=timedelta(hours=5))
    approve(cast, "admin", request, duration=timedelta(hours=1))
    assert Assignment.objects.of_tenant(cast.customer.id).get().ends_at == NOW + timedelta(hours=1)


def test_alternates_decide_from_their_hour_on_beside_the_first(cast: Cast) -> None:
    stage = stage_of(
        by_user(cast.user("admin")), by_user(cast.user("member"), is_alternate=True), escalate_after=days(2)
    )
    request = ask(cast, "boss", offer_to_provider(cast, stages=(stage,)))
    with standing_at(NOW + days(2) - timedelta(seconds=1)):
        assert waiting_for(cast) == {"admin"}
        with pytest.raises(NotFound):
            approve(cast, "member", request)
    with standing_at(NOW + days(2)):
        assert waiting_for(cast) == {"admin", "member"}
        assert approve(cast, "member", request).state == RequestState.DELIVERED


def test_silence_denies_by_the_clock_before_any_job_runs(cast: Cast) -> None:
    stage = stage_of(by_user(cast.user("admin")), time_limit=days(14))
    request = ask(cast, "boss", offer_to_provider(cast, stages=(stage,)))
    assert not deny_overdue(cast.customer.id, request.id)
    with standing_at(NOW + days(14)):
        assert waiting_for(cast) == set()
        with pytest.raises(Conflict):
            approve(cast, "admin", request)
        assert deny_overdue(cast.customer.id, request.id)
        assert not deny_overdue(cast.customer.id, request.id)
        request.refresh_from_db()
        assert shown_state(request) == Shown.EXPIRED
        with pytest.raises(Conflict, match="time to decide this request has passed"):
            approve(cast, "admin", request)


def test_a_changed_policy_leaves_pending_requests_alone(cast: Cast) -> None:
    policy = offer_to_provider(cast, stages=(stage_of(by_user(cast.user("admin"))),))
    request = ask(cast, "boss", policy)
    policy.stages_json = [stage_of(by_user(cast.user("member"))).write()]
    policy.expiration_json = ExpirationRule(ExpirationType.AFTER_DURATION, days(1)).write()
    policy.save()
    assert waiting_for(cast) == {"admin"}
    approve(cast, "admin", request)
    assert Assignment.objects.of_tenant(cast.customer.id).get().ends_at == NOW + days(365)


def test_of_two_requests_kept_apart_only_the_first_approved_is_delivered(cast: Cast) -> None:
    stages = (stage_of(by_user(cast.user("admin"))),)
    first, second = (offer_to_provider(cast, stages=stages, name=name) for name in ("Checks", "Pays"))
    keep_apart(first.package, second.package)
    requests = [ask(cast, "boss", policy) for policy in (first, second)]
    assert [approve(cast, "admin", one).state for one in requests] == [
        RequestState.DELIVERED,
        RequestState.DELIVERY_FAILED,
    ]
    refused = AssignmentRequest.objects.of_tenant(cast.customer.id).get(id=requests[1].id)
    assert refused.status == "This access cannot be held together with Checks."
    held = Assignment.objects.of_tenant(cast.customer.id).values_list("package_id", flat=True)
    assert list(held) == [first.package_id]


@pytest.mark.parametrize("extends", [False, True])
def test_a_policy_that_was_switched_off_gives_nothing_more(cast: Cast, *, extends: bool) -> None:
    policy = offer_to_provider(cast, stages=(stage_of(by_user(cast.user("admin"))),))
    request = ask(cast, "boss", policy)
    if extends:
        held = approve(cast, "admin", request).assignment_id
        assert held is not None
        with standing_at(NOW + days(30)):
            request = request_extension(cast.actor("boss"), policy.tenant_id, held)
    with standing_at(NOW + days(31)) if extends else standing_at(NOW):
        disable_policy(cast.enter("admin"), policy.package_id, policy.id)
        request = approve(cast, "admin", request)
        assert (request.state, request.status) == (
            RequestState.DELIVERY_FAILED,
            "This policy is switched off: it gives nothing, not even directly.",
        )
    ends = list(Assignment.objects.of_tenant(cast.customer.id).values_list("ends_at", flat=True))
    assert ends == ([NOW + days(365)] if extends else [])


def test_the_timeline_tells_what_is_waited_for_and_when_access_ends(cast: Cast) -> None:
    request = ask(cast, "boss", offer_to_provider(cast, stages=(stage_of(by_user(cast.user("admin"))),)))
    assert [(step.state, step.at, step.is_done) for step in timeline(request)] == [
        (Shown.SUBMITTED, NOW, True),
        (Shown.PENDING_APPROVAL, NOW + days(14), False),
    ]
    request = approve(cast, "admin", request)
    assert [(step.state, step.at, step.is_done) for step in timeline(request)] == [
        (Shown.SUBMITTED, NOW, True),
        (Shown.APPROVED, NOW, True),
        (Shown.DELIVERED, NOW, True),
        (Shown.ENDED, NOW + days(365), False),
    ]
    with standing_at(NOW + days(365)):
        assert shown_state(request, find_assignment(request)) == Shown.ENDED


def test_a_policy_of_another_tenant_never_lends_its_approvers(cast: Cast) -> None:
    """The outsider is an approver of a look-alike request in their own tenant, and of nothing here."""
    connect(cast.other, cast.provider)
    theirs = make_package(cast.other, "Tier 2 access")
    stage = stage_of(by_user(cast.user("outsider", cast.other)))
    organization = ConnectedOrganization.objects.of_tenant(cast.other.id).get()
    elsewhere = make_policy(theirs, stages=(stage,), organization=organization)
    here = offer_to_provider(cast, stages=(stage_of(by_user(cast.user("admin"))),))
    mine, other = ask(cast, "boss", here), ask(cast, "boss", elsewhere)
    assert [one.id for one in list_pending(cast.actor("outsider"))] == [other.id]
    assert [one.id for one in list_pending(cast.actor("admin"))] == [mine.id]
    with pytest.raises(NotFound):
        decide(cast.actor("outsider"), cast.customer.id, mine.id, approves=True, justification="Mine")
    with pytest.raises(NotFound):
        decide(cast.actor("outsider"), cast.other.id, mine.id, approves=True, justification="Mine")
