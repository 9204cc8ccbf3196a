"""One application that was let in: what it may do here, until when; and how that, or it, is ended."""

import uuid
from collections.abc import Sequence

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.authorization.permissions import Permission
from tidegate.core import clock
from tidegate.core.errors import NotFound
from tidegate.core.ids import parse_uuid
from tidegate.directory.actions.consents import renew_grants, usual_term, withdraw_consent
from tidegate.directory.actions.service_principals import (
    disable_principal,
    enable_principal,
    principal_target,
    remove_principal,
)
from tidegate.directory.applications import get_principal, grants_of, list_grants
from tidegate.directory.models import Grant, ServicePrincipal
from tidegate.oauth.sign_in_log import last_sign_ins
from tidegate.web.api_words import read_required, say_permissions
from tidegate.web.applications import grant_rows, standing_of
from tidegate.web.confirming import ask
from tidegate.web.forms.applications import TermForm
from tidegate.web.forms.submitting import submit
from tidegate.web.visit import Visit, in_tenant


@require_safe
@in_tenant("applications", Permission.APPLICATION_READ)
def show(visit: Visit, principal_id: uuid.UUID) -> HttpResponseBase:
    """Who it is, and what it may do here, for whom, by whose word, until when."""
    principal = get_principal(visit.scope, principal_id)
    visit.note_view("service_principal.viewed", principal_target(principal))
    grants = grant_rows(list(list_grants(visit.scope, principal)))
    application = principal.application
    current = [row for row in grants if not row.is_over]
    is_own = principal.home_tenant_id == visit.scope.tenant_id
    context = {
        "principal": principal,
        "is_own": is_own,
        "standing": standing_of(principal, len(current)),
        "grants": current,
        "ended": [row for row in grants if row.is_over],
        "may_consent": visit.scope.allows(Permission.CONSENT_GRANT),
        "may_ask_more": not application.disabled_at
        and (is_own or application.is_multi_tenant)
        and bool(read_required(application)),
        "last_sign_in_at": last_sign_ins(visit.scope, [principal.client_id]).get(
            (principal.tenant_id, principal.client_id)
        ),
        "sign_ins_url": visit.link("sign_ins", application=str(principal.client_id))
        if visit.scope.allows(Permission.AUDIT_READ)
        else "",
        "consent_url": visit.link("application_consent", client_id=str(principal.client_id)),
    }
    return visit.render("web/applications/principal.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("applications", Permission.CONSENT_GRANT)
def withdraw(visit: Visit, principal_id: uuid.UUID) -> HttpResponseBase:
    """Ask, then end the permissions that the address names."""
    visit.require(Permission.CONSENT_GRANT)
    principal = get_principal(visit.scope, principal_id)
    chosen = _chosen(visit, principal)
    back_url = visit.link("service_principal", principal_id)
    if not chosen:
        visit.complain(_("Choose what is withdrawn."))
        return visit.redirect("service_principal", principal_id)
    names = _names(visit, principal)
    if visit.method == "POST":
        done = _("%(name)s may not do that any more.") % names
        visit.attempt(
            lambda: withdraw_consent(visit.scope, principal_id, [grant.id for grant in chosen]), done
        )
        return visit.redirect("service_principal", principal_id)
    return ask(
        visit,
        title=_("Withdraw from %(name)s?") % names,
        sentence=_("%(name)s may not do this at %(tenant)s from the next request on:") % names,
        button=_("Withdraw at %(tenant)s") % names,
        back_url=back_url,
        consequences=_lines(chosen),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("applications", Permission.CONSENT_GRANT)
def renew(visit: Visit, principal_id: uuid.UUID) -> HttpResponseBase:
    """Give the permissions that the address names another end."""
    visit.require(Permission.CONSENT_GRANT)
    principal = get_principal(visit.scope, principal_id)
    chosen = _chosen(visit, principal)
    if not chosen:
        visit.complain(_("Choose what is renewed."))
        return visit.redirect("service_principal", principal_id)
    form = TermForm(visit.request.POST or None, initial={"ends_at": usual_term().ends_at})
    ids = [grant.id for grant in chosen]
    if visit.method == "POST" and submit(
        form, lambda _values: renew_grants(visit.scope, principal_id, ids, term=form.read_term())
    ):
        visit.tell(_("%(name)s may do that until then.") % _names(visit, principal))
        return visit.redirect("service_principal", principal_id)
    context = {
        "form": form,
        "title": _("Renew what %(name)s may do") % _names(visit, principal),
        "button": _("Renew at %(tenant)s") % _names(visit, principal),
        "back_url": visit.link("service_principal", principal_id),
        "lead": say_permissions(grant.value for grant in chosen),
        "crumbs": [
            (_("Applications"), visit.link("applications")),
            (principal.display_name, visit.link("service_principal", principal_id)),
        ],
    }
    return visit.render("web/directory/form.html", context, 400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("applications", Permission.CONSENT_GRANT)
def disable(visit: Visit, principal_id: uuid.UUID) -> HttpResponseBase:
    """Ask, then keep an application out."""
    visit.require(Permission.CONSENT_GRANT)
    names = _names(visit, get_principal(visit.scope, principal_id))
    if visit.method == "POST":
        done = _("%(name)s is kept out.") % names
        visit.attempt(lambda: disable_principal(visit.scope, principal_id), done)
        return visit.redirect("service_principal", principal_id)
    words = _("From the next request on %(name)s does not come into %(tenant)s, until it is let in again.")
    return ask(
        visit,
        title=_("Keep %(name)s out?") % names,
        sentence=words % names,
        button=_("Keep out of %(tenant)s") % names,
        back_url=visit.link("service_principal", principal_id),
    )


@require_http_methods(["POST"])
@in_tenant("applications", Permission.CONSENT_GRANT)
def enable(visit: Visit, principal_id: uuid.UUID) -> HttpResponseBase:
    """Let an application in again with what it was granted."""
    visit.require(Permission.CONSENT_GRANT)
    names = _names(visit, get_principal(visit.scope, principal_id))
    visit.attempt(lambda: enable_principal(visit.scope, principal_id), _("%(name)s is let in again.") % names)
    return visit.redirect("service_principal", principal_id)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("applications", Permission.CONSENT_GRANT)
def remove(visit: Visit, principal_id: uuid.UUID) -> HttpResponseBase:
    """Ask, then take an application and all that it was granted out of the tenant."""
    visit.require(Permission.CONSENT_GRANT)
    names = _names(visit, get_principal(visit.scope, principal_id))
    if visit.method == "POST":
        remove_principal(visit.scope, principal_id)
        visit.tell(_("%(name)s removed.") % names)
        return visit.redirect("applications")
    words = _("%(name)s is taken out of %(tenant)s with everything that it was granted, for good.")
    return ask(
        visit,
        title=_("Remove %(name)s?") % names,
        sentence=words % names,
        button=_("Remove from %(tenant)s") % names,
        back_url=visit.link("service_principal", principal_id),
    )


def _chosen(visit: Visit, principal: ServicePrincipal) -> list[Grant]:
    """The permissions in force that the address names. Raises NotFound for one that is not among them."""
    held = {grant.id: grant for grant in grants_of(visit.scope, [principal], clock.now())}
    ids = {parse_uuid(text) for text in visit.request.GET.getlist("grant")}
    if ids - held.keys():
        raise NotFound("There is no such permission.")
    return [grant for grant in held.values() if grant.id in ids]


def _lines(grants: Sequence[Grant]) -> list[str]:
    return [f"{row.words} ({row.resource}, {row.kind}): {row.grant.value}" for row in grant_rows(grants)]


def _names(visit: Visit, principal: ServicePrincipal) -> dict[str, str]:
    return {"name": principal.display_name, "tenant": visit.scope.entry.tenant_name}
