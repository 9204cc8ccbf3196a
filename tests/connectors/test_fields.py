from datetime import UTC, datetime

import pytest

from tidegate.connectors.fields import echo_value, parse_time


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-01T10:00:00Z", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("2026-03-01t10:00:00z", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("2026-03-01 10:00:00", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("2026-03-01T10:00:00.1234567Z", datetime(2026, 3, 1, 10, 0, 0, 123456, UTC)),
        ("2026-03-01T10:00:00.5+05:30", datetime(2026, 3, 1, 4, 30, 0, 500000, UTC)),
        ("1990-01-01T00:00:00Z", datetime(1990, 1, 1, tzinfo=UTC)),
        ("2100-12-31T23:59:59Z", datetime(2100, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ],
)
def test_time_is_read_as_utc(text: str, moment: datetime) -> None:
    assert parse_time(text) == moment
    assert parse_time(text).tzinfo is UTC


@pytest.mark.parametrize(
    "value",
    [
        "2026-03-01", "20260301T100000Z", "2026-W10-1T00:00:00Z", "2026-13-01T00:00:00Z", "10:00:00", "", " ",
        "2026-03-01T24:00:01Z", "2026-03-01T10:00:60Z", "2026-03-01T10:00:00Z junk",
        "2026-03-01T10:00:00+99:00",
        "1989-12-31T23:59:59Z", "2101-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "1990-01-01T00:00:00+00:01", "٢٠٢٦-03-01T10:00:00Z", 5, None, True, [], {},
    ],
)  # fmt: skip
def test_what_is_no_time_in_range_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="time"):
        parse_time(value)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (None, "null"), (True, "true"), (False, "false"), (0, "'0'"), ([1], "a list"), ({}, "an object"),
        ("a\nb", "'a\\nb'"), ("x" * 80, f"'{'x' * 80}'"), ("x" * 81, f"'{'x' * 79}…'"),
    ],
)  # fmt: skip
def test_echo_is_one_short_line(value: object, shown: str) -> None:
    assert echo_value(value) == shown
