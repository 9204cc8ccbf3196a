"""Who holds an access package, and who has asked for it: lists, files, giving and taking away."""

import uuid
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.audit.actions import Target
from tidegate.core.errors import InvalidInput
from tidegate.core.paging import SortKey, read_all, take_page
from tidegate.directory.invitation_mail import invitation_link
from tidegate.directory.people import OFFERED, find_user
from tidegate.directory.queries import list_users
from tidegate.entitlements.actions.assignments import Given, assign_directly, remove_assignment
from tidegate.entitlements.catalog_queries import (
    Held,
    count_assignments,
    get_assignment,
    get_package,
    list_assignments,
    list_policies,
)
from tidegate.entitlements.models import AccessPackage
from tidegate.notifications.actions.invitations import queue_invitation
from tidegate.web.exports import stream_csv
from tidegate.web.forms.packages import AssignForm, EndAccessForm, read_span
from tidegate.web.forms.submitting import submit
from tidegate.web.package_pages import KEY, MANAGE, READ, Tab, crumbs, tabs
from tidegate.web.visit import Visit, in_tenant

HELD_WORDS: Final = {
    Held.IN_FORCE: gettext_lazy("In force"),
    Held.SCHEDULED: gettext_lazy("Scheduled"),
    Held.ENDED: gettext_lazy("Ended"),
}
_NEWEST: Final = (SortKey("created_at"), SortKey("id"))


@require_safe
@in_tenant(KEY, READ)
def list_all(visit: Visit, package_id: uuid.UUID) -> HttpResponseBase:
    """Who holds a package now, will, or did."""
    package = get_package(visit.scope, package_id)
    target = Target("access_package", str(package.id), package.display_name)
    visit.note_view("assignments.viewed", target)
    return _render(visit, package, None)


@require_http_methods(["POST"])
@in_tenant(KEY, MANAGE)
def assign(visit: Visit, package_id: uuid.UUID) -> HttpResponseBase:
    """Give a package to somebody, without approval."""
    visit.require(MANAGE)
    package, given = get_package(visit.scope, package_id), list[Given]()
    form = _assign_form(visit, package, visit.request.POST)
    if not submit(form, lambda values: given.append(_assign(visit, package, values))):
        return _render(visit, package, form, status=400)
    visit.tell(_("%(package)s given to %(name)s.") % {
        "package": package.display_name,
        "name": given[0].request.requestor_name,
    })  # fmt: skip
    invited = given[0].invited
    if invited is None:
        return visit.redirect("package_assignments", package_id)
    queue_invitation(visit.scope, invited)
    context = {"offer": invited, "invitation_link": invitation_link(invited.token)}
    return visit.render("web/invitations/made.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant(KEY, MANAGE)
def take_away(visit: Visit, package_id: uuid.UUID, assignment_id: uuid.UUID) -> HttpResponseBase:
    """Ask, then end somebody's access."""
    visit.require(MANAGE)
    assignment = get_assignment(visit.scope, package_id, assignment_id)
    form = EndAccessForm(visit.request.POST or None)
    if visit.method == "POST" and submit(
        form, lambda values: remove_assignment(visit.scope, assignment_id, **values)
    ):
        visit.tell(_("Access ended."))
        return visit.redirect("package_assignments", package_id)
    names = {
        "name": assignment.user.display_name,
        "package": assignment.package.display_name,
        "tenant": visit.scope.entry.tenant_name,
    }
    context = {
        "title": _("End the access of %(name)s?") % names,
        "lead": _("%(name)s loses %(package)s in %(tenant)s, from the next request on.") % names,
        "form": form,
        "button": _("End in %(tenant)s") % names,
        "back_url": visit.link("package_assignments", package_id),
        "crumbs": crumbs(visit, assignment.package),
    }
    return visit.render("web/directory/form.html", context, status=400 if form.errors else 200)


@require_safe
@in_tenant(KEY, READ)
def export(visit: Visit, package_id: uuid.UUID) -> HttpResponseBase:
    """Everybody who holds, will hold or has held a package, as a file."""
    package = get_package(visit.scope, package_id)
    target = Target("access_package", str(package.id), package.display_name)
    visit.note_view("assignments.exported", target)
    head = (
        _("Name"),
        _("Email address"),
        _("State"),
        _("From"),
        _("Until"),
        _("Through"),
        _("Policy"),
        _("Ended because"),
    )
    return stream_csv(visit.scope, "assignments.csv", head, _rows(visit, package))


def _rows(visit: Visit, package: AccessPackage) -> Iterator[tuple[object, ...]]:
    for held in Held:
        for one in read_all(list_assignments(visit.scope, package.id, held), _NEWEST):
            yield (
                one.user.display_name,
                one.user.mail,
                HELD_WORDS[held],
                one.starts_at.isoformat(),
                one.ends_at.isoformat() if one.ends_at else "",
                one.organization.display_name if one.organization else "",
                one.policy.display_name,
                one.ended_because,
            )


def _assign(visit: Visit, package: AccessPackage, values: Mapping[str, Any]) -> Given:
    return assign_directly(
        visit.scope,
        package.id,
        values["policy_id"],
        **_whom(visit, values["user"]),
        duration=read_span(values),
        starts_at=values["starts_at"],
        justification=values["justification"],
    )


def _whom(visit: Visit, text: str) -> dict[str, Any]:
    """A user of the tenant by name or address, else the holder of an address."""
    try:
        return {"user_id": find_user(visit.scope, text).id}
    except InvalidInput:
        if "@" not in text or list_users(visit.scope).filter(mail__iexact=text).exists():
            raise
        return {"email": text}


def _assign_form(visit: Visit, package: AccessPackage, data: Any = None) -> AssignForm:
    policies = list_policies(visit.scope, package.id).filter(accepts_requests=True)
    return AssignForm(data, policies=list(policies))


def _render(
    visit: Visit,
    package: AccessPackage,
    form: AssignForm | None,
    status: int = 200,
) -> HttpResponse:
    held = _read_held(visit)
    rows = list_assignments(visit.scope, package.id, held)
    page = take_page(rows, _NEWEST, cursor=visit.request.GET.get("cursor", ""))
    may_assign = visit.scope.allows(MANAGE) and not package.is_break_glass
    context = {
        "package": package,
        "tabs": tabs(visit, package, "package_assignments"),
        "segments": _segments(visit, package, held),
        "held": held,
        "assignments": page.rows,
        "newer_url": _page_url(visit, package, held, page.previous_cursor),
        "older_url": _page_url(visit, package, held, page.next_cursor),
        "may_manage": visit.scope.allows(MANAGE),
        "form": (form or _assign_form(visit, package)) if may_assign else None,
        "people": list(list_users(visit.scope)[:OFFERED]) if may_assign else [],
    }
    return visit.render("web/access_packages/assignments.html", context, status)


def _read_held(visit: Visit) -> Held:
    word = visit.request.GET.get("held", Held.IN_FORCE)
    if word not in Held:
        raise InvalidInput(fields={"held": "must be in_force, scheduled or ended"})
    return Held(word)


def _segments(visit: Visit, package: AccessPackage, current: Held) -> list[Tab]:
    counts = count_assignments(visit.scope, package.id)
    return [
        Tab(
            str(words),
            visit.link("package_assignments", package.id, held=held),
            counts[held],
            current=held == current,
        )
        for held, words in HELD_WORDS.items()
    ]


def _page_url(visit: Visit, package: AccessPackage, held: Held, cursor: str) -> str:
    return visit.link("package_assignments", package.id, held=held, cursor=cursor) if cursor else ""
