"""What one open page may be told, and what must go on being true for it to be told anything."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from tidegate.authorization.permissions import Permission
from tidegate.core.scoped import Reach


class Kind(StrEnum):
    """What a page shows."""

    INCIDENTS = "incidents"
    ALERTS = "alerts"


NEEDED: Final = {Kind.INCIDENTS: Permission.INCIDENT_READ, Kind.ALERTS: Permission.ALERT_READ}


@dataclass(frozen=True, slots=True)
class Session:
    """Whose page it is: a session, its account, and what the session was checked against."""

    key: str
    account_id: uuid.UUID
    mark: str


@dataclass(frozen=True, slots=True, eq=False)
class Grant:
    """One page of one session, as the gate let it in.

    `tenant_id` and `user_id` are of the one tenant that it shows, None of several; `target` is the one thing,
    "incident:4127", "" for a list. `group` narrows several tenants, as it did when it was asked; `reopen`
    asks everything of the gate again, raises what it raises, and gives the group as it is now. `begin` says
    under an id that somebody looks.
    """

    session: Session
    kind: Kind
    reopen: Callable[[], Reach | None]
    tenant_id: uuid.UUID | None = None
    user_id: uuid.UUID | None = None
    target: str = ""
    begin: Callable[[uuid.UUID], None] | None = None
    group: Reach | None = None
    ends_at: datetime | None = None

    @property
    def permission(self) -> Permission:
        """What lets one see what the page shows."""
        return NEEDED[self.kind]

    @property
    def place(self) -> tuple[uuid.UUID, str] | None:
        """What is looked at, where it is one thing."""
        return (self.tenant_id, self.target) if self.tenant_id and self.target else None


class Slot:
    """Where the view that opens a stream leaves what it grants. Without a grant nothing is streamed."""

    NAME: Final = "tidegate.live"

    def __init__(self) -> None:
        self.grant: Grant | None = None
