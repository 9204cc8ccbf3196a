"""Settings > SIEM > MSSP: which applications fetch a tenant's alerts, and files to set a SIEM up with."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.authorization.api_permissions import Resource
from tidegate.authorization.permissions import Permission
from tidegate.core import clock
from tidegate.core.errors import InvalidInput, NotFound
from tidegate.directory.actions.consents import (
    authorize_siem_application,
    usual_term,
    withdraw_siem_authorization,
)
from tidegate.directory.actions.service_principals import principal_target
from tidegate.directory.applications import grants_of, list_siem_principals
from tidegate.directory.models import Grant, ServicePrincipal
from tidegate.web.applications import list_endpoints
from tidegate.web.confirming import ask
from tidegate.web.forms.applications import TermForm
from tidegate.web.forms.siem import AuthorizeForm
from tidegate.web.forms.submitting import submit
from tidegate.web.siem_files import SIEM_FILES, place_of
from tidegate.web.siem_rows import siem_row
from tidegate.web.siem_tabs import siem_tabs
from tidegate.web.views.many_telling import SIEM
from tidegate.web.visit import Visit, in_tenant


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("siem", Permission.PORTAL_SETTING_MANAGE, many=SIEM)
def list_authorized(visit: Visit) -> HttpResponseBase:
    """The applications that may fetch; and the form that authorises one more."""
    visit.require(Permission.PORTAL_SETTING_MANAGE)
    form = AuthorizeForm(visit.request.POST or None, initial={"ends_at": usual_term().ends_at})
    made: list[ServicePrincipal] = []
    if visit.method == "POST" and submit(form, lambda values: made.append(_authorize(visit, form, values))):
        visit.tell(_("%(name)s may fetch alerts from now on.") % {"name": made[0].display_name})
        return visit.redirect("siem_application", made[0].id)
    visit.note_view("siem.viewed")
    now = clock.now()
    principals = list(list_siem_principals(visit.scope, now))
    held: dict[uuid.UUID, list[Grant]] = {}
    for grant in grants_of(visit.scope, principals, now).filter(resource=Resource.SIEM):
        held.setdefault(grant.service_principal_id, []).append(grant)
    context = {
        "form": form,
        "tabs": siem_tabs(visit, "siem"),
        "rows": [siem_row(one, held[one.id]) for one in principals],
    }
    return visit.render("web/siem/list.html", context, 400 if form.errors else 200)


@require_safe
@in_tenant("siem", Permission.PORTAL_SETTING_MANAGE)
def show(visit: Visit, principal_id: uuid.UUID) -> HttpResponseBase:
    """One of them: what to set the SIEM to, and the files."""
    principal = _get(visit, principal_id)
    visit.note_view("siem.viewed", principal_target(principal))
    grants = list(grants_of(visit.scope, [principal], clock.now()))
    held = {(grant.resource, grant.kind, grant.value) for grant in grants}
    context = {
        "principal": principal,
        "row": siem_row(principal, [grant for grant in grants if grant.resource == Resource.SIEM]),
        "tabs": siem_tabs(visit, "siem"),
        "endpoints": list_endpoints(visit.tid),
        "files": [
            (file, [value for resource, kind, value in file.needs if (resource, kind, value) not in held])
            for file in SIEM_FILES.values()
        ],
        "may_open_principal": visit.scope.allows(Permission.APPLICATION_READ),
    }
    return visit.render("web/siem/show.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("siem", Permission.PORTAL_SETTING_MANAGE)
def renew(visit: Visit, principal_id: uuid.UUID) -> HttpResponseBase:
    """Give an authorisation another end."""
    principal = _get(visit, principal_id)
    form = TermForm(visit.request.POST or None, initial={"ends_at": usual_term().ends_at})

    def act(_values: Mapping[str, Any]) -> None:
        client_id, home = principal.client_id, principal.home_tenant_id
        authorize_siem_application(visit.scope, client_id, home, term=form.read_term())

    if visit.method == "POST" and submit(form, act):
        visit.tell(_("%(name)s may fetch alerts until then.") % {"name": principal.display_name})
        return visit.redirect("siem_application", principal_id)
    names = {"name": principal.display_name, "tenant": visit.scope.entry.tenant_name}
    context = {
        "form": form,
        "title": _("Let %(name)s fetch alerts for longer") % names,
        "button": _("Renew at %(tenant)s") % names,
        "back_url": visit.link("siem_application", principal_id),
        "crumbs": [(_("SIEM"), visit.link("siem"))],
    }
    return visit.render("web/directory/form.html", context, 400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("siem", Permission.PORTAL_SETTING_MANAGE)
def withdraw(visit: Visit, principal_id: uuid.UUID) -> HttpResponseBase:
    """Ask, then let an application fetch no more."""
    principal = _get(visit, principal_id)
    names = {"name": principal.display_name, "tenant": visit.scope.entry.tenant_name}
    if visit.method == "POST":
        withdraw_siem_authorization(visit.scope, principal_id)
        visit.tell(_("%(name)s no longer fetches alerts.") % names)
        return visit.redirect("siem")
    words = _("From the next request on %(name)s gets no alerts of %(tenant)s through the SIEM API.")
    return ask(
        visit,
        title=_("Withdraw from %(name)s?") % names,
        sentence=words % names,
        button=_("Withdraw at %(tenant)s") % names,
        back_url=visit.link("siem_application", principal_id),
    )


@require_safe
@in_tenant("siem", Permission.PORTAL_SETTING_MANAGE)
def download(visit: Visit, principal_id: uuid.UUID, name: str) -> HttpResponseBase:
    """A file to set a SIEM up with. It holds no secret."""
    principal = _get(visit, principal_id)
    file = SIEM_FILES.get(name)
    if file is None:
        raise NotFound("There is no such file.")
    visit.note_view("siem.configuration_downloaded", principal_target(principal))
    text = file.write(place_of(principal, visit.scope.entry.tenant_name))
    disposition = f'attachment; filename="{name}"'
    return HttpResponse(
        text, content_type="text/plain; charset=utf-8", headers={"Content-Disposition": disposition}
    )


def _authorize(visit: Visit, form: AuthorizeForm, values: Mapping[str, Any]) -> ServicePrincipal:
    client_id, home = values["client_id"], values["home_tenant_id"]
    try:
        return authorize_siem_application(visit.scope, client_id, home, term=form.read_term())
    except NotFound as error:
        # Which of the two ids is wrong is told to nobody.
        raise InvalidInput(fields={"client_id": error.message}) from None


def _get(visit: Visit, principal_id: uuid.UUID) -> ServicePrincipal:
    principal = list_siem_principals(visit.scope, clock.now()).filter(id=principal_id).first()
    if principal is None:
        raise NotFound("There is no such application here.")
    return principal
