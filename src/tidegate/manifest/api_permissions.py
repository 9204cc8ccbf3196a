"""Permissions of APIs as documents and commands write them: `graph/SecurityAlert.Read.All:delegated`."""

from collections.abc import Iterable
from typing import Final

from tidegate.authorization.api_permissions import (
    API_PERMISSIONS,
    ApiPermission,
    GrantKind,
    Resource,
    find_api_permission,
)
from tidegate.core.errors import InvalidInput
from tidegate.manifest.places import suggest

_DELEGATED: Final = ":delegated"


def read_permission(text: str, field: str = "") -> ApiPermission:
    """One permission. Without a word on it, the application's own where there is one.

    Raises InvalidInput naming the field, with what comes nearest.
    """
    name = text.removesuffix(_DELEGATED)
    resource, _, value = name.partition("/")
    kinds = (GrantKind.DELEGATED,) if text != name else (GrantKind.APPLICATION, GrantKind.DELEGATED)
    if resource in list(Resource):
        found = (find_api_permission(Resource(resource), kind, value) for kind in kinds)
        for permission in found:
            if permission is not None:
                return permission
    known = [f"{one.resource}/{one.value}" for one in API_PERMISSIONS if one.kind in kinds]
    reason = f'there is no permission "{text}"{suggest(name, known)}'
    raise InvalidInput(fields={field: reason}) if field else InvalidInput(reason)


def write_permission(permission: ApiPermission) -> str:
    """The form that `read_permission` takes."""
    return write_name(permission.resource, permission.kind, permission.value)


def write_name(resource: str, kind: str, value: str) -> str:
    """The same of a permission as tables keep it."""
    return f"{resource}/{value}{_DELEGATED if kind == GrantKind.DELEGATED else ''}"


def say_permissions(permissions: Iterable[ApiPermission]) -> str:
    """How they read in a sentence."""
    return ", ".join(sorted(write_permission(one).partition("/")[2] for one in permissions))
