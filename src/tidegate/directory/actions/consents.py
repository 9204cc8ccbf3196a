"""Consent: a tenant lets an application in, and says what it may do there and until when."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from tidegate.audit.actions import Target, record
from tidegate.authorization.api_permissions import (
    API_PERMISSIONS,
    ApiPermission,
    GrantKind,
    Resource,
)
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import ActorKind, Scope, require
from tidegate.core import clock
from tidegate.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from tidegate.core.text import clean_line
from tidegate.directory.applications import find_application, get_principal, grants_in_force, list_grants
from tidegate.directory.lifetimes import check_lifetime, longest_access
from tidegate.directory.models import Application, Grant, ServicePrincipal
from tidegate.directory.policy import lock_directory

DEFAULT_LIFETIME: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Term:
    """Until when a consent holds; without an end only for a `reason` in words, which are kept."""

    ends_at: datetime | None
    reason: str = ""


def usual_term() -> Term:
    """A year, or as long as the operator allows."""
    return Term(clock.now() + min(DEFAULT_LIFETIME, longest_access()))


def grant_consent(
    scope: Scope,
    client_id: uuid.UUID,
    permissions: Collection[ApiPermission],
    *,
    term: Term | None = None,
) -> ServicePrincipal:
    """Let an application in, for everybody of the tenant, with these permissions beside those it has.

    What it has already gets the new term. Raises Forbidden for permissions that open more than the
    actor may do, NotFound for an application that other tenants may not use, InvalidInput.
    """
    require(scope, Permission.CONSENT_GRANT)
    check_may_grant(scope, permissions)
    with transaction.atomic():
        lock_directory(scope)
        principal = _let_in(scope, _usable_application(scope, client_id))
        _grant(scope, principal, permissions, term or usual_term())
    return principal


def consent_for_oneself(
    scope: Scope, client_id: uuid.UUID, permissions: Collection[ApiPermission]
) -> ServicePrincipal:
    """Let an application act for the actor alone.

    Raises Forbidden for what only an administrator may consent to, NotFound, InvalidInput.
    """
    if scope.entry.user_id is None:
        raise Forbidden("Only a user of this tenant may consent for themselves.")
    if any(each.needs_administrator or each.kind != GrantKind.DELEGATED for each in permissions):
        require(scope, Permission.CONSENT_GRANT)
        check_may_grant(scope, permissions)
    with transaction.atomic():
        lock_directory(scope)
        principal = _let_in(scope, _usable_application(scope, client_id))
        delegated = [each for each in permissions if each.kind == GrantKind.DELEGATED]
        _grant(scope, principal, delegated, usual_term(), scope.entry.user_id)
    return principal


def authorize_siem_application(
    scope: Scope, client_id: uuid.UUID, home_tenant_id: uuid.UUID, *, term: Term | None = None
) -> ServicePrincipal:
    """Let a provider's application fetch the tenant's alerts for its SIEM (Microsoft's MSSP tab).

    Both ids must be right: then an application that is registered for its own tenant only will do,
    as in Microsoft's guide. Raises Forbidden, NotFound, the same for either id, InvalidInput.
    """
    require(scope, Permission.PORTAL_SETTING_MANAGE)
    permissions = [each for each in API_PERMISSIONS if each.resource == Resource.SIEM]
    check_may_grant(scope, permissions)
    with transaction.atomic():
        lock_directory(scope)
        application = find_application(client_id)
        if application is None or application.tenant_id != home_tenant_id or application.disabled_at:
            raise NotFound("There is no such application in that tenant.")
        principal = _let_in(scope, application)
        _grant(scope, principal, permissions, term or usual_term())
    return principal


def withdraw_siem_authorization(scope: Scope, principal_id: uuid.UUID) -> None:
    """End what `authorize_siem_application` gave, at once. Raises Forbidden, NotFound."""
    require(scope, Permission.PORTAL_SETTING_MANAGE)
    with transaction.atomic():
        lock_directory(scope)
        principal = get_principal(scope, principal_id)
        held = grants_in_force(principal, clock.now()).filter(resource=Resource.SIEM)
        _end(scope, principal, list(held))


def withdraw_consent(scope: Scope, principal_id: uuid.UUID, grant_ids: Collection[uuid.UUID]) -> None:
    """End some of what an application may do here, from the next request on.

    Raises Forbidden, NotFound for a grant that does not hold.
    """
    require(scope, Permission.CONSENT_GRANT)
    with transaction.atomic():
        lock_directory(scope)
        principal = get_principal(scope, principal_id)
        held = list(grants_in_force(principal, clock.now()).filter(id__in=grant_ids))
        if len(held) != len(set(grant_ids)):
            raise NotFound("There is no such permission.")
        _end(scope, principal, held)


def renew_grant(scope: Scope, principal_id: uuid.UUID, grant_id: uuid.UUID, *, term: Term) -> Grant:
    """Give one permission another end. Raises Forbidden, NotFound, InvalidInput."""
    require(scope, Permission.CONSENT_GRANT)
    _check_term(term)
    with transaction.atomic():
        lock_directory(scope)
        principal = get_principal(scope, principal_id)
        grant = list_grants(scope, principal).filter(id=grant_id).first()
        if grant is None:
            raise NotFound("There is no such permission.")
        before = grant.ends_at
        grant.ends_at, grant.reason = term.ends_at, _clean_reason(term)
        grant.save(update_fields=["ends_at", "reason"])
        details = {
            "permission": grant.value,
            "before": before,
            "after": grant.ends_at,
            "reason": grant.reason,
        }
        record(scope, "consent.renewed", principal_target(principal), details=details)
    return grant


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
        _end(scope, principal, list(grants_in_force(principal, clock.now())))
        principal.removed_at = clock.now()
        principal.save(update_fields=["removed_at"])
        record(scope, "service_principal.removed", principal_target(principal))


def check_may_grant(scope: Scope, permissions: Collection[ApiPermission]) -> None:
    """Raise Forbidden, naming the permission, if these open more than the actor may do here.

    Otherwise whoever may consent could let an application of theirs do everything for them.
    """
    if scope.actor.kind == ActorKind.SYSTEM:
        return
    for permission in sorted({opened for each in permissions for opened in each.opens}):
        require(scope, permission)


def principal_target(principal: ServicePrincipal) -> Target:
    """How the audit log names an application in a tenant that lets it in."""
    return Target("service_principal", str(principal.id), principal.display_name)


def _usable_application(scope: Scope, client_id: uuid.UUID) -> Application:
    application = find_application(client_id)
    is_ours = application is not None and application.tenant_id == scope.tenant_id
    if application is None or application.disabled_at or not (is_ours or application.is_multi_tenant):
        raise NotFound("There is no such application.")
    return application


def _let_in(scope: Scope, application: Application) -> ServicePrincipal:
    """The tenant's object of the application; made now if there is none yet."""
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


def _grant(
    scope: Scope,
    principal: ServicePrincipal,
    permissions: Collection[ApiPermission],
    term: Term,
    user_id: uuid.UUID | None = None,
) -> None:
    _check_term(term)
    now, reason = clock.now(), _clean_reason(term)
    held = grants_in_force(principal, now).filter(user_id=user_id)
    by_permission = {(grant.resource, grant.kind, grant.value): grant for grant in held}
    for each in permissions:
        grant = by_permission.get((each.resource, each.kind, each.value)) or Grant(
            tenant_id=scope.tenant_id,
            service_principal_id=principal.id,
            kind=each.kind,
            resource=each.resource,
            value=each.value,
            user_id=user_id,
            starts_at=now,
        )
        grant.ends_at, grant.reason = term.ends_at, reason
        grant.granted_by = scope.actor.display_name[:256]
        grant.save()
    details = {
        "permissions": sorted(f"{each.resource} {each.kind} {each.value}" for each in permissions),
        "user_id": user_id,
        "ends_at": term.ends_at,
        "reason": reason,
    }
    record(scope, "consent.granted", principal_target(principal), details=details)


def _end(scope: Scope, principal: ServicePrincipal, grants: list[Grant]) -> None:
    if not grants:
        return
    now = clock.now()
    for grant in grants:
        grant.ends_at = now
        grant.save(update_fields=["ends_at"])
    words = sorted(f"{grant.resource} {grant.kind} {grant.value}" for grant in grants)
    record(scope, "consent.withdrawn", principal_target(principal), details={"permissions": words})


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


def _check_term(term: Term) -> None:
    if term.ends_at is not None and term.ends_at <= clock.now():
        raise InvalidInput(fields={"ends_at": "must lie in the future"})
    check_lifetime(term.ends_at)
    if term.ends_at is None and not term.reason.strip():
        raise InvalidInput(fields={"reason": "must say why there is no end"})


def _clean_reason(term: Term) -> str:
    return clean_line(term.reason, "reason", longest=1024, required=False)
