"""One rehearsal: the loop of a real call, the walker, and a pretend callee on a line whose clock jumps. No row is read or written here."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from calls.agent.conversation import run_session
from calls.agent.ports import Agent, Brief
from calls.agent.session import SessionConfig, SessionResult
from calls.agent.watch import Watch
from calls.agent.watching import watch_of
from calls.rehearsal import callees, outcome
from calls.rehearsal.agents import walker
from calls.rehearsal.record import Record
from calls.rehearsal.setup import CALLEE, OFFICE, Rehearsed, Setup
from calls.variables import built_in
from pathways import graph as graphs
from pathways.assertions import Run, Spoken, check

log = logging.getLogger(__name__)
MOST_SECONDS = 60.0  # of real time for one rehearsal


def rehearse(setup: Setup, agent: Callable[[Brief], Agent] = walker, *, seconds: float = MOST_SECONDS) -> Rehearsed:
    """Leads one conversation to its end and holds the sentences against it: `seconds` of real time at most.

    Takes some tenths of a second without a model; not for an event loop.
    """
    began, record = time.monotonic(), Record()
    graph = graphs.load(setup.pathway.graph)
    error = _wrong_start(graph, setup.pathway.start_node_id)
    if error:
        return Rehearsed(error=error)
    try:
        brief = brief_of(setup)
        result, cut_off = asyncio.run(_lead(setup, agent(brief), watch_of(setup.rails, brief), record, seconds))
    except KeyError:
        return Rehearsed(error=f"There is no simulated callee named “{setup.callee}”.")
    except TimeoutError:
        return _made(setup, record, began, error=f"It was not over after {seconds:.0f} seconds.", out_of_time=True)
    tag = outcome.tag(_heard(record, result))
    turns = sum(line.speaker in ("user", "robot") for line in record.lines)
    variables = learnt(setup.data, record)
    said = [Spoken(line.speaker, line.text) for line in record.lines]
    run = Run(graph, said, record.route, variables, tag, turns, cut_off)
    return _made(
        setup,
        record,
        began,
        results=[check(assertion, run) for assertion in setup.assertions],
        variables=variables,
        disposition=tag,
        turns=turns,
        error=_failed(record),
    )


async def _lead(setup: Setup, agent: Agent, watch: Watch, record: Record, seconds: float) -> tuple[SessionResult, bool]:
    leg, limit = callees.leg(setup.callee, setup.lines, setup.data, setup.max_turns)
    async with asyncio.timeout(seconds):
        result = await run_session(SessionConfig("rehearsal"), leg, agent, record, asyncio.Queue(), watch)
    return result, limit.cut_off


def brief_of(setup: Setup) -> Brief:
    """What the agent is told: the data of the scenario over the built-in variables, as on a call."""
    common = built_in(call_id="rehearsal", to=CALLEE, caller_id=OFFICE, at=datetime.now(UTC), timezone="UTC", language="babel-en")
    return Brief(task="", pretend=True, variables={**common, **setup.data}, pathway=setup.pathway, others=setup.others)


def learnt(data: Mapping[str, Any], record: Record) -> dict[str, Any]:
    """What is known at the end: what was given, and what the person said."""
    return {**data, **{str(note.data.get("name")): note.data.get("value") for note in record.of("variable")}}


def _made(setup: Setup, record: Record, began: float, **more: Any) -> Rehearsed:
    return Rehearsed(lines=record.lines, logs=record.logs, route=record.route, ms=round((time.monotonic() - began) * 1000), **more)


def _wrong_start(graph: graphs.Graph, start: str) -> str:
    if not graph.nodes:
        return "This version has no steps."
    return f"Invalid start_node_id: this version has no step “{start}”." if start and graph.node(start) is None else ""


def _failed(record: Record) -> str:
    """An agent that broke says so in a note; the conversation was then closed with an apology."""
    broken = record.of("agent_failed")
    return broken[0].message[:300] if broken else ""


def _heard(record: Record, result: SessionResult) -> outcome.Heard:
    opted_out = record.of("optout")
    return outcome.Heard(
        lines=record.lines,
        status=result.status,
        answered_by=record.who,
        ended_by=result.ended_by,
        transferred_to=record.transferred_to,
        transfer_failed=bool(record.of("transfer_failed")),
        opted_out=str(opted_out[0].data.get("quote", "")) if opted_out else None,
        duration_ms=result.duration_ms,
    )
