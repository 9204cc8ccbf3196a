"""Consent: a tenant lets an application in, and says what it may do there and until when."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from tidegate.audit.actions import record
from tidegate.authorization.api_permissions import (
    API_PERMISSIONS,
    ApiPermission,
    GrantKind,
    Resource,
    find_api_permission,
)
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import ActorKind, Scope, require
from tidegate.core import clock
from tidegate.core.errors import Forbidden, InvalidInput, NotFound
from tidegate.core.text import clean_line
from tidegate.directory.actions.service_principals import (
    end_grants,
    let_in,
    principal_target,
    say_grants,
)
from tidegate.directory.applications import (
    find_application,
    get_principal,
    get_usable_application,
    grants_in_force,
    list_own_grants,
)
from tidegate.directory.lifetimes import check_lifetime, longest_access
from tidegate.directory.models import Grant, ServicePrincipal
from tidegate.directory.policy import check_held, lock_directory

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
    actor may do, or for longer, NotFound for an application that other tenants may not use, InvalidInput.
    """
    require(scope, Permission.CONSENT_GRANT)
    term = term or usual_term()
    check_may_grant(scope, permissions, until=term.ends_at)
    with transaction.atomic():
        lock_directory(scope)
        principal = let_in(scope, get_usable_application(scope, client_id))
        _grant(scope, principal, permissions, term)
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
        check_may_grant(scope, permissions, until=usual_term().ends_at)
    with transaction.atomic():
        lock_directory(scope)
        principal = let_in(scope, get_usable_application(scope, client_id))
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
    term = term or usual_term()
    check_may_grant(scope, permissions, until=term.ends_at)
    with transaction.atomic():
        lock_directory(scope)
        application = find_application(client_id)
        if application is None or application.tenant_id != home_tenant_id or application.disabled_at:
            raise NotFound("There is no such application in that tenant.")
        principal = let_in(scope, application)
        _grant(scope, principal, permissions, term)
    return principal


def withdraw_siem_authorization(scope: Scope, principal_id: uuid.UUID) -> None:
    """End what `authorize_siem_application` gave, at once. Raises Forbidden, NotFound."""
    require(scope, Permission.PORTAL_SETTING_MANAGE)
    with transaction.atomic():
        lock_directory(scope)
        principal = get_principal(scope, principal_id)
        held = grants_in_force(principal, clock.now()).filter(resource=Resource.SIEM)
        end_grants(scope, principal, list(held))


def withdraw_consent(scope: Scope, principal_id: uuid.UUID, grant_ids: Collection[uuid.UUID]) -> None:
    """End some of what an application may do here, from the next request on.

    Raises Forbidden, NotFound for a grant that does not hold, and for none at all.
    """
    require(scope, Permission.CONSENT_GRANT)
    with transaction.atomic():
        lock_directory(scope)
        principal = get_principal(scope, principal_id)
        end_grants(scope, principal, _get_grants(principal, grant_ids))


def withdraw_own_consent(scope: Scope, principal_id: uuid.UUID) -> None:
    """Let an application act for the actor no longer by their own consent, from the next request on.

    What was granted for everybody stays. Raises NotFound where they consented to nothing.
    """
    with transaction.atomic():
        lock_directory(scope)
        own = list_own_grants(scope).filter(service_principal_id=principal_id, user_id__isnull=False)
        held = list(own)
        if not held:
            raise NotFound("There is no such permission.")
        end_grants(scope, held[0].service_principal, held)


def renew_grants(
    scope: Scope, principal_id: uuid.UUID, grant_ids: Collection[uuid.UUID], *, term: Term
) -> list[Grant]:
    """Give some of what an application may do here another end.

    Raises Forbidden, also for what opens more than the actor may do or for longer, NotFound for a grant that
    does not hold: what has ended is granted anew, InvalidInput.
    """
    require(scope, Permission.CONSENT_GRANT)
    _check_term(term)
    with transaction.atomic():
        lock_directory(scope)
        principal = get_principal(scope, principal_id)
        grants = _get_grants(principal, grant_ids)
        check_may_grant(scope, permissions_of(grants), until=term.ends_at)
        before = {grant.ends_at for grant in grants}
        for grant in grants:
            grant.ends_at, grant.reason = term.ends_at, _clean_reason(term)
            grant.save(update_fields=["ends_at", "reason"])
        details = {
            "permissions": say_grants(grants),
            "before": sorted(map(str, before)),
            "after": term.ends_at,
            "reason": _clean_reason(term),
        }
        record(scope, "consent.renewed", principal_target(principal), details=details)
    return grants


def check_may_grant(scope: Scope, permissions: Collection[ApiPermission], *, until: datetime | None) -> None:
    """Raise Forbidden, naming the permission, if these open more than the actor may do here, or longer.

    Otherwise whoever may consent could let an application of theirs do everything for them, and who may so
    for an hour could keep it. What it does for people stays within what each of them may do at that moment.
    """
    if scope.actor.kind == ActorKind.SYSTEM:
        return
    for permission in sorted({opened for each in permissions for opened in each.opens}):
        require(scope, permission)
    by_itself = (each.opens for each in permissions if each.kind == GrantKind.APPLICATION)
    check_held(scope, frozenset[Permission]().union(*by_itself), until)


def permissions_of(grants: Collection[Grant]) -> list[ApiPermission]:
    """What these grants permit, as the API's permissions."""
    found = (
        find_api_permission(Resource(grant.resource), GrantKind(grant.kind), grant.value) for grant in grants
    )
    return [permission for permission in found if permission]


def _get_grants(principal: ServicePrincipal, grant_ids: Collection[uuid.UUID]) -> list[Grant]:
    held = list(grants_in_force(principal, clock.now()).filter(id__in=grant_ids))
    if not held or len(held) != len(set(grant_ids)):
        raise NotFound("There is no such permission.")
    return held


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


def _check_term(term: Term) -> None:
    if term.ends_at is not None and term.ends_at <= clock.now():
        raise InvalidInput(fields={"ends_at": "must lie in the future"})
    check_lifetime(term.ends_at)
    if term.ends_at is None and not term.reason.strip():
        raise InvalidInput(fields={"reason": "must say why there is no end"})


def _clean_reason(term: Term) -> str:
    return clean_line(term.reason, "reason", longest=1024, required=False)
