"""Directory > Properties: where the Directory ID stands, with the link that is made of it."""

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.audit.actions import Target
from tidegate.authorization.permissions import Permission
from tidegate.directory.actions.tenants import update_tenant
from tidegate.directory.queries import get_tenant, list_domains
from tidegate.web.countries import country_name
from tidegate.web.forms.properties import PropertiesForm
from tidegate.web.forms.submitting import submit
from tidegate.web.framing import portal_link
from tidegate.web.tenant_color import STEPS, color_step
from tidegate.web.views.many_directory import PROPERTIES
from tidegate.web.visit import Visit, in_tenant


@require_safe
@in_tenant("properties", many=PROPERTIES)
def show_properties(visit: Visit) -> HttpResponseBase:
    """The page of the four steps."""
    tenant = get_tenant(visit.scope)
    visit.note_view("properties.viewed", Target("tenant", visit.tid, tenant.display_name))
    context = {
        "tenant": tenant,
        "country": country_name(tenant.country),
        "portal_link": portal_link(visit.tid),
        "domains": list_domains(visit.scope).filter(verified_at__isnull=False),
        "color_step": color_step(visit.tid) + 1,
        "color_steps": STEPS,
        "may_edit": visit.scope.allows(Permission.TENANT_UPDATE),
        "may_manage_domains": visit.scope.allows(Permission.DOMAIN_MANAGE),
    }
    return visit.render("web/properties/show.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("properties", Permission.TENANT_UPDATE)
def edit_properties(visit: Visit) -> HttpResponseBase:
    """Change what may be changed."""
    visit.require(Permission.TENANT_UPDATE)
    tenant = get_tenant(visit.scope)
    initial = {name: getattr(tenant, name) for name in PropertiesForm.base_fields}
    form = PropertiesForm(visit.request.POST or None, initial=initial)
    if visit.method == "POST" and submit(form, lambda values: update_tenant(visit.scope, values)):
        visit.tell(_("Properties saved."))
        return visit.redirect("properties")
    context = {
        "title": _("Edit properties"),
        "form": form,
        "button": _("Save"),
        "back_url": visit.link("properties"),
        "crumbs": [(_("Properties"), visit.link("properties"))],
    }
    return visit.render("web/directory/form.html", context, status=400 if form.errors else 200)
