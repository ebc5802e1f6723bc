"""Real SIP programs of Debian as the other side: sipp, baresip and Kamailio, on loopback, each on ports of its own."""

import asyncio
import json
import shutil
import signal
import socket
import subprocess
import time
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from calls.carriers.base import LineConfig
from calls.carriers.sip.settings import check
from calls.carriers.sound import Gone, LineEvent, Marked, PickedUp, Sound, SoundLine
from calls.speech.ports import FRAME_BYTES, FRAME_MS, RATE

LOOPBACK = "127.0.0.1"
CALLEE_USER = "+15551234567"  # the only number that the telephone answers
type Samples = npt.NDArray[np.float64]


def program(name: str, package: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    assert found, f"{name} is missing: apt-get install {package}"
    return found


def free_port(*, together: int = 4) -> int:
    """The first of some UDP and TCP ports that are free."""
    for _ in range(50):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as found:
            found.bind((LOOPBACK, 0))
            first = found.getsockname()[1] & ~3
        if first > 30_000 and all(_free(first + n) for n in range(together)):
            return first
    raise AssertionError("no free ports")


def _free(port: int) -> bool:
    try:
        for kind in (socket.SOCK_DGRAM, socket.SOCK_STREAM):
            with socket.socket(socket.AF_INET, kind) as one:
                one.bind((LOOPBACK, port))
    except OSError:
        return False
    return True


def until(ready: Callable[[], object], seconds: float = 8.0, what: str = "") -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline, f"waited in vain for {what or ready}"
        time.sleep(0.02)


class Program:
    """A process with its output in a file; killed at the end."""

    def __init__(self, folder: Path, name: str, *command: str) -> None:
        self.log = folder / f"{name}.log"
        with self.log.open("wb") as out:
            self.process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, cwd=folder, start_new_session=True
            )

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait(5)


class Sipp(Program):
    """sipp as the called side. Without a scenario it answers at once and sends every sound back."""

    def __init__(self, folder: Path, xml: str = "", *, calls: int = 0) -> None:
        self.port, media = free_port(), free_port()
        self.messages = folder / f"sipp-{self.port}.messages"
        script = ["-sn", "uas"]
        if xml:
            (folder / f"{self.port}.xml").write_text(xml)
            script = ["-sf", f"{self.port}.xml"]
        more = ["-m", str(calls)] if calls else []
        super().__init__(
            folder, f"sipp-{self.port}", program("sipp", "sip-tester"), *script, "-i", LOOPBACK, "-p", str(self.port),
            "-mi", LOOPBACK, "-mp", str(media), "-rtp_echo", "-nostdin", "-trace_msg", "-message_file", str(self.messages), *more,
        )  # fmt: skip
        until(lambda: not _free(self.port), what="sipp")

    def heard(self) -> str:
        """Every SIP message until now, as text."""
        return self.messages.read_text(errors="replace") if self.messages.exists() else ""


class Baresip(Program):
    """Debian's baresip: answers, plays `speaks` and records what it hears; presses keys and tells which it got."""

    def __init__(self, folder: Path, speaks: Samples, *, srtp: bool = False) -> None:
        self.port, control = free_port(), free_port()
        self.folder = folder / f"baresip-{self.port}"
        self.records = self.folder / "rec"
        self.records.mkdir(parents=True)
        write_wav(self.folder / "speaks.wav", speaks)
        modules = next(p for p in Path("/usr/lib").glob("**/baresip/modules"))
        encryption = ";mediaenc=srtp-mand" if srtp else ""
        (self.folder / "accounts").write_text(f"<sip:{CALLEE_USER}@{LOOPBACK}>;regint=0;answermode=auto{encryption}\n")
        (self.folder / "config").write_text(
            CALLEE.format(port=self.port, control=control, folder=self.folder, modules=modules, records=self.records)
        )
        super().__init__(folder, f"baresip-{self.port}", program("baresip", "baresip-core"), "-f", str(self.folder))
        until(lambda: not _free(control), what="baresip")
        self._control = socket.create_connection((LOOPBACK, control), 5)
        self._control.setblocking(False)
        self._came = b""

    def press(self, digit: str) -> None:
        """Presses and releases one key."""
        for code in (digit, "\x04"):
            self._tell("sndcode", code)
            time.sleep(0.15)

    def _tell(self, command: str, params: str) -> None:
        text = json.dumps({"command": command, "params": params, "token": "t"}).encode()
        self._control.sendall(b"%d:%s," % (len(text), text))

    def keys(self) -> str:
        """The keys that were heard until now."""
        try:
            while came := self._control.recv(65_536):
                self._came += came
        except BlockingIOError:
            pass
        digits = ""
        for part in self._came.decode(errors="replace").split('{"event"')[1:]:
            if "CALL_DTMF_START" in part:
                digits += part.split('"param":"')[1][0]
        return digits

    def heard(self) -> Samples:
        """What was recorded of the call."""
        (file,) = self.records.glob("*-dec.wav")
        return read_wav(file)

    def kill(self) -> None:
        self._control.close()
        super().kill()


CALLEE = """sip_listen 127.0.0.1:{port}
net_interface 127.0.0.1
call_max_calls 50
audio_source aufile,{folder}/speaks.wav
audio_player aubridge,callee
audio_srate 8000
audio_channels 1
module_path {modules}
module g711.so
module aufile.so
module aubridge.so
module sndfile.so
module srtp.so
module_tmp uuid.so
module_tmp account.so
module_app menu.so
module ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:{control}
snd_path {records}
jitter_buffer_type fixed
jitter_buffer_delay 1-5
"""


# Sound -----------------------------------------------------------------------------------------------------------------
def speechlike(seconds: float, seed: int) -> Samples:
    """A voice-like sound that is like no other: gliding harmonics in syllables."""
    rng, t = np.random.default_rng(seed), np.arange(int(RATE * seconds)) / RATE
    pitch = 110 + 40 * rng.random() + 20 * np.sin(2 * np.pi * (0.7 + rng.random()) * t + rng.random() * 6)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    voice = sum(np.sin(n * phase + rng.random() * 6) * rng.random() / n for n in range(1, 20))
    syllables = np.interp(t, np.arange(0, seconds + 0.2, 0.17), rng.random(len(np.arange(0, seconds + 0.2, 0.17))))
    sound: Samples = voice * syllables
    return 12_000 * sound / np.abs(sound).max()


def pcm(samples: Samples) -> bytes:
    return samples.astype("<i2").tobytes()


def samples(sound: bytes) -> Samples:
    return np.frombuffer(sound, "<i2").astype(np.float64)


def write_wav(path: Path, sound: Samples) -> None:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(pcm(sound))


def read_wav(path: Path) -> Samples:
    with wave.open(str(path)) as file:
        sound = samples(file.readframes(file.getnframes()))
        every = file.getframerate() * file.getnchannels() // RATE
    return sound[::every]


def likeness(sent: Samples, heard: Samples) -> float:
    """1.0 when `sent` is in `heard` as it was, at any loudness and any moment.

    Measured in pieces of 100 ms, each where it fits best near its place; three of four pieces are at least as good as the result, so that
    hiccups of a busy machine, which move all that follows by a frame, are no failure.
    """
    lag, piece, reach = _lag(sent, heard), RATE // 10, RATE // 5
    found = []
    for start in range(0, len(sent) - piece + 1, piece):
        part = sent[start : start + piece]
        low = max(0, start + lag - reach)
        around = heard[low : start + lag + piece + reach]
        if len(around) < piece:
            found.append(0.0)
            continue
        dots = np.correlate(around, part, "valid")
        energy = np.sqrt(np.convolve(around**2, np.ones(piece), "valid")) * np.linalg.norm(part)
        found.append(float(np.max(dots / np.maximum(energy, 1.0))))
    return float(np.quantile(found, 0.25))


def _lag(sent: Samples, heard: Samples) -> int:
    size = 1 << int(np.ceil(np.log2(len(sent) + len(heard) + 1)))
    at = int(np.argmax(np.fft.irfft(np.conj(np.fft.rfft(sent, size)) * np.fft.rfft(heard, size), size)))
    return at - size if at > len(heard) else at


# A line in use ----------------------------------------------------------------------------------------------------------
def trunk(port: int, *, secret: str = "", **settings: object) -> LineConfig:
    """A line to the peer at this port; `uid` follows from its settings, as another line would have another one."""
    given = {"host": LOOPBACK, "port": port, "interface": LOOPBACK, **settings}
    clean, errors = check(given)
    assert not errors, errors
    return LineConfig(f"line-{port}-{sorted(given.items())!r}", "sip", "Trial", clean, secret)


class Ear:
    """Reads a line and keeps what it said."""

    def __init__(self, line: SoundLine) -> None:
        self.events: list[LineEvent] = []
        self.sound = b""
        self.gone: Gone | None = None
        self._line, self._news = line, asyncio.Event()
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        while self.gone is None:
            event = await self._line.next()
            match event:
                case Sound(more):
                    self.sound += more
                case Gone():
                    self.gone = event
                    self.events.append(event)
                case _:
                    self.events.append(event)
            self._news.set()

    async def until(self, ready: Callable[[], object], seconds: float = 8.0) -> None:
        async with asyncio.timeout(seconds):
            while not ready():
                self._news.clear()
                await self._news.wait()

    async def answered(self, seconds: float = 8.0) -> None:
        await self.until(lambda: PickedUp() in self.events or self.gone, seconds)
        assert PickedUp() in self.events, self.gone

    async def over(self, seconds: float = 8.0) -> Gone:
        await self.until(lambda: self.gone, seconds)
        assert self.gone is not None
        return self.gone

    @property
    def marks(self) -> list[int]:
        return [event.ref for event in self.events if isinstance(event, Marked)]


async def speak(line: SoundLine, sound: bytes, *, also: Callable[[int], None] = lambda frame: None) -> None:
    """Sends at the pace of the port: at most `lead_ms` ahead of real time."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    for at in range(0, len(sound) - FRAME_BYTES + 1, FRAME_BYTES):
        number = at // FRAME_BYTES
        line.send(sound[at : at + FRAME_BYTES])
        also(number)
        await asyncio.sleep(max(0.0, began + (number * FRAME_MS - line.lead_ms) / 1000 - loop.time()))
