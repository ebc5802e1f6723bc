"""Keeping the words of calls that are over: with the outcome, by a sweep for what was missed, and all anew."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone

from calls import loading
from calls.loading import Mould
from calls.models import Call, CallText, Utterance
from calls.searching import database
from calls.searching.words import number_words, words
from config.models import Account

TOGETHER = 2_000  # calls of one transaction when all is made anew
MOST = 500  # calls of one sweep
_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
BITS = 10  # of the call's id, behind the microseconds


def place_of(created_at: datetime, call_id: int) -> int:
    """A number that orders calls as the list does: by time, then by id (calls of one microsecond by the last digits of their ids)."""
    return (((created_at - _EPOCH) // _MICROSECOND) << BITS) | (call_id & ((1 << BITS) - 1))


def time_of(place: int) -> datetime:
    return _EPOCH + (place >> BITS) * _MICROSECOND


def text_of(name: str, number: str, lines: Iterable[str]) -> str:
    """What CallText keeps of a call."""
    said = [[*words(name), *number_words(number)], *map(words, lines)]
    return "\n".join(f" {' '.join(line)} " for line in said if line)


def index(call_id: int) -> None:
    """Makes a call findable by its words, or findable anew. Once it is over; within the transaction that writes its outcome."""
    call = Call.objects.only("pk", "created_at", "account_id", "callee_name", "to_number").get(pk=call_id)
    text = text_of(call.callee_name, call.to_number, Utterance.objects.filter(call=call).order_by("seq").values_list("text", flat=True))
    with transaction.atomic():
        known = CallText.objects.filter(call=call).values_list("text", flat=True).first()
        if known is None:
            place = place_of(call.created_at, call.pk)
            CallText.objects.create(place=_free(place, _taken([place])), call=call, account_id=call.account_id, text=text)
        elif known != text:
            CallText.objects.filter(call=call).update(text=text)
        Call.objects.filter(pk=call.pk).update(words_at=timezone.now())


def sweep() -> int:
    """The calls whose words were missed, the oldest first; returns how many. Their outcome is written: before it, lines may still come."""
    due = Call.objects.filter(words_at=None, ended_at__isnull=False, outcome_at__isnull=False).order_by("ended_at")
    found = list(due.values_list("pk", flat=True)[:MOST])
    for call_id in found:
        index(call_id)
    return len(found)


def rebuild(account: Account | None = None) -> Iterator[int]:
    """Makes the words of every call that is over anew; tells after each transaction how many are done. Searches go on meanwhile."""
    database.make_index()
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO calls_search(calls_search) VALUES ('rebuild')")
    over = Call.objects.filter(outcome_at__isnull=False, **({"account": account} if account else {})).order_by("pk")
    last, done = 0, 0
    while calls := list(over.filter(pk__gt=last).values_list("pk", "created_at", "account_id", "callee_name", "to_number")[:TOGETHER]):
        ids = [pk for pk, *_ in calls]
        with transaction.atomic():
            said: dict[int, list[str]] = {}
            for call_id, text in Utterance.objects.filter(call__in=ids).order_by("call_id", "seq").values_list("call_id", "text"):
                said.setdefault(call_id, []).append(text)
            CallText.objects.filter(call__in=ids).delete()
            taken = _taken([place_of(at, pk) for pk, at, *_ in calls])
            write(
                [
                    (_free(place_of(at, pk), taken), pk, office, text_of(name, number, said.get(pk, ())))
                    for pk, at, office, name, number in calls
                ]
            )
            Call.objects.filter(pk__in=ids).update(words_at=timezone.now())
        last, done = ids[-1], done + len(ids)
        yield done
    loading.settle([CallText._meta.db_table])


def write(rows: Sequence[tuple[int, int, int, str]]) -> None:
    """Many new rows (place, call, account, text), in the caller's transaction."""
    columns, _ = Mould(CallText()).narrowed(("place", "call_id", "account_id", "text"))
    loading.insert(CallText._meta.db_table, columns, rows)


def _taken(places: Sequence[int]) -> set[int]:
    return set(CallText.objects.filter(place__in=places).values_list("place", flat=True))


def _free(place: int, taken: set[int]) -> int:
    """Two calls of one microsecond whose ids end alike would have the same place."""
    while place in taken:
        place += 1
    taken.add(place)
    return place
