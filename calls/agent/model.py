"""The model agent: a language model behind an OpenAI-compatible endpoint speaks, inside rules that it cannot leave.

The first sentence, "are you a robot?", an opt-out, an emergency and silence are answered by rule. Every sentence of the model passes
`calls.agent.checks` before it is spoken. When the endpoint fails twice in a turn the built-in agent takes over for the rest of the call.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from typing import TYPE_CHECKING, Any

from calls.agent import always, checks, prompt
from calls.agent.builtin.agent import NAME as BUILT_IN
from calls.agent.builtin.agent import BuiltinAgent, plan_of
from calls.agent.builtin.text import fill, sentences
from calls.agent.builtin.wording import MAX_SILENCE, line
from calls.agent.cutting import Cutter
from calls.agent.encoder import encoder
from calls.agent.endpoint import Endpoint, Trouble, client, trouble
from calls.agent.gate import FunctionCall, Gate, functions
from calls.agent.ports import Action, Brief, EndCall, Line, Note, Say, Turn

if TYPE_CHECKING:
    from openai.types.chat import ChatCompletionChunk

TRIES = 2
LONGEST_WAIT = 12.0  # seconds for a first sentence, whatever MODEL_TIMEOUT says: the session gives up on a reply after 30


class Failed(Exception):
    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.text)
        self.trouble = trouble


class ModelAgent:
    """One call's agent. `name` is the model's, until the built-in agent took over."""

    def __init__(self, brief: Brief, at: Endpoint) -> None:
        self.brief = brief
        self.name = at.model
        self._at = at
        self._tools = brief.model != "turbo"
        self._opened = self._disclosed = self._over = False
        self._silent = 0
        self._sentences: always.Sentences | None = None
        self._instead: BuiltinAgent | None = None  # speaks since the endpoint failed
        self._hints: list[str] = []
        self._more_sources: list[str] = []

    async def reply(self, turn: Turn) -> AsyncIterator[Action]:
        if self._instead is not None:
            async for action in self._instead.reply(turn):
                yield action
            return
        if self._over:
            yield EndCall("already ended")
            return
        self._hints += turn.hints
        if self._sentences is None:
            self._sentences = always.Sentences(self.brief.language, await asyncio.to_thread(plan_of, self.brief))
        first = fill(self.brief.first_sentence, self.brief.variables).strip()
        if not self._opened and first:
            self._opened, self._disclosed = True, checks.discloses(first)
            yield Say(first, ("first_sentence",))
            return
        if turn.kind == "silence" and self._opened:
            for action in self._silence(turn):
                yield action
            return
        self._silent = 0
        found = await asyncio.to_thread(_standing, turn)
        if found is not None:
            self._opened = True
            for action in self._by_rule(found, turn):
                yield action
            if found.name != "robot" or len(found.rest.split()) < 2:
                return
        said: list[str] = []
        async for action in self._by_model(turn, said):
            yield action

    # by rule ----------------------------------------------------------------------------------------------------------
    def _say(self, key: str, asked: str = "") -> str:
        assert self._sentences is not None
        return self._sentences.say(key, asked)

    def _by_rule(self, found: always.Found, turn: Turn) -> list[Action]:
        intent = Note("intent", found.name, {"intent": found.name, "quote": found.sentence})
        why = (f"intent {found.name}: {found.sentence}",)
        if found.name == "robot":
            self._disclosed = True
            words = [self._say("robot", found.sentence)]
            if len(found.rest.split()) < 2 and (question := _last_question(prompt.before_words(turn))):
                words.append(question)
            return [intent, Say(" ".join(words), why)]
        self._over = True
        told = {
            "optout": Note("optout", "Asked not to be called again", {"quote": turn.text}),
            "emergency": Note("emergency", "Spoke of an emergency", {"quote": turn.text}, level="error"),
        }[found.name]
        return [intent, told, Say(self._say(found.name), why), EndCall(found.name)]

    def _silence(self, turn: Turn) -> list[Action]:
        self._silent += 1
        if self._silent >= MAX_SILENCE:
            self._over = True
            return [Note("silence", "Nobody spoke"), Say(line("goodbye_silence"), ("silence",)), EndCall("silence")]
        words = [line("hear_me")] if self._silent == 1 else [line("cannot_hear"), _last_question(turn.transcript)]
        return [Say(" ".join(w for w in words if w), ("silence",))]

    # by the model -----------------------------------------------------------------------------------------------------
    async def _by_model(self, turn: Turn, said: list[str]) -> AsyncIterator[Action]:
        """One reply: two tries, then the built-in agent. `said` collects what was spoken."""
        opening, self._opened = not self._opened, True
        if not self._disclosed and not opening:
            self._disclosed = True  # a first sentence without it: said before anything else is
            yield Say(self._say("disclose"), ("says that it is automated",))
        for attempt in range(1, TRIES + 1):
            pieces = self._answer(turn, said, opening=opening)
            try:
                async for action in pieces:
                    yield action
                return
            except Failed as failure:
                problem = failure.trouble
            finally:
                await pieces.aclose()
            if not problem.again:
                break
            if attempt < TRIES:
                yield Note("model_retry", f"{problem.text}: asked once more", level="error")
        data = {"agent": BUILT_IN, "model": self._at.model}
        yield Note("fallback", f"{problem.text}: the {BUILT_IN.lower()} takes over", data, level="error")
        self.name = BUILT_IN
        lines = [*prompt.before_words(turn), *(Line("assistant", text) for text in said)]
        self._instead = BuiltinAgent(self.brief, transcript=lines)
        if turn.kind == "open" and said:
            return  # its opening broke off: the callee answers what was heard of it
        async for action in self._instead.reply(turn):
            yield action

    async def _answer(self, turn: Turn, said: list[str], *, opening: bool) -> AsyncGenerator[Action]:
        """One try. Raises Failed; what was yielded before that is spoken."""
        chat = prompt.messages(self.brief, turn, tools=self._tools, said=said, hints=self._hints, disclosed=self._disclosed or not opening)
        gate = Gate(self.brief, turn.text, self._sources(turn), said, self._say, tools=self._tools)
        pieces = self._pieces(chat)
        try:
            async for piece in pieces:
                if isinstance(piece, FunctionCall):
                    gate.call(piece)
                    continue
                for action in gate.sentence(piece):
                    yield action
                if gate.closed:
                    break
        finally:
            await pieces.aclose()  # also tells the endpoint to stop
        if not said and not gate.calls:
            raise Failed(Trouble(f"{self._at.host} gave an empty answer", True))
        self._disclosed = self._disclosed or any(checks.discloses(text) for text in said)
        if opening and not self._disclosed:
            self._disclosed = True
            yield Say(self._say("disclose"), ("says that it is automated",))
        for action in gate.end():
            self._over = self._over or isinstance(action, EndCall)
            yield action

    def _sources(self, turn: Turn) -> list[str]:
        """Everything a number may come from."""
        brief = self.brief
        lines = [line.text for line in turn.transcript]
        return [
            brief.task,
            brief.first_sentence,
            *checks.texts(brief.variables),
            brief.knowledge,
            *self._hints,
            *self._more_sources,
            *lines,
            turn.text,
        ]

    async def _pieces(self, chat: list[dict[str, str]]) -> AsyncGenerator[str | FunctionCall]:
        """Sentences as they are complete, then the functions called. Raises Failed."""
        at, loop = self._at, asyncio.get_running_loop()
        wait = min(at.timeout, LONGEST_WAIT)
        request: dict[str, Any] = {"model": at.model, "messages": chat, "temperature": self.brief.temperature, "stream": True}
        if self._tools:
            request["tools"] = functions(self.brief)
        cutter, calls = Cutter(), dict[int, FunctionCall]()
        stream, due = None, loop.time() + wait
        try:
            sdk = await client(at)
            due = loop.time() + wait
            stream = await asyncio.wait_for(sdk.chat.completions.create(**request), wait)
            chunks = aiter(stream)
            while (chunk := await asyncio.wait_for(_next(chunks), max(0.0, due - loop.time()))) is not None:
                _collect(chunk, calls)
                for sentence in cutter.feed(_content(chunk)):
                    yield sentence
                    due = loop.time() + wait
        except Exception as error:
            raise Failed(trouble(error, at)) from error
        finally:
            if stream is not None:
                await stream.close()
        if rest := cutter.rest():
            yield rest
        for call in calls.values():
            yield call


async def write(
    brief: Brief, at: Endpoint, turn: Turn, said: list[str], sentences: always.Sentences, sources: Sequence[str] = ()
) -> AsyncGenerator[Action]:
    """What a step of a pathway says: one answer without functions, each sentence checked. `brief.task` is the step. Raises Failed.

    `sources`: what numbers may come from besides. The graph decides what happens next, so only words and notes are let through.
    """
    agent = ModelAgent(brief, at)
    agent._tools, agent._opened, agent._disclosed, agent._sentences = False, True, True, sentences
    agent._hints = [*turn.hints]
    agent._more_sources = list(sources)
    pieces = agent._answer(turn, said, opening=False)
    try:
        async for action in pieces:
            if isinstance(action, Say | Note):
                yield action
    finally:
        await pieces.aclose()


def _standing(turn: Turn) -> always.Found | None:
    return always.detect(turn.text, encoder()) if turn.kind != "pressed" and turn.text.strip() else None


async def _next(chunks: "AsyncIterator[ChatCompletionChunk]") -> "ChatCompletionChunk | None":
    return await anext(chunks, None)


def _content(chunk: "ChatCompletionChunk") -> str:
    return (chunk.choices[0].delta.content or "") if chunk.choices else ""


def _collect(chunk: "ChatCompletionChunk", calls: dict[int, FunctionCall]) -> None:
    for part in (chunk.choices[0].delta.tool_calls or []) if chunk.choices else []:
        call = calls.setdefault(part.index or 0, FunctionCall())
        if part.function is not None:
            call.name += part.function.name or ""
            call.arguments += part.function.arguments or ""


def _last_question(lines: Sequence[Line]) -> str:
    """Our newest question, to ask it again."""
    ours = next((line.text for line in reversed(lines) if line.speaker == "assistant"), "")
    return next((s for s in reversed(sentences(ours)) if s.endswith("?")), "")
