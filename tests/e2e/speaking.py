"""A Chromium whose microphone is a file, and what is said into it."""

import asyncio
import contextlib
import wave
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser

from calls.speech import services
from calls.speech.audio import resample, samples
from calls.speech.ports import RATE
from tests.e2e.conftest import FLAGS, chromium

CALLEE = "Josh"  # not the voice of the agent
FILE_RATE = 48_000


@contextlib.contextmanager
def microphone(browser: Browser, file: Path, *flags: str, loop: bool = False) -> Iterator[Browser]:
    """A browser of its own that hears `file` from the moment a page opens the microphone, once or in a `loop`."""
    hears = f"--use-file-for-fake-audio-capture={file}" + ("" if loop else "%noloop")
    given = [*FLAGS, "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", hears, *flags]
    started = browser.browser_type.launch(executable_path=chromium(), args=given)
    try:
        yield started
    finally:
        started.close()


def speak(file: Path, parts: Sequence[str | float]) -> None:
    """Writes sentences and the pauses between them (seconds) to a WAV file."""
    pcm = b"".join(bytes(int(part * RATE) * 2) if isinstance(part, int | float) else said(part) for part in parts)
    write(file, resample(samples(pcm), RATE, FILE_RATE))


def write(file: Path, sound: "np.ndarray[tuple[int], np.dtype[np.float32]]") -> None:
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(FILE_RATE)
        out.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())


def said(text: str) -> bytes:
    async def whole() -> bytes:
        return b"".join([piece async for piece in services.engines(()).tts.speak(text, voice=CALLEE, language="en")])

    with ThreadPoolExecutor(1) as apart:  # this thread has Playwright's loop
        return apart.submit(asyncio.run, whole()).result()
