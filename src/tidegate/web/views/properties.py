"""Directory > Properties: where the Directory ID stands, with the link that is made of it."""

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tidegate.authorization.permissions import Permission
from tidegate.core.errors import InvalidInput
from tidegate.directory.actions.tenants import update_tenant
from tidegate.directory.queries import get_tenant, list_domains
from tidegate.web.framing import portal_link
from tidegate.web.tenant_color import color_step
from tidegate.web.visit import Visit, in_tenant

EDITABLE = (
    "display_name",
    "country",
    "data_location",
    "technical_contact",
    "privacy_contact",
    "privacy_statement_url",
)


@in_tenant("properties")
@require_http_methods(["GET", "HEAD"])
def show_properties(visit: Visit) -> HttpResponseBase:
    """The page of the four steps."""
    tenant = get_tenant(visit.scope)
    context = {
        "tenant": tenant,
        "portal_link": portal_link(visit.tid),
        "domains": list_domains(visit.scope).filter(verified_at__isnull=False),
        "color_step": color_step(visit.tid) + 1,
        "may_edit": visit.scope.allows(Permission.TENANT_UPDATE),
    }
    return visit.render("web/properties/show.html", context)


@in_tenant("properties")
@require_http_methods(["GET", "HEAD", "POST"])
def edit_properties(visit: Visit) -> HttpResponseBase:
    """Change what may be changed."""
    visit.require(Permission.TENANT_UPDATE)
    tenant = get_tenant(visit.scope)
    values = {name: visit.request.POST.get(name, getattr(tenant, name)) for name in EDITABLE}
    errors: dict[str, str] = {}
    if visit.request.method == "POST":
        try:
            update_tenant(visit.scope, values)
        except InvalidInput as error:
            errors = error.fields
        else:
            visit.tell(_("Properties saved."))
            return visit.redirect("properties")
    context = {"tenant": tenant, "values": values, "errors": errors}
    return visit.render("web/properties/edit.html", context, status=400 if errors else 200)
