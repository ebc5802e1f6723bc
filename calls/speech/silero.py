"""Voice activity by Silero v6 on onnxruntime, at 8 kHz: windows of 256 samples, each seen with the 32 before it."""

from pathlib import Path

import numpy as np

from calls.speech.audio import samples
from calls.speech.installed import Session, file_of, session

CONTEXT = 32
_RATE = np.array(8_000, np.int64)


def model_file() -> Path:
    """Raises Missing."""
    return file_of("silero_vad", "data/silero_vad.onnx", "Voice activity (silero-vad)")


def load() -> Session:
    """Raises Missing."""
    return session(model_file(), "Voice activity (silero-vad)")


class Silero:
    """One call's ear; the session is shared. 0.1 ms a window, so it runs where it is called."""

    def __init__(self, shared: Session) -> None:
        self._session = shared
        self._state = np.zeros((2, 1, 128), np.float32)
        self._before = np.zeros(CONTEXT, np.float32)

    def probability(self, window: bytes) -> float:
        heard = np.concatenate([self._before, samples(window)])
        chance, self._state = self._session.run(None, {"input": heard[None], "state": self._state, "sr": _RATE})
        self._before = heard[-CONTEXT:]
        return float(chance[0, 0])
