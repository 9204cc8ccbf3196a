"""Audit events in words, as a row of the page, a row of CSV, or JSON."""

import json
from dataclasses import dataclass
from typing import Final

from django.urls import NoReverseMatch
from django.utils.functional import Promise

from tidegate.accounts.browsers import describe_browser
from tidegate.audit.models import AuditEvent
from tidegate.authorization.scope import ActorKind, Relation
from tidegate.web.links import tenant_link
from tidegate.web.words import RESULT_WORDS, describe_event

# Where a target has a page of its own: the name of its address.
_PAGES: Final = {
    "incident": "incident",
    "alert": "alert",
    "user": "user",
    "group": "group",
    "device": "device",
    "import": "import",
    "application": "application",
    "service_principal": "service_principal",
}
_RESULT_LEVELS: Final = {"success": "ok", "refused": "warning", "failure": "bad"}
CSV_HEAD: Final = (
    "sequence",
    "at",
    "actor_name",
    "actor_email",
    "actor_relation",
    "tag",
    "result",
    "target_type",
    "target_id",
    "target_name",
    "ip_address",
    "user_agent",
    "details",
    "hash",
)
_JSON_FIELDS: Final = (
    *CSV_HEAD[:-2],
    "actor_kind",
    "actor_account_id",
    "actor_user_id",
    "actor_home_tenant_id",
)


@dataclass(frozen=True, slots=True)
class Row:
    """An event as people read it."""

    event: AuditEvent
    words: str | Promise
    relation: str
    target_url: str
    target_words: str
    through: str
    browser: str
    result_words: str | Promise
    result_level: str


def describe_row(event: AuditEvent) -> Row:
    """An event in words, with a link to what it was done to where that has a page."""
    return Row(
        event=event,
        words=describe_event(event.tag),
        relation=_relation(event),
        target_url=_target_url(event),
        target_words=event.target_name or event.target_id,
        through=_through(event),
        browser=describe_browser(event.user_agent) if event.user_agent else "",
        result_words=RESULT_WORDS.get(event.result, event.result),
        result_level=_RESULT_LEVELS.get(event.result, "dim"),
    )


def as_csv_row(event: AuditEvent) -> tuple[object, ...]:
    """The event's fields in the order of `CSV_HEAD`; times in ISO 8601, UTC."""
    return tuple(event.at.isoformat() if name == "at" else getattr(event, name) for name in CSV_HEAD)


def as_json(event: AuditEvent) -> dict[str, object]:
    """The event with its details as an object, and its place in the chain."""
    values = {name: getattr(event, name) for name in _JSON_FIELDS if name != "details"}
    chain = {"hash": event.hash, "previous_hash": event.previous_hash}
    return {**values, "at": event.at.isoformat(), "details": json.loads(event.details), **chain}


def _relation(event: AuditEvent) -> str:
    """System, an application of this tenant or of another, member, guest, or outside.

    Signing in is told without a relation: there is no visit yet.
    """
    if event.actor_kind == ActorKind.SYSTEM:
        return "system"
    at_home = event.actor_home_tenant_id == event.tenant_id
    if event.actor_kind == ActorKind.APPLICATION:
        return "application" if at_home else "outside_application"
    return event.actor_relation or (Relation.MEMBER if at_home else "outside")


def _through(event: AuditEvent) -> str:
    """The application through which a person acted; what an application does itself is told by its name."""
    if event.actor_kind != ActorKind.PERSON or '"application"' not in event.details:
        return ""
    application = json.loads(event.details).get("application")
    return str(application.get("name", "")) if isinstance(application, dict) else ""


def _target_url(event: AuditEvent) -> str:
    page = _PAGES.get(event.target_type)
    if not page or not event.target_id:
        return ""
    try:
        return tenant_link(page, str(event.tenant_id), event.target_id)
    except NoReverseMatch:
        # The stored id is not one that the page's address takes: it was written by another release.
        return ""
