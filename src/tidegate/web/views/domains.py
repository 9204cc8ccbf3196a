"""Domains: claimed, proven by a TXT record, made the default, given up."""

from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.audit.actions import Target
from tidegate.authorization.permissions import Permission
from tidegate.directory.actions.domains import add_domain, make_domain_default, remove_domain, verify_domain
from tidegate.directory.queries import get_domain, list_domains
from tidegate.web.confirming import ask
from tidegate.web.forms.directory import DomainForm
from tidegate.web.forms.submitting import submit
from tidegate.web.visit import Visit, in_tenant


@require_safe
@in_tenant("properties")
def list_all(visit: Visit) -> HttpResponseBase:
    """The tenant's domains; those not yet verified only for who may verify them."""
    visit.note_view("domains.viewed", Target("tenant", visit.tid, visit.scope.entry.tenant_name))
    return _render(visit, None)


@require_http_methods(["POST"])
@in_tenant("properties", Permission.DOMAIN_MANAGE)
def add(visit: Visit) -> HttpResponseBase:
    """Claim a domain; the list then shows the record that proves it."""
    visit.require(Permission.DOMAIN_MANAGE)
    form = DomainForm(visit.request.POST)
    if submit(form, lambda values: add_domain(visit.scope, values["domain"])):
        visit.tell(_("Domain added. Create its TXT record, then verify it."))
        return visit.redirect("domains")
    return _render(visit, form, status=400)


@require_http_methods(["POST"])
@in_tenant("properties", Permission.DOMAIN_MANAGE)
def verify(visit: Visit, domain_id: int) -> HttpResponseBase:
    """Look for the record."""
    visit.attempt(lambda: verify_domain(visit.scope, domain_id), _("Domain verified."))
    return visit.redirect("domains")


@require_http_methods(["POST"])
@in_tenant("properties", Permission.DOMAIN_MANAGE)
def make_default(visit: Visit, domain_id: int) -> HttpResponseBase:
    """New user names are made under it."""
    visit.attempt(lambda: make_domain_default(visit.scope, domain_id), _("Default domain changed."))
    return visit.redirect("domains")


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("properties", Permission.DOMAIN_MANAGE)
def remove(visit: Visit, domain_id: int) -> HttpResponseBase:
    """Ask, then give a domain up."""
    visit.require(Permission.DOMAIN_MANAGE)
    domain = get_domain(visit.scope, domain_id)
    if visit.method == "POST":
        visit.attempt(lambda: remove_domain(visit.scope, domain_id), _("Domain removed."))
        return visit.redirect("domains")
    names = {"domain": domain.name, "tenant": visit.scope.entry.tenant_name}
    return ask(
        visit,
        title=_("Remove %(domain)s?") % names,
        sentence=_("Links with ?tid=%(domain)s no longer lead to %(tenant)s.") % names,
        button=_("Remove from %(tenant)s") % names,
        back_url=visit.link("domains"),
    )


def _render(visit: Visit, form: DomainForm | None, status: int = 200) -> HttpResponse:
    may_manage = visit.scope.allows(Permission.DOMAIN_MANAGE)
    domains = list_domains(visit.scope)
    context = {
        "domains": domains if may_manage else domains.filter(verified_at__isnull=False),
        "may_manage": may_manage,
        "form": form or (DomainForm() if may_manage else None),
    }
    return visit.render("web/domains/list.html", context, status)
