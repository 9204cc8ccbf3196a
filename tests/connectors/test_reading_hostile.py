import json
import time
import tracemalloc
from io import BytesIO, RawIOBase
from typing import BinaryIO, cast

import pytest

from tests.connectors.samples import alert_of, as_lines, graph_alert, ids_of, read, reason_of, siem_detection
from tidegate.connectors.limits import Limits
from tidegate.connectors.reading import read_records
from tidegate.connectors.records import AlertRecord, Rejected


def _all_text(alert: AlertRecord) -> str:
    return alert.raw + alert.title + repr(alert.extra) + repr([dict(item.body) for item in alert.evidence])


@pytest.mark.parametrize("escape", ["\\u0000", "\\ud83d", "\\uDE00", "\\ude00\\ud83d"])
def test_nul_and_lone_surrogates_are_replaced_everywhere(escape: str) -> None:
    text = json.dumps(graph_alert(title="a@b", more={"k@": ["@"]}, evidence=[{"x": "@"}]))
    [found] = read(
        text.replace("a@b", f"a{escape}b").replace("@", escape).replace(f"{escape}odata", "@odata")
    )
    assert isinstance(found, AlertRecord), found
    count = escape.count("\\")
    assert found.title == "a" + "\ufffd" * count + "b"
    assert not any("\ud800" <= character <= "\udfff" or character == "\0" for character in _all_text(found))
    assert escape not in found.raw
    assert json.loads(found.raw)["title"] == found.title


def test_nul_byte_and_bytes_that_are_no_text_are_replaced() -> None:
    data = json.dumps(graph_alert(title="a~b^c")).encode().replace(b"~", b"\0").replace(b"^", b"\xff")
    [found] = read(data)
    assert isinstance(found, AlertRecord)
    assert found.title == "a\ufffdb\ufffdc"
    assert '"a\ufffdb\ufffdc"' in found.raw


def test_escapes_that_only_look_like_nul_are_kept() -> None:
    [found] = read(json.dumps(graph_alert(title="C:\\u0000 \\\\ud800 😀")))
    assert isinstance(found, AlertRecord)
    assert found.title == "C:\\u0000 \\\\ud800 😀"


def test_markup_in_a_title_is_text() -> None:
    title = "<script>alert(1)</script> & <img src=x onerror=alert(2)>"
    assert alert_of(graph_alert(title=title)).title == title


def test_the_last_of_two_equal_names_counts_and_raw_keeps_both() -> None:
    text = json.dumps(graph_alert())[:-1] + ', "title": "second"}'
    [found] = read(text)
    assert isinstance(found, AlertRecord)
    assert found.title == "second"
    assert found.raw == text


@pytest.mark.parametrize("bomb", ["[", "{", '{"a":', '[{"a":', '{"value":[', '[{"value":['])
@pytest.mark.parametrize("length", [100, 5_000, 50_000])
def test_nesting_bomb_is_rejected_and_never_raises(bomb: str, length: int) -> None:
    found = read(bomb * (length // len(bomb)))
    assert found
    assert all(isinstance(item, Rejected) for item in found)


@pytest.mark.parametrize(("depth", "taken"), [(63, True), (64, False)])
def test_nesting_of_64_levels_is_the_limit(depth: int, taken: bool) -> None:  # noqa: FBT001 (parametrized)
    [_, found] = read(as_lines([graph_alert(), graph_alert(n=json.loads("[" * depth + "]" * depth))]))
    assert isinstance(found, AlertRecord) is taken
    if isinstance(found, Rejected):
        assert found.reason == "nested deeper than 64 levels"


def test_numbers_out_of_range_are_refused_with_their_path() -> None:
    text = json.dumps(graph_alert(evidence=[{"n": [1, 2**63]}]))
    found = read(text + "\n" + json.dumps(graph_alert(n=[2**63 - 1, -(2**63), 1.5])))
    assert isinstance(found[0], Rejected)
    assert found[0].reason == "evidence[0].n[1]: a number that is not taken: '9223372036854775808'"
    assert ids_of(found) == [None, "da1"]


def test_too_many_items_are_refused() -> None:
    limits = Limits(evidence=2, alerts=2)
    evidence: list[dict[str, str]] = [{}, {}, {}]
    [alert] = read(json.dumps(graph_alert(evidence=evidence)), limits)
    [incident] = read(
        json.dumps({"incidentId": 1, "createdTime": "2026-01-01T00:00:00Z", "alerts": evidence}), limits
    )
    assert isinstance(alert, Rejected)
    assert isinstance(incident, Rejected)
    assert alert.reason == "evidence: 3 items, more than 2"
    assert incident.reason == "alerts: 3 items, more than 2"


def test_reason_echoes_no_more_than_80_characters() -> None:
    reason = reason_of(siem_detection(AlertTime="x" * 5000))
    assert reason == f"AlertTime: not a time: '{'x' * 79}…'"


class _Endless(RawIOBase):
    """Gives a start, and then one text again and again until so many bytes were read."""

    def __init__(self, start: bytes, text: bytes, size: int) -> None:
        self._start, self._text, self._left = start, text, size

    def read(self, size: int = -1) -> bytes:
        part = (self._start + self._text * (size // len(self._text) + 1))[: min(size, self._left)]
        self._start = b""
        self._left -= len(part)
        return part


@pytest.mark.parametrize(
    ("start", "text"),
    [
        (b"", json.dumps(graph_alert()).encode() + b"\n"),
        (b"", b"x"),
        (b"", b"["),
        (b"", b'{"a":[1,'),
        (b"[", b'{"a":"' + b"b" * 200 + b'"},'),
        (b'{"a":[', b"1,"),
        (b'[{"a":"', b"x"),
        (b'{"a":"x","value":["', b"x"),
    ],
)
def test_memory_is_bounded_by_the_limits_not_the_file(start: bytes, text: bytes) -> None:
    stream = cast("BinaryIO", _Endless(start, text, 4_000_000))
    tracemalloc.start()
    for _ in read_records(stream, limits=Limits(record_text=50_000)):
        pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3_500_000


@pytest.mark.parametrize(
    "text",
    [
        '{"x":[{},\n',
        '{"a":1,\n',
        '[{"a":\n',
        '[[,{"id":1,"title":1},\n',
        '{"x"\n',
        "[}{",
        '{"value":[{"a":1,',
    ],
)
def test_hostile_files_take_time_in_proportion(text: str) -> None:
    began = time.process_time()
    for _ in read_records(BytesIO(text.encode() * (100_000 // len(text)))):
        pass
    assert time.process_time() - began < 4
