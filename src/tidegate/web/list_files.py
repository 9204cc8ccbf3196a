"""Every list as a file: what is asked for, in which order, and what each row says. One tenant or several.

A file has the rows of its list, as the address filters it, with whole values and the API's words. It is read
a page at a time while it is sent (`web.exports`), and each tenant's log tells who took it.
"""

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import Model, QuerySet

from tidegate.authorization.permissions import Permission
from tidegate.authorization.scope import ManyScope, Scope
from tidegate.core import clock
from tidegate.core.errors import InvalidInput
from tidegate.core.paging import SortKey, read_all
from tidegate.devices.groups import list_device_groups
from tidegate.directory.applications import list_principals
from tidegate.directory.people import Shown, UserFilter, find_users, standing_of
from tidegate.directory.queries import list_groups, list_role_assignments
from tidegate.entitlements.catalog_queries import Held, list_all_assignments, list_packages
from tidegate.entitlements.organizations import list_organizations
from tidegate.entitlements.reviewing import list_reviews
from tidegate.incidents.queries import list_import_runs
from tidegate.notifications.across import list_deliveries_of_many
from tidegate.notifications.words import DeliveryState
from tidegate.oauth.sign_in_log import ORDER as SIGN_IN_ORDER
from tidegate.oauth.sign_in_log import list_sign_ins
from tidegate.web.forms.sign_ins import SignInFilterForm
from tidegate.web.many_given import read_text
from tidegate.web.many_lists import BY_NAME, NEWEST, NEWEST_BEGUN

type AnyScope = Scope | ManyScope
type Asked = Mapping[str, str]
type FileRow = dict[str, object]


@dataclass(frozen=True, slots=True)
class ListFile:
    """One list. `ask` gives its rows for a scope and an address, `columns` what each says, by name."""

    permission: Permission
    ask: Callable[[AnyScope, Asked], QuerySet[Any]]
    columns: Mapping[str, Callable[[Any], object]]
    order: Sequence[SortKey] = BY_NAME

    def rows(
        self, scope: AnyScope, asked: Asked, names: Mapping[uuid.UUID, str], only: uuid.UUID | None = None
    ) -> Iterator[FileRow]:
        """The rows of the file, each led by its tenant; of one tenant alone, if one is named.

        Raises Forbidden, and InvalidInput for what the address asks amiss, before the first is read.
        """
        found: QuerySet[Model] = self.ask(scope, asked)
        if only is not None:
            found = found.filter(tenant_id=only)
        return self._say(found, names)

    def _say(self, found: QuerySet[Model], names: Mapping[uuid.UUID, str]) -> Iterator[FileRow]:
        for row in read_all(found, self.order):
            tenant_id: uuid.UUID = row.tenant_id  # type: ignore[attr-defined]
            said = {name: _write(say(row)) for name, say in self.columns.items()}
            yield {"tenant": names.get(tenant_id, ""), "tenant_id": str(tenant_id), **said}

    @property
    def head(self) -> tuple[str, ...]:
        """The names of the columns."""
        return ("tenant", "tenant_id", *self.columns)


def _write(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID) else value


def _one_of[W: (Shown, Held)](words: type[W], asked: Asked, name: str, usual: W) -> W:
    text = asked.get(name, "")
    if text and text not in set(words):
        raise InvalidInput(fields={name: "must be one of: " + ", ".join(words)})
    return words(text) if text else usual


def _state(asked: Asked) -> str:
    state = asked.get("state", "")
    if state and state not in DeliveryState.values:
        raise InvalidInput(fields={"state": "must be one of: " + ", ".join(DeliveryState.values)})
    return state


def _named(rows: QuerySet[Any], asked: Asked, column: str = "display_name") -> QuerySet[Any]:
    text = read_text(asked)
    return rows.filter(**{f"{column}__icontains": text}) if text else rows


def _ask_users(scope: AnyScope, asked: Asked) -> QuerySet[Any]:
    return find_users(scope, UserFilter(_one_of(Shown, asked, "show", Shown.ALL), read_text(asked)))


def _ask_assignments(scope: AnyScope, asked: Asked) -> QuerySet[Any]:
    return list_all_assignments(scope, _one_of(Held, asked, "held", Held.IN_FORCE), read_text(asked))


LISTS: Final[Mapping[str, ListFile]] = {
    "users": ListFile(
        Permission.USER_READ,
        _ask_users,
        {
            "id": lambda one: one.id,
            "name": lambda one: one.display_name,
            "user_principal_name": lambda one: one.user_principal_name,
            "mail": lambda one: one.mail,
            "user_type": lambda one: one.user_type,
            "state": lambda one: str(standing_of(one, clock.now())),
            "groups": lambda one: one.groups_held,
            "roles": lambda one: one.roles_held,
            "starts_at": lambda one: one.starts_at,
            "ends_at": lambda one: one.ends_at,
            "last_entered_at": lambda one: one.last_entered_at,
        },
    ),
    "groups": ListFile(
        Permission.GROUP_READ,
        lambda scope, asked: _named(list_groups(scope), asked),
        {
            "id": lambda one: one.id,
            "name": lambda one: one.display_name,
            "description": lambda one: one.description,
            "created_at": lambda one: one.created_at,
        },
    ),
    "roles": ListFile(
        Permission.ROLE_READ,
        lambda scope, _asked: list_role_assignments(scope, clock.now()),
        {
            "role": lambda one: one.role.display_name,
            "given_to": lambda one: one.group.display_name if one.group else one.user.display_name,
            "kind": lambda one: "group" if one.group else "user",
            "mail": lambda one: "" if one.group else one.user.mail,
            "starts_at": lambda one: one.starts_at,
            "ends_at": lambda one: one.ends_at,
        },
        NEWEST_BEGUN,
    ),
    "device_groups": ListFile(
        Permission.DEVICE_GROUP_READ,
        lambda scope, asked: _named(list_device_groups(scope), asked),
        {
            "id": lambda one: one.id,
            "name": lambda one: one.display_name,
            "description": lambda one: one.description,
            "rank": lambda one: one.rank,
            "is_default": lambda one: one.is_default,
            "is_restricted": lambda one: one.is_restricted,
            "remediation_level": lambda one: one.remediation_level,
        },
    ),
    "applications": ListFile(
        Permission.APPLICATION_READ,
        lambda scope, asked: _named(list_principals(scope), asked),
        {
            "id": lambda one: one.id,
            "name": lambda one: one.display_name,
            "client_id": lambda one: one.client_id,
            "home_tenant_id": lambda one: one.home_tenant_id,
            "created_at": lambda one: one.created_at,
            "disabled_at": lambda one: one.disabled_at,
        },
    ),
    "access_packages": ListFile(
        Permission.ENTITLEMENT_READ,
        lambda scope, asked: _named(list_packages(scope), asked),
        {
            "id": lambda one: one.id,
            "name": lambda one: one.display_name,
            "catalog": lambda one: one.catalog.display_name,
            "description": lambda one: one.description,
            "is_hidden": lambda one: one.is_hidden,
            "is_break_glass": lambda one: one.is_break_glass,
            "created_at": lambda one: one.created_at,
        },
    ),
    "assignments": ListFile(
        Permission.ENTITLEMENT_READ,
        _ask_assignments,
        {
            "id": lambda one: one.id,
            "package": lambda one: one.package.display_name,
            "name": lambda one: one.user.display_name,
            "mail": lambda one: one.user.mail,
            "organization": lambda one: one.organization.display_name if one.organization else "",
            "policy": lambda one: one.policy.display_name,
            "starts_at": lambda one: one.starts_at,
            "ends_at": lambda one: one.ends_at,
            "ended_because": lambda one: one.ended_because,
        },
        NEWEST,
    ),
    "connected_organizations": ListFile(
        Permission.ENTITLEMENT_READ,
        lambda scope, asked: _named(list_organizations(scope), asked),
        {
            "id": lambda one: one.id,
            "name": lambda one: one.display_name,
            "description": lambda one: one.description,
            "source_tenant_id": lambda one: one.source_tenant_id,
            "source_domain": lambda one: one.source_domain,
            "state": lambda one: one.state,
            "created_at": lambda one: one.created_at,
        },
    ),
    "reviews": ListFile(
        Permission.ENTITLEMENT_READ,
        lambda scope, asked: _named(list_reviews(scope), asked),
        {
            "id": lambda one: one.id,
            "name": lambda one: one.display_name,
            "state": lambda one: one.state,
            "starts_at": lambda one: one.starts_at,
            "ends_at": lambda one: one.ends_at,
            "applied_at": lambda one: one.applied_at,
        },
        NEWEST_BEGUN,
    ),
    "deliveries": ListFile(
        Permission.SECURITY_SETTING_MANAGE,
        lambda scope, asked: list_deliveries_of_many(scope, state=_state(asked), text=read_text(asked)),
        {
            "id": lambda one: one.id,
            "rule": lambda one: one.rule.display_name,
            "kind": lambda one: one.kind,
            "address": lambda one: one.email,
            "channel": lambda one: one.channel.display_name if one.channel else "",
            "state": lambda one: one.state,
            "attempts": lambda one: one.attempts,
            "answer": lambda one: one.last_answer,
            "created_at": lambda one: one.created_at,
            "settled_at": lambda one: one.settled_at,
        },
        NEWEST,
    ),
    "sign_ins": ListFile(
        Permission.AUDIT_READ,
        lambda scope, asked: list_sign_ins(scope, SignInFilterForm(asked).read_filter()),
        {
            "first_at": lambda one: one.first_at,
            "last_at": lambda one: one.last_at,
            "times": lambda one: one.count,
            "application": lambda one: one.client_name,
            "client_id": lambda one: one.client_id,
            "user": lambda one: one.user_name,
            "grant": lambda one: one.grant,
            "resource": lambda one: one.resource,
            "result": lambda one: one.result,
            "ip_address": lambda one: one.ip_address,
            "user_agent": lambda one: one.user_agent,
        },
        SIGN_IN_ORDER,
    ),
    "imports": ListFile(
        Permission.ALERT_IMPORT,
        lambda scope, asked: _named(list_import_runs(scope).defer("faults"), asked, "file_name"),
        {
            "id": lambda one: one.id,
            "file": lambda one: one.file_name,
            "state": lambda one: one.state,
            "size": lambda one: one.size,
            "created": lambda one: one.created,
            "updated": lambda one: one.updated,
            "unchanged": lambda one: one.unchanged,
            "rejected": lambda one: one.rejected,
            "by": lambda one: one.user_name,
            "created_at": lambda one: one.created_at,
            "finished_at": lambda one: one.finished_at,
        },
        NEWEST,
    ),
}
