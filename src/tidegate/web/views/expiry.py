"""Expiry: what ends when, renewed with one press, and open work handed over before."""

import uuid
from typing import Final

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.authorization.permissions import Permission
from tidegate.core import clock
from tidegate.core.errors import InvalidInput
from tidegate.directory.actions.renewing import renew_consent
from tidegate.directory.queries import assignable_users, get_user
from tidegate.entitlements.actions.renewing import (
    renew_assignment,
    renew_eligibility,
    renew_guest,
    renew_membership,
    renew_role,
)
from tidegate.incidents.actions.hand_over import HandedOver, hand_over
from tidegate.incidents.owned import open_alerts_of, open_incidents_of
from tidegate.web.expiry import DAYS, Asked, list_weeks, offered
from tidegate.web.forms.outside_access import HandOverForm
from tidegate.web.forms.submitting import submit
from tidegate.web.visit import Visit, in_tenant

_DEFAULT_DAYS: Final = 90
_TAKERS_AT_MOST: Final = 500
_ASKED_WORDS: Final = {
    Asked.TENANT: gettext_lazy("This directory"),
    Asked.OWN: gettext_lazy("My own"),
    Asked.PEOPLE: gettext_lazy("Our people elsewhere"),
}


@require_safe
@in_tenant("expiry")
def show_ends(visit: Visit) -> HttpResponseBase:
    """Everything that ends within the days chosen, week by week."""
    choices = offered(visit.scope)
    asked, days = _read_asked(visit, choices), _read_days(visit)
    weeks = list_weeks(visit.scope, asked, days)
    visit.note_view("expiry.viewed")
    context = {
        "weeks": weeks,
        "total": sum(len(week.rows) for week in weeks),
        "days": days,
        "shows_tenant": asked != Asked.TENANT,
        "here": visit.link("expiry", of=asked, days=str(days)),
        "segments": [
            {
                "label": _ASKED_WORDS[one],
                "url": visit.link("expiry", of=one, days=str(days)),
                "count": None,
                "current": one == asked,
            }
            for one in choices
        ],
        "spans": [
            {
                "label": ngettext("%(count)d day", "%(count)d days", one) % {"count": one},
                "url": visit.link("expiry", of=asked, days=str(one)),
                "count": None,
                "current": one == days,
            }
            for one in DAYS
        ],
    }
    return visit.render("web/expiry/show.html", context)


@require_http_methods(["POST"])
@in_tenant("expiry", Permission.USER_UPDATE)
def renew_given_access(visit: Visit, user_id: uuid.UUID) -> HttpResponseBase:
    """Let a guest stay 90 days longer."""
    visit.require(Permission.USER_UPDATE)
    user = get_user(visit.scope, user_id)
    done = _("%(name)s stays for longer.") % {"name": user.display_name}
    visit.attempt(lambda: renew_guest(visit.scope, user_id), done)
    return visit.go_back(visit.link("expiry"))


@require_http_methods(["POST"])
@in_tenant("expiry", Permission.GROUP_MANAGE)
def renew_given_membership(visit: Visit, membership_id: uuid.UUID) -> HttpResponseBase:
    """Let a membership last 90 days longer."""
    visit.require(Permission.GROUP_MANAGE)
    visit.attempt(lambda: renew_membership(visit.scope, membership_id), _("The membership lasts for longer."))
    return visit.go_back(visit.link("expiry"))


@require_http_methods(["POST"])
@in_tenant("expiry", Permission.ROLE_ASSIGN)
def renew_given_role(visit: Visit, assignment_id: uuid.UUID) -> HttpResponseBase:
    """Let a given role last 90 days longer."""
    visit.require(Permission.ROLE_ASSIGN)
    visit.attempt(lambda: renew_role(visit.scope, assignment_id), _("The role lasts for longer."))
    return visit.go_back(visit.link("expiry"))


@require_http_methods(["POST"])
@in_tenant("expiry", Permission.CONSENT_GRANT)
def renew_given_consent(visit: Visit, grant_id: uuid.UUID) -> HttpResponseBase:
    """Let an application do for 90 days longer what was consented to together."""
    visit.require(Permission.CONSENT_GRANT)
    done = _("The application may do that for longer.")
    visit.attempt(lambda: renew_consent(visit.scope, grant_id), done)
    return visit.go_back(visit.link("expiry"))


@require_http_methods(["POST"])
@in_tenant("expiry", Permission.ENTITLEMENT_MANAGE)
def renew_given_package(visit: Visit, assignment_id: uuid.UUID) -> HttpResponseBase:
    """Let an access package last as long from now as its policy gives."""
    visit.require(Permission.ENTITLEMENT_MANAGE)
    visit.attempt(lambda: renew_assignment(visit.scope, assignment_id), _("The access lasts for longer."))
    return visit.go_back(visit.link("expiry"))


@require_http_methods(["POST"])
@in_tenant("expiry", Permission.ROLE_ASSIGN)
def renew_given_eligibility(visit: Visit, eligibility_id: uuid.UUID) -> HttpResponseBase:
    """Let a role be taken up for 90 days longer."""
    visit.require(Permission.ROLE_ASSIGN)
    done = _("The role may be taken up for longer.")
    visit.attempt(lambda: renew_eligibility(visit.scope, eligibility_id), done)
    return visit.go_back(visit.link("expiry"))


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("expiry", Permission.INCIDENT_ASSIGN)
def hand_work_over(visit: Visit, user_id: uuid.UUID) -> HttpResponseBase:
    """Ask to whom, then assign one person's open incidents and alerts to them."""
    visit.require(Permission.INCIDENT_ASSIGN)
    user = get_user(visit.scope, user_id)
    people = assignable_users(visit.scope.tenant_id, clock.now()).exclude(id=user_id)
    form = HandOverForm(visit.request.POST or None, people=list(people[:_TAKERS_AT_MOST]))
    made: list[HandedOver] = []
    if visit.method == "POST" and submit(
        form,
        lambda values: made.append(
            hand_over(
                visit.scope,
                from_user_id=user_id,
                to_user_id=values["to"],
                justification=values["justification"],
            )
        ),
    ):
        visit.tell(_say_done(made[0]))
        return visit.redirect("expiry")
    context = {
        "form": form,
        "person": user,
        "incidents": open_incidents_of(visit.scope, user_id).count(),
        "alerts": open_alerts_of(visit.scope, user_id).count(),
    }
    return visit.render("web/expiry/hand_over.html", context, 400 if form.errors else 200)


def _say_done(done: HandedOver) -> str:
    words = ngettext("%(count)d incident handed over.", "%(count)d incidents handed over.", done.incidents)
    return words % {"count": done.incidents}


def _read_asked(visit: Visit, choices: list[Asked]) -> Asked:
    text = visit.request.GET.get("of", choices[0])
    if text not in choices:
        raise InvalidInput(fields={"of": "must be one of: " + ", ".join(choices)})
    return Asked(text)


def _read_days(visit: Visit) -> int:
    text = visit.request.GET.get("days", str(_DEFAULT_DAYS))
    if text not in {str(days) for days in DAYS}:
        raise InvalidInput(fields={"days": "must be one of: " + ", ".join(map(str, DAYS))})
    return int(text)
