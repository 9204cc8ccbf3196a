"""What people may set, checked and made into changes."""

from collections.abc import Sequence
from typing import Final

from django.db.models import Q

from tidegate.authorization.scope import Scope
from tidegate.core import clock
from tidegate.core.errors import InvalidInput
from tidegate.core.text import clean_line
from tidegate.directory.models import User
from tidegate.directory.queries import assignable_users
from tidegate.incidents.actions.changing import Change
from tidegate.incidents.models import Incident
from tidegate.incidents.words import (
    DETERMINATIONS,
    AlertStatus,
    Classification,
    Determination,
    IncidentStatus,
)

TAGS_AT_MOST: Final = 50
_LONGEST_NAME: Final = 320


def assign_to(tag: str, user: User | None) -> Change:
    """To this user, or to nobody."""
    return Change(
        tag, {"assigned_user_id": user.id if user else None, "assigned_to": user.mail if user else ""}
    )


def assign_by_name(scope: Scope, tag: str, name: str) -> Change:
    """To whoever is called so, as in Graph's `assignedTo`: free text, which is kept as it is.

    Where it is the mail address or the user name of somebody who may enter now, it is theirs. Nothing is
    nobody. Raises InvalidInput naming `assignedTo`.
    """
    text = clean_line(name, "assignedTo", longest=_LONGEST_NAME, required=False)
    if not text:
        return assign_to(tag, None)
    users = assignable_users(scope.tenant_id, clock.now())
    user = users.filter(Q(mail__iexact=text) | Q(user_principal_name__iexact=text)).first()
    return assign_to(tag, user) if user else Change(tag, {"assigned_user_id": None, "assigned_to": text})


def stand_incident(incident: Incident, status: str) -> Change:
    """Where an incident stands from now on."""
    now = clock.now()
    acknowledged = incident.acknowledged_at or (None if status == IncidentStatus.ACTIVE else now)
    resolved = now if status == IncidentStatus.RESOLVED else None
    values = {"status": status, "resolved_at": resolved, "acknowledged_at": acknowledged}
    return Change("incident.status_changed", values)


def stand_alert(status: str) -> Change:
    """Where an alert stands from now on."""
    resolved_at = clock.now() if status == AlertStatus.RESOLVED else None
    return Change("alert.status_changed", {"status": status, "resolved_at": resolved_at})


def check_status(words: type[IncidentStatus | AlertStatus], status: str) -> None:
    """Raise InvalidInput unless people may set this status."""
    allowed = set(words.values) - {IncidentStatus.REDIRECTED, AlertStatus.UNKNOWN}
    if status not in allowed:
        raise InvalidInput(fields={"status": f"must be one of: {', '.join(sorted(allowed))}"})


def judge(tag: str, classification: str, determination: str) -> Change:
    """Whether it was what it seemed and what it was, where the two fit. Raises InvalidInput."""
    _check_classification(classification)
    allowed = {Determination.UNKNOWN, *DETERMINATIONS[Classification(classification)]}
    if determination not in allowed:
        words = ", ".join(sorted(allowed))
        raise InvalidInput(fields={"determination": f"must, with {classification}, be one of: {words}"})
    return Change(tag, {"classification": classification, "determination": determination})


def judge_apart(tag: str, classification: str | None, determination: str | None) -> Change:
    """The same for one of the two, or for any two: in Graph they are set apart. Raises InvalidInput."""
    values: dict[str, object] = {}
    if classification is not None:
        _check_classification(classification)
        values["classification"] = classification
    if determination is not None:
        if determination not in Determination.values:
            raise InvalidInput(fields={"determination": f"must be one of: {', '.join(Determination.values)}"})
        values["determination"] = determination
    return Change(tag, values)


def tag_with(tags: Sequence[str]) -> Change:
    """These tags and no others, each once whatever its letter case. Raises InvalidInput."""
    lines = [clean_line(tag, "tags", longest=128) for tag in tags if tag.strip()]
    first: dict[str, str] = {}
    for line in lines:
        first.setdefault(line.casefold(), line)
    clean = list(first.values())
    if len(clean) > TAGS_AT_MOST:
        raise InvalidInput(fields={"tags": f"must be at most {TAGS_AT_MOST}"})
    return Change("incident.tagged", {"custom_tags": clean})


def _check_classification(classification: str) -> None:
    if classification not in Classification.values:
        raise InvalidInput(fields={"classification": f"must be one of: {', '.join(Classification.values)}"})
