"""The configured language model: any OpenAI-compatible endpoint. Its SDK is loaded at the first use: a web process never pays for it."""

import asyncio
import sys
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from django.conf import settings

if TYPE_CHECKING:
    from openai import AsyncOpenAI


@dataclass(frozen=True, slots=True)
class Endpoint:
    base_url: str
    model: str
    api_key: str = field(default="", repr=False)
    timeout: float = 8.0  # seconds until the first sentence, and between two pieces of an answer

    @property
    def host(self) -> str:
        return urlsplit(self.base_url).netloc or self.base_url


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why an endpoint did not answer, in words. `again`: another try may help."""

    text: str
    again: bool


def endpoint(name: str) -> Endpoint | None:
    """What answers for the parameter `model` ("base" or "turbo"); None when nothing is configured for it."""
    model = settings.MODEL_TURBO if name == "turbo" else settings.MODEL_BASE
    if not settings.MODEL_BASE_URL or not model:
        return None
    return Endpoint(settings.MODEL_BASE_URL, model, settings.MODEL_API_KEY, settings.MODEL_TIMEOUT)


def load() -> None:
    """Imports the SDK (a second or more): once per process, never on an event loop."""
    for name in ("openai", "openai.resources.chat.completions"):
        import_module(name)


_clients: "WeakKeyDictionary[asyncio.AbstractEventLoop, dict[Endpoint, AsyncOpenAI]]" = WeakKeyDictionary()


async def client(at: Endpoint) -> "AsyncOpenAI":
    """One client, so one pool of connections, for all calls of an event loop. Its own retries are off: the agent decides."""
    if "openai.resources.chat.completions" not in sys.modules:
        await asyncio.to_thread(load)
    from openai import AsyncOpenAI

    known = _clients.setdefault(asyncio.get_running_loop(), {})
    if at not in known:
        known[at] = AsyncOpenAI(base_url=at.base_url, api_key=at.api_key or "none", timeout=at.timeout, max_retries=0)
    return known[at]


async def ask(at: Endpoint, messages: list[dict[str, str]]) -> str:
    """One whole answer, without a conversation. Raises what the SDK raises; `trouble` tells it in words."""
    sdk = await client(at)
    request: dict[str, Any] = {"model": at.model, "messages": messages, "temperature": 0, "stream": False}
    answer = await asyncio.wait_for(sdk.chat.completions.create(**request), at.timeout * 2)
    return (answer.choices[0].message.content or "").strip() if answer.choices else ""


def trouble(error: BaseException, at: Endpoint) -> Trouble:
    """What went wrong, as staff read it. Never holds the key or what was said."""
    import openai

    match error:
        case openai.APITimeoutError() | TimeoutError():
            return Trouble(f"{at.host} did not answer within {at.timeout:g} s", True)
        case openai.AuthenticationError() | openai.PermissionDeniedError():
            return Trouble(f"{at.host} refused the key (status {error.status_code})", False)
        case openai.NotFoundError():
            return Trouble(f"{at.host} does not know the model {at.model} (status 404)", False)
        case openai.RateLimitError():
            return Trouble(f"{at.host} is busy or the quota is used up (status 429)", True)
        case openai.APIStatusError():
            return Trouble(
                f"{at.host} answered with an error (status {error.status_code})",
                error.status_code >= 500 or error.status_code in (408, 409),
            )
        case openai.APIConnectionError():
            return Trouble(f"{at.host} cannot be reached", True)
        case openai.APIError():
            return Trouble(f"{at.host} broke off with an error", True)
    return Trouble(f"{at.host} sent what could not be read ({type(error).__name__})", True)
