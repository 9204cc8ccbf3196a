from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tidegate.core.durations import read_duration, write_duration
from tidegate.core.errors import InvalidInput


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("P14D", timedelta(days=14)),
        ("PT8H", timedelta(hours=8)),
        ("P1DT2H30M", timedelta(days=1, hours=2, minutes=30)),
        ("P2W", timedelta(weeks=2)),
        ("PT0.5S", timedelta(milliseconds=500)),
        ("pt10m", timedelta(minutes=10)),
        ("P0D", timedelta(0)),
    ],
)
def test_duration_is_read(text: str, value: timedelta) -> None:
    assert read_duration(text, "ago") == value


@pytest.mark.parametrize(
    "text", ["", "P", "PT", "P1DT", "14D", "P1M", "P1Y", "-P1D", "P\u0661D", "P99999999D", 14, None]
)
def test_duration_of_another_form_is_refused(text: object) -> None:
    with pytest.raises(InvalidInput) as refused:
        read_duration(text, "ago")

    assert list(refused.value.fields) == ["ago"]


@settings(max_examples=50)
@given(st.integers(0, 10**9).map(lambda seconds: timedelta(seconds=seconds)))
def test_duration_written_is_read_as_the_same(value: timedelta) -> None:
    assert read_duration(write_duration(value), "ago") == value


def test_duration_is_written_in_the_largest_units() -> None:
    assert write_duration(timedelta(days=1, hours=2)) == "P1DT2H"
    assert write_duration(timedelta(0)) == "PT0S"
