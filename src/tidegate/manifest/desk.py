"""One tenant of a document on the operator's desk, and what was done there."""

import unicodedata
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Self

from django.db.models import Model, QuerySet
from msgspec import UNSET, UnsetType

from tidegate.authorization.permissions import EVERYONE_INSIDE, Permission
from tidegate.authorization.scope import OPERATOR, Entry, Scope
from tidegate.core.errors import NotFound
from tidegate.directory.models import Tenant
from tidegate.manifest.places import Place, refusing_at, suggest
from tidegate.manifest.times import write_moment

NEEDED = EVERYONE_INSIDE | {
    Permission.TENANT_UPDATE,
    Permission.DOMAIN_MANAGE,
    Permission.USER_READ,
    Permission.USER_INVITE,
    Permission.USER_UPDATE,
    Permission.USER_REMOVE,
    Permission.GROUP_READ,
    Permission.GROUP_MANAGE,
    Permission.ROLE_READ,
    Permission.ROLE_ASSIGN,
    Permission.ROLE_MANAGE,
    Permission.APPLICATION_READ,
    Permission.APPLICATION_MANAGE,
    Permission.CONSENT_GRANT,
    Permission.PORTAL_SETTING_MANAGE,
    Permission.DEVICE_GROUP_READ,
    Permission.DEVICE_GROUP_MANAGE,
    Permission.SECURITY_SETTING_MANAGE,
    Permission.ENTITLEMENT_READ,
    Permission.ENTITLEMENT_MANAGE,
    Permission.TENANT_GROUP_MANAGE,
    Permission.SERVICE_LEVEL_MANAGE,
}
"""What the operator holds in a tenant while configuring it: of what happens there, nothing is read."""


class MadeKind(StrEnum):
    """What was made for a document that did not give it."""

    PASSWORD = "password"  # noqa: S105  the kind's name
    SECRET = "secret"  # noqa: S105  the kind's name
    INVITATION = "invitation"


@dataclass(frozen=True, slots=True)
class Made:
    """A text that is known only now. `whose` is the address, or for a secret the client id."""

    kind: MadeKind
    tenant_id: uuid.UUID | None
    whose: str
    name: str
    text: str = field(repr=False)


@dataclass(slots=True)
class Run:
    """One application of a document: what was done, in words, and what was made."""

    changes: list[str] = field(default_factory=list)
    made: list[Made] = field(default_factory=list)
    tenant_ids: list[uuid.UUID] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Desk:
    """A tenant, opened for the operator, at one place of the document."""

    run: Run
    scope: Scope
    place: Place

    @property
    def tenant_name(self) -> str:
        """What the tenant is called."""
        return self.scope.entry.tenant_name

    def note(self, words: str) -> None:
        """Tell of something that was done."""
        self.run.changes.append(words)

    def note_changes(self, what: str, before: Mapping[str, object], after: Mapping[str, object]) -> None:
        """Tell of every value that is another than it was; of none, nothing."""
        changed = [
            f"{name} {say(before[name])} -> {say(value)}"
            for name, value in after.items()
            if before[name] != value
        ]
        if changed:
            self.note(f"change {what}: {', '.join(changed)}")

    def at(self, place: Place) -> Self:
        """The same desk, elsewhere in the document."""
        return replace(self, place=place)

    def each[F](self, member: str, items: Iterable[F] | UnsetType, do: Callable[[Self, F], None]) -> None:
        """Do something with each item of a member of what stands here. Raises Misfit naming the item."""
        if items is UNSET:
            return
        for number, item in enumerate(items):
            place = self.place.member(member).item(number)
            with refusing_at(place):
                do(self.at(place), item)


def open_for_operator(tenant: Tenant) -> Scope:
    """A tenant, as the operator opens it to configure it."""
    return Scope(OPERATOR, Entry(tenant.id, tenant.display_name, None, None, NEEDED))


def find_named[M: Model](rows: QuerySet[M], name: str, column: str = "display_name") -> M | None:
    """The row of that name, in whatever letter case."""
    return rows.filter(**{f"{column}__iexact": plain(name)}).first()


def get_named[M: Model](rows: QuerySet[M], noun: str, name: str, column: str = "display_name") -> M:
    """The same. Raises NotFound with the name that comes nearest."""
    found = find_named(rows, name, column)
    if found is None:
        known = list(rows.order_by(column).values_list(column, flat=True)[:1000])
        message = f'there is no {noun} "{name}"{suggest(name, known)}'
        raise NotFound(message)
    return found


def given(**values: object) -> dict[str, object]:
    """Those values that a document gives, texts as actions keep them."""
    return {
        name: plain(value) if isinstance(value, str) else value
        for name, value in values.items()
        if value is not UNSET
    }


def plain(text: str) -> str:
    """A text as actions keep it (see `core.text`), so that what is there already compares equal."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").strip())


def say(value: object) -> str:
    """How a value reads in a sentence."""
    if value in (None, "", []):
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return write_moment(value)
    if isinstance(value, list | tuple):
        return "(" + ", ".join(map(str, value)) + ")"
    return f'"{value}"' if isinstance(value, str) and " " in value else str(value)
