import time

import numpy as np
import pytest

from calls.speech import audio, background
from calls.speech.dtmf import DtmfDetector
from tests.calls.speech.kit import SENTENCES, wrong

EVERY = (*background.TRACKS, None)


@pytest.mark.parametrize("name", EVERY)
def test_as_loud_as_it_should_be_and_made_fast(name):
    background.loop.cache_clear()
    began = time.process_time()
    sound = background.loop(name)
    assert time.process_time() - began < 1
    wanted = background.TRACK_DBFS if name else background.STATIC_DBFS
    assert audio.level(sound) == pytest.approx(wanted, abs=0.3)
    assert np.abs(audio.samples(sound)).max() < 0.2, "nothing startles"
    background.loop.cache_clear()
    assert background.loop(name) == sound, "the same every time"


@pytest.mark.parametrize("name", EVERY)
def test_goes_on_all_the_time_without_a_seam(name):
    sound = audio.samples(background.loop(name))
    seconds = [audio.level_of(part) for part in sound.reshape(-1, 8_000)]
    assert min(seconds) > audio.level_of(sound) - 8, "no second is silent"
    steps = np.abs(np.diff(np.concatenate([sound, sound[:1]])))
    assert steps[-1] <= np.percentile(steps, 99.9), "the end leads to the beginning"


def test_the_voice_over_it_is_understood_and_it_presses_no_keys(speech):
    said = speech.tts.say(SENTENCES[0])
    for name in background.TRACKS:
        under = background.Background(name).next(len(said))
        assert wrong(SENTENCES[0], speech.stt.hear(audio.mix(said, under))) <= 1
        assert DtmfDetector().feed(audio.pcm_of(audio.samples(background.loop(name)) * 5)) == ""


def test_they_differ():
    tops = {}
    for name in background.TRACKS:
        spectrum = np.abs(np.fft.rfft(audio.samples(background.loop(name))))
        tops[name] = spectrum / np.linalg.norm(spectrum)
    assert all(tops[a] @ tops[b] < 0.9 for a in tops for b in tops if a < b)


def test_nothing_is_nothing_and_an_unknown_name_is_static():
    assert background.Background("none").next() == bytes(320)
    assert background.loop("underwater") == background.loop(None)


def test_frames_follow_each_other_round_the_end():
    played = background.Background("office", start_ms=background.SECONDS * 1000 - 30)
    loop = background.loop("office")
    assert played.next() + played.next() == loop[-480:] + loop[:160]
    assert len(played.next(3 * len(loop))) == 3 * len(loop)
