"""Reading calls for pages: the list by keyset, one call's history.

Every order is total; the number of queries never grows with the rows.
"""

from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.fields.json import KT

from calls import shown
from calls.access import visible_calls
from calls.criteria import narrowed
from calls.filters import Cursor, Filters
from calls.models import Call, CallEvent, Recording, Utterance
from calls.searching import finding
from calls.searching.finding import Found
from config.models import Account

PAGE = 25
MOST_LIVE = 1000  # of them a filter picks
LIVE_ON_TOP = 50  # more live calls than these are found with the filter "live"
COUNTED = 1000  # a total beyond it is shown as "1,000+"
MAX_EVENTS = 2000  # of one call, on its page
LAST_ID = 2**62 - 1  # no call has it: a place behind all calls of a moment


@dataclass(frozen=True, slots=True)
class Page:
    live: list[Call]  # on top of the first page only
    more_live: bool
    calls: list[Call]
    older: Cursor | None
    newer: Cursor | None
    total: int | None  # COUNTED + 1: more than COUNTED; None: not counted, of a search for words
    looked_until: datetime | None = None  # a search for words has looked so far and found nothing more; "older" (or "newer") goes on there


def page(
    account: Account,
    filters: Filters,
    *,
    window: tuple[datetime | None, datetime | None],
    now: datetime,
    before: Cursor | None = None,
    after: Cursor | None = None,
    size: int = PAGE,
) -> Page:
    """One page, newest first: after none (the first), `before` (what is older) or `after` (what is newer). Few queries, however many rows.

    Live calls stand on top of the first page and nowhere else, unless the filter asks for states: then they stand in their place.
    """
    matching = filtered(account, filters.without("text"), window, now)
    found_by: Found | None = None
    if filters.text:
        found_by = _searched(account, matching, filters.text, before, after, size)
        matching = matching.filter(pk__in=found_by.ids)
    total = _total(matching, found_by, first=not before and not after)
    stop = Cursor(found_by.stopped, 0 if after else LAST_ID) if found_by and found_by.stopped else None
    apart = not filters.states
    live: list[Call] = []
    if apart and not before and not after:
        live = _first(matching.filter(pk__in=_live_now(account)), LIVE_ON_TOP + 1, said=True)
    rest = matching.exclude(state__in=shown.LIVE_STATES) if apart else matching
    if after:
        found = _first(_newer(rest, after), size + 1, newest_first=False, said=not apart)
        if len(found) <= size and not stop:  # the beginning was reached: show it whole, with what is live
            return page(account, filters, window=window, now=now, size=size)
        calls, more_newer, more_older = found[:size][::-1], True, True
    else:
        found = _first(older(rest, before) if before else rest, size + 1, said=not apart)
        calls, more_newer, more_older = found[:size], before is not None, len(found) > size
    stop = stop if len(found) <= size else None
    next_older = Cursor(calls[-1].created_at, calls[-1].pk) if more_older and calls else None
    next_newer = Cursor(calls[0].created_at, calls[0].pk) if more_newer and calls else None
    return Page(
        live=live[:LIVE_ON_TOP],
        more_live=len(live) > LIVE_ON_TOP,
        calls=calls,
        older=next_older if after else stop or next_older,
        newer=stop or next_newer if after else next_newer,
        total=total,
        looked_until=stop.at if stop else None,
    )


def _live_now(account: Account) -> list[int]:
    """By the index call_active (ended_at is for it; the state decides), by itself: a filter beside it would lure SQLite to another."""
    now_live = visible_calls(account).filter(state__in=shown.LIVE_STATES, ended_at=None)
    return list(now_live.order_by("-created_at", "-id").values_list("pk", flat=True)[:MOST_LIVE])


def _searched(account: Account, calls: QuerySet[Call], text: str, before: Cursor | None, after: Cursor | None, size: int) -> Found:
    """What the search box means, of the calls of this page and of one more."""
    calls = _newer(calls, after) if after else older(calls, before) if before else calls
    return finding.find(account, calls, text, enough=size + 1, newest=not after)


def _total(calls: QuerySet[Call], found: Found | None, *, first: bool) -> int | None:
    if found is None:
        return calls.order_by()[: COUNTED + 1].count()
    return found.total if first else None


def row(account: Account, uid: str) -> Call | None:
    """One call as the list shows it."""
    return _for_rows(visible_calls(account).filter(uid=uid), said=True).first()


def outcomes(account: Account, latest: int = 500) -> list[str]:
    """The outcomes that the latest calls had, in alphabetical order: what the filter offers."""
    recent = visible_calls(account).order_by("-created_at", "-id").values_list("disposition_tag", flat=True)[:latest]
    return sorted({tag for tag in recent if tag})


@dataclass(frozen=True, slots=True)
class Span:
    """When somebody spoke, and how long the answer took. Milliseconds on the call's clock."""

    seq: int
    speaker: str
    start_ms: int
    end_ms: int
    total_ms: int | None


def spans(call_id: int) -> list[Span]:
    """Of the whole conversation."""
    rows = Utterance.objects.filter(call_id=call_id).order_by("seq").values_list("seq", "speaker", "start_ms", "end_ms", "latency")
    return [Span(seq, who, start, end, (latency or {}).get("total")) for seq, who, start, end, latency in rows[:MAX_EVENTS]]


@dataclass(frozen=True, slots=True)
class Marks:
    """What of a call's events stands on its page beside the lines."""

    answers: tuple[tuple[int, str, str], ...]  # seq, question, value: the newest to each question
    taken_by: str  # who speaks in the agent's place now; "" when the agent does
    trips: tuple[tuple[int, dict[str, Any]], ...] = ()  # seq and data of the guard rails that tripped
    optout: "OptOut | None" = None
    outcome: dict[str, Any] = field(default_factory=dict)  # data of the newest automatic outcome; empty before there is one
    corrected: dict[str, Any] = field(default_factory=dict)  # of the person's choice that counts instead; empty when there is none


@dataclass(frozen=True, slots=True)
class OptOut:
    """The receipt: what the person said, on which line, when the number was put on the do-not-call list."""

    quote: str
    line: int  # its seq; of the event itself when the line is not known
    at: datetime


OUTCOME = ("outcome", "outcome_corrected", "outcome_given_back")  # event kinds: the automatic one, a person's, back to the automatic one


def marks(call_id: int) -> Marks:
    rows = (
        CallEvent.objects.filter(call_id=call_id, kind__in=["answer", "variable", "command", "guard_rail", "optout", *OUTCOME])
        .order_by("seq")
        .values_list("seq", "kind", "data", "at")
    )
    answers: dict[str, tuple[int, str, str]] = {}
    trips: list[tuple[int, dict[str, Any]]] = []
    taken_by, optout = "", None
    outcome: dict[str, Any] = {}
    corrected: dict[str, Any] = {}
    for seq, kind, data, at in rows[:MAX_EVENTS]:
        if kind == "guard_rail":
            trips.append((seq, data))
        elif kind == "outcome":
            outcome = data
        elif kind in OUTCOME:
            corrected = data if kind == "outcome_corrected" else {}
        elif kind == "optout":
            line = data.get("seq")
            optout = optout or OptOut(str(data.get("quote") or ""), line if isinstance(line, int) else seq, at)
        elif kind == "answer" and data.get("question"):
            question = str(data["question"])
            answers[question] = (seq, question, str(data.get("value") or data.get("quote") or ""))
        elif kind == "variable":
            name = str(data.get("name"))
            answers[f"variable {name}"] = (seq, name.replace("_", " "), _value_shown(data.get("value")))
        elif data.get("command") == "take_over":
            taken_by = str(data.get("by") or "Somebody")
        elif data.get("command") == "give_back":
            taken_by = ""
    return Marks(tuple(answers.values()), taken_by, tuple(trips), optout, outcome, corrected)


def _value_shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def events_after(call_id: int, after: int) -> list[CallEvent]:
    return list(CallEvent.objects.filter(call_id=call_id, seq__gt=after).order_by("seq")[:MAX_EVENTS])


def utterances_after(call_id: int, after: int) -> list[Utterance]:
    return list(Utterance.objects.filter(call_id=call_id, seq__gt=after).order_by("seq")[:MAX_EVENTS])


def recording(call_id: int) -> Recording | None:
    return Recording.objects.filter(call_id=call_id).first()


def filtered(account: Account, filters: Filters, window: tuple[datetime | None, datetime | None], now: datetime) -> QuerySet[Call]:
    calls = visible_calls(account)
    since, until = window
    if since:
        calls = calls.filter(created_at__gte=since)
    if until:
        calls = calls.filter(created_at__lt=until)
    if filters.states:
        calls = calls.filter(reduce(or_, (shown.where(key, now) for key in sorted(filters.shown))))
    if filters.text:
        calls = calls.filter(finding.everything(account, filters.text))
    return narrowed(calls, dict(filters.given))


def older(calls: QuerySet[Call], cursor: Cursor) -> QuerySet[Call]:
    return calls.filter(created_at__lte=cursor.at).filter(Q(created_at__lt=cursor.at) | Q(pk__lt=cursor.id))


def _newer(calls: QuerySet[Call], cursor: Cursor) -> QuerySet[Call]:
    return calls.filter(created_at__gte=cursor.at).filter(Q(created_at__gt=cursor.at) | Q(pk__gt=cursor.id))


def narrow(calls: QuerySet[Call], count: int, *order: str) -> QuerySet[Call]:
    """The first `count` of them, looked for in an index that holds what filters ask (call_list): rows are wide, and reading each of them
    to find that it does not fit takes ten times as long. To be read whole in this order again."""
    return Call.objects.filter(pk__in=calls.order_by(*order).values("pk")[:count]).order_by(*order)


def _first(calls: QuerySet[Call], count: int, *, newest_first: bool = True, said: bool = False) -> list[Call]:
    order = ("-created_at", "-id") if newest_first else ("created_at", "id")
    return list(_for_rows(narrow(calls, count, *order), newest_first=newest_first, said=said))


def _for_rows(calls: QuerySet[Call], *, newest_first: bool = True, said: bool = False) -> QuerySet[Call]:
    """With what a row shows and without the large columns it does not."""
    order = ("-created_at", "-id") if newest_first else ("created_at", "id")
    heard = Recording.objects.filter(call=OuterRef("pk"), state=Recording.READY)
    last_said = Utterance.objects.filter(call=OuterRef("pk")).order_by("-seq").values("text")[:1]
    return (
        calls.select_related("persona", "pathway")
        .defer("request", "config", "sources", "notes", "reading", "variables", "summary")
        .annotate(task=KT("config__task"), recorded=Exists(heard), **({"last_said": Subquery(last_said)} if said else {}))
        .prefetch_related("tags")
        .order_by(*order)
    )
