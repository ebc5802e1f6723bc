"""The Calls page."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from calls import filters, queries
from calls.contexts import Row, list_row, outcome_words
from calls.searching.marks import marked
from config.kit.access import MemberRequest, page
from config.kit.http import render_page
from config.kit.words import STATES
from personas.models import Persona

SHOWN_PERSONAS = 200


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    word: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """What the Calls page shows."""

    live: list[Row]
    more_live: bool
    rows: list[Row]
    older: str  # addresses; "" when there is nothing more
    newer: str
    total: int | None  # None: not counted
    uncounted: bool  # there are more than `total`
    looked_until: datetime | None  # so far a search for words has looked and found no more
    open: bool  # the first page without a filter: new calls may appear on it by themselves
    filters: filters.Filters
    states: list[Choice]
    outcomes: list[Choice]
    personas: list[Choice]
    periods: list[Choice]
    period_word: str
    state_word: str
    persona_word: str
    outcome_word: str
    everywhere: str  # the same question without its dates; "" when it has none


@page("viewer")
@require_safe
def calls(request: MemberRequest) -> HttpResponse:
    return render_page(request, "calls/list.html", {"list": listing(request)}, partial="box")


def listing(request: MemberRequest) -> Listing:
    asked = filters.read(request.GET)
    before, after = (filters.Cursor.read(request.GET.get(name, "")) for name in ("before", "after"))
    window = asked.window(timezone.localdate(), timezone.get_current_timezone())
    found = queries.page(request.account, asked, window=window, now=timezone.now(), before=before, after=after)
    lines = marked(found.calls, asked.text)
    tags = queries.outcomes(request.account)
    personas = Persona.objects.filter(account=request.account, deleted_at=None).order_by("name", "pk")[:SHOWN_PERSONAS]
    names = {str(persona.uid): persona.name for persona in personas}
    return Listing(
        live=[list_row(call) for call in found.live],
        more_live=found.more_live,
        rows=[list_row(call, lines.get(call.pk, ())) for call in found.calls],
        older=_address(asked, f"before={found.older}") if found.older else "",
        newer=_address(asked, f"after={found.newer}") if found.newer else "",
        total=None if found.total is None else min(found.total, queries.COUNTED),
        uncounted=found.total is not None and found.total > queries.COUNTED,
        looked_until=found.looked_until,
        open=not asked and not found.newer,
        filters=asked,
        states=[Choice(key, state.word, key in asked.shown) for key, state in STATES.items()],
        outcomes=[Choice(tag, outcome_words(tag), tag == asked.outcome) for tag in dict.fromkeys([*tags, *filter(None, [asked.outcome])])],
        personas=[Choice(uid, name, uid == str(asked.persona)) for uid, name in names.items()],
        periods=[Choice(key, word, key == asked.period) for key, word in filters.PERIODS.items()],
        period_word=_period_word(asked),
        state_word=_state_word(asked),
        persona_word=names.get(str(asked.persona), "not known") if asked.persona else "any",
        outcome_word=outcome_words(asked.outcome) if asked.outcome else "any",
        everywhere=_address(asked.without("period", "since", "until")) if asked.period or asked.since or asked.until else "",
    )


def _address(asked: filters.Filters, place: str = "") -> str:
    query = "&".join(part for part in (asked.query(), place) if part)
    return f"{reverse('calls')}?{query}" if query else reverse("calls")


def _period_word(asked: filters.Filters) -> str:
    if asked.period:
        return filters.PERIODS[asked.period]
    first, last = (f"{day:%b} {day.day}" if day else "" for day in (asked.since, asked.until))
    if first and last:
        return first if first == last else f"{first} to {last}"
    return f"from {first}" if first else f"until {last}" if last else "any day"


def _state_word(asked: filters.Filters) -> str:
    if not asked.states:
        return "any"
    if len(asked.states) == 1:
        only = asked.states[0]
        return filters.GROUP_WORDS.get(only) or STATES[only].word
    return f"{len(asked.shown)} of {len(STATES)}"
