"""A pathway written by the configured model from a description. What it writes is checked, and handed back to it with what is wrong.

The job is a row that is kept for 24 hours, as answers are. Its task may run twice: the pathway is made once.
"""

import json
import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from asgiref.sync import async_to_sync
from django.utils.timezone import now

from calls.agent.endpoint import Endpoint, ask, endpoint, trouble
from config.kit import storable
from config.kit.writing import writing
from config.models import Account, IdempotentRequest
from pathways import layout, making, validation
from pathways.editing import Unreadable, readable
from pathways.envelope import NoGraph, graph_of, unwrapped
from pathways.graph import load, public_form
from pathways.problems import Problem

KEY = "pathway-job:"
TRIES = 3
PATIENCE = 60.0  # seconds for one try: a whole pathway is long
ABANDONED = timedelta(minutes=10)  # a job that is not done then never will be
SYSTEM = """You write phone conversations as graphs. Answer with one JSON object and nothing else:
{"name": "...", "nodes": [...], "edges": [...]}
A node: {"id": "1", "type": TYPE, "data": {"name": "...", ...}}. TYPE is one of:
"Default" (data.prompt: what to find out or say here, or data.text: said word for word; data.extractVars: [["name", "string|integer|number|\
boolean|date|time|name|phone|email", "what it is"]]), "Knowledge Base" (data.prompt, data.kb: the text to answer from),
"Transfer Call" (data.text, data.transferNumber: a number or {{variable}}), "End Call" (data.text: the goodbye).
Exactly one node has data.isStart true. A node that may be entered from anywhere has data.isGlobal true and data.globalLabel.
An edge: {"id": "e1", "source": "1", "target": "2", "data": {"label": "short name", "description": "when it is taken", "examples": ["what \
the person may say", "..."]}}.
Every node can be reached, every way leads to an "End Call" or "Transfer Call", {{names}} are filled by extractVars or by the call's data.
At most 30 nodes. Write in the language of the description."""


class NoModel(Exception):
    """No model is configured."""


@dataclass(frozen=True, slots=True)
class Written:
    name: str
    graph: dict[str, Any]
    problems: list[Problem]


def begin(account: Account) -> tuple[UUID, int]:
    """A new job: its id for the one who asked, and its row for the task. Raises NoModel."""
    if endpoint("base") is None:
        raise NoModel
    uid = uuid4()
    return uid, IdempotentRequest.objects.create(account=account, key=f"{KEY}{uid}").pk


def state(account: Account, uid: UUID) -> dict[str, Any] | None:
    """What became of a job; None when there is none of this id."""
    row = IdempotentRequest.objects.filter(account=account, key=f"{KEY}{uid}").first()
    if row is None:
        return None
    if row.status is None:
        lost = row.created_at < now() - ABANDONED
        return _failed("JOB_LOST", "The job was not finished.") if lost else {"status": "pending"}
    return dict(row.answer or {})


def run(pk: int, prompt: str, name: str) -> None:
    """Asks the model and writes down what became of it."""
    row = IdempotentRequest.objects.filter(pk=pk, status=None).select_related("account").first()
    at = endpoint("base")
    if row is None:
        return
    if at is None:
        _finish(row, _failed("MODEL_NOT_CONFIGURED", "No model is configured any more."))
        return
    try:
        written = async_to_sync(_write)(replace(at, timeout=max(at.timeout, PATIENCE)), prompt)
    except Exception as error:
        _finish(row, _failed("MODEL_FAILED", f"{trouble(error, at).text}."))
        return
    if written is None:
        _finish(row, _failed("MODEL_ANSWER_UNUSABLE", f"{at.model} did not answer with a pathway, not even when asked again."))
    else:
        _keep(row, written, name)


async def _write(at: Endpoint, prompt: str) -> Written | None:
    """The first answer without errors, else the last that is a pathway at all; None when none was."""
    messages = [{"role": "system", "content": SYSTEM}, {"role": "user", "content": prompt}]
    best: Written | None = None
    for _ in range(TRIES):
        answer = await ask(at, messages)
        read = _read(answer)
        if isinstance(read, Written):
            best = read
            wrong = [problem.message for problem in read.problems if problem.level == "error"]
        else:
            wrong = [read]
        if not wrong:
            break
        complaint = "Put this right and answer with the whole JSON again:\n" + "\n".join(f"- {each}" for each in wrong[:20])
        messages += [{"role": "assistant", "content": answer}, {"role": "user", "content": complaint}]
    return best


def _read(answer: str) -> Written | str:
    """The pathway in an answer, with its steps placed; in words what is wrong when there is none."""
    found = re.search(r"\{.*\}", answer, re.S)
    try:
        data = json.loads(found[0]) if found else None
        whole = unwrapped(data)
        if why := storable.trouble(whole):
            return f"The JSON {why}."
        graph = readable(graph_of(whole))
    except (NoGraph, Unreadable) as error:
        return str(error)
    except (ValueError, RecursionError):
        return "The answer is not JSON."
    if not load(graph).nodes:
        return "There is no node with an id in it."
    places = layout.tidy(load(graph))
    for node in graph["nodes"]:
        if isinstance(node, dict) and str(node.get("id")) in places:
            x, y = places[str(node["id"])]
            node["position"] = {"x": x, "y": y}
    name = whole.get("name")
    return Written(name if isinstance(name, str) else "", graph, validation.problems(graph))


def _keep(row: IdempotentRequest, written: Written, name: str) -> None:
    with writing():
        if not IdempotentRequest.objects.filter(pk=row.pk, status=None).update(status=102):
            return  # another run of this task was first
        called = name or written.name.strip()[: making.LONGEST_NAME] or "Generated pathway"
        version = making.create(row.account, called, graph=written.graph)
        problems = [{"error": p.code, "message": p.message, "node_id": p.node_id or None} for p in written.problems if p.level == "error"]
        uid = str(version.pathway.uid)
        told = {"status": "completed", "pathway_id": uid, "id": uid, "name": called, **public_form(version.graph), "problems": problems}
        IdempotentRequest.objects.filter(pk=row.pk).update(status=200, answer=told)


def _finish(row: IdempotentRequest, answer: dict[str, Any]) -> None:
    IdempotentRequest.objects.filter(pk=row.pk, status=None).update(status=200, answer=answer)


def _failed(code: str, message: str) -> dict[str, Any]:
    return {"status": "failed", "error": code, "message": message}
