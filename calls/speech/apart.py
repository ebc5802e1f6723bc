"""The built-in voice in a process of its own, for those that carry no calls: the web process loads no model.

`python -m calls.speech.apart VOICE` reads the text and writes the sound; with 3 it says on standard error what is missing.
"""

import asyncio
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

from calls.speech.ports import Missing, SpeechError

ROOT = Path(__file__).resolve().parents[2]
SECONDS = 30  # loading takes up to two, a busy machine several
LACKS = 3


@lru_cache(maxsize=32)
def speak(text: str, voice: str) -> bytes:
    """The sound of `text` as PCM; the last ones are kept. Raises Missing and SpeechError."""
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
