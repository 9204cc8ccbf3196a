"""`{% link "incident" incident.number %}`: a page of the frame's tenant, with its `tid`."""

from typing import Any

from django import template

from tidegate.web.links import tenant_link
from tidegate.web.list_files import LISTS

register = template.Library()


@register.simple_tag(takes_context=True)
def link(context: template.Context, name: str, *args: object, **params: Any) -> str:
    """The address of a page in the tenant of this page (or in `tid=`), with further parameters."""
    tid = str(params.pop("tid", "") or context["frame"].tid)
    return tenant_link(name, tid, *args, **{key: str(value) for key, value in params.items() if value})


@register.inclusion_tag("web/components/export_menu.html", takes_context=True)
def list_menu(context: template.Context, what: str) -> dict[str, Any]:
    """Where the whole list is had as a file, filtered as the page is; nothing for what is no such list."""
    request = context["request"]
    kept = {name: value for name, value in request.GET.items() if name not in {"tid", "cursor"} and value}
    forms = [
        (label, tenant_link("list_file", context["frame"].tid, what, form, **kept))
        for label, form in (("CSV", "csv"), ("NDJSON", "ndjson"))
        if what in LISTS
    ]
    return {"forms": forms, "csrf_token": context.get("csrf_token")}
