"""What an application proves itself with: made, shown once where it is a secret, and taken away."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseBase
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tidegate.authorization.permissions import Permission
from tidegate.core.errors import NotFound
from tidegate.directory.actions.credentials import (
    NewSecret,
    add_certificate,
    add_federated_credential,
    add_secret,
    remove_credential,
)
from tidegate.directory.applications import get_application, list_credentials
from tidegate.directory.models import Application
from tidegate.web.confirming import ask
from tidegate.web.forms.applications import CertificateForm, FederatedForm, SecretForm
from tidegate.web.forms.submitting import submit
from tidegate.web.visit import Visit, in_tenant


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("applications", Permission.APPLICATION_MANAGE)
def new_secret(visit: Visit, application_id: uuid.UUID) -> HttpResponseBase:
    """A secret, whose text stands on the page that answers and nowhere else."""
    visit.require(Permission.APPLICATION_MANAGE)
    application = get_application(visit.scope, application_id)
    form, made = SecretForm(visit.request.POST or None), list[NewSecret]()
    if visit.method == "POST" and submit(
        form, lambda values: made.append(add_secret(visit.scope, application_id, **values))
    ):
        return visit.render("web/applications/secret.html", {"application": application, "made": made[0]})
    return _render(visit, application, form, _("New secret"), _("Make a secret"))


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("applications", Permission.APPLICATION_MANAGE)
def new_certificate(visit: Visit, application_id: uuid.UUID) -> HttpResponseBase:
    """A certificate with whose key the application signs."""
    form = CertificateForm(visit.request.POST or None)

    def add(values: Mapping[str, Any]) -> None:
        given = dict(values)
        add_certificate(visit.scope, application_id, pem=given.pop("certificate"), **given)

    return _add(visit, application_id, form, add, _("Add a certificate"))


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("applications", Permission.APPLICATION_MANAGE)
def new_federated(visit: Visit, application_id: uuid.UUID) -> HttpResponseBase:
    """Another issuer whose tokens prove the application to be itself."""
    form = FederatedForm(visit.request.POST or None)

    def add(values: Mapping[str, Any]) -> None:
        add_federated_credential(visit.scope, application_id, **values)

    return _add(visit, application_id, form, add, _("Add a federated credential"))


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("applications", Permission.APPLICATION_MANAGE)
def remove(visit: Visit, application_id: uuid.UUID, credential_id: uuid.UUID) -> HttpResponseBase:
    """Ask, then let a credential prove nothing any more."""
    visit.require(Permission.APPLICATION_MANAGE)
    application = get_application(visit.scope, application_id)
    credential = list_credentials(visit.scope, application).filter(id=credential_id).first()
    if credential is None:
        raise NotFound("There is no such credential.")
    names = {
        "what": credential.display_name or credential.hint or credential.subject or credential.x5t_s256,
        "name": application.display_name,
        "tenant": visit.scope.entry.tenant_name,
    }
    if visit.method == "POST":
        remove_credential(visit.scope, application_id, credential_id)
        visit.tell(_("%(what)s removed from %(name)s.") % names)
        return visit.redirect("application", application_id)
    return ask(
        visit,
        title=_("Remove %(what)s?") % names,
        sentence=_("Whatever still uses it can no longer act as %(name)s of %(tenant)s.") % names,
        button=_("Remove at %(tenant)s") % names,
        back_url=visit.link("application", application_id),
    )


def _add(
    visit: Visit,
    application_id: uuid.UUID,
    form: forms.Form,
    add: Callable[[Mapping[str, Any]], None],
    title: str,
) -> HttpResponseBase:
    visit.require(Permission.APPLICATION_MANAGE)
    application = get_application(visit.scope, application_id)
    if visit.method == "POST" and submit(form, add):
        visit.tell(_("%(name)s can prove itself with it from now on.") % {"name": application.display_name})
        return visit.redirect("application", application_id)
    return _render(visit, application, form, title, title)


def _render(
    visit: Visit, application: Application, form: forms.Form, title: str | Promise, button: str | Promise
) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "button": button,
        "back_url": visit.link("application", application.id),
        "crumbs": [
            (_("Applications"), visit.link("applications")),
            (application.display_name, visit.link("application", application.id)),
        ],
    }
    return visit.render("web/applications/credential.html", context, 400 if form.errors else 200)
