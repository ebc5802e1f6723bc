"""The file after the call: made whole when its writer died, refused when it holds no sound."""

import os
import time

import pytest

from calls.recordings import peaks, wav
from tests.calls.recordings import kit

LATER = time.time() + 86_400


def written(tmp_path, content: bytes):
    path = tmp_path / "a.wav"
    path.write_bytes(content)
    return path


def test_a_whole_file_stays_as_it_is(tmp_path):
    content = kit.wav(kit.talk(2))
    path = written(tmp_path, content)
    assert wav.close(path) == wav.Facts(2_000, len(content))
    assert path.read_bytes() == content


@pytest.mark.parametrize("told", [0, 32_000, 2**32 - 1, 5_000_000])
@pytest.mark.parametrize("loose", [b"", b"\x01", b"\x01\x02\x03"])
def test_a_stale_header_is_made_true_and_half_a_moment_is_cut_off(tmp_path, told, loose):
    sound = kit.talk(4)
    path = written(tmp_path, kit.wav(sound, told=told) + loose)
    assert wav.close(path, LATER) == wav.Facts(4_000, 44 + len(sound))
    assert path.read_bytes() == kit.wav(sound)
    assert wav.close(path) == wav.Facts(4_000, 44 + len(sound)), "once more changes nothing"


def test_a_file_that_is_being_written_is_left_alone(tmp_path):
    path = written(tmp_path, kit.wav(kit.talk(2), told=0))
    before = path.read_bytes()
    with pytest.raises(wav.Growing):
        wav.close(path)
    assert path.read_bytes() == before
    os.utime(path, (time.time() - 10, time.time() - 10))
    assert wav.close(path).duration_ms == 2_000


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"RIFF", "no WAV"),
        (b"{}" * 40, "no WAV"),
        (kit.header(0), "no sound"),
        (kit.header(0) + b"\x00\x00", "no sound"),
        (kit.header(0)[:22] + b"\x01\x00" + kit.header(0)[24:] + bytes(64), "two channels"),
        (kit.header(0)[:36], "two channels"),
    ],
)
def test_a_file_without_a_call_in_it(tmp_path, content, words):
    with pytest.raises(wav.Unusable, match=words):
        wav.close(written(tmp_path, content), LATER)


def test_no_file(tmp_path):
    with pytest.raises(wav.Missing):
        wav.close(tmp_path / "a.wav")


def test_peaks_are_of_their_channel_and_second(tmp_path, monkeypatch):
    monkeypatch.setattr(peaks, "AT_ONCE", 4 * 1_001)  # blocks that end within a stretch
    agent, callee = peaks.peaks(written(tmp_path, kit.wav(kit.talk(4))), 40)
    assert agent[:20] == pytest.approx([0.8] * 20, abs=0.01) and agent[20:] == [0] * 20
    assert callee[20:] == pytest.approx([0.2] * 20, abs=0.01) and callee[:20] == [0] * 20


def test_peaks_of_a_moment(tmp_path):
    assert peaks.peaks(written(tmp_path, kit.wav(kit.frames([32_767], [-32_768]))), 2) == [[0.0, 1.0], [0.0, 1.0]]
