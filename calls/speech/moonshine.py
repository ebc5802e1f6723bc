"""Recognition by Moonshine tiny (English) straight on onnxruntime: 15 ms of processor for "Yes.", 140 ms for a sentence of 4 s.

The `.ort` files are those of moonshine-voice 0.1.0, the last release that carries them. The decoder is run greedily, one token a step, with
the keys and values of the steps before it.
"""

import asyncio
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from calls.speech.audio import Samples, level_of, resample, samples
from calls.speech.installed import Session, file_of, session
from calls.speech.keywords import correct
from calls.speech.pool import Urgency, pool
from calls.speech.ports import RATE, SpeechError

NAME = "Built-in (Moonshine tiny)"
WHAT = "Recognition (moonshine-voice)"
MODEL_RATE = 16_000
LAYER_SHAPE = (1, 8, 0, 36)  # heads and their width; nothing remembered yet
START, END = 1, 2
TOKENS_PER_SECOND = 6.5  # more is the model repeating itself
SILENT_DBFS = -60.0  # nobody speaks that softly on a line, and the model invents words for silence
EDGE = MODEL_RATE // 10  # silence put around: without it the last sound of a word ("Yes.") is lost
LONGEST_SECONDS = 20  # the model was trained on up to 30 s, and its work grows with the square
SPACE = "\u2581"


def model_file() -> Path:
    """Raises Missing."""
    return file_of("moonshine_voice", "assets/tiny-en/encoder_model.ort", WHAT)


class Moonshine:
    name = NAME

    @cached_property
    def _encoder(self) -> Session:
        return session(model_file(), WHAT)

    @cached_property
    def _decoder(self) -> Session:
        return session(file_of("moonshine_voice", "assets/tiny-en/decoder_model_merged.ort", WHAT), WHAT)

    @cached_property
    def _words(self) -> list[bytes]:
        return _vocabulary(file_of("moonshine_voice", "assets/tiny-en/tokenizer.bin", WHAT).read_bytes())

    def load(self) -> None:
        """Raises Missing."""
        _ = self._encoder, self._decoder, self._words

    async def transcribe(self, pcm: bytes, *, language: str, keywords: Sequence[str] = (), final: bool = True) -> str:
        """As calls.speech.ports. Every language is heard as English."""
        if not final and pool().crowded:
            return ""  # the live transcript misses a step; nobody's answer waits for it
        urgency = Urgency.WAITED_FOR if final else Urgency.SHOWN
        text = await asyncio.wrap_future(pool().submit(lambda: self.hear(pcm), urgency))
        return correct(text if final else unfinished(text), keywords)

    def hear(self, pcm: bytes) -> str:
        """The words, in the thread that asks. Raises SpeechError."""
        sound = samples(pcm)
        if level_of(sound) < SILENT_DBFS:
            return ""
        self.load()
        try:
            parts = [self._decode(self._encode(part), len(part)) for part in pieces(resample(sound, RATE, MODEL_RATE))]
        except Exception as error:  # onnxruntime raises classes of its own
            raise SpeechError(f"The built-in recognition failed: {type(error).__name__}.") from error
        return once(" ".join(part for part in parts if part))

    def _encode(self, sound: Samples) -> NDArray[np.float32]:
        heard = np.pad(sound, EDGE)[None]
        inputs = [i.name for i in self._encoder.get_inputs()]
        given: dict[str, NDArray[np.generic]] = {inputs[0]: heard}
        if len(inputs) > 1:
            given[inputs[1]] = np.ones(heard.shape, np.int64)
        encoded: NDArray[np.float32] = self._encoder.run(None, given)[0]
        return encoded

    def _decode(self, encoded: NDArray[np.float32], length: int) -> str:
        inputs = [i.name for i in self._decoder.get_inputs()]
        outputs = [o.name.replace("present", "past_key_values") for o in self._decoder.get_outputs()][1:]
        past = {name: np.zeros(LAYER_SHAPE, np.float32) for name in inputs if name.startswith("past")}
        mask = {"encoder_attention_mask": np.ones((1, length + 2 * EDGE), np.int64)} if "encoder_attention_mask" in inputs else {}
        token, tokens = START, []
        for step in range(max(8, int(length / MODEL_RATE * TOKENS_PER_SECOND) + 4)):
            given = {
                "input_ids": np.array([[token]], np.int64),
                "encoder_hidden_states": encoded,
                "use_cache_branch": np.array([step > 0]),
                **mask,
                **past,
            }
            scores, *layers = self._decoder.run(None, given)
            token = int(scores[0, -1].argmax())
            if token == END:
                break
            tokens.append(token)
            # What the decoder makes of the sound is the same at every step: only the first step says it.
            past.update((name, layer) for name, layer in zip(outputs, layers, strict=True) if step == 0 or "decoder" in name)
        spelled = b"".join(self._words[token] for token in tokens if token < len(self._words))
        return spelled.decode("utf-8", "ignore").replace(SPACE, " ").strip()


def pieces(sound: Samples) -> list[Samples]:
    """At most LONGEST_SECONDS each, cut in the softest 100 ms of the second half."""
    found, longest, window = [], LONGEST_SECONDS * MODEL_RATE, MODEL_RATE // 10
    while len(sound) > longest:
        half = sound[longest // 2 : longest]
        energy = np.square(half[: len(half) // window * window].reshape(-1, window)).sum(axis=1)
        cut = longest // 2 + int(energy.argmin()) * window + window // 2
        found.append(sound[:cut])
        sound = sound[cut:]
    return [*found, sound]


def once(text: str) -> str:
    """On noise the model repeats one sentence to the end: three times in a row is once, and what follows it is left out.

    Digits and single words may well be said three times; a phrase of four different words is not.
    """
    words = text.split()
    for size in range(4, 13):
        for at in range(len(words) - 3 * size + 1):
            phrase = words[at : at + size]
            if len(set(phrase)) > 3 and words[at + size : at + 3 * size] == phrase * 2:
                return " ".join(words[: at + size])
    return text


def unfinished(text: str) -> str:
    """Half an utterance: the last word is often cut in two, and the full stop is a guess."""
    words = text.rstrip(" .?!,").split()
    return " ".join(words[:-1] if len(words) > 2 else words)


def _vocabulary(data: bytes) -> list[bytes]:
    """tokenizer.bin: each token is its length (one byte, or two from 128 on) and its UTF-8 bytes."""
    words, at = [], 0
    while at < len(data):
        size, at = data[at], at + 1
        if size >= 128:
            size, at = data[at] * 128 + size - 128, at + 1
        words.append(data[at : at + size])
        at += size
    return words
