"""Notices: who is to be told by mail, kept in the transaction of what is told, so nothing undone is told.

Kinds name the mail; its text is the template of that name, its link the address in `mailing`. Values
are words and instants for that text: no secrets, and nothing that only another tenant may know.
"""

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Final

from django.db.models import Q

from tidegate.accounts.models import Account
from tidegate.audit.actions import clean_text
from tidegate.authorization.roles import BuiltInRole
from tidegate.core import clock
from tidegate.directory.models import GroupMembership, RoleAssignment, User
from tidegate.directory.models.dated import in_force
from tidegate.entitlements.models import Notice

LONGEST_VALUE: Final = 2000

type Value = str | int | bool | uuid.UUID | datetime | None


class NoticeKind(StrEnum):
    """One mail each. Behind each: its reader, and the values that its text needs.

    `ends_at` None is no end; `organization` may be "" for people of the tenant itself; `by` and
    `justification` may be "".
    """

    # Approvers and alternates: request_id, person, organization, package, justification, until.
    APPROVAL_NEEDED = "approval_needed"
    APPROVAL_ESCALATED = "approval_escalated"
    # The requestor, when what was approved begins later: request_id, package, by, starts_at.
    REQUEST_APPROVED = "request_approved"
    # The requestor: request_id, package, by, justification.
    REQUEST_DENIED = "request_denied"
    # The requestor, when nobody decided in time: request_id, package.
    REQUEST_EXPIRED = "request_expired"
    # The requestor: request_id, package, status.
    DELIVERY_FAILED = "delivery_failed"
    # The holder: request_id, package, starts_at, ends_at.
    ACCESS_GIVEN = "access_given"
    # The holder: assignment_id, package, ends_at.
    ACCESS_EXTENDED = "access_extended"
    # The holder: assignment_id, package, ends_at, can_extend.
    ACCESS_ENDS_SOON = "access_ends_soon"
    # The holder: package, because ("" when it ended by its date).
    ACCESS_ENDED = "access_ended"
    # Administrators: assignment_id, person, organization, package, justification, confirmed_by, ends_at.
    BREAK_GLASS_OPENED = "break_glass_opened"
    # Who broke the glass: assignment_id, package, until.
    WRITE_UP_DUE = "write_up_due"
    # Administrators: assignment_id, person, package.
    WRITE_UP_WRITTEN = "write_up_written"
    # Reviewers: review_id, review, until.
    REVIEW_STARTED = "review_started"
    # Holders who answer for themselves: review_id, review, until.
    SELF_REVIEW_STARTED = "self_review_started"
    # Approvers of an activation: activation_id, person, role, justification.
    ELEVATION_NEEDED = "elevation_needed"
    # Who asked for an activation: activation_id, role, by, justification, ends_at.
    ELEVATION_APPROVED = "elevation_approved"
    ELEVATION_DENIED = "elevation_denied"
    # Administrators: person, role, justification, ends_at.
    ELEVATION_STARTED = "elevation_started"
    # Administrators: name (who or what is stopped), by, reason.
    OUTSIDE_ACCESS_STOPPED = "outside_access_stopped"
    OUTSIDE_ACCESS_RESTORED = "outside_access_restored"


def tell(
    tenant_id: uuid.UUID,
    kind: NoticeKind,
    *,
    key: str,
    to: Account | str,
    values: Mapping[str, Value],
) -> None:
    """Let somebody be told, in the caller's transaction; a job sends it once that is committed.

    `key` (at most 160 characters) says what it is about, for instance the kind and a row's id: the same
    person is told of one key once, however often this is called.
    """
    _keep([_make(tenant_id, kind, key, to, values)])


def tell_users(
    tenant_id: uuid.UUID,
    kind: NoticeKind,
    *,
    key: str,
    users: Iterable[User],
    values: Mapping[str, Value],
) -> None:
    """Tell users of the tenant, each once under this key. At most three statements, however many."""
    people = {user.account_id: user for user in users if user.account_id}
    accounts = Account.objects.filter(id__in=people, is_active=True)
    _keep([_make(tenant_id, kind, key, account, values) for account in accounts])


def tell_administrators(
    tenant_id: uuid.UUID, kind: NoticeKind, *, key: str, values: Mapping[str, Value]
) -> None:
    """Tell the tenant's own Global Administrators: members who hold the role and may enter now."""
    tell_users(tenant_id, kind, key=key, users=_administrators(tenant_id), values=values)


def _administrators(tenant_id: uuid.UUID) -> Iterable[User]:
    now = clock.now()
    given = RoleAssignment.objects.of_tenant(tenant_id).filter(
        in_force(now), role__display_name=BuiltInRole.GLOBAL_ADMINISTRATOR, role__is_built_in=True
    )
    members = GroupMembership.objects.of_tenant(tenant_id).filter(
        in_force(now), group_id__in=given.filter(group_id__isnull=False).values("group_id")
    )
    holders = Q(id__in=given.filter(user_id__isnull=False).values("user_id")) | Q(
        id__in=members.values("user_id")
    )
    own = User.objects.of_tenant(tenant_id).entering(now).filter(user_type=User.UserType.MEMBER)
    return own.filter(holders)


def _make(
    tenant_id: uuid.UUID, kind: NoticeKind, key: str, to: Account | str, values: Mapping[str, Value]
) -> Notice:
    email, language, reader = (to, "", to) if isinstance(to, str) else (to.email, to.language, str(to.id))
    if len(key) > 160:
        raise ValueError("A notice's key must be short.")
    return Notice(
        tenant_id=tenant_id,
        kind=kind,
        # An address can be longer than a key may be; its tail still tells two apart.
        key=f"{key}:{reader}"[:200],
        email=email,
        language=language,
        values={name: _encode(value) for name, value in values.items()},
        created_at=clock.now(),
    )


def _encode(value: Value) -> str | int | bool | None:
    if value is None or isinstance(value, bool | int):
        return value
    # What somebody is called or has written must not decide whether what it tells can happen.
    return value.isoformat() if isinstance(value, datetime) else clean_text(str(value), LONGEST_VALUE)


def _keep(rows: list[Notice]) -> None:
    # One that is there already stays as it is; a refused insert would end the caller's transaction.
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
