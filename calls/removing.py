"""A call is deleted for good: what was said, what came out, its sound. Entries on the do-not-call list stay."""

from collections.abc import Callable
from functools import partial

from django.db import transaction

from calls import feed, signals
from calls.models import Call
from calls.recordings import rows as recordings
from calls.states import ENDED
from config.kit.writing import writing

NOT_OVER = "It is not over yet."
SOUND_STAYS = "Its recording could not be deleted yet. Try again in a minute."


def remove(call: Call, gone: Callable[[], object]) -> str:
    """Deletes a call that is over; "" when it is gone, else why not. `gone` runs in the transaction that deletes it.

    The file goes first: once the rows are away nobody would know that there is one.
    """
    if not Call.objects.filter(pk=call.pk, state__in=ENDED).exists():
        return NOT_OVER
    if not recordings.erase(call):
        return SOUND_STAYS
    with writing():
        row = Call.objects.select_for_update().only("uid", "account_id", "last_seq", "state", "created_at").filter(pk=call.pk).first()
        gone()
        if row:
            transaction.on_commit(partial(feed.publish, row.uid, row.account_id, row.last_seq, row.state))
            signals.calls_changed.send(sender=Call, account_id=row.account_id, made=[row.created_at])
            row.delete()
    return ""
