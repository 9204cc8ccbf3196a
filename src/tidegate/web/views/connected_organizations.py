"""Connected organizations: whose people may be offered access packages, and who answers for them."""

import uuid

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.audit.actions import Target
from tidegate.authorization.permissions import Permission
from tidegate.core.errors import NotFound
from tidegate.directory.people import OFFERED, find_user
from tidegate.directory.queries import list_users
from tidegate.entitlements.actions.organizations import (
    add_sponsor,
    connect_organization,
    remove_organization,
    remove_sponsor,
    update_organization,
)
from tidegate.entitlements.models import ConnectedOrganization
from tidegate.entitlements.organizations import (
    count_holders,
    ending_with_organization,
    find_organization,
    get_organization,
    list_organizations,
    list_sponsors,
)
from tidegate.web.confirming import ask
from tidegate.web.forms.organizations import (
    ConnectForm,
    FindForm,
    OrganizationForm,
    RemoveForm,
    SponsorForm,
)
from tidegate.web.forms.submitting import submit
from tidegate.web.views.many_access import ORGANIZATIONS
from tidegate.web.visit import Visit, in_tenant

_KEY = "connected_organizations"
_READ, _MANAGE = Permission.ENTITLEMENT_READ, Permission.ENTITLEMENT_MANAGE


@require_safe
@in_tenant(_KEY, _READ, many=ORGANIZATIONS)
def list_all(visit: Visit) -> HttpResponseBase:
    """The connected organizations, with how many of their people hold something here."""
    organizations, holders = list(list_organizations(visit.scope)), count_holders(visit.scope)
    visit.note_view(
        "connected_organizations.viewed", Target("tenant", visit.tid, visit.scope.entry.tenant_name)
    )
    context = {
        "rows": [(one, holders.get(one.id, 0)) for one in organizations],
        "may_manage": visit.scope.allows(_MANAGE),
    }
    return visit.render("web/connected_organizations/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant(_KEY, _MANAGE)
def connect(visit: Visit) -> HttpResponseBase:
    """First which organization is meant, then what it is called here."""
    visit.require(_MANAGE)
    if visit.method != "POST":
        return _render_find(visit, FindForm())
    if "display_name" not in visit.request.POST:
        return _find(visit, FindForm(visit.request.POST))
    form, made = ConnectForm(visit.request.POST), list[ConnectedOrganization]()
    if submit(form, lambda values: made.append(connect_organization(visit.scope, **values))):
        visit.tell(_("%(name)s is connected.") % {"name": made[0].display_name})
        return visit.redirect("connected_organization", made[0].id)
    return _render_connect(visit, form, visit.request.POST.get("tid", ""))


@require_safe
@in_tenant(_KEY, _READ)
def show(visit: Visit, organization_id: uuid.UUID) -> HttpResponseBase:
    """One organization: its sponsors, who came through it, which policies name it."""
    organization = get_organization(visit.scope, organization_id)
    target = Target("connected_organization", str(organization.id), organization.display_name)
    visit.note_view("connected_organization.viewed", target)
    return _render(visit, organization, None)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant(_KEY, _MANAGE)
def edit(visit: Visit, organization_id: uuid.UUID) -> HttpResponseBase:
    """Another name, other words, another state."""
    visit.require(_MANAGE)
    found = get_organization(visit.scope, organization_id)
    initial = {name: getattr(found, name) for name in OrganizationForm.base_fields}
    form = OrganizationForm(visit.request.POST or None, initial=initial)
    if visit.method == "POST" and submit(
        form, lambda values: update_organization(visit.scope, organization_id, **values)
    ):
        visit.tell(_("Organization saved."))
        return visit.redirect("connected_organization", organization_id)
    context = {
        "title": _("Edit %(name)s") % {"name": found.display_name},
        "form": form,
        "button": _("Save"),
        "back_url": visit.link("connected_organization", organization_id),
        "crumbs": _crumbs(visit),
    }
    return visit.render("web/directory/form.html", context, status=400 if form.errors else 200)


@require_http_methods(["POST"])
@in_tenant(_KEY, _MANAGE)
def sponsor(visit: Visit, organization_id: uuid.UUID) -> HttpResponseBase:
    """Let a member or a guest answer for it."""
    visit.require(_MANAGE)
    organization = get_organization(visit.scope, organization_id)
    form = SponsorForm(visit.request.POST)
    if submit(form, lambda values: _add_sponsor(visit, organization_id, **values)):
        visit.tell(_("Sponsor added."))
        return visit.redirect("connected_organization", organization_id)
    return _render(visit, organization, form, status=400)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant(_KEY, _MANAGE)
def unsponsor(visit: Visit, organization_id: uuid.UUID, sponsor_id: uuid.UUID) -> HttpResponseBase:
    """Ask, then take a sponsor away."""
    visit.require(_MANAGE)
    organization = get_organization(visit.scope, organization_id)
    found = list_sponsors(visit.scope, organization_id).filter(id=sponsor_id).first()
    if found is None:
        raise NotFound("There is no such sponsor.")
    if visit.method == "POST":
        visit.attempt(
            lambda: remove_sponsor(visit.scope, organization_id, sponsor_id), _("Sponsor taken away.")
        )
        return visit.redirect("connected_organization", organization_id)
    names = {"name": found.user.display_name, "organization": organization.display_name}
    return ask(
        visit,
        title=_("Take %(name)s away as a sponsor?") % names,
        sentence=_("%(name)s no longer decides for %(organization)s in %(tenant)s.")
        % {**names, "tenant": visit.scope.entry.tenant_name},
        button=_("Take %(name)s away") % names,
        back_url=visit.link("connected_organization", organization_id),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant(_KEY, _MANAGE)
def remove(visit: Visit, organization_id: uuid.UUID) -> HttpResponseBase:
    """Say what ends, by name and count, and ask; then part with it."""
    visit.require(_MANAGE)
    organization = get_organization(visit.scope, organization_id)
    if visit.method == "POST":
        ends = "ends_assignments" in visit.request.POST
        done = _("%(name)s is no longer connected.") % {"name": organization.display_name}
        visit.attempt(lambda: remove_organization(visit.scope, organization_id, ends_assignments=ends), done)
        return visit.redirect("connected_organizations")
    context = {
        "organization": organization,
        "ending": ending_with_organization(visit.scope, organization_id),
        "form": RemoveForm(initial={"ends_assignments": True}),
    }
    return visit.render("web/connected_organizations/remove.html", context)


def _find(visit: Visit, form: FindForm) -> HttpResponse:
    proposed: dict[str, str] = {}

    def find(tid: str) -> None:
        found = find_organization(visit.scope, tid)
        proposed.update(tid=tid, display_name=found.name or found.typed, name=found.name or "")

    if not submit(form, lambda values: find(values["tid"])):
        return _render_find(visit, form)
    return _render_connect(visit, ConnectForm(initial=proposed), proposed["tid"], proposed["name"])


def _render_find(visit: Visit, form: FindForm) -> HttpResponse:
    context = {
        "title": _("Connect an organization"),
        "form": form,
        "button": _("Next"),
        "back_url": visit.link("connected_organizations"),
        "crumbs": _crumbs(visit),
    }
    return visit.render("web/directory/form.html", context, status=400 if form.errors else 200)


def _render_connect(visit: Visit, form: ConnectForm, tid: str, name: str = "") -> HttpResponse:
    if name:
        lead = _("%(tid)s is %(name)s.") % {"tid": tid, "name": name}
    else:
        lead = _("%(tid)s is kept as you typed it.") % {"tid": tid}
    context = {
        "title": _("Connect an organization"),
        "lead": lead,
        "form": form,
        "button": _("Connect to %(tenant)s") % {"tenant": visit.scope.entry.tenant_name},
        "back_url": visit.link("connected_organizations"),
        "crumbs": _crumbs(visit),
    }
    return visit.render("web/directory/form.html", context, status=400 if form.errors else 200)


def _add_sponsor(visit: Visit, organization_id: uuid.UUID, *, user: str, kind: str) -> None:
    found = find_user(visit.scope, user)
    add_sponsor(visit.scope, organization_id, user_id=found.id, kind=kind)


def _render(
    visit: Visit, organization: ConnectedOrganization, form: SponsorForm | None, status: int = 200
) -> HttpResponse:
    may_manage = visit.scope.allows(_MANAGE)
    ending = ending_with_organization(visit.scope, organization.id)
    held = len(ending.assignments)
    context = {
        "organization": organization,
        "sponsors": list(list_sponsors(visit.scope, organization.id)),
        "assignments": ending.assignments,
        "held": ngettext("%(count)d assignment", "%(count)d assignments", held) % {"count": held},
        "requests": ending.requests,
        "policies": ending.policies,
        "may_manage": may_manage,
        "form": form or (SponsorForm() if may_manage else None),
        "people": list(list_users(visit.scope)[:OFFERED]) if may_manage else [],
    }
    template = "web/connected_organizations/show.html"
    return visit.render(template, context, status, of=f"connected_organization:{organization.id}")


def _crumbs(visit: Visit) -> list[tuple[str, str]]:
    return [(_("Connected organizations"), visit.link("connected_organizations"))]
