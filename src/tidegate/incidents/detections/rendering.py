"""What the detections of an alert are."""

from tidegate.incidents.detections.described import render_described
from tidegate.incidents.detections.form import Body, Rendered
from tidegate.incidents.detections.told import read_told, render_told


def render_detections(document: Body, raw: str) -> list[Rendered]:
    """The detections of an alert, by its wire form and its source's text; no two have the same full id."""
    told = read_told(raw)
    rows = render_described(document) if told.is_whole else []
    rows += [render_told(document, members) for members in told.detections]
    return list({row.full_id: row for row in rows}.values())
