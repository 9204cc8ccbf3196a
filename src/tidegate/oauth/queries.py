"""What the token endpoint asks on each request; every question is prepared, and answered from an index."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from django.db.models import Exists, OuterRef, QuerySet, StringAgg, Subquery, Value

from tidegate.authorization.api_permissions import GrantKind, Resource
from tidegate.core.prepared import INSTANT, TEXT, UUID, Prepared
from tidegate.directory.models import Credential, Grant, ServicePrincipal
from tidegate.directory.models.dated import in_force


@dataclass(frozen=True, slots=True)
class Principal:
    """An application as an object of a tenant. `is_entering`: enabled here and at home, and not stopped."""

    tenant_id: uuid.UUID
    client_id: uuid.UUID
    id: uuid.UUID
    home_tenant_id: uuid.UUID
    application_id: uuid.UUID
    display_name: str
    allows_public_client: bool
    is_entering: bool = True


@dataclass(frozen=True, slots=True)
class Secret:
    """One of an application's secrets, whether it holds now or not."""

    secret_hash: str
    starts_at: datetime
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class Proven:
    """An application that may be used in a tenant and showed a secret that holds, and its roles there."""

    tenant_id: uuid.UUID
    client_id: uuid.UUID
    id: uuid.UUID
    display_name: str
    roles: list[str]


def find_proven(
    tenant_id: uuid.UUID, client_id: uuid.UUID, secret_hash: str, resource: Resource | None, at: datetime
) -> Proven | None:
    """Everything that the usual request of an application needs, in one statement; None for any other."""
    question, values = ask_proven(tenant_id, client_id, secret_hash, resource)
    return read_proven(tenant_id, client_id, question.first(**values, at=at))


def ask_proven(
    tenant_id: uuid.UUID, client_id: uuid.UUID, secret_hash: str, resource: Resource | None
) -> tuple[Prepared, dict[str, object]]:
    """The question that `find_proven` asks, one of `PROVING`, and its values but for the instant, `at`."""
    values = {"tenant_id": tenant_id, "client_id": client_id, "secret_hash": secret_hash}
    return (_PROVEN, values) if resource is None else (_PROVEN_OF_API, {**values, "resource": resource})


def read_proven(tenant_id: uuid.UUID, client_id: uuid.UUID, row: Sequence[Any] | None) -> Proven | None:
    """What its answer says."""
    if row is None:
        return None
    principal_id, display_name, roles = row
    return Proven(tenant_id, client_id, principal_id, display_name, (roles or "").split())


def find_principal(tenant_id: uuid.UUID, client_id: uuid.UUID) -> Principal | None:
    """An application in a tenant, also one that may not be used at present; None where it is not let in."""
    for question, is_entering in ((_ENTERING, True), (_PRESENT, False)):
        row = question.first(tenant_id=tenant_id, client_id=client_id)
        if row is not None:
            return replace(Principal(tenant_id, client_id, *row), is_entering=is_entering)
    return None


def list_secrets(principal: Principal) -> list[Secret]:
    """The secrets of an application, also those that have ended."""
    rows = _SECRETS.rows(tenant_id=principal.home_tenant_id, application_id=principal.application_id)
    return [Secret(*row) for row in rows]


def list_application_roles(principal: Principal, resource: Resource | None, at: datetime) -> list[str]:
    """What an application may do by itself through one API, or through all of them."""
    values = {"tenant_id": principal.tenant_id, "principal_id": principal.id, "at": at}
    rows = _ROLES.rows(**values) if resource is None else _ROLES_OF_API.rows(**values, resource=resource)
    return [row[0] for row in rows]


_COLUMNS: Final = (
    "id",
    "home_tenant_id",
    "application_id",
    "application__display_name",
    "application__allows_public_client",
)


def _entering(tenant_id: uuid.UUID, client_id: uuid.UUID) -> "QuerySet[ServicePrincipal, tuple[object, ...]]":
    rows = ServicePrincipal.objects.across_tenants().entering()
    return rows.filter(tenant_id=tenant_id, client_id=client_id).values_list(*_COLUMNS)


def _present(tenant_id: uuid.UUID, client_id: uuid.UUID) -> "QuerySet[ServicePrincipal, tuple[object, ...]]":
    rows = ServicePrincipal.objects.across_tenants().present()
    return rows.filter(tenant_id=tenant_id, client_id=client_id).values_list(*_COLUMNS)


def _secrets(tenant_id: uuid.UUID, application_id: uuid.UUID) -> "QuerySet[Credential, tuple[object, ...]]":
    rows = Credential.objects.of_tenant(tenant_id).filter(application_id=application_id)
    kept = rows.filter(kind=Credential.Kind.SECRET, removed_at__isnull=True)
    return kept.values_list("secret_hash", "starts_at", "ends_at")


def _roles(
    tenant_id: uuid.UUID, principal_id: uuid.UUID, at: datetime
) -> "QuerySet[Grant, tuple[object, ...]]":
    rows = Grant.objects.of_tenant(tenant_id).filter(in_force(at), service_principal_id=principal_id)
    return rows.filter(kind=GrantKind.APPLICATION, user_id__isnull=True).values_list("value")


def _roles_of_api(
    tenant_id: uuid.UUID, principal_id: uuid.UUID, at: datetime, resource: str
) -> "QuerySet[Grant, tuple[object, ...]]":
    return _roles(tenant_id, principal_id, at).filter(resource=resource)


def _proven(
    tenant_id: uuid.UUID, client_id: uuid.UUID, secret_hash: str, at: datetime, **of_api: str
) -> "QuerySet[ServicePrincipal, tuple[object, ...]]":
    secrets = Credential.objects.across_tenants().filter(
        in_force(at),
        tenant_id=OuterRef("home_tenant_id"),
        application_id=OuterRef("application_id"),
        kind=Credential.Kind.SECRET,
        secret_hash=secret_hash,
        removed_at__isnull=True,
    )
    rows = ServicePrincipal.objects.across_tenants().entering()
    proven = rows.filter(Exists(secrets), tenant_id=tenant_id, client_id=client_id)
    return proven.values_list("id", "application__display_name", Subquery(_joined_roles(at, **of_api)))


def _joined_roles(at: datetime, **of_api: str) -> "QuerySet[Grant, Any]":
    """The roles of the outer query's principal as one text: no name of a permission holds a blank."""
    rows = Grant.objects.across_tenants().filter(
        in_force(at),
        tenant_id=OuterRef("tenant_id"),
        service_principal_id=OuterRef("id"),
        kind=GrantKind.APPLICATION,
        user_id__isnull=True,
        **of_api,
    )
    joined = rows.values("service_principal_id").annotate(roles=StringAgg("value", delimiter=Value(" ")))
    return joined.values("roles")


_PROVEN: Final = Prepared(_proven, tenant_id=UUID, client_id=UUID, secret_hash=TEXT, at=INSTANT)
_PROVEN_OF_API: Final = Prepared(
    _proven, tenant_id=UUID, client_id=UUID, secret_hash=TEXT, at=INSTANT, resource=TEXT
)
PROVING: Final = (_PROVEN, _PROVEN_OF_API)
_ENTERING: Final = Prepared(_entering, tenant_id=UUID, client_id=UUID)
_PRESENT: Final = Prepared(_present, tenant_id=UUID, client_id=UUID)
_SECRETS: Final = Prepared(_secrets, tenant_id=UUID, application_id=UUID)
_ROLES: Final = Prepared(_roles, tenant_id=UUID, principal_id=UUID, at=INSTANT)
_ROLES_OF_API: Final = Prepared(_roles_of_api, tenant_id=UUID, principal_id=UUID, at=INSTANT, resource=TEXT)
