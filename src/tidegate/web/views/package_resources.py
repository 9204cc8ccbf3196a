"""What a package gives, and what it is kept apart from."""

import uuid

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from tidegate.core.errors import NotFound
from tidegate.entitlements.actions.packages import keep_apart, let_together
from tidegate.entitlements.actions.resources import add_resource, remove_resource, resource_name
from tidegate.entitlements.catalog_queries import (
    count_held,
    get_package,
    list_incompatible,
    list_resource_roles,
)
from tidegate.web.confirming import ask
from tidegate.web.forms.submitting import submit
from tidegate.web.package_pages import KEY, MANAGE, apart_form, render_package, resource_form
from tidegate.web.visit import Visit, in_tenant
from tidegate.web.what_if import is_preview, preview_context


@require_http_methods(["POST"])
@in_tenant(KEY, MANAGE)
def add(visit: Visit, package_id: uuid.UUID) -> HttpResponseBase:
    """Put a group or a device group in a package, or say first for whom it opens what."""
    visit.require(MANAGE)
    package = get_package(visit.scope, package_id)
    form = resource_form(visit, visit.request.POST)
    if is_preview(visit):
        effects = preview_context(visit, form, lambda values: add_resource(visit.scope, package_id, **values))
        return render_package(visit, package, {"resource_form": form, **effects})
    if submit(form, lambda values: add_resource(visit.scope, package_id, **values)):
        visit.tell(_("The package gives that now, to whoever holds it."))
        return visit.redirect("access_package", package_id)
    return render_package(visit, package, {"resource_form": form}, 400)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant(KEY, MANAGE)
def take_out(visit: Visit, package_id: uuid.UUID, resource_id: uuid.UUID) -> HttpResponseBase:
    """Say who loses it, and ask; then take it out."""
    visit.require(MANAGE)
    package = get_package(visit.scope, package_id)
    resource = list_resource_roles(visit.scope, package_id).filter(id=resource_id).first()
    if resource is None:
        raise NotFound("This package does not give that.")

    def change() -> None:
        remove_resource(visit.scope, package_id, resource_id)

    if visit.method == "POST":
        visit.attempt(change, _("Taken out of the package."))
        return visit.redirect("access_package", package_id)
    held = count_held(visit.scope).get(package_id, 0)
    names = {
        "what": resource_name(resource),
        "package": package.display_name,
        "tenant": visit.scope.entry.tenant_name,
    }
    lost = ngettext("%(count)d assignment loses it now.", "%(count)d assignments lose it now.", held)
    return ask(
        visit,
        title=_("Take %(what)s out of %(package)s?") % names,
        sentence=_("%(package)s in %(tenant)s no longer gives %(what)s.") % names,
        button=_("Take out of %(package)s") % names,
        back_url=visit.link("access_package", package_id),
        consequences=[lost % {"count": held}],
        change=change,
    )


@require_http_methods(["POST"])
@in_tenant(KEY, MANAGE)
def separate(visit: Visit, package_id: uuid.UUID) -> HttpResponseBase:
    """Keep a package apart from another."""
    visit.require(MANAGE)
    package = get_package(visit.scope, package_id)
    form = apart_form(visit, package, visit.request.POST)
    if submit(form, lambda values: keep_apart(visit.scope, package_id, **values)):
        visit.tell(_("Nobody can ask for both any more."))
        return visit.redirect("access_package", package_id)
    return render_package(visit, package, {"apart_form": form}, 400)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant(KEY, MANAGE)
def join(visit: Visit, package_id: uuid.UUID, other_id: uuid.UUID) -> HttpResponseBase:
    """Ask, then let two packages be held together."""
    visit.require(MANAGE)
    package = get_package(visit.scope, package_id)
    other = list_incompatible(visit.scope, package_id).filter(id=other_id).first()
    if other is None:
        raise NotFound("These packages are not kept apart.")
    if visit.method == "POST":
        visit.attempt(
            lambda: let_together(visit.scope, package_id, other_id), _("They may be held together.")
        )
        return visit.redirect("access_package", package_id)
    names = {
        "one": package.display_name,
        "other": other.display_name,
        "tenant": visit.scope.entry.tenant_name,
    }
    return ask(
        visit,
        title=_("Let %(one)s and %(other)s be held together?") % names,
        sentence=_("One person can then ask for both in %(tenant)s.") % names,
        button=_("Let them be held together") % names,
        back_url=visit.link("access_package", package_id),
    )
