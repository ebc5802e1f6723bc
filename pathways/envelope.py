"""What stands around a graph in bodies and answers of the API and in files, and how the graph is taken out of it. Pure."""

from typing import Any

from pathways.graph import accepted

AROUND = frozenset({
    *("id", "pathway_id", "pathwayID", "name", "description", "folder_id", "created_at", "updated_at"),
    *("version_number", "version_id", "source_version_number", "source_version_id", "revision_number", "published_at"),
    *("is_published", "is_latest", "is_prev_published", "is_staging", "production_version_number", "staging_version_number"),
    *("status", "message", "errors", "data", "environment", "problems"),
})  # fmt: skip
INSIDE = ("data", "pathway_data", "pathway", "graph")


class NoGraph(ValueError):
    """There are no nodes where they were looked for. The text says so."""


def unwrapped(data: Any) -> dict[str, Any]:
    """The object that holds the nodes: the whole, or one inside of it, as in an answer of an API. Raises NoGraph."""
    for key in INSIDE:
        if isinstance(data, dict) and "nodes" not in data and isinstance(data.get(key), dict):
            data = data[key]
    if not isinstance(data, dict) or not isinstance(data.get("nodes"), list):
        raise NoGraph("There is no list of nodes in it. A pathway is an object with nodes and edges.")
    return data


def graph_of(body: dict[str, Any]) -> dict[str, Any]:
    """What of a graph is in an object: all that does not stand around it, ready to be kept. Unknown keys belong to the graph."""
    found = {key: value for key, value in body.items() if key not in AROUND}
    return {key: value for key, value in accepted(found).items() if key in found}
