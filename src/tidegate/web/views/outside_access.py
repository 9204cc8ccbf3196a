"""Outside access: who from outside may enter, and the emergency stop."""

import uuid
from collections.abc import Callable
from typing import Final

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Relation
from tidegate.directory.models import EmergencyStop
from tidegate.directory.queries import get_user
from tidegate.directory.stops import (
    count_outside,
    count_outside_applications,
    get_stop,
    list_standing_stops,
    list_stops,
)
from tidegate.entitlements.actions.stopping import (
    lift_stop,
    stop_all,
    stop_domain,
    stop_guest,
    stop_organization,
)
from tidegate.web.forms.outside_access import ReasonForm
from tidegate.web.forms.submitting import submit
from tidegate.web.outside_access import (
    SHOWN_AT_MOST,
    find_domain,
    find_organization,
    list_domains,
    list_organizations,
)
from tidegate.web.visit import Visit, in_tenant
from tidegate.web.what_if import effects_context

_HISTORY_AT_MOST: Final = 100

# What stands for the reason while a page only asks what a stop would do; nothing of it is kept.
_FORESEEN: Final = "-"

type Change = Callable[[str], EmergencyStop]


@require_safe
@in_tenant("outside_access", Permission.OUTSIDE_ACCESS_STOP)
def show_all(visit: Visit) -> HttpResponseBase:
    """Everybody from outside who may enter now or later, the stops that stand, and those that were."""
    standing = list(list_standing_stops(visit.scope))
    visit.note_view("outside_access.viewed")
    context = {
        "organizations": list_organizations(visit.scope, standing),
        "domains": list_domains(visit.scope, standing),
        "total": count_outside(visit.scope),
        "at_most": SHOWN_AT_MOST,
        "standing": standing,
        "is_all_stopped": any(stop.covers == EmergencyStop.Covers.ALL for stop in standing),
        "lifted": list(list_stops(visit.scope).filter(lifted_at__isnull=False)[:_HISTORY_AT_MOST]),
        "may_lift": visit.scope.entry.relation != Relation.GUEST,
    }
    return visit.render("web/outside_access/show.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("outside_access", Permission.OUTSIDE_ACCESS_STOP)
def stop_everybody(visit: Visit) -> HttpResponseBase:
    """Ask, then keep every guest out."""
    visit.require(Permission.OUTSIDE_ACCESS_STOP)
    names = {"tenant": visit.scope.entry.tenant_name}
    return _ask(
        visit,
        lambda reason: stop_all(visit.scope, reason=reason),
        title=_("Stop all outside access to %(tenant)s?") % names,
        sentence=_say_count(count_outside(visit.scope))
        + _("Nobody from outside enters %(tenant)s from the next request on, also nobody invited later.")
        % names
        + _say_programs(count_outside_applications(visit.scope)),
        button=_("Stop all outside access to %(tenant)s") % names,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("outside_access", Permission.OUTSIDE_ACCESS_STOP)
def stop_home(visit: Visit, home_tenant_id: uuid.UUID) -> HttpResponseBase:
    """Ask, then keep one organization out."""
    visit.require(Permission.OUTSIDE_ACCESS_STOP)
    home = find_organization(visit.scope, home_tenant_id)
    names = {"name": home.name, "tenant": visit.scope.entry.tenant_name}
    return _ask(
        visit,
        lambda reason: stop_organization(visit.scope, home_tenant_id, name=home.name, reason=reason),
        title=_("Stop %(name)s at %(tenant)s?") % names,
        sentence=_say_count(count_outside(visit.scope, home_tenant_id))
        + _("Nobody of %(name)s enters %(tenant)s from the next request on, also nobody invited later.")
        % names
        + _say_programs(count_outside_applications(visit.scope, home_tenant_id)),
        button=_("Stop %(name)s at %(tenant)s") % names,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("outside_access", Permission.OUTSIDE_ACCESS_STOP)
def stop_connected(visit: Visit, organization_id: uuid.UUID) -> HttpResponseBase:
    """Ask, then keep out a connected organization of which only a domain is known."""
    visit.require(Permission.OUTSIDE_ACCESS_STOP)
    found = find_domain(visit.scope, organization_id)
    names = {"name": found.name, "domain": found.domain, "tenant": visit.scope.entry.tenant_name}
    called = found.name if found.name == found.domain else f"{found.name} ({found.domain})"
    return _ask(
        visit,
        lambda reason: stop_domain(visit.scope, found.domain, name=called[:320], reason=reason),
        title=_("Stop %(name)s at %(tenant)s?") % names,
        sentence=_(
            "Nobody of an organization that has shown %(domain)s to be its own, and nobody with an address"
            " under it, enters %(tenant)s from the next request on, also nobody who comes later."
        )
        % names,
        button=_("Stop %(name)s at %(tenant)s") % names,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("outside_access", Permission.OUTSIDE_ACCESS_STOP)
def stop_one(visit: Visit, user_id: uuid.UUID) -> HttpResponseBase:
    """Ask, then keep one guest out."""
    visit.require(Permission.OUTSIDE_ACCESS_STOP)
    user = get_user(visit.scope, user_id)
    names = {"name": user.display_name, "tenant": visit.scope.entry.tenant_name}
    return _ask(
        visit,
        lambda reason: stop_guest(visit.scope, user_id, reason=reason),
        title=_("Stop %(name)s at %(tenant)s?") % names,
        sentence=_("%(name)s does not enter %(tenant)s from the next request on, whatever was granted.")
        % names,
        button=_("Stop %(name)s at %(tenant)s") % names,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("outside_access", Permission.OUTSIDE_ACCESS_STOP)
def lift(visit: Visit, stop_id: uuid.UUID) -> HttpResponseBase:
    """Ask, then let those in again whom a stop kept out."""
    stop = get_stop(visit.scope, stop_id)
    names = {"name": stop.name, "tenant": visit.scope.entry.tenant_name}
    return _ask(
        visit,
        lambda reason: lift_stop(visit.scope, stop_id, reason=reason),
        title=_("Lift the stop of %(name)s?") % names,
        sentence=_("Whoever still has access to %(tenant)s enters again from the next request on.") % names,
        button=_("Lift at %(tenant)s") % names,
        is_lifting=True,
    )


def _ask(
    visit: Visit, change: Change, *, title: str, sentence: str, button: str, is_lifting: bool = False
) -> HttpResponseBase:
    form = ReasonForm(visit.request.POST or None)
    if visit.method == "POST" and submit(form, lambda values: change(values["reason"])):
        visit.tell(_("Lifted; holds from the next request on.") if is_lifting else _("Stopped, from now on."))
        # Who stopped themselves is out already; the page they are sent to says so.
        return visit.redirect("outside_access")
    context = {
        "form": form,
        "title": title,
        "sentence": sentence,
        "button": button,
        "is_lifting": is_lifting,
        **effects_context(visit, lambda: change(_FORESEEN)),
    }
    return _render(visit, context, form)


def _render(visit: Visit, context: dict[str, object], form: ReasonForm) -> HttpResponse:
    return visit.render("web/outside_access/ask.html", context, 400 if form.errors else 200)


def _say_count(count: int) -> str:
    words = ngettext(
        "%(count)d person from outside has access now or later. ",
        "%(count)d people from outside have access now or later. ",
        count,
    )
    return words % {"count": count}


def _say_programs(count: int) -> str:
    if not count:
        return _(" Applications are kept out as people are.")
    words = ngettext(
        " %(count)d application is kept out as well.", " %(count)d applications are kept out as well.", count
    )
    return words % {"count": count}


def standing_context(visit: Visit) -> dict[str, object]:
    """For the banner on other pages: the stops that stand, for who may see them."""
    if not visit.scope.allows(Permission.OUTSIDE_ACCESS_STOP):
        return {}
    return {"standing_stops": list(list_standing_stops(visit.scope))}
