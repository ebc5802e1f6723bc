"""The library of guard rails: what each is called, how many there may be, where they are attached. Knows no calls and no pathways."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404
from django.utils.timezone import now

from config.kit import audit
from config.kit.writing import writing
from config.models import Account, ApiKey, User
from personas.models import GuardRail, GuardRailAttachment

Source = GuardRailAttachment.Source
CUSTOM = "custom"
# type -> (name, what it watches)
WORDS = {
    "tcpa:ai_disclosure": ("Says that it is automated", "The agent must say that it is an AI or an automated assistant."),
    "tcpa:self_introduction": ("Says who is calling", "The agent must say its name or the organisation it calls for."),
    "tcpa:recording_disclosure": ("Says that the call is recorded", "The agent must say that the call is or may be recorded."),
    "tcpa:opt_out": ("Stops after “do not call me”", "The agent must not go on when the person does not want to be called again."),
    "custom": ("A rule of your own", "The sentence you write must not happen on the call."),
}
ACTION_WORDS = {"end_call": "End the call", "transfer": "Hand over", "move_to_node": "Go to a step of the pathway"}
MOST_SENTENCES = 30  # examples of a rail, and near misses


class TooMany(Exception):
    """The account has as many custom guard rails as it may have."""

    def __init__(self) -> None:
        most = settings.CUSTOM_GUARD_RAILS
        super().__init__(f"At most {most} custom guard {'rail' if most == 1 else 'rails'} can be added. Delete one first.")


@dataclass(frozen=True, slots=True)
class Attached:
    """Where a rail watches, and what it does there: `actions` as personas.parameters.guard_rails makes them."""

    source_type: str
    source_id: UUID
    actions: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Content:
    """What is written in a rail. `config` and the sentences are checked by whoever took them in."""

    name: str
    description: str = ""
    prompt: str = ""
    examples: Sequence[str] = ()
    near_misses: Sequence[str] = ()
    config: Mapping[str, Any] = field(default_factory=dict)


def word(kind: str) -> str:
    return WORDS.get(kind, (kind, ""))[0]


def library(account: Account) -> QuerySet[GuardRail]:
    """With its attachments, newest first."""
    attached = GuardRailAttachment.objects.order_by("pk")
    rails = GuardRail.objects.filter(account=account, deleted_at=None).order_by("-created_at", "-pk")
    return rails.prefetch_related(Prefetch("attachments", attached))


def get(account: Account, uid: UUID) -> GuardRail:
    rail = library(account).filter(uid=uid).first()
    if rail is None:
        raise Http404("Guard rail not found")
    return rail


def watching(account: Account, sources: Iterable[tuple[str, UUID]]) -> list[GuardRailAttachment]:
    """The attachments that watch a call made with these sources, in the order in which they were attached. One query, none for nothing."""
    wanted = [Q(source_type=kind, source_id=uid) for kind, uid in sources]
    if not wanted:
        return []
    alive = GuardRailAttachment.objects.filter(guard_rail__account=account, guard_rail__deleted_at=None, guard_rail__enabled=True)
    return list(alive.filter(Q(*wanted, _connector=Q.OR)).select_related("guard_rail").order_by("pk"))


def customs(account: Account) -> int:
    return GuardRail.objects.filter(account=account, type=CUSTOM, deleted_at=None).count()


def create(
    account: Account, kind: str, content: Content, attached: Sequence[Attached] = (), *, by: User | None = None, key: ApiKey | None = None
) -> GuardRail:
    """Raises TooMany for one custom rail too many."""
    with writing():
        Account.objects.select_for_update().get(pk=account.pk)  # two at once are counted one after the other
        if kind == CUSTOM and customs(account) >= settings.CUSTOM_GUARD_RAILS:
            raise TooMany
        rail = GuardRail.objects.create(account=account, type=kind, **_columns(content))
        _attach(rail, attached)
        audit.record(account, "guard_rail.made", rail.name, user=by, api_key=key)
    return rail


def change(
    rail: GuardRail, content: Content, attached: Sequence[Attached] | None, *, by: User | None = None, key: ApiKey | None = None
) -> None:
    """`attached` None leaves the attachments as they are; a list takes their place. Raises Http404 for one deleted meanwhile."""
    with writing():
        _locked(rail)
        GuardRail.objects.filter(pk=rail.pk).update(**_columns(content))
        rail.name = content.name[:120]
        if attached is not None:
            rail.attachments.all().delete()
            _attach(rail, attached)
        audit.record(rail.account, "guard_rail.changed", rail.name, user=by, api_key=key)


def switch(rail: GuardRail, on: bool, *, by: User | None = None) -> None:
    with writing():
        if GuardRail.objects.filter(pk=rail.pk, deleted_at=None, enabled=not on).update(enabled=on, updated_at=now()):
            audit.record(rail.account, "guard_rail.on" if on else "guard_rail.off", rail.name, user=by)


def delete(rail: GuardRail, *, by: User | None = None, key: ApiKey | None = None) -> None:
    """Calls that were sent keep it, and so does the history of its trips."""
    with writing():
        if GuardRail.objects.filter(pk=rail.pk, deleted_at=None).update(deleted_at=now()):
            rail.attachments.all().delete()
            audit.record(rail.account, "guard_rail.deleted", rail.name, user=by, api_key=key)


def attach(rail: GuardRail, attached: Attached, *, by: User | None = None) -> None:
    """Once for each source: attaching again changes what it does there. Raises Http404 for one deleted meanwhile."""
    with writing():
        _locked(rail)
        rail.attachments.update_or_create(
            source_type=attached.source_type, source_id=attached.source_id, defaults={"actions": [dict(a) for a in attached.actions]}
        )
        audit.record(rail.account, "guard_rail.attached", rail.name, user=by, to=f"{attached.source_type.lower()} {attached.source_id}")


def detach(rail: GuardRail, pk: int, *, by: User | None = None) -> None:
    with writing():
        if rail.attachments.filter(pk=pk).delete()[0]:
            audit.record(rail.account, "guard_rail.detached", rail.name, user=by)


def _locked(rail: GuardRail) -> None:
    """Others who change it wait until the transaction is over. Raises Http404 when it was deleted meanwhile."""
    if GuardRail.objects.select_for_update().filter(pk=rail.pk, deleted_at=None).first() is None:
        raise Http404("Guard rail not found")


def _columns(content: Content) -> dict[str, Any]:
    """What is written in a rail, and nothing else: whether it is on, or deleted, is somebody else's to say."""
    return {
        "name": content.name[:120],
        "description": content.description,
        "prompt": content.prompt,
        "examples": list(content.examples),
        "near_misses": list(content.near_misses),
        "config": dict(content.config),
        "updated_at": now(),
    }


def _attach(rail: GuardRail, attached: Sequence[Attached]) -> None:
    once = {(a.source_type, a.source_id): a for a in attached}
    GuardRailAttachment.objects.bulk_create(
        GuardRailAttachment(guard_rail=rail, source_type=a.source_type, source_id=a.source_id, actions=[dict(x) for x in a.actions])
        for a in once.values()
    )
