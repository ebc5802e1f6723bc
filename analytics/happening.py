"""One thing that happened on a call, and how much it decides. Values only."""

from dataclasses import dataclass

# How much a happening decides: a higher one outranks a lower one, see contract/labelled-sets (an opt-out outranks everything).
STRENGTH = {
    "optout": 10.0, "transferred": 9.0, "wrong_number": 8.6, "voicemail": 8.5, "menu": 8.4, "nobody": 8.3, "callback_set": 8.0,
    "wants_person": 7.8, "unqualified": 7.5, "paid": 7.2, "moved": 7.1, "cancelled": 7.0, "reschedule": 6.9, "dispute": 6.8,
    "hardship": 6.75, "promise": 6.7, "moved_away": 6.66,
    "absent": 6.65, "gatekeeper": 6.62, "problem": 6.6, "complaint": 6.5, "objection": 6.4,
    "unanswered": 6.3, "wants_info": 6.25, "callback_open": 6.2, "undecided": 6.1, "chose_other": 6.06,
    "has_already": 6.05, "declined": 6.0, "booked": 5.6,
    "interested": 5.5, "refuse_info": 5.0, "unfinished": 4.5, "confirmed": 4.0, "collected": 3.0, "delivered": 2.0,
}  # fmt: skip
POSITIVE = {"interested", "confirmed", "promise", "paid", "moved", "booked"}
OPEN = {
    "declined",
    "has_already",
    "objection",
    "undecided",
    "wants_info",
    "reschedule",
    "cancelled",
    "refuse_info",
    "hardship",
    "callback_open",
}


@dataclass(frozen=True, slots=True)
class Happening:
    kind: str  # a key of wording().happenings
    quote: str  # words of one line, verbatim; "" when nothing was said
    seq: int | None  # of that line
    reason: str  # one sentence for staff
    certainty: float  # 0..1


def weight(h: Happening) -> float:
    """How much a happening decides, less when it is unsure."""
    return STRENGTH[h.kind] * (0.6 + 0.4 * h.certainty)
