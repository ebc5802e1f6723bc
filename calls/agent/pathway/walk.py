"""One walk: the call's brief, the graph it stands in, its state, and what every part asks of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Protocol

from calls.agent.always import Sentences
from calls.agent.builtin import callback
from calls.agent.builtin.analyse import read_task
from calls.agent.builtin.knowledge import Facts
from calls.agent.builtin.plan import Plan
from calls.agent.builtin.text import stems
from calls.agent.pathway.examples import examples_of, global_examples
from calls.agent.pathway.speaking import last_question
from calls.agent.pathway.state import State
from calls.agent.pathway.ways import Way
from calls.agent.ports import Brief, Encoder, PathwayBrief
from calls.filling import fill, shown
from pathways import graph as graphs
from pathways.graph import Graph, Kind, Node

HERE = PathwayBrief("", "", 0, {})  # a call without a pathway


class Writing(Protocol):
    """The model of a call, as far as a walk asks for it."""

    @property
    def on(self) -> bool: ...


@dataclass
class Walk:
    brief: Brief
    encoder: Encoder
    state: State
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    writer: Writing | None = None  # the model configured for this call
    _graphs: dict[str, Graph] = field(default_factory=dict)
    _knowledge: dict[str, Facts] = field(default_factory=dict)

    # where it stands --------------------------------------------------------------------------------------------------
    @property
    def pathway(self) -> PathwayBrief:
        return self.brief.others.get(self.state.pathway) or self.brief.pathway or HERE

    @property
    def graph(self) -> Graph:
        if self.state.pathway not in self._graphs:
            self._graphs[self.state.pathway] = graphs.load(self.pathway.graph)
        return self._graphs[self.state.pathway]

    @property
    def node(self) -> Node | None:
        return self.graph.node(self.state.node)

    @property
    def question(self) -> str:
        """What this step asked last, else our last question, else our last words."""
        asked = self.state.questions.get(self.state.node)
        before = (q for who, text in reversed(self.state.lines) if who == "assistant" and (q := last_question(text)))
        return asked or next(before, self.state.last)

    def writes(self, node: Node) -> bool:
        """Whether a model writes this step's words: it has a prompt and no text of its own."""
        return self.writer is not None and self.writer.on and bool(node.prompt.strip()) and not node.text.strip()

    def local_now(self) -> datetime:
        return self.now().astimezone(callback.zone(self.brief.timezone))

    # what is known ----------------------------------------------------------------------------------------------------
    @property
    def known(self) -> dict[str, Any]:
        """Every variable; what was learnt on the call goes before what it was sent with."""
        learnt = {k: v for k, v in self.state.learnt.items() if v is not None}
        return {"input": learnt, **self.brief.variables, **learnt}

    @property
    def aloud(self) -> dict[str, Any]:
        """The same, as it is said."""
        return {**self.known, **self.state.aloud}

    def fill(self, text: str) -> str:
        return fill(text, self.known)

    def fill_aloud(self, text: str) -> str:
        return fill(text, self.aloud)

    @cached_property
    def plan(self) -> Plan:
        """The reading of the global prompt: who calls for whom, what it may answer and what not."""
        return read_task(fill(self.graph.global_prompt, self.brief.variables), self.brief.variables, self.brief.knowledge)

    @cached_property
    def sentences(self) -> Sentences:
        return Sentences(self.brief.language, self.plan)

    @property
    def facts(self) -> Facts:
        """What may be answered from. Data of the call only once a way was taken: before, nobody knows who listens."""
        name = "all" if self.state.left_start else "public"
        if name not in self._knowledge:
            data = self.brief.variables if name == "all" else {}
            plan = read_task(fill(self.graph.global_prompt, self.brief.variables), data, self.brief.knowledge)
            self._knowledge[name] = Facts(plan, self.encoder)
        return self._knowledge[name]

    def knowledge_of(self, node: Node) -> Facts:
        """The text in a Knowledge Base step, with the call's own knowledge behind it."""
        key = f"{self.state.pathway}/{node.id}"
        if key not in self._knowledge:
            plan = Plan(purpose=self.plan.purpose)
            text = "\n".join(t for t in (fill(text_of_kb(node), self.aloud), self.brief.knowledge) if t.strip())
            plan.facts = [f for f in read_task("", {}, text).facts if f]
            self._knowledge[key] = Facts(plan, self.encoder)
        return self._knowledge[key]

    # ways on ----------------------------------------------------------------------------------------------------------
    def ways(self, node: Node) -> list[Way]:
        """The edges of a step, then the steps that can be entered from anywhere."""
        return [*self.own_ways(node), *(self._anywhere(n) for n in self.graph.globals if n.id not in (node.id, *self.state.origins))]

    def own_ways(self, node: Node) -> list[Way]:
        more = examples_of(node)
        return [
            Way(
                e.id,
                e.target,
                self.fill(e.label),
                self.fill(e.description),
                tuple(self.fill(x) for x in (*e.examples, *more.get(e.label.strip().casefold(), ()))),
            )
            for e in self.graph.ways(node.id)
            if e.target in self.graph.by_id
        ]

    def _anywhere(self, node: Node) -> Way:
        answers = None
        if node.kind == Kind.KNOWLEDGE and text_of_kb(node).strip():
            answers = self._answering(node)
        label, description = self.fill(node.global_label), self.fill(node.global_description)
        return Way(f"global:{node.id}", node.id, label, description, global_examples(node), anywhere=True, answers=answers)

    def _answering(self, node: Node) -> Callable[[str], float]:
        def fits(question: str) -> float:
            found = self.knowledge_of(node).answer(question)
            return found.score if found.kind == "fact" and stems(question) else 0.0

        return fits


def text_of_kb(node: Node) -> str:
    kb: Any = node.data.get("kb")
    if isinstance(kb, Mapping):
        kb = kb.get("text") or kb.get("content")
    return kb if isinstance(kb, str) else ""


def shown_value(value: Any) -> str:
    return "yes" if value is True else "no" if value is False else shown(value)
