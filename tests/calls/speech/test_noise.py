import numpy as np
import pytest

from calls.speech import audio, noise
from tests.calls.speech import kit

SUPPRESSORS = (noise.RNNoise, noise.SpectralGate)


def cleaned(suppressor: noise.Suppressor, pcm: bytes) -> bytes:
    return b"".join(suppressor.clean(pcm[at : at + 320]) for at in range(0, len(pcm) // 320 * 320, 320))


@pytest.mark.parametrize("kind", SUPPRESSORS)
def test_noise_goes_speech_stays_in_time(kind, speech):
    said = audio.samples(speech.tts.say(kit.SENTENCES[0]))
    sound = np.concatenate([np.zeros(16_000), said, np.zeros(4_000)])
    noisy = audio.pcm_of(sound + kit.noise(len(sound), rms=0.025))
    out = cleaned(kind(), noisy)
    assert len(out) == len(noisy) // 320 * 320
    assert audio.level(out[16_000:32_000]) < audio.level(noisy[16_000:32_000]) - 10
    kept, begin = audio.samples(out), 16_000
    delays = range(0, 400, 8)
    best = max(delays, key=lambda d: float(kept[begin + d : begin + d + 20_000] @ sound[begin : begin + 20_000]))
    assert best <= 240, "30 ms at most"
    assert audio.level_of(kept[begin : begin + len(said)]) == pytest.approx(audio.level_of(said), abs=1.5)
    assert kit.wrong(kit.SENTENCES[0], speech.stt.hear(out)) <= 2


@pytest.mark.parametrize("kind", SUPPRESSORS)
def test_silence_stays_silent(kind):
    assert audio.level(cleaned(kind(), bytes(32_000))) < -80


def test_the_library_is_used_where_it_is(monkeypatch):
    assert isinstance(noise.suppressor(), noise.RNNoise)
    noise._library.cache_clear()
    monkeypatch.setattr(noise, "file_of", missing)
    try:
        assert isinstance(noise.suppressor(), noise.SpectralGate)
    finally:
        noise._library.cache_clear()


def missing(*_: str):
    raise noise.Missing("not here")


def test_calls_do_not_disturb_each_other():
    one, other = noise.RNNoise(), noise.RNNoise()
    tone = kit.sine(440, 20)
    alone = [noise.RNNoise().clean(tone)]
    assert one.clean(tone) == alone[0]
    for _ in range(20):
        other.clean(kit.sine(1000, 20))
    again = noise.RNNoise()
    again.clean(tone)
    assert one.clean(tone) == again.clean(tone)
