"""Takes noise away from what the far end sends, for voice activity and the recording.

Never before recognition: measured, it makes that worse (words wrong at 10 dB of babble: 10 % without, 32 % with).

RNNoise, where its library is installed, else a gate in numpy that lowers what does not rise above the noise of each frequency.
"""

import ctypes
import sys
import weakref
from functools import cache
from typing import Protocol

import numpy as np

from calls.speech.audio import FULL, Samples, pcm_of, samples
from calls.speech.installed import file_of
from calls.speech.ports import FRAME_BYTES, RATE, Missing

RNNOISE_RATE, RNNOISE_FRAME = 48_000, 480
FRAME = FRAME_BYTES // 2


class Suppressor(Protocol):
    """One call's; feed its frames in order."""

    def clean(self, frame: bytes) -> bytes:
        """20 ms in, 20 ms out, which are about 20 ms older."""
        ...


def suppressor() -> Suppressor:
    try:
        return RNNoise()
    except Missing:
        return SpectralGate()


@cache
def _library() -> ctypes.CDLL:
    """Raises Missing."""
    name = {"darwin": "librnnoise.dylib", "win32": "rnnoise.dll"}.get(sys.platform, "librnnoise.so")
    what = "Noise suppression (librnnoise)"
    try:
        library = ctypes.CDLL(str(file_of("pyrnnoise", name, what)))
    except OSError as error:
        raise Missing(f"{what} cannot be loaded on this machine. A simpler one takes its place.") from error
    library.rnnoise_create.restype, library.rnnoise_create.argtypes = ctypes.c_void_p, [ctypes.c_void_p]
    library.rnnoise_destroy.restype, library.rnnoise_destroy.argtypes = None, [ctypes.c_void_p]
    library.rnnoise_process_frame.restype, library.rnnoise_process_frame.argtypes = ctypes.c_float, [ctypes.c_void_p] * 3
    return library


STEPS = RNNOISE_RATE // RATE
TAPS = 16  # 8 kHz samples that one new sample is made of: 1 ms of delay each way, where soxr would hold back 40
_KERNEL = (np.sinc((np.arange(TAPS * STEPS) - TAPS * STEPS / 2 + 0.5) / STEPS) * np.hamming(TAPS * STEPS)).astype(np.float32)
_PHASES = np.ascontiguousarray(_KERNEL.reshape(TAPS, STEPS)[::-1])


class RNNoise:
    """Works at 48 kHz in frames of 10 ms and floats of 16-bit size. Raises Missing when there is no library."""

    def __init__(self) -> None:
        self._library = _library()
        self._state = self._library.rnnoise_create(None)
        weakref.finalize(self, self._library.rnnoise_destroy, self._state)
        self._heard: Samples = np.zeros(TAPS - 1, np.float32)
        self._cleaned: Samples = np.zeros(TAPS * STEPS - STEPS, np.float32)

    def clean(self, frame: bytes) -> bytes:
        """A frame must be whole: 20 ms."""
        heard = np.concatenate([self._heard, samples(frame) * np.float32(FULL)])
        self._heard = heard[1 - TAPS :]
        wide = np.ascontiguousarray(np.lib.stride_tricks.sliding_window_view(heard, TAPS) @ _PHASES).ravel()
        cleaned = np.empty_like(wide)
        for at in range(0, len(wide), RNNOISE_FRAME):
            self._library.rnnoise_process_frame(self._state, cleaned[at:].ctypes.data, wide[at:].ctypes.data)
        cleaned = np.concatenate([self._cleaned, cleaned])
        self._cleaned = cleaned[STEPS - TAPS * STEPS :]
        narrow = np.lib.stride_tricks.sliding_window_view(cleaned, TAPS * STEPS)[::STEPS] @ _KERNEL
        return pcm_of(narrow / np.float32(STEPS * FULL))


GATE_FFT = 2 * FRAME
FLOOR_GAIN = 0.12  # -18 dB: silence that is too silent sounds broken
OVER = 5.0  # times the smallest power of late that must be exceeded: noise itself is some 3 times that
RISE = 1.02  # of the noise estimate with each frame: 4 dB a second
LOWEST = 4  # frequencies below 100 Hz are hum: no voice is there
SMOOTH_POWER, SMOOTH_GAIN = 0.8, 0.6


class SpectralGate:
    """Halves that overlap: each frame is windowed with the one before it, so the sound comes 20 ms later."""

    def __init__(self) -> None:
        self._window = np.sqrt(0.5 - 0.5 * np.cos(2 * np.pi * np.arange(GATE_FFT) / GATE_FFT)).astype(np.float32)
        self._before: Samples = np.zeros(FRAME, np.float32)
        self._over: Samples = np.zeros(FRAME, np.float32)
        self._noise: Samples | None = None
        self._power: Samples | None = None
        self._gain: Samples = np.ones(GATE_FFT // 2 + 1, np.float32)

    def clean(self, frame: bytes) -> bytes:
        sound = samples(frame)
        spectrum = np.fft.rfft(np.concatenate([self._before, sound]) * self._window)
        self._before = sound
        self._follow(np.square(np.abs(spectrum)).astype(np.float32))
        made = np.fft.irfft(spectrum * self._gain, GATE_FFT).astype(np.float32) * self._window
        out = self._over + made[:FRAME]
        self._over = made[FRAME:]
        return pcm_of(out)

    def _follow(self, power: Samples) -> None:
        """The noise of each frequency is its smallest power of late: it falls at once and rises slowly."""
        self._power = power if self._power is None else SMOOTH_POWER * self._power + (1 - SMOOTH_POWER) * power
        self._noise = (
            self._power + np.float32(1e-9) if self._noise is None else np.minimum(self._power + np.float32(1e-9), self._noise * RISE)
        )
        wanted = np.clip(1 - OVER * self._noise / (self._power + np.float32(1e-12)), FLOOR_GAIN, 1)
        self._gain = np.maximum(wanted, SMOOTH_GAIN * self._gain).astype(np.float32)
        self._gain[:LOWEST] = 0
