"""The rows of My access: what one holds, what one has asked for, what one may ask for."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from tidegate.authorization.scope import Actor
from tidegate.core import clock
from tidegate.directory.models import Tenant
from tidegate.entitlements.contents import Contents, contents_of
from tidegate.entitlements.history import shown_state
from tidegate.entitlements.models import AccessPackage, Assignment, AssignmentPolicy, AssignmentRequest
from tidegate.entitlements.offers import Offer, stage_approver_names, usual_time
from tidegate.entitlements.own import own_assignments, own_requests
from tidegate.entitlements.rules import ExpirationRule, StageRule
from tidegate.entitlements.words import ExpirationType, RequestState
from tidegate.web.access_words import APPROVER_WORDS, TYPE_WORDS, State, join_words, say_contents, say_state
from tidegate.web.frame import TenantBadge, tenant_badge
from tidegate.web.links import package_path, tenant_link
from tidegate.web.spans import say_span
from tidegate.web.templatetags.tidegate_times import format_local

SOON: Final = timedelta(days=14)
ENDED_SHOWN: Final = 10
SUGGESTED: Final = 5


@dataclass(frozen=True, slots=True)
class HeldRow:
    """Access that one holds or held. An empty address leaves out what cannot be done now."""

    assignment: Assignment
    badge: TenantBadge
    gives: str
    is_over: bool
    ends_soon: bool
    enter_url: str
    extend_url: str
    give_up_url: str


@dataclass(frozen=True, slots=True)
class RequestRow:
    """Something one has asked for."""

    request: AssignmentRequest
    badge: TenantBadge
    state: State
    kind: str
    url: str


@dataclass(frozen=True, slots=True)
class OfferRow:
    """A package that one may ask for, under one policy or several."""

    package: AccessPackage
    badge: TenantBadge
    gives: str
    lasts: str
    url: str
    is_pending: bool


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A package for somebody who was refused: who decides, how soon they usually do."""

    package: AccessPackage
    tenant: Tenant
    approvers: str
    usual_time: str
    lasts: str
    url: str


@dataclass(frozen=True, slots=True)
class StageLine:
    """One stage of an approval as it is read beforehand: who, and within what time."""

    who: str
    within: str


def held_rows(actor: Actor, where: uuid.UUID | None) -> tuple[list[HeldRow], list[HeldRow]]:
    """What one holds, soonest end first, and what ended last. Four statements."""
    now = clock.now()
    everything = own_assignments(actor, where)
    current = list(everything.exclude(ends_at__lte=now))
    ended = list(everything.filter(ends_at__lte=now).order_by("-ends_at", "-id")[:ENDED_SHOWN])
    contents = contents_of(one.package for one in [*current, *ended])
    rows = sorted(current, key=lambda one: (one.ends_at is None, one.ends_at or now))
    return [_held_row(one, contents, now) for one in rows], [_held_row(one, contents, now) for one in ended]


def request_rows(requests: Sequence[AssignmentRequest]) -> list[RequestRow]:
    """Requests with where they stand by the clock. One statement."""
    delivered = _assignments_of(requests)
    return [
        RequestRow(
            request=request,
            badge=_badge(request.tenant),
            state=say_state(shown_state(request, delivered.get(request.assignment_id))),
            kind=str(TYPE_WORDS.get(request.request_type, request.request_type)),
            url=tenant_link("my_request", str(request.tenant_id), request.id),
        )
        for request in requests
    ]


def offer_rows(actor: Actor, offers: Iterable[Offer], held: Iterable[HeldRow]) -> list[OfferRow]:
    """Packages on offer, each once, without those that are held. Three statements."""
    by_package: dict[uuid.UUID, list[Offer]] = {}
    mine = {row.assignment.package_id for row in held}
    for offer in offers:
        if offer.package.id not in mine:
            by_package.setdefault(offer.package.id, []).append(offer)
    waiting = own_requests(actor).filter(state=RequestState.PENDING_APPROVAL)
    pending = set(waiting.values_list("package_id", flat=True))
    contents = contents_of(found[0].package for found in by_package.values())
    return [
        OfferRow(
            package=found[0].package,
            badge=_badge(found[0].tenant),
            gives=say_contents(contents[package_id]),
            lasts=join_words(list(dict.fromkeys(say_length(one.policy.expiration) for one in found))),
            url=package_path(str(found[0].tenant.id), package_id),
            is_pending=package_id in pending,
        )
        for package_id, found in by_package.items()
    ]


def refused_rows(offers: Sequence[Offer]) -> list[RefusedRow]:
    """What helps somebody who was refused: packages with who decides and how soon; nothing for nothing."""
    by_package = {offer.package.id: offer for offer in reversed(offers)}
    firsts = list(reversed(by_package.values()))[:SUGGESTED]
    return [
        RefusedRow(
            package=offer.package,
            tenant=offer.tenant,
            approvers=_(", then ").join(line.who for line in stage_lines(offer)),
            usual_time=say_usual_time(offer),
            lasts=say_length(offer.policy.expiration),
            url=package_path(str(offer.tenant.id), offer.package.id),
        )
        for offer in firsts
    ]


def stage_lines(offer: Offer) -> list[StageLine]:
    """Who approves, in order."""
    return [
        StageLine(_say_approvers(offer, stage), say_span(stage.time_limit)) for stage in offer.policy.stages
    ]


def say_length(rule: ExpirationRule) -> str:
    """How long a policy gives access at most: "365 days", "until 31 Dec 2026", "no end"."""
    if rule.type == ExpirationType.AFTER_DATE_TIME and rule.ends_at:
        return _("until %(day)s") % {"day": format_local(rule.ends_at, "j M Y")}
    return say_span(rule.duration if rule.type == ExpirationType.AFTER_DURATION else None)


def longest_of(policy: AssignmentPolicy) -> timedelta | None:
    """How long access under a policy would last if it began now; None is no end."""
    rule = policy.expiration
    if rule.type == ExpirationType.AFTER_DATE_TIME and rule.ends_at:
        return rule.ends_at - clock.now()
    return rule.duration if rule.type == ExpirationType.AFTER_DURATION else None


def say_usual_time(offer: Offer) -> str:
    """How long a decision takes as a rule: "2 hours"; nothing when none was made yet."""
    span = usual_time(offer)
    return say_span(span) if span is not None else ""


def can_extend(assignment: Assignment, now: datetime) -> bool:
    """Whether its holder may ask to keep it for longer."""
    return (
        assignment.policy.allows_extension and assignment.ends_at is not None and not assignment.is_over(now)
    )


def _say_approvers(offer: Offer, stage: StageRule) -> str:
    names = stage_approver_names(offer, stage)
    kinds = {approver.kind for approver in stage.approvers if not approver.is_alternate}
    unnamed = [str(words) for kind, words in APPROVER_WORDS.items() if kind in kinds]
    return ", ".join(names) if names else ", ".join(unnamed)


def _assignments_of(requests: Sequence[AssignmentRequest]) -> dict[uuid.UUID | None, Assignment]:
    ids = {request.assignment_id for request in requests if request.assignment_id}
    tenants = {request.tenant_id for request in requests}
    rows: QuerySet[Assignment] = Assignment.objects.across_tenants().filter(tenant_id__in=tenants, id__in=ids)
    return {row.id: row for row in rows}


def _held_row(assignment: Assignment, contents: dict[uuid.UUID, Contents], now: datetime) -> HeldRow:
    tid, is_over = str(assignment.tenant_id), assignment.is_over(now)
    is_open = not is_over and assignment.starts_at <= now
    return HeldRow(
        assignment=assignment,
        badge=_badge(assignment.tenant),
        gives=say_contents(contents[assignment.package_id]),
        is_over=is_over,
        ends_soon=not is_over and assignment.ends_at is not None and assignment.ends_at <= now + SOON,
        enter_url=tenant_link("overview", tid) if is_open else "",
        extend_url=tenant_link("my_assignment_extend", tid, assignment.id)
        if can_extend(assignment, now)
        else "",
        give_up_url="" if is_over else tenant_link("my_assignment_give_up", tid, assignment.id),
    )


def _badge(tenant: Tenant) -> TenantBadge:
    return tenant_badge(tenant.id, tenant.display_name)
