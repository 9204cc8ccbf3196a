"""Lines for COPY: each kind of value as PostgreSQL reads it; nothing in it ends a line or a column."""

import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from enum import IntEnum, StrEnum
from typing import Any

import msgspec
import pytest
from django.utils.safestring import mark_safe

from tidegate.core.postgresql.lines import ROWS_AT_ONCE, write_lines


class Word(StrEnum):
    A = "a\tb"


class Number(IntEnum):
    TWO = 2


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (None, r"\N"),
        (r"\N", r"\\N"),
        ("a\tb\nc\rd\\e", r"a\tb\nc\rd\\e"),
        (mark_safe("<b>\t"), r"<b>\t"),
        (Word.A, r"a\tb"),
        (Number.TWO, "2"),
        (True, "t"),
        (False, "f"),
        (-3, "-3"),
        (uuid.UUID(int=255), "000000000000000000000000000000ff"),
        (datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC), "2026-01-02T03:04:05.000006+00:00"),
        (date(2026, 1, 2), "2026-01-02"),
        (time(3, 4), "03:04:00"),
        (timedelta(days=-1, seconds=2, microseconds=3), "-1 days 2.000003 seconds"),
        (msgspec.Raw(rb'["\n"]'), r'["\\n"]'),
    ],
)
def test_each_kind_of_value_is_written_as_postgresql_reads_it(value: Any, written: str) -> None:
    assert write([(value, value)]) == f"{written}\t{written}\n"


def test_column_of_many_kinds_is_written_value_by_value() -> None:
    same = uuid.UUID(int=1)

    rows = [(same, "a", None, 1), (same, "b\tc", 2, True), (uuid.UUID(int=2), "", "x", -3)]

    one, two = f"{1:032x}", f"{2:032x}"
    assert write(rows) == f"{one}\ta\t\\N\t1\n{one}\tb\\tc\t2\tt\n{two}\t\tx\t-3\n"


def test_many_rows_are_written_some_at_a_time_in_their_order() -> None:
    same = datetime(2026, 1, 2, tzinfo=UTC)
    rows = [(number, same, "\\") for number in range(2 * ROWS_AT_ONCE + 1)]

    written = list(write_lines(rows))

    assert [some.count(b"\n") for some in written] == [ROWS_AT_ONCE, ROWS_AT_ONCE, 1]
    assert b"".join(written).decode() == "".join(
        f"{number}\t2026-01-02T00:00:00+00:00\t\\\\\n" for number in range(len(rows))
    )


def test_what_no_column_of_ours_holds_is_refused() -> None:
    with pytest.raises(TypeError):
        write([(b"bytes",)])


def write(rows: Sequence[Sequence[Any]]) -> str:
    return b"".join(write_lines(rows)).decode()
