"""A second opinion on a custom rail from the configured model: asked only where meaning alone is unsure, and never waited for long.

When it does not answer in time, or answers neither yes nor no, the rail's own verdict stands; the call's record says so.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from typing import Literal

from calls.agent.endpoint import Endpoint, ask
from calls.agent.rails.custom import Rail, Speaker

BUDGET = 0.7  # seconds: about what a person takes to draw breath
ROLE = {"assistant": "our agent is about to say", "user": "the person called said"}

type Opinion = Literal["yes", "no", ""]
type Asking = Callable[[Rail, str, Speaker], Awaitable[Opinion]]


def of(at: Endpoint) -> Asking:
    async def opinion(rail: Rail, sentence: str, speaker: Speaker) -> Opinion:
        try:
            async with asyncio.timeout(BUDGET):
                answer = await ask(at, _messages(rail, sentence, speaker))
        except Exception:  # a guard that fails must not take the call with it
            return ""
        word = re.match(r"\W*(yes|no)\b", answer, re.I)
        return "" if word is None else "yes" if word[1].lower() == "yes" else "no"

    return opinion


def _messages(rail: Rail, sentence: str, speaker: Speaker) -> list[dict[str, str]]:
    lines = [
        "You check one sentence of a phone call against one rule. Answer with one word: yes when the sentence breaks the rule, else no."
    ]
    lines.append(f"Rule: {rail.prompt}")
    lines += [f"Breaks it: {text}" for text in rail.examples] + [f"Does not break it: {text}" for text in rail.near_misses]
    return [{"role": "system", "content": "\n".join(lines)}, {"role": "user", "content": f"This is what {ROLE[speaker]}: {sentence}"}]
