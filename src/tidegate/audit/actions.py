"""Append: the only way an event comes to be."""

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from tidegate.audit.chain import first_hash, hash_event, seal_hash, seal_head
from tidegate.audit.models import AuditEvent, ChainHead, Result, WaitingEvent
from tidegate.authorization.scope import Actor, Entry, Scope
from tidegate.core import clock
from tidegate.core.bulk import insert
from tidegate.core.prepared import NUMBER, TEXT, UUID, PreparedObjects
from tidegate.core.prepared_writes import Changes, PreparedInsert, PreparedUpdate

type Details = Mapping[str, object]

_FEW: Final = 3
"""Events that are sooner inserted one by one than all at once."""


@dataclass(frozen=True, slots=True)
class Target:
    """What something was done to; the name is how it read at that moment."""

    type: str
    id: str
    name: str = ""


NOTHING = Target("", "")


@dataclass(frozen=True, slots=True)
class Happened:
    """What becomes an event: who did what to what, where they had entered, how it ended."""

    actor: Actor
    entry: Entry | None
    tag: str
    target: Target = NOTHING
    result: Result = Result.SUCCESS
    details: Details | None = None


def record(
    scope: Scope,
    tag: str,
    target: Target = NOTHING,
    *,
    result: Result = Result.SUCCESS,
    details: Details | None = None,
) -> AuditEvent:
    """Append one event to the chain of the scope's tenant, in the caller's transaction."""
    return append(
        scope.tenant_id,
        scope.actor,
        tag,
        target,
        entry=scope.entry,
        result=result,
        details=details,
    )


def append(
    tenant_id: uuid.UUID,
    actor: Actor,
    tag: str,
    target: Target = NOTHING,
    *,
    entry: Entry | None = None,
    result: Result = Result.SUCCESS,
    details: Details | None = None,
) -> AuditEvent:
    """Append one event to a tenant's chain, in the caller's transaction.

    The head of the chain stays locked until that transaction ends, so events of one tenant stand
    in the order of their commits and tenants never wait for each other.
    """
    return append_all(tenant_id, [Happened(actor, entry, tag, target, result, details)])[0]


def append_all(tenant_id: uuid.UUID, happened: Sequence[Happened]) -> list[AuditEvent]:
    """The same of several, in this order."""
    if not happened:
        return []
    with transaction.atomic(savepoint=False):
        head = _lock_head(tenant_id)
        events = [_describe(tenant_id, one) for one in happened]
        for event in events:
            _bind(event, head)
        _insert(events)
        _move_head(head)
    return events


def put_aside(asked: str, actor: Actor, tag: str, *, details: Details | None = None) -> None:
    """Keep an event for the tenant that `asked` may name; one insert, whatever it names."""
    about = {
        name: clean_text(value) if isinstance(value, str) else value
        for name, value in (details or {}).items()
    }
    asked = clean_text(asked, 320)
    WaitingEvent.objects.create(
        at=clock.now(), tag=tag, asked=asked, actor=_actor_as_kept(actor), details=about
    )


def put_views_aside(
    actor: Actor, tag: str, places: Iterable[Entry], *, details: Mapping[str, str] | None = None
) -> None:
    """Keep an event for each of these tenants: somebody looked. One insert, however many they are."""
    who, at = _actor_as_kept(actor), clock.now()
    about = {name: clean_text(text) for name, text in (details or {}).items()}
    WaitingEvent.objects.bulk_create(
        WaitingEvent(
            at=at,
            tag=tag,
            asked=str(entry.tenant_id),
            actor={
                **who,
                "user_id": str(entry.user_id) if entry.user_id else None,
                "relation": entry.relation,
            },
            details={**about, "tenant_name": clean_text(entry.tenant_name, 256)},
        )
        for entry in places
    )


def _actor_as_kept(actor: Actor) -> dict[str, object]:
    return {name: value if value is None else clean_text(str(value)) for name, value in asdict(actor).items()}


def clean_text(text: str, longest: int | None = None) -> str:
    """The text as every database takes it, and cut.

    PostgreSQL refuses NUL and no encoding has lone surrogates; what an outsider sends must not
    decide whether the record can be written.
    """
    fit = text.replace("\0", "\ufffd").encode(errors="replace").decode()
    return fit[:longest]


def _client_of(actor: Actor) -> Details:
    """Through which application somebody acted, if through one."""
    if actor.client_id is None:
        return {}
    return {"application": {"client_id": actor.client_id, "name": actor.client_name}}


def _encode(details: Details) -> str:
    return clean_text(json.dumps(details, sort_keys=True, ensure_ascii=False, default=str))


def _bind(event: AuditEvent, head: ChainHead) -> None:
    """Bind an event to those before it; it is the head from now on."""
    event.sequence = head.sequence = head.sequence + 1
    event.previous_hash = head.hash
    event.hash = head.hash = hash_event(event)
    event.seal = seal_hash(event.hash)


def _insert(events: Sequence[AuditEvent]) -> None:
    if len(events) > _FEW:
        insert(AuditEvent, events)
        return
    for event in events:
        _INSERT_EVENT.run(event)


def _move_head(head: ChainHead) -> None:
    seal = seal_head(head.tenant_id, head.sequence, head.hash)
    _MOVE_HEAD.run(tenant_id=head.tenant_id, sequence=head.sequence, hash=head.hash, seal=seal)


def _lock_head(tenant_id: uuid.UUID) -> ChainHead:
    head = _HEADS.first(tenant_id=tenant_id)
    while head is None:
        # Another may insert it at the same time: then theirs is waited for.
        _INSERT_HEAD.run(ChainHead(tenant_id=tenant_id, hash=first_hash(tenant_id)))
        head = _HEADS.first(tenant_id=tenant_id)
    return head


def _heads(tenant_id: uuid.UUID) -> QuerySet[ChainHead]:
    return ChainHead.objects.select_for_update().filter(tenant_id=tenant_id)


def _moved(
    tenant_id: uuid.UUID,
    sequence: int,
    hash: str,  # noqa: A002  the column's name
    seal: str,
) -> tuple[QuerySet[ChainHead], Changes]:
    head = ChainHead.objects.filter(tenant_id=tenant_id)
    return head, {"sequence": sequence, "hash": hash, "seal": seal}


_HEADS = PreparedObjects(_heads, tenant_id=UUID)
_INSERT_HEAD = PreparedInsert(ChainHead, skips_known=True)
_MOVE_HEAD = PreparedUpdate(_moved, tenant_id=UUID, sequence=NUMBER, hash=TEXT, seal=TEXT)
_INSERT_EVENT = PreparedInsert(AuditEvent)


def _describe(tenant_id: uuid.UUID, told: Happened) -> AuditEvent:
    actor, entry, target = told.actor, told.entry, told.target
    return AuditEvent(
        tenant_id=tenant_id,
        at=clock.now().astimezone(UTC),
        actor_kind=actor.kind,
        actor_account_id=actor.account_id,
        actor_user_id=entry.user_id if entry else None,
        actor_home_tenant_id=actor.home_tenant_id,
        actor_name=clean_text(actor.display_name, 256),
        actor_email=clean_text(actor.email, 254),
        actor_relation=(entry.relation or "") if entry else "",
        tag=told.tag,
        result=told.result,
        details=_encode({**(told.details or {}), **_client_of(actor)}),
        target_type=target.type,
        target_id=clean_text(target.id, 256),
        target_name=clean_text(target.name, 512),
        ip_address=clean_text(actor.ip_address, 45),
        user_agent=clean_text(actor.user_agent, 256),
    )
