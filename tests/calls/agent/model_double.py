"""The other side of the wire: a small server that speaks the chat completions protocol (SSE chunks as OpenAI sends them), well or badly."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Status:
    """An answer that is an error."""

    code: int
    message: str = "no"


@dataclass(frozen=True)
class Call:
    """A function call, its arguments in two pieces as OpenAI sends them."""

    name: str
    arguments: str = "{}"


@dataclass(frozen=True)
class Pause:
    seconds: float


@dataclass(frozen=True)
class Drop:
    """The connection is cut, without an end of the stream."""


@dataclass(frozen=True)
class Raw:
    """Bytes as they are, where a chunk should be."""

    data: str


@dataclass(frozen=True)
class Forever:
    """The same piece again and again until the client goes."""

    piece: str


Script = list[Any] | Status | str


@dataclass
class Double:
    """`scripts`: what is answered to the first, second … request; the last one again and again."""

    scripts: list[Script]
    url: str = ""
    requests: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    sent: int = 0  # pieces that went out
    gone: threading.Event = field(default_factory=threading.Event)  # a client went before the end

    def next_script(self) -> Script:
        return self.scripts[min(len(self.requests), len(self.scripts)) - 1]

    def system(self, n: int = -1) -> str:
        return str(self.requests[n]["messages"][0]["content"])


@contextmanager
def serving(*scripts: Script) -> Iterator[Double]:
    double = Double(list(scripts))

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            assert self.path == "/v1/chat/completions", self.path
            double.requests.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            double.keys.append(self.headers.get("authorization", ""))
            script = double.next_script()
            if isinstance(script, Status):
                self._fail(script)
            elif not double.requests[-1].get("stream"):
                self._whole([script] if isinstance(script, str) else script)
            else:
                try:
                    self._stream([script] if isinstance(script, str) else script)
                except (BrokenPipeError, ConnectionResetError):
                    double.gone.set()
            self.close_connection = True

        def _fail(self, status: Status) -> None:
            body = json.dumps({"error": {"message": status.message, "type": "error", "code": None}}).encode()
            self._json(status.code, body)

        def _json(self, code: int, body: bytes) -> None:
            self.send_response(code)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.send_header("connection", "close")  # said, since it is done: else a client may send the next request into the closing
            self.end_headers()
            self.wfile.write(body)

        def _whole(self, script: list[Any]) -> None:
            for step in script:
                if isinstance(step, Pause):
                    time.sleep(step.seconds)
            text = "".join(step for step in script if isinstance(step, str))
            message = {"role": "assistant", "content": text}
            choices = [{"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}]
            body = json.dumps({"id": "c1", "object": "chat.completion", "created": 1, "model": "double", "choices": choices}).encode()
            with suppress(BrokenPipeError, ConnectionResetError):
                self._json(200, body)

        def _stream(self, script: list[Any]) -> None:
            self.send_response(200)
            self.send_header("content-type", "text/event-stream")
            self.send_header("transfer-encoding", "chunked")
            self.send_header("connection", "close")
            self.end_headers()
            self._delta({"role": "assistant", "content": ""})
            for step in script:
                match step:
                    case str():
                        self._delta({"content": step})
                    case Call():
                        half = len(step.arguments) // 2
                        first = {"index": 0, "id": "call_1", "type": "function", "function": {"name": step.name, "arguments": ""}}
                        self._delta({"tool_calls": [first]})
                        for part in (step.arguments[:half], step.arguments[half:]):
                            self._delta({"tool_calls": [{"index": 0, "function": {"arguments": part}}]})
                    case Pause():
                        time.sleep(step.seconds)
                    case Raw():
                        self._send(step.data)
                    case Forever():
                        for _ in range(100_000):
                            self._delta({"content": step.piece})
                    case Drop():
                        self.wfile.flush()
                        self.connection.shutdown(2)
                        return
            self._send(self._chunk({}, finish="stop"))
            self._send("[DONE]")
            self.wfile.write(b"0\r\n\r\n")

        def _chunk(self, delta: dict[str, Any], finish: str | None = None) -> str:
            choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
            return json.dumps({"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "double", "choices": [choice]})

        def _delta(self, delta: dict[str, Any]) -> None:
            self._send(self._chunk(delta))
            double.sent += 1

        def _send(self, data: str) -> None:
            body = f"data: {data}\n\n".encode()
            self.wfile.write(f"{len(body):x}\r\n".encode() + body + b"\r\n")
            self.wfile.flush()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    double.url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield double
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
