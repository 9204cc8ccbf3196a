"""A rule as somebody wishes it, before it is checked; and the checking."""

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import time
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

from tidegate.core.errors import InvalidInput
from tidegate.core.text import clean_line
from tidegate.core.zones import known_zones
from tidegate.incidents.words import Severity
from tidegate.notifications.words import About, Cadence, Reach

RECIPIENTS_AT_MOST: Final = 100
STEPS_AT_MOST: Final = 5
WORDS_AT_MOST: Final = 50
LONGEST_DIGEST: Final = 1440
_is_email: Final = EmailValidator(message="must be an address like name@host.example")


@dataclass(frozen=True, slots=True)
class RecipientDraft:
    """Somebody to be told: an address; a user's inbox; a channel; or whoever a rota says.

    Exactly one of these. `step` 0 is told at once, the others when the rule escalates so far.
    """

    email: str = ""
    user_id: uuid.UUID | None = None
    channel_id: uuid.UUID | None = None
    rota_id: uuid.UUID | None = None
    step: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleDraft:
    """All of a rule that people choose. What each means is said in `models.rule`."""

    display_name: str
    description: str = ""
    about: str = About.ALERTS
    reach: str = Reach.TENANT
    tenant_ids: Sequence[uuid.UUID] = ()
    tenant_group_id: uuid.UUID | None = None
    severities: Sequence[int] = ()
    categories: Sequence[str] = ()
    sources: Sequence[str] = ()
    device_group_ids: Sequence[uuid.UUID] = ()
    includes_organization_name: bool = True
    includes_tenant_link: bool = True
    includes_devices: bool = True
    is_once_per_incident: bool = False
    cadence: str = Cadence.IMMEDIATELY
    digest_minutes: int | None = None
    digest_at: time | None = None
    quiet_from: time | None = None
    quiet_until: time | None = None
    time_zone: str = "UTC"
    language: str = ""
    escalate_after: Sequence[int] = ()
    recipients: Sequence[RecipientDraft] = ()


def clean_draft(draft: RuleDraft) -> dict[str, object]:
    """The rule's own columns, checked as far as that needs no rows. Raises InvalidInput naming each field."""
    _check_word(draft.about, About.values, "about")
    _check_word(draft.reach, Reach.values, "reach")
    _check_severities(draft.severities)
    _check_when(draft)
    _check_steps(draft)
    if draft.reach == Reach.CHOSEN and not draft.tenant_ids:
        raise InvalidInput(fields={"tenant_ids": "must name at least one organization"})
    if draft.about == About.PROGRAMS:
        draft = _about_programs(draft)
    if draft.reach != Reach.TENANT and draft.device_group_ids:
        raise InvalidInput(fields={"device_group_ids": "are those of one organization"})
    return {
        "display_name": clean_line(draft.display_name, "display_name", longest=256),
        "description": clean_line(draft.description, "description", longest=1024, required=False),
        "about": str(draft.about),
        "reach": str(draft.reach),
        "tenant_ids": _texts(draft.tenant_ids if draft.reach != Reach.TENANT else ()),
        "tenant_group_id": draft.tenant_group_id if draft.reach == Reach.GROUP else None,
        "severities": sorted(set(draft.severities)),
        "categories": _clean_words(draft.categories, "categories"),
        "sources": _clean_words(draft.sources, "sources"),
        "device_group_ids": _texts(draft.device_group_ids),
        "includes_organization_name": draft.includes_organization_name,
        "includes_tenant_link": draft.includes_tenant_link,
        "includes_devices": draft.includes_devices,
        "is_once_per_incident": draft.is_once_per_incident and draft.about == About.INCIDENTS,
        "cadence": str(draft.cadence),
        "digest_minutes": draft.digest_minutes if draft.cadence == Cadence.EVERY else None,
        "digest_at": draft.digest_at if draft.cadence == Cadence.DAILY else None,
        "quiet_from": draft.quiet_from,
        "quiet_until": draft.quiet_until,
        "time_zone": draft.time_zone,
        "language": draft.language,
        "escalate_after": list(draft.escalate_after),
    }


def clean_email(text: str, field: str) -> str:
    """An address to which a mail can go, in the form in which they are kept. Raises InvalidInput."""
    email = clean_line(text, field, longest=254).lower()
    try:
        _is_email(email)
        email.encode("ascii")
    except (ValidationError, UnicodeEncodeError):
        raise InvalidInput(fields={field: "must be an address like name@host.example"}) from None
    return email


def check_time_zone(name: str, field: str = "time_zone") -> ZoneInfo:
    """The zone of a name like Europe/Amsterdam. Raises InvalidInput naming the field."""
    if name not in known_zones():
        raise InvalidInput(fields={field: "must be a time zone like Europe/Amsterdam"})
    return ZoneInfo(name)


def _about_programs(draft: RuleDraft) -> RuleDraft:
    """Without what only alerts have. Raises InvalidInput where leaving it out would tell more, or less."""
    if draft.device_group_ids:
        raise InvalidInput(fields={"device_group_ids": "are for alerts and incidents"})
    if draft.escalate_after:
        raise InvalidInput(fields={"escalate_after": "is for alerts and incidents"})
    if any(one.user_id for one in draft.recipients):
        raise InvalidInput(
            fields={"recipients": "must be others than inboxes, which show alerts and incidents alone"}
        )
    return replace(draft, severities=(), categories=(), sources=())


def _check_severities(severities: Collection[int]) -> None:
    if set(severities) - set(Severity.values):
        words = ", ".join(severity.word for severity in Severity)
        raise InvalidInput(fields={"severities": f"must be of: {words}"})


def _check_when(draft: RuleDraft) -> None:
    _check_word(draft.cadence, Cadence.values, "cadence")
    check_time_zone(draft.time_zone)
    if draft.language and draft.language not in dict(settings.LANGUAGES):
        raise InvalidInput(fields={"language": "must be one of the portal's languages"})
    if draft.cadence == Cadence.EVERY and not 1 <= (draft.digest_minutes or 0) <= LONGEST_DIGEST:
        raise InvalidInput(fields={"digest_minutes": f"must be from 1 to {LONGEST_DIGEST}"})
    if draft.cadence == Cadence.DAILY and draft.digest_at is None:
        raise InvalidInput(fields={"digest_at": "must be a time of the day"})
    if (draft.quiet_from is None) != (draft.quiet_until is None):
        raise InvalidInput(fields={"quiet_until": "must be given with the beginning, or neither"})


def _check_steps(draft: RuleDraft) -> None:
    after = list(draft.escalate_after)
    is_rising = all(one < other for one, other in pairwise([0, *after, LONGEST_DIGEST + 1]))
    if len(after) > STEPS_AT_MOST or not is_rising:
        reason = f"must be at most {STEPS_AT_MOST} rising numbers from 1 to {LONGEST_DIGEST}"
        raise InvalidInput(fields={"escalate_after": reason})
    if not 1 <= len(draft.recipients) <= RECIPIENTS_AT_MOST:
        raise InvalidInput(fields={"recipients": f"must be 1 to {RECIPIENTS_AT_MOST}"})
    if {recipient.step for recipient in draft.recipients} != set(range(len(after) + 1)):
        raise InvalidInput(fields={"recipients": "must be at least one in each step, and in no other"})


def _check_word(word: str, known: Sequence[str], field: str) -> None:
    if word not in known:
        raise InvalidInput(fields={field: f"must be one of: {', '.join(known)}"})


def _clean_words(words: Sequence[str], field: str) -> list[str]:
    if len(words) > WORDS_AT_MOST:
        raise InvalidInput(fields={field: f"must be at most {WORDS_AT_MOST}"})
    clean: Mapping[str, None] = dict.fromkeys(clean_line(word, field, longest=64) for word in words)
    return list(clean)


def _texts(ids: Collection[uuid.UUID]) -> list[str]:
    return sorted({str(one) for one in ids})
