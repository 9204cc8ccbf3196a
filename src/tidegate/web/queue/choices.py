"""What can be chosen when something is changed: statuses, judgements, owners."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet

from tidegate.authorization.scope import Scope
from tidegate.core import clock
from tidegate.core.prepared import INSTANT, UUID, Prepared
from tidegate.directory.models import User
from tidegate.directory.queries import assignable_users
from tidegate.incidents.words import (
    DETERMINATIONS,
    AlertStatus,
    Classification,
    Determination,
    IncidentStatus,
)

OWNERS_AT_MOST: Final = 500
_NOT_SET_BY_PEOPLE: Final = frozenset({IncidentStatus.REDIRECTED.value, AlertStatus.UNKNOWN.value})


@dataclass(frozen=True, slots=True)
class Choice:
    """One option: its value, its words, whether it is the one in force."""

    value: str
    label: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class ChoiceGroup:
    """Options under one heading."""

    label: str
    choices: Sequence[Choice]


def status_choices(statuses: type[IncidentStatus | AlertStatus], current: str = "") -> list[Choice]:
    """The statuses that people set."""
    return [
        Choice(value, str(label), value == current)
        for value, label in statuses.choices
        if value not in _NOT_SET_BY_PEOPLE
    ]


def judgement_choices(classification: str = "", determination: str = "") -> list[ChoiceGroup]:
    """Determinations under their classifications; each value is both, as "truePositive:malware"."""
    current = f"{classification}:{determination}"
    return [
        ChoiceGroup(
            str(group.label),
            [_judgement(group, word, current) for word in DETERMINATIONS[group]],
        )
        for group in Classification
    ]


def read_judgement(value: str) -> tuple[str, str]:
    """Classification and determination of a chosen value; the action says whether they go together."""
    classification, _colon, determination = value.partition(":")
    return classification, determination or Determination.UNKNOWN


def owner_choices(scope: Scope, current: uuid.UUID | None = None) -> list[Choice]:
    """Who may be given something here, by name; the first 500."""
    rows = _OWNERS.rows(tenant_id=scope.tenant_id, at=clock.now())
    return [Choice(str(id_), _owner_label(name, mail), id_ == current) for id_, name, mail in rows]


def _owners(tenant_id: uuid.UUID, at: datetime) -> QuerySet[User, Any]:
    return assignable_users(tenant_id, at).values_list("id", "display_name", "mail")[:OWNERS_AT_MOST]


_OWNERS: Final = Prepared(_owners, tenant_id=UUID, at=INSTANT)


def _judgement(group: Classification, word: Determination, current: str) -> Choice:
    value = f"{group}:{word}"
    return Choice(value, str(word.label), value == current)


def _owner_label(name: str, mail: str) -> str:
    return f"{name} ({mail})" if mail else name
