"""The Calls page as a finished object: rows, filters with their words, chips that take one away, saved views."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from calls import criteria, filters, pickers, queries, saved_views, tags
from calls.contexts import Row, list_row, outcome_words
from calls.criteria import Criterion
from calls.filters import Cursor, Filters
from calls.saved_views import Tab
from calls.searching.marks import marked
from config.kit.words import STATES
from config.models import Account, Member
from personas.models import Persona

SHOWN_PERSONAS = 200
YES = (("1", "Yes"), ("0", "No"))


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    word: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Field:
    """One control behind "More filters"."""

    key: str
    label: str
    kind: str
    value: str
    unit: str
    hint: str
    choices: list[Choice]
    narrow: bool  # two of these stand side by side on a phone


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter that is set, and the address without it."""

    label: str
    value: str
    without: str


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
    filters: Filters
    query: str
    states: list[Choice]
    outcomes: list[Choice]
    personas: list[Choice]
    periods: list[Choice]
    more: list[Field]
    more_set: int
    chips: list[Chip]
    views: list[Tab]
    view: Tab | None  # the one that is shown
    tags: list[str]  # what a field offers
    reach: int  # so many of the newest calls were looked through; 0: all of them
    period_word: str
    state_word: str
    persona_word: str
    outcome_word: str
    everywhere: str  # the same question without its dates; "" when it has none


def listing(member: Member, asked: Filters, *, before: Cursor | None = None, after: Cursor | None = None) -> Listing:
    account = member.account
    window = asked.window(timezone.localdate(), timezone.get_current_timezone())
    found = queries.page(account, asked, window=window, now=timezone.now(), before=before, after=after)
    lines = marked(found.calls, asked.text)
    outcomes = queries.outcomes(account)
    personas = Persona.objects.filter(account=account, deleted_at=None).order_by("name", "pk")[:SHOWN_PERSONAS]
    names = {str(persona.uid): persona.name for persona in personas}
    known_tags = tags.known(account)
    more = _fields(account, asked, known_tags)
    query = asked.query()
    views = saved_views.tabs(member, query)
    return Listing(
        live=[list_row(call) for call in found.live],
        more_live=found.more_live,
        rows=[list_row(call, lines.get(call.pk, ())) for call in found.calls],
        older=address(asked, f"before={found.older}") if found.older else "",
        newer=address(asked, f"after={found.newer}") if found.newer else "",
        total=None if found.total is None else min(found.total, queries.COUNTED),
        uncounted=found.total is not None and found.total > queries.COUNTED,
        looked_until=found.looked_until,
        open=not asked and not found.newer,
        filters=asked,
        query=query,
        states=[Choice(key, state.word, key in asked.shown) for key, state in STATES.items()],
        outcomes=_with_chosen({tag: outcome_words(tag) for tag in outcomes}, asked.outcome, outcome_words(asked.outcome)),
        personas=[Choice(uid, name, uid == asked.persona) for uid, name in names.items()],
        periods=[Choice(key, word, key == asked.period) for key, word in filters.PERIODS.items()],
        more=more,
        more_set=sum(bool(field.value) for field in more),
        chips=_chips(asked, more),
        views=views,
        view=next((tab for tab in views if tab.current and tab.mine), None),
        tags=known_tags,
        reach=criteria.REACH if any(criteria.BY_NAME[name].slow for name, _ in asked.given) else 0,
        period_word=_period_word(asked),
        state_word=_state_word(asked),
        persona_word=names.get(asked.persona, "not known") if asked.persona else "any",
        outcome_word=outcome_words(asked.outcome) if asked.outcome else "any",
        everywhere=address(asked.without("period", "since", "until")) if asked.period or asked.since or asked.until else "",
    )


def address(asked: Filters, place: str = "") -> str:
    query = "&".join(part for part in (asked.query(), place) if part)
    return f"{reverse('calls')}?{query}" if query else reverse("calls")


def _fields(account: Account, asked: Filters, known_tags: Sequence[str]) -> list[Field]:
    offered = {"pathway_id": dict(pickers.pathways(account)), "tag": {tag: tag for tag in known_tags}}
    return [_field(criterion, asked.value(criterion.name), offered.get(criterion.name)) for criterion in criteria.MORE]


def _field(criterion: Criterion, value: str, offered: Mapping[str, str] | None) -> Field:
    words = dict(YES if criterion.kind == "yes" else criterion.choices) if offered is None else offered
    chooses = offered is not None or criterion.kind in ("choice", "yes")
    return Field(
        key=criterion.key,
        label=criterion.label,
        kind="choice" if chooses else criterion.kind,
        value=value,
        unit=criterion.unit,
        hint=criterion.hint,
        choices=_with_chosen(words, value, value if criterion.name == "tag" else "not known") if chooses else [],
        narrow=chooses or criterion.kind == "number",
    )


def _with_chosen(words: Mapping[str, str], chosen: str, word: str) -> list[Choice]:
    """What is offered, and what was chosen even if it is not offered any more."""
    found = [Choice(value, shown, value == chosen) for value, shown in words.items()]
    return found if not chosen or chosen in words else [*found, Choice(chosen, word, True)]


def _chips(asked: Filters, more: Sequence[Field]) -> list[Chip]:
    """Of what has no control on the bar: that shows what is set by itself."""
    chips = []
    if needs := asked.value("needs_person"):
        chips.append(Chip("Needs a person", "" if needs == "1" else "no", address(asked.without("needs_person"))))
    for field in more:
        if field.value:
            word = next((choice.word for choice in field.choices if choice.chosen), field.value)
            without = address(asked.without(criteria.BY_KEY[field.key].name))
            unit = field.unit.removesuffix("s") if word == "1" else field.unit
            chips.append(Chip(field.label, f"{word} {unit}".strip(), without))
    return chips


def _period_word(asked: Filters) -> str:
    if asked.period:
        return filters.PERIODS[asked.period]
    first, last = (f"{day:%b} {day.day}" if day else "" for day in (asked.since, asked.until))
    if first and last:
        return first if first == last else f"{first} to {last}"
    return f"from {first}" if first else f"until {last}" if last else "any day"


def _state_word(asked: Filters) -> str:
    if not asked.states:
        return "any"
    if len(asked.states) == 1:
        only = asked.states[0]
        return filters.GROUP_WORDS.get(only) or STATES[only].word
    return f"{len(asked.shown)} of {len(STATES)}"
