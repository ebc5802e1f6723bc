"""The outcome of an ended call: tag with its quote, summary, price, and whether a person should look. Written once, in one transaction.

A report that corrects an ended call sets `outcome_at` to None again; the sweep then writes the outcome anew.
"""

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from analytics import corrections, dispositions, meaning, summaries
from analytics.dispositions import Choice
from analytics.happening import Happening, weight
from analytics.needs import Need, needs
from analytics.reading import Spoken
from analytics.rollups import changed
from analytics.story import happenings
from analytics.summaries import TEMPLATE, Summary
from calls import hooks, lifecycle
from calls.agent.encoder import encoder
from calls.agent.gate import GOODBYE
from calls.carriers.registry import TWILIO
from calls.lifecycle import Event
from calls.models import Call, CallEvent, GuardRailTrip, Utterance
from calls.searching.index import index
from calls.states import EndedBy, State, Status

log = logging.getLogger(__name__)

RUBRIC = 2  # of the rules and weights that read an outcome: raise it when they change, then `manage.py rewrite_outcomes`
TRIES = 3  # after so many failures the call is marked complete_error and left to a person
CENT_PARTS = Decimal("0.0001")
ATTEMPT, WRITTEN = "outcome_failed", "outcome"  # event kinds


@dataclass(frozen=True, slots=True)
class Facts:
    """What the line knows of an answered conversation besides its words."""

    answered_by: str = ""
    ended_by: str = ""
    transferred_to: str = ""
    transfer_failed: bool = False
    opted_out: str | None = None  # the words that the agent took for an opt-out; None when it heard none


@dataclass(frozen=True, slots=True)
class Outcome:
    choice: Choice
    summary: Summary
    price: Decimal | None  # None: its carrier will say what it took
    needs: list[Need]


def write_outcome(call_id: int) -> bool:
    """Writes the outcome of an ended call; False when there is nothing to do. Two workers at once write it once.

    Raises whatever went wrong after recording the failed try; the third failure gives up (state complete_error).
    """
    call = Call.objects.filter(pk=call_id, ended_at__isnull=False, outcome_at=None).first()
    if call is None:
        return False
    try:
        made = outcome(call)  # may take seconds: no transaction is open
        return _write(call, made)
    except Exception as error:
        log.exception("the outcome of call %s could not be written", call.uid)
        _failed(call, error)
        raise


def rewrite_outcome(call_id: int) -> bool:
    """Writes an outcome anew that older rules wrote; False when there is nothing to do, and then it may be asked again.

    Kept: a person's correction, what was ticked off, the price, the facts, and a summary that a model wrote. Raises what goes wrong.
    """
    call = Call.objects.filter(pk=call_id, outcome_at__isnull=False, rubric__lt=RUBRIC).exclude(state=State.COMPLETE_ERROR).first()
    return call is not None and _write(call, outcome(call, anew=True), anew=True)


def warm() -> None:
    """Loads what the first outcome would otherwise wait for; takes some seconds."""
    meaning.warm(encoder())


def outcome(call: Call, *, anew: bool = False) -> Outcome:
    """Reads the transcript and decides. Writes nothing. `anew`: asks no model, whose words stand already or were not to be had."""
    lines = transcript(call.pk)
    status = call.status or (Status.COMPLETED if call.started_at else Status.FAILED)
    choice = dispositions.by_system(status, duration_ms=call.duration_ms, lines=lines)
    found: list[Happening] = []
    if choice is None:
        found = happened(lines, facts_of(call))
        choice = dispositions.pick(
            found, tuple(call.setting("dispositions") or ()), lines, encoder(), corrections.examples(call.account_id, but_not=call.pk)
        )
    return Outcome(
        choice=choice,
        summary=_summary_again(call, lines, choice)
        if anew
        else summaries.summarise(
            lines,
            choice,
            answered_by=call.answered_by,
            prompt=str(call.setting("summary_prompt") or ""),
            task=str(call.setting("task") or ""),
        ),
        price=None if call.started_at and call.carrier == TWILIO else price(call.duration_ms if call.started_at else 0),
        needs=needs(found, choice, lines, status=status, transfer_failed=_transfer_failed(call), trips=_trips(call)),
    )


def _summary_again(call: Call, lines: Sequence[Spoken], choice: Choice) -> Summary:
    last = CallEvent.objects.filter(call=call, kind=WRITTEN).order_by("-seq").values_list("data", flat=True).first() or {}
    if (by := str(last.get("summary_by") or TEMPLATE)) != TEMPLATE:
        return Summary(call.summary, by)
    return Summary(summaries.by_template(lines, choice, answered_by=call.answered_by), TEMPLATE, str(last.get("summary_trouble") or ""))


def transcript(call_id: int) -> list[Spoken]:
    rows = Utterance.objects.filter(call_id=call_id).order_by("seq").values_list("speaker", "text", "seq")
    return [Spoken(speaker, text, seq) for speaker, text, seq in rows]


def price(answered_ms: int, per_minute: Decimal | None = None) -> Decimal:
    """USD for the answered time, by the second, a begun second counts. PRICE_PER_MINUTE is the rate."""
    rate = settings.PRICE_PER_MINUTE if per_minute is None else per_minute
    return (rate * math.ceil(answered_ms / 1000) / 60).quantize(CENT_PARTS)


def facts_of(call: Call) -> Facts:
    noted = CallEvent.objects.filter(call=call, kind="optout").first()
    return Facts(
        call.answered_by,
        call.call_ended_by,
        call.transferred_to,
        _transfer_failed(call),
        str(noted.data.get("quote", "")) if noted else None,
    )


def happened(lines: Sequence[Spoken], facts: Facts) -> list[Happening]:
    """The transcript's happenings, corrected by what the line did: a transfer is one only when it went through."""
    if facts.answered_by == "voicemail":
        said = [line for line in lines if line.speaker in ("robot", "user")]
        words, seq = (said[0].text, said[0].seq) if said else ("", None)
        return [Happening("voicemail", words, seq, "A voicemail answered.", 1.0)]
    found = happenings(lines, encoder())
    if facts.opted_out is not None and not any(h.kind == "optout" for h in found):
        # what the live call took for an opt-out blocks the number: the outcome must say the same
        words = facts.opted_out
        line = next((line for line in lines if line.speaker == "user" and words and words in line.text), None)
        found.insert(
            0, Happening("optout", words if line else "", line.seq if line else None, "The callee asked not to be called again.", 1.0)
        )
    if facts.ended_by == EndedBy.USER and (broken := _broken_off(lines)) and not any(h.kind == "nobody" for h in found):
        found.append(Happening("unfinished", broken.text, broken.seq, "The callee hung up before the conversation was over.", 0.9))
        found.sort(key=weight, reverse=True)
    wish = next((h for h in found if h.kind in ("wants_person", "transferred")), None)
    if facts.transferred_to:
        if wish is None or wish.kind != "transferred":
            heard = [line for line in lines if line.speaker == "user"]
            words, seq = (wish.quote, wish.seq) if wish else (heard[-1].text, heard[-1].seq) if heard else ("", None)
            found.insert(0, Happening("transferred", words, seq, "The call was handed over.", 1.0))
        return [h for h in found if h.kind != "wants_person"]
    if wish is not None and wish.kind == "transferred" and facts.transfer_failed:
        instead = Happening("wants_person", wish.quote, wish.seq, "The callee wanted to speak with a person; the transfer failed.", 1.0)
        return [instead, *(h for h in found if h.kind != "transferred")]
    return found


def _broken_off(lines: Sequence[Spoken]) -> Spoken | None:
    """The callee's last words, when the call ended in ours and we had not said goodbye."""
    heard = [line for line in lines if line.speaker == "user"]
    if not heard or lines[-1].speaker != "assistant" or GOODBYE.search(lines[-1].text):
        return None
    return heard[-1]


def _trips(call: Call) -> list[tuple[str, str, int]]:
    """The rails that tripped, each with the words it stopped and the line that shows it, or the event when there is no line."""
    if not call.rails:
        return []
    rows = GuardRailTrip.objects.filter(call=call).order_by("seq").values_list("name", "quote", "spoken", "line_seq", "seq")
    return [(name, "" if spoken else quote, line or seq) for name, quote, spoken, line, seq in rows]


def _transfer_failed(call: Call) -> bool:
    return not call.transferred_to and CallEvent.objects.filter(call=call, kind="transfer_failed").exists()


def _write(call: Call, made: Outcome, *, anew: bool = False) -> bool:
    choice = made.choice
    event = Event(
        "call",
        f"Disposition: {choice.tag}",
        kind=WRITTEN,
        data={
            "tag": choice.tag,
            "quote": choice.quote,
            "seq": choice.seq,
            "reason": choice.reason,
            "certainty": choice.certainty,
            "summary_by": made.summary.by,
            "summary_trouble": made.summary.trouble,
            "rubric": RUBRIC,
        },
    )
    columns: dict[str, Any] = {
        "rubric": RUBRIC,
        "disposition_tag": choice.tag[:120],
        "disposition_quote": choice.quote,
        "disposition_seq": choice.seq,
        "disposition_reason": choice.reason[:200],
        "summary": made.summary.text,
        "needs_person": [need.to_json() for need in made.needs],
    }
    if not anew:
        columns |= {"outcome_at": timezone.now(), "facts_state": "due" if _facts_asked(call) else ""}
        columns |= {} if made.price is None else {"price": made.price}
    # what another worker has written meanwhile, or a report has taken back, is not written over
    due = Call.objects.filter(pk=call.pk, outcome_at=call.outcome_at, rubric=call.rubric) if anew else Call.objects.filter(outcome_at=None)
    with transaction.atomic():
        # the row is locked (SQLite: the whole file), so a second worker sees outcome_at
        if due.select_for_update().filter(pk=call.pk).values_list("pk", flat=True).first() is None:
            return False
        lifecycle.record(call.pk, event, **(columns | corrections.kept(call.pk, choice.tag)))
        index(call.pk)
        changed.mark(call.account_id, [call.created_at])
        hooks.record(call.pk)
    return True


def _facts_asked(call: Call) -> bool:
    """Citations and analysis are read from conversations that took place (public reference: completed calls)."""
    return call.status == Status.COMPLETED and bool(call.setting("citation_schema_ids") or call.setting("analysis_schema"))


def _failed(call: Call, error: Exception) -> None:
    tries = CallEvent.objects.filter(call=call, kind=ATTEMPT).count() + 1
    event = Event(
        "call",
        f"The outcome could not be written (try {tries} of {TRIES}): {type(error).__name__}",
        kind=ATTEMPT,
        level="error",
        data={"try": tries},
    )
    if tries < TRIES:
        lifecycle.record(call.pk, event)
        return
    need = Need("outcome", "The outcome of this call could not be written: please read the transcript.")
    columns: dict[str, Any] = {"outcome_at": timezone.now(), "needs_person": [need.to_json()]}
    with transaction.atomic():
        if not lifecycle.advance(call.pk, State.COMPLETE, State.COMPLETE_ERROR, event, ended_at=call.ended_at, **columns):
            lifecycle.record(call.pk, event, **columns)  # it ended in an error of its own, which says more
        changed.mark(call.account_id, [call.created_at])
        hooks.record(call.pk)  # what is known of it goes out all the same
