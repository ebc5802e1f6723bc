"""Scores how well a voicemail is told from a person (`manage.py evaluate voicemail FILE`).

A case has a "label" (human, voicemail, menu or screening; the last two are both another machine here) and what is heard after the
answer, one of
- "text": the words alone decide;
- "say": a greeting that the built-in voice speaks, with "voice", and a "beep": {"hz", "ms", "after_ms"} where there is one;
- "wav": a recording, 16 bit, mono, 8 kHz; its path counts from the file of the set.
Sound goes through mu-law and a little hiss, and is judged as on a call: by its length, its words and its beep.
"""

import wave
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

import numpy as np

from analytics.scores import BadSet, Case, Score, precision_recall, text_of
from calls.agent.voicemail import Kind, classify
from calls.speech import embedded
from calls.speech.answering import Answering, Found
from calls.speech.audio import mulaw_decode, mulaw_encode, pcm_of, samples
from calls.speech.hibari import HibariSpeech, pieces
from calls.speech.moonshine import Moonshine
from calls.speech.ports import FRAME_BYTES, RATE, Missing
from calls.speech.voices import voice_of

LABELS: dict[str, Kind] = {"human": "human", "voicemail": "voicemail", "menu": "machine", "screening": "machine"}
BEFORE_MS, PAUSE_MS, AFTER_MS = 400, 300, 2_500
HISS = 0.003  # -50 dBFS


@dataclass(frozen=True, slots=True)
class Heard:
    kind: Kind
    words: str
    beep: bool = False
    person_ms: int | None = None  # after the answer
    waited_ms: int | None = None  # after the end of the greeting


def voicemail(cases: Sequence[Case], folder: Path) -> Score:
    """Raises BadSet; also when sound is to be judged and speech is not installed."""
    heard: list[Heard] = []
    wanted: list[Kind] = []
    beeps, wrong = [], []
    for n, case in enumerate(cases, 1):
        label = case.get("label")
        if label not in LABELS:
            raise BadSet(f'Case {n} needs "label" as one of {", ".join(LABELS)}.')
        found = _hear(case, n, folder)
        heard.append(found)
        wanted.append(LABELS[label])
        beeps.append((found.beep, bool(case.get("beep"))))
        if found.kind != LABELS[label]:
            wrong.append(f"{n}: {found.kind or 'nothing'}, not {label} “{found.words}”")
    figures = _of("voicemail", heard, wanted) | {"right": 1 - len(wrong) / max(1, len(cases))}
    figures |= {f"{kind} {name}": v for kind in ("human", "machine") for name, v in _of(kind, heard, wanted).items()}
    figures |= {f"beeps {name}": v for name, v in precision_recall([f for f, _ in beeps], [w for _, w in beeps]).items()}
    return Score(len(cases), figures, wrong, _times([h for h, kind in zip(heard, wanted, strict=True) if kind == "human"]))


def _of(kind: str, heard: Sequence[Heard], wanted: Sequence[Kind]) -> dict[str, float]:
    return precision_recall([h.kind == kind for h in heard], [k == kind for k in wanted])


def _times(people: Sequence[Heard]) -> tuple[str, ...]:
    after = [h.person_ms for h in people if h.person_ms is not None]
    waited = [h.waited_ms for h in people if h.waited_ms is not None]
    if not after or not waited:
        return ()
    return (
        f"a person is known {median(after):.0f} ms after the answer, {median(waited):.0f} ms after the greeting (median of {len(after)})",
    )


def _hear(case: Case, n: int, folder: Path) -> Heard:
    if "text" in case:
        words = text_of(case, n)
        return Heard(classify(words, machine=False, final=True), words)
    sound = _recording(folder / text_of(case, n, "wav"), n) if "wav" in case else _spoken(case, n)
    signs: dict[str, Found] = {}
    until = len(sound)
    ear = Answering()
    for at in range(0, len(sound), FRAME_BYTES):
        for sign in ear.feed(sound[at : at + FRAME_BYTES]):
            signs[sign.kind] = sign
            until = at if sign.kind == "beep" else until
    words = _engines()[1].hear(sound[:until])
    found = Heard(judged(words, signs), words, "beep" in signs)
    person = signs.get("human")
    return replace(found, person_ms=person.known_ms, waited_ms=person.known_ms - person.ended_ms) if person else found


def judged(words: str, signs: Mapping[str, Found]) -> Kind:
    """As on a call: a beep is a voicemail, else the words decide, and the length where they may be either's."""
    return "voicemail" if "beep" in signs else classify(words, machine=False, final=True, long_greeting="machine" in signs)


def _engines() -> tuple[HibariSpeech, Moonshine]:
    try:
        engines = embedded.engines()
    except Missing as error:
        raise BadSet(f"Sound cannot be judged: {error}") from error
    assert isinstance(engines.tts, HibariSpeech) and isinstance(engines.stt, Moonshine)
    return engines.tts, engines.stt


def _spoken(case: Case, n: int) -> bytes:
    shape = voice_of(str(case.get("voice", ""))).shape
    said = _silence(PAUSE_MS).join(_engines()[0].say(piece, shape) for piece in pieces(text_of(case, n, "say")))
    beep = case.get("beep")
    tone = _silence(int(beep["after_ms"])) + _tone(float(beep["hz"]), int(beep["ms"])) if beep else b""
    clean = samples(_silence(BEFORE_MS) + said + tone + _silence(AFTER_MS))
    hiss = np.random.default_rng(n).normal(0, HISS, len(clean))
    return mulaw_decode(mulaw_encode(pcm_of(clean + hiss)))


def _silence(ms: int) -> bytes:
    return bytes(RATE * ms // 1000 * 2)


def _tone(hz: float, ms: int) -> bytes:
    return pcm_of(0.2 * np.sin(2 * np.pi * hz * np.arange(RATE * ms // 1000) / RATE))


def _recording(path: Path, n: int) -> bytes:
    try:
        with wave.open(str(path)) as file:
            if (file.getframerate(), file.getnchannels(), file.getsampwidth()) != (RATE, 1, 2):
                raise BadSet(f"Case {n}: {path} is not 16 bit, mono, 8 kHz.")
            sound: bytes = file.readframes(file.getnframes())
            return sound
    except (OSError, EOFError, wave.Error) as error:
        raise BadSet(f"Case {n}: {path} cannot be read: {error}") from error
