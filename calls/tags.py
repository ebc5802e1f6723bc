"""Words that people put on calls."""

from collections.abc import Collection, Sequence
from functools import partial

from django.db import transaction
from django.db.models import Count

from calls import feed
from calls.models import Call, CallTag
from config.models import Account

LONGEST = 60
MOST = 20  # on one call
OFFERED = 100
LATEST = 500  # tags that were put last: what is offered is found among them
TOO_MANY = f"A call has room for {MOST} tags."


def clean(text: str) -> str:
    """A tag as it is kept. Raises ValueError with words for the person who typed it."""
    name = " ".join(text.replace("\0", "").split())
    if not name:
        raise ValueError("Write a word for the tag.")
    if len(name) > LONGEST:
        raise ValueError(f"A tag has at most {LONGEST} characters.")
    return name


def spelt(account: Account, name: str) -> str:
    """The spelling under which the office put this tag lately: Call-back and call-back are one."""
    return next((kept for kept in known(account) if kept.casefold() == name.casefold()), name)


def known(account: Account) -> list[str]:
    """The tags that were put lately, in alphabetical order: what a filter and a field offer."""
    latest = CallTag.objects.filter(account=account).order_by("-pk").values_list("name", flat=True)[:LATEST]
    return sorted(set(latest), key=str.casefold)[:OFFERED]


def put(call: Call, text: str) -> None:
    """The same tag twice is one. Raises ValueError for a text that is no tag, or when the call has too many."""
    name = spelt(call.account, clean(text))
    with transaction.atomic():
        if put_on(call.account_id, [call.pk], name):
            raise ValueError(TOO_MANY)
        transaction.on_commit(partial(feed.publish, call.uid, call.account_id, call.last_seq, ""))


def take(call: Call, name: str) -> None:
    with transaction.atomic():
        take_from([call.pk], name)
        transaction.on_commit(partial(feed.publish, call.uid, call.account_id, call.last_seq, ""))


def put_on(account_id: int, calls: Sequence[int], name: str) -> int:
    """Tags these calls (their ids); returns how many have too many tags already, which are left as they are."""
    full = set(
        CallTag.objects.filter(call__in=calls).values("call").annotate(n=Count("pk")).filter(n__gte=MOST).values_list("call", flat=True)
    )
    full -= set(CallTag.objects.filter(call__in=full, name=name).values_list("call", flat=True))
    rows = [CallTag(account_id=account_id, call_id=pk, name=name) for pk in calls if pk not in full]
    CallTag.objects.bulk_create(rows, ignore_conflicts=True)
    return len(full)


def take_from(calls: Collection[int], name: str) -> None:
    CallTag.objects.filter(call__in=calls, name=name).delete()


def of(call: Call) -> list[str]:
    return list(call.tags.order_by("name").values_list("name", flat=True))
