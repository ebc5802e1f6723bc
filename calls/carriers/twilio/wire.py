"""Messages of Media Streams: read strictly (anything else is None and does nothing), and made. Sound is mu-law in base64."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from calls.speech.audio import mulaw_decode, mulaw_encode

KEYS = frozenset("0123456789*#")


@dataclass(frozen=True, slots=True)
class Start:
    stream: str
    call: str  # its SID


@dataclass(frozen=True, slots=True)
class Media:
    pcm: bytes


@dataclass(frozen=True, slots=True)
class Key:
    digit: str


@dataclass(frozen=True, slots=True)
class Mark:
    name: str


@dataclass(frozen=True, slots=True)
class Stop:
    pass


FromTwilio = Start | Media | Key | Mark | Stop


def read(raw: str | bytes) -> FromTwilio | None:
    try:
        message: Any = json.loads(raw)
    except ValueError:
        return None
    match message:
        case {"event": "media", "media": {"payload": str(payload)}}:
            try:
                return Media(mulaw_decode(base64.b64decode(payload, validate=True)))
            except (binascii.Error, ValueError):
                return None
        case {"event": "mark", "mark": {"name": str(name)}}:
            return Mark(name)
        case {"event": "dtmf", "dtmf": {"digit": str(digit)}} if digit in KEYS:
            return Key(digit)
        case {"event": "start", "start": {"streamSid": str(stream), "callSid": str(call)}}:
            return Start(stream, call)
        case {"event": "stop"}:
            return Stop()
    return None


def media(stream: str, pcm: bytes) -> str:
    payload = base64.b64encode(mulaw_encode(pcm)).decode()
    return json.dumps({"event": "media", "streamSid": stream, "media": {"payload": payload}})


def mark(stream: str, name: str) -> str:
    return json.dumps({"event": "mark", "streamSid": stream, "mark": {"name": name}})


def clear(stream: str) -> str:
    return json.dumps({"event": "clear", "streamSid": stream})
