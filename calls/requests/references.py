"""Do the things that a request names exist in this account?"""

from dataclasses import dataclass
from typing import Any

from calls.requests.refused import Refused, plain
from calls.requests.resolve import Draft, as_uuid
from config.models import Account
from pathways.models import Pathway, PathwayVersion
from personas import citation_schemas
from personas.models import KnowledgeBase
from personas.parameters import guard_rails


@dataclass(frozen=True, slots=True)
class Found:
    pathway: PathwayVersion | None = None


def check(account: Account, draft: Draft) -> Found:
    """Looks everything up. Raises Refused for the first thing that is missing."""
    config = draft.config
    version = _pathway_version(account, config) if config["pathway_id"] is not None else None
    if config["persona_id"] is not None and draft.persona is None:
        raise plain(404, f'Persona with ID "{config["persona_id"]}" not found', "persona_id")
    _tools(account, config["tools"])
    _schemas(account, draft)
    return Found(version)


def _schemas(account: Account, draft: Draft) -> None:
    """A persona may still name what was deleted: its calls go on without it. A request may not."""
    name = citation_schemas.PARAMETER
    gone = citation_schemas.missing(account, draft.config[name])
    if gone and draft.sources[name] != "persona":
        raise plain(404, citation_schemas.NOT_FOUND.format(gone[0]), name)
    draft.config[name] = [uid for uid in draft.config[name] if uid not in gone]
    draft.notes.extend(f"{citation_schemas.NOT_FOUND.format(uid)}: it is ignored." for uid in gone)


def nodes_of(version: PathwayVersion) -> list[dict[str, Any]]:
    """The nodes of a graph; [] when it has none or is not a graph."""
    nodes = version.graph.get("nodes") if isinstance(version.graph, dict) else None
    return [node for node in nodes if isinstance(node, dict)] if isinstance(nodes, list) else []


def _pathway_version(account: Account, config: dict[str, Any]) -> PathwayVersion:
    uid, wanted = config["pathway_id"], config["pathway_version"] or "production"
    known = as_uuid(uid)
    pathways = Pathway.objects.filter(account=account, deleted_at=None).select_related("production", "staging")
    pathway = pathways.filter(uid=known).first() if known else None
    if pathway is None:
        raise plain(404, f'Pathway with ID "{uid}" not found', "pathway_id")
    version: PathwayVersion | None
    if wanted == "production":
        version = pathway.production
    elif wanted == "staging":
        version = pathway.staging
    else:
        version = pathway.versions.filter(number=wanted).first()
    if version is None:
        raise plain(404, f'Pathway version with ID "{wanted}" not found', "pathway_version")
    nodes = nodes_of(version)
    if not nodes:
        raise plain(400, f"Invalid pathway data - no blocks or links found for pathway {uid}", "pathway_id")
    ids = {str(node.get("id")) for node in nodes}
    start = config["start_node_id"]
    if start is not None and start not in ids:
        raise plain(400, f"Invalid start node ID: {start}", "start_node_id")
    for node in guard_rails.nodes(config["guard_rails"]):
        if node not in ids:
            raise plain(400, f"Guard rail action move_to_node: the pathway has no node {node}.", "guard_rails")
    return version


def _tools(account: Account, tools: list[str]) -> None:
    wanted = {tool: as_uuid(tool.removeprefix("KB-")) for tool in tools if tool.startswith("KB-")}
    known = set()
    if any(wanted.values()):
        bases = KnowledgeBase.objects.filter(account=account, uid__in=[uid for uid in wanted.values() if uid])
        known = set(bases.values_list("uid", flat=True))
    for tool in tools:
        if tool not in wanted:  # tools of one's own come with their page
            raise _no_tool("tool", tool)
        if wanted[tool] not in known:
            raise _no_tool("knowledge base", tool)


def _no_tool(what: str, uid: str) -> Refused:
    return plain(400, f'Invalid tools: no {what} with ID "{uid}"', "tools")
