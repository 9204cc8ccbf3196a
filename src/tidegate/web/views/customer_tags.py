"""The tags of one customer: put on and taken off, in the home tenant of whoever does."""

import uuid
from collections.abc import Mapping
from typing import Any

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tidegate.authorization.permissions import Permission
from tidegate.core.errors import NotFound
from tidegate.customers.actions.tags import tag_customer, untag_customer
from tidegate.customers.members import require_member
from tidegate.customers.tags import tags_by_tenant
from tidegate.directory.queries import list_enterable
from tidegate.web.forms.submitting import submit
from tidegate.web.forms.tenant_groups import TagForm
from tidegate.web.tenant_groups import badges, enterable
from tidegate.web.visit import Visit, in_tenant


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("customers", Permission.TENANT_GROUP_MANAGE)
def change(visit: Visit, tenant_id: uuid.UUID) -> HttpResponseBase:
    """One customer's tags, each with a button that takes it off, and a field for another."""
    require_member(visit.scope)
    visit.require(Permission.TENANT_GROUP_MANAGE)
    reach = enterable(visit.scope.actor)
    user = list_enterable(reach).filter(tenant_id=tenant_id).first()
    if user is None:
        raise NotFound("There is no such customer.")
    remove, form = visit.request.POST.get("remove", ""), TagForm(None)
    if remove:
        untag_customer(visit.scope, reach=reach, about_tenant_id=tenant_id, tag=remove)
        visit.tell(_("%(tag)s taken off %(name)s.") % {"tag": remove, "name": user.tenant.display_name})
        return visit.redirect("customer_tags", tenant_id)
    if visit.method == "POST":
        form = TagForm(visit.request.POST)

        def act(values: Mapping[str, Any]) -> None:
            tag_customer(visit.scope, reach=reach, about_tenant_id=tenant_id, **values)

        if submit(form, act):
            put = {"tag": form.cleaned_data["tag"], "name": user.tenant.display_name}
            visit.tell(_("%(tag)s put on %(name)s.") % put)
            return visit.redirect("customer_tags", tenant_id)
    (badge,) = badges([user.tenant])
    every = tags_by_tenant(visit.scope, reach)
    context = {
        "badge": badge,
        "tags": every.get(tenant_id, []),
        "known": sorted({tag for tags in every.values() for tag in tags} - set(every.get(tenant_id, []))),
        "form": form,
    }
    status = 400 if form.errors else 200
    return visit.render("web/customers/tags.html", context, status=status)
