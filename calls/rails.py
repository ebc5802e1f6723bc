"""Which guard rails watch a call: frozen into `Call.rails` when it is accepted, so that later changes of the library do not touch it.

Three places: the request (or, where it says nothing, the persona's preset), what is attached to the persona, what is attached to the
pathway. One of each required kind watches a call, the first in this order; a custom rail once. What is attached to a pathway that the call
may go over to stands there too, with its `pathway_id`: it watches from when the call goes over (calls.agent.watch).
"""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from config.models import Account
from personas import rails
from personas.models import GuardRailAttachment, Persona

REACHED = "reached"
LIBRARY_SOURCES = {"PERSONA": "persona", "PATHWAY": "pathway"}


def of_call(
    account: Account, config: Mapping[str, Any], sources: Mapping[str, str], persona: Persona | None, reached: Iterable[str] = ()
) -> list[dict[str, Any]]:
    """What `Call.rails` keeps: [{id, type, name, source, actions, config, prompt, examples, near_misses}].

    `reached`: uids of the pathways that it may go over to. One query.
    """
    inline = [_inline(rail, sources.get("guard_rails", "request")) for rail in config.get("guard_rails") or ()]
    wanted = [("PERSONA", persona.uid)] if persona else []
    if (pathway := _uuid(config.get("pathway_id"))) is not None:
        wanted.append(("PATHWAY", pathway))
    first, later = _split(account, wanted, reached)
    first.sort(key=lambda each: each.source_type != "PERSONA")
    return _with_later([*inline, *(_attached(each) for each in first)], later)


def _split(
    account: Account, wanted: list[tuple[str, UUID]], reached: Iterable[str]
) -> tuple[list[GuardRailAttachment], list[GuardRailAttachment]]:
    """The attachments that watch from the answer, and those of other pathways."""
    others = [("PATHWAY", uid) for uid in filter(None, map(_uuid, reached)) if ("PATHWAY", uid) not in wanted]
    found = rails.watching(account, [*wanted, *others])
    return [a for a in found if (a.source_type, a.source_id) in wanted], [a for a in found if (a.source_type, a.source_id) not in wanted]


def _with_later(first: Iterable[dict[str, Any]], later: Iterable[GuardRailAttachment]) -> list[dict[str, Any]]:
    marked = [{**_attached(each), "source": REACHED, "pathway_id": str(each.source_id)} for each in later]
    return list(_once([*first, *marked]))


def _inline(rail: Mapping[str, Any], source: str) -> dict[str, Any]:
    prompt = str(rail.get("prompt") or "")
    name = (prompt if len(prompt) <= 60 else prompt[:59].rstrip() + "…") or rails.word(rail["type"])
    return {**_EMPTY, **rail, "name": name, "source": source}


def of_pathway(account: Account, uid: UUID, reached: Iterable[str] = ()) -> list[dict[str, Any]]:
    """What is attached to a pathway, and to those that its steps go over to: watches its rehearsals too."""
    first, later = _split(account, [("PATHWAY", uid)], reached)
    return _with_later([_attached(each) for each in first], later)


_EMPTY: dict[str, Any] = {"id": "", "prompt": "", "examples": [], "near_misses": []}


def _attached(attachment: GuardRailAttachment) -> dict[str, Any]:
    rail = attachment.guard_rail
    return {
        "id": str(rail.uid),
        "type": rail.type,
        "name": rail.name,
        "source": LIBRARY_SOURCES[attachment.source_type],
        "actions": attachment.actions,
        "config": rail.config,
        "prompt": rail.prompt,
        "examples": rail.examples,
        "near_misses": rail.near_misses,
    }


def _once(found: Iterable[dict[str, Any]]) -> Iterable[dict[str, Any]]:
    """What watches anyway does not come again with a pathway; two pathways may bring the same."""
    known: set[tuple[str, str, str]] = set()
    for rail in found:
        kind, about = rail["type"], rail["prompt"].strip().lower() if rail["type"] == rails.CUSTOM else ""
        place = rail.get("pathway_id", "")
        if not {(kind, about, ""), (kind, about, place)} & known:
            known.add((kind, about, place))
            yield rail


def _uuid(value: Any) -> UUID | None:
    try:
        return UUID(str(value)) if value else None
    except ValueError:
        return None
