"""Find the tenant to which a list over several is narrowed: as a part of a menu, or as a page of its own."""

from django.http import HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_safe
from django_htmx.middleware import HtmxDetails

from tidegate.authorization.permissions import Permission
from tidegate.core.errors import InvalidInput
from tidegate.web.many_given import LONGEST
from tidegate.web.many_tenants import find_options
from tidegate.web.many_visit import ManyVisit
from tidegate.web.visit import Visit, in_tenant


def _find(visit: ManyVisit) -> HttpResponse:
    asked = visit.request.GET
    text, own_link, of = asked.get("q", "").strip(), asked.get("next", ""), asked.get("of", "")
    if len(text) > LONGEST or "\0" in text:
        raise InvalidInput(fields={"q": f"must be at most {LONGEST} characters"})
    if not own_link.startswith("/") or not url_has_allowed_host_and_scheme(own_link, allowed_hosts=None):
        raise InvalidInput(fields={"next": "must be a page of the portal"})
    if of not in set(Permission):
        raise InvalidInput(fields={"of": "must be one of the portal's permissions"})
    visit.permission = Permission(of)
    options, is_cut = find_options(visit, text, own_link)
    context = {"options": options, "is_cut": is_cut, "text": text, "own_link": own_link, "of": of}
    if HtmxDetails(visit.request):
        return visit.render_part("web/many/tenant_options.html", context)
    return visit.render("web/many/find.html", context)


@require_safe
@in_tenant("overview", many=_find)
def find_tenants(visit: Visit) -> HttpResponse:
    """There is nothing to be found within one tenant. Raises InvalidInput."""
    raise InvalidInput(fields={"tid": "must name several tenants here"})
