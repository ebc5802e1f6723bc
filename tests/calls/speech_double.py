"""The other side of the wire: OpenAI, Deepgram and ElevenLabs as far as their audio endpoints go. Hears "please help me", speaks a tone."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import numpy as np

WORDS = "Thanks for calling, how can I help you today?"
KEY = "sk-right"


def tone(rate: int, seconds: float = 1.0) -> bytes:
    return (np.sin(np.arange(int(rate * seconds)) * 0.3) * 9_000).astype("<i2").tobytes()


@dataclass
class Asked:
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes


@dataclass
class SpeechServices:
    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    status: int = 200


@contextmanager
def speech_services() -> Iterator[SpeechServices]:
    double = SpeechServices()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_args: object) -> None:
            pass

        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"] or 0))
            double.asked.append(Asked(parts.path, parse_qs(parts.query), {k.lower(): v for k, v in self.headers.items()}, body))
            given = self.headers.get("Authorization") or self.headers.get("xi-api-key") or ""
            if double.status != 200:
                self.answer(double.status, b"{}", "application/json")
            elif not given.endswith(KEY):
                self.answer(401, b"{}", "application/json")
            elif parts.path == "/v1/audio/transcriptions":
                self.answer(200, json.dumps({"text": WORDS}).encode(), "application/json")
            elif parts.path == "/v1/listen":
                heard = {"results": {"channels": [{"alternatives": [{"transcript": WORDS, "confidence": 0.9}]}]}}
                self.answer(200, json.dumps(heard).encode(), "application/json")
            elif parts.path == "/v1/audio/speech":
                self.stream(tone(24_000))
            elif parts.path == "/v1/speak":
                self.stream(tone(8_000))
            elif parts.path.startswith("/v1/text-to-speech/") and parts.path.endswith("/stream"):
                self.stream(tone(16_000))
            else:
                self.answer(404, b"{}", "application/json")

        def answer(self, status: int, body: bytes, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def stream(self, sound: bytes) -> None:
            """In chunks that cut samples in two, as networks do."""
            self.send_response(200)
            self.send_header("Content-Type", "audio/pcm")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for at in range(0, len(sound), 1_001):
                piece = sound[at : at + 1_001]
                self.wfile.write(f"{len(piece):x}\r\n".encode() + piece + b"\r\n")
            self.wfile.write(b"0\r\n\r\n")

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, daemon=True).start()
    double.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    try:
        yield double
    finally:
        server.shutdown()
        server.server_close()
