"""Which alerts a rule is about, as far as their own columns say. Pure; what is seen is the scope's matter."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from tidegate.notifications.models import NotificationRule
from tidegate.notifications.words import About, Reach


@dataclass(frozen=True, slots=True)
class Candidate:
    """An alert that came in or became worse."""

    alert_id: uuid.UUID
    incident_id: uuid.UUID
    severity: int
    category: str
    source: str
    event_sequence: int
    event_at: datetime


def matches(rule: NotificationRule, candidate: Candidate) -> bool:
    """Whether a rule's severities, categories and sources leave an alert that came after it was made."""
    return (
        candidate.event_at >= rule.created_at
        and (not rule.severities or candidate.severity in rule.severities)
        and _names(rule.categories, candidate.category)
        and _names(rule.sources, candidate.source)
    )


def reaches(
    rule: NotificationRule, tenant_id: uuid.UUID, taken: Collection[tuple[uuid.UUID, uuid.UUID]]
) -> bool:
    """Whether a rule is about a tenant, as far as its own words and its tenant group say.

    `taken` holds (rule id, tenant id) for each tenant that a rule's group takes now (`tenant_groups`).
    """
    if rule.reach == Reach.TENANT:
        return rule.tenant_id == tenant_id
    named = str(tenant_id) in rule.tenant_ids
    if rule.reach == Reach.CHOSEN:
        return named
    return not named and (rule.reach != Reach.GROUP or (rule.id, tenant_id) in taken)


def key_of(rule: NotificationRule, candidate: Candidate) -> str:
    """What is told once under a rule: an incident; or an alert, and again when it has become worse."""
    if rule.about == About.INCIDENTS and rule.is_once_per_incident:
        return f"incident:{candidate.incident_id}"
    return f"alert:{candidate.alert_id}:{candidate.severity}"


def _names(chosen: list[str], word: str) -> bool:
    return not chosen or word.casefold() in {one.casefold() for one in chosen}
