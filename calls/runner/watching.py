"""The guard rails of one call, put together for its conversation."""

from collections.abc import Mapping
from typing import Any

from calls.agent.encoder import encoder
from calls.agent.endpoint import endpoint
from calls.agent.rails import custom, opinion
from calls.agent.rails.shape import watched
from calls.agent.watch import RailWatch
from calls.runner.brief import Prepared


def watch_of(prepared: Prepared) -> RailWatch:
    """Every call has one: an opt-out is heard on calls without a rail too. The configured model is asked for second opinions."""
    at = endpoint("base")
    return RailWatch(
        watched(prepared.rails),
        brief=prepared.brief,
        nodes=_nodes(prepared.brief.pathway.graph) if prepared.brief.pathway else (),
        encoder=encoder(),
        opinion=opinion.of(at) if at else None,
    )


def _nodes(graph: Mapping[str, Any]) -> list[str]:
    return [str(node["id"]) for node in graph.get("nodes") or () if isinstance(node, dict) and "id" in node]


def warm() -> None:
    custom.warm(encoder())
