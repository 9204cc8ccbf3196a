"""Registering applications, changing, disabling and removing them."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from django.db import transaction

from tidegate.audit.actions import Target, record
from tidegate.authorization.api_permissions import ApiPermission
from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import Scope, require
from tidegate.core import clock
from tidegate.core.errors import Conflict, InvalidInput
from tidegate.core.text import clean_block, clean_line
from tidegate.directory.applications import get_application
from tidegate.directory.models import Application, ServicePrincipal
from tidegate.directory.policy import lock_directory

PLATFORMS: Final = ("web", "spa", "publicClient")
REDIRECTS_AT_MOST: Final = 50
PERMISSIONS_AT_MOST: Final = 100
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Redirect:
    """An address to which codes may be sent, and the kind of client that waits there."""

    uri: str
    platform: str = "web"


@dataclass(frozen=True, slots=True)
class Registration:
    """Everything about an application that its owner decides."""

    display_name: str
    description: str = ""
    sign_in_audience: str = Application.Audience.SINGLE_TENANT
    redirects: Sequence[Redirect] = ()
    logout_url: str = ""
    allows_public_client: bool = False
    required: Collection[ApiPermission] = ()


def register_application(
    scope: Scope, registration: Registration, *, client_id: uuid.UUID | None = None
) -> Application:
    """Register an application, and let it into its own tenant, with no permission yet.

    Raises Forbidden, InvalidInput naming the field, Conflict for a client id that is taken.
    """
    require(scope, Permission.APPLICATION_MANAGE)
    values = _clean(registration)
    with transaction.atomic():
        lock_directory(scope)
        _check_client_id_free(client_id)
        application = Application.rows.create(
            tenant_id=scope.tenant_id,
            client_id=client_id or uuid.uuid4(),
            created_at=clock.now(),
            created_by=scope.actor.display_name[:256],
            **values,
        )
        ServicePrincipal.rows.create(
            tenant_id=scope.tenant_id,
            client_id=application.client_id,
            home_tenant_id=scope.tenant_id,
            application_id=application.id,
            display_name=application.display_name,
            created_at=clock.now(),
        )
        record(scope, "application.registered", application_target(application), details=values)
    return application


def update_application(scope: Scope, application_id: uuid.UUID, registration: Registration) -> Application:
    """Change what its owner decides of it. Raises Forbidden, NotFound, InvalidInput."""
    require(scope, Permission.APPLICATION_MANAGE)
    values = _clean(registration)
    with transaction.atomic():
        lock_directory(scope)
        application = get_application(scope, application_id)
        before = {name: getattr(application, name) for name in values}
        changed = {name: value for name, value in values.items() if before[name] != value}
        if changed:
            _set(application, changed)
            details = {"before": {name: before[name] for name in changed}, "after": changed}
            record(scope, "application.updated", application_target(application), details=details)
    return application


def disable_application(scope: Scope, application_id: uuid.UUID) -> Application:
    """Let it in nowhere, from the next request on. Raises Forbidden, NotFound, Conflict."""
    return _switch(scope, application_id, disable=True)


def enable_application(scope: Scope, application_id: uuid.UUID) -> Application:
    """Let it in again where it was let in before. Raises Forbidden, NotFound, Conflict."""
    return _switch(scope, application_id, disable=False)


def remove_application(scope: Scope, application_id: uuid.UUID) -> None:
    """Take it away, everywhere and for good. Raises Forbidden, NotFound."""
    require(scope, Permission.APPLICATION_MANAGE)
    with transaction.atomic():
        lock_directory(scope)
        application = get_application(scope, application_id)
        application.removed_at = clock.now()
        application.save(update_fields=["removed_at"])
        record(scope, "application.removed", application_target(application))


def check_address(uri: str, field: str, platform: str) -> None:
    """Raise InvalidInput unless codes may safely be sent there.

    https, or http on this very machine (RFC 8252, sections 7.3 and 8.3); a native client may have a
    scheme of its own (section 7.1). Compared letter by letter later, so nothing is normalised here.
    """
    try:
        parts = urlsplit(uri)
        host = parts.hostname or ""
    except ValueError:
        raise InvalidInput(fields={field: "must be an address like https://siem.example/callback"}) from None
    is_web = (parts.scheme == "https" and host) or (parts.scheme == "http" and host in _LOOPBACK)
    is_native = (platform == "publicClient" and "." in parts.scheme) or parts.scheme.startswith("msal")
    has_odd_signs = any(sign.isspace() or not sign.isprintable() or sign in '*"<>\\' for sign in uri)
    if (
        not (is_web or (platform == "publicClient" and is_native))
        or has_odd_signs
        or "#" in uri
        or len(uri) > 256
    ):
        reason = "must begin with https://, or http://localhost, with no fragment, blank or wildcard"
        raise InvalidInput(fields={field: reason})


def application_target(application: Application) -> Target:
    """How the audit log names an application."""
    return Target("application", str(application.id), application.display_name)


def _switch(scope: Scope, application_id: uuid.UUID, *, disable: bool) -> Application:
    require(scope, Permission.APPLICATION_MANAGE)
    with transaction.atomic():
        lock_directory(scope)
        application = get_application(scope, application_id)
        if (application.disabled_at is not None) == disable:
            raise Conflict(
                "This application is disabled already." if disable else "This application is enabled."
            )
        application.disabled_at = clock.now() if disable else None
        application.save(update_fields=["disabled_at"])
        tag = "application.disabled" if disable else "application.enabled"
        record(scope, tag, application_target(application))
    return application


def _set(application: Application, changed: dict[str, object]) -> None:
    for name, value in changed.items():
        setattr(application, name, value)
    application.save(update_fields=list(changed))
    if "display_name" in changed:
        # The tenant's own object of it has the same name; other tenants keep the one they consented to.
        own = ServicePrincipal.objects.of_tenant(application.tenant_id)
        own.filter(application_id=application.id).update(display_name=application.display_name)


def _check_client_id_free(client_id: uuid.UUID | None) -> None:
    # Also of removed ones: an id that tenants consented to must never mean something else.
    if client_id and Application.objects.across_tenants().filter(client_id=client_id).exists():
        raise Conflict("There is an application with this id already.")


def _clean(registration: Registration) -> dict[str, object]:
    if registration.sign_in_audience not in Application.Audience.values:
        words = " or ".join(Application.Audience.values)
        raise InvalidInput(fields={"sign_in_audience": f"must be {words}"})
    if len(registration.required) > PERMISSIONS_AT_MOST:
        raise InvalidInput(fields={"permissions": f"must be at most {PERMISSIONS_AT_MOST}"})
    logout_url = registration.logout_url.strip()
    if logout_url:
        check_address(logout_url, "logout_url", "web")
    return {
        "display_name": clean_line(registration.display_name, "display_name", longest=120),
        "description": clean_block(registration.description, "description", longest=1024, required=False),
        "sign_in_audience": registration.sign_in_audience,
        "redirect_uris": _clean_redirects(registration.redirects),
        "logout_url": logout_url,
        "allows_public_client": registration.allows_public_client,
        "required_permissions": sorted(
            (
                {"resource": each.resource, "kind": each.kind, "value": each.value}
                for each in set(registration.required)
            ),
            key=lambda row: tuple(row.values()),
        ),
    }


def _clean_redirects(redirects: Sequence[Redirect]) -> list[dict[str, str]]:
    if len(redirects) > REDIRECTS_AT_MOST:
        raise InvalidInput(fields={"redirect_uris": f"must be at most {REDIRECTS_AT_MOST}"})
    kept: dict[str, dict[str, str]] = {}
    for redirect in redirects:
        if redirect.platform not in PLATFORMS:
            raise InvalidInput(
                fields={"redirect_uris": f"the platform must be one of: {', '.join(PLATFORMS)}"}
            )
        check_address(redirect.uri, "redirect_uris", redirect.platform)
        kept[redirect.uri] = {"uri": redirect.uri, "platform": redirect.platform}
    return list(kept.values())
