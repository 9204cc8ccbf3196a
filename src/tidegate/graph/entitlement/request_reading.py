"""A request as a program writes it: of what kind, about what, for whom, from when to when.

Microsoft's documents disagree about names (`assignment` and `accessPackageAssignment`, `userUpdate` and
`userExtend`, any letter case); all are taken.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from tidegate.core import clock
from tidegate.core.errors import InvalidInput
from tidegate.entitlements.words import RequestType
from tidegate.graph.bodies import Body

_KINDS: Final[Mapping[str, RequestType]] = {
    "useradd": RequestType.USER_ADD,
    "userextend": RequestType.USER_EXTEND,
    "userupdate": RequestType.USER_EXTEND,
    "userremove": RequestType.USER_REMOVE,
    "adminadd": RequestType.ADMIN_ADD,
    "adminextend": RequestType.ADMIN_UPDATE,
    "adminupdate": RequestType.ADMIN_UPDATE,
    "adminremove": RequestType.ADMIN_REMOVE,
}
_MEMBERS: Final = frozenset(
    {
        "requestType", "assignment", "accessPackageAssignment", "accessPackage", "accessPackageId",
        "assignmentPolicyId", "justification", "answers", "schedule", "requestor", "parameters",
    }
)  # fmt: skip
_ENDLESS: Final = frozenset({"noexpiration", "notspecified"})


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for; which of it is needed depends on the kind."""

    kind: RequestType
    package_id: UUID | None
    policy_id: UUID | None
    assignment_id: UUID | None
    target_id: UUID | None
    target_email: str
    starts_at: datetime | None
    duration: timedelta | None
    justification: str
    answers: Mapping[str, str]


def read_wish(body: Body) -> Wish:
    """The body, read. Raises InvalidInput naming the member."""
    body.check_members(_MEMBERS)
    named = "accessPackageAssignment" if "accessPackageAssignment" in body else "assignment"
    about = body.inner(named)
    schedule = body.inner("schedule") or about.inner("schedule")
    starts_at = schedule.moment("startDateTime")
    target = about.inner("target")
    return Wish(
        kind=_read_kind(body),
        package_id=about.guid("accessPackageId")
        or about.reference("accessPackage")
        or body.guid("accessPackageId")
        or body.reference("accessPackage"),
        policy_id=about.guid("assignmentPolicyId")
        or about.reference("assignmentPolicy")
        or body.guid("assignmentPolicyId"),
        assignment_id=about.guid("id"),
        target_id=about.guid("targetId") or target.guid("objectId") or target.guid("id"),
        target_email=target.text("email"),
        starts_at=starts_at,
        duration=_read_duration(schedule.inner("expiration"), starts_at),
        justification=body.text("justification"),
        answers=_read_answers(body),
    )


def need[V](value: V | None, member: str) -> V:
    """A member without which this kind of request says nothing. Raises InvalidInput."""
    if value is None:
        raise InvalidInput(fields={member: "is needed for this requestType"})
    return value


def _read_kind(body: Body) -> RequestType:
    kind = _KINDS.get(body.text("requestType").lower())
    if kind is None:
        known = "userAdd, userExtend, userRemove, adminAdd, adminUpdate or adminRemove"
        raise InvalidInput(fields={"requestType": f"must be {known}"})
    return kind


def _read_duration(pattern: Body, starts_at: datetime | None) -> timedelta | None:
    """How long is asked for; None for as long as the policy gives."""
    word = pattern.text("type").lower()
    if word in _ENDLESS or not pattern:
        return None
    ends_at, duration = pattern.moment("endDateTime"), pattern.duration("duration")
    if duration is None and ends_at is not None:
        duration = ends_at - max(starts_at or clock.now(), clock.now())
    if duration is None:
        raise InvalidInput(fields={pattern.name("type"): "needs an endDateTime or a duration"})
    return duration


def _read_answers(body: Body) -> dict[str, str]:
    answers: dict[str, str] = {}
    for answer in body.many("answers"):
        question_id = need(answer.inner("answeredQuestion").guid("id"), answer.name("answeredQuestion/id"))
        answers[str(question_id)] = answer.text("value") or answer.text("displayValue")
    return answers
