"""The ready-made set-up of a provider: Microsoft's guide "Grant MSSP access" in one transaction.

Three groups, the two tier roles, the connected organization, a catalog, and three packages. Members of
the customer decide who of the provider approves; those approve who of the provider gets a tier.
"""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from tidegate.audit.actions import Target, record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.roles import BuiltInRole
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.errors import Conflict, InvalidInput
from tidegate.core.text import clean_line
from tidegate.directory.actions.groups import create_group
from tidegate.directory.actions.roles import assign_role
from tidegate.directory.lifetimes import longest_access
from tidegate.directory.models import Group, User
from tidegate.directory.policy import lock_directory
from tidegate.directory.queries import list_groups, list_roles
from tidegate.entitlements.actions.catalogs import create_catalog
from tidegate.entitlements.actions.organizations import add_sponsor, connect_organization
from tidegate.entitlements.actions.packages import create_package
from tidegate.entitlements.actions.policies import create_policy
from tidegate.entitlements.actions.resources import add_resource
from tidegate.entitlements.catalog_queries import list_catalogs, list_packages
from tidegate.entitlements.models import AccessPackage, Catalog, ConnectedOrganization
from tidegate.entitlements.organizations import Found, find_organization, list_organizations, list_sponsors
from tidegate.entitlements.rules import Approver, ExpirationRule, ReviewRule, StageRule
from tidegate.entitlements.terms import Terms
from tidegate.entitlements.words import ApproverKind, ExpirationType, SponsorKind, TargetScope

CATALOG: Final = "MSSP Accesses"
APPROVERS: Final = "MSSP Analyst Approvers"
TIER_1: Final = "Tier 1 Analyst"
TIER_2: Final = "Tier 2 Analyst"
DAYS: Final = 365
# The first yearly review is over before the first access of a year ends.
_FIRST_REVIEW: Final = timedelta(days=335)
_ROLES: Final = {TIER_1: BuiltInRole.TIER_1_ANALYST, TIER_2: BuiltInRole.TIER_2_ANALYST}


@dataclass(frozen=True, slots=True)
class Names:
    """What the set-up calls what it makes. The same name serves a group and the package that gives it."""

    catalog: str
    approvers: str
    tier_1: str
    tier_2: str

    def packages(self) -> tuple[str, str, str]:
        """The three packages, and the groups they give, in the order in which they are needed."""
        return self.approvers, self.tier_1, self.tier_2


@dataclass(frozen=True, slots=True)
class Setup:
    """What was made: packages in the order approvers, tier 1, tier 2."""

    organization: ConnectedOrganization
    catalog: Catalog
    groups: tuple[Group, ...]
    packages: tuple[AccessPackage, ...]


def name_all(catalog_name: str = CATALOG, label: str = "") -> Names:
    """The names with a label before each, so that a second provider's set-up can stand beside a first.

    Raises InvalidInput.
    """
    catalog = clean_line(catalog_name, "catalog_name", longest=256)
    before = clean_line(label, "label", longest=100, required=False)
    names = (f"{before} {name}".strip() for name in (APPROVERS, TIER_1, TIER_2))
    return Names(catalog, *names)


def set_up_provider(
    scope: Scope,
    *,
    provider_tid: str,
    approver_ids: tuple[uuid.UUID, ...],
    provider_name: str = "",
    catalog_name: str = CATALOG,
    label: str = "",
    days: int = DAYS,
) -> Setup:
    """Set a provider up, all of it or nothing. An organization that is connected already is used.

    `approver_ids` are members of the tenant: they become internal sponsors, decide who of the provider
    approves, and review every year. Raises Forbidden, InvalidInput, and Conflict naming what is taken.
    """
    for permission in (Permission.ENTITLEMENT_MANAGE, Permission.GROUP_MANAGE, Permission.ROLE_ASSIGN):
        require(scope, permission)
    names, found = name_all(catalog_name, label), find_organization(scope, provider_tid)
    with transaction.atomic():
        lock_directory(scope)
        _check_approvers(scope, approver_ids)
        _check_days(days)
        _check_names_free(scope, names)
        organization = _connect(scope, found, provider_tid, provider_name)
        _add_sponsors(scope, organization, approver_ids)
        groups = tuple(_make_groups(scope, names))
        catalog = create_catalog(
            scope, display_name=names.catalog, description=f"Access for {organization.display_name}."[:1024]
        )
        terms = _Terms(organization.id, groups[0].id, approver_ids, timedelta(days=days))
        packages = tuple(_make_package(scope, catalog, group, terms) for group in groups)
        target = Target("connected_organization", str(organization.id), organization.display_name)
        details = {"catalog": catalog.display_name, "days": days, "approvers": [str(i) for i in approver_ids]}
        record(scope, "provider.set_up", target, details=details)
    return Setup(organization, catalog, groups, packages)


@dataclass(frozen=True, slots=True)
class _Terms:
    organization_id: uuid.UUID
    approvers_group_id: uuid.UUID
    approver_ids: tuple[uuid.UUID, ...]
    duration: timedelta


def _check_approvers(scope: Scope, approver_ids: tuple[uuid.UUID, ...]) -> None:
    members = User.objects.in_scope(scope).present().filter(user_type=User.UserType.MEMBER)
    if not approver_ids or members.filter(id__in=approver_ids).count() != len(set(approver_ids)):
        raise InvalidInput(fields={"approvers": "must be one or more members of this tenant"})


def _check_days(days: int) -> None:
    if not 1 <= days <= longest_access().days:
        raise InvalidInput(
            fields={"days": "must be a day at least, and no more than the operator's longest access"}
        )


def _check_names_free(scope: Scope, names: Names) -> None:
    """Raise Conflict naming everything that stands in the way."""
    taken = [f"group {name}" for name in names.packages() if _is_taken(list_groups(scope), name)]
    taken += [f"access package {name}" for name in names.packages() if _is_taken(list_packages(scope), name)]
    if _is_taken(list_catalogs(scope), names.catalog):
        taken.append(f"catalog {names.catalog}")
    if taken:
        message = f"These names are taken here already: {', '.join(taken)}."
        raise Conflict(message)


def _is_taken(rows: QuerySet[Group] | QuerySet[AccessPackage] | QuerySet[Catalog], name: str) -> bool:
    return rows.filter(display_name__iexact=name).exists()


def _connect(scope: Scope, found: Found, tid: str, name: str) -> ConnectedOrganization:
    rows = list_organizations(scope)
    if found.source_tenant_id:
        known = rows.filter(source_tenant_id=found.source_tenant_id).first()
    else:
        known = rows.filter(source_domain=found.source_domain).first()
    return known or connect_organization(scope, tid=tid, display_name=name)


def _add_sponsors(
    scope: Scope, organization: ConnectedOrganization, approver_ids: tuple[uuid.UUID, ...]
) -> None:
    known = set(list_sponsors(scope, organization.id).values_list("user_id", flat=True))
    for user_id in dict.fromkeys(approver_ids):
        if user_id not in known:
            add_sponsor(scope, organization.id, user_id=user_id, kind=SponsorKind.INTERNAL)


def _make_groups(scope: Scope, names: Names) -> Iterator[Group]:
    words = ("Who of the provider approves its analysts.", "Triage of alerts.", "Triage and live response.")
    kinds = (APPROVERS, TIER_1, TIER_2)
    for kind, name, description in zip(kinds, names.packages(), words, strict=True):
        group = create_group(scope, display_name=name, description=description)
        if kind in _ROLES:
            role = list_roles(scope).get(display_name=_ROLES[kind], is_built_in=True)
            assign_role(scope, role.id, group_id=group.id)
        yield group


def _make_package(scope: Scope, catalog: Catalog, group: Group, terms: _Terms) -> AccessPackage:
    package = create_package(
        scope, catalog_id=catalog.id, display_name=group.display_name, description=group.description
    )
    add_resource(scope, package.id, group_id=group.id)
    is_approvers = group.id == terms.approvers_group_id
    approver = (
        Approver(ApproverKind.INTERNAL_SPONSORS)
        if is_approvers
        else Approver(ApproverKind.GROUP, terms.approvers_group_id)
    )
    create_policy(scope, package.id, _policy(terms, approver))
    return package


def _policy(terms: _Terms, approver: Approver) -> Terms:
    reviewers = tuple(Approver(ApproverKind.USER, user_id) for user_id in dict.fromkeys(terms.approver_ids))
    return Terms(
        display_name="Requests by the provider's people",
        target_scope=TargetScope.SPECIFIC_ORGANIZATIONS,
        organization_ids=(terms.organization_id,),
        stages=(StageRule((approver,)),),
        expiration=ExpirationRule(ExpirationType.AFTER_DURATION, terms.duration),
        review=ReviewRule(starts_at=clock.now() + _FIRST_REVIEW, reviewers=reviewers),
    )
