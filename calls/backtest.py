"""A guard rail held against what was said on past calls: where it would have tripped. Looks at a stretch, for a few seconds at most.

A longer past is looked at stretch by stretch: `Stretch.rest` says where the next one begins.
"""

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from calls.agent.builtin import signs
from calls.agent.builtin.text import sentences
from calls.agent.encoder import encoder
from calls.agent.rails import custom
from calls.agent.rails.custom import Speaker
from calls.agent.rails.disclosure import Disclosures
from calls.agent.rails.going_on import going_on
from calls.agent.rails.shape import CUSTOM, OPT_OUT, Watched
from calls.agent.watch import MISSED
from calls.models import Call, Utterance
from calls.states import AnsweredBy
from config.models import Account

SECONDS = 2.0  # that one stretch may take
CHOICES = (20, 50, 200)


@dataclass(frozen=True, slots=True)
class Said:
    seq: int
    speaker: str
    text: str
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Hit:
    """A call on which it would have tripped, by its first words that do it."""

    call: Call
    quote: str
    why: str
    at_ms: int
    seq: int | None


@dataclass(frozen=True, slots=True)
class Stretch:
    looked_at: int
    hits: list[Hit]
    rest: UUID | None  # the last call looked at, when time was up before the end
    left: int  # calls not yet looked at


def run(account: Account, rail: Watched, most: int, *, after: UUID | None = None, seconds: float = SECONDS) -> Stretch:
    """The newest calls that a person answered, newest first; `after` goes on behind that call. Two queries, a third to find `after`."""
    until = time.monotonic() + seconds
    calls = Call.objects.filter(account=account, answered_by=AnsweredBy.HUMAN, ended_at__isnull=False)
    if after is not None:
        begun = Call.objects.filter(account=account, uid=after).values_list("pk", flat=True).first() or 0
        calls = calls.filter(pk__lt=begun)
    newest = list(calls.only("uid", "callee_name", "to_number", "created_at", "ended_at", "duration_ms").order_by("-pk")[:most])
    said = _said(newest)
    hits: list[Hit] = []
    for n, call in enumerate(newest, 1):
        if (hit := trip(call, said[call.pk], rail)) is not None:
            hits.append(hit)
        if time.monotonic() > until and n < len(newest):
            return Stretch(n, hits, call.uid, len(newest) - n)
    return Stretch(len(newest), hits, None, 0)


def _said(calls: Sequence[Call]) -> dict[int, list[Said]]:
    found: dict[int, list[Said]] = defaultdict(list)
    rows = Utterance.objects.filter(call__in=[call.pk for call in calls], speaker__in=["user", "assistant"]).order_by("call_id", "seq")
    for call, seq, speaker, text, start_ms, end_ms in rows.values_list("call_id", "seq", "speaker", "text", "start_ms", "end_ms"):
        found[call].append(Said(seq, speaker, text, start_ms, end_ms))
    return found


def trip(call: Call, lines: Sequence[Said], rail: Watched) -> Hit | None:
    if rail.type == CUSTOM and rail.custom is not None:
        return _custom(call, lines, rail.custom)
    return _opt_out(call, lines) if rail.type == OPT_OUT else _missed(call, lines, rail)


def _custom(call: Call, lines: Sequence[Said], rail: custom.Rail) -> Hit | None:
    watched: frozenset[Speaker] = custom.watches(rail)
    for line in lines:
        if line.speaker in watched and (found := custom.match(rail, line.text, encoder())).trips:
            return Hit(call, found.sentence, found.why, line.start_ms, line.seq)
    return None


def _opt_out(call: Call, lines: Sequence[Said]) -> Hit | None:
    asked = ""
    for line in lines:
        if line.speaker == "user" and not asked and signs.says("optout", line.text, encoder()):
            asked = line.text
        elif line.speaker == "assistant" and asked and (sentence := going_on(line.text)):
            return Hit(call, sentence, f"They had said “{asked}”.", line.start_ms, line.seq)
    return None


def _missed(call: Call, lines: Sequence[Said], rail: Watched) -> Hit | None:
    """A required disclosure that was not begun before its time was up; a call that ended before says nothing."""
    told = Disclosures()
    for line in lines:
        if line.speaker == "user":
            if rail.fact in told.theirs(line.text) and line.end_ms <= rail.end_ms:
                return None
            continue
        begun = 0
        for sentence in sentences(line.text) or [line.text]:
            at = line.start_ms + round((line.end_ms - line.start_ms) * begun / max(1, len(line.text)))
            begun += len(sentence) + 1
            if rail.fact in told.ours(sentence) and at <= rail.end_ms:
                return None
    over = max([call.duration_ms, *(line.end_ms for line in lines)])
    if not lines or over < rail.end_ms or rail.fact is None:
        return None
    return Hit(call, "", f"Within {rail.end_ms / 1000:g} seconds {MISSED[rail.fact]}.", rail.end_ms, None)
