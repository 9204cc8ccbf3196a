"""Events that were put aside find their chain: refusals at the gate, failed attempts to sign in.

Nobody waits for this, so what it costs tells nobody whether a tenant or an account exists.
"""

import uuid

from django.db import connection, transaction

from tidegate.accounts.models import Account
from tidegate.audit.actions import Target, append
from tidegate.audit.models import Result, WaitingEvent
from tidegate.authorization.scope import Actor, ActorKind, Entry, Relation
from tidegate.core.errors import InvalidInput
from tidegate.directory.models import Domain, Tenant
from tidegate.gate.opening import read_tid


def settle_waiting_events() -> bool:
    """Append up to 100 waiting events to the chains they belong to; whether there were any."""
    with transaction.atomic():
        waiting = WaitingEvent.objects.order_by("at", "id")
        if connection.features.has_select_for_update_skip_locked:
            waiting = waiting.select_for_update(skip_locked=True)
        events = list(waiting[:100])
        # One order of tenants for all workers: each append locks the head of a chain.
        found = [(tenant_id, event) for event in events for tenant_id in _tenants_of(event)]
        for tenant_id, event in sorted(found, key=lambda pair: pair[0]):
            _append(tenant_id, event)
        WaitingEvent.objects.filter(id__in=[event.id for event in events]).delete()
    return bool(events)


def _tenants_of(event: WaitingEvent) -> list[uuid.UUID]:
    if event.tag == "account.sign_in_failed":
        account = Account.objects.filter(email=event.asked.strip().lower()).first()
        return [account.home_tenant_id] if account and account.home_tenant_id else []
    try:
        asked = read_tid(event.asked)
    except InvalidInput:
        return []
    if asked.tenant_id:
        return list(Tenant.objects.filter(id=asked.tenant_id).values_list("id", flat=True))
    named = Domain.objects.filter(name=asked.domain, verified_at__isnull=False)
    return list(named.values_list("tenant_id", flat=True))


def _append(tenant_id: uuid.UUID, event: WaitingEvent) -> None:
    entry = _read_entry(tenant_id, event)
    if entry:
        target = Target("tenant", str(tenant_id), entry.tenant_name)
        about = {name: value for name, value in event.details.items() if name != "tenant_name"}
        about["happened_at"] = event.at
        append(tenant_id, _read_actor(event.actor), event.tag, target, entry=entry, details=about)
        return
    details = {**event.details, "asked": event.asked, "happened_at": event.at}
    target = Target("tenant" if event.tag.startswith("tenant.") else "account", event.asked)
    result = Result.FAILURE if event.tag == "account.sign_in_failed" else Result.REFUSED
    append(tenant_id, _read_actor(event.actor), event.tag, target, result=result, details=details)


def _read_entry(tenant_id: uuid.UUID, event: WaitingEvent) -> Entry | None:
    """What the actor was in the tenant when they looked; None of what was refused."""
    if "tenant_name" not in event.details:
        return None
    relation = event.actor.get("relation")
    return Entry(
        tenant_id=tenant_id,
        tenant_name=event.details["tenant_name"],
        user_id=_uuid(event.actor["user_id"]),
        relation=Relation(relation) if relation else None,
        permissions=frozenset(),
    )


def _read_actor(values: dict[str, str | None]) -> Actor:
    return Actor(
        kind=ActorKind(values["kind"] or ActorKind.PERSON),
        display_name=values["display_name"] or "",
        account_id=_uuid(values["account_id"]),
        email=values["email"] or "",
        home_tenant_id=_uuid(values["home_tenant_id"]),
        ip_address=values["ip_address"] or "",
        user_agent=values["user_agent"] or "",
        client_id=_uuid(values.get("client_id")),
        client_name=values.get("client_name") or "",
    )


def _uuid(text: str | None) -> uuid.UUID | None:
    return uuid.UUID(text) if text else None
