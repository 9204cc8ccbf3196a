"""My access: what is mine and what I may ask for, everywhere or in one tenant; and asking for a package."""

import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.accounts.again import ask_again
from tidegate.core import clock
from tidegate.core.paging import SortKey, take_page
from tidegate.entitlements.actions.requests import request_access
from tidegate.entitlements.contents import contents_of, holding_of
from tidegate.entitlements.models import Assignment, AssignmentRequest
from tidegate.entitlements.offers import Offer, find_offers, list_offers
from tidegate.entitlements.own import own_assignments, own_requests
from tidegate.entitlements.places import has_business
from tidegate.entitlements.words import RequestState
from tidegate.web.access_words import say_contents
from tidegate.web.duties import own_duties
from tidegate.web.forms.my_access import OFFERED_SPANS, AskForm
from tidegate.web.forms.submitting import submit
from tidegate.web.links import sign_in_link, tenant_link
from tidegate.web.my_access import (
    can_extend,
    held_rows,
    longest_of,
    offer_rows,
    request_rows,
    say_length,
    say_usual_time,
    stage_lines,
)
from tidegate.web.person_visit import PersonVisit, for_person, visit_as_person
from tidegate.web.spans import shorter_than

ASIDE: Final = gettext_lazy("You ask for access here")
# Following a package's link asks who is there unless they have just said so; writing takes longer.
FRESH: Final = timedelta(minutes=5)
STILL_FRESH: Final = timedelta(hours=1)
_NEWEST: Final = (SortKey("created_at"), SortKey("id"))
_FEW: Final = 20


@require_safe
@for_person("my_access")
def show_own(visit: PersonVisit) -> HttpResponseBase:
    """At home everything everywhere; in a tenant what is there."""
    return _show_list(visit, visit.where)


@require_safe
def show_place(request: HttpRequest, place: str) -> HttpResponseBase:
    """What one tenant offers, by its domain. A package named after the `#` is gone to by a script."""
    if not request.user.is_authenticated:
        # A redirect would lose what stands after the `#` on the way through signing in.
        context = {"place": place, "sign_in_url": sign_in_link(request.get_full_path())}
        return render(request, "web/my_access/doorstep.html", context)
    visit = visit_as_person(request, place, "my_access")
    return _show_list(visit, visit.tenant_id)


@require_safe
def lead_to_place(request: HttpRequest, place: str) -> HttpResponseBase:
    """Microsoft's other spellings; browsers carry what stands after the `#` along."""
    return HttpResponseRedirect(reverse("my_access_at", args=[place]))


@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest, place: str, package_id: uuid.UUID) -> HttpResponseBase:
    """A package's page: what it gives, for how long, who approves; and the form that asks for it."""
    if not request.user.is_authenticated:
        return HttpResponseRedirect(sign_in_link(request.get_full_path()))
    older_than = STILL_FRESH if request.method == "POST" else FRESH
    again = ask_again(request, older_than=older_than)
    if again is not None:
        return again
    visit = visit_as_person(request, place, "my_access")
    offers = visit.find(lambda: find_offers(visit.actor, visit.tenant_id, package_id))
    offer = _choose(offers, request.GET.get("policy", ""))
    form = _make_form(offer, request)
    made: list[AssignmentRequest] = []
    if visit.method == "POST" and submit(
        form, lambda values: made.append(_submit(visit, offer, form, values))
    ):
        visit.tell(_("Your request was submitted."), offer.tenant.display_name)
        return HttpResponseRedirect(tenant_link("my_request", str(offer.tenant.id), made[0].id))
    return _show_package(visit, offers, offer, form)


def _show_list(visit: PersonVisit, where: uuid.UUID | None) -> HttpResponse:
    actor = visit.actor
    if visit.scope is None and where is not None and not has_business(actor, visit.tenant_id):
        raise visit.refuse()
    current, ended = held_rows(actor, where)
    requests = own_requests(actor, where)
    page = take_page(requests, _NEWEST, cursor=visit.request.GET.get("cursor", ""), size=_FEW)
    offers = list_offers(actor, where)
    tenants = [row.assignment.tenant for row in [*current, *ended]]
    tenants += [one.tenant for one in page.rows] + [one.tenant for one in offers]
    context = {
        "is_everywhere": where is None,
        "duties": own_duties(actor, where),
        "current": current,
        "ended": ended,
        "requests": request_rows(page.rows),
        "offers": offer_rows(actor, offers, current),
        "newer_url": _page_url(visit, page.previous_cursor),
        "older_url": _page_url(visit, page.next_cursor),
    }
    tenant = tenants[0] if tenants and where is not None else None
    return visit.render("web/my_access/list.html", context, tenant=tenant, outside=ASIDE)


def _page_url(visit: PersonVisit, cursor: str) -> str:
    return tenant_link("my_access", visit.tid or visit.list_tid, cursor=cursor) if cursor else ""


def _choose(offers: list[Offer], policy_id: str) -> Offer:
    return next((offer for offer in offers if str(offer.policy.id) == policy_id), offers[0])


def _make_form(offer: Offer, request: HttpRequest) -> AskForm:
    policy = offer.policy
    may_choose = policy.allows_custom_duration
    longest = longest_of(policy)
    return AskForm(
        request.POST if request.method == "POST" else None,
        longest=say_length(policy.expiration),
        spans=shorter_than(longest, OFFERED_SPANS) if may_choose else [],
        needs_reason=policy.is_justification_required,
        questions=policy.questions,
        may_begin_later=may_choose and not offer.package.is_break_glass,
    )


def _submit(visit: PersonVisit, offer: Offer, form: AskForm, values: Mapping[str, Any]) -> AssignmentRequest:
    return request_access(
        visit.actor,
        offer.tenant.id,
        offer.package.id,
        offer.policy.id,
        justification=values["justification"],
        answers=form.answers,
        duration=values.get("duration"),
        starts_at=values.get("starts_at"),
    )


def _show_package(visit: PersonVisit, offers: list[Offer], offer: Offer, form: AskForm) -> HttpResponse:
    tenant, package = offer.tenant, offer.package
    held = _held(visit, offer)
    contents = contents_of([package])[package.id]
    context = {
        "package": package,
        "tenant": tenant,
        "policy": offer.policy,
        "segments": _segments(visit, offers, offer),
        "gives": say_contents(contents),
        "contents": contents,
        "lasts": say_length(offer.policy.expiration),
        "stages": stage_lines(offer),
        "usual_time": say_usual_time(offer),
        "holding": holding_of(tenant.id, visit.actor.account_id),
        "held": held,
        "can_extend": held is not None and can_extend(held, clock.now()),
        "pending": _pending(visit, offer),
        "form": form,
    }
    status = 400 if form.errors else 200
    return visit.render("web/my_access/package.html", context, status, tenant=tenant, outside=ASIDE)


def _segments(visit: PersonVisit, offers: list[Offer], chosen: Offer) -> list[dict[str, object]]:
    if len(offers) < 2:
        return []
    return [
        {
            "label": offer.policy.display_name,
            "url": f"{visit.request.path}?policy={offer.policy.id}",
            "count": None,
            "current": offer is chosen,
        }
        for offer in offers
    ]


def _held(visit: PersonVisit, offer: Offer) -> Assignment | None:
    rows = own_assignments(visit.actor, offer.tenant.id).filter(package_id=offer.package.id)
    return rows.exclude(ends_at__lte=clock.now()).first()


def _pending(visit: PersonVisit, offer: Offer) -> AssignmentRequest | None:
    rows = own_requests(visit.actor, offer.tenant.id).filter(package_id=offer.package.id)
    return rows.filter(state=RequestState.PENDING_APPROVAL).first()
