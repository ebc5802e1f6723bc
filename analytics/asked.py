"""What somebody asked the Analytics page to show, read from the address. Wrong values are dropped, never an error."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from uuid import UUID

from django.http import QueryDict

from analytics.slots import AN_HOUR, Span, slot_of

PERIODS = {"today": "Today", "7": "Last 7 days", "30": "Last 30 days", "90": "Last 90 days"}
USUAL = "30"
AGAINST = {"before": "The period before", "own": "Other days", "none": "Nothing"}
LONGEST = 366  # days


@dataclass(frozen=True, slots=True)
class Asked:
    period: str = USUAL  # of PERIODS; "": since and until
    since: date | None = None
    until: date | None = None
    against: str = "before"
    other_since: date | None = None
    other_until: date | None = None
    persona: UUID | None = None
    pathway: UUID | None = None
    number: str = ""
    steps: UUID | None = None  # the pathway whose steps are shown, when the filter names none
    version: int | None = None
    heat: str = "answered"  # or "calls"
    clock: str = "theirs"  # or "mine"

    def spans(self, now: datetime, zone: tzinfo) -> tuple[Span, Span | None]:
        """The days asked for and those to compare with. While today runs, the days before end at the same hour."""
        today = now.astimezone(zone).date()
        first, last = self.since or today, self.until or today
        if self.period:
            last = today
            first = today if self.period == "today" else today - timedelta(days=int(self.period) - 1)
        span = Span(max(first, last - timedelta(days=LONGEST - 1)), last, zone, slot_of(now) + 1)
        if self.against == "none":
            return span, None
        if self.against == "own" and self.other_since and self.other_until:
            return span, Span(max(self.other_since, self.other_until - timedelta(days=LONGEST - 1)), self.other_until, zone)
        before = Span(span.first - timedelta(days=span.days), span.first - timedelta(days=1), zone)
        if last != today:
            return span, before
        gone = -((span.begin - slot_of(now) - 1) // AN_HOUR) * AN_HOUR  # up to the full hour
        return span, replace(before, until=before.begin + gone)

    def query(self) -> str:
        """The same questions as the query of an address, without `?`; what is usual is left out."""
        out = QueryDict(mutable=True)
        usual = Asked()
        for field, name in NAMES.items():
            value = getattr(self, field)
            if value != getattr(usual, field) and value is not None:
                out[name] = value.isoformat() if isinstance(value, date) else str(value)
        if not self.period:
            out["when"] = ""
        return out.urlencode()

    @property
    def filtered(self) -> bool:
        return bool(self.persona or self.pathway or self.number)


NAMES = {
    "period": "when",
    "since": "from",
    "until": "to",
    "against": "against",
    "other_since": "vs_from",
    "other_until": "vs_to",
    "persona": "persona",
    "pathway": "pathway",
    "number": "from_number",
    "steps": "steps",
    "version": "version",
    "heat": "heat",
    "clock": "clock",
}


def read(query: QueryDict) -> Asked:
    since, until = _days(query, "from", "to")
    other_since, other_until = _days(query, "vs_from", "vs_to")
    period = query.get("when", USUAL)
    if period not in PERIODS:
        period = "" if since and until else USUAL
    version = query.get("version", "")
    return Asked(
        period=period,
        since=None if period else since,
        until=None if period else until,
        against=_one_of(query.get("against", ""), tuple(AGAINST)),
        other_since=other_since,
        other_until=other_until,
        persona=_uid(query.get("persona", "")),
        pathway=_uid(query.get("pathway", "")),
        number=query.get("from_number", "").replace("\0", "").strip()[:16],
        steps=_uid(query.get("steps", "")),
        version=int(version) if version.isascii() and version.isdigit() and len(version) < 9 else None,
        heat=_one_of(query.get("heat", ""), ("answered", "calls")),
        clock=_one_of(query.get("clock", ""), ("theirs", "mine")),
    )


def _days(query: QueryDict, first: str, last: str) -> tuple[date | None, date | None]:
    """Both or, when only one is given, that day alone; in order."""
    since, until = _day(query.get(first, "")), _day(query.get(last, ""))
    since, until = since or until, until or since
    return (until, since) if since and until and until < since else (since, until)


def _day(value: str) -> date | None:
    try:
        found = date.fromisoformat(value)
    except ValueError:
        return None
    return found if 2000 <= found.year <= 2200 else None


def _uid(value: str) -> UUID | None:
    try:
        return UUID(value)
    except ValueError:
        return None


def _one_of(value: str, known: tuple[str, ...]) -> str:
    return value if value in known else known[0]
