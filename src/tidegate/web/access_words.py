"""Where requests stand, what they are and what packages give, in words that people read."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tidegate.entitlements.contents import Contents
from tidegate.entitlements.history import Shown, Step
from tidegate.entitlements.words import ApproverKind, RequestType

SHOWN_WORDS: Final[Mapping[Shown, Promise]] = MappingProxyType(
    {
        Shown.SUBMITTED: gettext_lazy("Submitted"),
        Shown.PENDING_APPROVAL: gettext_lazy("Pending approval"),
        Shown.EXPIRED: pgettext_lazy("access request", "Expired"),
        Shown.DENIED: gettext_lazy("Denied"),
        Shown.CANCELED: gettext_lazy("Canceled"),
        Shown.APPROVED: gettext_lazy("Approved"),
        Shown.DELIVERING: gettext_lazy("Delivering"),
        Shown.DELIVERED: gettext_lazy("Delivered"),
        Shown.DELIVERY_FAILED: gettext_lazy("Delivery failed"),
        Shown.EXTENDED: gettext_lazy("Access extended"),
        Shown.ENDED: gettext_lazy("Access expired"),
    }
)
_LEVELS: Final = MappingProxyType(
    {
        Shown.SUBMITTED: "dim",
        Shown.PENDING_APPROVAL: "warning",
        Shown.EXPIRED: "dim",
        Shown.DENIED: "bad",
        Shown.CANCELED: "dim",
        Shown.APPROVED: "ok",
        Shown.DELIVERING: "dim",
        Shown.DELIVERED: "ok",
        Shown.DELIVERY_FAILED: "bad",
        Shown.EXTENDED: "ok",
        Shown.ENDED: "dim",
    }
)
TYPE_WORDS: Final[Mapping[str, Promise]] = MappingProxyType(
    {
        RequestType.USER_ADD.value: gettext_lazy("Access"),
        RequestType.USER_EXTEND.value: gettext_lazy("Extension"),
        RequestType.USER_REMOVE.value: gettext_lazy("Given up"),
        RequestType.ADMIN_ADD.value: gettext_lazy("Given by an administrator"),
        RequestType.ADMIN_UPDATE.value: gettext_lazy("Changed by an administrator"),
        RequestType.ADMIN_REMOVE.value: gettext_lazy("Taken away by an administrator"),
        RequestType.SYSTEM_REMOVE.value: gettext_lazy("Ended by Tidegate"),
    }
)
APPROVER_WORDS: Final[Mapping[ApproverKind, Promise]] = MappingProxyType(
    {
        ApproverKind.INTERNAL_SPONSORS: gettext_lazy("a sponsor inside the organization"),
        ApproverKind.EXTERNAL_SPONSORS: gettext_lazy("a sponsor of your organization"),
        ApproverKind.MANAGER: gettext_lazy("your manager"),
        ApproverKind.COLLEAGUE: gettext_lazy("a colleague of yours who may ask for the same"),
    }
)


@dataclass(frozen=True, slots=True)
class State:
    """A state in words, with the level by which its sign is drawn."""

    word: str
    level: str


@dataclass(frozen=True, slots=True)
class Line:
    """One step of a request's way, ready to be read."""

    state: State
    at: datetime | None
    by: str
    words: str
    is_done: bool


def say_state(shown: Shown) -> State:
    """A state as a sign and a word."""
    return State(str(SHOWN_WORDS[shown]), _LEVELS[shown])


def say_step(step: Step) -> Line:
    """A step of the way in words."""
    state = say_state(step.state) if step.is_done else State(str(_due_word(step.state)), "dim")
    return Line(state, step.at, step.by, step.words, step.is_done)


def _due_word(shown: Shown) -> Promise:
    due = {Shown.ENDED: gettext_lazy("Access ends"), Shown.DELIVERED: gettext_lazy("Access begins")}
    return due.get(shown, SHOWN_WORDS[shown])


def say_contents(contents: Contents) -> str:
    """What a package gives, in one sentence: roles, groups without a role, and device groups."""
    gives = list(contents.role_names) or [
        _("membership in %(group)s") % {"group": group.name} for group in contents.groups
    ]
    what = join_words(gives)
    if not contents.device_groups:
        return what or _("nothing now")
    where = join_words(list(contents.device_groups))
    if not what:
        return _("sight of the device groups %(names)s") % {"names": where}
    return _("%(what)s, and sight of the device groups %(names)s") % {"what": what, "names": where}


def join_words(names: list[str]) -> str:
    """Names as a list is read: "A, B and C"."""
    if len(names) < 2:
        return "".join(names)
    return _("%(most)s and %(last)s") % {"most": ", ".join(names[:-1]), "last": names[-1]}
