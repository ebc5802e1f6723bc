"""Which pathways somebody may see. One of another account, or a deleted one, does not exist for them."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404

from config.models import Account
from pathways.models import Pathway, PathwayFolder, PathwayVersion


def visible_pathways(account: Account) -> QuerySet[Pathway]:
    return Pathway.objects.filter(account=account, deleted_at=None)


def get_pathway(account: Account, uid: UUID) -> Pathway:
    """With the numbers of its pointers, without their graphs. Raises Http404."""
    found = visible_pathways(account).filter(uid=uid).select_related("production", "staging", "folder")
    pathway = found.defer("production__graph", "staging__graph").first()
    if pathway is None:
        raise Http404(f'Pathway with ID "{uid}" not found')
    return pathway


def get_version(pathway: Pathway, number: int) -> PathwayVersion:
    """Raises Http404."""
    found = PathwayVersion.objects.filter(pathway=pathway, number=number).select_related("updated_by", "published_by").first()
    if found is None:
        raise Http404(f'Pathway version with ID "{number}" not found')
    found.pathway = pathway
    return found


def get_folder(account: Account, uid: UUID) -> PathwayFolder:
    """Raises Http404."""
    folder = PathwayFolder.objects.filter(account=account, uid=uid).first()
    if folder is None:
        raise Http404
    return folder
