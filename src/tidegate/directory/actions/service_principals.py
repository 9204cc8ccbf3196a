"""An application as a tenant's own object: let in, kept out for a while, taken out."""

import uuid
from collections.abc import Collection

from django.db import transaction

from tidegate.audit.actions import Target, record
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.errors import Conflict
from tidegate.directory.applications import get_principal, grants_in_force
from tidegate.directory.models import Application, Grant, ServicePrincipal
from tidegate.directory.policy import lock_directory


def disable_principal(scope: Scope, principal_id: uuid.UUID) -> ServicePrincipal:
    """Keep an application out, from the next request on. Raises Forbidden, NotFound, Conflict."""
    return _switch(scope, principal_id, disable=True)


def enable_principal(scope: Scope, principal_id: uuid.UUID) -> ServicePrincipal:
    """Let it in again with what it was granted. Raises Forbidden, NotFound, Conflict."""
    return _switch(scope, principal_id, disable=False)


def remove_principal(scope: Scope, principal_id: uuid.UUID) -> None:
    """Take an application and everything granted to it out of this tenant. Raises Forbidden, NotFound."""
    require(scope, Permission.CONSENT_GRANT)
    with transaction.atomic():
        lock_directory(scope)
        principal = get_principal(scope, principal_id)
        end_grants(scope, principal, list(grants_in_force(principal, clock.now())))
        principal.removed_at = clock.now()
        principal.save(update_fields=["removed_at"])
        record(scope, "service_principal.removed", principal_target(principal))


def let_in(scope: Scope, application: Application) -> ServicePrincipal:
    """The tenant's object of the application, made now if there is none; part of an action that locks."""
    rows = ServicePrincipal.objects.in_scope(scope).select_related("application", "home_tenant")
    found = rows.filter(client_id=application.client_id, removed_at__isnull=True).first()
    if found is not None:
        return found
    made = ServicePrincipal.rows.create(
        tenant_id=scope.tenant_id,
        client_id=application.client_id,
        home_tenant_id=application.tenant_id,
        application_id=application.id,
        display_name=application.display_name,
        created_at=clock.now(),
    )
    details = {"client_id": application.client_id, "home_tenant": application.tenant_id}
    record(scope, "service_principal.created", principal_target(made), details=details)
    return made


def end_grants(scope: Scope, principal: ServicePrincipal, grants: Collection[Grant]) -> None:
    """End these of its grants now; part of an action that has locked the directory."""
    if not grants:
        return
    now = clock.now()
    for grant in grants:
        grant.ends_at = now
        grant.save(update_fields=["ends_at"])
    details = {"permissions": say_grants(grants)}
    record(scope, "consent.withdrawn", principal_target(principal), details=details)


def say_grants(grants: Collection[Grant]) -> list[str]:
    """How the audit log names them."""
    return sorted(f"{grant.resource} {grant.kind} {grant.value}" for grant in grants)


def principal_target(principal: ServicePrincipal) -> Target:
    """How the audit log names an application in a tenant that lets it in."""
    return Target("service_principal", str(principal.id), principal.display_name)


def _switch(scope: Scope, principal_id: uuid.UUID, *, disable: bool) -> ServicePrincipal:
    require(scope, Permission.CONSENT_GRANT)
    with transaction.atomic():
        lock_directory(scope)
        principal = get_principal(scope, principal_id)
        if (principal.disabled_at is not None) == disable:
            raise Conflict(
                "This application is disabled already." if disable else "This application is enabled."
            )
        principal.disabled_at = clock.now() if disable else None
        principal.save(update_fields=["disabled_at"])
        tag = "service_principal.disabled" if disable else "service_principal.enabled"
        record(scope, tag, principal_target(principal))
    return principal
