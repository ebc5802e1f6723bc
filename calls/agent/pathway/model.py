"""The configured model on a walk: it chooses a way when the rules are not sure, and writes what a prompt says.

Its words pass the same gate as those of the model agent. It never decides on an opt-out, an emergency or whether it is a machine: those
are answered before it is asked. When it fails, the rules decide and speak; after two failures in a row it is not asked again on this call.
"""

import asyncio
import json
import logging
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from calls.agent.endpoint import Endpoint, ask, trouble
from calls.agent.pathway.choosing import Choice, Scored
from calls.agent.pathway.walk import Walk, text_of_kb
from calls.agent.pathway.ways import Way
from calls.agent.ports import Action, Line, Note, Turn
from pathways.graph import Kind, Node, listed

log = logging.getLogger(__name__)
MOST_FAILURES = 2
LONGEST_DECISION = 6.0  # seconds: somebody waits on the line
MOST_WAYS, MOST_LINES = 24, 8

CHOOSE = """You steer a phone call through steps. Decide which way on fits what the other person just said.
Answer with JSON only: {"way": <number>}. Use 0 when none fits, when they asked something instead, or when you are not sure."""
MET = """You steer a phone call through steps. Decide whether a condition is met by what was said.
Answer with JSON only: {"met": true} or {"met": false}. When you are not sure it is not met."""
STEP = """{context}

# This step of the call: {name}
{prompt}

Say what this step asks for in one or two short spoken sentences, as the next words of the conversation. Do not say again what was said, \
do not go on to other matters, and do not end the call{ending}.{again}"""


@dataclass(slots=True)
class Writer:
    """One call's model. `failures`: in a row."""

    at: Endpoint
    failures: int = 0

    @property
    def on(self) -> bool:
        return self.failures < MOST_FAILURES

    # words ------------------------------------------------------------------------------------------------------------
    async def write(self, walk: Walk, node: Node, turn: Turn, said: list[str], *, again: bool = False) -> AsyncIterator[Action]:
        """What a step says; `said` collects the words. Nothing said: the rules speak instead. `again`: it was said and led nowhere."""
        from calls.agent.model import Failed, write  # only processes that talk to a model load it

        brief = replace(
            walk.brief, task=self._task(walk, node, again=again), first_sentence="", variables=walk.aloud, pathway=None, plan=None
        )
        if node.kind == Kind.KNOWLEDGE:
            brief = replace(brief, knowledge="\n".join(t for t in (walk.fill_aloud(text_of_kb(node)), brief.knowledge) if t.strip()))
        told = replace(turn, transcript=_lines(walk)) if not turn.transcript else turn
        pieces = write(brief, self.at, told, said, walk.sentences, [walk.fill_aloud(walk.graph.global_prompt)])
        try:
            async for action in pieces:
                yield action
            self.failures = 0
        except Failed as failed:
            yield self._failed(failed.trouble.text)
        finally:
            await pieces.aclose()

    def _task(self, walk: Walk, node: Node, *, again: bool) -> str:
        ending = ". This is the last step: say goodbye" if node.kind == Kind.END else ""
        repeated = " They did not answer what was asked: ask again in other words, after you answered theirs." if again else ""
        prompt = walk.fill_aloud(node.prompt)
        if examples := [e for e in map(_example, listed(node.data, "dialogueExamples")) if e][:3]:
            prompt += "\nLines that are good here:\n" + "\n".join(f"- {walk.fill_aloud(e)}" for e in examples)
        return STEP.format(
            context=walk.fill_aloud(walk.graph.global_prompt), name=node.name, prompt=prompt, ending=ending, again=repeated
        ).strip()

    # decisions --------------------------------------------------------------------------------------------------------
    async def choose(self, walk: Walk, choice: Choice, text: str) -> tuple[Choice, Note | None]:
        """The choice as the model makes it, or the one of the rules with a note why the model made none."""
        ways = [s.way for s in choice.candidates][:MOST_WAYS]
        if not ways:
            return choice, None
        listed_ways = "\n".join(f"{n}. {_described(way)}" for n, way in enumerate(ways, 1))
        asked = f"{_talk(walk)}\n\nThe agent had asked: {walk.question}\nThe person said: {text}\n\nWays on:\n{listed_ways}"
        answer, note = await self._ask(CHOOSE, asked)
        number = answer.get("way") if answer else None
        if not isinstance(number, int) or isinstance(number, bool) or not 0 <= number <= len(ways):
            return choice, note
        if number == 0:
            return choice.taking(None, f"{self.at.model} finds that no way fits"), None
        way = ways[number - 1]
        moved = tuple(sorted(choice.candidates, key=lambda s: s.way is not way))
        best = next((s for s in moved if s.way is way), Scored(way, 0.0))
        return replace(
            choice.taking(way, f"{self.at.model} decided, the rules were not sure"), candidates=moved, quote=best.quote or text
        ), None

    async def met(self, walk: Walk, condition: str, text: str) -> tuple[bool | None, Note | None]:
        answer, note = await self._ask(MET, f"{_talk(walk)}\nThe person said: {text}\n\nCondition: {walk.fill(condition)}")
        found = answer.get("met") if answer else None
        return (found, None) if isinstance(found, bool) else (None, note)

    async def _ask(self, system: str, user: str) -> tuple[dict[str, Any] | None, Note | None]:
        try:
            messages = [{"role": "system", "content": system}, {"role": "user", "content": user}]
            answer = await asyncio.wait_for(ask(self.at, messages), min(LONGEST_DECISION, self.at.timeout))
        except Exception as error:
            return None, self._failed(trouble(error, self.at).text)
        self.failures = 0
        return _json(answer), None

    def _failed(self, why: str) -> Note:
        self.failures += 1
        after = "" if self.on else ", and it is not asked again on this call"
        return Note("fallback", f"{why}: the rules decide and speak{after}", {"model": self.at.model}, level="error")


def _described(way: Way) -> str:
    said = f" They say, for example: {'; '.join(way.examples[:3])}." if way.examples else ""
    return f"{way.label or way.description}. {way.description if way.label else ''}{said}".strip()


def _talk(walk: Walk) -> str:
    names = {"user": "Person", "assistant": "Agent"}
    return "\n".join(f"{names.get(who, who)}: {text}" for who, text in walk.state.lines[-MOST_LINES:])


def _lines(walk: Walk) -> Sequence[Line]:
    return [Line("assistant" if who == "assistant" else "user", text) for who, text in walk.state.lines]


def _json(answer: str) -> dict[str, Any] | None:
    found = re.search(r"\{[^{}]*\}", answer)
    try:
        data = json.loads(found[0]) if found else None
    except ValueError:
        return None
    return data if isinstance(data, dict) else None


def _example(item: Any) -> str:
    if isinstance(item, str):
        return item
    if isinstance(item, dict):
        return next(
            (v for k, v in item.items() if isinstance(v, str) and re.search(r"ideal|response|assistant|agent|good", str(k), re.I)), ""
        )
    return ""
