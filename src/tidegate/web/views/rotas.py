"""On-call rotas: who is on call now, and the weekly table or the calendar that says so."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.core import clock
from tidegate.notifications.actions.rotas import create_rota, fetch_rota_now, remove_rota, update_rota
from tidegate.notifications.models import OnCallRota
from tidegate.notifications.on_call import find_on_call
from tidegate.notifications.queries import get_rota, list_rotas
from tidegate.web.confirming import ask
from tidegate.web.forms.channels import RotaForm
from tidegate.web.forms.submitting import submit
from tidegate.web.notification_tabs import KEY, MANAGE, notification_tabs
from tidegate.web.visit import Visit, in_tenant


@require_safe
@in_tenant(KEY, MANAGE)
def list_all(visit: Visit) -> HttpResponseBase:
    """Each with who is on call at this instant."""
    now = clock.now()
    rotas = list_rotas(visit.scope)
    visit.note_view("on_call_rotas.viewed")
    rows = [{"rota": one, "on_call": find_on_call(one, now)} for one in rotas]
    context = {"rows": rows, "tabs": notification_tabs(visit, "notification_rotas")}
    return visit.render("web/notifications/rotas.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant(KEY, MANAGE)
def create(visit: Visit) -> HttpResponseBase:
    """A rota."""
    visit.require(MANAGE)
    zone = getattr(visit.request.user, "time_zone", "UTC")
    form = RotaForm(visit.request.POST or None, shifts=[], initial={"time_zone": zone})
    if visit.method == "POST" and submit(form, lambda values: create_rota(visit.scope, **values)):
        visit.tell(_("%(name)s created.") % {"name": form.cleaned_data["display_name"]})
        return visit.redirect("notification_rotas")
    return _render(visit, form, _("New rota"))


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant(KEY, MANAGE)
def edit(visit: Visit, rota_id: uuid.UUID) -> HttpResponseBase:
    """All of a rota; its calendar stays unless another is given, or shifts are."""
    rota = get_rota(visit.scope, rota_id)
    initial = {"display_name": rota.display_name, "time_zone": rota.time_zone}
    form = RotaForm(visit.request.POST or None, shifts=rota.shifts, initial=initial)

    def update(values: Mapping[str, Any]) -> None:
        update_rota(visit.scope, rota_id, **values)

    if visit.method == "POST" and submit(form, update):
        visit.tell(_("Rota saved."))
        return visit.redirect("notification_rotas")
    return _render(visit, form, _("Edit %(name)s") % {"name": rota.display_name}, rota)


@require_http_methods(["POST"])
@in_tenant(KEY, MANAGE)
def fetch(visit: Visit, rota_id: uuid.UUID) -> HttpResponseBase:
    """Fetch its calendar again."""
    visit.attempt(lambda: fetch_rota_now(visit.scope, rota_id), _("Its calendar is fetched now."))
    return visit.redirect("notification_rotas")


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant(KEY, MANAGE)
def remove(visit: Visit, rota_id: uuid.UUID) -> HttpResponseBase:
    """Ask, then take it away, from every rule too."""
    rota = get_rota(visit.scope, rota_id)
    names = {"name": rota.display_name, "tenant": visit.scope.entry.tenant_name}
    if visit.method == "POST":
        visit.attempt(lambda: remove_rota(visit.scope, rota_id), _("%(name)s removed.") % names)
        return visit.redirect("notification_rotas")
    return ask(
        visit,
        title=_("Remove %(name)s?") % names,
        sentence=_("No rule of %(tenant)s tells who is on call by %(name)s any more.") % names,
        button=_("Remove from %(tenant)s") % names,
        back_url=visit.link("notification_rotas"),
        consequences=[_("A rule that tells nobody else keeps it from being removed.")],
    )


def _render(visit: Visit, form: RotaForm, title: str, rota: OnCallRota | None = None) -> HttpResponse:
    context = {"form": form, "title": title, "rota": rota}
    return visit.render("web/notifications/rota.html", context, 400 if form.errors else 200)
