import numpy as np
import pytest

from calls.speech import audio, dtmf
from tests.calls.speech.kit import SENTENCES, line, noise

KEYS = "0123456789*#ABCD"


def heard(pcm: bytes, size: int = 320) -> str:
    detector = dtmf.DtmfDetector()
    return "".join(detector.feed(pcm[at : at + size]) for at in range(0, len(pcm), size))


@pytest.mark.parametrize("size", [2, 320, 512, 100_000])
def test_keys_come_back_whatever_the_pieces(size):
    assert heard(dtmf.tones(KEYS), size) == KEYS


@pytest.mark.parametrize("ms", [80, 60])
@pytest.mark.parametrize("snr_db", [20, 10])
def test_short_keys_in_noise_on_a_telephone_line(ms, snr_db):
    sound = audio.samples(dtmf.tones(KEYS, ms, ms))
    loud = 10 ** (audio.level_of(sound) / 20)
    assert heard(line(audio.pcm_of(sound + noise(len(sound), ms, loud * 10 ** (-snr_db / 20))))) == KEYS


def test_the_same_key_twice_and_pauses():
    assert heard(dtmf.tones("11w22")) == "1122"
    assert len(dtmf.tones("w")) == 8000 and len(dtmf.tones("1")) == 3200
    assert dtmf.tones("x ,-") == b""


def test_a_key_held_for_long_is_one_key():
    assert heard(dtmf.tones("5", on_ms=2000)) == "5"


def test_speech_presses_no_keys(speech):
    assert heard(b"".join(speech.tts.say(sentence) for sentence in SENTENCES)) == ""
    assert heard(audio.pcm_of(np.random.default_rng(1).normal(0, 0.1, 80_000))) == ""
