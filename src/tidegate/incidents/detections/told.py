"""Detections that the source told: what they said, of this alert and in this portal."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tidegate.connectors.kinds import microsoft_siem
from tidegate.connectors.records import Json
from tidegate.devices.keys import device_key
from tidegate.incidents.detections.form import FIELDS, Body, Rendered, link_members, make_full_id

_NUMBERS: Final = frozenset({"AlertPart", "ReportID"})
_BOOLEANS: Final = frozenset({"RemediationIsSuccess", "WasExecutingWhileDetected"})
_LONGEST_ID: Final = 512


@dataclass(frozen=True, slots=True)
class Told:
    """What a source wrote of an alert: detections, and whether it told the alert whole before."""

    detections: tuple[Body, ...]
    is_whole: bool


def read_told(raw: str) -> Told:
    """The detections in what a source wrote: JSON texts one after the other."""
    if '"AlertTime"' not in raw and '"LastProcessedTimeUtc"' not in raw:
        return Told((), is_whole=True)
    values = list(_decode_all(raw))
    found = tuple(value for value in values if microsoft_siem.recognise(value))
    return Told(found, is_whole=len(found) < len(values))


def render_told(document: Body, told: Body) -> Rendered:
    """One of them, with the alert's own id and links."""
    members: dict[str, Json] = {name: _clean(name, told.get(name)) for name in FIELDS}
    members |= link_members(document)
    external_id, full_id = members["AlertId"], str(members["FullId"])
    if not full_id.startswith(f"{external_id}:") or len(full_id) > _LONGEST_ID:
        # When it was processed last is all that may differ between two tellings of one detection.
        said = json.dumps({**told, "LastProcessedTimeUtc": None}, sort_keys=True)
        members["FullId"] = make_full_id(external_id, said.encode())
    device: Body = {
        "mdeDeviceId": members["DeviceID"],
        "deviceDnsName": members["ComputerDnsName"] or members["MachineName"],
    }
    return Rendered(members, device_key(device))


def _clean(name: str, value: Json) -> Json:
    if name in _BOOLEANS:
        return {"true": True, "false": False}.get(str(value).lower())
    if name in _NUMBERS:
        return value if isinstance(value, int) and not isinstance(value, bool) else 0
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return "" if value is None or isinstance(value, dict) else str(value)


def _decode_all(raw: str) -> Iterator[Body]:
    decoder, at = json.JSONDecoder(), 0
    while at < len(raw):
        if raw[at].isspace():
            at += 1
            continue
        value, at = decoder.raw_decode(raw, at)
        if isinstance(value, dict):
            yield value
