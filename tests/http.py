"""A request through the whole ASGI application, headers exactly as they were sent."""

import json
from dataclasses import dataclass
from typing import Any

from asgiref.sync import async_to_sync
from asgiref.testing import ApplicationCommunicator

from config.asgi import application


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: Any


def post(path: str, body: Any, headers: dict[str, str]) -> Answer:
    """`body`: text as it is, anything else as JSON."""
    raw = body if isinstance(body, str) else json.dumps(body)
    sent = {"host": "testserver", "content-type": "application/json", "content-length": str(len(raw.encode())), **headers}
    return async_to_sync(_exchange)("POST", path, [(k.encode("latin1"), v.encode("latin1")) for k, v in sent.items()], raw.encode())


async def _exchange(method: str, path: str, headers: list[tuple[bytes, bytes]], raw: bytes) -> Answer:
    scope = {"type": "http", "http_version": "1.1", "method": method, "path": path, "raw_path": path.encode(), "query_string": b"",
             "root_path": "", "scheme": "http", "headers": headers, "client": ["127.0.0.1", 5], "server": ["testserver", 80]}  # fmt: skip
    there = ApplicationCommunicator(application, scope)
    await there.send_input({"type": "http.request", "body": raw, "more_body": False})
    start = await there.receive_output(timeout=60)
    answer = b""
    while True:
        part = await there.receive_output(timeout=60)
        answer += part.get("body", b"")
        if not part.get("more_body"):
            break
    await there.wait(timeout=60)
    got = {key.decode("latin1").lower(): value.decode("latin1") for key, value in start["headers"]}
    return Answer(start["status"], got, json.loads(answer))
