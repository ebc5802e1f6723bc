"""An outcome that a person chose instead of the automatic one, which is kept beside it, and what is learned from it.

The call's own columns hold the outcome that counts, so lists, the API and Analytics read one place. The automatic one stays in the event
that wrote it.
"""

from dataclasses import dataclass
from typing import Any

from django.db import transaction

from analytics.dispositions import BUILT_IN, Example
from analytics.reading import LONGEST_QUOTE
from analytics.rollups import changed
from calls import hooks, lifecycle
from calls.lifecycle import Event
from calls.models import Call, CallEvent, DispositionCorrection, Utterance
from config.kit import audit
from config.models import User

LONGEST_TAG, LONGEST_NOTE = 120, 300
MOST_EXAMPLES = 200  # newest corrections of an account that are learned from
CORRECTED, GIVEN_BACK = "outcome_corrected", "outcome_given_back"  # event kinds
SYSTEMS = ("AGENT_ENDED_CALL", "NO_ANSWER", "BUSY", "CANCELED", "FAILED")  # that no person chooses


@dataclass(frozen=True, slots=True)
class Automatic:
    """What the reading of the transcript made of the call."""

    tag: str
    quote: str
    seq: int | None
    reason: str


def automatic(call_id: int) -> Automatic | None:
    """As the newest outcome was written; None before there is one."""
    data = CallEvent.objects.filter(call_id=call_id, kind="outcome").order_by("-seq").values_list("data", flat=True).first()
    if data is None:
        return None
    return Automatic(str(data.get("tag", "")), str(data.get("quote", "")), data.get("seq"), str(data.get("reason", "")))


def newest(call_id: int) -> DispositionCorrection | None:
    return DispositionCorrection.objects.filter(call_id=call_id).select_related("by").order_by("-id").first()


def choices(call: Call) -> list[str]:
    """The tags that a person may pick: the call's own list, or the built-in ones."""
    own = call.setting("dispositions")
    return list(own) if isinstance(own, list) and own else [tag for tag in BUILT_IN if tag not in SYSTEMS]


def correct(call: Call, tag: str, *, line_seq: int | None = None, note: str = "", by: User) -> None:
    """Makes `tag` the outcome of a call that has one. Raises ValueError, worded for people, when that cannot be."""
    tag, note = tag.strip(), note.strip()
    if not tag or len(tag) > LONGEST_TAG:
        raise ValueError(f"Choose an outcome, or write one of at most {LONGEST_TAG} characters.")
    if len(note) > LONGEST_NOTE:
        raise ValueError(f"The note has room for {LONGEST_NOTE} characters.")
    with transaction.atomic():
        held = Call.objects.select_for_update().get(pk=call.pk)
        if held.outcome_at is None:
            raise ValueError("The outcome of this call is not written yet.")
        words = _words(call.pk, line_seq)
        wrote = automatic(call.pk)
        was = wrote.tag if wrote else ""
        row = DispositionCorrection.objects.create(
            account_id=call.account_id, call=call, tag=tag, was=was, line_seq=line_seq, quote=words, note=note, by=by, example=bool(words)
        )
        event = Event(
            "call",
            f"{_who(row)} changed the outcome to {tag}",
            kind=CORRECTED,
            data={"tag": tag, "was": held.disposition_tag, "quote": words, "seq": line_seq, "note": note, "by": _who(row)},
        )
        lifecycle.record(call.pk, event, **columns(row))
        changed.mark(call.account_id, [call.created_at])
        hooks.corrected(call.pk)
        audit.record(
            call.account, "outcome.corrected", _name(call), user=by, before=held.disposition_tag, after=tag, call=str(call.uid), note=note
        )


def give_back(call: Call, *, by: User) -> bool:
    """Takes every correction away: the automatic outcome counts again. False: there was none, or nothing automatic to go back to."""
    with transaction.atomic():
        held = Call.objects.select_for_update().get(pk=call.pk)
        wrote = automatic(call.pk)
        if wrote is None or not DispositionCorrection.objects.filter(call=call).delete()[0]:
            return False
        data = {"tag": wrote.tag, "was": held.disposition_tag, "by": by.name or by.email}
        event = Event("call", f"{by.name or by.email} went back to the outcome {wrote.tag}", kind=GIVEN_BACK, data=data)
        written = _columns(wrote.tag, wrote.quote, wrote.seq, wrote.reason)
        lifecycle.record(call.pk, event, **written)
        changed.mark(call.account_id, [call.created_at])
        hooks.corrected(call.pk)
        audit.record(
            call.account, "outcome.given_back", _name(call), user=by, before=held.disposition_tag, after=wrote.tag, call=str(call.uid)
        )
    return True


def columns(row: DispositionCorrection) -> dict[str, Any]:
    """What a correction writes to its call."""
    reason = f"{_who(row)} chose it. {row.note}".strip()
    return _columns(row.tag, row.quote, row.line_seq, reason)


def kept(call_id: int, tag: str) -> dict[str, Any]:
    """For an outcome that is written anew: the columns of the person's choice, which notes the new automatic `tag`. Empty without one."""
    row = newest(call_id)
    if row is None:
        return {}
    DispositionCorrection.objects.filter(pk=row.pk).update(was=tag[:LONGEST_TAG])
    return columns(row)


def examples(account_id: int, *, but_not: int = 0) -> list[Example]:
    """What people of an account taught, the newest first: for each corrected call the words that its newest correction names."""
    rows = (
        DispositionCorrection.objects.filter(account_id=account_id, example=True)
        .exclude(call_id=but_not)
        .order_by("-id")
        .values_list("call_id", "tag", "quote")[:MOST_EXAMPLES]
    )
    taught: dict[int, Example] = {}
    for call_id, tag, words in rows:
        taught.setdefault(call_id, Example(tag, words))
    return list(taught.values())


def lines(call_id: int) -> list[Utterance]:
    """What the callee said: the lines that may decide."""
    return list(Utterance.objects.filter(call_id=call_id, speaker="user").order_by("seq").only("seq", "text", "start_ms")[:500])


def _words(call_id: int, seq: int | None) -> str:
    """The callee's line, at most as long as a quote. Raises ValueError when the call has no such line."""
    if seq is None:
        return ""
    text = Utterance.objects.filter(call_id=call_id, seq=seq, speaker="user").values_list("text", flat=True).first()
    if text is None:
        raise ValueError("Choose one of the lines that the person said.")
    text = text.strip()
    return text if len(text) <= LONGEST_QUOTE else text[:LONGEST_QUOTE].rsplit(" ", 1)[0]


def _columns(tag: str, words: str, seq: int | None, reason: str) -> dict[str, Any]:
    return {
        "disposition_tag": tag[:LONGEST_TAG],
        "disposition_quote": words,
        "disposition_seq": seq,
        "disposition_reason": reason[:200],
    }


def _who(row: DispositionCorrection) -> str:
    return (row.by.name or row.by.email) if row.by else "Somebody"


def _name(call: Call) -> str:
    return call.callee_name or call.to_number
