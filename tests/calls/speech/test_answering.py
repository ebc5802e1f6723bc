import time
from itertools import product

import numpy as np
import pytest

from calls.speech import audio, dtmf
from calls.speech.answering import Answering, Progress
from calls.speech.hibari import pieces
from calls.speech.voices import voice_of
from tests.calls.speech import kit

PEOPLE = (
    "Hello?",
    "Hi, this is Maria.",
    "Yes?",
    "Good morning, Smith residence.",
    "Hello, who is this?",
    "Acme bakery, how can I help you?",
    "Yeah.",
)
MACHINES = (
    "Hi, you have reached Peter. I can not come to the phone right now. Please leave a message after the tone.",
    "The person you are calling is not available. At the tone, please record your message.",
    "Thank you for calling Green Valley clinic. Our office is closed. Please leave your name and number after the beep.",
)
BEEPS = ((1000, 300), (440, 500), (1400, 200), (850, 800), (2000, 150), (620, 400))


def silence(ms: int) -> bytes:
    return bytes(16 * ms)


def on_a_line(pcm: bytes, snr_db: float = 30, seed: int = 1) -> bytes:
    """With hiss, and through mu-law."""
    sound = audio.samples(pcm)
    return kit.line(audio.pcm_of(sound + np.random.default_rng(seed).normal(0, 0.1 * 10 ** (-snr_db / 20), len(sound))))


def said_by(speech, text: str, voice: str = "June") -> bytes:
    return silence(300).join(speech.tts.say(sentence, voice_of(voice).shape) for sentence in pieces(text))


def signs(pcm: bytes, size: int = 320) -> dict:
    ear, found = Answering(), {}
    for at in range(0, len(pcm), size):
        for sign in ear.feed(pcm[at : at + size]):
            assert sign.kind not in found, "each is told once"
            found[sign.kind] = sign
    return found


@pytest.mark.parametrize(("voice", "snr_db"), list(product(("June", "Josh"), (30, 20))))
def test_a_person_is_known_a_second_after_the_greeting(speech, voice, snr_db):
    for greeting in PEOPLE:
        said = said_by(speech, greeting, voice)
        found = signs(on_a_line(silence(400) + said + silence(2500), snr_db))
        assert set(found) == {"human"}, greeting
        end_ms = 400 + len(said) // 16
        assert abs(found["human"].ended_ms - end_ms) < 320
        assert found["human"].known_ms - end_ms <= 1_100


@pytest.mark.parametrize(("voice", "snr_db"), list(product(("Nat", "Derek"), (30, 20))))
def test_a_machine_and_its_beep(speech, voice, snr_db):
    for greeting, (hz, ms) in zip(MACHINES * 2, BEEPS, strict=True):
        said = said_by(speech, greeting, voice)
        sound = silence(400) + said + silence(700) + kit.sine(hz, ms) + silence(1500)
        found = signs(on_a_line(sound, snr_db))
        assert set(found) == {"machine", "beep"}, (greeting, hz)
        beep_end = len(sound) // 16 - 1500
        assert abs(found["beep"].ended_ms - beep_end) <= 60
        assert found["beep"].known_ms - beep_end <= 160


def test_a_short_machine_is_corrected_by_its_beep(speech):
    said = speech.tts.say("Hey, it's Kate, leave one.")
    found = signs(on_a_line(silence(400) + said + silence(1400) + kit.sine(1000, 300) + silence(1000)))
    assert set(found) == {"human", "beep"} and found["human"].known_ms < found["beep"].known_ms


def test_a_greeting_that_ends_without_a_beep(speech):
    said = said_by(speech, MACHINES[0])
    found = signs(on_a_line(silence(400) + said + silence(3000)))
    assert set(found) == {"machine", "over"}
    assert abs(found["over"].ended_ms - 400 - len(said) // 16) < 250


def test_nobody_says_anything():
    assert set(signs(on_a_line(silence(8000)))) == {"unknown"}
    assert signs(silence(3000)) == {}


def test_keys_are_no_beep(speech):
    said = speech.tts.say("Hello?")
    assert set(signs(on_a_line(silence(300) + said + silence(1500) + dtmf.tones("1w5w9#", 200) + silence(900)))) == {"human"}


def test_talk_is_no_beep(speech):
    talk = b"".join(speech.tts.say(s, voice_of(v).shape) + silence(400) for s in kit.SENTENCES for v in ("June", "Florian"))
    assert "beep" not in signs(on_a_line(talk))


def test_a_fax_that_answers_and_one_that_calls():
    answers = signs(on_a_line(silence(500) + kit.sine(2100, 3000) + silence(500)))
    assert "fax" in answers and answers["fax"].known_ms < 2_000
    calls = signs(on_a_line((kit.sine(1100, 500) + silence(3000)) * 3))
    assert "fax" in calls


@pytest.mark.parametrize("size", [2, 160, 320, 1000, 10**6])
def test_the_pieces_do_not_matter(speech, size):
    said = speech.tts.say("Hello?")
    sound = on_a_line(silence(400) + said + silence(1400) + kit.sine(1000, 300) + silence(1000))
    assert signs(sound, size) == signs(sound)


def tones(*hz: float, ms: int) -> bytes:
    return audio.pcm_of(sum(audio.samples(kit.sine(f, ms, 0.2)) for f in hz))


@pytest.mark.parametrize(
    ("name", "sound"),
    [
        ("ringback", (tones(440, 480, ms=2000) + silence(4000)) * 3),
        ("ringback", (tones(425, ms=1000) + silence(4000)) * 3),
        ("ringback", (tones(400, 450, ms=400) + silence(200) + tones(400, 450, ms=400) + silence(2000)) * 3),
        ("busy", (tones(480, 620, ms=500) + silence(500)) * 4),
        ("busy", (tones(425, ms=500) + silence(500)) * 4),
        ("reorder", (tones(480, 620, ms=250) + silence(250)) * 6),
        ("reorder", (tones(425, ms=250) + silence(250)) * 6),
    ],
)
def test_tones_of_the_network(name, sound):
    ear = Progress()
    line = on_a_line(sound, 25)
    found = [ear.feed(line[at : at + 320]) for at in range(0, len(line), 320)]
    assert [tone for tone in found if tone] == [name]


def test_an_announcement_is_no_tone(speech):
    ear = Progress()
    assert ear.feed(on_a_line(b"".join(said_by(speech, s) + silence(500) for s in MACHINES))) is None


def test_it_costs_next_to_nothing(speech):
    sound = on_a_line(said_by(speech, MACHINES[2]) * 3)
    began = time.process_time()
    Answering().feed(sound)
    assert time.process_time() - began < 0.02 * len(sound) / 16_000
