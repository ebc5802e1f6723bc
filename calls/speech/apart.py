"""The built-in voice in a process of its own, for those that carry no calls: the web process loads no model.

`python -m calls.speech.apart VOICE` reads the text and writes the sound; with 3 it says on standard error what is missing.
"""

import asyncio
import subprocess
import sys
import threading
from functools import lru_cache
from pathlib import Path

from calls.speech.ports import Missing, SpeechError

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 30  # loading takes up to two, a busy machine several
LACKS = 3
AT_ONCE, WAIT_SECONDS = 2, 1.0  # each loads the models anew: calls on the same machine need processor and memory too

_speaking = threading.BoundedSemaphore(AT_ONCE)


class Busy(SpeechError):
    """As much is being spoken as this process allows."""


@lru_cache(maxsize=32)
def speak(text: str, voice: str) -> bytes:
    """The sound of `text` as PCM; the last ones are kept. Raises Busy, Missing and SpeechError."""
    if not _speaking.acquire(timeout=WAIT_SECONDS):
        raise Busy("Other texts are being spoken just now. Ask again in a few seconds.")
    try:
        return _spoken(text, voice)
    finally:
        _speaking.release()


def _spoken(text: str, voice: str) -> bytes:
    command = [sys.executable, "-m", "calls.speech.apart", voice]
    try:
        done = subprocess.run(command, input=text.encode(), capture_output=True, timeout=SECONDS, cwd=ROOT, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise SpeechError("The built-in voice did not speak in time.") from None
    if done.returncode == LACKS:
        raise Missing(done.stderr.decode(errors="replace").strip())
    if done.returncode:
        raise SpeechError("The built-in voice failed.")
    return done.stdout


def main(voice: str) -> int:
    from calls.speech import embedded

    async def sound() -> bytes:
        pieces = embedded.engines().tts.speak(sys.stdin.read(), voice=voice, language="en")
        return b"".join([piece async for piece in pieces])

    try:
        sys.stdout.buffer.write(asyncio.run(sound()))
    except Missing as missing:
        sys.stderr.write(str(missing))
        return LACKS
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
