"""Which alerts a rule is about, as far as their own columns say. Pure; what is seen is the scope's matter."""

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from tidegate.notifications.models import NotificationRule
from tidegate.notifications.words import About, Reach


@dataclass(frozen=True, slots=True)
class Candidate:
    """An alert that came in or became worse, or one of an incident whose clock struck.

    `clock` says which of the clock's thresholds that was, by what the home tenant `agreed_by` had agreed.
    """

    alert_id: uuid.UUID
    incident_id: uuid.UUID
    severity: int
    category: str
    source: str
    event_sequence: int
    event_at: datetime
    clock: str = ""
    agreed_by: uuid.UUID | None = None


def matches(rule: NotificationRule, candidate: Candidate) -> bool:
    """Whether a rule's severities, categories and sources leave an alert that came after it was made."""
    return (
        candidate.event_at >= rule.created_at
        and (not rule.severities or candidate.severity in rule.severities)
        and _names(rule.categories, candidate.category)
        and _names(rule.sources, candidate.source)
        and _is_own(rule, candidate)
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
    if rule.about == About.CLOCKS:
        return f"clock:{candidate.incident_id}:{candidate.agreed_by}:{candidate.clock}"
    if rule.about == About.INCIDENTS and rule.is_once_per_incident:
        return f"incident:{candidate.incident_id}"
    return f"alert:{candidate.alert_id}:{candidate.severity}"


def _names(chosen: list[str], word: str) -> bool:
    return not chosen or word.casefold() in {one.casefold() for one in chosen}


def _is_own(rule: NotificationRule, candidate: Candidate) -> bool:
    """Whether a clock is its owner's to hear of: their own provider's, or any of their own tenant."""
    if candidate.agreed_by is None:
        return True
    home_id = rule.owner_account.home_tenant_id
    return home_id == candidate.agreed_by or (rule.reach == Reach.TENANT and home_id == rule.tenant_id)
