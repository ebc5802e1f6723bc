"""Between the agent, its guard rails and the conversation: words are weighed before they are spoken, trips are recorded, once."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from dataclasses import dataclass, replace

from calls.agent.ports import Action, Agent, EndCall, Note, Say, Transfer, Turn
from calls.agent.rails.opening import insert
from calls.agent.rails.shape import Trip
from calls.agent.session import Recorder
from calls.agent.watch import Watch


@dataclass(frozen=True, slots=True)
class Withheld:
    """In the place of a Say that must not be spoken."""

    text: str
    trips: tuple[Trip, ...]


class Guarded:
    """An agent whose words the watch sees first. Thinking, weighing and a second opinion happen in one task, off the line's loop."""

    def __init__(self, agent: Agent, watch: Watch, now_ms: Callable[[], int]) -> None:
        self._agent, self._watch, self._now = agent, watch, now_ms

    async def reply(self, turn: Turn) -> AsyncGenerator[Action | Withheld]:
        stream = self._agent.reply(turn)
        said = _Said()
        try:
            async for action in stream:
                for each in await self._weighed(action, said):
                    yield each
            if rest := self._rest(said):
                yield rest
        finally:
            if isinstance(stream, AsyncGenerator):
                await stream.aclose()  # a model's endpoint is told to stop

    async def _weighed(self, action: Action, said: "_Said") -> list[Action | Withheld]:
        if isinstance(action, EndCall | Transfer) and (rest := self._rest(said)):
            return [rest, action]
        if isinstance(action, Note) and action.kind == "optout":
            self._watch.understood(str(action.data.get("quote") or ""))
        if isinstance(action, Note) and action.kind == "pathway":
            self._watch.over_to(str(action.data.get("pathway_id") or ""), self._now())
        if not isinstance(action, Say) or not action.text.strip():
            return [action]
        text = action.text
        found = await self._watch.before(text, self._now())
        notes: list[Action | Withheld] = [note for note in found if isinstance(note, Note)]
        trips = tuple(trip for trip in found if isinstance(trip, Trip))
        if trips:
            return [*notes, Withheld(text, trips)]
        said.text = f"{said.text} {text}"
        if not said.completed and "?" in text and (added := self._watch.lacks(said.text)):
            said.completed = True
            text = insert(text, added)
        return [*notes, replace(action, text=text)]

    def _rest(self, said: "_Said") -> Say | None:
        """What an opening without a question lacks, behind it."""
        if said.completed or not said.text:
            return None
        said.completed = True
        added = self._watch.lacks(said.text)
        return Say(added, ("the persona discloses it",)) if added else None


@dataclass(slots=True)
class _Said:
    """One reply so far."""

    text: str = ""
    completed: bool = False  # what a persona wants disclosed was looked after


class Guard:
    """The conversation's side: writes down what tripped and says what is to be done."""

    def __init__(self, watch: Watch, recorder: Recorder) -> None:
        self.watch, self._recorder = watch, recorder

    async def tripped(self, found: Iterable[Trip | Note], be_quiet: Callable[[], Awaitable[None]]) -> Trip | None:
        """Records what is new; the trip that acts, or None. Before it acts we fall silent: what was said before stands before it."""
        new = [each if isinstance(each, Note) else self.watch.take(each) for each in found]
        acting = next((each for each in new if isinstance(each, Trip) and each.acted), None)
        if acting is not None:
            await be_quiet()
        for each in new:
            if isinstance(each, Note):
                await self._recorder.note(each)
            elif each is not None:
                await self._recorder.tripped(each)
        return acting

    async def note(self, note: Note) -> None:
        """A note of the agent. An opt-out that the watch heard first is not written twice."""
        if note.kind != "optout" or self.watch.opted_out(str(note.data.get("quote") or "")):
            await self._recorder.note(note)
