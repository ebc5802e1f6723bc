import numpy as np
import pytest

from calls.speech import audio
from tests.calls.speech.kit import sine

EVERY = np.arange(-32_768, 32_768, dtype="<i2").tobytes()


def test_mulaw_is_that_of_g711():
    known = np.array([0, -1, 8, 1000, -1000, 32_767, -32_768, 32_635], "<i2").tobytes()
    assert audio.mulaw_encode(known) == bytes([0xFF, 0x7F, 0xFE, 0xCE, 0x4E, 0x80, 0x00, 0x80])
    assert np.frombuffer(audio.mulaw_decode(bytes([0xFF, 0x7F, 0x80, 0x00, 0xCE])), "<i2").tolist() == [0, 0, 32_124, -32_124, 988]


def test_mulaw_keeps_every_sample_within_its_step():
    before, after = (np.frombuffer(x, "<i2").astype(int) for x in (EVERY, audio.mulaw_decode(audio.mulaw_encode(EVERY))))
    assert (np.abs(before - after) <= np.maximum(np.abs(before) / 16, 4) + 132).all()
    assert audio.mulaw_encode(audio.mulaw_decode(bytes(range(256)))) == bytes(range(127)) + b"\xff" + bytes(range(128, 256)), (
        "only -0 becomes 0"
    )


def test_levels():
    assert audio.level(b"") == audio.level(bytes(320)) == audio.SILENT_DBFS
    assert audio.level(sine(1000, 200, 1.0)) == pytest.approx(-3.01, abs=0.05)
    assert audio.level(sine(1000, 200, 0.1)) == pytest.approx(-23.01, abs=0.05)


def test_mixing_is_as_long_as_the_longer_and_clips():
    loud = np.full(4, 30_000, "<i2").tobytes()
    assert np.frombuffer(audio.mix(loud, loud[:4]), "<i2").tolist() == [32_767, 32_767, 30_000, 30_000]
    assert np.frombuffer(audio.mix(bytes(4), loud, 0.5), "<i2").tolist() == [15_000] * 4
    assert audio.mix(b"", b"") == b""


def test_other_rates_keep_pitch_and_length():
    tone = sine(1000, 500)
    wide = audio.resample_pcm(tone, 8_000, 24_000)
    assert len(wide) == 3 * len(tone)
    spectrum = np.abs(np.fft.rfft(audio.samples(wide)))
    assert spectrum.argmax() * 24_000 / (len(wide) // 2) == pytest.approx(1000, abs=3)
    assert audio.resample_pcm(tone, 8_000) == tone


def test_an_odd_byte_does_no_harm():
    assert len(audio.samples(b"abc")) == 1 and len(audio.mulaw_encode(b"abc")) == 1 and len(audio.mix(b"abc", b"")) == 2
