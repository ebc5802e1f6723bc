"""One invented call: its columns, lines, events and trips, all of a piece. Nothing is written here.

Times are UTC without a zone, as text, which both databases read.
"""

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from calls.seeding.cast import Cast, Role, Step
from calls.seeding.phrases import Ending, Phrases, script

FIRST_SEQ = 6  # accepted, queued, allocated, dialling, ringing come before
MS_PER_LETTER, MS_AT_LEAST = 58, 400  # how long a line takes to say
ENDED, LOST = "complete", "call_error"

type Line = tuple[int, str, str, str, int, int, str | None]  # seq, at, speaker, text, start_ms, end_ms, latency (JSON)
type Happened = tuple[int, str, str, str, str, str, str]  # seq, at, category, level, kind, message, data (JSON)


@dataclass(slots=True)
class Story:
    role: Role
    at: datetime  # when it was sent, with its zone
    columns: dict[str, Any]
    lines: list[Line] = field(default_factory=list)
    events: list[Happened] = field(default_factory=list)
    trips: list[dict[str, Any]] = field(default_factory=list)


class Teller:
    """Invents calls one after the other. `per_minute`: what an answered minute costs, in USD; `now`: nothing ends later."""

    def __init__(self, cast: Cast, rng: Random, *, price: Callable[[int], Any], now: datetime) -> None:
        self.cast, self.rng, self.price, self.now = cast, rng, price, now
        self.phrases = Phrases(rng)
        self.rails = json.dumps([{"id": str(cast.rail.uid), "type": cast.rail.type, "name": cast.rail.name, "source": "persona"}])

    def tell(self, at: datetime) -> Story:
        """The call that was sent at `at`."""
        rng = self.rng
        role = rng.choice(self.cast.roles)
        name = f"{next(self.phrases.firsts)} {next(self.phrases.words)}"
        story = Story(
            role,
            at.replace(tzinfo=UTC),
            {
                "uid": uuid.uuid4().hex,
                "created_at": str(at),
                "due_at": str(at),
                "to_number": f"+1{rng.randrange(201, 990)}{rng.randrange(2_000_000, 9_999_999)}",
                "from_number": rng.choice(self.cast.numbers),
                "callee_name": name if rng.random() < 0.8 else "",
                "rubric": 1,
                "call_ended_by": "",
            },
        )
        kind = rng.choices(tuple(KINDS), cum_weights=_WEIGHTS)[0]
        KINDS[kind][1](self, story, at, name)
        return story

    # kinds of calls ---------------------------------------------------------------------------------------------------
    def refused(self, story: Story, at: datetime, _name: str) -> None:
        story.columns |= {"error_message": "The number is on the do-not-call list."}
        self._over(story, at + timedelta(seconds=1), "queue_error", "failed", "FAILED", "The line failed.", seq=3)

    def unanswered(self, story: Story, at: datetime, _name: str, *, status: str, tag: str, reason: str, answered_by: str = "") -> None:
        dialled = at + timedelta(seconds=self.rng.randrange(1, 20))
        story.columns |= {"dialling_at": str(dialled), "ringing_at": str(dialled + timedelta(seconds=2)), "answered_by": answered_by}
        if status == "failed":
            story.columns["error_message"] = "The carrier could not connect the call."
        self._over(story, dialled + timedelta(seconds=self.rng.randrange(4, 40)), ENDED, status, tag, reason, seq=FIRST_SEQ)

    def lost(self, story: Story, at: datetime, name: str) -> None:
        talk = self._answer(story, at, name, "unknown")
        talk.agent(self.phrases.one("hello", agent=story.role.agent, name=name))
        self._hang_up(story, talk, LOST, "unknown", "FAILED", "We lost sight of the call and do not know how it ended.")
        self._need(story, "lost", None)

    def voicemail(self, story: Story, at: datetime, name: str) -> None:
        talk = self._answer(story, at, name, "voicemail")
        quote = self.phrases.one("machine", name=name)
        seq = talk.line("robot", quote)
        talk.agent(self.phrases.one("left", agent=story.role.agent, name=name))
        story.columns |= {"disposition_quote": quote, "disposition_seq": seq, "call_ended_by": "ASSISTANT"}
        self._hang_up(story, talk, ENDED, "completed", "NO_CONTACT_MADE", "A voicemail answered.")

    def conversation(self, story: Story, at: datetime, name: str) -> None:
        rng, phrases = self.rng, self.phrases
        talk = self._answer(story, at, name, "human")
        walk = list(rng.choice(story.role.walks)) if story.role.walks else []
        talk.step(walk)
        talk.agent(phrases.one("hello", agent=story.role.agent, name=name))
        talk.line("user", phrases.one("here", name=name))
        for _ in range(rng.randrange(2, 10)):
            talk.step(walk)
            talk.agent(next(phrases.asked) if rng.random() < 0.8 else next(phrases.told))
            talk.line("user", phrases.fill(next(phrases.fresh)) if rng.random() < 0.2 else next(phrases.said))
        if rng.random() < 0.012:
            talk.trip(self.cast, self.rails)
        self._end(story, talk, next(phrases.endings), name, walk)

    def _end(self, story: Story, talk: "_Talk", ending: Ending, name: str, walk: list[Step]) -> None:
        rng, phrases = self.rng, self.phrases
        while walk:
            talk.step(walk)
        talk.agent(phrases.fill(ending.agent, name=name))
        quote = phrases.fill(ending.callee, name=name)
        seq = talk.line("user", quote)
        by_us = rng.random() < 0.6
        talk.agent(phrases.one("bye", name=name))
        if not by_us:
            talk.line("user", phrases.one("answered"))
        story.columns |= {"disposition_quote": quote, "disposition_seq": seq, "call_ended_by": "ASSISTANT" if by_us else "USER"}
        if ending.tag == "TRANSFERRED":
            story.columns |= {"transferred_to": "+12025550199", "transferred_at": str(talk.now)}
        self._hang_up(story, talk, ENDED, "completed", ending.tag, ending.reason)
        if ending.need and rng.random() < 0.12:
            self._need(story, ending.need, seq)

    # their parts ------------------------------------------------------------------------------------------------------
    def _answer(self, story: Story, at: datetime, name: str, answered_by: str) -> "_Talk":
        rng = self.rng
        dialled = at + timedelta(seconds=rng.randrange(1, 20))
        started = dialled + timedelta(milliseconds=rng.randrange(4_000, 22_000))
        story.columns |= {
            "dialling_at": str(dialled),
            "ringing_at": str(dialled + timedelta(seconds=2)),
            "started_at": str(started),
            "answered_by": answered_by,
            "variables": json.dumps({"name": name}),
        }
        return _Talk(story, rng, self.phrases, started)

    def _hang_up(self, story: Story, talk: "_Talk", state: str, status: str, tag: str, reason: str) -> None:
        ended = talk.now + timedelta(milliseconds=400)
        ms = talk.clock + 400
        story.columns |= {"duration_ms": ms, "price": self.price(ms)}
        self._over(story, ended, state, status, tag, reason, seq=talk.seq)

    def _over(self, story: Story, ended: datetime, state: str, status: str, tag: str, reason: str, *, seq: int) -> None:
        """`seq`: of the newest event so far; the end and the outcome are two more."""
        story.columns |= {
            "state": state,
            "status": status,
            "ended_at": str(ended),
            "outcome_at": str(ended + timedelta(seconds=1)),
            "words_at": str(ended + timedelta(seconds=1)),
            "disposition_tag": tag,
            "disposition_reason": reason,
            "summary": f"{reason} Outcome: {tag}.",
            "last_seq": seq + 2,
        }
        story.columns.setdefault("price", self.price(0))

    def _need(self, story: Story, reason: str, seq: int | None) -> None:
        """Somebody looked at nearly all of those that are older than three days."""
        story.columns["needs_person"] = json.dumps([{"reason": reason, "text": script()["needs"][reason], "seq": seq}])
        ended, soon, later = (
            datetime.fromisoformat(story.columns["ended_at"]),
            self.rng.random(),
            timedelta(hours=self.rng.randrange(1, 60)),
        )
        if self.now - ended > timedelta(days=3) or soon < 0.7:
            story.columns["handled_at"] = str(min(self.now, ended + later))


class _Talk:
    """The lines and events of one conversation, on its clock."""

    def __init__(self, story: Story, rng: Random, phrases: Phrases, started: datetime) -> None:
        self.story, self.rng, self.phrases, self.started = story, rng, phrases, started
        self.seq, self.clock = FIRST_SEQ, 300  # ms since the answer
        self._heard, self._node = False, ""

    @property
    def now(self) -> datetime:
        return self.started + timedelta(milliseconds=self.clock)

    def line(self, speaker: str, text: str, latency: str | None = None) -> int:
        start = self.clock + (int(latency[latency.rindex(":") + 1 : -1]) if latency else self.rng.randrange(250, 1_600))
        self.clock = start + MS_AT_LEAST + MS_PER_LETTER * len(text)
        self.seq += 1
        self.story.lines.append((self.seq, str(self.now), speaker, text, start, self.clock, latency))
        self._heard = speaker == "user"
        return self.seq

    def agent(self, text: str) -> int:
        return self.line("assistant", text, next(self.phrases.latencies) if self._heard else None)

    def step(self, walk: list[Step]) -> None:
        """Goes on to the next step of the pathway, which is taken off `walk`."""
        if not walk:
            return
        step = walk.pop(0)
        if step.edge:
            data: dict[str, Any] = {
                "node_id": self._node,
                "chosen_edge": step.edge,
                "chosen_node": step.node_id,
                "candidates": [],
                "why": "",
                "quote": "",
                "loop": False,
            }
            self._event("decision", f"Went on to {step.name}", data)
        self._node = step.node_id
        self._event("node", f"Reached {step.name}", {"node_id": step.node_id, "name": step.name, "type": step.type, "text": ""})

    def trip(self, cast: Cast, rails: str) -> None:
        """The agent says what the guard rail forbids; it is noted, and the conversation goes on."""
        quote = script()["rail"]["quote"]
        line = self.agent(quote)
        rail, action = cast.rail, {"type": "end_call", "config": {}}
        shared = {"type": rail.type, "name": rail.name, "speaker": "assistant", "quote": quote, "line_seq": line, "at_ms": self.clock}
        told = {**shared, "id": str(rail.uid), "spoken": True, "why": "An example says nearly the same.", "action": action, "acted": False}
        self._event("guard_rail", f"Guard rail tripped: {rail.name}.", told, level="error")
        row = {
            **shared,
            "seq": self.seq,
            "at": str(self.now),
            "spoken": True,
            "why": told["why"],
            "action": json.dumps(action),
            "acted": False,
        }
        self.story.trips.append(row)
        self.story.columns["rails"] = rails

    def _event(self, kind: str, message: str, data: Mapping[str, Any], level: str = "info") -> None:
        self.seq += 1
        self.story.events.append((self.seq, str(self.now), "call", level, kind, message, json.dumps(data)))


def _unanswered(status: str, tag: str, reason: str, answered_by: str = "") -> Callable[..., None]:
    return partial(Teller.unanswered, status=status, tag=tag, reason=reason, answered_by=answered_by)


# kind of call -> how many of a hundred, how it is told
KINDS: dict[str, tuple[float, Callable[..., None]]] = {
    "conversation": (60, Teller.conversation),
    "voicemail": (14, Teller.voicemail),
    "no-answer": (13, _unanswered("no-answer", "NO_ANSWER", "Nobody answered.", "no-answer")),
    "busy": (6, _unanswered("busy", "BUSY", "The line was busy.")),
    "failed": (3, _unanswered("failed", "FAILED", "The line failed.")),
    "canceled": (2, _unanswered("canceled", "CANCELED", "The call was stopped before it was answered.")),
    "refused": (1.5, Teller.refused),
    "lost": (0.5, Teller.lost),
}
_WEIGHTS = [sum(share for share, _ in list(KINDS.values())[: n + 1]) for n in range(len(KINDS))]
