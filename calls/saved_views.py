"""Filters of the Calls page under a name: a reader's own, or the office's."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.http import Http404, QueryDict

from calls import filters
from calls.models import SavedView
from config.models import Account, Member, Role

MOST = 30  # of one person
SHOWN = 60
LONGEST = 60


@dataclass(frozen=True, slots=True)
class Tab:
    """A view as a tab over the list."""

    pk: int
    name: str
    query: str
    shared: bool
    current: bool
    mine: bool  # the reader may change it


def tabs(member: Member, current: str) -> list[Tab]:
    """The reader's views and those of the office, in the order they were made. `current`: the query that is shown."""
    rows = visible(member.account, member).order_by("created_at", "pk")[:SHOWN]
    return [Tab(row.pk, row.name, row.query, row.shared, row.query == current and bool(current), may_change(member, row)) for row in rows]


def visible(account: Account, member: Member) -> QuerySet[SavedView]:
    return SavedView.objects.filter(account=account).filter(Q(user=member.user) | Q(shared=True))


def may_change(member: Member, view: SavedView) -> bool:
    """Its owner; one that the office shares also whoever may edit."""
    return view.user_id == member.user_id or (view.shared and member.may(Role.EDITOR))


def get(member: Member, pk: int) -> SavedView:
    """A view that the member may change. Raises Http404 for one they do not see, PermissionDenied for another's."""
    view = visible(member.account, member).filter(pk=pk).first()
    if view is None:
        raise Http404
    if not may_change(member, view):
        raise PermissionDenied
    return view


def save(member: Member, name: str, query: str, *, shared: bool) -> SavedView:
    """The filters of `query` under a name; one of the same name of the same person is replaced. Raises ValueError."""
    written = filters.read(QueryDict(query)).query()
    if not written:
        raise ValueError("Choose a filter first: a view without one is the whole list.")
    if len(written) > filters.MAX_QUERY:
        raise ValueError("These filters are too long to keep. Take one away.")
    name = _name(name)
    others = SavedView.objects.filter(account=member.account, user=member.user).exclude(name=name)
    if others.count() >= MOST:
        raise ValueError(f"You have {MOST} views. Delete one first.")
    return SavedView.objects.update_or_create(
        account=member.account, user=member.user, name=name, defaults={"query": written, "shared": shared and member.may(Role.EDITOR)}
    )[0]


def change(member: Member, view: SavedView, name: str, *, shared: bool) -> None:
    """Another name, and whether the office sees it (only editors decide that). Raises ValueError."""
    view.name = _name(name)
    if member.may(Role.EDITOR):
        view.shared = shared
    try:
        with transaction.atomic():
            view.save(update_fields=["name", "shared"])
    except IntegrityError:
        raise ValueError("There is a view of this name already.") from None


def _name(text: str) -> str:
    name = " ".join(text.replace("\0", "").split())
    if not name or len(name) > LONGEST:
        raise ValueError(f"Write a name of at most {LONGEST} characters.")
    return name
