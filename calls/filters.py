"""What somebody asked the Calls page to show, read from the address. Wrong values are dropped, never an error."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from uuid import UUID

from django.http import QueryDict

from calls.shown import LIVE, WAITING
from config.kit.words import STATES

# One word in the address may stand for several states.
STATE_GROUPS: dict[str, frozenset[str]] = {"live": LIVE, "waiting": WAITING, **{key: frozenset({key}) for key in STATES}}
GROUP_WORDS = {"live": "Live", "waiting": "Waiting"}
PERIODS = {"today": "Today", "yesterday": "Yesterday", "7": "Last 7 days", "30": "Last 30 days"}
MAX_TEXT = 80
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
    states: tuple[str, ...] = ()
    outcome: str = ""
    persona: UUID | None = None
    text: str = ""
    period: str = ""
    since: date | None = None
    until: date | None = None
    person: bool = False  # only calls that need a person

    @property
    def shown(self) -> frozenset[str]:
        """The states asked for; empty: any."""
        return frozenset[str]().union(*(STATE_GROUPS[s] for s in self.states))

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
        for name, value in (("outcome", self.outcome), ("persona", self.persona), ("q", self.text), ("when", self.period)):
            if value:
                out[name] = str(value)
        for name, day in (("from", self.since), ("to", self.until)):
            if day:
                out[name] = day.isoformat()
        if self.person:
            out["person"] = "1"
        return out.urlencode()

    def without(self, *names: str) -> "Filters":
        """These filters with some of them cleared."""
        empty = Filters()
        return replace(self, **{name: getattr(empty, name) for name in names})


def read(query: QueryDict) -> Filters:
    period = query.get("when", "")
    if period not in PERIODS:
        period = ""
    since, until = _day(query.get("from", "")), _day(query.get("to", ""))
    if since and until and until < since:
        since, until = until, since
    return Filters(
        states=tuple(dict.fromkeys(s for s in query.getlist("state")[:30] if s in STATE_GROUPS)),
        outcome=_text(query.get("outcome", "")),
        persona=_uid(query.get("persona", "")),
        text=_text(query.get("q", "")),
        period=period,
        since=None if period else since,
        until=None if period else until,
        person=query.get("person") == "1",
    )


def _text(value: str) -> str:
    return " ".join(value.replace("\0", "").split())[:MAX_TEXT]


def _uid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None
