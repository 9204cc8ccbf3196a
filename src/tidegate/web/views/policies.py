"""Policies of an access package: written, changed, switched off and on, removed."""

import uuid
from collections.abc import Callable
from dataclasses import replace

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tidegate.core.errors import Conflict, InvalidInput
from tidegate.directory.people import OFFERED
from tidegate.directory.queries import list_users
from tidegate.entitlements.actions.policies import (
    create_policy,
    disable_policy,
    enable_policy,
    remove_policy,
    update_policy,
)
from tidegate.entitlements.catalog_queries import get_package, get_policy, list_targets
from tidegate.entitlements.models import AccessPackage
from tidegate.entitlements.terms import Terms
from tidegate.web.confirming import ask
from tidegate.web.forms.policies import Initial, PolicyForms, fill_forms, is_rearranged, read_forms
from tidegate.web.package_pages import KEY, MANAGE, crumbs
from tidegate.web.policy_drafts import NEW, initial_of, offered_to, read_terms
from tidegate.web.visit import Visit, in_tenant, say


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant(KEY, MANAGE)
def create(visit: Visit, package_id: uuid.UUID) -> HttpResponseBase:
    """A policy for a package."""
    visit.require(MANAGE)
    package = get_package(visit.scope, package_id)
    return _write(
        visit,
        package,
        NEW,
        lambda terms: create_policy(visit.scope, package_id, terms),
        title=_("New policy"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant(KEY, MANAGE)
def edit(visit: Visit, package_id: uuid.UUID, policy_id: uuid.UUID) -> HttpResponseBase:
    """Write a policy anew."""
    visit.require(MANAGE)
    package, policy = get_package(visit.scope, package_id), get_policy(visit.scope, package_id, policy_id)
    targets = list_targets(visit.scope, package_id).filter(policy_id=policy_id)

    def update(terms: Terms) -> object:
        return update_policy(visit.scope, package_id, policy_id, terms)

    return _write(
        visit,
        package,
        initial_of(visit.scope, policy, targets),
        update,
        title=_("Edit %(name)s") % {"name": policy.display_name},
        accepts_requests=policy.accepts_requests,
    )


@require_http_methods(["POST"])
@in_tenant(KEY, MANAGE)
def switch(visit: Visit, package_id: uuid.UUID, policy_id: uuid.UUID) -> HttpResponseBase:
    """Off, so that it gives nothing to anybody; or on again."""
    visit.require(MANAGE)
    if visit.request.POST.get("to") == "on":
        visit.attempt(lambda: enable_policy(visit.scope, package_id, policy_id), _("Policy switched on."))
    else:
        visit.attempt(lambda: disable_policy(visit.scope, package_id, policy_id), _("Policy switched off."))
    return visit.redirect("access_package", package_id)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant(KEY, MANAGE)
def remove(visit: Visit, package_id: uuid.UUID, policy_id: uuid.UUID) -> HttpResponseBase:
    """Ask, then take a policy away."""
    visit.require(MANAGE)
    policy = get_policy(visit.scope, package_id, policy_id)
    if visit.method == "POST":
        visit.attempt(lambda: remove_policy(visit.scope, package_id, policy_id), _("Policy removed."))
        return visit.redirect("access_package", package_id)
    names = {
        "policy": policy.display_name,
        "package": policy.package.display_name,
        "tenant": visit.scope.entry.tenant_name,
    }
    return ask(
        visit,
        title=_("Remove %(policy)s?") % names,
        sentence=_("%(package)s in %(tenant)s can no longer be asked for under %(policy)s.") % names,
        button=_("Remove from %(package)s") % names,
        back_url=visit.link("access_package", package_id),
    )


def _write(
    visit: Visit,
    package: AccessPackage,
    initial: Initial,
    save: Callable[[Terms], object],
    *,
    title: str,
    accepts_requests: bool = True,
) -> HttpResponseBase:
    """The form, as it is, rearranged, refused, or saved."""
    offered, glass = offered_to(visit.scope), package.is_break_glass
    if visit.method != "POST":
        return _render(visit, package, fill_forms(initial, offered, is_break_glass=glass), title)
    forms = read_forms(visit.request.POST, offered, is_break_glass=glass)
    if is_rearranged(visit.request.POST):
        return _render(visit, package, forms, title)
    if forms.is_valid() and _save(visit, forms, save, package, accepts_requests=accepts_requests):
        visit.tell(_("Policy saved."))
        return visit.redirect("access_package", package.id)
    return _render(visit, package, forms, title)


def _save(
    visit: Visit,
    forms: PolicyForms,
    save: Callable[[Terms], object],
    package: AccessPackage,
    *,
    accepts_requests: bool,
) -> bool:
    try:
        terms = read_terms(visit.scope, forms, is_break_glass=package.is_break_glass)
        save(replace(terms, accepts_requests=accepts_requests))
    except InvalidInput as error:
        forms.take(error)
    except Conflict as error:
        forms.policy.add_error(None, say(error))
    return not forms.errors


def _render(visit: Visit, package: AccessPackage, forms: PolicyForms, title: str) -> HttpResponse:
    context = {
        "title": title,
        "package": package,
        "forms": forms,
        "crumbs": crumbs(visit, package),
        "people": list(list_users(visit.scope)[:OFFERED]),
    }
    refused = visit.method == "POST" and forms.errors
    return visit.render("web/access_packages/policy.html", context, status=400 if refused else 200)
