from xml.etree import ElementTree as ET

import pytest
from django.utils import translation

from tidegate.web.plots.model import SeverityCounts, Words
from tidegate.web.plots.response_times import Series, plot_times
from tidegate.web.plots.scale import count_ticks, time_top
from tidegate.web.plots.stacked_days import Day, plot_days
from tidegate.web.plots.stacked_rows import Row, TenantRow, plot_rows, plot_tenants

WORDS = Words("sample", "Alerts <per> day", "By severity & day")


@pytest.fixture(autouse=True)
def _english() -> object:
    with translation.override("en"):
        yield


def parse(drawing: str) -> ET.Element:
    return ET.fromstring(drawing)  # noqa: S314  our own output


def texts(root: ET.Element) -> list[str]:
    return ["".join(node.itertext()) for node in root.iter("text")]


def bars(root: ET.Element, fill: str) -> list[ET.Element]:
    return [node for node in root.iter("rect") if node.get("class") == f"fill-{fill}"]


@pytest.mark.parametrize(
    ("largest", "ticks"),
    [
        (0, (0, 1)),
        (1, (0, 1)),
        (4, (0, 1, 2, 3, 4)),
        (7, (0, 2, 4, 6, 8)),
        (19, (0, 5, 10, 15, 20)),
        (98, (0, 25, 50, 75, 100)),
        (101, (0, 50, 100, 150)),
        (1234, (0, 500, 1000, 1500)),
    ],
)
def test_count_ticks_are_round_and_few(largest: int, ticks: tuple[int, ...]) -> None:
    assert count_ticks(largest) == ticks


@pytest.mark.parametrize(("largest", "top"), [(0, 120), (2760, 3600), (35000, 36000), (10**9, 10**9)])
def test_time_top_is_a_round_time(largest: float, top: float) -> None:
    assert time_top(largest) == top


def test_days_are_drawn_and_tabled() -> None:
    days = [
        Day("21", SeverityCounts(1, 2, 3, 4)),
        Day("Today", SeverityCounts(0, 1, 0, 0), "so far", strong=True),
    ]
    plot = plot_days(WORDS, days)
    assert plot.head == ("Day", "High", "Medium", "Low", "Info", "Total")
    assert plot.rows == (("21", "1", "2", "3", "4", "10"), ("Today", "0", "1", "0", "0", "1"))
    root = parse(plot.drawing)
    assert [len(bars(root, fill)) for fill in ("high", "medium", "low", "informational")] == [1, 2, 1, 1]
    assert {"10", "1 so far", "Today"} <= set(texts(root))


def test_drawing_says_what_it_shows_and_has_no_inline_style() -> None:
    root = parse(plot_days(WORDS, [Day("1", SeverityCounts(1))]).drawing)
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "sample-title sample-description"
    assert root.findtext("title") == "Alerts <per> day"
    assert root.findtext("desc") == "By severity & day"
    assert not [node for node in root.iter() if node.get("style")]


def test_days_without_data_draw_nothing() -> None:
    plot = plot_days(WORDS, [Day("1", SeverityCounts())])
    assert plot.drawing == ""
    assert plot.rows == (("1", "0", "0", "0", "0", "0"),)


def test_many_days_keep_their_labels_apart() -> None:
    days = [Day(str(day), SeverityCounts(5)) for day in range(90)]
    labels = [text for text in texts(parse(plot_days(WORDS, days).drawing)) if text in {"88", "89"}]
    assert labels == ["89"]


def test_numbers_are_written_for_the_locale_but_places_are_not() -> None:
    with translation.override("nl"):
        plot = plot_days(WORDS, [Day("1", SeverityCounts(1234))])
    assert "," not in parse(plot.drawing).find("rect").get("height", "")  # type: ignore[union-attr]


def test_rows_escape_their_labels_and_scale_to_the_largest() -> None:
    rows = [Row("<script>", SeverityCounts(4, 0, 0, 0)), Row("b", SeverityCounts(2, 0, 0, 0), "old & idle")]
    plot = plot_rows(WORDS, rows, what="Age")
    assert "<script>" not in plot.drawing
    root = parse(plot.drawing)
    long, short = (float(bar.get("width", "0")) + 1.5 for bar in bars(root, "high"))
    assert long / short == pytest.approx(2, abs=0.01)
    assert plot.rows[0] == ("<script>", "4", "0", "0", "0", "4")


def test_rows_without_data_draw_nothing() -> None:
    assert plot_rows(WORDS, [], what="Age").drawing == ""


def test_tenants_are_grey_but_for_high_and_marked_by_hue() -> None:
    root = parse(
        plot_tenants(WORDS, [TenantRow("Orvane", 191, 9, 38), TenantRow("Mosveld", 140, 0, 4)]).drawing
    )
    assert len(bars(root, "high")) == 1
    assert len(bars(root, "rest")) == 2
    assert [mark.get("data-hue") for mark in root.iter("circle")] == ["191", "140"]
    assert any(text.startswith("38") and "9 high" in text for text in texts(root))


def test_times_break_where_a_day_has_none() -> None:
    steps = (
        Series("Acknowledge", (480.0, None, 600.0), (900.0, None, 1200.0), target=900.0),
        Series("Resolve", (None, None, None), (None, None, None)),
    )
    plot = plot_times(WORDS, ["1", "2", "3"], steps)
    assert plot.rows[1] == ("2", "", "", "", "")
    assert plot.rows[2] == ("3", "10 m", "20 m", "", "")
    root = parse(plot.drawing)
    median = next(node for node in root.iter("path") if node.get("class") == "median")
    assert median.get("d", "").count("M") == 2
    assert {"median 10 m", "p90 20 m", "target 15 m"} <= set(texts(root))


def test_labels_at_line_ends_stay_apart() -> None:
    same = Series("Acknowledge", (600.0,), (600.0,), target=600.0)
    root = parse(plot_times(WORDS, ["1"], (same, same)).drawing)
    places = [float(node.get("y", "0")) for node in root.iter("text") if " 10 m" in "".join(node.itertext())]
    ends = sorted(places)[:3]
    assert ends[1] - ends[0] >= 12.9
    assert ends[2] - ends[1] >= 12.9


def test_times_without_data_draw_nothing() -> None:
    nothing = Series("Acknowledge", (None,), (None,))
    assert plot_times(WORDS, ["1"], (nothing, nothing)).drawing == ""
