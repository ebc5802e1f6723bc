"""The guard rails of one call, put together for its conversation."""

from collections.abc import Iterable, Mapping
from typing import Any

from calls.agent.encoder import encoder
from calls.agent.endpoint import endpoint
from calls.agent.ports import Brief
from calls.agent.rails import custom, opinion
from calls.agent.rails.shape import watched
from calls.agent.watch import RailWatch


def watch_of(rails: Iterable[Mapping[str, Any]], brief: Brief) -> RailWatch:
    """`rails` as calls.rails freezes them. Every call has a watch: an opt-out is heard on calls without a rail too.

    The configured model is asked for second opinions.
    """
    at = endpoint("base")
    return RailWatch(
        watched(rails),
        brief=brief,
        nodes=_nodes(brief.pathway.graph) if brief.pathway else (),
        elsewhere={p.pathway_id: _nodes(p.graph) for p in (*brief.others.values(), *(r.pathway for r in brief.routes))},
        encoder=encoder(),
        opinion=opinion.of(at) if at else None,
    )


def _nodes(graph: Mapping[str, Any]) -> list[str]:
    return [str(node["id"]) for node in graph.get("nodes") or () if isinstance(node, dict) and "id" in node]


def warm() -> None:
    custom.warm(encoder())
