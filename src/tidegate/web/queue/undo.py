"""What a session may take back: its last few changes of many, each with what was before.

The session holds them because nobody else may undo them; what may be changed where, the gate is asked again.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest
from django.utils.dateparse import parse_datetime

from tidegate.core import clock
from tidegate.core.errors import NotFound
from tidegate.incidents.actions.undoing import Remembered

KEPT: Final = 3
FOR: Final = timedelta(minutes=15)
_KEY: Final = "undo"


@dataclass(frozen=True, slots=True)
class Undoable:
    """One change of many: its kind, and each incident as it was, with its tenant."""

    kind: str
    rows: Sequence[tuple[UUID, Remembered]]


def keep(request: HttpRequest, kind: str, rows: Sequence[tuple[UUID, Remembered]]) -> str:
    """Remember a change; gives the name under which it can be undone, or "" where nothing was changed."""
    if not rows:
        return ""
    name = secrets.token_urlsafe(9)
    kept: list[dict[str, Any]] = request.session.get(_KEY, [])[-(KEPT - 1) :]
    told = [
        [str(tenant_id), was.number, was.version, dict(was.values), list(was.alerts)]
        for tenant_id, was in rows
    ]
    kept.append({"name": name, "at": clock.now().isoformat(), "kind": kind, "rows": told})
    request.session[_KEY] = kept
    return name


def take(request: HttpRequest, name: str) -> Undoable:
    """A change that is to be undone, once. Raises NotFound for one that cannot be any more."""
    kept: list[dict[str, Any]] = request.session.get(_KEY, [])
    found = next((one for one in kept if one["name"] == name), None)
    if found is None or (parse_datetime(found["at"]) or clock.now()) < clock.now() - FOR:
        raise NotFound("This can no longer be undone.")
    request.session[_KEY] = [one for one in kept if one is not found]
    rows = [
        (UUID(tenant_id), Remembered(number, version, values, [tuple(alert) for alert in alerts]))
        for tenant_id, number, version, values, alerts in found["rows"]
    ]
    return Undoable(found["kind"], rows)
