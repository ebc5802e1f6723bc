"""A conversation with a pathway by typing: the walker without a line. Between two messages it is only a row.

`PathwayChat.turn` counts: even, it waits for a message; odd, one is being answered. Whoever makes it odd answers, everybody else is
refused. Nobody is texted, called or handed over from here: such steps are told, not done.
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q, TextField
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils.dateparse import parse_datetime
from django.utils.timezone import now

from calls.agent.ports import Brief, EndCall, Note, PathwayBrief, PressDigits, Say, SendSms, Transfer, Turn
from calls.reached import others
from calls.rehearsal.agents import walker
from calls.rehearsal.setup import CALLEE, OFFICE
from calls.variables import built_in
from pathways import graph as graphs
from pathways.models import Pathway, PathwayChat, PathwayVersion

if TYPE_CHECKING:
    from calls.agent.walker import PathwayAgent

log = logging.getLogger(__name__)
LONGEST = 2_000  # characters of one message
MOST_TURNS = 200
ABANDONED = timedelta(seconds=60)  # a message that is being answered so long was lost with its process
KEPT = timedelta(days=30)  # a chat nobody writes in goes then
SINCE, WALKER, WEB = "since", "walker", "web"


class Busy(Exception):
    """Another message of this chat is being answered."""


class Over(Exception):
    """The conversation has ended."""


class BadStart(Exception):
    """There is no such step to begin at."""


@dataclass(slots=True)
class Answer:
    """What the agent did in one turn."""

    said: list[str] = field(default_factory=list)
    logs: list[dict[str, Any]] = field(default_factory=list)
    completed: bool = False


def create(
    pathway: Pathway,
    version: PathwayVersion,
    *,
    start_node_id: str = "",
    request_data: Mapping[str, Any] | None = None,
    web: bool = False,
) -> PathwayChat:
    """`web`: steps that call a web address do so; else they answer from their sample. Raises BadStart."""
    if start_node_id and graphs.load(version.graph).node(start_node_id) is None:
        raise BadStart
    return PathwayChat.objects.create(
        account_id=pathway.account_id,
        pathway=pathway,
        version=version.number,
        graph=version.graph,
        start_node_id=start_node_id,
        request_data=dict(request_data or {}),
        state={WEB: web},
    )


def say(chat: PathwayChat, message: str) -> list[str]:
    """The agent's answers to a message; the first message may be empty, then it opens. Changes `chat` to what it became.

    Raises Busy, Over. Takes some hundredths of a second; not for an event loop.
    """
    if chat.completed or chat.turn >= 2 * MOST_TURNS:
        raise Over
    _claim(chat)
    try:
        agent = walker(brief_of(chat), chat.state.get(WALKER) or None)
        answer = asyncio.run(_answer(chat, agent, message.replace("\x00", "").strip()[:LONGEST]))
    except Exception:
        _release(chat)
        raise
    _keep(chat, answer)
    return answer.said


def _claim(chat: PathwayChat) -> None:
    """Makes the turn odd: from now on this process answers."""
    turn = chat.turn
    if turn % 2:
        since = parse_datetime(str(chat.state.get(SINCE) or ""))
        if since is not None and since > now() - ABANDONED:
            raise Busy
        turn += 1
    state = {**chat.state, SINCE: now().isoformat()}
    if not PathwayChat.objects.filter(pk=chat.pk, turn=chat.turn, completed=False).update(turn=turn + 1, state=state):
        raise Busy
    chat.turn, chat.state = turn + 1, state


def _release(chat: PathwayChat) -> None:
    PathwayChat.objects.filter(pk=chat.pk, turn=chat.turn).update(turn=chat.turn - 1)


async def _answer(chat: PathwayChat, agent: "PathwayAgent", message: str) -> Answer:
    """What the agent does, the message and its answers put into `chat.history`."""
    answer = Answer()
    turns = [] if chat.history else [Turn("open")]
    if message or not turns:
        turns.append(Turn("heard", message) if message else Turn("silence"))
    for turn in turns:
        if turn.text:
            chat.history.append({"role": "user", "content": turn.text})
            answer.logs.append({"kind": "line", "speaker": "user", "text": turn.text, "at": now().isoformat()})
        async for action in agent.reply(turn):
            _take(chat, answer, action)
        if answer.completed:
            break
    chat.state = {**chat.state, WALKER: agent.state}
    return answer


def _take(chat: PathwayChat, answer: Answer, action: object) -> None:
    at = now().isoformat()
    match action:
        case Say(text=text) if text.strip():
            answer.said.append(text.strip())
            chat.history.append({"role": "assistant", "content": text.strip()})
            answer.logs.append({"kind": "line", "speaker": "assistant", "text": text.strip(), "at": at})
        case Note(kind=kind, message=message, data=data, level=level):
            answer.logs.append({"kind": kind, "message": message, "data": dict(data), "level": level, "at": at})
        case SendSms(text=text, to=to):
            told = f"SMS to {to or 'the person'}, not sent in a chat: {text}"
            answer.logs.append({"kind": "sms", "message": told, "data": {"to": to, "message": text, "sent": False}, "at": at})
        case PressDigits(digits=digits):
            answer.logs.append({"kind": "press", "message": f"Would press {digits}", "data": {"digits": digits}, "at": at})
        case Transfer(number=number, department=department):
            told = f"Would hand over to {number or department or 'the usual number'}"
            answer.logs.append({"kind": "transfer", "message": told, "data": {"number": number}, "at": at})
            answer.completed = True
        case EndCall():
            answer.completed = True


def _keep(chat: PathwayChat, answer: Answer) -> None:
    chat.logs = [*chat.logs, *answer.logs]
    chat.completed = answer.completed
    chat.turn += 1
    kept = {"turn": chat.turn, "state": chat.state, "history": chat.history, "logs": chat.logs, "completed": chat.completed}
    if not PathwayChat.objects.filter(pk=chat.pk, turn=chat.turn - 1).update(**kept):
        raise Busy  # it was given up for lost, and another message was answered meanwhile


def delete_old() -> int:
    """Deletes the chats that nobody wrote in for KEPT; how many."""
    before = now() - KEPT
    touched = PathwayChat.objects.filter(created_at__lt=before).annotate(since=Cast(KT(f"state__{SINCE}"), TextField()))
    old = touched.filter(Q(since=None) | Q(since__lt=before.isoformat()))  # kept in UTC: the text sorts as the times do
    return PathwayChat.objects.filter(pk__in=old.values("pk")).delete()[0]


def brief_of(chat: PathwayChat) -> Brief:
    brief = PathwayBrief(str(chat.pathway.uid), chat.pathway.name, chat.version, chat.graph, chat.start_node_id)
    common = built_in(call_id=str(chat.uid), to=CALLEE, caller_id=OFFICE, at=datetime.now(UTC), timezone="UTC", language="babel-en")
    return Brief(
        task="",
        pretend=not chat.state.get(WEB),
        variables={**common, **chat.request_data},
        pathway=brief,
        others=others(chat.account_id, [brief]),
    )


# What is known of a chat ----------------------------------------------------------------------------------------------------------------
def variables(chat: PathwayChat) -> dict[str, Any]:
    """What was given, and what the person said."""
    learnt = {str(e["data"].get("name")): e["data"].get("value") for e in chat.logs if e.get("kind") == "variable"}
    return {**chat.request_data, **learnt}


def route(chat: PathwayChat) -> list[str]:
    """The steps entered, in their order."""
    return [str(e["data"].get("node_id")) for e in chat.logs if e.get("kind") == "node"]


def ways(chat: PathwayChat) -> list[str]:
    """The edges taken."""
    return [str(e["data"]["chosen_edge"]) for e in chat.logs if e.get("kind") == "decision" and e["data"].get("chosen_edge")]
