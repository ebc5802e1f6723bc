"""The Test button of Settings → Model: one short question to the endpoint, and in words what is wrong with it."""

import time
from dataclasses import dataclass

from asgiref.sync import async_to_sync

from calls.agent.endpoint import client, endpoint, trouble


@dataclass(frozen=True, slots=True)
class ProbeResult:
    ok: bool
    message: str  # for the page
    model: str = ""
    milliseconds: int = 0  # until the first word


async def aprobe(name: str = "base") -> ProbeResult:
    """Asks the endpoint configured for `name` ("base" or "turbo") for one word. Never raises for what an endpoint does."""
    at = endpoint(name)
    if at is None:
        return ProbeResult(
            False, f"No model is configured for “{name}”: set MODEL_BASE_URL and {'MODEL_TURBO' if name == 'turbo' else 'MODEL_BASE'}."
        )
    sdk = await client(at)
    began = time.monotonic()
    try:
        stream = await sdk.chat.completions.create(
            model=at.model, messages=[{"role": "user", "content": "Answer with the single word: ready"}], stream=True
        )
        try:
            async for chunk in stream:
                if chunk.choices and chunk.choices[0].delta.content:
                    took = round((time.monotonic() - began) * 1000)
                    return ProbeResult(True, f"{at.host} answers as {at.model}: first word after {took} ms.", at.model, took)
        finally:
            await stream.close()
    except Exception as error:
        return ProbeResult(False, f"{trouble(error, at).text}.", at.model)
    return ProbeResult(False, f"{at.host} answered without a word.", at.model)


def probe(name: str = "base") -> ProbeResult:
    """The same for a view."""
    result: ProbeResult = async_to_sync(aprobe)(name)
    return result
