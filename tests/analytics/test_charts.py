"""Charts are geometry: what is drawn stands where its value says, and nothing breaks on gaps, zeros or one value."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import charts
from analytics.charts import Series

VALUES = st.one_of(st.none(), st.floats(allow_nan=True, allow_infinity=True), st.integers(-5, 10**9))


@pytest.mark.parametrize(
    ("most", "whole", "end", "ticks"),
    [
        (0, True, 4, 5),
        (1, True, 1, 2),
        (7, True, 8, 5),
        (323, True, 400, 5),
        (0.031, False, 0.04, 5),
        (1e9, True, 1e9, 5),
        (math.nan, True, 4, 5),
    ],
)
def test_an_axis_ends_at_a_round_number(most, whole, end, ticks):
    found, marks = charts.scale(most, whole=whole)
    assert found == pytest.approx(end)
    assert len(marks) == ticks and marks[0] == 0


@given(st.floats(1e-6, 1e15), st.booleans())
def test_an_axis_holds_what_it_is_for(most, whole):
    end, marks = charts.scale(most, whole=whole)
    assert end >= most * (1 - 1e-9)
    assert len(marks) <= 6 and marks[-1] == pytest.approx(end)


def test_bars_stand_on_each_other_and_as_high_as_their_values():
    chart = charts.stacked([Series("a", [3, 0], 1), Series("b", [1, 4], 2)], ["Mon", "Tue"], told="")
    first, second = chart.columns
    low, high = first.bars
    inner = chart.base - chart.top
    assert (low.y, high.y) == (pytest.approx(chart.base - inner * 3 / 4, abs=0.1), pytest.approx(chart.top, abs=0.1))
    assert [bar.fill for bar in second.bars] == [2]  # nothing is drawn of nothing
    assert first.told == "Mon: a 3, b 1"
    assert second.told == "Tue: b 4"


def test_a_line_has_gaps_and_lonely_values_are_points():
    chart = charts.lines([Series("a", [1, 2, None, math.nan, 3])], list("abcde"), told="")
    (line,) = chart.lines
    assert line.path.count("M") == 2 and line.path.endswith("h0.01")
    assert chart.columns[2].told == "c: nothing known"


@pytest.mark.parametrize("values", [[], [None], [0], [5], [None, None], [math.inf, 1]])
def test_no_data_and_one_value_still_make_a_chart(values):
    labels = [str(n) for n in range(len(values))]
    for made in (charts.stacked([Series("a", values)], labels, told="none"), charts.lines([Series("a", values)], labels, told="none")):
        assert made.rows and len(made.columns) == len(values)
    assert charts.spark(values) == ("", "")


@given(st.lists(VALUES, max_size=40), st.lists(VALUES, max_size=40))
def test_everything_drawn_is_a_number_within_the_picture(values, other):
    chart = charts.stacked([Series("a", values)], [str(n) for n in range(len(values))], before=Series("b", other), told="", whole=False)
    for column in chart.columns:
        for bar in column.bars:
            assert 0 <= bar.x <= chart.width and chart.top - 2 <= bar.y <= chart.base and bar.height > 0
    for line in chart.lines:
        assert "nan" not in line.path and "inf" not in line.path
    for path in charts.spark(values):
        assert "nan" not in path and "inf" not in path


def test_labels_do_not_run_into_each_other():
    chart = charts.stacked([Series("a", [1] * 90)], [f"Oct {n}" for n in range(90)], told="", size=charts.NARROW)
    places = [tick.at for tick in chart.ticks]
    assert len(places) >= 4 and min(b - a for a, b in zip(places, places[1:], strict=False)) > 40


def test_shares_and_levels():
    assert charts.shares([1, None, 3]) == [(0, 25), (25, 0), (25, 75)]
    assert charts.shares([0, 0]) == [(0, 0), (0, 0)]
    assert [charts.level(v, 20, 80) for v in (20, 49.9, 50, 80, None)] == [0, 2, 3, 5, 0]
    assert charts.level(7, 7, 7) == 3
