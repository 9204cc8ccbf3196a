"""Policies: what they may say, whom they may name, and that what waits keeps what held for it."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pytest_django import Settings

from tests.cast import NOW, Cast, days, make_role
from tests.entitlements.offering import (
    by_group,
    by_user,
    connect,
    give_device_group,
    give_group,
    make_package,
    offer_to_provider,
)
from tidegate.audit.models import AuditEvent
from tidegate.authorization.permissions import RolePermission
from tidegate.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tidegate.devices.actions.device_groups import create_device_group
from tidegate.directory.actions.roles import assign_role
from tidegate.entitlements.actions.policies import (
    create_policy,
    disable_policy,
    enable_policy,
    remove_policy,
    update_policy,
)
from tidegate.entitlements.actions.requests import request_access
from tidegate.entitlements.catalog_queries import get_policy, list_policies, list_targets
from tidegate.entitlements.models import AccessPackage, AssignmentRequest, StageApprover
from tidegate.entitlements.offers import list_offers
from tidegate.entitlements.rules import Approver, ExpirationRule, Question, ReviewRule, StageRule
from tidegate.entitlements.terms import Terms, break_glass_terms, check_terms
from tidegate.entitlements.words import ApproverKind, ExpirationType, TargetScope

pytestmark = pytest.mark.usefixtures("now")

USER = Approver(ApproverKind.USER, uuid.uuid4())
SPONSORS = Approver(ApproverKind.INTERNAL_SPONSORS)
MANAGER = Approver(ApproverKind.MANAGER)
COLLEAGUE = Approver(ApproverKind.COLLEAGUE)
ALTERNATE = Approver(ApproverKind.USER, uuid.uuid4(), is_alternate=True)
YEAR = ExpirationRule(ExpirationType.AFTER_DURATION, days(365))
INSIDE = Terms("Requests", TargetScope.ALL_MEMBERS, YEAR)
OUTSIDE = Terms("Requests", TargetScope.ALL_ORGANIZATIONS, YEAR)


def after(**times: float) -> ExpirationRule:
    return ExpirationRule(ExpirationType.AFTER_DURATION, timedelta(**times))


def stage(*approvers: Approver, **rules: Any) -> tuple[StageRule, ...]:
    return (StageRule(approvers, **rules),)


@pytest.mark.parametrize(
    "terms",
    [
        INSIDE,
        OUTSIDE,
        replace(INSIDE, stages=stage(MANAGER) * 3),
        replace(OUTSIDE, stages=stage(SPONSORS, USER)),
        replace(INSIDE, stages=stage(USER, time_limit=timedelta(hours=1))),
        replace(INSIDE, stages=stage(USER, ALTERNATE, time_limit=days(4), escalate_after=days(1))),
        replace(INSIDE, expiration=after(hours=1)),
        replace(INSIDE, expiration=after(days=3660)),
        replace(INSIDE, expiration=ExpirationRule(ExpirationType.NO_EXPIRATION, reason="The board said so.")),
        replace(INSIDE, expiration=ExpirationRule(ExpirationType.AFTER_DATE_TIME, ends_at=NOW + days(3660))),
        replace(INSIDE, questions=(Question("a", "?", is_long=True), Question("b", "?", choices=("1", "2")))),
        replace(INSIDE, review=ReviewRule(NOW, reviewers=(USER,))),
        replace(INSIDE, review=ReviewRule(NOW, every_months=1, duration=days(27))),
    ],
)  # fmt: skip
def test_terms_that_may_be(terms: Terms) -> None:
    check_terms(terms, is_break_glass=False)


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        (replace(INSIDE, display_name=" "), "display_name"),
        (replace(INSIDE, target_scope=TargetScope.SPECIFIC_USERS), "users"),
        (replace(INSIDE, target_scope=TargetScope.SPECIFIC_ORGANIZATIONS), "organizations"),
        (replace(INSIDE, organization_ids=(uuid.uuid4(),)), "organizations"),
        (replace(INSIDE, group_ids=(uuid.uuid4(),)), "users"),
        (replace(INSIDE, stages=stage(MANAGER) * 4), "stages"),
        (replace(INSIDE, target_scope=TargetScope.NOT_SPECIFIED, stages=stage(USER)), "stages"),
        (replace(INSIDE, stages=stage()), "stage_1_approvers"),
        (replace(INSIDE, stages=stage(ALTERNATE, escalate_after=days(2))), "stage_1_approvers"),
        (replace(INSIDE, stages=stage(USER, USER)), "stage_1_approvers"),
        (replace(INSIDE, stages=stage(SPONSORS)), "stage_1_approvers"),
        (replace(OUTSIDE, stages=stage(USER) + stage(MANAGER)), "stage_2_approvers"),
        (replace(OUTSIDE, stages=stage(COLLEAGUE)), "stage_1_approvers"),
        (replace(INSIDE, stages=stage(Approver(ApproverKind.GROUP))), "stage_1_approvers"),
        (replace(INSIDE, stages=stage(USER, time_limit=timedelta(minutes=59))), "stage_1_time_limit"),
        (replace(INSIDE, stages=stage(USER, time_limit=days(31))), "stage_1_time_limit"),
        (replace(INSIDE, stages=stage(USER, ALTERNATE)), "stage_1_escalate_after"),
        (replace(INSIDE, stages=stage(USER, escalate_after=days(2))), "stage_1_alternates"),
        (replace(INSIDE, stages=stage(USER, ALTERNATE, escalate_after=days(0.9))), "stage_1_escalate_after"),
        (replace(INSIDE, stages=stage(USER, ALTERNATE, escalate_after=days(14))), "stage_1_escalate_after"),
        (
            replace(INSIDE, stages=stage(USER, ALTERNATE, time_limit=days(3), escalate_after=days(1))),
            "stage_1_time_limit",
        ),
        (replace(INSIDE, expiration=after(days=0)), "days"),
        (replace(INSIDE, expiration=after(days=3660, hours=1)), "days"),
        (replace(INSIDE, expiration=ExpirationRule(ExpirationType.NO_EXPIRATION)), "reason"),
        (replace(INSIDE, expiration=ExpirationRule(ExpirationType.AFTER_DATE_TIME, ends_at=NOW)), "ends_at"),
        (replace(INSIDE, expiration=ExpirationRule(ExpirationType.AFTER_DATE_TIME)), "ends_at"),
        (replace(INSIDE, questions=(Question("a", ""),)), "question_1_text"),
        (replace(INSIDE, questions=(Question("a", "Q", choices=("1",)),)), "question_1_choices"),
        (replace(INSIDE, questions=(Question("a", "Q", choices=("1", "1")),)), "question_1_choices"),
        (replace(INSIDE, questions=(Question("a", "Q"), Question("a", "R"))), "questions"),
        (replace(INSIDE, review=ReviewRule(NOW, every_months=5)), "review_every"),
        (replace(INSIDE, review=ReviewRule(NOW, every_months=1, duration=days(28))), "review_days"),
        (replace(INSIDE, review=ReviewRule(NOW, reviewers=(SPONSORS,))), "reviewers"),
    ],
)
def test_terms_that_may_not_be_name_the_field(terms: Terms, field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_terms(terms, is_break_glass=False)
    assert list(refused.value.fields) == [field]


@pytest.mark.parametrize(
    "change",
    [
        {"target_scope": TargetScope.ALL_MEMBERS},
        {"stages": ()},
        {"stages": stage(USER)},
        {"expiration": after(hours=2)},
        {"allows_extension": True},
        {"review": ReviewRule(NOW)},
    ],
)
def test_broken_glass_has_one_form(change: dict[str, Any]) -> None:
    terms = break_glass_terms("Emergency", TargetScope.ALL_ORGANIZATIONS)
    check_terms(terms, is_break_glass=True)
    with pytest.raises(InvalidInput):
        check_terms(replace(terms, **change), is_break_glass=True)


def test_the_operators_maximum_bounds_every_end(settings: Settings) -> None:
    settings.LONGEST_ACCESS_DAYS = 30
    check_terms(replace(INSIDE, expiration=after(days=30)), is_break_glass=False)
    later = ExpirationRule(ExpirationType.AFTER_DATE_TIME, ends_at=NOW + days(31))
    for rule in (after(days=31), later, ExpirationRule(ExpirationType.NO_EXPIRATION)):
        with pytest.raises(InvalidInput):
            check_terms(replace(INSIDE, expiration=rule), is_break_glass=False)


def test_a_policy_is_written_and_written_anew(cast: Cast) -> None:
    scope, package = cast.enter("admin"), make_package(cast.customer)
    organization = connect(cast.customer, cast.provider)
    terms = replace(
        OUTSIDE,
        target_scope=TargetScope.SPECIFIC_ORGANIZATIONS,
        organization_ids=(organization.id,),
        stages=stage(by_user(cast.user("member")), by_group(cast.group("Tier 1"))),
    )
    policy = create_policy(scope, package.id, terms)
    assert policy.stages == terms.stages
    assert [one.organization for one in list_targets(scope, package.id)] == [organization]
    assert len(list_offers(cast.actor("boss"))) == 1
    update_policy(scope, package.id, policy.id, replace(INSIDE, display_name="Members"))
    changed = get_policy(scope, package.id, policy.id)
    assert (changed.display_name, changed.stages) == ("Members", ())
    assert list(list_targets(scope, package.id)) == []
    assert list_offers(cast.actor("boss")) == []
    tags = AuditEvent.objects.of_tenant(cast.customer.id).values_list("tag", flat=True)
    assert list(tags.order_by("sequence"))[-2:] == ["policy.created", "policy.updated"]


def test_names_are_taken_once_in_a_package(cast: Cast) -> None:
    scope, package = cast.enter("admin"), make_package(cast.customer)
    policy = create_policy(scope, package.id, INSIDE)
    update_policy(scope, package.id, policy.id, INSIDE)
    with pytest.raises(Conflict):
        create_policy(scope, package.id, replace(INSIDE, display_name="REQUESTS"))


@pytest.mark.parametrize("where", ["users", "groups", "stage", "reviewers", "organizations"])
def test_who_is_of_another_tenant_is_never_named(cast: Cast, where: str) -> None:
    foreign = cast.user("outsider", cast.other)
    named = replace(INSIDE, target_scope=TargetScope.SPECIFIC_USERS)
    organization = connect(cast.other, cast.provider)
    terms = {
        "users": replace(named, user_ids=(foreign.id,)),
        "groups": replace(named, group_ids=(uuid.uuid4(),)),
        "stage": replace(INSIDE, stages=stage(by_user(foreign))),
        "reviewers": replace(INSIDE, review=ReviewRule(NOW, reviewers=(by_user(foreign),))),
        "organizations": replace(
            OUTSIDE,
            target_scope=TargetScope.SPECIFIC_ORGANIZATIONS,
            organization_ids=(organization.id,),
        ),
    }[where]
    with pytest.raises(InvalidInput):
        create_policy(cast.enter("admin"), make_package(cast.customer).id, terms)


def test_what_waits_keeps_its_approvers_and_its_end(cast: Cast) -> None:
    policy = offer_to_provider(cast, stages=stage(by_user(cast.user("admin"))))
    request_access(cast.actor("boss"), cast.customer.id, policy.package_id, policy.id)
    scope = cast.enter("admin")
    terms = replace(OUTSIDE, stages=stage(by_user(cast.user("member"))), expiration=after(hours=2))
    update_policy(scope, policy.package_id, policy.id, terms)
    request = AssignmentRequest.rows.get(policy_id=policy.id)
    assert request.expiration.duration == days(365)
    approver = StageApprover.rows.get(stage__request_id=request.id)
    assert approver.user_id == cast.user("admin").id


def test_a_policy_is_switched_off_and_on(cast: Cast) -> None:
    policy = offer_to_provider(cast)
    scope = cast.enter("admin")
    disable_policy(scope, policy.package_id, policy.id)
    assert list_offers(cast.actor("boss")) == []
    with pytest.raises(Conflict):
        disable_policy(scope, policy.package_id, policy.id)
    enable_policy(scope, policy.package_id, policy.id)
    assert len(list_offers(cast.actor("boss"))) == 1


def test_a_policy_is_removed_once_nothing_rests_on_it(cast: Cast) -> None:
    held, free = offer_to_provider(cast), offer_to_provider(cast, name="Free")
    request_access(cast.actor("boss"), cast.customer.id, held.package_id, held.id)
    scope = cast.enter("admin")
    with pytest.raises(Conflict):
        remove_policy(scope, held.package_id, held.id)
    remove_policy(scope, free.package_id, free.id)
    assert list(list_policies(scope, free.package_id)) == []


@pytest.mark.parametrize("gives", ["group", "device group"])
def test_nobody_offers_what_they_may_not_do_themselves(cast: Cast, gives: str) -> None:
    role = make_role(cast.customer, "Directory", RolePermission.MANAGE_DIRECTORY)
    assign_role(cast.enter("admin"), role.id, user_id=cast.user("member").id)
    package = make_package(cast.customer)
    if gives == "group":
        give_group(package, cast.group("Tier 2"))
    else:
        give_device_group(package, create_device_group(cast.enter("admin"), display_name="Vault"))
    policy = create_policy(cast.enter("admin"), package.id, INSIDE)
    scope = cast.enter("member")
    disable_policy(scope, package.id, policy.id)
    tries: list[Change] = [
        lambda: create_policy(scope, package.id, replace(INSIDE, display_name="Mine")),
        lambda: update_policy(scope, package.id, policy.id, INSIDE),
        lambda: enable_policy(scope, package.id, policy.id),
    ]
    for change in tries:
        with pytest.raises(Forbidden):
            change()


type Change = Callable[[], object]


def changes(cast: Cast, name: str, package: AccessPackage, policy_id: uuid.UUID) -> list[Change]:
    scope = cast.enter(name, cast.other if name == "outsider" else cast.customer)
    return [
        lambda: create_policy(scope, package.id, replace(INSIDE, display_name="Mine")),
        lambda: update_policy(scope, package.id, policy_id, INSIDE),
        lambda: disable_policy(scope, package.id, policy_id),
        lambda: remove_policy(scope, package.id, policy_id),
    ]


@pytest.mark.parametrize(
    ("name", "error"),
    [("member", Forbidden), ("reader", Forbidden), ("analyst", Forbidden), ("outsider", NotFound)],
)
def test_others_change_nothing(cast: Cast, name: str, error: type[Exception]) -> None:
    package = make_package(cast.customer)
    policy = create_policy(cast.enter("admin"), package.id, INSIDE)
    for change in changes(cast, name, package, policy.id):
        with pytest.raises(error):
            change()
    assert get_policy(cast.enter("admin"), package.id, policy.id).accepts_requests
