"""A policy's rules as values: read from and written to JSON, with what they mean for a date.

Durations are whole seconds in JSON. A day of a policy is 24 hours, so that clocks changing for
summer time move neither a start nor an end.
"""

import uuid
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final, Self

from tidegate.core.errors import InvalidInput
from tidegate.entitlements.words import ApproverKind, ExpirationType, WithoutAnswer

MOST_STAGES: Final = 3
LONGEST_DAYS: Final = 3660
BREAK_GLASS: Final = timedelta(hours=1)

type Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Approver:
    """Who may decide at a stage; `id` names the user or group of those two kinds."""

    kind: ApproverKind
    id: uuid.UUID | None = None
    is_alternate: bool = False

    @classmethod
    def read(cls, value: Json) -> Self:
        """From JSON."""
        found = value.get("id")
        return cls(ApproverKind(value["kind"]), uuid.UUID(found) if found else None, bool(value["alternate"]))

    def write(self) -> Json:
        """To JSON."""
        return {
            "kind": self.kind.value,
            "id": str(self.id) if self.id else None,
            "alternate": self.is_alternate,
        }


@dataclass(frozen=True, slots=True)
class StageRule:
    """One approval stage: any one of its approvers decides, within `time_limit`.

    Alternates may decide from `escalate_after` on; None keeps them out.
    """

    approvers: tuple[Approver, ...]
    time_limit: timedelta = timedelta(days=14)
    escalate_after: timedelta | None = None
    is_justification_required: bool = True

    @classmethod
    def read(cls, value: Json) -> Self:
        """From JSON."""
        return cls(
            approvers=tuple(Approver.read(one) for one in value["approvers"]),
            time_limit=timedelta(seconds=value["time_limit"]),
            escalate_after=_read_duration(value.get("escalate_after")),
            is_justification_required=value["justification"],
        )

    def write(self) -> Json:
        """To JSON."""
        return {
            "approvers": [approver.write() for approver in self.approvers],
            "time_limit": _write_duration(self.time_limit),
            "escalate_after": _write_duration(self.escalate_after),
            "justification": self.is_justification_required,
        }


@dataclass(frozen=True, slots=True)
class Question:
    """Something a requestor is asked; with `choices` they pick one, else they write."""

    id: str
    text: str
    is_required: bool = False
    is_long: bool = False
    choices: tuple[str, ...] = ()

    @classmethod
    def read(cls, value: Json) -> Self:
        """From JSON."""
        choices = tuple(value["choices"])
        return cls(value["id"], value["text"], value["required"], value["long"], choices)

    def write(self) -> Json:
        """To JSON."""
        return {
            "id": self.id,
            "text": self.text,
            "required": self.is_required,
            "long": self.is_long,
            "choices": list(self.choices),
        }


@dataclass(frozen=True, slots=True)
class ExpirationRule:
    """When access ends: at a moment, after a time, or never, for which there is a reason in words.

    `at_most`, which is no part of the JSON, is how long access that has an end may last now, whatever the
    rule says that was written when more was allowed.
    """

    type: ExpirationType
    duration: timedelta | None = None
    ends_at: datetime | None = None
    reason: str = ""
    at_most: timedelta | None = None

    @classmethod
    def read(cls, value: Json) -> Self:
        """From JSON."""
        ends_at = value.get("ends_at")
        return cls(
            ExpirationType(value["type"]),
            _read_duration(value.get("duration")),
            datetime.fromisoformat(ends_at) if ends_at else None,
            value.get("reason", ""),
        )

    def write(self) -> Json:
        """To JSON."""
        return {
            "type": self.type.value,
            "duration": _write_duration(self.duration),
            "ends_at": self.ends_at.isoformat() if self.ends_at else None,
            "reason": self.reason,
        }

    def within(self, at_most: timedelta) -> Self:
        """The same rule, giving no more than that."""
        duration = min(self.duration, at_most) if self.duration is not None else None
        return replace(self, duration=duration, at_most=at_most)

    def end_of(self, starts_at: datetime, asked: timedelta | None = None) -> datetime | None:
        """The end of access that starts then; None is never. `asked` may only shorten it.

        Raises InvalidInput naming `duration` for more than the rule allows, and for an end that has
        passed by the start.
        """
        latest = self._latest(starts_at)
        if asked is None:
            return _check_after(starts_at, latest)
        if asked <= timedelta(0):
            raise InvalidInput(fields={"duration": "must be longer than nothing"})
        end = starts_at + asked
        if latest is not None and end > latest:
            raise InvalidInput(fields={"duration": "must be no longer than the policy allows"})
        return end

    def _latest(self, starts_at: datetime) -> datetime | None:
        if self.type == ExpirationType.AFTER_DURATION and self.duration is not None:
            return starts_at + self.duration
        if self.type != ExpirationType.AFTER_DATE_TIME or self.ends_at is None:
            return None
        return self.ends_at if self.at_most is None else min(self.ends_at, starts_at + self.at_most)


@dataclass(frozen=True, slots=True)
class ReviewRule:
    """Every `every_months` from `starts_at`, reviewers have `duration` to answer.

    Without named reviewers everybody answers for themselves.
    """

    starts_at: datetime
    every_months: int = 12
    duration: timedelta = timedelta(days=25)
    reviewers: tuple[Approver, ...] = field(default=())
    without_answer: WithoutAnswer = WithoutAnswer.RECOMMENDATION
    is_justification_required: bool = True
    shows_recommendation: bool = True

    @classmethod
    def read(cls, value: Json) -> Self:
        """From JSON."""
        return cls(
            starts_at=datetime.fromisoformat(value["starts_at"]),
            every_months=value["every_months"],
            duration=timedelta(seconds=value["duration"]),
            reviewers=tuple(Approver.read(one) for one in value["reviewers"]),
            without_answer=WithoutAnswer(value["without_answer"]),
            is_justification_required=value["justification"],
            shows_recommendation=value["recommendation"],
        )

    def write(self) -> Json:
        """To JSON."""
        return {
            "starts_at": self.starts_at.isoformat(),
            "every_months": self.every_months,
            "duration": _write_duration(self.duration),
            "reviewers": [reviewer.write() for reviewer in self.reviewers],
            "without_answer": self.without_answer.value,
            "justification": self.is_justification_required,
            "recommendation": self.shows_recommendation,
        }

    @property
    def is_self_review(self) -> bool:
        """Whether people answer for themselves."""
        return not self.reviewers


def _check_after(starts_at: datetime, ends_at: datetime | None) -> datetime | None:
    if ends_at is not None and ends_at <= starts_at:
        raise InvalidInput(fields={"duration": "would end before it begins"})
    return ends_at


def _read_duration(seconds: int | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)


def _write_duration(value: timedelta | None) -> int | None:
    return None if value is None else int(value.total_seconds())
