"""Policies of access packages: their forms become terms, and terms become forms."""

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from tidegate.authorization.scope import Scope
from tidegate.core.errors import InvalidInput
from tidegate.directory.queries import list_groups, list_users
from tidegate.entitlements.actions.policies import create_policy, remove_policy, update_policy
from tidegate.entitlements.catalog_queries import list_policies, list_targets
from tidegate.entitlements.models import AccessPackage, AssignmentPolicy
from tidegate.entitlements.organizations import list_organizations
from tidegate.entitlements.rules import ExpirationRule
from tidegate.entitlements.terms import Terms, break_glass_terms
from tidegate.entitlements.words import ExpirationType, TargetScope
from tidegate.manifest.desk import Desk, find_named, get_named, given, plain
from tidegate.manifest.forms.base import UNSET
from tidegate.manifest.forms.offers import PolicyForm
from tidegate.manifest.sections.organizations import get_organization_named
from tidegate.manifest.sections.policy_rules import (
    describe_expiration,
    describe_question,
    describe_review,
    describe_stage,
    read_expiration,
    read_question,
    read_review,
    read_stage,
    still_here,
)

_SWITCHES = (
    "is_justification_required",
    "allows_custom_duration",
    "allows_extension",
    "extension_needs_approval",
    "accepts_requests",
)


def settle_policy(desk: Desk, form: PolicyForm, package: AccessPackage) -> None:
    """Write it, or write it anew."""
    if form.state == "absent":
        return
    policy = find_named(list_policies(desk.scope, package.id), form.display_name)
    what = f"policy {plain(form.display_name)} of access package {package.display_name} in {desk.tenant_name}"
    if policy is None:
        create_policy(desk.scope, package.id, _wanted(desk.scope, form, _new(form, package)))
        desk.note(f"create {what}")
        return
    present = _terms(desk.scope, policy)
    wanted = _wanted(desk.scope, form, present)
    if wanted != present:
        update_policy(desk.scope, package.id, policy.id, wanted)
        changed = [name for name in Terms.__slots__ if getattr(wanted, name) != getattr(present, name)]
        desk.note(f"change {what}: {', '.join(changed)}")


def clear_policy(desk: Desk, form: PolicyForm, package: AccessPackage) -> None:
    """Remove it."""
    policy = find_named(list_policies(desk.scope, package.id), form.display_name)
    if form.state == "absent" and policy is not None:
        remove_policy(desk.scope, package.id, policy.id)
        what = f"policy {policy.display_name} of access package {package.display_name}"
        desk.note(f"remove {what} in {desk.tenant_name}")


def describe_policies(scope: Scope, package: AccessPackage) -> list[PolicyForm]:
    """A package's policies as they are."""
    return [_describe(scope, policy) for policy in list_policies(scope, package.id)]


def _new(form: PolicyForm, package: AccessPackage) -> Terms:
    """What a new policy is before its form has its say."""
    if package.is_break_glass:
        return break_glass_terms(form.display_name, TargetScope.SPECIFIC_ORGANIZATIONS)
    if form.target_scope is UNSET:
        raise InvalidInput(fields={"target_scope": "is needed for a policy that is not there yet"})
    if form.expiration is UNSET:
        raise InvalidInput(fields={"expiration": "is needed for a policy that is not there yet"})
    return Terms(
        display_name=form.display_name,
        target_scope=TargetScope(form.target_scope),
        expiration=ExpirationRule(ExpirationType.NO_EXPIRATION),
    )


def _wanted(scope: Scope, form: PolicyForm, present: Terms) -> Terms:
    """What a policy is to be: what the form gives, and for the rest what it is."""
    plainly: dict[str, Any] = given(
        display_name=form.display_name,
        description=form.description,
        **{name: getattr(form, name) for name in _SWITCHES},
    )
    terms = replace(present, **plainly)
    if form.target_scope is not UNSET:
        terms = replace(terms, target_scope=TargetScope(form.target_scope))
    if form.stages is not UNSET:
        terms = replace(terms, stages=tuple(read_stage(scope, one) for one in form.stages))
    if form.questions is not UNSET:
        terms = replace(terms, questions=tuple(map(read_question, form.questions)))
    if form.expiration is not UNSET:
        terms = replace(terms, expiration=read_expiration(form.expiration))
    if form.review is not UNSET:
        terms = replace(terms, review=read_review(scope, form.review) if form.review else None)
    return _with_targets(scope, form, terms)


def _with_targets(scope: Scope, form: PolicyForm, terms: Terms) -> Terms:
    if form.organizations is not UNSET:
        found = {get_organization_named(scope, one).id for one in form.organizations}
        terms = replace(terms, organization_ids=_ordered(found))
    if form.users is not UNSET:
        users = {get_named(list_users(scope), "user", one, "mail").id for one in form.users}
        terms = replace(terms, user_ids=_ordered(users))
    if form.groups is not UNSET:
        groups = {get_named(list_groups(scope), "group", one).id for one in form.groups}
        terms = replace(terms, group_ids=_ordered(groups))
    return terms


def _terms(scope: Scope, policy: AssignmentPolicy) -> Terms:
    """A policy as it was written."""
    targets = list(list_targets(scope, policy.package_id).filter(policy_id=policy.id))
    review = policy.review
    return Terms(
        display_name=policy.display_name,
        target_scope=TargetScope(policy.target_scope),
        # As written, not as the operator's longest access cuts it now.
        expiration=ExpirationRule.read(policy.expiration_json),
        description=policy.description,
        organization_ids=_ordered({one.organization_id for one in targets if one.organization_id}),
        user_ids=_ordered({one.user_id for one in targets if one.user_id}),
        group_ids=_ordered({one.group_id for one in targets if one.group_id}),
        stages=tuple(replace(one, approvers=still_here(scope, one.approvers)) for one in policy.stages),
        questions=policy.questions,
        review=review and replace(review, reviewers=still_here(scope, review.reviewers)),
        **{name: getattr(policy, name) for name in _SWITCHES},
    )


def _ordered(ids: set[UUID]) -> tuple[UUID, ...]:
    return tuple(sorted(ids))


def _describe(scope: Scope, policy: AssignmentPolicy) -> PolicyForm:
    terms = _terms(scope, policy)
    form = PolicyForm(
        display_name=terms.display_name,
        description=terms.description,
        target_scope=terms.target_scope.value,
        organizations=_names(list_organizations(scope), terms.organization_ids, "display_name"),
        users=_names(list_users(scope), terms.user_ids, "mail"),
        groups=_names(list_groups(scope), terms.group_ids, "display_name"),
    )
    if not policy.package.is_break_glass:
        form.stages = [describe_stage(scope, one) for one in terms.stages]
        form.questions = [describe_question(one) for one in terms.questions]
        form.expiration = describe_expiration(terms.expiration)
        form.review = describe_review(scope, terms.review) if terms.review else None
        for name in _SWITCHES:
            setattr(form, name, getattr(terms, name))
    return form


def _names(rows: QuerySet[Any], ids: tuple[UUID, ...], column: str) -> list[str]:
    return list(rows.filter(id__in=ids).order_by(column).values_list(column, flat=True))
