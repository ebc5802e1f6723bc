"""Template tags of the design: icons, states, numbers, durations, money, times. Built in: no load needed."""

from datetime import datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

import phonenumbers
from django import template
from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import now

from config.kit import times, words

register = template.Library()


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """A symbol of static/icons.svg. Decoration: the word beside it (or aria-label of its button) carries the meaning."""
    return format_html(
        '<svg class="i{}" aria-hidden="true"><use href="{}#{}"/></svg>', f" {extra}" if extra else "", static("icons.svg"), name
    )


@register.simple_tag
def call_state(call: Any) -> SafeString:
    """Shape and word of a call's state, with what belongs to it (clock, until when, by whom, why)."""
    return state_badge(words.shown(call))


@register.simple_tag
def state_word(key: str, more: str = "") -> SafeString:
    """The same for a key of config.kit.words.STATES, where there is no call: filters, legends, the parts page."""
    state = words.STATES[key]
    return state_badge(words.Shown(state.key, state.word, state.icon, state.tone, more=more))


@register.simple_tag
def state_badge(state: words.Shown) -> SafeString:
    """Shape and word of a state that was already worked out."""
    more: SafeString | str = ""
    if state.since:
        began = state.since.isoformat()
        running = times.length(int((now() - state.since).total_seconds() * 1000))
        more = format_html(' <time class="state-more" data-since="{}" datetime="{}">{}</time>', began, began, running)
    elif state.more:
        more = format_html(' <span class="state-more">{}</span>', state.more)
    return format_html(
        '<span class="state" data-state="{}"{}>{}{}{}</span>',
        state.key,
        format_html(' data-tone="{}"', state.tone) if state.tone else "",
        icon(state.icon, "pulse" if state.moves else ""),
        state.word,
        more,
    )


@register.filter
def phone(number: str | None) -> str:
    """Writes "+17205550142" as "+1 720 555 0142"; what is no number stays as it is."""
    return spaced(number) if number else ""


@lru_cache(maxsize=4096)
def spaced(number: str) -> str:
    try:
        parsed = phonenumbers.parse(number)
    except phonenumbers.NumberParseException:
        return number
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)).replace("-", " ")


@register.filter
def duration(ms: int | None) -> str:
    """Milliseconds as "1:46"; empty when not known."""
    return "" if ms is None else times.length(ms)


@register.filter
def seconds(ms: int) -> str:
    """Milliseconds as seconds with one digit: "0.8"."""
    return f"{ms / 1000:.1f}"


@register.filter
def unlocalized(number: float) -> str:
    """A number for an attribute of SVG: a point, never a comma."""
    return f"{number:g}"


@register.filter
def thousands(amount: int) -> str:
    """Writes 1240 as "1,240"."""
    return f"{amount:,}"


@register.filter
def money(amount: Decimal | float | str | None) -> str:
    """Dollars with two digits; "not known" for None; amounts that would read as nothing say "under $0.01"."""
    try:
        value = Decimal(str(amount)) if amount is not None and amount != "" else None
    except InvalidOperation:
        value = None
    if value is None:
        return "not known"
    if Decimal(0) < value < Decimal("0.005"):
        return "under $0.01"
    return f"${value:,.2f}"


@register.filter
def when(at: datetime | None) -> SafeString | str:
    """<time> with the moment as people say it ("4 minutes ago", "yesterday, 4:12 PM"); the full moment shows on hover."""
    if at is None:
        return ""
    return format_html('<time datetime="{}" title="{}" data-when>{}</time>', at.isoformat(), times.full(at), times.relative(at))


@register.filter
def moment(at: datetime | None) -> SafeString | str:
    """<time> with day and hour in words ("10:42 AM", "tomorrow, 8:00 AM"), for what is to come or stands in a log."""
    if at is None:
        return ""
    return format_html('<time datetime="{}" title="{}">{}</time>', at.isoformat(), times.full(at), times.absolute(at))


@register.filter
def initials(name: str) -> str:
    """Writes "Dana Whitcomb" as "DW", for avatars."""
    parts = [part for part in str(name).replace("@", " ").split() if part[0].isalnum()]
    return "".join(part[0] for part in parts[:2]).upper() or "?"


@register.filter
def plural(count: int, forms: str) -> str:
    """Count with its word: {{ n|plural:"call,calls" }} is "1 call" or "3 calls"."""
    one, many = forms.split(",")
    return f"{count:,} {one if count == 1 else many}"


@register.simple_tag
def source(kind: str, who: str = "") -> SafeString | str:
    """Where a value came from: request or call, persona, pathway, default; or that a draft changes it."""
    known = {
        "request": ("call", "pencil", "this call only"),
        "call": ("call", "pencil", "this call only"),
        "persona": ("persona", "user-round", f"from {who or 'the persona'}"),
        "pathway": ("pathway", "route", f"from {who or 'the pathway'}"),
        "default": ("default", "settings", "standard"),
        "draft": ("call", "pencil", "changed in this draft"),
    }
    if kind not in known:
        return ""
    data, symbol, text = known[kind]
    return format_html('<span class="src" data-src="{}">{}{}</span>', data, icon(symbol), text)
