"""The ready-made set-up of a provider: one form, what it will make, and the links to hand out."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.authorization.permissions import Permission
from tidegate.directory.people import OFFERED
from tidegate.directory.queries import list_users
from tidegate.entitlements.actions.template import Setup, set_up_provider
from tidegate.entitlements.catalog_queries import get_catalog, list_packages
from tidegate.web.forms.provider_setup import ProviderSetupForm
from tidegate.web.forms.submitting import submit
from tidegate.web.package_pages import KEY, MANAGE, READ, crumbs, package_links
from tidegate.web.policy_drafts import find_people
from tidegate.web.visit import Visit, in_tenant
from tidegate.web.what_if import is_preview, preview_context


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant(KEY, MANAGE)
def set_up(visit: Visit) -> HttpResponseBase:
    """Ask; show what will be made; make it and show the links."""
    for permission in (MANAGE, Permission.GROUP_MANAGE, Permission.ROLE_ASSIGN):
        visit.require(permission)
    form = ProviderSetupForm(visit.request.POST or None)
    if is_preview(visit):
        return _render(visit, form, _preview(visit, form))
    made: list[Setup] = []
    if visit.method == "POST" and submit(form, lambda values: made.append(_set_up(visit, values))):
        visit.tell(_("%(name)s is set up.") % {"name": made[0].organization.display_name})
        return visit.redirect("provider_links", made[0].catalog.id)
    return _render(visit, form, {})


@require_safe
@in_tenant(KEY, READ)
def show_links(visit: Visit, catalog_id: uuid.UUID) -> HttpResponseBase:
    """The links of a catalog's packages, to be handed to the provider."""
    catalog = get_catalog(visit.scope, catalog_id)
    packages = list_packages(visit.scope).filter(catalog_id=catalog.id)
    context = {
        "catalog": catalog,
        "rows": [(package, *package_links(visit, package)) for package in packages],
        "crumbs": crumbs(visit),
    }
    return visit.render("web/access_packages/links.html", context)


def _preview(visit: Visit, form: ProviderSetupForm) -> dict[str, Any]:
    """What would be made, by making it and undoing it; and for whom that opens what."""
    made: list[Setup] = []
    effects = preview_context(visit, form, lambda values: made.append(_set_up(visit, values)))
    return {**effects, "plan": made[0] if made and not form.errors else None}


def _render(visit: Visit, form: ProviderSetupForm, seen: Mapping[str, Any]) -> HttpResponse:
    context = {
        "form": form,
        "crumbs": crumbs(visit),
        "people": list(list_users(visit.scope)[:OFFERED]),
        **seen,
    }
    return visit.render("web/access_packages/setup.html", context, status=400 if form.errors else 200)


def _set_up(visit: Visit, values: Mapping[str, Any]) -> Setup:
    chosen = {name: values[name] for name in ("provider_name", "catalog_name", "label", "days")}
    approver_ids = tuple(find_people(visit.scope, values["approvers"], "approvers"))
    return set_up_provider(visit.scope, provider_tid=values["tid"], approver_ids=approver_ids, **chosen)
