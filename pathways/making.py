"""Pathways as a whole: made from nothing, from a starter, from JSON or from another one; named, shelved, deleted."""

from collections.abc import Mapping, Sequence
from itertools import chain, count
from typing import Any

from django.utils.timezone import now

from config.kit import audit, storable
from config.kit.writing import writing
from config.models import Account, ApiKey, User
from pathways import editing
from pathways.envelope import graph_of, unwrapped
from pathways.graph import text_of
from pathways.models import Pathway, PathwayFolder, PathwayVersion, Scenario
from pathways.starters import Starter
from pathways.versions import working

LONGEST_NAME = 120
LONGEST_DESCRIPTION = 10_000
FIRST_STEP = {"id": "1", "type": "Default", "position": {"x": 0, "y": 0}, "data": {"name": "Start", "isStart": True, "prompt": ""}}
COPIED = ("name", "description", "callee", "lines", "request_data", "start_node_id", "max_turns", "assertions", "required", "enabled")


class BadName(ValueError):
    """A name or description that cannot be kept. The text says why."""


def create(
    account: Account,
    name: Any,
    description: Any = "",
    *,
    graph: Any = None,
    scenarios: Sequence[Mapping[str, Any]] = (),
    folder: PathwayFolder | None = None,
    by: User | None = None,
) -> PathwayVersion:
    """A pathway with one draft: `graph`, or one empty step to begin with. Raises BadName, editing.Unreadable."""
    called, told = checked_name(name), checked_description(description)
    kept = editing.readable({"nodes": [FIRST_STEP], "edges": []} if graph is None else graph)
    with writing():
        pathway = Pathway.objects.create(account=account, name=called, description=told, folder=folder)
        for place, fields in enumerate(scenarios):
            Scenario.objects.create(pathway=pathway, order=place, **fields)
        return editing.new_draft(pathway, kept, by=by)


def from_starter(account: Account, starter: Starter, name: str = "", *, by: User | None = None) -> PathwayVersion:
    """A pathway of one's own with the starter's graph and rehearsals. Raises BadName."""
    return create(account, name or starter.name, starter.description, graph=starter.graph, scenarios=starter.scenarios, by=by)


def imported(account: Account, data: Any, name: str = "", *, folder: PathwayFolder | None = None, by: User | None = None) -> PathwayVersion:
    """From the JSON of another system, or of an export from here: the graph itself, or an object that holds it.

    A name that it came with and that is taken gets “(copy)” behind it. Nothing of the graph is lost; steps that cannot run are for
    validation to name. Raises BadName, envelope.NoGraph, editing.Unreadable.
    """
    whole = unwrapped(data)
    called = name.strip() or _free_name(account, text_of(whole, "name").strip()[:LONGEST_NAME] or "Imported pathway")
    return create(account, called, text_of(whole, "description")[:LONGEST_DESCRIPTION], graph=graph_of(whole), folder=folder, by=by)


def _free_name(account: Account, name: str) -> str:
    """`name`, or the first of "name (copy)", "name (copy 2)" … that no pathway of the account has."""
    begun = name[: LONGEST_NAME - 10]
    taken = set(Pathway.objects.filter(account=account, deleted_at=None, name__startswith=begun).values_list("name", flat=True))
    tries = chain([name, f"{begun} (copy)"], (f"{begun} (copy {n})" for n in count(2)))
    return next(each for each in tries if each not in taken)


def duplicate(pathway: Pathway, name: Any = "", *, by: User | None = None) -> PathwayVersion:
    """A new pathway with a draft of what stands in the working version, and with the same rehearsals. Raises BadName."""
    version = working(pathway)
    scenarios = [{key: getattr(row, key) for key in COPIED} for row in Scenario.objects.filter(pathway=pathway)]
    called = name if isinstance(name, str) and name.strip() else f"{pathway.name[: LONGEST_NAME - 7]} (copy)"
    graph = version.graph if version else None
    return create(pathway.account, called, pathway.description, graph=graph, scenarios=scenarios, folder=pathway.folder, by=by)


def describe(pathway: Pathway, *, name: Any = None, description: Any = None) -> None:
    """None leaves it as it is. Raises BadName."""
    fields: dict[str, Any] = {}
    if name is not None:
        fields["name"] = checked_name(name)
    if description is not None:
        fields["description"] = checked_description(description)
    if fields:
        Pathway.objects.filter(pk=pathway.pk).update(**fields, updated_at=now())
        for key, value in fields.items():
            setattr(pathway, key, value)


def shelve(pathway: Pathway, folder: PathwayFolder | None) -> None:
    Pathway.objects.filter(pk=pathway.pk).update(folder=folder)


def make_folder(account: Account, name: Any) -> PathwayFolder:
    """The folder of this name, which may be there already. Raises BadName."""
    called = checked_name(name)
    with writing():
        found = PathwayFolder.objects.filter(account=account, name=called).first()
        return found or PathwayFolder.objects.create(account=account, name=called)


def delete(pathway: Pathway, by: User | None = None, *, api_key: ApiKey | None = None) -> None:
    """Calls that run, wait or are over keep what they need; new ones do not find it."""
    with writing():  # the update waits for whoever holds the row to save or publish (editing.locked)
        if Pathway.objects.filter(pk=pathway.pk, deleted_at=None).update(deleted_at=now(), updated_at=now()):
            audit.record(pathway.account, "pathway.deleted", pathway.name, user=by, api_key=api_key)


def checked_name(name: Any) -> str:
    called = " ".join(name.split()) if isinstance(name, str) else ""
    if not called:
        raise BadName("A name is needed.")
    if len(called) > LONGEST_NAME:
        raise BadName(f"A name has at most {LONGEST_NAME} characters.")
    return _plain(called)


def checked_description(description: Any) -> str:
    if not isinstance(description or "", str):
        raise BadName("The description is not a text.")
    if len(description or "") > LONGEST_DESCRIPTION:
        raise BadName(f"A description has at most {LONGEST_DESCRIPTION:,} characters.")
    return _plain(str(description or ""))


def _plain(text: str) -> str:
    if why := storable.trouble(text):
        raise BadName(f"The text {why}.")
    return text
