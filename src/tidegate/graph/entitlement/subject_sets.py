"""Subject sets: people named one by one or by what they are (Microsoft, "subjectSet resource type")."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from tidegate.core.errors import InvalidInput
from tidegate.entitlements.rules import Approver
from tidegate.entitlements.words import ApproverKind
from tidegate.graph.bodies import Body

_ID_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "singleUser": ("userId", "id"),
    "groupMembers": ("groupId", "id"),
    "connectedOrganizationMembers": ("connectedOrganizationId", "id"),
}
_APPROVERS: Final = frozenset(ApproverKind) - {ApproverKind.COLLEAGUE}


@dataclass(frozen=True, slots=True)
class Subject:
    """One subject set of a body: its kind by Graph's name, whom it names if it names one, where it stands."""

    kind: str
    id: UUID | None
    path: str


def read_subject(body: Body) -> Subject:
    """A subject set. Raises InvalidInput for one that does not say its kind, or not whom it means."""
    kind = body.type_name
    if not kind:
        raise InvalidInput(fields={body.name("@odata.type"): "is needed"})
    if kind not in _ID_OF:
        return Subject(kind, None, body.path)
    found = next((body.guid(name) for name in _ID_OF[kind] if name in body), None)
    if found is None:
        raise InvalidInput(fields={body.name(_ID_OF[kind][0]): "must be a GUID"})
    return Subject(kind, found, body.path)


def read_approvers(body: Body, member: str) -> tuple[Approver, ...]:
    """Who decides. Raises InvalidInput for kinds that do not decide here."""
    return tuple(_read_approver(each) for each in body.many(member))


def _read_approver(body: Body) -> Approver:
    subject = read_subject(body)
    kind = next((kind for kind in _APPROVERS if kind.value == subject.kind), None)
    if kind is None:
        known = ", ".join(sorted(kind.value for kind in _APPROVERS))
        raise InvalidInput(fields={body.name("@odata.type"): f"must be one of: {known}"})
    if kind == ApproverKind.MANAGER and body.members.get("managerLevel") not in {None, 1}:
        raise InvalidInput(fields={body.name("managerLevel"): "must be 1"})
    return Approver(kind, subject.id)
