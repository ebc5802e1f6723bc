"""An agent led by a task that goes over to a pathway when what the person says fits one of the call's routes.

Until then every turn is the first agent's. A route is chosen like a way of a pathway (calls.agent.pathway.choosing): by meaning, with a
margin to the other routes. What is answered by rule on every call (an opt-out, "are you a robot?", an emergency) never routes.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import datetime

from calls.agent import always
from calls.agent.encoder import encoder as shared_encoder
from calls.agent.endpoint import Endpoint
from calls.agent.pathway.choosing import Choice, choose
from calls.agent.pathway.ways import Way
from calls.agent.ports import Action, Agent, Brief, Encoder, EndCall, Note, Route, Turn
from calls.agent.walker import PathwayAgent, off


class RoutedAgent:
    """`name` is that of whoever leads now."""

    def __init__(
        self,
        brief: Brief,
        first: Agent,
        encoder: Encoder | None = None,
        *,
        now: Callable[[], datetime] | None = None,
        model: Endpoint | None = None,
    ) -> None:
        self.brief = brief
        self._leads, self._encoder, self._now, self._model = first, encoder, now, model
        self._walks = False

    @property
    def name(self) -> str:
        return self._leads.name

    async def reply(self, turn: Turn) -> AsyncIterator[Action]:
        if not self._walks and turn.kind == "heard" and turn.text.strip():
            choice = await off(self._chosen, turn.text)
            if choice is not None and choice.way is not None:
                route = self.brief.routes[int(choice.way.id)]
                yield _note(route, choice, self.brief.routes)
                self._go_over(route, turn)
        async for action in self._leads.reply(turn):
            if isinstance(action, EndCall):
                self._walks = True
            yield action

    def _chosen(self, text: str) -> Choice | None:
        encoder: Encoder = self._encoder if self._encoder is not None else shared_encoder()
        if always.detect(text, encoder) is not None:
            return None
        ways = [Way(str(n), route.pathway.pathway_id, route.name, route.prompt, anywhere=True) for n, route in enumerate(self.brief.routes)]
        return choose(text, ways, encoder)

    def _go_over(self, route: Route, turn: Turn) -> None:
        self._walks = True
        brief = replace(self.brief, pathway=route.pathway, routes=(), first_sentence="")
        lines = [["assistant" if line.speaker == "assistant" else "user", line.text] for line in turn.transcript]
        begun = {"quote": turn.text, "lines": lines, "left_start": True}
        self._leads = PathwayAgent(brief, self._encoder, state=begun, now=self._now, model=self._model)


def _note(route: Route, choice: Choice, routes: Sequence[Route]) -> Note:
    candidates = [
        {
            "id": s.way.id,
            "target": routes[int(s.way.id)].pathway.pathway_id,
            "label": s.way.label or s.way.description,
            "score": round(s.score, 2),
        }
        for s in choice.candidates
    ]
    name = route.pathway.name or route.name
    data = {
        "pathway_id": route.pathway.pathway_id,
        "version": route.pathway.version,
        "route": route.name,
        "candidates": candidates,
        "why": choice.why,
        "quote": choice.quote,
    }
    return Note("pathway", f"Went over to the pathway {name}, because they said “{choice.quote[:160]}”", data)
