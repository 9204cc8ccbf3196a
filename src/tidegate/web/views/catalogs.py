"""Catalogs: made and changed. They are listed with their packages."""

import uuid

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tidegate.entitlements.actions.catalogs import create_catalog, update_catalog
from tidegate.entitlements.catalog_queries import get_catalog
from tidegate.entitlements.words import CatalogState
from tidegate.web.forms.packages import CatalogForm
from tidegate.web.forms.submitting import submit
from tidegate.web.package_pages import KEY, MANAGE, crumbs
from tidegate.web.visit import Visit, in_tenant


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant(KEY, MANAGE)
def create(visit: Visit) -> HttpResponseBase:
    """A catalog without packages."""
    visit.require(MANAGE)
    form = CatalogForm(
        visit.request.POST or None, initial={"is_published": True, "is_externally_visible": True}
    )
    if visit.method == "POST" and submit(form, lambda values: create_catalog(visit.scope, **values)):
        visit.tell(_("Catalog created."))
        return visit.redirect("access_packages")
    return _render(visit, form, _("New catalog"), _("Create catalog"))


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant(KEY, MANAGE)
def edit(visit: Visit, catalog_id: uuid.UUID) -> HttpResponseBase:
    """Another name, other words; open or closed."""
    visit.require(MANAGE)
    catalog = get_catalog(visit.scope, catalog_id)
    initial = {
        "display_name": catalog.display_name,
        "description": catalog.description,
        "is_published": catalog.state == CatalogState.PUBLISHED,
        "is_externally_visible": catalog.is_externally_visible,
    }
    form = CatalogForm(visit.request.POST or None, initial=initial)
    if visit.method == "POST" and submit(
        form, lambda values: update_catalog(visit.scope, catalog_id, **values)
    ):
        visit.tell(_("Catalog saved."))
        return visit.redirect("access_packages")
    return _render(visit, form, _("Edit %(name)s") % {"name": catalog.display_name}, _("Save"))


def _render(visit: Visit, form: CatalogForm, title: str, button: str) -> HttpResponse:
    context = {
        "title": title,
        "form": form,
        "button": button,
        "back_url": visit.link("access_packages"),
        "crumbs": crumbs(visit),
    }
    return visit.render("web/directory/form.html", context, status=400 if form.errors else 200)
