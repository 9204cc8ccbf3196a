"""Who has asked for an access package, and where each request stands."""

import uuid
from collections.abc import Iterator
from typing import Final

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.audit.actions import Target
from tidegate.core.errors import InvalidInput
from tidegate.core.paging import SortKey, read_all, take_page
from tidegate.entitlements.actions.assignments import reprocess_request
from tidegate.entitlements.catalog_queries import count_requests, get_package, get_request, list_requests
from tidegate.entitlements.history import find_assignment, shown_state, timeline
from tidegate.entitlements.models import AccessPackage, AssignmentRequest
from tidegate.entitlements.words import RequestState
from tidegate.web.access_words import TYPE_WORDS, say_state, say_step
from tidegate.web.exports import stream_csv
from tidegate.web.package_pages import KEY, MANAGE, READ, Tab, crumbs, tabs
from tidegate.web.visit import Visit, in_tenant

STATE_WORDS: Final = {
    RequestState.PENDING_APPROVAL: gettext_lazy("Pending approval"),
    RequestState.SCHEDULED: gettext_lazy("Scheduled"),
    RequestState.DELIVERED: gettext_lazy("Delivered"),
    RequestState.DELIVERY_FAILED: gettext_lazy("Delivery failed"),
    RequestState.DENIED: gettext_lazy("Denied"),
    RequestState.CANCELED: gettext_lazy("Canceled"),
}
_NEWEST: Final = (SortKey("created_at"), SortKey("id"))


@require_safe
@in_tenant(KEY, READ)
def list_all(visit: Visit, package_id: uuid.UUID) -> HttpResponseBase:
    """The requests for a package, in one state or in all."""
    package, state = get_package(visit.scope, package_id), _read_state(visit)
    page = take_page(
        list_requests(visit.scope, package_id, state), _NEWEST, cursor=visit.request.GET.get("cursor", "")
    )
    visit.note_view("access_requests.viewed", _target(package))
    context = {
        "package": package,
        "tabs": tabs(visit, package, "package_requests"),
        "segments": _segments(visit, package, state),
        "rows": [
            (one, TYPE_WORDS.get(one.request_type, ""), say_state(shown_state(one))) for one in page.rows
        ],
        "newer_url": _page_url(visit, package, state, page.previous_cursor),
        "older_url": _page_url(visit, package, state, page.next_cursor),
    }
    return visit.render("web/access_packages/requests.html", context)


@require_safe
@in_tenant(KEY, READ)
def show(visit: Visit, package_id: uuid.UUID, request_id: uuid.UUID) -> HttpResponseBase:
    """One request: what was asked, and the way it has come."""
    asked = get_request(visit.scope, package_id, request_id)
    visit.note_view("access_request.viewed", Target("access_request", str(asked.id), asked.requestor_email))
    failed = asked.state == RequestState.DELIVERY_FAILED
    context = {
        "asked": asked,
        "kind": TYPE_WORDS.get(asked.request_type, ""),
        "state": say_state(shown_state(asked, find_assignment(asked))),
        "lines": [say_step(step) for step in timeline(asked)],
        "crumbs": crumbs(visit, asked.package),
        "may_retry": failed and visit.scope.allows(MANAGE),
    }
    return visit.render("web/access_packages/request.html", context)


@require_http_methods(["POST"])
@in_tenant(KEY, MANAGE)
def retry(visit: Visit, package_id: uuid.UUID, request_id: uuid.UUID) -> HttpResponseBase:
    """Try a delivery that failed again."""
    visit.require(MANAGE)
    get_request(visit.scope, package_id, request_id)
    visit.attempt(lambda: reprocess_request(visit.scope, request_id), _("Tried again."))
    return visit.redirect("package_request", package_id, request_id)


@require_safe
@in_tenant(KEY, READ)
def export(visit: Visit, package_id: uuid.UUID) -> HttpResponseBase:
    """The requests for a package, as a file."""
    package, state = get_package(visit.scope, package_id), _read_state(visit)
    visit.note_view("access_requests.exported", _target(package))
    head = (
        _("Name"),
        _("Email address"),
        _("Organization"),
        _("Kind"),
        _("State"),
        _("Asked"),
        _("Decided"),
        _("Why"),
        _("Status"),
    )
    rows = read_all(list_requests(visit.scope, package_id, state), _NEWEST)
    return stream_csv(visit.scope, "requests.csv", head, _rows(rows))


def _rows(requests: Iterator[AssignmentRequest]) -> Iterator[tuple[object, ...]]:
    for one in requests:
        yield (
            one.requestor_name,
            one.requestor_email,
            one.requestor_tenant_name,
            TYPE_WORDS.get(one.request_type, one.request_type),
            say_state(shown_state(one)).word,
            one.created_at.isoformat(),
            one.decided_at.isoformat() if one.decided_at else "",
            one.justification,
            one.status,
        )


def _read_state(visit: Visit) -> str:
    word = visit.request.GET.get("state", "")
    if word and word not in STATE_WORDS:
        raise InvalidInput(fields={"state": f"must be one of: {', '.join(STATE_WORDS)}"})
    return word


def _segments(visit: Visit, package: AccessPackage, current: str) -> list[Tab]:
    counts = count_requests(visit.scope, package.id)
    everything = Tab(
        _("All"), visit.link("package_requests", package.id), sum(counts.values()), current=not current
    )
    states = [
        Tab(
            str(words),
            visit.link("package_requests", package.id, state=state),
            counts.get(state, 0),
            current=state == current,
        )
        for state, words in STATE_WORDS.items()
    ]
    return [everything, *states]


def _page_url(visit: Visit, package: AccessPackage, state: str, cursor: str) -> str:
    return visit.link("package_requests", package.id, state=state, cursor=cursor) if cursor else ""


def _target(package: AccessPackage) -> Target:
    return Target("access_package", str(package.id), package.display_name)
