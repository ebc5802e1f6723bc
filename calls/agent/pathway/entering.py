"""What each kind of step does as it is entered, and where it leads by itself.

`enter` yields actions and goes on through steps that do not wait for the person. A step that was entered from anywhere and has no way on
of its own leads back to the step before.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from calls.agent.builtin.wording import for_team, line
from calls.agent.pathway import acting, hearing
from calls.agent.pathway.looking_up import Found, Request, look_up, ready, request_of, tools_of
from calls.agent.pathway.model import Writer
from calls.agent.pathway.speaking import About, Words, greeting, last_question, verbatim, words_of
from calls.agent.pathway.steps import Next, entered
from calls.agent.pathway.walk import Walk
from calls.agent.pathway.ways import Way, general
from calls.agent.ports import Action, EndCall, Manner, Note, Say, Transfer, Turn, Wait
from calls.filling import find
from pathways.graph import Kind, Node, text_of, truthy, written

MOST_STEPS_IN_A_TURN = 25
MOST_VISITS = 10  # of one step on a call


@dataclass
class Entry:
    """One turn's way through steps. `off` runs what is CPU-bound beside the event loop."""

    walk: Walk
    turn: Turn
    off: Callable[..., Any]
    writer: Writer | None = None
    lookups: dict[str, asyncio.Task[Found]] = field(default_factory=dict)  # under way, by step
    steps: int = 0

    async def enter(self, node_id: str, *, way: Way | None = None) -> AsyncIterator[Action]:
        """Enters a step, and those after it that need no answer."""
        following: Next | None = Next(node_id, way)
        while following is not None:
            self.steps += 1
            for note in self._unsaid():
                yield note
            node, here = self._arrive(following.node_id, following.way), following
            following = None
            if node is None or self._too_often(node):
                for action in self._lost(here.node_id, node):
                    yield action
                return
            if (manner := self._manner(node)) is not None:
                yield manner
            async for done in self._do(node):
                if isinstance(done, Next):
                    following = done
                else:
                    yield done

    async def _on(self, doing: AsyncIterator[Action | Next]) -> AsyncIterator[Action]:
        """What a step does, and the steps that it leads to."""
        following: Next | None = None
        async for done in doing:
            if isinstance(done, Next):
                following = done
            else:
                yield done
        if following is not None:
            async for action in self.enter(following.node_id, way=following.way):
                yield action

    def _arrive(self, node_id: str, way: Way | None) -> Node | None:
        """Sets the state to the step."""
        state, node = self.walk.state, self.walk.graph.node(node_id)
        if node is None:
            return None
        if way is not None and way.anywhere:
            left = state.node
            if left and left not in state.origins and not (self.walk.node and self.walk.node.is_global and state.origins):
                state.origins.append(left)
        elif not node.is_global or node_id not in state.origins:
            state.origins = [] if not node.is_global else state.origins
        state.node, state.asks, state.stays, state.used = node_id, [], 0, []
        state.visits[node_id] = state.visits.get(node_id, 0) + 1
        return node

    def _unsaid(self) -> list[Note]:
        """What the step that is left was to remember and nobody said: null from now on, unless the call was sent with it."""
        state, notes = self.walk.state, list[Note]()
        for variable in self.walk.node.variables if self.walk.node else ():
            if variable.name and variable.name not in state.learnt and find(variable.name, self.walk.brief.variables) is None:
                state.learnt[variable.name] = None
                data = {"node_id": state.node, "name": variable.name, "value": None, "type": variable.type, "quote": ""}
                notes.append(Note("variable", f"{variable.name.replace('_', ' ').capitalize()} was not said", data))
        return notes

    def _manner(self, node: Node) -> Manner | None:
        """How this step listens, when it is another way than the step before."""
        options = node.model_options
        threshold, blocks = options.get("interruptionThreshold"), options.get("block_interruptions")
        wait = threshold if isinstance(threshold, int) and not isinstance(threshold, bool) and threshold >= 0 else None
        closed = truthy(blocks) if blocks is not None else (True if options.get("interruptibility") == 0 else None)
        before, self.walk.state.manner = self.walk.state.manner, [wait, closed]
        return Manner(wait, closed) if before != [wait, closed] else None

    def _too_often(self, node: Node) -> bool:
        return self.steps > MOST_STEPS_IN_A_TURN or self.walk.state.visits.get(node.id, 0) > MOST_VISITS

    def _lost(self, node_id: str, node: Node | None) -> list[Action]:
        told = f"There is no step “{node_id}”" if node is None else f"“{node.name}” was entered too often: the walk ends here"
        note = Note("loop" if node else "dead_end", told, {"node_id": node_id, "visits": self.walk.state.visits.get(node_id, 0)}, "error")
        if self.walk.brief.can_transfer and node is not None:
            return [note, Say(line("transfer_lost"), (told,)), Transfer()]
        return [note, Note("note_for_staff", told, {}), Say(for_team(self.walk.plan, line("goodbye_team")), (told,)), EndCall(told)]

    # what a step does -------------------------------------------------------------------------------------------------
    def _do(self, node: Node) -> AsyncIterator[Action | Next]:
        match node.kind:
            case Kind.OTHER:
                return self._unknown(node)
            case Kind.ROUTE:
                return acting.route(self, node)
            case Kind.SMS:
                return acting.sms(self, node)
            case Kind.PRESS:
                return acting.press(self, node)
            case Kind.WEBHOOK | Kind.TOOL:
                return self._look_up(node)
            case Kind.KNOWLEDGE:
                return self._knowledge(node)
            case Kind.PATHWAY:
                return self._pathway(node)
        return self._talk(node)

    async def _unknown(self, node: Node) -> AsyncIterator[Action | Next]:
        told = f"“{node.name}” is a step of the type “{node.type}”, which cannot be run"
        yield entered(node, "")
        yield Note("unknown_step", told, {"node_id": node.id, "type": node.type}, "error")
        for action in self.bye(told):
            yield action

    async def _talk(self, node: Node) -> AsyncIterator[Action | Next]:
        async for action in self._speak(node):
            yield action
        for note in await self.off(hearing.remember_before, self.walk, node):
            yield note
        match node.kind:
            case Kind.END:
                yield EndCall(f"the step “{node.name}” ends the call")
            case Kind.TRANSFER:
                number = self.walk.fill(written(node.data.get("transferNumber"))).strip()
                yield Note("transfer", f"Handing over, as “{node.name}” says", {"node_id": node.id, "number": number})
                yield Transfer(number="" if "{{" in number else number)
            case Kind.WAIT:
                if not (node.text or node.prompt).strip():
                    yield Wait()
            case _:
                if truthy(node.model_options.get("skipUserResponse")) and (way := self._only_way(node)):
                    yield self._went(way, "it does not wait for an answer")
                    yield Next(way.target)
                elif self.walk.state.origins and not self.walk.graph.ways(node.id):
                    async for following in self._go_back():
                        yield following

    async def _speak(self, node: Node) -> AsyncIterator[Action]:
        """The step's words: the model's for a prompt, when there is one; else its text, or its prompt read by rules."""
        about = About(self.walk.aloud, self.walk.plan, opening=self.turn.kind == "open")
        if self.writer is not None and self.walk.writes(node):
            yield entered(node, "")
            said: list[str] = []
            async for action in self.writer.write(self.walk, node, self.turn, said):
                yield action
            if said:
                self.walk.state.questions[node.id] = last_question(said[-1]) or said[-1]
                return
            words = await self.off(words_of, node, about)
        else:
            words = await self.off(words_of, node, about)
            if not any(speaker == "assistant" for speaker, _ in self.walk.state.lines):
                words = greeting(words, self.walk.plan)
                for note in _unknown_facts(node, words):
                    yield note
            yield entered(node, words.said)
        for action in self.told(node, words):
            yield action

    async def again(self, node: Node) -> AsyncIterator[Action]:
        """A step whose prompt a model writes, said once more: it answers what they asked and asks again in other words."""
        said: list[str] = []
        if self.writer is not None:
            async for action in self.writer.write(self.walk, node, self.turn, said, again=True):
                yield action
        if not said:
            yield Say(f"{line('not_understood')} {self.walk.question}".strip(), ("asked again: nothing they said leads on",))

    def told(self, node: Node, words: Words, *, keep: bool = False) -> list[Action]:
        """`keep`: said besides; the step's question stays what it was."""
        notes = [
            Note(
                "fallback", f"Not spoken, it looks like {why}: {sentence}", {"node_id": node.id, "sentence": sentence, "why": why}, "error"
            )
            for sentence, why in words.refused
        ]
        if not keep:
            self.walk.state.asks = list(words.asks)
        if not words.said:
            return list(notes)
        if not keep:
            self.walk.state.questions[node.id] = last_question(words.said) or words.said
        return [*notes, Say(words.said, (f"step {node.name}: {words.why}",))]

    def bye(self, why: str) -> list[Action]:
        staff = Note("note_for_staff", why, {"node_id": self.walk.state.node})
        return [staff, Say(for_team(self.walk.plan, line("goodbye_team")), (why,)), EndCall(why)]

    # steps that go on by themselves -----------------------------------------------------------------------------------
    async def onward(self, node: Node) -> AsyncIterator[Action | Next]:
        """By the only way on; with several the person is heard first; without any back to where the walk came from."""
        if way := self._only_way(node):
            yield self._went(way, "it is the only way on")
            yield Next(way.target)
        elif not self.walk.graph.ways(node.id):
            async for following in self._go_back():
                yield following
        else:
            yield Wait()

    def _only_way(self, node: Node) -> Way | None:
        ways = self.walk.own_ways(node)
        if len({w.target for w in ways}) == 1:
            return ways[0]
        return next((w for w in ways if general(w)), None)

    def _went(self, way: Way, why: str) -> Note:
        target = self.walk.graph.node(way.target)
        return hearing.decision(self.walk, way, None, why, f"Went on to {target.name if target else way.target}: {why}")

    async def _go_back(self) -> AsyncIterator[Action | Next]:
        """From a step that can be entered from anywhere to the one before, whose question is asked again."""
        state = self.walk.state
        if not state.origins:
            note = Note("dead_end", "This step has no way on", {"node_id": state.node}, "error")
            for action in (note, Say(line("goodbye"), ("the step has no way on",)), EndCall("no way on")):
                yield action
            return
        origin = self.walk.graph.node(state.origins.pop())
        if origin is None:
            return
        question = state.questions.get(origin.id, "")
        state.node, state.stays = origin.id, 0
        yield Note("node", f"Back to {origin.name}", {**entered(origin, question).data, "returned": True})
        if question:
            yield Say(question, (f"back to {origin.name}",))

    async def _knowledge(self, node: Node) -> AsyncIterator[Action | Next]:
        asked = self.walk.state.quote
        replies = await self.off(hearing.answer_all, self.walk, asked, node) if asked and self.turn.kind == "heard" else []
        said = " ".join(a.text for a in replies if isinstance(a, Say))
        yield entered(node, said)
        if replies and any(isinstance(a, Say) for a in replies):
            for action in replies:
                yield action
            self.walk.state.questions.setdefault(node.id, said)
        else:
            async for action in self._speak_only(node):
                yield action
        if self.walk.state.origins and not self.walk.graph.ways(node.id):
            async for following in self._go_back():
                yield following

    async def _speak_only(self, node: Node) -> AsyncIterator[Action]:
        words = await self.off(words_of, node, About(self.walk.aloud, self.walk.plan))
        for action in self.told(node, words):
            yield action

    async def _pathway(self, node: Node) -> AsyncIterator[Action | Next]:
        async for action in self._speak(node):
            yield action
        wanted = node.data.get("transferPathway")
        uid = written(wanted.get("id") if isinstance(wanted, dict) else wanted).strip()
        other = self.walk.brief.others.get(uid)
        if other is None:
            told = f"“{node.name}” goes over to a pathway that is not there"
            for each in (Note("unknown_pathway", told, {"node_id": node.id, "pathway_id": uid}, "error"), *self.bye(told)):
                yield each
            return
        self.go_over(uid)
        step = written(node.data.get("transferPathwayNode")) or other.start_node_id
        start = self.walk.graph.node(step) or self.walk.graph.start
        data = {"node_id": node.id, "pathway_id": other.pathway_id, "version": other.version}
        yield Note("pathway", f"Went over to the pathway {other.name}", data)
        if start is None:
            for each in self.bye(f"The pathway {other.name} has no steps"):
                yield each
            return
        yield Next(start.id)

    def go_over(self, uid: str) -> None:
        state = self.walk.state
        state.pathway, state.node, state.origins, state.questions, state.visits = uid, "", [], {}, {}
        for name in ("plan", "sentences"):
            self.walk.__dict__.pop(name, None)

    async def _look_up(self, node: Node) -> AsyncIterator[Action | Next]:
        """Remembers, calls the address while it speaks, says its words, goes on by the answer."""
        for note in await self.off(hearing.remember_before, self.walk, node):
            yield note
        request = request_of(node)
        words = await self.off(verbatim, request.speech if request else "", self.walk.aloud)
        yield entered(node, words.said)
        for action in self.told(node, words):
            yield action
        if request is None:
            for action in self.bye(f"“{node.name}” names no web address"):
                yield action
            return
        async for following in self._after_call(node, request):
            yield following

    async def _after_call(self, node: Node, request: Request) -> AsyncIterator[Action | Next]:
        found = await self._called(request)
        for note in found.notes:
            yield note
        async for action in self._speak_only(node):
            yield action
        if found.target:
            yield self._answered(node, found)
            yield Next(found.target)
            return
        async for following in self.onward(node):
            yield following

    def under_way(self) -> bool:
        """Whether an address that this step asked has not answered: the person spoke meanwhile."""
        return self.walk.state.node in self.lookups

    async def resume(self) -> AsyncIterator[Action]:
        """Goes on with the step that waits for an address."""
        node = self.walk.node
        if node is not None and (request := request_of(node)) is not None:
            async for action in self._on(self._after_call(node, request)):
                yield action

    async def beside(self, node: Node) -> AsyncIterator[Action | Next]:
        """The tools beside the talk of a step, each once a visit, as soon as all that it needs is known."""
        for request, tool in tools_of(node):
            if request.name in self.walk.state.used or not ready(request, self.walk.known):
                continue
            self.walk.state.used.append(request.name)
            for action in self.told(node, await self.off(verbatim, request.speech, self.walk.aloud), keep=True):
                yield action
            found = await self._called(request)
            for note in found.notes:
                yield note
            if found.target and text_of(tool, "behavior") != "feed_context":
                yield self._answered(node, found)
                yield Next(found.target)
                return

    async def _called(self, request: Request) -> Found:
        """Once asked, an address is asked to the end, whatever the person says meanwhile: what it did there cannot be taken back."""
        if request.node_id not in self.lookups:
            self.lookups[request.node_id] = asyncio.ensure_future(look_up(self.walk, request))
        asked = self.lookups[request.node_id]
        try:
            return await asyncio.shield(asked)
        finally:
            if asked.done():  # also when it failed: the next visit asks anew
                self.lookups.pop(request.node_id, None)

    def _answered(self, node: Node, found: Found) -> Note:
        target = self.walk.graph.node(found.target)
        way = Way(f"response:{node.id}", found.target, found.name)
        message = f"Went on to {target.name if target else found.target}, because {found.why}"
        return hearing.decision(self.walk, way, None, found.why, message)


def _unknown_facts(node: Node, words: Words) -> list[Note]:
    """What the call should have been sent with: whoever sent it reads it with the call."""
    if not words.missing:
        return []
    data = {"node_id": node.id, "missing": list(words.missing), "said": words.said}
    return [Note("missing_facts", f"The opening could not be said whole: {', '.join(words.missing)} not known", data, "error")]
