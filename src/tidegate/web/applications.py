"""What the pages of applications show: those registered here, those let in, what each may do until when."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tidegate.authorization.api_permissions import GrantKind, Resource, find_api_permission
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import ManyScope, Scope
from tidegate.core import clock
from tidegate.directory.applications import credentials_of, grants_of
from tidegate.directory.models import Application, Credential, Grant, ServicePrincipal
from tidegate.oauth.sign_in_log import last_sign_ins
from tidegate.web.api_words import KIND_WORDS, RESOURCE_WORDS, say_permission, say_permissions


class Standing(StrEnum):
    """How an application stands in a tenant; the word for it is in `web/applications/standing.html`."""

    IN_FORCE = "in_force"
    NOTHING = "nothing"
    DISABLED = "disabled"
    DISABLED_AT_HOME = "disabled_at_home"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class PrincipalRow:
    """An application that was let in. `ends_at` is when the first of its permissions ends."""

    principal: ServicePrincipal
    standing: Standing
    may: str
    grants: int
    ends_at: datetime | None
    is_own: bool
    last_sign_in_at: datetime | None


@dataclass(frozen=True, slots=True)
class ApplicationRow:
    """An application registered here. From `ends_at` on nothing that it has now proves it any more."""

    application: Application
    proofs: int
    ends_at: datetime | None


@dataclass(frozen=True, slots=True)
class GrantRow:
    """One permission: what it lets the application do, for whom, by whom, until when."""

    grant: Grant
    words: str
    resource: str
    kind: Promise
    is_over: bool


def principal_rows(scope: Scope | ManyScope, principals: Sequence[ServicePrincipal]) -> list[PrincipalRow]:
    """Applications, what they may do now, when they last signed in. Two statements. Raises Forbidden."""
    held: dict[uuid.UUID, list[Grant]] = {}
    for grant in grants_of(scope, principals, clock.now()):
        held.setdefault(grant.service_principal_id, []).append(grant)
    last = last_sign_ins(scope, [one.client_id for one in principals])
    return [
        _principal_row(one, held.get(one.id, []), last.get((one.tenant_id, one.client_id)))
        for one in principals
    ]


def application_rows(scope: Scope | ManyScope, applications: Sequence[Application]) -> list[ApplicationRow]:
    """Applications with what proves them. One statement. Raises Forbidden."""
    held: dict[uuid.UUID, list[Credential]] = {}
    for one in credentials_of(scope, applications, clock.now()):
        held.setdefault(one.application_id, []).append(one)
    rows = ((one, held.get(one.id, [])) for one in applications)
    return [
        ApplicationRow(one, len(proofs), max((p.ends_at for p in proofs if p.ends_at), default=None))
        for one, proofs in rows
    ]


def grant_rows(grants: Sequence[Grant]) -> list[GrantRow]:
    """Permissions in words, those in force first."""
    now = clock.now()
    rows = [
        GrantRow(
            grant=one,
            words=say_permission(one.value),
            resource=RESOURCE_WORDS[Resource(one.resource)],
            kind=KIND_WORDS[GrantKind(one.kind)],
            is_over=one.ends_at is not None and one.ends_at <= now,
        )
        for one in grants
    ]
    return sorted(rows, key=lambda row: row.is_over)


def standing_of(principal: ServicePrincipal, grants: int) -> Standing:
    """How a service principal of `with_stopped` stands."""
    if principal.is_stopped:  # type: ignore[attr-defined]
        return Standing.STOPPED
    if principal.disabled_at:
        return Standing.DISABLED
    if principal.application.disabled_at:
        return Standing.DISABLED_AT_HOME
    return Standing.IN_FORCE if grants else Standing.NOTHING


def missing_permissions(scope: Scope, grant: Grant) -> list[Permission]:
    """What the reader may not do themselves of what a grant opens."""
    found = find_api_permission(Resource(grant.resource), GrantKind(grant.kind), grant.value)
    return sorted(found.opens - scope.entry.permissions) if found else []


_ENDPOINTS: Final[tuple[tuple[Promise, str], ...]] = (
    (_("Token, v2.0"), "/{tid}/oauth2/v2.0/token"),
    (_("Authorize, v2.0"), "/{tid}/oauth2/v2.0/authorize"),
    (_("Device code"), "/{tid}/oauth2/v2.0/devicecode"),
    (_("Token, v1"), "/{tid}/oauth2/token"),
    (_("Metadata"), "/{tid}/v2.0/.well-known/openid-configuration"),
    (_("Microsoft Graph"), "/v1.0"),
    (_("SIEM API"), "/api/alerts"),
)


def list_endpoints(tid: str) -> list[tuple[Promise, str]]:
    """The addresses that a client of this tenant is set to, each with its name."""
    return [(name, f"{settings.BASE_URL}{path.format(tid=tid)}") for name, path in _ENDPOINTS]


def consent_link(application: Application, place: str) -> str:
    """Where administrators of a tenant are asked for consent: `place` is its id or domain, or "common"."""
    return f"{settings.BASE_URL}/{place}/adminconsent?client_id={application.client_id}"


def _principal_row(
    principal: ServicePrincipal, grants: Sequence[Grant], last_at: datetime | None
) -> PrincipalRow:
    return PrincipalRow(
        principal=principal,
        standing=standing_of(principal, len(grants)),
        may=say_permissions(grant.value for grant in grants),
        grants=len(grants),
        ends_at=min((grant.ends_at for grant in grants if grant.ends_at), default=None),
        is_own=principal.home_tenant_id == principal.tenant_id,
        last_sign_in_at=last_at,
    )
