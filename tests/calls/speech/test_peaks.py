import tracemalloc
import wave

import numpy as np
import pytest

from calls.speech.peaks import peaks


def wav(path, sound: np.ndarray, width: int = 2):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(sound.shape[1])
        file.setsampwidth(width)
        file.setframerate(8_000)
        file.writeframes(sound.astype("<i2").tobytes())
    return path


def test_each_channel_for_itself(tmp_path):
    sound = np.zeros((8_000, 2))
    sound[:4_000, 0], sound[6_000:, 1], sound[1_000, 1] = 16_384, -32_768, 3_277
    left, right = peaks(wav(tmp_path / "a.wav", sound), 8)
    assert left == [0.5] * 4 + [0.0] * 4
    assert right == [0.0, 0.1, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0]


@pytest.mark.parametrize(("frames", "buckets"), [(1, 1200), (7, 3), (65_536, 1200), (65_537, 1200), (200_001, 999), (1200, 1200)])
def test_the_same_as_the_plain_way(tmp_path, frames, buckets):
    sound = np.random.default_rng(frames).integers(-32_768, 32_768, (frames, 2))
    found = peaks(wav(tmp_path / "a.wav", sound), buckets)
    count = min(buckets, frames)
    edges = [-(-k * frames // count) for k in range(count + 1)]
    for channel in range(2):
        plain = [min(1.0, abs(sound[a:b, channel]).max() / 32_767) for a, b in zip(edges, edges[1:], strict=False)]
        assert found[channel] == pytest.approx(plain, abs=1e-4)


def test_an_empty_file_and_one_that_was_cut_off(tmp_path):
    assert peaks(wav(tmp_path / "a.wav", np.zeros((0, 2)))) == [[], []]
    whole = wav(tmp_path / "b.wav", np.full((8_000, 1), 16_384))
    (tmp_path / "cut.wav").write_bytes(whole.read_bytes()[: 44 + 8_000])
    assert peaks(tmp_path / "cut.wav", 4) == [[0.5, 0.5, 0.0, 0.0]]


def test_what_is_no_such_file(tmp_path):
    (tmp_path / "a.wav").write_bytes(b"no sound here")
    with pytest.raises(ValueError, match="no WAV file"):
        peaks(tmp_path / "a.wav")
    with pytest.raises(ValueError, match="not 16 bit"):
        peaks(wav(tmp_path / "b.wav", np.zeros((400, 1)), width=1))
    with pytest.raises(OSError, match="No such file"):
        peaks(tmp_path / "none.wav")


def test_a_long_call_takes_little_memory(tmp_path):
    path = wav(tmp_path / "a.wav", np.zeros((8_000 * 600, 2), np.int16))
    tracemalloc.start()
    peaks(path)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 5_000_000 < path.stat().st_size
