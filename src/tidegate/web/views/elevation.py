"""My roles: what I may take up for hours, what is active, what waits for my decision."""

import uuid

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.audit.actions import Target
from tidegate.authorization.permissions import Permission
from tidegate.core import clock
from tidegate.core.errors import Conflict, NotFound
from tidegate.entitlements.actions.activations import (
    activate,
    cancel_activation,
    deactivate,
    decide_activation,
)
from tidegate.entitlements.elevating import (
    OwnRole,
    Standing,
    get_seen,
    list_decidable,
    list_own_roles,
    own_activations,
    standing_of,
)
from tidegate.entitlements.models import Activation
from tidegate.entitlements.words import ActivationState
from tidegate.web.confirming import ask
from tidegate.web.elevation import make_row, name_approvers
from tidegate.web.forms.elevation import ActivateForm, DecideActivationForm
from tidegate.web.forms.submitting import submit
from tidegate.web.spans import say_span
from tidegate.web.visit import Visit, in_tenant

_SHOWN_BEFORE = 20


@require_safe
@in_tenant("elevation")
def show_own(visit: Visit) -> HttpResponseBase:
    """What one may activate here, what stands open of it, and what waits for one's decision."""
    own = list_own_roles(visit.scope)
    names = name_approvers(visit.scope, [one.eligibility for one in own])
    standing = {one.activation.id for one in own if one.activation}
    before = [row for row in own_activations(visit.scope)[:_SHOWN_BEFORE] if row.id not in standing]
    visit.note_view("elevation.viewed", Target("tenant", visit.tid, visit.scope.entry.tenant_name))
    context = {
        "own": [(one, one.activation and make_row(one.activation), names[one.eligibility.id]) for one in own],
        "waiting": [make_row(one) for one in list_decidable(visit.scope)],
        "before": [make_row(one) for one in before],
        "segments": segments(visit, "elevation"),
    }
    return visit.render("web/elevation/own.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("elevation")
def take_up(visit: Visit, eligibility_id: uuid.UUID) -> HttpResponseBase:
    """For how long, and why; then it begins, or somebody is asked."""
    own = _find_own(visit, eligibility_id)
    eligibility, made = own.eligibility, list[Activation]()
    form = ActivateForm(visit.request.POST or None, longest=eligibility.longest)
    if visit.method == "POST" and submit(
        form, lambda values: made.append(activate(visit.scope, eligibility_id, **values))
    ):
        names = {"role": eligibility.role.display_name}
        is_active = made[0].state == ActivationState.ACTIVE
        visit.tell((_("%(role)s is active.") if is_active else _("%(role)s is asked for.")) % names)
        return visit.redirect("elevation")
    return _render_activation(visit, own, form)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("elevation")
def decide(visit: Visit, activation_id: uuid.UUID) -> HttpResponseBase:
    """An approver looks at who asks and why, then says yes or no."""
    activation = get_seen(visit.scope, activation_id)
    form = DecideActivationForm(visit.request.POST or None)
    if visit.method == "POST" and submit(
        form, lambda values: _decide(visit, activation_id, values["justification"])
    ):
        approved = visit.request.POST["decision"] == "approve"
        visit.tell(_("Approved.") if approved else _("Denied."))
        return visit.redirect("elevation")
    row, now = make_row(activation), clock.now()
    is_own = activation.user_id == visit.scope.entry.user_id
    context = {
        "row": row,
        "form": form,
        "may_end": row.left is not None and (is_own or visit.scope.allows(Permission.ROLE_ASSIGN)),
        "may_decide": any(one.id == activation.id for one in list_decidable(visit.scope)),
        "is_open": standing_of(activation, now) == Standing.PENDING,
    }
    return visit.render("web/elevation/decide.html", context, status=_status(form))


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("elevation")
def end(visit: Visit, activation_id: uuid.UUID) -> HttpResponseBase:
    """Ask, then end an active role: one's own, or somebody's as an administrator."""
    activation = get_seen(visit.scope, activation_id)
    is_own = activation.user_id == visit.scope.entry.user_id
    back = "elevation" if is_own else "elevation_history"
    if not is_own:
        visit.require(Permission.ROLE_ASSIGN)
    if visit.method == "POST":
        visit.attempt(lambda: deactivate(visit.scope, activation_id), _("Role ended."))
        return visit.redirect(back)
    names = _names(visit, activation)
    return ask(
        visit,
        title=_("End %(role)s of %(person)s?") % names,
        sentence=_("%(person)s loses %(role)s in %(tenant)s, from the next request on.") % names,
        button=_("End in %(tenant)s") % names,
        back_url=visit.link(back),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("elevation")
def cancel(visit: Visit, activation_id: uuid.UUID) -> HttpResponseBase:
    """Ask, then take back what one asked for."""
    activation = get_seen(visit.scope, activation_id)
    if activation.user_id != visit.scope.entry.user_id:
        raise NotFound("There is no such activation.")
    if visit.method == "POST":
        visit.attempt(lambda: cancel_activation(visit.scope, activation_id), _("Taken back."))
        return visit.redirect("elevation")
    names = _names(visit, activation)
    return ask(
        visit,
        title=_("Take back your wish for %(role)s?") % names,
        sentence=_("Nobody in %(tenant)s is asked about it any more.") % names,
        button=_("Take back in %(tenant)s") % names,
        back_url=visit.link("elevation"),
    )


def segments(visit: Visit, current: str) -> list[dict[str, object]]:
    """The pages about elevation that somebody may see here; nothing where there is but one."""
    pages = {
        "elevation": _("My roles"),
        "eligibilities": _("Who is eligible"),
        "elevation_history": _("History"),
    }
    if not visit.scope.allows(Permission.ROLE_READ):
        return []
    return [
        {"label": label, "url": visit.link(name), "current": name == current, "count": None}
        for name, label in pages.items()
    ]


def _find_own(visit: Visit, eligibility_id: uuid.UUID) -> OwnRole:
    own = next((one for one in list_own_roles(visit.scope) if one.eligibility.id == eligibility_id), None)
    if own is None:
        raise NotFound("There is no such role for you to activate.")
    return own


def _render_activation(visit: Visit, own: OwnRole, form: ActivateForm) -> HttpResponse:
    context = {
        "own": own,
        "role": own.eligibility.role,
        "longest": say_span(own.eligibility.longest),
        "approvers": name_approvers(visit.scope, [own.eligibility])[own.eligibility.id],
        "form": form,
    }
    return visit.render("web/elevation/activate.html", context, status=_status(form))


def _decide(visit: Visit, activation_id: uuid.UUID, justification: str) -> None:
    decision = visit.request.POST.get("decision", "")
    if decision not in {"approve", "deny"}:
        raise Conflict("Choose to approve or to deny.")
    decide_activation(visit.scope, activation_id, approves=decision == "approve", justification=justification)


def _names(visit: Visit, activation: Activation) -> dict[str, str]:
    return {
        "role": activation.eligibility.role.display_name,
        "person": activation.user.display_name,
        "tenant": visit.scope.entry.tenant_name,
    }


def _status(form: ActivateForm | DecideActivationForm) -> int:
    return 400 if form.errors else 200
