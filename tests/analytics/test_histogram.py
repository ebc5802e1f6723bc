"""A percentile from a histogram is at most one bucket, 9 % (2 % for lengths), away from the true one; adding up loses nothing."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics import histogram
from analytics.histogram import bucket_of, lane

TIMES = st.lists(st.integers(9, 60_000), min_size=1, max_size=300)


def of(times: list[int], name: str = "total") -> int:
    return histogram.of((lane(name, bucket_of(name, ms)), 1) for ms in times)


@given(TIMES, st.sampled_from([0.5, 0.95]), st.sampled_from([("total", 1.0906, 1), ("length", 1.022, 200)]))
def test_how_far_a_percentile_may_be_off(times, share, part):
    name, most, longer = part
    times = [ms * longer for ms in times]
    true = sorted(times)[math.ceil(share * len(times)) - 1]
    (found,) = histogram.percentiles(of(times, name), name, [share])
    assert found is not None and true / most <= found <= true * most


@given(TIMES, TIMES)
def test_adding_up_is_as_counting_together(some, others):
    assert of(some) + of(others) == of(some + others)
    assert histogram.unpack(histogram.pack(of(some))) == of(some)


def test_parts_do_not_touch_each_other_and_the_ends_hold_what_lies_outside():
    counts = of([1, 10**9], "hold") + of([5], "length")
    assert sum(histogram.counters(counts, "hold")) == 2
    assert histogram.counters(counts, "hold")[0] == histogram.counters(counts, "hold")[-1] == 1
    assert histogram.percentiles(counts, "total", [0.5]) == [None]
    assert histogram.percentiles(0, "length", [0.5, 0.95]) == [None, None]


def test_more_than_a_counter_of_one_slot_holds_stays_apart():
    counts = sum(histogram.of([(lane("stt", bucket_of("stt", 100)), 4_000_000)]) for _ in range(900))
    assert sum(histogram.counters(counts, "stt")) == 3_600_000_000
    assert not any(histogram.counters(counts, "agent"))


def test_bars_share_out_what_lies_across_an_edge():
    bars = histogram.bars(of([100] * 10 + [1000] * 30), "total", [200, 400, 2000])
    assert bars == [pytest.approx(10), 0, pytest.approx(30), 0]
