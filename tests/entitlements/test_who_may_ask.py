"""Who is kept from asking: by a stop, by leaving, by a block, and by asking too often."""

import pytest

from tests.cast import NOW, Cast, days
from tests.entitlements.asking import ask, names
from tests.entitlements.offering import (
    by_user,
    connect,
    make_package,
    make_policy,
    offer_to_provider,
)
from tidegate.core.clock import standing_at
from tidegate.core.errors import Conflict, NotFound
from tidegate.directory.actions.stops import stop_organization
from tidegate.directory.actions.tenants import create_tenant
from tidegate.directory.actions.users import remove_user
from tidegate.directory.models import EmergencyStop, User
from tidegate.entitlements.actions.approvals import decide
from tidegate.entitlements.actions.requests import (
    cancel_request,
)
from tidegate.entitlements.asking_again import check_not_too_often
from tidegate.entitlements.models import (
    AssignmentRequest,
    GovernedGuest,
    Notice,
)
from tidegate.entitlements.notices import NoticeKind
from tidegate.entitlements.rules import StageRule
from tidegate.entitlements.words import RequestState, RequestType

pytestmark = pytest.mark.usefixtures("now")


@pytest.mark.parametrize("covers", ["guest", "organization", "all"])
def test_whoever_is_stopped_is_offered_nothing_and_gets_nothing(cast: Cast, covers: str) -> None:
    policy = offer_to_provider(cast, stages=(StageRule((by_user(cast.user("admin")),)),))
    request = ask(cast, "helper", policy)
    EmergencyStop.rows.create(
        tenant=cast.customer,
        covers=covers,
        user_id=cast.user("helper").id if covers == "guest" else None,
        home_tenant_id=cast.provider.id if covers == "organization" else None,
        started_at=NOW,
    )
    assert names(cast, "helper") == []
    assert names(cast, "boss") == (["Tier 2 access"] if covers == "guest" else [])
    decided = decide(cast.actor("admin"), cast.customer.id, request.id, approves=True, justification="Agreed")
    assert (decided.state, decided.status) == (
        RequestState.DELIVERY_FAILED,
        "Access from outside is stopped here.",
    )


def test_who_leaves_at_the_very_instant_of_a_stop_is_offered_nothing(cast: Cast) -> None:
    make_policy(make_package(cast.customer), organization=connect(cast.customer, cast.other))
    assert names(cast, "outsider") == ["Tier 2"]
    User.rows.create(
        tenant=cast.provider,
        account=cast.accounts["outsider"],
        user_type=User.UserType.MEMBER,
        user_principal_name="outsider@provider.example",
        created_at=NOW - days(5),
        starts_at=NOW - days(5),
        removed_at=NOW,
    )
    stop_organization(cast.enter("admin"), cast.provider.id, name="Harbour Watch", reason="Breach")
    assert names(cast, "outsider") == []


def test_who_left_home_since_they_became_a_guest_is_let_in_anew_first(cast: Cast) -> None:
    remove_user(cast.enter("boss", cast.provider), cast.user("helper", cast.provider).id)
    own = create_tenant(cast.actor("helper"), display_name="Own", administrator=cast.accounts["helper"])
    policy = make_policy(make_package(cast.customer), organization=connect(cast.customer, own))
    refused = ask(cast, "helper", policy)
    assert (refused.state, refused.status) == (
        RequestState.DELIVERY_FAILED,
        "They have left an organization since they became a guest here. Remove that guest first.",
    )
    remove_user(cast.enter("admin"), cast.user("helper").id)
    assert ask(cast, "helper", policy).state == RequestState.DELIVERED
    assert cast.enter("helper").tenant_id == cast.customer.id


def test_an_administrators_block_keeps_from_asking(cast: Cast) -> None:
    policy = offer_to_provider(cast)
    User.rows.filter(pk=cast.user("helper").pk).update(blocked_at=NOW)
    with pytest.raises(NotFound):
        ask(cast, "helper", policy)


def test_the_block_after_a_last_assignment_is_lifted_by_the_next(cast: Cast) -> None:
    policy = offer_to_provider(cast)
    ask(cast, "boss", policy, duration=days(1))
    later = NOW + days(3)
    User.rows.filter(pk=cast.user("boss").pk).update(blocked_at=NOW + days(2))
    GovernedGuest.objects.of_tenant(cast.customer.id).update(blocked_at=NOW + days(2))
    with standing_at(later):
        assert ask(cast, "boss", policy).state == RequestState.DELIVERED
        assert cast.enter("boss").entry.ends_at == later + days(365)


@pytest.mark.parametrize("denied", [False, True])
def test_approvers_are_asked_five_times_a_day_and_no_more(cast: Cast, *, denied: bool) -> None:
    policy = offer_to_provider(cast, stages=(StageRule((by_user(cast.user("admin")),)),))
    other = offer_to_provider(cast, name="Other", stages=(StageRule((by_user(cast.user("admin")),)),))
    for _ in range(5):
        asked = ask(cast, "helper", policy)
        if denied:
            decide(cast.actor("admin"), cast.customer.id, asked.id, approves=False, justification="No")
        else:
            cancel_request(cast.actor("helper"), cast.customer.id, asked.id)
    told = Notice.rows.filter(kind=NoticeKind.APPROVAL_NEEDED).count()
    with pytest.raises(Conflict, match="five times within a day"):
        ask(cast, "helper", policy)
    assert Notice.rows.filter(kind=NoticeKind.APPROVAL_NEEDED).count() == told == 5
    for name, what in (("boss", policy), ("helper", other)):
        assert ask(cast, name, what).state == RequestState.PENDING_APPROVAL
    with standing_at(NOW + days(1)):
        assert ask(cast, "helper", policy).state == RequestState.PENDING_APPROVAL


def test_an_emergency_that_nobody_answered_is_asked_again(cast: Cast) -> None:
    package = make_package(cast.customer, is_break_glass=True)
    for state, count in ((RequestState.DENIED, 5), (RequestState.CANCELED, 4)):
        for _ in range(count):
            AssignmentRequest.rows.create(
                tenant=cast.customer,
                package_id=package.id,
                policy_id=make_policy(package).id,
                request_type=RequestType.USER_ADD,
                state=state,
                requestor=cast.accounts["helper"],
                created_at=NOW,
            )
    check_not_too_often(cast.actor("helper"), package)
