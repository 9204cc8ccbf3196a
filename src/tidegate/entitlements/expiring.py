"""What ends soon in this room: assignments, eligibilities, rounds of reviews, ends that policies name."""

import uuid
from collections.abc import Collection, Iterator
from datetime import datetime

from tidegate.directory.expiring import EACH_AT_MOST, Expiring, Kind, Whose
from tidegate.entitlements.models import AccessReview, Activation, Assignment, AssignmentPolicy, Eligibility
from tidegate.entitlements.words import ExpirationType, ReviewState


def list_entitlement_ends(whose: Whose, since: datetime, until: datetime) -> list[Expiring]:
    """What ends from `since` to `until`, in no order; at most 500 of each kind.

    Four statements at most. Rounds, policies and what others may take up are told only inside a tenant.
    """
    found = list(_assignments(whose, since, until))
    if not whose.home_tenant_id:
        found += _eligibilities(whose, since, until)
    if whose.is_everybody:
        found += [*_rounds(whose, since, until), *_policies(whose, since, until)]
    return found


def _assignments(whose: Whose, since: datetime, until: datetime) -> Iterator[Expiring]:
    rows = Assignment.objects.across_tenants().filter(whose.restrict("user__"), ended_because="")
    rows = rows.filter(ends_at__gte=since, ends_at__lte=until)
    chosen = rows.select_related("tenant", "user", "package", "policy").order_by("ends_at")
    for one in chosen[:EACH_AT_MOST]:
        yield Expiring(
            Kind.ASSIGNMENT,
            one.tenant_id,
            one.tenant.display_name,
            one.package.display_name,
            one.user.display_name,
            one.ends_at or until,
            one.id,
            one.package_id,
            one.user_id,
            one.user.account_id,
            may_extend=one.policy.allows_extension,
        )


def _eligibilities(whose: Whose, since: datetime, until: datetime) -> Iterator[Expiring]:
    rows = Eligibility.objects.across_tenants().filter(ends_at__gte=since, ends_at__lte=until)
    rows = rows.filter(whose.restrict() if whose.is_everybody else whose.restrict("user__"))
    chosen = rows.select_related("tenant", "user", "group", "role").order_by("ends_at")
    for one in chosen[:EACH_AT_MOST]:
        holder = one.user or one.group
        yield Expiring(
            Kind.ELIGIBILITY,
            one.tenant_id,
            one.tenant.display_name,
            one.role.display_name,
            holder.display_name if holder else "",
            one.ends_at or until,
            one.id,
            one.role_id,
            one.user_id,
            one.user.account_id if one.user else None,
        )


def _rounds(whose: Whose, since: datetime, until: datetime) -> Iterator[Expiring]:
    rows = AccessReview.objects.across_tenants().filter(whose.restrict(), state=ReviewState.IN_PROGRESS)
    due = rows.filter(ends_at__gte=since, ends_at__lte=until).select_related("tenant")
    for one in due.order_by("ends_at")[:EACH_AT_MOST]:
        name = one.display_name
        yield Expiring(Kind.REVIEW, one.tenant_id, one.tenant.display_name, name, "", one.ends_at, one.id)


def _policies(whose: Whose, since: datetime, until: datetime) -> Iterator[Expiring]:
    rows = AssignmentPolicy.objects.across_tenants().filter(
        whose.restrict(), removed_at__isnull=True, expiration_json__type=ExpirationType.AFTER_DATE_TIME
    )
    for one in rows.select_related("tenant", "package"):
        ends_at = one.expiration.ends_at
        if ends_at and since <= ends_at <= until:
            yield Expiring(
                Kind.POLICY,
                one.tenant_id,
                one.tenant.display_name,
                f"{one.package.display_name}: {one.display_name}",
                "",
                ends_at,
                one.id,
                one.package_id,
            )


def find_lent(role_assignment_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these role assignments are activations: lent for hours, and not to be given for longer."""
    rows = Activation.objects.across_tenants().filter(role_assignment_id__in=list(role_assignment_ids))
    return {found for found in rows.values_list("role_assignment_id", flat=True) if found}
