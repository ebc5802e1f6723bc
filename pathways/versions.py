"""The versions of a pathway: which there are, which is worked on, throwing a draft away. To go back to one is to publish it again."""

from collections.abc import Sequence

from django.db.models import Max
from django.utils.timezone import now

from config.kit import audit
from config.kit.writing import writing
from config.models import ApiKey, User
from pathways.editing import Frozen, locked, newest, newest_draft, production
from pathways.models import Pathway, PathwayVersion

MOST_SHOWN = 200


def listing(pathway: Pathway) -> Sequence[PathwayVersion]:
    """Newest first, without their graphs. One query."""
    found = PathwayVersion.objects.filter(pathway=pathway).select_related("updated_by", "published_by")
    return list(found.defer("graph").order_by("-number")[:MOST_SHOWN])


def working(pathway: Pathway) -> PathwayVersion | None:
    """What people edit and programs read: the newest draft, else production, else the newest version."""
    return newest_draft(pathway) or production(pathway) or newest(pathway)


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
