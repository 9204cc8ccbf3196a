"""Access packages and their catalogs: what is on offer, and what each package gives."""

import uuid
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.audit.actions import Target
from tidegate.entitlements.actions.packages import create_package, remove_package, update_package
from tidegate.entitlements.catalog_queries import (
    count_held,
    count_pending,
    get_package,
    list_catalogs,
    list_packages,
)
from tidegate.entitlements.models import AccessPackage
from tidegate.entitlements.organizations import Ending, ending_with_package
from tidegate.web.confirming import ask
from tidegate.web.forms.packages import NewPackageForm, PackageForm
from tidegate.web.forms.submitting import submit
from tidegate.web.package_pages import KEY, MANAGE, READ, crumbs, render_package
from tidegate.web.views.many_access import list_packages_of
from tidegate.web.visit import Visit, in_tenant


@require_safe
@in_tenant(KEY, READ, many=list_packages_of)
def list_all(visit: Visit) -> HttpResponseBase:
    """The packages by catalog, with how many hold each and how many ask."""
    scope = visit.scope
    packages, catalogs = list(list_packages(scope)), list(list_catalogs(scope))
    held, pending = count_held(scope), count_pending(scope)
    visit.note_view("access_packages.viewed", Target("tenant", visit.tid, scope.entry.tenant_name))
    context = {
        "catalogs": [
            (
                catalog,
                [
                    (one, held.get(one.id, 0), pending.get(one.id, 0))
                    for one in packages
                    if one.catalog_id == catalog.id
                ],
            )
            for catalog in catalogs
        ],
        "may_manage": scope.allows(MANAGE),
    }
    return visit.render("web/access_packages/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant(KEY, MANAGE)
def create(visit: Visit) -> HttpResponseBase:
    """An empty package."""
    visit.require(MANAGE)
    catalogs, made = list(list_catalogs(visit.scope)), list[AccessPackage]()
    initial = {"catalog_id": visit.request.GET.get("catalog", "")}
    form = NewPackageForm(visit.request.POST or None, initial=initial, catalogs=catalogs)
    if visit.method == "POST" and submit(
        form, lambda values: made.append(create_package(visit.scope, **values))
    ):
        visit.tell(_("%(name)s created.") % {"name": made[0].display_name})
        return visit.redirect("access_package", made[0].id)
    title, back_url = _("New access package"), visit.link("access_packages")
    return _render_form(visit, form, title, _("Create"), back_url)


@require_safe
@in_tenant(KEY, READ)
def show(visit: Visit, package_id: uuid.UUID) -> HttpResponseBase:
    """What a package gives, under which policies, by which link."""
    package = get_package(visit.scope, package_id)
    visit.note_view("access_package.viewed", Target("access_package", str(package.id), package.display_name))
    return render_package(visit, package)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant(KEY, MANAGE)
def edit(visit: Visit, package_id: uuid.UUID) -> HttpResponseBase:
    """Another name, other words, another catalog; hidden or listed."""
    visit.require(MANAGE)
    package = get_package(visit.scope, package_id)
    initial: dict[str, Any] = {name: getattr(package, name) for name in PackageForm.base_fields}
    catalogs = list(list_catalogs(visit.scope))
    form = PackageForm(visit.request.POST or None, initial=initial, catalogs=catalogs)
    if visit.method == "POST" and submit(
        form, lambda values: update_package(visit.scope, package_id, **values)
    ):
        visit.tell(_("Package saved."))
        return visit.redirect("access_package", package_id)
    title = _("Edit %(name)s") % {"name": package.display_name}
    return _render_form(visit, form, title, _("Save"), visit.link("access_package", package_id))


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant(KEY, MANAGE)
def remove(visit: Visit, package_id: uuid.UUID) -> HttpResponseBase:
    """Say whose access ends with it, and ask; then take it away."""
    visit.require(MANAGE)
    package = get_package(visit.scope, package_id)
    names = {"name": package.display_name, "tenant": visit.scope.entry.tenant_name}
    ending = ending_with_package(visit.scope, package_id)
    if visit.method == "POST":
        done = _("%(name)s removed.") % names
        removed = visit.attempt(lambda: remove_package(visit.scope, package_id, ends_assignments=True), done)
        return visit.redirect("access_packages") if removed else visit.redirect("access_package", package_id)
    return ask(
        visit,
        title=_("Remove %(name)s?") % names,
        sentence=_("Nobody can ask for %(name)s in %(tenant)s any more.") % names,
        button=_("Remove from %(tenant)s") % names,
        back_url=visit.link("access_package", package_id),
        consequences=_consequences(ending),
        change=lambda: remove_package(visit.scope, package_id, ends_assignments=True),
    )


def _consequences(ending: Ending) -> list[str]:
    held, asked = len(ending.assignments), len(ending.requests)
    lost = [
        _("%(name)s loses this access now.") % {"name": one.user.display_name} for one in ending.assignments
    ]
    access = ngettext("%(count)d assignment ends now.", "%(count)d assignments end now.", held)
    canceled = ngettext("%(count)d open request is canceled.", "%(count)d open requests are canceled.", asked)
    return [access % {"count": held}, *lost, canceled % {"count": asked}]


def _render_form(visit: Visit, form: PackageForm, title: str, button: str, back_url: str) -> HttpResponse:
    context = {
        "title": title,
        "form": form,
        "button": button,
        "back_url": back_url,
        "crumbs": crumbs(visit),
    }
    return visit.render("web/directory/form.html", context, status=400 if form.errors else 200)
