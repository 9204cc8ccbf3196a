"""How far a tenant's own applications have come in the tenants that let them in."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Value, When

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import SEES_ALL, ManyReach, ManyScope, Relation, Scope, require
from tidegate.core import clock
from tidegate.core.errors import Forbidden
from tidegate.directory.models import Grant, ServicePrincipal
from tidegate.directory.models.dated import in_force
from tidegate.feeds.models import Consumer
from tidegate.feeds.queries import Standing, stand
from tidegate.feeds.sources import SOURCES


@dataclass(frozen=True, slots=True)
class LettingIn(ManyReach):
    """The other tenants that let an application of one tenant in now."""

    home_tenant_id: uuid.UUID

    def restrict(self, tenant_column: str) -> Q:
        """Only rows of those tenants."""
        return Q(**{f"{tenant_column}__in": self.tenant_ids()})

    def tenant_ids(self) -> QuerySet[ServicePrincipal, Any]:
        """Those tenants' ids."""
        rows = ServicePrincipal.objects.across_tenants().entering().from_outside()
        return rows.filter(home_tenant_id=self.home_tenant_id).values("tenant_id")


def list_standings_elsewhere(scope: Scope) -> list[Standing]:
    """Where the tenant's applications stand in other tenants, of feeds that they may fetch there now.

    For members of the tenant only, and no more than the application itself is told. Four statements.
    Raises Forbidden.
    """
    require(scope, Permission.APPLICATION_READ)
    if scope.entry.relation == Relation.GUEST:
        message = "Only a member of this tenant may see where its applications are let in."
        raise Forbidden(message, permission=Permission.APPLICATION_READ)
    many = ManyScope(scope.actor, Permission.APPLICATION_READ, LettingIn(scope.tenant_id), SEES_ALL)
    rows = Consumer.objects.in_scope(many).alias(
        resource=Case(
            *(When(feed=feed, then=Value(source.resource.value)) for feed, source in SOURCES.items()),
            output_field=CharField(),
        )
    )
    own = rows.filter(Exists(_principals(scope.tenant_id, clock.now())))
    return stand(many, own.select_related("tenant"))


def _principals(home_tenant_id: uuid.UUID, at: datetime) -> QuerySet[ServicePrincipal]:
    """Within a query over consumers: its application's object there, if that may fetch the feed."""
    grants = Grant.objects.across_tenants().filter(
        in_force(at),
        tenant_id=OuterRef("tenant_id"),
        service_principal_id=OuterRef("id"),
        resource=OuterRef(OuterRef("resource")),
    )
    rows = ServicePrincipal.objects.across_tenants().entering()
    own = rows.filter(
        tenant_id=OuterRef("tenant_id"), client_id=OuterRef("client_id"), home_tenant_id=home_tenant_id
    )
    return own.filter(Exists(grants))
