"""Which calls the search box means: those whose number or name it tells, and those in which its words were said. The newest first.

Nothing here reads a whole posting list of a common word. First the newest calls are looked at one by one: words that many calls have are
found there. What is rarer is asked of the index, from the newest weeks on. Filters that hardly fit the words could still make it look at
everything: then it stops after a moment, and says how far it has come.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Q, QuerySet

from calls.models import Call
from calls.searching import database
from calls.searching.index import place_of, time_of
from calls.searching.words import Wanted, only_digits, read
from config.models import Account

WALK = 2_000  # calls that are looked at one by one
BATCH = 1_000  # calls that the index is asked for at a time
SAMPLE, COMMON = 500, 10  # newest calls of the office, and how many of them make the words common: the index would collect very many calls
BUDGET = 0.15  # seconds after which no further batch is asked for
KNOWN_BY_ROW = 1_000  # calls that are found by number or name, at most


@dataclass(frozen=True, slots=True)
class Found:
    """`ids`: in no order; at least the first that were asked for are among them. `total` None: not all were looked for.

    `stopped`: so far it has looked; what lies beyond is not in `ids`.
    """

    ids: list[int]
    total: int | None
    stopped: datetime | None = None


def everything(account: Account, text: str) -> Q:
    """The condition on calls, for work on all of them; what `find` finds of them, faster."""
    wanted = read(text)
    return by_row(text) | database.everything(account.pk, wanted) if wanted else by_row(text)


def by_row(text: str) -> Q:
    """Calls without words yet: live, waiting, or just over. Later their number and name are in their words."""
    if digits := only_digits(text):
        return Q(words_at=None, to_number__contains=digits)
    return Q(words_at=None, callee_name__icontains=text)


def find(
    account: Account,
    calls: QuerySet[Call],
    text: str,
    *,
    enough: int,
    newest: bool = True,
    budget: float | None = BUDGET,
) -> Found:
    """The newest `enough` of `calls` that `text` means, or the oldest. `budget` None: it does not stop early."""
    wanted = read(text)
    by_words = _Search(account, calls, wanted, newest, enough, budget).run() if wanted else Found([], 0)
    order = ("-created_at", "-pk") if newest else ("created_at", "pk")
    known = list(calls.filter(by_row(text)).order_by(*order).values_list("pk", "created_at")[: KNOWN_BY_ROW + 1])
    if (stopped := by_words.stopped) is not None:
        known = [(pk, at) for pk, at in known if (at >= stopped if newest else at <= stopped)]
    ids = list(dict.fromkeys([*by_words.ids[:enough], *(pk for pk, _ in known)]))
    total = None if by_words.total is None or len(known) > KNOWN_BY_ROW else len({*by_words.ids, *(pk for pk, _ in known)})
    return Found(ids, total, stopped)


class _Search:
    def __init__(self, account: Account, calls: QuerySet[Call], wanted: Wanted, newest: bool, enough: int, budget: float | None) -> None:
        self.account, self.calls, self.wanted, self.newest, self.enough = account, calls, wanted, newest, enough
        self.until = None if budget is None else time.monotonic() + budget
        self.found: list[int] = []

    def run(self) -> Found:
        walked = self._walk(self.calls)
        if len(walked) < WALK:
            return Found(self.found, len(self.found))
        if len(self.found) >= self.enough:
            return Found(self.found, None)
        last, at = walked[-1]
        if self._common():
            return self._walk_on(last, at)
        return self._by_index(place_of(at, last), {pk for pk, _ in walked})

    def _walk(self, calls: QuerySet[Call]) -> list[tuple[int, datetime]]:
        """Looks at the next calls one by one. All of them when there are no more: then all that match are known."""
        order = ("-created_at", "-pk") if self.newest else ("created_at", "pk")
        walked = list(calls.order_by(*order).values_list("pk", "created_at")[:WALK])
        most = self.enough - len(self.found) if len(walked) == WALK else WALK
        self.found += database.among([pk for pk, _ in walked], self.wanted, most)
        return walked

    def _common(self) -> bool:
        """Whether many calls have the words, though few of those that the filters leave."""
        newest = Call.objects.filter(account=self.account, words_at__isnull=False).order_by("-created_at", "-pk")
        return len(database.among(list(newest.values_list("pk", flat=True)[:SAMPLE]), self.wanted, SAMPLE)) >= COMMON

    def _walk_on(self, last: int, at: datetime) -> Found:
        while True:
            if self.newest:
                beyond = self.calls.filter(created_at__lte=at).filter(Q(created_at__lt=at) | Q(pk__lt=last))
            else:
                beyond = self.calls.filter(created_at__gte=at).filter(Q(created_at__gt=at) | Q(pk__gt=last))
            walked = self._walk(beyond)
            if len(walked) < WALK:
                return Found(self.found, len(self.found))
            if len(self.found) >= self.enough:
                return Found(self.found, None)
            last, at = walked[-1]
            if self.until is not None and time.monotonic() > self.until:
                return Found(self.found, None, at)

    def _by_index(self, bound: int, seen: set[int]) -> Found:
        step = -1 if self.newest else 1
        for weeks, edge in self._windows(bound):
            while True:
                hits = database.hits(self.account.pk, self.wanted, bound=bound, weeks=weeks, newest=self.newest, most=BATCH)
                fresh = [call_id for _, call_id in hits if call_id not in seen]
                passing = set(self.calls.filter(pk__in=fresh).order_by().values_list("pk", flat=True)) if fresh else set()
                self.found += [call_id for call_id in fresh if call_id in passing]
                more = len(hits) == BATCH
                bound = hits[-1][0] + step if more else edge
                if len(self.found) >= self.enough:
                    return Found(self.found, None if more or weeks else len(self.found))
                if (more or weeks) and self.until is not None and time.monotonic() > self.until:
                    return Found(self.found, None, time_of(bound))
                if not more:
                    break
        return Found(self.found, len(self.found))

    def _windows(self, bound: int) -> Iterator[tuple[tuple[int, int] | None, int]]:
        """From the week of `bound` on: weeks (None: all that is left) and where they end. SQLite needs none: it reads in order."""
        if connection.vendor == "postgresql":
            week = bound // database.WEEK
            if self.newest:
                yield (week - 1, week), (week - 1) * database.WEEK - 1
                yield (week - 9, week - 2), (week - 9) * database.WEEK - 1
            else:
                yield (week, week + 1), (week + 2) * database.WEEK
                yield (week + 2, week + 9), (week + 10) * database.WEEK
        yield None, bound
