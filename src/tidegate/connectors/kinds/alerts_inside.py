"""The alerts of an incident: one that cannot be read is left out and reported, the others are kept."""

import json
from collections.abc import Callable, Mapping

from tidegate.connectors.fields import Fields, UnreadableRecord, echo_value
from tidegate.connectors.records import AlertRecord, Json

type ParseAlert = Callable[[Mapping[str, Json], str, str], AlertRecord]

_ENCODER = json.JSONEncoder(ensure_ascii=False)


def parse_alerts_inside(
    fields: Fields, parse: ParseAlert
) -> tuple[tuple[AlertRecord, ...], tuple[UnreadableRecord, ...]]:
    """Read the member `alerts` with `parse(members, raw, path)`; give the alerts and what was left out.

    Raises UnreadableRecord when the list itself is none, or too long.
    """
    alerts: list[AlertRecord] = []
    left_out: list[UnreadableRecord] = []
    for index, item in enumerate(fields.items("alerts", fields.limits.alerts)):
        try:
            alerts.append(_parse_item(item, fields.at(f"alerts[{index}]"), parse))
        except UnreadableRecord as error:
            left_out.append(error)
    return tuple(alerts), tuple(left_out)


def _parse_item(item: Json, path: str, parse: ParseAlert) -> AlertRecord:
    if not isinstance(item, dict):
        raise UnreadableRecord(path, f"not an object: {echo_value(item)}")
    return parse(item, _ENCODER.encode(item), path)
