"""What calls and pathways have to choose from: for Send call, and by config.kit.pickers for the form of a persona."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.models import Prefetch

from calls.models import Number, NumberPool
from config.kit import pickers
from config.kit.pickers import Options, Steps
from config.models import Account
from pathways import graph
from pathways.models import Pathway, PathwayVersion


def numbers(account: Account) -> Options:
    owned = Number.objects.filter(account=account).order_by("number")
    return [(n.number, f"{n.number}{f', {n.label}' if n.label else ''}") for n in owned]


def pools(account: Account) -> Options:
    return [(str(p.uid), p.name) for p in NumberPool.objects.filter(account=account).order_by("name")]


def pathways(account: Account) -> Options:
    """Those that a call can be led along."""
    found = Pathway.objects.filter(account=account, deleted_at=None, production__isnull=False).order_by("name")
    return [(str(p.uid), p.name) for p in found]


def version(account: Account, uid: Any, wanted: Any) -> PathwayVersion | None:
    """What `pathway_id` and `pathway_version` name; None when there is no such version."""
    known = _uuid(str(uid or ""))
    if known is None:
        return None
    pathway = Pathway.objects.filter(account=account, deleted_at=None, uid=known).select_related("production", "staging").first()
    if pathway is None:
        return None
    name = str(wanted or "production").strip()
    if name.isascii() and name.isdigit():
        return pathway.versions.filter(number=int(name[:9])).first()
    return pathway.staging if name == "staging" else pathway.production


def steps(account: Account, uids: Sequence[str]) -> dict[str, Steps]:
    """Two queries, however many pathways are asked for. The steps are those in production."""
    known = [uid for uid in map(_uuid, uids) if uid is not None]
    found = Pathway.objects.filter(account=account, deleted_at=None, uid__in=known).select_related("production")
    numbers_only = Prefetch("versions", PathwayVersion.objects.only("pathway_id", "number", "published_at"))
    return {str(pathway.uid): _steps(pathway) for pathway in found.prefetch_related(numbers_only)}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _steps(pathway: Pathway) -> Steps:
    frozen = sorted((v.number for v in pathway.versions.all() if v.frozen), reverse=True)
    versions = [("production", "In production"), ("staging", "In staging"), *((str(n), f"Version {n}") for n in frozen)]
    known = graph.load(pathway.production.graph) if pathway.production else graph.Graph()
    return Steps(versions, [(node.id, node.name or node.id) for node in known.nodes])


def offer() -> None:
    pickers.offer("numbers", numbers)
    pickers.offer("pools", pools)
    pickers.offer("pathways", pathways)
    pickers.offer("pathway-steps", steps)
