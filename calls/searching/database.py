"""What the two databases are asked: the indexes of migration 0011, in their own words.

Whatever they answer, the same calls are meant: all words of calls.searching.words.Wanted occur in CallText.text.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.expressions import RawSQL

from calls.models import CallText
from calls.searching.words import Terms, Wanted

type Hit = tuple[int, int]  # place, id of the call
WEEK = 604_800_000_000 << 10  # of places, see calls.searching.index.place_of

_LEXEMES = (  # as the index of migration 0011 says it, letter by letter
    "array_to_tsvector(array_remove(string_to_array(text, ' '), '') || ARRAY['@' || account_id::text, "
    "'@' || account_id::text || 'w' || ((place >> 10) / 604800000000)::text])"
)


@contextmanager
def built_afterwards() -> Iterator[None]:
    """PostgreSQL builds the index of many calls much faster in one go than call by call: it is made at the end, when there was no call.

    Without it (the process was killed) searches are slow and right; `manage.py rebuild_search` makes it.
    """
    whole = _may_build() and not CallText.objects.exists()
    if whole:
        with connection.cursor() as cursor:
            cursor.execute("DROP INDEX IF EXISTS calls_search")
    try:
        yield
    finally:
        if whole:
            make_index()


def make_index() -> None:
    """That of migration 0011, when it is not there (PostgreSQL)."""
    if _may_build():
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
            cursor.execute(f"CREATE INDEX IF NOT EXISTS calls_search ON calls_calltext USING gin (({_LEXEMES})) WITH (fastupdate = off)")


def _may_build() -> bool:
    """Not within a transaction that has written rows: PostgreSQL refuses."""
    return connection.vendor == "postgresql" and not connection.in_atomic_block


def said(wanted: Wanted) -> tuple[str, list[str]]:
    """A condition on `text`, which reads it: for few calls."""
    found = "strpos(text, %s) > 0" if connection.vendor == "postgresql" else "instr(text, %s) > 0"
    ways = (" AND ".join([found] * len(way)) for way in wanted.ways)
    patterns = [f" {' '.join(term.words)}{'' if term.prefix else ' '}" for way in wanted.ways for term in way]
    return f"({' OR '.join(ways)})", patterns


def hits(account_id: int, wanted: Wanted, *, bound: int | None, weeks: tuple[int, int] | None, newest: bool, most: int) -> list[Hit]:
    """At most `most` calls, the newest or the oldest first, from `bound` on. `weeks`: only of these, first and last (PostgreSQL)."""
    order, side = ("DESC", "<=") if newest else ("ASC", ">=")
    matching, params = matches(account_id, wanted, weeks)
    where = "" if bound is None else f"WHERE place {side} %s"
    # The first part stands by itself: with the order and the limit in sight, PostgreSQL may rather read all calls from the newest on.
    materialized = "MATERIALIZED " if connection.vendor == "postgresql" else ""
    sql = f"WITH found AS {materialized}({matching}) SELECT place, call_id FROM found {where} ORDER BY place {order} LIMIT %s"  # noqa: S608  our own words; input comes as parameters
    return _rows(sql, [*params, *([] if bound is None else [bound]), most])


def matches(account_id: int, wanted: Wanted, weeks: tuple[int, int] | None = None) -> tuple[str, list[Any]]:
    """A query for (place, call_id) of every call, by the index."""
    # The index knows which words a call has, not in which order.
    more, params = said(wanted) if wanted.ordered else ("", [])
    further = f" AND {more}" if more else ""
    if connection.vendor == "postgresql":
        sql = f"SELECT place, call_id FROM calls_calltext WHERE {_LEXEMES} @@ %s::tsquery{further}"  # noqa: S608
        return sql, [_tsquery(account_id, wanted, weeks), *params]
    found = "calls_search CROSS JOIN calls_calltext spoken ON spoken.place = calls_search.rowid"
    further = further.replace("(text", "(spoken.text")
    sql = f"SELECT calls_search.rowid AS place, call_id FROM {found} WHERE calls_search MATCH %s{further}"  # noqa: S608
    return sql, [_fts5(account_id, wanted), *params]


def everything(account_id: int, wanted: Wanted) -> Q:
    """The condition on calls. For work on all of them: it may read a great deal, where `calls.searching.finding` stops early."""
    sql, params = matches(account_id, wanted)
    return Q(pk__in=RawSQL(f"SELECT call_id FROM ({sql}) found", params))  # noqa: S608, S611  our own words; input comes as parameters


def among(ids: Sequence[int], wanted: Wanted, most: int) -> list[int]:
    """Which of these calls say it, in their order, `most` of them. Their texts are read one after the other until there are enough."""
    condition, params = said(wanted)
    found: list[int] = []
    for first in range(0, len(ids), 500):
        part = ids[first : first + 500]
        sql = f"SELECT call_id FROM calls_calltext WHERE call_id IN ({', '.join(['%s'] * len(part))}) AND {condition}"  # noqa: S608
        have = {call_id for (call_id,) in _rows(sql, [*part, *params])}
        found += [call_id for call_id in part if call_id in have]
        if len(found) >= most:
            break
    return found


def _tsquery(account_id: int, wanted: Wanted, weeks: tuple[int, int] | None) -> str:
    office = f"'@{account_id}'"
    if weeks is not None:
        office = f"({' | '.join(f"'@{account_id}w{week}'" for week in range(weeks[0], weeks[1] + 1))})"
    ways = (" & ".join(f"'{word}'{':*' if prefix else ''}" for word, prefix in _single(way)) for way in wanted.ways)
    return f"{office} & ({' | '.join(ways)})"


def _fts5(account_id: int, wanted: Wanted) -> str:
    ways = (" AND ".join(f'text : "{word}"{" *" if prefix else ""}' for word, prefix in _single(way)) for way in wanted.ways)
    return f'account_id : "{account_id}" AND ({" OR ".join(f"({way})" for way in ways)})'


def _single(way: Terms) -> Iterator[tuple[str, bool]]:
    """Every word of a way, and whether it may go on."""
    for term in way:
        for n, word in enumerate(term.words, 1):
            yield word, term.prefix and n == len(term.words)


def _rows(sql: str, params: Sequence[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())
