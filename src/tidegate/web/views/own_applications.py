"""Applications that act for the reader: in which tenant, by whose consent; and their own taken back."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import ManyScope, Relation, Scope
from tidegate.core.errors import NotFound
from tidegate.directory.actions.consents import withdraw_own_consent
from tidegate.directory.applications import list_own_grants
from tidegate.directory.models import Grant, ServicePrincipal
from tidegate.gate.opening import open_many
from tidegate.web.api_words import say_permission
from tidegate.web.confirming import ask
from tidegate.web.frame import TenantBadge, tenant_badge
from tidegate.web.links import tenant_link
from tidegate.web.visit import Visit, in_tenant


@dataclass(frozen=True, slots=True)
class OwnRow:
    """One application in one tenant. `withdraw_url` is empty where the reader did not consent themselves."""

    principal: ServicePrincipal
    badge: TenantBadge
    may: tuple[str, ...]
    ends_at: datetime | None
    withdraw_url: str


@require_safe
@in_tenant("my_access")
def list_own(visit: Visit) -> HttpResponseBase:
    """At home every tenant that the reader may enter; elsewhere what is there."""
    is_home = visit.scope.entry.relation == Relation.MEMBER
    where: Scope | ManyScope = (
        open_many(visit.scope.actor, Permission.TENANT_READ) if is_home else visit.scope
    )
    context = {"rows": _rows(list_own_grants(where)), "is_everywhere": is_home}
    return visit.render("web/my_access/applications.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_tenant("my_access")
def withdraw(visit: Visit, principal_id: uuid.UUID) -> HttpResponseBase:
    """Ask, then take back what the reader themselves consented to."""
    own = list_own_grants(visit.scope).filter(service_principal_id=principal_id, user_id__isnull=False)
    held = list(own)
    if not held:
        raise NotFound("There is no such permission.")
    names = {"name": held[0].service_principal.display_name, "tenant": visit.scope.entry.tenant_name}
    if visit.method == "POST":
        withdraw_own_consent(visit.scope, principal_id)
        visit.tell(_("%(name)s no longer acts for you.") % names)
        return visit.redirect("my_applications")
    return ask(
        visit,
        title=_("Take your consent back from %(name)s?") % names,
        sentence=_("%(name)s may not do this for you at %(tenant)s from the next request on:") % names,
        button=_("Take back at %(tenant)s") % names,
        back_url=visit.link("my_applications"),
        consequences=[say_permission(grant.value) for grant in held],
    )


def _rows(grants: Iterable[Grant]) -> list[OwnRow]:
    by_principal: dict[tuple[uuid.UUID, uuid.UUID], list[Grant]] = {}
    for grant in grants:
        by_principal.setdefault((grant.tenant_id, grant.service_principal_id), []).append(grant)
    return [_row(held) for held in by_principal.values()]


def _row(held: list[Grant]) -> OwnRow:
    principal, tenant = held[0].service_principal, held[0].tenant
    is_own = any(grant.user_id for grant in held)
    return OwnRow(
        principal=principal,
        badge=tenant_badge(tenant.id, tenant.display_name),
        may=tuple(dict.fromkeys(say_permission(grant.value) for grant in held)),
        ends_at=min((grant.ends_at for grant in held if grant.ends_at), default=None),
        withdraw_url=tenant_link("my_application_withdraw", str(tenant.id), principal.id) if is_own else "",
    )
