import os
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest

from tidegate.core.ids import parse_uuid, uuid7, uuid7_texts

TEXT = "0199f3a2-7c11-7abc-8def-0123456789ab"


def test_uuid7_says_its_version_and_variant() -> None:
    made = uuid7()
    assert (made.version, made.variant) == (7, uuid.RFC_4122)


def test_uuid7_begins_with_the_milliseconds() -> None:
    before = time.time_ns() // 1_000_000
    made = uuid7().int >> 80
    assert before <= made <= time.time_ns() // 1_000_000


def test_a_later_uuid7_sorts_after(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    for millis in (1, 2, 255, 256, 1 << 47):
        monkeypatch.setattr(time, "time_ns", lambda moment=millis: moment * 1_000_000)
        made.append(uuid7())
    assert made == sorted(made)
    assert [str(one) for one in made] == sorted(str(one) for one in made)


def test_ids_made_one_after_another_are_in_order() -> None:
    made = [uuid7() for _ in range(1000)]
    assert sum(one > two for one, two in pairwise(made)) <= 5


def test_uuid7s_of_one_millisecond_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 5_000_000)
    assert len({uuid7() for _ in range(1000)}) == 1000


def test_processes_and_threads_make_ids_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: 5_000_000)
    uuid7()
    reading, writing = os.pipe()
    if not (child := os.fork()):
        os.write(writing, uuid7().bytes)
        os._exit(0)
    os.waitpid(child, 0)
    with ThreadPoolExecutor(4) as threads:
        made = [
            one for some in threads.map(lambda _: [uuid7() for _ in range(600)], range(4)) for one in some
        ]

    theirs = uuid.UUID(bytes=os.read(reading, 16))
    os.close(reading)
    os.close(writing)
    assert len({theirs, uuid7(), *made}) == 2402


def test_the_canonical_form_is_read_in_any_case() -> None:
    assert parse_uuid(TEXT) == parse_uuid(TEXT.upper()) == uuid.UUID(TEXT)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "none",
        TEXT.replace("-", ""),
        f"{{{TEXT}}}",
        f"urn:uuid:{TEXT}",
        f" {TEXT}",
        f"{TEXT}\n",
        TEXT[:-1],
        TEXT + "0",
        TEXT.replace("-", "_"),
        TEXT.replace("0", "\N{ARABIC-INDIC DIGIT ZERO}"),
        "\0" * 36,
        "x" * 100_000,
    ],
)
def test_any_other_form_is_none(text: str) -> None:
    assert parse_uuid(text) is None


def test_many_ids_at_once_are_new_ones_newer_than_all_before() -> None:
    before = uuid7()
    made = [uuid.UUID(text) for text in uuid7_texts(500)]
    time.sleep(0.001)
    after = uuid7()

    assert len(set(made)) == 500
    assert {(one.version, one.variant) for one in made} == {(7, uuid.RFC_4122)}
    assert before < min(made)
    assert max(made) < after
    assert not list(uuid7_texts(0))
