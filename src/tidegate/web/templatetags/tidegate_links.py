"""`{% link "incident" incident.number %}`: a page of the frame's tenant, with its `tid`."""

from typing import Any

from django import template

from tidegate.web.links import tenant_link

register = template.Library()


@register.simple_tag(takes_context=True)
def link(context: template.Context, name: str, *args: object, **params: Any) -> str:
    """The address of a page in the tenant of this page (or in `tid=`), with further parameters."""
    tid = str(params.pop("tid", "") or context["frame"].tid)
    return tenant_link(name, tid, *args, **{key: str(value) for key, value in params.items() if value})
