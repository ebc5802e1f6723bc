"""Speech services on the net: one way to ask them, one way to tell what went wrong. No text of an error holds a key or what was said."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

import httpx

from calls.speech.ports import SpeechError

CONNECT, ANSWER = 5.0, 10.0  # seconds

_clients: "WeakKeyDictionary[asyncio.AbstractEventLoop, httpx.AsyncClient]" = WeakKeyDictionary()


def client() -> httpx.AsyncClient:
    """One per event loop: its connections are kept for all calls."""
    loop = asyncio.get_running_loop()
    if loop not in _clients:
        _clients[loop] = httpx.AsyncClient(timeout=httpx.Timeout(ANSWER, connect=CONNECT))
    return _clients[loop]


async def post(url: str, headers: Mapping[str, str], **more: Any) -> httpx.Response:
    """The whole answer. Raises SpeechError."""
    try:
        answer = await client().post(url, headers=dict(headers), **more)
    except httpx.HTTPError as error:
        raise SpeechError(unreachable(url, error)) from None
    refuse(url, answer.status_code)
    return answer


@asynccontextmanager
async def streamed(url: str, headers: Mapping[str, str], **more: Any) -> AsyncIterator[AsyncIterator[bytes]]:
    """The answer piece by piece. Raises SpeechError, also while it comes."""
    try:
        async with client().stream("POST", url, headers=dict(headers), **more) as answer:
            refuse(url, answer.status_code)
            yield answer.aiter_bytes()
    except httpx.HTTPError as error:
        raise SpeechError(unreachable(url, error)) from None


def refuse(url: str, status: int) -> None:
    """Raises SpeechError unless the service did what it was asked for."""
    host = urlsplit(url).hostname
    if status in (401, 403):
        raise SpeechError(f"{host} refused the key (status {status}).")
    if status == 404:
        raise SpeechError(f"{host} does not know this address, model or voice (status 404).")
    if status in (402, 429):
        raise SpeechError(f"{host} is busy, or the quota is used up (status {status}).")
    if status >= 300:
        raise SpeechError(f"{host} answered with an error (status {status}).")


def unreachable(url: str, error: Exception) -> str:
    host = urlsplit(url).hostname
    if isinstance(error, httpx.TimeoutException):
        return f"{host} did not answer in time."
    return f"{host} cannot be reached." if isinstance(error, httpx.TransportError) else f"{host} sent what could not be read."


def even(rest: bytes, piece: bytes) -> tuple[bytes, bytes]:
    """Whole samples, and the half one that may be left over."""
    whole = rest + piece
    cut = len(whole) // 2 * 2
    return whole[:cut], whole[cut:]
