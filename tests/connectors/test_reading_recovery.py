import json
from typing import Any

import pytest

from tests.connectors.samples import (
    as_lines,
    graph_alert,
    graph_incident,
    ids_of,
    read,
    read_json,
    xdr_alert,
    xdr_incident,
)
from tidegate.connectors.limits import Limits
from tidegate.connectors.records import IncidentRecord, Rejected

A, B = json.dumps(graph_alert(id="a")), json.dumps(graph_alert(id="b"))
INDENTED_B = json.dumps(graph_alert(id="b"), indent=2)
BROKEN = [
    '{"id": "x", "title": }',
    '{"id": "x", "title": "y" "z"}',
    '{"id": "x", "evidence": [1, 2}',
    '{"id": "x", "evidence": [1, 2]',
    '{"id": "x", "evidence": [{"a": 1}, ',
    '{"id": "x", "title": "odd " quote"}',
    '{"id": "x", "title": "odd " quote", "n": {"m": 1}}',
    '{"id": "x", "title": "never closed',
    '{"id": "x", "title": "bad \\x escape"}',
    '{"id": "x"',
    "{",
    "{]",
    "[[[",
    "nonsense",
    '{"id": "x", "n": NaN}',
    '{"id": "x", "n": -Infinity}',
    '{"id": "x", "n": 1e999}',
    '{"id": "x", "n": ' + "9" * 5000 + "}",
    '{"id": "x", "n": 9223372036854775808}',
    '{"id": "x", "n": ' + "[" * 100 + "]" * 100 + "}",
    '{"id": "x", "n": ' + "[" * 100_000 + "]" * 100_000 + "}",
    '{"id": "x", "n": ' + '{"a":' * 3000 + "1" + "}" * 3000 + "}",
]


@pytest.mark.parametrize("broken", [text for text in BROKEN if text != "[[["])
def test_bad_line_keeps_the_lines_around_it(broken: str) -> None:
    assert ids_of(read(f"{A}\n{broken}\n{B}\n")) == ["a", None, "b"]


@pytest.mark.parametrize("broken", [text for text in BROKEN if "never closed" not in text])
@pytest.mark.parametrize("good", [B, INDENTED_B])
def test_bad_item_of_a_list_keeps_the_items_around_it(broken: str, good: str) -> None:
    assert ids_of(read(f"[{A}, {broken}, {good}]")) == ["a", None, "b"]
    assert ids_of(read(f'{{"x": {{}}, "value": [{A},\n{broken},\n{good}], "y": 1}}')) == ["a", None, "b"]


@pytest.mark.parametrize("item", ["null", "1", '"text, with ] and }"', "[1, [2]]", "[]", "true"])
def test_item_that_is_no_object_is_rejected_alone(item: str) -> None:
    found = read(f"[{A},{item},{B}]")
    assert ids_of(found) == ["a", None, "b"]
    assert isinstance(found[1], Rejected)
    assert found[1].reason.startswith("not a JSON object: ")


def test_bad_indented_object_is_rejected_once() -> None:
    broken = json.dumps(graph_alert(), indent=2).replace('"title":', '"title"')
    assert ids_of(read(f"{INDENTED_B}\n{broken}\n{INDENTED_B}")) == ["b", None, "b"]


def test_indented_lines_after_a_bad_one_are_kept() -> None:
    assert ids_of(read(f"  {A}\n  {{bad}}\n  {B}\n")) == ["a", None, "b"]


@pytest.mark.parametrize("cut", [1, 2, 30, 200])
def test_truncated_file_keeps_what_is_whole(cut: int) -> None:
    lines = read((A + "\n" + B)[:-cut])
    items = read(f"[{A},{B}"[:-cut])
    assert ids_of(lines) == ids_of(items) == ["a", None]
    assert isinstance(lines[1], Rejected)
    assert lines[1].reason == "the text ends before the record does"


def test_list_without_its_end_is_reported() -> None:
    found = read(f'{{"value": [{A}')
    assert ids_of(found) == ["a", None]
    assert isinstance(found[1], Rejected)
    assert found[1].reason == "the file ends inside the list"


def test_page_with_a_broken_end_is_reported() -> None:
    found = read(f'{{"value": [{A}] ]\n{B}')
    assert ids_of(found) == ["a", None, "b"]
    assert isinstance(found[1], Rejected)
    assert found[1].reason == "what follows the list is not JSON"


def test_oversized_record_is_refused_and_the_next_kept() -> None:
    limits = Limits(record_text=1000)
    big = json.dumps(graph_alert(description="]" * 3000))
    for data in (f"{A}\n{big}\n{B}\n", f"[{A},{big},{B}]", f'{{"value":[{A},{big},{B}]}}'):
        found = read(data, limits)
        assert ids_of(found) == ["a", None, "b"]
        assert isinstance(found[1], Rejected)
        assert found[1].reason == "longer than 1000 characters"


def test_bad_alert_of_an_incident_is_left_out_and_reported() -> None:
    incident = xdr_incident(
        xdr_alert(alertId="1"),
        xdr_alert(alertId="2", creationTime="yesterday"),
        xdr_alert(alertId="3"),
    )
    kept, rejected = read_json({"value": [incident]})
    assert isinstance(kept, IncidentRecord)
    assert [alert.external_id for alert in kept.alerts] == ["1", "3"]
    assert isinstance(rejected, Rejected)
    assert rejected.position.record == 1
    assert rejected.reason == "alerts[1].creationTime: not a time: 'yesterday'"


def test_incident_keeps_its_good_alerts_when_items_are_no_alerts() -> None:
    found = read_json(graph_incident(graph_alert(id="1"), 7, graph_alert(id=""), graph_alert(id="4")))  # type: ignore[arg-type]
    assert isinstance(found[0], IncidentRecord)
    assert [alert.external_id for alert in found[0].alerts] == ["1", "4"]
    assert [item.reason for item in found if isinstance(item, Rejected)] == [
        "alerts[1]: not an object: '7'",
        "alerts[2].id: missing",
    ]


def test_same_record_twice_is_given_twice() -> None:
    duplicate: list[Any] = [graph_alert(id="a")] * 2
    assert ids_of(read(as_lines(duplicate))) == ["a", "a"]
