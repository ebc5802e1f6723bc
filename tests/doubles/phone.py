"""The telephone of the Twilio double: what its callee hears and says over Media Streams. Sound is PCM at 8 kHz, as everywhere."""

import asyncio
import base64
import json
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from aiohttp import ClientWebSocketResponse, WSMsgType

from calls.speech.audio import mulaw_decode, mulaw_encode

FRAME = 160  # samples
SILENT = b"\xff" * FRAME  # mu-law
LOUD = 300.0  # root mean square of 32768: louder is speech


@dataclass
class Heard:
    """20 ms that were played to the callee."""

    at: float
    pcm: bytes

    @property
    def loud(self) -> bool:
        samples = np.frombuffer(self.pcm, "<i2").astype(np.float64)
        return bool(len(samples)) and float(np.sqrt(np.mean(samples**2))) > LOUD


@dataclass
class Phone:
    """In the hands of a scripted callee, from the answer to the end; sockets come and go meanwhile."""

    heard: list[Heard] = field(default_factory=list)
    tones: list[str] = field(default_factory=list)  # keys that the other side pressed
    dropped: int = 0  # bytes of sound that `clear` threw away
    over: asyncio.Event = field(default_factory=asyncio.Event)
    _says: deque[bytes] = field(default_factory=deque)  # mu-law frames still to be said
    _presses: deque[str] = field(default_factory=deque)

    # what the callee does -------------------------------------------------------------------------------------------------
    async def say(self, pcm: bytes) -> None:
        """Speaks, and returns when it is out."""
        sound = mulaw_encode(pcm)
        self._says.extend(sound[start : start + FRAME].ljust(FRAME, b"\xff") for start in range(0, len(sound), FRAME))
        await self._until(lambda: not self._says)

    async def wait(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.over.wait(), seconds)

    def press(self, digits: str) -> None:
        self._presses.extend(digits)

    async def until_spoken_to(self, within: float = 15.0) -> None:
        """Until the other side speaks."""
        begun = len(self.heard)
        async with asyncio.timeout(within):
            await self._until(lambda: any(frame.loud for frame in self.heard[begun:]))

    async def until_quiet(self, pause: float = 0.8, within: float = 30.0) -> None:
        """Until the other side spoke and then was silent for `pause` seconds."""
        await self.until_spoken_to(within)
        async with asyncio.timeout(within):
            await self._until(lambda: self.quiet_for() >= pause)

    def hang_up(self) -> None:
        self.over.set()

    async def _until(self, fits: Callable[[], bool]) -> None:
        """Looks every 20 ms; the end of the call ends it too."""
        while True:
            if fits() or self.over.is_set():
                return
            await asyncio.sleep(0.02)

    # what was heard -------------------------------------------------------------------------------------------------------
    def quiet_for(self) -> float:
        """Seconds since something loud was played."""
        last = next((frame.at for frame in reversed(self.heard) if frame.loud), None)
        return time.monotonic() - last if last is not None else 0.0

    def sound(self) -> bytes:
        return b"".join(frame.pcm for frame in self.heard)

    # the line -------------------------------------------------------------------------------------------------------------
    def next_frame(self) -> bytes:
        return self._says.popleft() if self._says else SILENT

    def next_key(self) -> str:
        return self._presses.popleft() if self._presses else ""


class Stream:
    """One socket of Media Streams, from `start` to its end. Plays what it gets in real time; marks come back when they are reached."""

    def __init__(self, socket: ClientWebSocketResponse, phone: Phone, ids: dict[str, Any]) -> None:
        self._socket, self._phone, self._ids = socket, phone, ids
        self._sid = ids["streamSid"]
        self._count = 0
        self._buffer: deque[tuple[str, Any]] = deque()  # ("sound", mu-law of one frame) or ("mark", name)

    async def run(self) -> None:
        """Until the server closes its socket; cancelled when the call does something else."""
        await self._socket.send_json({"event": "connected", "protocol": "Call", "version": "1.0.0"})
        sound = {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1}
        await self._send("start", start={**self._ids, "tracks": ["inbound"], "mediaFormat": sound, "customParameters": {}})
        tasks = [asyncio.create_task(work) for work in (self._read(), self._frames())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def stop(self) -> None:
        await self._send("stop", stop={name: self._ids[name] for name in ("accountSid", "callSid")})

    async def _send(self, event: str, **more: Any) -> None:
        self._count += 1
        await self._socket.send_json({"event": event, "sequenceNumber": str(self._count), "streamSid": self._sid, **more})

    async def _frames(self) -> None:
        """Every 20 ms one frame of the callee, and one of ours to it."""
        began, number = time.monotonic(), 0
        while True:
            number += 1
            payload = base64.b64encode(self._phone.next_frame()).decode()
            await self._send("media", media={"track": "inbound", "chunk": str(number), "timestamp": str(number * 20), "payload": payload})
            if key := self._phone.next_key():
                await self._send("dtmf", dtmf={"track": "inbound_track", "digit": key})
            await self._play()
            await asyncio.sleep(max(0.0, began + number * 0.02 - time.monotonic()))

    async def _play(self) -> None:
        await self._marks()
        if self._buffer:
            _, frame = self._buffer.popleft()
            self._phone.heard.append(Heard(time.monotonic(), mulaw_decode(frame)))
            await self._marks()

    async def _marks(self) -> None:
        while self._buffer and self._buffer[0][0] == "mark":
            await self._send("mark", mark={"name": self._buffer.popleft()[1]})

    async def _read(self) -> None:
        async for message in self._socket:
            if message.type != WSMsgType.TEXT:
                continue
            said = json.loads(message.data)
            assert said["streamSid"] == self._sid
            match said["event"]:
                case "media":
                    sound = base64.b64decode(said["media"]["payload"])
                    self._buffer.extend(("sound", sound[start : start + FRAME]) for start in range(0, len(sound), FRAME))
                case "mark":
                    self._buffer.append(("mark", said["mark"]["name"]))
                case "clear":
                    await self._clear()

    async def _clear(self) -> None:
        dropped, self._buffer = self._buffer, deque()
        for kind, what in dropped:
            if kind == "mark":
                await self._send("mark", mark={"name": what})
            else:
                self._phone.dropped += len(what)
