"""Old calls led again: what people really said, put to the walker on another version. Reads rows, writes none, reaches nobody."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from calls.agent.ports import Agent, Brief, EndCall, Note, PathwayBrief, Transfer, Turn
from calls.models import Call, CallEvent, Utterance
from calls.reached import others
from calls.rehearsal.agents import walker
from calls.variables import of
from pathways import graph as graphs
from pathways.models import Pathway, PathwayVersion

if TYPE_CHECKING:
    from calls.agent.walker import PathwayAgent

log = logging.getLogger(__name__)
NEWEST = 20


@dataclass(frozen=True, slots=True)
class Moved:
    """A step was entered; `quote` is what the person had said just before."""

    node_id: str
    quote: str = ""


@dataclass(frozen=True, slots=True)
class Compared:
    """One call, and the first step at which the version goes another way."""

    uid: UUID
    name: str
    version: int
    at: datetime
    steps: int
    differs: bool = False
    quote: str = ""
    was: str = ""
    would: str = ""
    error: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    calls: Sequence[Compared]

    @property
    def different(self) -> int:
        return sum(each.differs for each in self.calls)


def newest(pathway: Pathway, version: PathwayVersion, most: int = NEWEST) -> Found:
    """The newest ended calls of the pathway in which the person spoke, each compared. Some seconds for twenty."""
    ended = Call.objects.filter(pathway=pathway, ended_at__isnull=False, utterances__speaker="user").distinct()
    calls = list(ended.select_related("account").order_by("-ended_at", "-pk")[:most])
    events, said = _events(calls), _said(calls)
    return Found([compare(call, version, events.get(call.pk, []), said.get(call.pk, [])) for call in calls])


def _events(calls: Sequence[Call]) -> dict[int, list[CallEvent]]:
    found: dict[int, list[CallEvent]] = {}
    for event in CallEvent.objects.filter(call__in=calls, kind="node").order_by("call_id", "seq"):
        found.setdefault(event.call_id, []).append(event)
    return found


def _said(calls: Sequence[Call]) -> dict[int, list[Utterance]]:
    found: dict[int, list[Utterance]] = {}
    for line in Utterance.objects.filter(call__in=calls, speaker="user").order_by("call_id", "seq"):
        found.setdefault(line.call_id, []).append(line)
    return found


def compare(call: Call, version: PathwayVersion, events: Sequence[CallEvent], said: Sequence[Utterance]) -> Compared:
    name, at = call.callee_name or call.to_number, call.ended_at or call.created_at
    same = Compared(call.uid, name, call.pathway_version or 0, at, len(events))
    was = [Moved(str(e.data.get("node_id")), _before(e.seq, said)) for e in events]
    try:
        would = asyncio.run(lead(_agent(call, version), [line.text for line in said]))
    except Exception as error:
        log.exception("call %s could not be led again", call.uid)
        return replace(same, error=f"These steps could not be led to the end: {type(error).__name__}.")
    here = next((i for i in range(max(len(was), len(would))) if _at(was, i) != _at(would, i)), None)
    if here is None:
        return same
    # the old call may have ended before the person said what the new steps still wait for
    quote = (would[here] if here < len(would) else was[here]).quote
    names = {str(e.data.get("node_id")): str(e.data.get("name") or e.data.get("node_id")) for e in events}
    return replace(
        same, differs=True, quote=quote, was=names.get(_at(was, here), ""), would=_name(graphs.load(version.graph), _at(would, here))
    )


def _at(moves: Sequence[Moved], index: int) -> str:
    return moves[index].node_id if index < len(moves) else ""


def _before(seq: int, said: Sequence[Utterance]) -> str:
    return next((line.text for line in reversed(said) if line.seq < seq), "")


def _agent(call: Call, version: PathwayVersion) -> "PathwayAgent":
    brief = PathwayBrief(str(version.pathway.uid), version.pathway.name, version.number, version.graph)
    known = {**of(call, call.started_at or call.created_at), **_given(call)}
    reached = others(call.account_id, [brief])
    return walker(Brief(task="", pretend=True, variables=known, pathway=brief, others=reached, timezone=call.timezone))


async def lead(agent: Agent, lines: Sequence[str]) -> list[Moved]:
    """The steps that these words lead to."""
    moves: list[Moved] = []
    for turn in (Turn("open"), *(Turn("heard", line) for line in lines)):
        async for action in agent.reply(turn):
            if isinstance(action, Note) and action.kind == "node":
                moves.append(Moved(str(action.data.get("node_id")), turn.text))
            elif isinstance(action, EndCall | Transfer):
                return moves
    return moves


def _given(call: Call) -> dict[str, object]:
    """Only what the call was sent with: what it learnt must be learnt again."""
    return dict(call.setting("request_data") or {})


def _name(graph: graphs.Graph, node_id: str) -> str:
    node = graph.node(node_id)
    return node.name if node is not None else node_id
