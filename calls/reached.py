"""The pathways that may lead a call: its own, those that its steps go over to, those of its routes. Reads rows, writes none."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from calls.agent.ports import PathwayBrief, Route
from calls.models import Call
from calls.walked import graph_of
from pathways import graph as graphs
from pathways.graph import Kind, written
from pathways.models import Pathway

MOST_OTHERS = 20  # pathways that a call may go over to


def leading(call: Call) -> PathwayBrief | None:
    """The pathway of the call, as it was when the call was accepted."""
    if call.pathway is None:
        return None
    start = call.setting("start_node_id") or ""
    return PathwayBrief(str(call.pathway.uid), call.pathway.name, call.pathway_version or 0, graph_of(call), start)


def routes(call: Call) -> tuple[Route, ...]:
    """When the call goes over to a pathway; those whose pathway is gone are left out."""
    return _routes(call.account_id, call.routes)


def _routes(account_id: int, items: Iterable[Mapping[str, Any]]) -> tuple[Route, ...]:
    found: list[Route] = []
    for item in items:
        brief = _version(account_id, str(item.get("pathway_id") or ""), item.get("pathway_version"), str(item.get("start_node_id") or ""))
        if brief is not None:
            found.append(Route(str(item.get("name") or ""), str(item.get("prompt") or ""), brief))
    return tuple(found)


def reached(account_id: int, graph: Mapping[str, Any] | None, items: Iterable[Mapping[str, Any]]) -> list[str]:
    """Uids of all pathways that a call along `graph`, or with these routes, may go over to. Without any, no query."""
    begun = [route.pathway for route in _routes(account_id, items)]
    leading = [PathwayBrief("", "", 0, graph)] if graph is not None else []
    return [*(brief.pathway_id for brief in begun), *others(account_id, [*leading, *begun])]


def others(account_id: int, begun: Iterable[PathwayBrief]) -> dict[str, PathwayBrief]:
    """Every pathway that a step of these, or of those they lead to, goes over to."""
    found: dict[str, PathwayBrief] = {}
    asked: set[str] = set()
    waiting = [wanted for brief in begun for wanted in targets(brief.graph)]
    while waiting and len(asked) < MOST_OTHERS:
        uid, version = waiting.pop(0)
        if uid in asked:
            continue
        asked.add(uid)
        brief = _version(account_id, uid, version, "")
        if brief is not None:
            found[uid] = brief
            waiting += targets(brief.graph)
    return found


def targets(graph: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """(uid, version) of each pathway that a graph's steps go over to."""
    wanted = []
    for node in graphs.load(graph).nodes:
        if node.kind == Kind.PATHWAY:
            named = node.data.get("transferPathway")
            uid = written(named.get("id") if isinstance(named, Mapping) else named).strip()
            if uid:
                wanted.append((uid, node.data.get("version")))
    return wanted


def _version(account_id: int, uid: str, wanted: Any, start: str) -> PathwayBrief | None:
    """A version of a pathway of the account: a number, staging, else production."""
    try:
        known = UUID(uid)
    except ValueError:
        return None
    pathway = Pathway.objects.filter(account_id=account_id, uid=known, deleted_at=None).select_related("production", "staging").first()
    if pathway is None:
        return None
    text = str(wanted or "")
    number = int(text) if text.isdecimal() and len(text) < 9 else 0
    version = pathway.staging if wanted == "staging" else pathway.production
    if number:
        version = pathway.versions.filter(number=number).first()
    return PathwayBrief(str(pathway.uid), pathway.name, version.number, version.graph, start) if version is not None else None
