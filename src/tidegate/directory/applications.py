"""Looking up applications, what they prove themselves with, and what a tenant lets them do."""

import uuid
from collections.abc import Collection
from datetime import datetime
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet

from tidegate.authorization.api_permissions import GrantKind, Resource
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import ManyScope, Relation, Scope, require
from tidegate.core import clock
from tidegate.core.errors import Forbidden, NotFound
from tidegate.core.prepared import UUID, PreparedObjects
from tidegate.directory.models import Application, Credential, Grant, ServicePrincipal
from tidegate.directory.models.dated import in_force


def list_applications(scope: Scope | ManyScope) -> QuerySet[Application]:
    """The applications registered in the tenant, by name. Raises Forbidden."""
    require(scope, Permission.APPLICATION_READ)
    rows = Application.objects.in_scope(scope).filter(removed_at__isnull=True)
    return rows.order_by("display_name", "id")


def get_application(scope: Scope, application_id: uuid.UUID) -> Application:
    """One of them. Raises NotFound, Forbidden."""
    application = list_applications(scope).filter(id=application_id).first()
    if application is None:
        raise NotFound("There is no such application.")
    return application


def find_application(client_id: uuid.UUID) -> Application | None:
    """The application with this id, wherever it is registered, with its tenant.

    For the authorization server and for consent, which both start from an id that somebody sent.
    """
    rows = Application.objects.across_tenants().filter(client_id=client_id, removed_at__isnull=True)
    return rows.select_related("tenant").first()


def get_usable_application(scope: Scope, client_id: uuid.UUID) -> Application:
    """An application that may be consented to here: the tenant's own, or another's that is for all tenants.

    Whoever asks may have its id from anywhere. Raises NotFound, the same for one that is absent, disabled
    or for its own tenant only.
    """
    application = find_application(client_id)
    is_ours = application is not None and application.tenant_id == scope.tenant_id
    if application is None or application.disabled_at or not (is_ours or application.is_multi_tenant):
        raise NotFound("There is no such application.")
    return application


def list_credentials(scope: Scope, application: Application) -> QuerySet[Credential]:
    """What an application proves itself with, also what has ended; last ending first. Raises Forbidden."""
    require(scope, Permission.APPLICATION_READ)
    rows = Credential.objects.in_scope(scope).filter(application_id=application.id, removed_at__isnull=True)
    return rows.order_by("-ends_at", "id")


def credentials_of(
    scope: Scope | ManyScope, applications: Collection[Application], at: datetime
) -> QuerySet[Credential]:
    """What proves these applications to be themselves now, first ending first. Raises Forbidden."""
    require(scope, Permission.APPLICATION_READ)
    rows = Credential.objects.in_scope(scope).filter(
        in_force(at), removed_at__isnull=True, application_id__in=[each.id for each in applications]
    )
    return rows.order_by("ends_at", "id")


def credentials_in_force(application: Application, at: datetime) -> QuerySet[Credential]:
    """What proves an application to be itself at this instant. For the authorization server."""
    rows = Credential.objects.of_tenant(application.tenant_id).filter(application_id=application.id)
    return rows.filter(in_force(at), removed_at__isnull=True)


def list_principals(scope: Scope | ManyScope) -> QuerySet[ServicePrincipal]:
    """The applications that the tenant lets in, its own and others', by name. Raises Forbidden."""
    require(scope, Permission.APPLICATION_READ)
    rows = ServicePrincipal.objects.in_scope(scope).present().with_stopped()
    return rows.select_related("application", "home_tenant").order_by("display_name", "id")


def get_principal(scope: Scope, principal_id: uuid.UUID) -> ServicePrincipal:
    """One of them. Raises NotFound, Forbidden."""
    principal = list_principals(scope).filter(id=principal_id).first()
    if principal is None:
        raise NotFound("There is no such application here.")
    return principal


def find_principal(tenant_id: uuid.UUID, client_id: uuid.UUID) -> ServicePrincipal | None:
    """An application as the tenant may let it in now, with its application and both tenants.

    For the authorization server and the gate. None where it is not let in, or is disabled or stopped.
    """
    return _ENTERING.first(tenant_id=tenant_id, client_id=client_id)


def list_grants(scope: Scope, principal: ServicePrincipal) -> QuerySet[Grant]:
    """What the tenant grants an application, also what has ended; by API and name. Raises Forbidden."""
    require(scope, Permission.APPLICATION_READ)
    rows = Grant.objects.in_scope(scope).filter(service_principal_id=principal.id)
    return rows.select_related("user").order_by("resource", "kind", "value", "id")


def grants_in_force(principal: ServicePrincipal, at: datetime) -> QuerySet[Grant]:
    """What an application may do in a tenant at this instant. For the authorization server and the gate."""
    rows = Grant.objects.of_tenant(principal.tenant_id).filter(service_principal_id=principal.id)
    return rows.filter(in_force(at))


def grants_of(
    scope: Scope | ManyScope, principals: Collection[ServicePrincipal], at: datetime
) -> QuerySet[Grant]:
    """What these applications may do in the tenant at this instant, by API and name. Raises Forbidden."""
    require(scope, Permission.APPLICATION_READ)
    rows = Grant.objects.in_scope(scope).filter(
        in_force(at), service_principal_id__in=[each.id for each in principals]
    )
    return rows.order_by("resource", "value", "kind", "id")


def list_siem_principals(
    scope: Scope | ManyScope, at: datetime, readable: ManyScope | None = None
) -> QuerySet[ServicePrincipal]:
    """The applications that may fetch alerts for a SIEM at this instant, by name. Raises Forbidden.

    In several tenants `readable` are those in which applications may be read.
    """
    require(scope, Permission.PORTAL_SETTING_MANAGE)
    held = Grant.objects.across_tenants().filter(
        in_force(at),
        tenant_id=OuterRef("tenant_id"),
        service_principal_id=OuterRef("id"),
        resource=Resource.SIEM,
        user_id__isnull=True,
    )
    return list_principals(readable or scope).filter(scope.restrict("tenant_id"), Exists(held))


def list_consenting(scope: Scope, application: Application) -> QuerySet[ServicePrincipal]:
    """The other tenants' objects of an application of this tenant, by tenant.

    For members of the tenant only, who may know where its applications are let in. Raises Forbidden.
    """
    require(scope, Permission.APPLICATION_READ)
    if scope.entry.relation == Relation.GUEST:
        message = "Only a member of this tenant may see where its applications are let in."
        raise Forbidden(message, permission=Permission.APPLICATION_READ)
    rows = ServicePrincipal.objects.across_tenants().from_outside()
    elsewhere = rows.filter(home_tenant_id=scope.tenant_id, application_id=application.id)
    return elsewhere.with_stopped().select_related("tenant").order_by("tenant__display_name", "id")


def list_own_grants(scope: Scope | ManyScope) -> QuerySet[Grant]:
    """What applications may do now for the person who asks: by their own consent or everybody's.

    In every tenant of the scope; by application.
    """
    theirs = Q(user_id__isnull=False, user__account_id=scope.actor.account_id)
    rows = Grant.objects.in_scope(scope).filter(
        in_force(clock.now()),
        theirs | Q(user_id__isnull=True),
        kind=GrantKind.DELEGATED,
        service_principal__removed_at__isnull=True,
        service_principal__application__removed_at__isnull=True,
    )
    shown = rows.select_related("tenant", "service_principal__home_tenant")
    return shown.order_by(
        "service_principal__display_name", "service_principal_id", "resource", "value", "id"
    )


def grants_of_application(application: Application, at: datetime) -> QuerySet[Grant]:
    """What an application may do by itself at this instant, in whichever tenants let it in."""
    return Grant.objects.across_tenants().filter(
        in_force(at),
        kind=GrantKind.APPLICATION,
        service_principal__home_tenant_id=application.tenant_id,
        service_principal__application_id=application.id,
        service_principal__removed_at__isnull=True,
    )


def _entering(tenant_id: uuid.UUID, client_id: uuid.UUID) -> QuerySet[ServicePrincipal]:
    rows = ServicePrincipal.objects.across_tenants().entering()
    found = rows.filter(tenant_id=tenant_id, client_id=client_id)
    return found.select_related("application", "tenant", "home_tenant").order_by("id")[:1]


_ENTERING: Final = PreparedObjects(_entering, tenant_id=UUID, client_id=UUID)
