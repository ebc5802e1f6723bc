import asyncio
import threading
import time

import numpy as np
import pytest

from calls.speech import audio, embedded, hibari, installed, moonshine
from calls.speech.ports import WINDOW_BYTES, Missing
from calls.speech.voices import VOICES
from tests.calls.speech import kit

WORDS = sum(len(kit.words(sentence)) for sentence in kit.SENTENCES)


async def spoken(tts, text: str, voice: str = "June") -> list[bytes]:
    return [piece async for piece in tts.speak(text, voice=voice, language="en")]


@pytest.mark.parametrize("voice", [voice.name for voice in VOICES])
async def test_every_voice_is_understood_over_a_telephone_line(speech, voice):
    errors = 0
    for sentence in kit.SENTENCES:
        sound = b"".join(await spoken(speech.tts, sentence, voice))
        errors += kit.wrong(sentence, await speech.stt.transcribe(kit.line(sound), language="en"))
    assert errors / WORDS <= (0.05 if voice == "June" else 0.1)


async def test_all_voices_are_about_as_loud(speech):
    levels = [audio.level(b"".join(await spoken(speech.tts, kit.SENTENCES[0], voice.name))) for voice in VOICES]
    assert min(levels) > -23 and max(levels) < -18


async def test_a_man_is_heard_as_a_man(speech):
    heights = {voice.name: pitch(b"".join(await spoken(speech.tts, kit.SENTENCES[9], voice.name))) for voice in VOICES}
    assert all(heights[v.name] > 155 for v in VOICES if v.gender == "female") and heights["June"] > 180
    assert all(heights[v.name] < 150 for v in VOICES if v.gender == "male") and heights["Derek"] < 115


def pitch(pcm: bytes) -> float:
    sound, found = audio.samples(pcm), []
    for at in range(0, len(sound) - 400, 160):
        part = sound[at : at + 400] - sound[at : at + 400].mean()
        echo = np.correlate(part, part, "full")[399:]
        lag = int(echo[25:130].argmax()) + 25
        if audio.level_of(part) > -35 and echo[lag] > 0.5 * echo[0]:
            found.append(8_000 / lag)
    return float(np.median(found))


async def test_sentence_by_sentence_without_waiting_in_front(speech):
    found = await spoken(speech.tts, "Good morning. This is a test. Do you hear it?")
    assert len(found) == 3
    for piece in found:
        sound = np.abs(audio.samples(piece))
        assert np.flatnonzero(sound > 0.01)[0] < 400, "speech begins within 50 ms"
    assert speech.stt.hear(b"".join(found)).lower().startswith("good morning")


async def test_the_next_sentence_is_made_while_this_one_is_played(speech, monkeypatch):
    made = []
    say = hibari.HibariSpeech.say
    monkeypatch.setattr(hibari.HibariSpeech, "say", lambda self, text, *rest: made.append(text) or say(self, text, *rest))
    stream = speech.tts.speak("One. Two. Three.", voice="June", language="en")
    await anext(stream)
    await asyncio.sleep(0.3)
    assert made == ["One.", "Two."], "one ahead, no more"
    await stream.aclose()


@pytest.mark.parametrize("text", ["", "   ", "...", "—", "🙂", "\n\n"])
async def test_nothing_to_say(speech, text):
    assert b"".join(await spoken(speech.tts, text)) == b""


async def test_the_letter_a_is_no_article(speech):
    read = speech.tts._model.phonemize
    spelled = speech.tts.phonemes
    assert spelled("Flight U A one two.") == ["flˈIt jˈu ˈA wˈʌn tˈu."] and "ˈA" in spelled("A seven, three.")[0]
    assert spelled("A cat is a pet.") == read("A cat is a pet.")


async def test_endless_text_comes_in_parts(speech):
    parts = hibari.pieces("word " * 300 + "x" * 1000)
    assert all(len(part) <= hibari.LONGEST for part in parts)
    assert "".join("".join(parts).split()) == "word" * 300 + "x" * 1000
    assert hibari.pieces("He said: “Hi.” Then he left… Yes? Yes!") == ["He said: “Hi.”", "Then he left…", "Yes?", "Yes!"]
    assert hibari.pieces("Mr. J. Doe waits. Come at 9 a.m. please.") == ["Mr. J. Doe waits.", "Come at 9 a.m. please."]


async def test_many_calls_at_once(speech):
    async def call(sentence: str) -> int:
        sound = b"".join(await spoken(speech.tts, sentence))
        return kit.wrong(sentence, await speech.stt.transcribe(sound, language="en"))

    assert sum(await asyncio.gather(*(call(sentence) for sentence in kit.SENTENCES))) / WORDS < 0.05
    assert sum(t.name.startswith("speech-") for t in threading.enumerate()) <= 2


async def test_silence_and_noise_are_no_words(speech):
    assert await speech.stt.transcribe(b"", language="en") == ""
    assert await speech.stt.transcribe(bytes(16_000), language="en") == ""
    assert await speech.stt.transcribe(audio.pcm_of(kit.noise(16_000, rms=0.0005)), language="en") == ""


async def test_half_an_utterance_leaves_out_the_word_that_may_be_cut(speech):
    sound = b"".join(await spoken(speech.tts, "I want to cancel my subscription because it is too expensive."))
    half = await speech.stt.transcribe(sound[: len(sound) // 2], language="en", final=False)
    assert half.startswith("I want to cancel") and half[-1].isalpha()


async def test_a_long_story_is_heard_to_its_end(speech):
    story = " ".join(kit.SENTENCES)
    sound = b"".join(await spoken(speech.tts, story))
    assert len(sound) > 16_000 * 50
    began = time.process_time()
    heard = await speech.stt.transcribe(sound, language="en")
    assert kit.wrong(story, heard) / WORDS < 0.12
    assert time.process_time() - began < 15


def test_a_model_that_repeats_itself_is_cut_short():
    assert moonshine.once("I'm here to help you. I'm here to help you. I'm here to help you. I'm here") == "I'm here to help you."
    assert moonshine.once("Yes. No, no, no, no, no!") == "Yes. No, no, no, no, no!"
    assert (
        moonshine.once("Call me on five five five, five five five, five five five.")
        == "Call me on five five five, five five five, five five five."
    )
    assert moonshine.once("") == ""


def test_long_sound_is_cut_where_it_is_quiet():
    sound = np.full(45 * 16_000, 0.1, np.float32)
    sound[15 * 16_000 : 15 * 16_000 + 3200] = 0
    parts = moonshine.pieces(sound)
    assert len(parts) == 3 and sum(map(len, parts)) == len(sound)
    assert 15.0 <= len(parts[0]) / 16_000 <= 15.2


def test_somebody_speaks(speech):
    ear = speech.vad()
    said = speech.tts.say(kit.SENTENCES[0])
    chances = [ear.probability(said[at : at + WINDOW_BYTES]) for at in range(0, len(said) - WINDOW_BYTES, WINDOW_BYTES)]
    assert sum(chance > 0.5 for chance in chances) / len(chances) > 0.85
    quiet = [ear.probability(bytes(WINDOW_BYTES)) for _ in range(30)]
    assert max(quiet[10:]) < 0.35
    fresh = speech.vad()
    hiss = audio.pcm_of(kit.noise(256 * 40, rms=0.02))
    assert max(fresh.probability(hiss[at : at + WINDOW_BYTES]) for at in range(0, len(hiss), WINDOW_BYTES)) < 0.5


def test_two_calls_have_two_ears(speech):
    said = speech.tts.say("Hello there.")
    one, other = speech.vad(), speech.vad()
    loud = [one.probability(said[at : at + WINDOW_BYTES]) for at in range(0, WINDOW_BYTES * 12, WINDOW_BYTES)]
    assert max(loud) > 0.5
    assert other.probability(bytes(WINDOW_BYTES)) < 0.2


def test_the_self_test_says_that_it_works():
    found = embedded.warm()
    assert found.ok and found.message == "Hears and speaks." and "thanks for calling" in found.heard.lower()
    assert 0 < found.speak_ms < 5_000 and 0 < found.hear_ms < 5_000 and found.voice_activity > 0.9


@pytest.fixture
def fresh():
    embedded._loaded.cache_clear()
    yield
    embedded._loaded.cache_clear()


def test_without_a_package_it_says_which_and_that_text_still_works(fresh, monkeypatch):
    find = installed.importlib.util.find_spec
    monkeypatch.setattr(installed.importlib.util, "find_spec", lambda name: None if name == "moonshine_voice" else find(name))
    with pytest.raises(Missing, match=r"Recognition \(moonshine-voice\) is not installed on this machine.*Text calls still work"):
        embedded.engines()
    assert not embedded.warm().ok and "moonshine-voice" in embedded.warm().message


def test_a_model_file_that_cannot_be_read_any_more_is_seen_at_the_start(fresh, monkeypatch, tmp_path):
    damaged = tmp_path / "decoder_model_merged.ort"
    damaged.write_bytes(b"from another time")
    find = moonshine.file_of
    monkeypatch.setattr(moonshine, "file_of", lambda package, path, what: damaged if "merged" in path else find(package, path, what))
    found = embedded.warm()
    assert not found.ok
    assert "onnxruntime 1." in found.message and "cannot read decoder_model_merged.ort" in found.message
    assert "Text calls still work" in found.message


@pytest.mark.parametrize(
    ("language", "known"),
    [("en", True), ("en-US", True), ("EN_gb", True), ("babel-en", True), ("babel", True), ("auto", True), ("", True), ("es", False)],
)
def test_languages(language, known):
    assert embedded.speaks(language) is known


@pytest.mark.parametrize("language", ["babel-es", "de-AT", "english-indian", "fr"])
def test_other_languages(language):
    assert embedded.speaks(language) is (language == "english-indian")
