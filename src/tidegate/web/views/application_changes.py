"""An application registered, changed, disabled and removed by its owner; and what it needs, chosen."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tidegate.authorization.api_permissions import GrantKind, Resource
from tidegate.authorization.permissions import Permission
from tidegate.directory.actions.applications import (
    disable_application,
    enable_application,
    register_application,
    remove_application,
    update_application,
)
from tidegate.directory.applications import get_application
from tidegate.directory.models import Application
from tidegate.web.api_words import (
    KIND_WORDS,
    PERMISSIONS_BY_KEY,
    RESOURCE_WORDS,
    read_required,
    say_permission,
)
from tidegate.web.confirming import ask
from tidegate.web.forms.applications import (
    ApplicationForm,
    RequiredForm,
    read_registration,
    show_application,
    show_required,
)
from tidegate.web.forms.submitting import submit
from tidegate.web.views.applications import Shown
from tidegate.web.visit import Visit, in_tenant


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("applications", Permission.APPLICATION_MANAGE)
def register(visit: Visit) -> HttpResponseBase:
    """Register an application; what it needs and what it proves itself with comes on its page."""
    visit.require(Permission.APPLICATION_MANAGE)
    form, made = ApplicationForm(visit.request.POST or None), list[Application]()
    if visit.method == "POST" and submit(
        form, lambda _values: made.append(register_application(visit.scope, form.read()))
    ):
        visit.tell(_("%(name)s registered.") % {"name": made[0].display_name})
        return visit.redirect("application", made[0].id)
    return _render_form(visit, form, _("Register an application"), _("Register"), visit.link("applications"))


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("applications", Permission.APPLICATION_MANAGE)
def edit(visit: Visit, application_id: uuid.UUID) -> HttpResponseBase:
    """Change what its owner decides of it."""
    visit.require(Permission.APPLICATION_MANAGE)
    application = get_application(visit.scope, application_id)
    form = ApplicationForm(visit.request.POST or None, initial=show_application(application))
    required = read_required(application)
    if visit.method == "POST" and submit(
        form, lambda _values: update_application(visit.scope, application_id, form.read(required))
    ):
        visit.tell(_("%(name)s saved.") % {"name": form.cleaned_data["display_name"]})
        return visit.redirect("application", application_id)
    title = _("Edit %(name)s") % {"name": application.display_name}
    return _render_form(visit, form, title, _("Save"), visit.link("application", application_id))


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("applications", Permission.APPLICATION_MANAGE)
def choose_required(visit: Visit, application_id: uuid.UUID) -> HttpResponseBase:
    """Say what an application needs; whoever lets it in is asked for that."""
    visit.require(Permission.APPLICATION_MANAGE)
    application = get_application(visit.scope, application_id)
    form = RequiredForm(
        visit.request.POST if visit.method == "POST" else None, initial=show_required(application)
    )

    def save(values: Mapping[str, Any]) -> None:
        update_application(visit.scope, application_id, read_registration(application, values["permissions"]))

    if visit.method == "POST" and submit(form, save):
        visit.tell(_("What %(name)s needs was saved.") % {"name": application.display_name})
        return visit.redirect("application", application_id)
    sections = _sections(form["permissions"].value() or ())
    context = {"form": form, "application": application, "sections": sections}
    return visit.render("web/applications/permissions.html", context, 400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("applications", Permission.APPLICATION_MANAGE)
def disable(visit: Visit, application_id: uuid.UUID) -> HttpResponseBase:
    """Ask, then let it in nowhere."""
    visit.require(Permission.APPLICATION_MANAGE)
    names = _names(visit, application_id)
    if visit.method == "POST":
        visit.attempt(
            lambda: disable_application(visit.scope, application_id), _("%(name)s disabled.") % names
        )
        return visit.redirect("application", application_id)
    words = _("From the next request on %(name)s of %(tenant)s is let in nowhere, until it is enabled again.")
    return ask(
        visit,
        title=_("Disable %(name)s?") % names,
        sentence=words % names,
        button=_("Disable at %(tenant)s") % names,
        back_url=visit.link("application", application_id),
    )


@require_http_methods(["POST"])
@in_tenant("applications", Permission.APPLICATION_MANAGE)
def enable(visit: Visit, application_id: uuid.UUID) -> HttpResponseBase:
    """Let it in again where it was let in."""
    visit.require(Permission.APPLICATION_MANAGE)
    names = _names(visit, application_id)
    visit.attempt(lambda: enable_application(visit.scope, application_id), _("%(name)s enabled.") % names)
    return visit.redirect("application", application_id)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("applications", Permission.APPLICATION_MANAGE)
def remove(visit: Visit, application_id: uuid.UUID) -> HttpResponseBase:
    """Ask, then take an application away for good."""
    visit.require(Permission.APPLICATION_MANAGE)
    names = _names(visit, application_id)
    if visit.method == "POST":
        remove_application(visit.scope, application_id)
        visit.tell(_("%(name)s removed.") % names)
        return visit.redirect("applications", show=Shown.REGISTERED)
    words = _("%(name)s is removed for good, from %(tenant)s and from every tenant that let it in.")
    return ask(
        visit,
        title=_("Remove %(name)s?") % names,
        sentence=words % names,
        button=_("Remove from %(tenant)s") % names,
        back_url=visit.link("application", application_id),
        consequences=[_("Its ID is never used again: whoever consented to it consents to a new one.")],
    )


def _render_form(visit: Visit, form: ApplicationForm, title: str, button: str, back_url: str) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "button": button,
        "back_url": back_url,
        "crumbs": [(_("Applications"), visit.link("applications"))],
    }
    return visit.render("web/directory/form.html", context, 400 if form.errors else 200)


def _names(visit: Visit, application_id: uuid.UUID) -> dict[str, str]:
    application = get_application(visit.scope, application_id)
    return {"name": application.display_name, "tenant": visit.scope.entry.tenant_name}


def _sections(ticked: Sequence[str]) -> list[dict[str, object]]:
    """Every permission of every API, by API and kind, as the picker shows them."""
    return [
        {
            "title": RESOURCE_WORDS[resource],
            "kind": KIND_WORDS[kind],
            "lines": [
                (key, each.value, say_permission(each.value), key in ticked)
                for key, each in PERMISSIONS_BY_KEY.items()
                if (each.resource, each.kind) == (resource, kind)
            ],
        }
        for resource in Resource
        for kind in GrantKind
    ]
