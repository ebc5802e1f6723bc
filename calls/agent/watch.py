"""The guard rails of one call: what is told to them, and when they trip. Framework-free; `calls.agent.guarding` acts on it.

Required disclosures are due at their end on the call's clock. A disclosure counts from when its sentence begins: what is being spoken at
that moment and makes it is heard out, and judged by what of it was heard. Our words are weighed before they are spoken.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Protocol

from calls.agent.builtin import intents, signs
from calls.agent.builtin.text import sentences
from calls.agent.ports import Brief, Encoder, Note
from calls.agent.rails import custom, opening, words
from calls.agent.rails.custom import Match, Speaker
from calls.agent.rails.disclosure import Disclosures, Fact, facts
from calls.agent.rails.going_on import going_on
from calls.agent.rails.opinion import BUDGET, Asking
from calls.agent.rails.shape import CUSTOM, OPT_OUT, Trip, Watched
from calls.carriers.timing import CHARACTER_MS

OVER = " of going over to its pathway"
SAID_SO = "Asked not to be called again"
MISSED: dict[Fact, str] = {
    "ai": "it was not said that a machine calls",
    "self": "nobody said who calls",
    "recording": "it was not said that the call is recorded",
}


type Speaking = Sequence[tuple[str, int]]  # text, and when it began or will begin


class Watch(Protocol):
    """Who watches a call. Trips come back as candidates: `take` says which of them is new, and whether it acts."""

    def lacks(self, text: str) -> str:
        """The sentences that a persona wants in its opening and that neither the call so far nor `text` disclosed; "" when none."""
        ...

    async def before(self, text: str, now_ms: int) -> list[Trip | Note]:
        """Looks at words of the agent that are not yet spoken. With a Trip among the answers they must not be."""
        ...

    def ours(self, text: str, start_ms: int, end_ms: int) -> None:
        """Words of ours that were heard on the line."""
        ...

    async def theirs(self, text: str, now_ms: int, line_seq: int | None) -> list[Trip | Note]:
        """Words of the person called. A Note is an opt-out, once."""
        ...

    def understood(self, quote: str) -> None:
        """The agent took their words for an opt-out."""
        ...

    def opted_out(self, quote: str) -> bool:
        """An opt-out is about to be recorded; False when one was before."""
        ...

    def over_to(self, pathway_id: str, now_ms: int) -> None:
        """The call goes over to another pathway: its rails watch from now on, and its steps are those that a rail can move to."""
        ...

    def due_at(self, speaking: Speaking) -> int | None:
        """When the next rail trips by the clock alone; `speaking`: what we are saying at the moment."""
        ...

    def due(self, now_ms: int, speaking: Speaking) -> list[Trip]: ...

    def take(self, trip: Trip) -> Trip | None:
        """The trip as it is to be recorded; None for a rail that tripped before."""
        ...

    @property
    def instead(self) -> str:
        """What is said in the place of withheld words when no rail acts."""
        ...

    def off(self) -> None:
        """Nothing trips any more: a voicemail, a transfer, the end."""
        ...


@lru_cache(maxsize=256)
def _told(text: str, begins_ms: int) -> tuple[tuple[int, Fact], ...]:
    """What words that are being spoken disclose, and when, by the usual pace of speech."""
    told, at = list[tuple[int, Fact]](), begins_ms
    for sentence in sentences(text) or [text]:
        told += [(at, fact) for fact in facts(sentence)]
        at += CHARACTER_MS * (len(sentence) + 1)
    return tuple(told)


class RailWatch:
    """`nodes`: the steps of the pathway that leads the call, empty without one; `elsewhere`: those of the pathways that it may go over to,
    by uid. `encoder` None: words alone decide.
    """

    def __init__(
        self,
        rails: Iterable[Watched] = (),
        *,
        brief: Brief | None = None,
        nodes: Iterable[str] = (),
        elsewhere: Mapping[str, Iterable[str]] | None = None,
        encoder: Encoder | None = None,
        opinion: Asking | None = None,
    ) -> None:
        every = list(rails)
        self._rails, self._later = [r for r in every if not r.pathway], [r for r in every if r.pathway]
        self._nodes, self._elsewhere = frozenset(nodes), elsewhere or {}
        self._brief = brief or Brief(task="")
        self._encoder, self._opinion = encoder, opinion
        self._disclosed, self._made_at = Disclosures(), dict[Fact, int]()
        self._their_turn: list[str] = []
        self._optout, self._noted, self._asked = "", False, False  # their words; whether it is recorded; whether they asked something since
        self._tripped: set[int] = set()
        self._acted = self._off = False

    def lacks(self, text: str) -> str:
        wanted = [fact for fact in self._brief.disclosures if fact not in self._disclosed.made]
        return opening.missing(text, wanted, self._brief) if wanted and not self._off else ""

    def over_to(self, pathway_id: str, now_ms: int) -> None:
        self._nodes = frozenset(self._elsewhere.get(pathway_id, ()))
        coming = [rail for rail in self._later if rail.pathway == pathway_id]
        self._later = [rail for rail in self._later if rail.pathway != pathway_id]
        for rail in coming:
            if not any(rail.same(other) for other in self._rails):
                self._rails.append(replace(rail, from_ms=now_ms, end_ms=rail.end_ms + now_ms if rail.fact else 0))

    # our words --------------------------------------------------------------------------------------------------------
    async def before(self, text: str, now_ms: int) -> list[Trip | Note]:
        if self._off:
            return []
        found: list[Trip | Note] = []
        if self._optout and (rail := self._first(OPT_OUT)) and (sentence := self._goes_on(text)):
            why = f"They had said “{self._optout}” and the agent went on."
            found.append(Trip(rail, now_ms, why, sentence, "assistant", spoken=False))
        return found + await self._customs(text, "assistant", now_ms, None)

    def ours(self, text: str, start_ms: int, end_ms: int) -> None:
        if not text.strip():
            return
        self._their_turn.clear()
        begun = 0
        for sentence in sentences(text) or [text]:
            at = start_ms + round((end_ms - start_ms) * begun / len(text))
            begun += len(sentence) + 1
            for fact in self._disclosed.ours(sentence):
                self._made_at[fact] = at

    def _goes_on(self, text: str) -> str:
        sentence = going_on(text)
        if sentence and self._asked and "?" not in sentence and not any(p.search(sentence) for p in words.patterns("going_on")):
            return ""  # they asked, the agent answers
        return sentence

    # their words ------------------------------------------------------------------------------------------------------
    async def theirs(self, text: str, now_ms: int, line_seq: int | None) -> list[Trip | Note]:
        if self._off or not text.strip():
            return []
        for fact in self._disclosed.theirs(text):
            self._made_at[fact] = now_ms
        self._their_turn.append(text)
        found: list[Trip | Note] = []
        if self._noted:
            self._asked = self._asked or intents.is_question(text)
        elif await asyncio.to_thread(self._is_optout, text):
            quote = text if signs.in_words("optout", text, self._encoder) or len(self._their_turn) == 1 else " ".join(self._their_turn)
            self._optout, self._noted = quote, True
            found.append(Note("optout", SAID_SO, {"quote": quote, "seq": line_seq, "at_ms": now_ms}))
        return found + await self._customs(text, "user", now_ms, line_seq)

    def understood(self, quote: str) -> None:
        self._optout = self._optout or quote or SAID_SO

    def opted_out(self, quote: str) -> bool:
        known, self._noted = self._noted, True
        self.understood(quote)
        return not known

    def _is_optout(self, text: str) -> bool:
        """By words also across lines of one turn, by meaning sentence by sentence."""
        if any(signs.in_words("optout", said, self._encoder) for said in (text, " ".join(self._their_turn))):
            return True
        return any(signs.says("optout", sentence, self._encoder) > 0 for sentence in sentences(text) or [text])

    # the clock --------------------------------------------------------------------------------------------------------
    def due_at(self, speaking: Speaking) -> int | None:
        return min((rail.end_ms for rail, _ in self._missing(speaking)), default=None)

    def due(self, now_ms: int, speaking: Speaking) -> list[Trip]:
        return [
            Trip(rail, now_ms, f"Within {(rail.end_ms - rail.from_ms) / 1000:g} seconds{OVER if rail.from_ms else ''} {MISSED[fact]}.")
            for rail, fact in self._missing(speaking)
            if now_ms >= rail.end_ms
        ]

    def _missing(self, speaking: Speaking) -> list[tuple[Watched, Fact]]:
        """Required disclosures that were not made, and that nothing we are saying makes in time."""
        if self._off:
            return []
        open_ = [(rail, rail.fact) for i, rail in enumerate(self._rails) if rail.fact and i not in self._tripped]
        open_ = [(rail, fact) for rail, fact in open_ if self._made_at.get(fact, rail.end_ms + 1) > rail.end_ms]
        coming = [(at, fact) for text, begins in speaking for at, fact in _told(text, begins)] if open_ and speaking else []
        return [(rail, fact) for rail, fact in open_ if not any(f == fact and at <= rail.end_ms for at, f in coming)]

    # custom rails -----------------------------------------------------------------------------------------------------
    async def _customs(self, text: str, speaker: Speaker, now_ms: int, line_seq: int | None) -> list[Trip | Note]:
        rails = [r for r in self._rails if r.type == CUSTOM and r.custom is not None and speaker in custom.watches(r.custom)]
        if not rails or self._encoder is None:
            return []
        matches = await asyncio.to_thread(self._matches, rails, text)
        seconds = await asyncio.gather(*(self._second(rail, match, speaker) for rail, match in zip(rails, matches, strict=True)))
        found: list[Trip | Note] = []
        for rail, (match, note) in zip(rails, seconds, strict=True):
            found += [note] if note else []
            if match.trips:
                spoken = speaker == "user"
                found.append(Trip(rail, now_ms, match.why, match.sentence, speaker, line_seq, spoken))
        return found

    def _matches(self, rails: Sequence[Watched], text: str) -> list[Match]:
        assert self._encoder is not None
        return [custom.match(rail.custom, text, self._encoder) for rail in rails if rail.custom is not None]

    async def _second(self, rail: Watched, match: Match, speaker: Speaker) -> tuple[Match, Note | None]:
        """The match after a second opinion, where the first was unsure and somebody can be asked."""
        if match.sure or not match.sentence or self._opinion is None or rail.custom is None:
            return match, None
        data = {"rail": rail.name, "sentence": match.sentence, "own": match.trips}
        match await self._opinion(rail.custom, match.sentence, speaker):
            case "yes":
                return replace(match, trips=True, why=f"{match.why} The model agrees."), None
            case "no":
                note = (
                    Note("second_opinion", f"{rail.name}: the model sees nothing wrong in “{match.sentence}”", data)
                    if match.trips
                    else None
                )
                return replace(match, trips=False), note
        return match, Note("second_opinion", f"{rail.name}: no second opinion within {BUDGET:g} s, its own verdict stands", data)

    # tripping ---------------------------------------------------------------------------------------------------------
    def take(self, trip: Trip) -> Trip | None:
        at = self._rails.index(trip.rail)
        if self._off or at in self._tripped:
            return None
        self._tripped.add(at)
        if self._acted:
            return trip
        self._acted = True
        action, why = self._feasible(trip.rail)
        if action["type"] != "move_to_node":
            self._off = True  # the call is over
        return replace(trip, action=action, acted=True, say=self._sentence(trip.rail, action["type"]), why=f"{trip.why}{why}")

    def _feasible(self, rail: Watched) -> tuple[dict[str, object], str]:
        """The first action of the rail that this call can do; the call is ended when there is none."""
        why = ""
        for action in rail.actions:
            if action["type"] != "move_to_node" or (action.get("config") or {}).get("node_id") in self._nodes:
                return dict(action), why
            why = " The step it should go to is not in this call: it is ended instead."
        return {"type": "end_call", "config": {}}, why

    def _sentence(self, rail: Watched, action: object) -> str:
        if action == "end_call" and (rail.type == OPT_OUT or self._optout):
            return words.say("end_call_optout", self._brief.language)
        return "" if action == "move_to_node" else words.say(str(action), self._brief.language)

    def _first(self, kind: str) -> Watched | None:
        return next((rail for rail in self._rails if rail.type == kind), None)

    @property
    def instead(self) -> str:
        return words.say("withheld", self._brief.language)

    def off(self) -> None:
        self._off = True
