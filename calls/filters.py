"""What somebody asked the Calls page to show, read from the address. Wrong values are dropped, never an error.

State, words and days are read here; every other question is a row of calls.criteria.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from django.http import QueryDict

from calls.criteria import BY_KEY, BY_NAME, Criterion
from calls.shown import LIVE, WAITING
from config.kit.words import STATES

# One word in the address may stand for several states.
STATE_GROUPS: dict[str, frozenset[str]] = {"live": LIVE, "waiting": WAITING, **{key: frozenset({key}) for key in STATES}}
GROUP_WORDS = {"live": "Live", "waiting": "Waiting"}
PERIODS = {"today": "Today", "yesterday": "Yesterday", "7": "Last 7 days", "30": "Last 30 days"}
MAX_TEXT = 80
MAX_QUERY = 1000  # characters of filters that are kept (a saved view, work on many calls)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the list, newest first: the call created at `at` with this id."""

    at: datetime
    id: int

    def __str__(self) -> str:
        return f"{(self.at - _EPOCH) // _MICROSECOND}-{self.id}"

    @classmethod
    def read(cls, text: str) -> "Cursor | None":
        stamp, _, number = text[:40].partition("-")
        try:
            return cls(_EPOCH + int(stamp) * _MICROSECOND, int(number))
        except (ValueError, OverflowError):
            return None


@dataclass(frozen=True, slots=True)
class Filters:
    """`given`: criterion -> text that its `read` understands, in the order of the table."""

    states: tuple[str, ...] = ()
    text: str = ""
    period: str = ""
    since: date | None = None
    until: date | None = None
    given: tuple[tuple[str, str], ...] = ()

    @property
    def shown(self) -> frozenset[str]:
        """The states asked for; empty: any."""
        return frozenset[str]().union(*(STATE_GROUPS[s] for s in self.states))

    @property
    def outcome(self) -> str:
        return self.value("disposition_tag")

    @property
    def persona(self) -> str:
        return self.value("persona_id")

    @property
    def person(self) -> bool:
        """Only calls that need a person."""
        return self.value("needs_person") == "1"

    def value(self, name: str) -> str:
        """What a criterion was given, "" for nothing."""
        return dict(self.given).get(name, "")

    def __bool__(self) -> bool:
        return self != Filters()

    def window(self, today: date, zone: tzinfo) -> tuple[datetime | None, datetime | None]:
        """From (inclusive) and until (exclusive), midnight to midnight in the reader's zone; None: open."""
        first, last = self.since, self.until
        if self.period == "today":
            first = last = today
        elif self.period == "yesterday":
            first = last = today - timedelta(days=1)
        elif self.period:
            first, last = today - timedelta(days=int(self.period) - 1), None
        return (
            datetime.combine(first, time(), zone) if first else None,
            datetime.combine(last + timedelta(days=1), time(), zone) if last else None,
        )

    def query(self) -> str:
        """The same filters as the query of an address, without `?`."""
        out = QueryDict(mutable=True)
        out.setlist("state", list(self.states))
        for name, value in (("q", self.text), ("when", self.period)):
            if value:
                out[name] = value
        for name, day in (("from", self.since), ("to", self.until)):
            if day:
                out[name] = day.isoformat()
        for name, text in self.given:
            out[BY_NAME[name].key] = text
        return out.urlencode()

    def without(self, *names: str) -> "Filters":
        """These filters with some of them cleared: fields of this class, or criteria."""
        empty = Filters()
        own = {name: getattr(empty, name) for name in names if name not in BY_NAME}
        changes: dict[str, Any] = {**own, "given": tuple(pair for pair in self.given if pair[0] not in names)}
        return replace(self, **changes)


def read(query: QueryDict) -> Filters:
    period = query.get("when", "")
    if period not in PERIODS:
        period = ""
    since, until = _day(query.get("from", "")), _day(query.get("to", ""))
    if since and until and until < since:
        since, until = until, since
    texts = {criterion.name: _given(criterion, query.get(key, "")) for key, criterion in BY_KEY.items()}
    return Filters(
        states=tuple(dict.fromkeys(s for s in query.getlist("state")[:30] if s in STATE_GROUPS)),
        text=_text(query.get("q", "")),
        period=period,
        since=None if period else since,
        until=None if period else until,
        given=tuple((name, text) for name, text in texts.items() if text),
    )


def _given(criterion: Criterion, value: str) -> str:
    """The text of a criterion, "" when it means nothing. Yes and no are written as 1 and 0, choices as the table spells them."""
    text = " ".join(value.split())
    if not text or not criterion.understood(text):
        return ""
    if criterion.kind in ("yes", "choice"):
        found = criterion.read(criterion.name, text)
        return str(int(found)) if isinstance(found, bool) else str(found)
    return text


def _text(value: str) -> str:
    return " ".join(value.replace("\0", "").split())[:MAX_TEXT]


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
