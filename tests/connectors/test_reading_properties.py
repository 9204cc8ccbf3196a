import json
from io import BytesIO
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.connectors.samples import (
    as_lines,
    graph_alert,
    graph_incident,
    ids_of,
    read,
    siem_detection,
    xdr_alert,
    xdr_incident,
)
from tidegate.connectors.limits import Limits
from tidegate.connectors.reading import RecordReader
from tidegate.connectors.records import Record, Rejected

LIMITS = Limits(record_text=2_000, depth=8)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
NAMES = st.sampled_from([
    "id", "title", "value", "alerts", "evidence", "incidentId", "incidentName", "createdDateTime",
    "AlertId", "AlertTime", "AlertTitle", "displayName", "@odata.type", "comments", "devices", "entities",
])  # fmt: skip
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES | st.text(max_size=4), inner),
    max_leaves=25,
)
RECORDS = st.sampled_from([graph_alert, graph_incident, xdr_incident, siem_detection])
BAD = st.sampled_from([
    "", "{", '{"id": "x" "y"}', '{"id": 1, "title": [}', "nonsense", '{"a": NaN}', '{"id": "x", "title": "y}',
    '{"a": [1, {"b": 2}', '"text"', "12", '{"title": "a " b"}', '{"a":' * 1500,
])  # fmt: skip
PIECES = st.sampled_from([
    b"[", b"]", b"{", b"}", b",", b":", b'"', b"\\", b"\n", b" ", b"1", b"nul", b"\xff", b"\x00",
    b'{"value":[',
    b'"value"', b'"id"', b"-Infinity", b"\\u0000", b"\\ud83d", b"\\ude00",
    json.dumps(graph_alert()).encode(), json.dumps(xdr_incident(xdr_alert())).encode(),
])  # fmt: skip


def _read_in_chunks(data: bytes, chunk_bytes: int) -> list[Record | Rejected]:
    return list(RecordReader(BytesIO(data), limits=LIMITS, chunk_bytes=chunk_bytes))


@given(st.lists(PIECES, max_size=25).map(b"".join), st.integers(1, 200))
def test_any_chunking_gives_the_same_records(data: bytes, chunk_bytes: int) -> None:
    assert _read_in_chunks(data, chunk_bytes) == _read_in_chunks(data, 1_000_000)


@given(
    st.lists(JSON, max_size=3), st.sampled_from(["lines", "list", "page", "indented"]), st.integers(1, 200)
)
def test_random_json_never_raises_however_it_is_cut(values: list[Any], form: str, chunk_bytes: int) -> None:
    data = {
        "lines": as_lines(values),
        "list": json.dumps(values).encode(),
        "page": json.dumps({"value": values}).encode(),
        "indented": json.dumps(values, indent=1).encode(),
    }[form]
    assert _read_in_chunks(data, chunk_bytes) == _read_in_chunks(data, 1_000_000)


@given(st.binary(max_size=400))
def test_random_bytes_never_raise(data: bytes) -> None:
    for mark in (b"", b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf"):
        read(mark + data)


@settings(deadline=None, max_examples=40)
@given(JSON)
def test_any_value_of_any_member_is_taken_or_refused(value: Any) -> None:
    for record in (graph_alert(), graph_incident(graph_alert()), xdr_incident(xdr_alert()), siem_detection()):
        read(as_lines(record | {name: value} for name in record))


@given(st.lists(JSON, min_size=1, max_size=4))
def test_random_evidence_is_taken_or_refused(values: list[Any]) -> None:
    read(as_lines([graph_alert(evidence=values), xdr_incident(xdr_alert(entities=values, devices=values))]))


@settings(deadline=None)
@given(st.integers(0, 4), BAD, st.booleans())
def test_bad_record_anywhere_keeps_all_the_others(at: int, bad: str, indented: bool) -> None:  # noqa: FBT001 (hypothesis passes it by name)
    good = [json.dumps(graph_alert(id=str(i)), indent=2 if indented else None) for i in range(4)]
    texts = [*good[:at], bad, *good[at:]]
    lines = ids_of(read("\n".join(texts)))
    assert [found for found in lines if found] == ["0", "1", "2", "3"]
    assert (None in lines) is bool(bad)


# Where only "]}" is missing, the items that follow are validly part of the bad one's own list.
BAD_ITEM = BAD.filter(lambda text: text and not text.startswith('{"a": ['))


@settings(deadline=None)
@given(st.integers(0, 3), BAD_ITEM, st.booleans())
def test_bad_item_anywhere_keeps_all_the_others(at: int, bad: str, indented: bool) -> None:  # noqa: FBT001 (hypothesis passes it by name)
    good = [json.dumps(graph_alert(id=str(i)), indent=2 if indented else None) for i in range(4)]
    items = ids_of(read(f'{{"value": [{",\n".join([*good[:at], bad, *good[at:]])}]}}'))
    assert items == [*"0123"[:at], None, *"0123"[at:]]


@given(st.text(max_size=60))
def test_text_is_kept_but_for_what_databases_refuse(text: str) -> None:
    [found] = read(json.dumps(graph_alert(title="T" + text)))
    expected = "".join("\ufffd" if c == "\0" else c for c in "T" + text)
    assert getattr(found, "title", found) == expected
