import codecs
import json
from io import BytesIO
from typing import Any

import pytest

from tests.connectors.samples import (
    as_lines,
    graph_alert,
    graph_incident,
    ids_of,
    read,
    read_json,
    siem_detection,
    xdr_alert,
    xdr_incident,
)
from tidegate.connectors.reading import RecordReader
from tidegate.connectors.records import AlertRecord, IncidentRecord, Position, Rejected, SourceFormat

FORMATS = [
    (graph_alert(), SourceFormat.GRAPH_ALERT),
    (graph_incident(graph_alert()), SourceFormat.GRAPH_INCIDENT),
    (xdr_incident(xdr_alert()), SourceFormat.DEFENDER_XDR_INCIDENT),
    (siem_detection(), SourceFormat.SIEM_DETECTION),
]


def _wrappings(record: dict[str, Any]) -> list[tuple[str, bytes]]:
    page = {"@odata.context": "x", "@odata.count": 2, "value": [record, record], "@odata.nextLink": "y"}
    return [
        ("list", json.dumps([record, record]).encode()),
        ("page", json.dumps(page).encode()),
        ("indented page", json.dumps(page, indent=2).encode()),
        ("lines", as_lines([record, record])),
        ("indented, one after another", json.dumps(record, indent=1).encode() * 2),
        ("two pages", as_lines([{"value": [record]}, {"value": [record]}])),
    ]


@pytest.mark.parametrize(("record", "source_format"), FORMATS)
def test_one_object_is_recognised(record: dict[str, Any], source_format: SourceFormat) -> None:
    [found] = read_json(record)
    assert isinstance(found, AlertRecord | IncidentRecord)
    assert found.source_format == source_format


@pytest.mark.parametrize(("record", "source_format"), FORMATS)
def test_every_container_gives_the_same_records(record: dict[str, Any], source_format: SourceFormat) -> None:
    for name, data in _wrappings(record):
        found = read(data)
        assert [getattr(item, "source_format", item) for item in found] == [source_format] * 2, name


def test_formats_may_be_mixed_in_one_file() -> None:
    found = read(as_lines(record for record, _ in FORMATS))
    assert [getattr(item, "source_format", item) for item in found] == [expected for _, expected in FORMATS]


def test_raw_is_the_exact_text_of_the_record() -> None:
    own_text = json.dumps(graph_alert(), indent=3).replace("Odd", "\\u004fdd  ")
    [found] = read(f'  {{"value" : [ {own_text} , {own_text}]}}'.encode())[:1]
    assert isinstance(found, AlertRecord)
    assert found.raw == own_text
    assert found.title == "Odd   sign-in"


@pytest.mark.parametrize(
    "data",
    [
        codecs.BOM_UTF8 + json.dumps(graph_alert(title="Räuber 😀")).encode(),
        codecs.BOM_UTF16_LE
        + json.dumps(graph_alert(title="Räuber 😀"), ensure_ascii=False).encode("utf-16-le"),
        codecs.BOM_UTF16_BE
        + json.dumps(graph_alert(title="Räuber 😀"), ensure_ascii=False).encode("utf-16-be"),
    ],
)
def test_byte_order_marks_tell_the_encoding(data: bytes) -> None:
    [found] = read(data)
    assert isinstance(found, AlertRecord)
    assert found.title == "Räuber 😀"


def test_positions_count_records_lines_and_bytes() -> None:
    good = json.dumps(graph_alert(title="Räuber"), ensure_ascii=False).encode()
    data = good + b"\n\n" + b"{bad}\n" + b"\xff\xfe" + b"\n" + good
    found = read(data)
    assert [getattr(item, "position", None) for item in found] == [
        None,
        Position(2, 3, len(good) + 2),
        Position(3, 4, len(good) + 8),
        None,
    ]


def test_positions_in_utf16_count_its_bytes() -> None:
    text = json.dumps(graph_alert()) + "\n" + "{bad}"
    found = read(codecs.BOM_UTF16_LE + text.encode("utf-16-le"))
    assert isinstance(found[1], Rejected)
    assert found[1].position == Position(2, 2, 2 + 2 * (len(text) - 5))


def test_bytes_read_grows_while_reading() -> None:
    data = as_lines([graph_alert(id=str(number)) for number in range(200)])
    reader = RecordReader(BytesIO(data), chunk_bytes=1000)
    before = reader.bytes_read
    next(iter(reader))
    assert before == 1000 < len(data)
    assert len(list(reader)) == 199
    assert reader.bytes_read == len(data)


@pytest.mark.parametrize("data", [b"", b" \n\t\r\n ", codecs.BOM_UTF8])
def test_empty_file_is_rejected_once(data: bytes) -> None:
    [found] = read(data)
    assert isinstance(found, Rejected)
    assert found.position == Position(1, 1, 0)
    assert found.reason.startswith("the file is empty")


@pytest.mark.parametrize("data", ["[]", '{"value": []}', '{"@odata.context": "x", "value": []}\n'])
def test_a_page_without_records_holds_nothing_and_is_no_error(data: str) -> None:
    assert read(data) == []


@pytest.mark.parametrize(
    "data",
    [
        b"{}",
        b'{"value": 3}',
        b"[1, 2, 3]",
        b"null",
        b"name;severity\nx;high\n" * 2000,
        b"\x89PNG\r\n\x1a\n\x00\x00" * 50,
        b'{"@odata.type": "#microsoft.graph.user", "id": "1", "displayName": "A"}',
        b'{"id": "1", "displayName": "A", "createdDateTime": "2026-01-01T00:00:00Z"}',
    ],
)
def test_unrecognisable_file_is_rejected_once_naming_the_accepted_formats(data: bytes) -> None:
    [found] = read(data)
    assert isinstance(found, Rejected)
    for name in ("alerts_v2", "Graph incidents", "Defender XDR incidents", "SIEM detections"):
        assert name in found.reason


def test_good_record_after_many_unrecognised_lines_is_kept() -> None:
    found = read(b"junk\n" * 1500 + as_lines([graph_alert()]))
    assert len(found) == 1000 + 1 + 1
    assert isinstance(found[1000], Rejected)
    assert found[1000].reason == "and 500 more after this one were not recognised"
    assert ids_of(found[-1:]) == ["da1"]


def test_record_with_a_member_named_value_is_a_record() -> None:
    assert ids_of(read_json({"id": "da9"} | graph_alert(id="da9") | {"value": [1]})) == ["da9"]


def test_half_a_character_at_the_end_of_utf16_is_no_error() -> None:
    data = codecs.BOM_UTF16_LE + json.dumps(graph_alert(id="a")).encode("utf-16-le")
    assert ids_of(read(data + b"\n")) == ["a", None]
    assert ids_of(read(data + "\n".encode("utf-16-le") + b"\x3d\xd8")) == ["a", None]
