"""Looking up applications, what they prove themselves with, and what a tenant lets them do."""

import uuid
from datetime import datetime

from django.db.models import QuerySet

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core.errors import NotFound
from tidegate.directory.models import Application, Credential, Grant, ServicePrincipal
from tidegate.directory.models.dated import in_force


def list_applications(scope: Scope) -> QuerySet[Application]:
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


def list_credentials(scope: Scope, application: Application) -> QuerySet[Credential]:
    """What an application proves itself with, also what has ended; last ending first. Raises Forbidden."""
    require(scope, Permission.APPLICATION_READ)
    rows = Credential.objects.in_scope(scope).filter(application_id=application.id, removed_at__isnull=True)
    return rows.order_by("-ends_at", "id")


def credentials_in_force(application: Application, at: datetime) -> QuerySet[Credential]:
    """What proves an application to be itself at this instant. For the authorization server."""
    rows = Credential.objects.of_tenant(application.tenant_id).filter(application_id=application.id)
    return rows.filter(in_force(at), removed_at__isnull=True)


def list_principals(scope: Scope) -> QuerySet[ServicePrincipal]:
    """The applications that the tenant lets in, its own and others', by name. Raises Forbidden."""
    require(scope, Permission.APPLICATION_READ)
    rows = ServicePrincipal.objects.in_scope(scope).filter(
        removed_at__isnull=True, application__removed_at__isnull=True
    )
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
    rows = ServicePrincipal.objects.across_tenants().entering()
    found = rows.filter(tenant_id=tenant_id, client_id=client_id)
    return found.select_related("application", "tenant", "home_tenant").first()


def list_grants(scope: Scope, principal: ServicePrincipal) -> QuerySet[Grant]:
    """What the tenant grants an application, also what has ended; by API and name. Raises Forbidden."""
    require(scope, Permission.APPLICATION_READ)
    rows = Grant.objects.in_scope(scope).filter(service_principal_id=principal.id)
    return rows.select_related("user").order_by("resource", "kind", "value", "id")


def grants_in_force(principal: ServicePrincipal, at: datetime) -> QuerySet[Grant]:
    """What an application may do in a tenant at this instant. For the authorization server and the gate."""
    rows = Grant.objects.of_tenant(principal.tenant_id).filter(service_principal_id=principal.id)
    return rows.filter(in_force(at))
