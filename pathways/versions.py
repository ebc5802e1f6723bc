"""The versions of a pathway: which stands where, going back to one, throwing a draft away."""

from collections.abc import Sequence

from django.db.models import Max
from django.utils.timezone import now

from config.kit import audit
from config.kit.writing import writing
from config.models import ApiKey, User
from pathways.editing import Frozen, locked, newest, newest_draft, production
from pathways.models import Pathway, PathwayVersion
from pathways.publishing import publish

MOST_SHOWN = 200


def listing(pathway: Pathway, *, graphs: bool = False) -> Sequence[PathwayVersion]:
    """Newest first. One query."""
    found = PathwayVersion.objects.filter(pathway=pathway).select_related("updated_by", "published_by").order_by("-number")
    return list((found if graphs else found.defer("graph"))[:MOST_SHOWN])


def working(pathway: Pathway) -> PathwayVersion | None:
    """What people edit and programs read: the newest draft, else production, else the newest version."""
    return newest_draft(pathway) or production(pathway) or newest(pathway)


def roll_back(version: PathwayVersion, environment: str, by: User | None = None, *, api_key: ApiKey | None = None) -> PathwayVersion:
    """Points at an earlier frozen version again. It passes the same checks as any other: nothing goes to calls around them.

    Raises Frozen when the version is still a draft (publish it instead), NotReady.
    """
    if not version.frozen:
        raise Frozen(f"version {version.number} is a draft: it was never published")
    return publish(version, environment, by, api_key=api_key)


def delete_draft(version: PathwayVersion, by: User | None = None, *, api_key: ApiKey | None = None) -> None:
    """Its number is never given again. Raises Frozen for a published version: calls of the past name it."""
    with writing():
        pathway = locked(version.pathway)
        if not PathwayVersion.objects.filter(pk=version.pk, published_at=None).delete()[0]:
            if PathwayVersion.objects.filter(pk=version.pk).exists():
                raise Frozen(f"version {version.number} is published")
            return
        left = PathwayVersion.objects.filter(pathway=pathway).aggregate(n=Max("number"))["n"] or 0
        if version.number > max(left, pathway.last_deleted):
            Pathway.objects.filter(pk=pathway.pk).update(last_deleted=version.number)
        Pathway.objects.filter(pk=pathway.pk).update(updated_at=now())
        audit.record(pathway.account, "pathway.draft_deleted", pathway.name, user=by, api_key=api_key, version=version.number)
