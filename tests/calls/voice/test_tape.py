"""The recording: two channels in step with the clock of the call."""

import wave

import numpy as np
import pytest

from calls.carriers.voice.tape import Tape, meter
from tests.calls.voice.engines import quiet, tone


def channels(path) -> np.ndarray:
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getframerate(), file.getsampwidth()) == (2, 8_000, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "2026" / "call.wav"


async def test_agent_left_callee_right_where_they_were_heard(path):
    tape = Tape(str(path))
    tape.ours(1_000, tone(20))
    tape.theirs(2_020, tone(20))
    await tape.close(3_000)
    left, right = channels(path).T
    assert len(left) == 24_000
    assert np.flatnonzero(left)[[0, -1]] // 8 == pytest.approx([1_000, 1_019], abs=1)
    assert np.flatnonzero(right)[[0, -1]] // 8 == pytest.approx([2_000, 2_019], abs=1)


async def test_what_was_dropped_is_not_on_it(path):
    tape = Tape(str(path))
    for ms in range(0, 200, 20):
        tape.ours(ms, tone(20))
    tape.unsaid(100)
    tape.ours(400, tone(20))
    await tape.close(500)
    left = channels(path)[:, 0]
    assert not left[800 : 400 * 8].any()
    assert left[400 * 8 :].any()


async def test_uneven_arrival_is_evened_and_a_gap_is_a_gap(path):
    tape = Tape(str(path))
    for until in (20, 55, 60, 95, 100):  # jitter of a few packets
        tape.theirs(until, tone(20))
    tape.theirs(1_000, tone(20))
    await tape.close(1_000)
    right = channels(path)[:, 1]
    assert np.flatnonzero(right[: 110 * 8]).max() // 8 <= 100
    assert not right[110 * 8 : 970 * 8].any()
    assert right[985 * 8 :].any()


async def test_words_that_come_late_are_not_torn_apart(path):
    """A process that stood still for 200 ms gets all of it at once afterwards, and the word goes on where it stopped."""
    tape = Tape(str(path))
    for until in (*range(20, 420, 20), 620, *[620] * 9, *range(640, 1_020, 20)):
        tape.theirs(until, tone(20))
    await tape.close(1_000)
    right = np.abs(channels(path)[:, 1].astype(int)).reshape(-1, 160).max(axis=1)
    assert right[:48].all()  # 20 ms each


async def test_time_is_mended_when_nobody_speaks(path):
    tape = Tape(str(path))
    tape.theirs(400, tone(400))
    for until in range(620, 1_020, 20):  # 200 ms were lost on the way
        tape.theirs(until, tone(20))
    tape.theirs(1_020, quiet(20))
    tape.theirs(1_040, tone(20))
    for _ in range(10):  # a clock that runs too fast, or sound that came twice
        tape.theirs(1_060, quiet(20))
    tape.theirs(1_080, tone(20))
    await tape.close(1_200)
    loud = np.flatnonzero(channels(path)[:, 1]) // 8
    assert not {*range(810, 1_015)} & {*loud}  # the lost sound is missing there
    assert {1_025, 1_035} <= {*loud}
    assert loud.max() == pytest.approx(1_080 + 60, abs=20)


async def test_a_file_plays_at_every_moment_and_is_private(path):
    tape = Tape(str(path))
    for second in range(3):
        tape.ours(second * 1_000, tone(1_000))
        await tape.write((second + 1) * 1_000)
        assert len(channels(path)) == (second + 1) * 8_000
    assert path.stat().st_mode & 0o777 == 0o600
    await tape.close(3_500)
    tape.ours(3_600, tone(20))
    await tape.write(4_000)  # after the end nothing is added
    assert len(channels(path)) == 3_500 * 8


def test_levels_for_meters():
    assert meter(quiet(20)) == 0
    assert 0.8 < meter(tone(20, 16_000)) < 1
