"""The parameters of the SIEM API (Microsoft, "Pull detections"), whose names are taken in any letter case."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from django.http import QueryDict

from tidegate.core.durations import read_duration
from tidegate.core.errors import InvalidInput
from tidegate.incidents.detection_queries import Window
from tidegate.incidents.detections.form import split_tags

USUAL: Final = timedelta(hours=2)
_LARGEST: Final = 10**9
_EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)


def read_window(parameters: QueryDict, now: datetime) -> Window:
    """The window that a request asks for, up to `now`; the last two hours if it names none.

    Raises InvalidInput naming the parameter.

    `sinceTimeUtc` goes before `ago`, which counts back from now.
    """
    given = {name.strip().lower(): values for name, values in parameters.lists()}
    if any("\0" in value for values in given.values() for value in values):
        raise InvalidInput("The parameters hold a sign that is no text.")
    until = min(_time(given, "untilTimeUtc") or now, now)
    since = _time(given, "sinceTimeUtc")
    if since is None:
        ago = _one(given, "ago")
        since = _before(now, read_duration(ago, "ago")) if ago else _before(until, USUAL)
    return Window(
        since=since,
        until=until,
        limit=_number(given, "limit"),
        machine_groups=tuple(filter(None, (name.strip() for name in given.get("machinegroups", ())))),
        registry_tag=_one(given, "DeviceCreatedMachineTags"),
        portal_tags=tuple(split_tags(",".join(given.get("cloudcreatedmachinetags", ())))),
    )


def _one(given: Mapping[str, Sequence[str]], name: str) -> str:
    texts = [text for value in given.get(name.lower(), ()) if (text := value.strip())]
    if len(texts) > 1:
        raise InvalidInput(fields={name: "is given more than once"})
    return texts[0] if texts else ""


def _time(given: Mapping[str, Sequence[str]], name: str) -> datetime | None:
    """A time in UTC; without a zone it is one. A plus before an offset may have come as a blank."""
    text = _one(given, name)
    if not text:
        return None
    head, blank, offset = text.rpartition(" ")
    if blank and "T" in head.upper() and ":" in offset:
        text = f"{head}+{offset}"
    try:
        moment = datetime.fromisoformat(text.upper())
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidInput(fields={name: "must be a time such as 2026-03-01T09:00:00Z"}) from None
    return max(moment, _EARLIEST)


def _before(moment: datetime, length: timedelta) -> datetime:
    return max(moment - min(length, moment - _EARLIEST), _EARLIEST)


def _number(given: Mapping[str, Sequence[str]], name: str) -> int | None:
    text = _one(given, name)
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or int(text[:20]) > _LARGEST:
        raise InvalidInput(fields={name: f"must be a whole number from 0 to {_LARGEST}"})
    return int(text)
