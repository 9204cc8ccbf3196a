"""Consent of an administrator: letting an application in, with what it may do and until when."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tidegate.authorization.api_permissions import API_PERMISSIONS, ApiPermission
from tidegate.authorization.permissions import Permission
from tidegate.core import clock
from tidegate.core.ids import parse_uuid
from tidegate.directory.actions.consents import grant_consent, usual_term
from tidegate.directory.applications import get_usable_application, grants_of, list_principals
from tidegate.directory.models import Application, ServicePrincipal
from tidegate.web.api_words import KIND_WORDS, RESOURCE_WORDS, read_required, say_permission, write_key
from tidegate.web.forms.applications import ConsentForm, FindApplicationForm
from tidegate.web.forms.submitting import submit
from tidegate.web.visit import Visit, in_tenant


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("applications", Permission.CONSENT_GRANT)
def consent(visit: Visit) -> HttpResponseBase:
    """Ask which application is meant; then show what it needs, and grant what is ticked of it."""
    visit.require(Permission.CONSENT_GRANT)
    client_id = parse_uuid(visit.request.GET.get("client_id", ""))
    if client_id is None:
        return _find(visit)
    application = get_usable_application(visit.scope, client_id)
    principal = list_principals(visit.scope).filter(client_id=client_id).first()
    needed = read_required(application)
    missing = _missing(visit, needed, principal)
    form = ConsentForm(visit.request.POST or None, offered=needed, initial=_begin(visit, missing))
    made: list[ServicePrincipal] = []

    def grant(values: Mapping[str, Any]) -> None:
        made.append(grant_consent(visit.scope, client_id, values["permissions"], term=form.read_term()))

    if visit.method == "POST" and submit(form, grant):
        visit.tell(_("%(name)s may do that from now on.") % {"name": made[0].display_name})
        return visit.redirect("service_principal", made[0].id)
    return _render(visit, application, principal, form, missing)


def _find(visit: Visit) -> HttpResponse:
    asked = "client_id" in visit.request.GET
    form = FindApplicationForm({"client_id": visit.request.GET["client_id"].strip()} if asked else None)
    return visit.render(
        "web/applications/find.html", {"form": form}, 400 if asked and not form.is_valid() else 200
    )


def _missing(
    visit: Visit, needed: Collection[ApiPermission], principal: ServicePrincipal | None
) -> list[ApiPermission]:
    """What it needs and was not granted for everybody yet."""
    if principal is None:
        return list(needed)
    grants = grants_of(visit.scope, [principal], clock.now()).filter(user_id__isnull=True)
    held = {(grant.resource, grant.kind, grant.value) for grant in grants}
    return [each for each in needed if (each.resource, each.kind, each.value) not in held]


def _begin(visit: Visit, missing: Collection[ApiPermission]) -> dict[str, Any]:
    mine = [each for each in missing if not _lacking(visit, each)]
    return {"permissions": [write_key(each) for each in mine], "ends_at": usual_term().ends_at}


def _lacking(visit: Visit, permission: ApiPermission) -> list[str]:
    """What the reader may not do themselves, and so may not grant."""
    return sorted(permission.opens - visit.scope.entry.permissions)


def _render(
    visit: Visit,
    application: Application,
    principal: ServicePrincipal | None,
    form: ConsentForm,
    missing: Sequence[ApiPermission],
) -> HttpResponse:
    ticked = set(form["permissions"].value() or ())
    required = read_required(application)
    context = {
        "application": application,
        "principal": principal,
        "is_own": application.tenant_id == visit.scope.tenant_id,
        "form": form,
        "lines": [
            {
                "key": write_key(each),
                "value": each.value,
                "words": say_permission(each.value),
                "resource": RESOURCE_WORDS[each.resource],
                "kind": KIND_WORDS[each.kind],
                "is_ticked": write_key(each) in ticked,
                "is_granted": each not in missing,
                "lacking": _lacking(visit, each),
            }
            for each in API_PERMISSIONS
            if each in required
        ],
    }
    return visit.render("web/applications/consent.html", context, 400 if form.errors else 200)
