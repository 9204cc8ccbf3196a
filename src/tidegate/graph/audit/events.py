"""`/auditLogs/directoryAudits`: the tenant's record (Microsoft, "directoryAudit resource type").

`activityDisplayName` is the tag of the event as the product keeps it, which never changes; an event's place
in its chain is part of its id, so that one is found as fast as the newest.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

import msgspec
from django.db.models import Case, CharField, F, QuerySet, Value, When
from django.db.models.functions import StrIndex, Substr
from django.http import HttpResponseBase

from tidegate.audit.models import AuditEvent, Result
from tidegate.audit.queries import EventFilter, get_event, list_events
from tidegate.authorization.scope import ActorKind
from tidegate.core.errors import NotFound
from tidegate.core.paging import SortKey
from tidegate.graph.audit.categories import category_of
from tidegate.graph.objects import Document, answer_number, answer_objects, answer_one
from tidegate.incidents.document import format_time
from tidegate.oauth.endpoint import Call
from tidegate.odata.query import Query
from tidegate.odata.resource import Kind, Property, Resource

PATH: Final = "auditLogs/directoryAudits"
# As `audit.actions` writes it. Quotes within a value are escaped in JSON: nobody's words read like this.
_APPLICATION: Final = '"application": {"client_id": "'
_KEY: Final = re.compile(r"Directory_(?P<id>[0-9a-f-]{36})_(?P<sequence>[0-9]{1,18})", re.ASCII)
_SINGLE: Final = (str, int, float, bool)

EVENTS: Final = Resource(
    name="directoryAudits",
    properties=(
        Property("correlationId", "id", Kind.GUID),
        Property("activityDateTime", "at", Kind.DATETIME),
        Property("activityDisplayName", "tag"),
        Property(
            "result",
            "result",
            Kind.ENUM,
            words={
                "success": Result.SUCCESS,
                "failure": (Result.FAILURE, Result.REFUSED),
                "timeout": (),
            },
        ),
        Property("initiatedBy/user/id", "actor_user_id", Kind.GUID),
        Property("initiatedBy/user/displayName", "person_name"),
        Property("initiatedBy/user/userPrincipalName", "actor_email", null_as=("",)),
        Property("initiatedBy/app/appId", "application_id", exact_case=True, null_as=("",)),
        Property("initiatedBy/app/displayName", "program_name"),
    ),
    members=(
        "id", "additionalDetails", "category", "loggedByService", "operationType", "resultReason",
        "targetResources",
    ),
    orderable=("activityDateTime",),
    default_order=(SortKey("sequence"),),
    largest_top=999,
)  # fmt: skip


def list_all(call: Call) -> HttpResponseBase:
    """What was done, newest first."""
    return answer_objects(call, PATH, _rows(call), EVENTS, render_events)


def count_all(call: Call) -> HttpResponseBase:
    """How much there is."""
    return answer_number(call, _rows(call), EVENTS)


def show(call: Call, key: str) -> HttpResponseBase:
    """One event."""
    found = _KEY.fullmatch(key)
    event = get_event(call.scope, int(found["sequence"])) if found else None
    if event is None or found is None or str(event.id) != found["id"]:
        raise NotFound("There is no such event.")
    return answer_one(call, PATH, event, EVENTS, render_events)


def render_events(events: Sequence[AuditEvent], _query: Query) -> list[Document]:
    """Events as they are listed."""
    return [render_event(event) for event in events]


def render_event(event: AuditEvent) -> Document:
    """One event."""
    details: dict[str, Any] = msgspec.json.decode(event.details)
    application = details.pop("application", {})
    return {
        "id": f"Directory_{event.id}_{event.sequence}",
        "activityDateTime": format_time(event.at),
        "activityDisplayName": event.tag,
        "category": category_of(event.tag),
        "correlationId": str(event.id),
        "initiatedBy": _render_initiator(event, application),
        "loggedByService": "Tidegate",
        "operationType": event.tag.partition(".")[2],
        "result": "success" if event.result == Result.SUCCESS else "failure",
        "resultReason": "" if event.result == Result.SUCCESS else str(event.result),
        "targetResources": [_render_target(event, details)] if event.target_type else [],
        "additionalDetails": [*_render_details(event, details)],
    }


def _rows(call: Call) -> QuerySet[AuditEvent]:
    rows = list_events(call.scope, EventFilter())
    start = StrIndex(F("details"), Value(_APPLICATION))
    client_id = Substr(F("details"), F("marked_at") + len(_APPLICATION), 36)
    return rows.annotate(
        marked_at=start,
        application_id=Case(When(marked_at__gt=0, then=client_id), default=Value("")),
        person_name=_name_of(ActorKind.PERSON),
        program_name=_name_of(ActorKind.APPLICATION),
    )


def _name_of(kind: ActorKind) -> Case:
    return Case(When(actor_kind=kind, then=F("actor_name")), default=Value(None, output_field=CharField()))


def _render_initiator(event: AuditEvent, application: Mapping[str, str]) -> Document:
    user = app = None
    if event.actor_kind == ActorKind.PERSON:
        user = {
            "id": str(event.actor_user_id) if event.actor_user_id else None,
            "displayName": event.actor_name,
            "userPrincipalName": event.actor_email or None,
            "ipAddress": event.ip_address or None,
            "userType": event.actor_relation.capitalize() or None,
            "homeTenantId": str(event.actor_home_tenant_id) if event.actor_home_tenant_id else None,
            "homeTenantName": None,
        }
    if application or user is None:
        app = {
            "appId": application.get("client_id"),
            "displayName": application.get("name") or event.actor_name,
            "servicePrincipalId": None,
            "servicePrincipalName": None,
        }
    return {"user": user, "app": app}


def _render_target(event: AuditEvent, details: Mapping[str, Any]) -> Document:
    is_user = event.target_type == "user"
    return {
        "id": event.target_id,
        "displayName": event.target_name or None,
        "type": "".join(part.capitalize() for part in event.target_type.split("_")),
        "userPrincipalName": event.target_name if is_user else None,
        "groupType": None,
        "modifiedProperties": [*_render_changes(details)],
    }


def _render_changes(details: Mapping[str, Any]) -> Iterator[Document]:
    """What was and what is: told as pairs by name, or as two objects, or as two values."""
    changed, before, after = details.get("changed"), details.get("before"), details.get("after")
    if isinstance(changed, dict):
        for name, pair in changed.items():
            old, new = pair if isinstance(pair, list) and len(pair) == 2 else (None, pair)
            yield _render_change(name, old, new)
    elif isinstance(before, dict):
        values = after if isinstance(after, dict) else {}
        for name, old in before.items():
            yield _render_change(name, old, values.get(name))
    elif "before" in details or "after" in details:
        yield _render_change("value", before, after)


def _render_change(name: str, old: object, new: object) -> Document:
    return {"displayName": name, "oldValue": _as_json(old), "newValue": _as_json(new)}


def _render_details(event: AuditEvent, details: Mapping[str, Any]) -> Iterator[Document]:
    for key, value in details.items():
        if key not in {"changed", "before", "after"}:
            yield {"key": key, "value": str(value) if isinstance(value, _SINGLE) else _as_json(value)}
    if event.user_agent:
        yield {"key": "User-Agent", "value": event.user_agent}


def _as_json(value: object) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()
