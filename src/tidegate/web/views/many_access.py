"""Who gets in by what, in several tenants: packages, assignments, connected organizations, reviews."""

from collections.abc import Sequence
from typing import Any, Final

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from tidegate.core import clock
from tidegate.core.errors import InvalidInput
from tidegate.entitlements.catalog_queries import (
    Held,
    count_held,
    count_pending,
    list_all_assignments,
    list_packages,
)
from tidegate.entitlements.models import AccessPackage, AccessReview, Assignment, ConnectedOrganization
from tidegate.entitlements.organizations import count_holders, list_organizations
from tidegate.entitlements.reviewing import list_reviews
from tidegate.entitlements.words import ReviewState
from tidegate.web.many_given import Choice, Given
from tidegate.web.many_lists import NEWEST, NEWEST_BEGUN, Act, Column, ManyList, Tab
from tidegate.web.many_visit import ManyVisit
from tidegate.web.package_pages import MANAGE

_ASSIGNMENTS: Final = "assignments"
_TABS: Final = (
    Tab(_("Packages"), "access_packages"),
    Tab(_("Assignments"), "access_packages", {"show": _ASSIGNMENTS}),
)


def _ask_packages(visit: ManyVisit, given: Given) -> QuerySet[AccessPackage]:
    named = Q(display_name__icontains=given.text) | Q(catalog__display_name__icontains=given.text)
    return list_packages(visit.scope).filter(named)


def _describe_packages(visit: ManyVisit, packages: Sequence[AccessPackage]) -> list[dict[str, Any]]:
    held, pending = count_held(visit.scope, packages), count_pending(visit.scope, packages)
    return [
        {"package": one, "held": held.get(one.id, 0), "pending": pending.get(one.id, 0)} for one in packages
    ]


PACKAGES: Final = ManyList[AccessPackage](
    name="access_packages",
    title=_("Access packages"),
    tag="access_packages.viewed",
    template="web/many/rows/packages.html",
    columns=(
        Column(_("Package")),
        Column(_("Catalog"), "is-third"),
        Column(_("Assignments"), "num"),
        Column(_("Pending"), "num"),
    ),
    noun=lambda number: ngettext("package", "packages", number),
    ask=_ask_packages,
    describe=_describe_packages,
    link=lambda package: ("access_package", package.id),
    searches=_("Package or catalog"),
    tabs=_TABS,
)


def _end_of(assignment: Assignment) -> tuple[Any, ...] | None:
    is_over = assignment.is_over(clock.now())
    return None if is_over else ("package_assignment_end", assignment.package_id, assignment.id)


ASSIGNMENTS: Final = ManyList[Assignment](
    name="access_packages",
    title=_("Assignments"),
    tag="assignments.viewed",
    template="web/many/rows/assignments.html",
    columns=(
        Column(_("Who")),
        Column(_("Package")),
        Column(_("Through"), "is-third"),
        Column(_("Policy"), "is-fourth"),
        Column(_("From"), "is-third"),
        Column(_("Until")),
    ),
    noun=lambda number: ngettext("assignment", "assignments", number),
    ask=lambda visit, given: list_all_assignments(visit.scope, Held(given.chosen["held"]), given.text),
    order=lambda _given: NEWEST,
    link=lambda assignment: ("package_assignments", assignment.package_id),
    searches=_("Person, package or organization"),
    choices=(
        Choice(
            "held",
            _("State"),
            (
                (Held.IN_FORCE, _("In force")),
                (Held.SCHEDULED, _("Scheduled")),
                (Held.ENDED, _("Ended")),
            ),
        ),
    ),
    acts=(Act(MANAGE, lambda _one: _("End"), _end_of),),
    tabs=_TABS,
    fixed={"show": _ASSIGNMENTS},
)


def list_packages_of(visit: ManyVisit) -> HttpResponse:
    """The packages of several tenants, or who holds them. Raises InvalidInput."""
    shown = visit.request.GET.get("show", "")
    if shown not in {"", _ASSIGNMENTS}:
        raise InvalidInput(fields={"show": f"must be {_ASSIGNMENTS}"})
    return ASSIGNMENTS(visit) if shown else PACKAGES(visit)


def _ask_organizations(visit: ManyVisit, given: Given) -> QuerySet[ConnectedOrganization]:
    named = Q(display_name__icontains=given.text) | Q(source_domain__icontains=given.text)
    return list_organizations(visit.scope).filter(named)


def _describe_organizations(
    visit: ManyVisit, organizations: Sequence[ConnectedOrganization]
) -> list[dict[str, Any]]:
    held = count_holders(visit.scope, organizations)
    return [{"organization": one, "held": held.get(one.id, 0)} for one in organizations]


ORGANIZATIONS: Final = ManyList[ConnectedOrganization](
    name="connected_organizations",
    title=_("Connected organizations"),
    tag="connected_organizations.viewed",
    template="web/many/rows/organizations.html",
    columns=(
        Column(_("Name")),
        Column(_("Known by"), "is-third"),
        Column(_("State")),
        Column(_("Assignments"), "num"),
        Column(_("Created"), "is-third"),
    ),
    noun=lambda number: ngettext("organization", "organizations", number),
    ask=_ask_organizations,
    describe=_describe_organizations,
    link=lambda organization: ("connected_organization", organization.id),
    searches=_("Name or domain"),
)


def _ask_reviews(visit: ManyVisit, given: Given) -> QuerySet[AccessReview]:
    rows = list_reviews(visit.scope).filter(display_name__icontains=given.text)
    state = given.chosen["state"]
    return rows.filter(state=ReviewState(state)) if state else rows


REVIEWS: Final = ManyList[AccessReview](
    name="reviews",
    title=_("Reviews"),
    tag="access_reviews.viewed",
    template="web/many/rows/reviews.html",
    columns=(
        Column(_("Access")),
        Column(_("State"), "is-third"),
        Column(_("Answered"), "num"),
        Column(_("Begun"), "is-third"),
        Column(_("Ends")),
    ),
    noun=lambda number: ngettext("review", "reviews", number),
    ask=_ask_reviews,
    order=lambda _given: NEWEST_BEGUN,
    link=lambda review: ("review", review.id),
    searches=_("Name"),
    choices=(
        Choice(
            "state",
            _("State"),
            (
                ("", _("any")),
                (ReviewState.IN_PROGRESS, _("In progress")),
                (ReviewState.APPLIED, _("Applied")),
            ),
        ),
    ),
)
