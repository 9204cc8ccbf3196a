"""Policies: written, changed, switched off and on, removed. Requests that wait keep what held for them."""

import uuid
from datetime import datetime
from typing import Any

from django.db import transaction

from tidegate.audit.actions import Target, record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.errors import Conflict, InvalidInput
from tidegate.core.text import clean_line
from tidegate.directory.models import Group, User
from tidegate.directory.policy import lock_directory
from tidegate.entitlements.catalog_queries import get_package, get_policy, list_policies
from tidegate.entitlements.models import AccessPackage, AssignmentPolicy, PolicyTarget
from tidegate.entitlements.organizations import ending_with_policy, list_organizations
from tidegate.entitlements.policy import check_may_offer
from tidegate.entitlements.rules import Approver, ExpirationRule
from tidegate.entitlements.terms import Terms, check_terms
from tidegate.entitlements.words import ApproverKind, ExpirationType


def create_policy(scope: Scope, package_id: uuid.UUID, terms: Terms) -> AssignmentPolicy:
    """Give a package a policy. Raises Forbidden, NotFound, InvalidInput, Conflict when the name is taken.

    Forbidden also when the package gives more than the actor may do here, or could be held for longer.
    """
    require(scope, Permission.ENTITLEMENT_MANAGE)
    with transaction.atomic():
        lock_directory(scope)
        package = get_package(scope, package_id)
        _check(scope, package, terms, None)
        policy = AssignmentPolicy.rows.create(
            tenant_id=scope.tenant_id, package_id=package.id, created_at=clock.now(), **_columns(terms)
        )
        _write_targets(policy, terms)
        details = {"package": package.display_name, "terms": _columns(terms), "targets": _targets(terms)}
        record(scope, "policy.created", _target(policy), details=details)
    return policy


def update_policy(
    scope: Scope, package_id: uuid.UUID, policy_id: uuid.UUID, terms: Terms
) -> AssignmentPolicy:
    """Write a policy anew. What was asked before keeps its approvers and its end.

    Raises Forbidden, NotFound, InvalidInput, Conflict when the name is taken.
    """
    require(scope, Permission.ENTITLEMENT_MANAGE)
    with transaction.atomic():
        lock_directory(scope)
        package, policy = get_package(scope, package_id), get_policy(scope, package_id, policy_id)
        _check(scope, package, terms, policy_id)
        before = _stored(policy, terms)
        for column, value in _columns(terms).items():
            setattr(policy, column, value)
        policy.save(update_fields=list(_columns(terms)))
        PolicyTarget.objects.in_scope(scope).filter(policy_id=policy.id).delete()
        _write_targets(policy, terms)
        after = _stored(policy, terms)
        changed = {field: [before[field], after[field]] for field in after if before[field] != after[field]}
        details = {"package": package.display_name, "changed": changed, "targets": _targets(terms)}
        record(scope, "policy.updated", _target(policy), details=details)
    return policy


def enable_policy(scope: Scope, package_id: uuid.UUID, policy_id: uuid.UUID) -> AssignmentPolicy:
    """Let a policy give access again. Raises Forbidden, NotFound, Conflict."""
    return _switch(scope, package_id, policy_id, accepts_requests=True)


def disable_policy(scope: Scope, package_id: uuid.UUID, policy_id: uuid.UUID) -> AssignmentPolicy:
    """Let a policy give nothing to anybody, not even directly; what is held is kept.

    Raises Forbidden, NotFound, Conflict.
    """
    return _switch(scope, package_id, policy_id, accepts_requests=False)


def remove_policy(scope: Scope, package_id: uuid.UUID, policy_id: uuid.UUID) -> None:
    """Take a policy away. Raises Forbidden, NotFound, Conflict while anything is held or asked under it."""
    require(scope, Permission.ENTITLEMENT_MANAGE)
    with transaction.atomic():
        lock_directory(scope)
        policy = get_policy(scope, package_id, policy_id)
        ending = ending_with_policy(scope, policy_id)
        if ending.assignments or ending.requests:
            raise Conflict(
                "Access is held or asked for under this policy. Switch it off instead, or end that first."
            )
        policy.removed_at = clock.now()
        policy.save(update_fields=["removed_at"])
        details = {"package": policy.package.display_name}
        record(scope, "policy.removed", _target(policy), details=details)


def _switch(
    scope: Scope, package_id: uuid.UUID, policy_id: uuid.UUID, *, accepts_requests: bool
) -> AssignmentPolicy:
    require(scope, Permission.ENTITLEMENT_MANAGE)
    with transaction.atomic():
        lock_directory(scope)
        policy = get_policy(scope, package_id, policy_id)
        if policy.accepts_requests == accepts_requests:
            raise Conflict(
                "This policy is switched on already."
                if accepts_requests
                else "This policy is switched off already."
            )
        if accepts_requests:
            check_may_offer(scope, package_id, until=_last_end(policy.expiration))
        policy.accepts_requests = accepts_requests
        policy.save(update_fields=["accepts_requests"])
        tag = "policy.enabled" if accepts_requests else "policy.disabled"
        record(scope, tag, _target(policy), details={"package": policy.package.display_name})
    return policy


def _check(scope: Scope, package: AccessPackage, terms: Terms, own_id: uuid.UUID | None) -> None:
    check_terms(terms, is_break_glass=package.is_break_glass)
    check_may_offer(scope, package.id, until=_last_end(terms.expiration))
    same = list_policies(scope, package.id).filter(display_name__iexact=_name(terms))
    if (same.exclude(id=own_id) if own_id else same).exists():
        raise Conflict("This package has a policy with this name already.")
    _check_organizations(scope, terms)
    _check_people(scope, "users", terms.user_ids, terms.group_ids)
    for number, stage in enumerate(terms.stages, 1):
        _check_people(scope, f"stage_{number}_approvers", *_named(stage.approvers))
    if terms.review:
        _check_people(scope, "reviewers", *_named(terms.review.reviewers))


def _last_end(rule: ExpirationRule) -> datetime | None:
    """The last instant at which anybody may hold what such a rule gives; None where it goes on giving."""
    return rule.ends_at if rule.type == ExpirationType.AFTER_DATE_TIME else None


def _check_organizations(scope: Scope, terms: Terms) -> None:
    wanted = set(terms.organization_ids)
    if list_organizations(scope).filter(id__in=wanted).count() != len(wanted):
        raise InvalidInput(fields={"organizations": "must be connected organizations of this tenant"})


def _check_people(
    scope: Scope, field: str, user_ids: tuple[uuid.UUID, ...], group_ids: tuple[uuid.UUID, ...]
) -> None:
    users = User.objects.in_scope(scope).present().filter(id__in=user_ids)
    groups = Group.objects.in_scope(scope).filter(id__in=group_ids)
    if users.count() != len(set(user_ids)) or groups.count() != len(set(group_ids)):
        raise InvalidInput(fields={field: "must be users and groups of this tenant"})


def _named(approvers: tuple[Approver, ...]) -> tuple[tuple[uuid.UUID, ...], tuple[uuid.UUID, ...]]:
    users = tuple(one.id for one in approvers if one.kind == ApproverKind.USER and one.id)
    return users, tuple(one.id for one in approvers if one.kind == ApproverKind.GROUP and one.id)


def _name(terms: Terms) -> str:
    return clean_line(terms.display_name, "display_name", longest=256)


def _columns(terms: Terms) -> dict[str, Any]:
    return {
        "display_name": _name(terms),
        "description": clean_line(terms.description, "description", longest=1024, required=False),
        "target_scope": terms.target_scope,
        "accepts_requests": terms.accepts_requests,
        "is_justification_required": terms.is_justification_required,
        "stages_json": [stage.write() for stage in terms.stages],
        "questions_json": [question.write() for question in terms.questions],
        "expiration_json": terms.expiration.write(),
        "review_json": terms.review.write() if terms.review else {},
        "allows_custom_duration": terms.allows_custom_duration,
        "allows_extension": terms.allows_extension,
        "extension_needs_approval": terms.extension_needs_approval,
    }


def _write_targets(policy: AssignmentPolicy, terms: Terms) -> None:
    chosen = [("organization_id", one) for one in dict.fromkeys(terms.organization_ids)]
    chosen += [("user_id", one) for one in dict.fromkeys(terms.user_ids)]
    chosen += [("group_id", one) for one in dict.fromkeys(terms.group_ids)]
    for column, value in chosen:
        PolicyTarget.rows.create(tenant_id=policy.tenant_id, policy_id=policy.id, **{column: value})


def _stored(policy: AssignmentPolicy, terms: Terms) -> dict[str, Any]:
    return {name: getattr(policy, name) for name in _columns(terms)}


def _targets(terms: Terms) -> dict[str, list[str]]:
    chosen = {
        "organizations": terms.organization_ids,
        "users": terms.user_ids,
        "groups": terms.group_ids,
    }
    return {name: [str(one) for one in ids] for name, ids in chosen.items() if ids}


def _target(policy: AssignmentPolicy) -> Target:
    return Target("policy", str(policy.id), policy.display_name)
