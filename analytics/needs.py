"""Why a person should look at a call. Pure."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from analytics.dispositions import LOW, Choice
from analytics.happening import Happening
from analytics.reading import Spoken, unanswered
from analytics.wording import wording

# happening -> (reason code, what staff read)
BY_HAPPENING = {
    "callback_set": ("callback", "A call back was promised."),
    "callback_open": ("callback", "The callee asked to be called again; no time was agreed."),
    "complaint": ("complaint", "The callee complained."),
    "dispute": ("complaint", "The callee says that what we claim is not right."),
    "wants_person": ("wants_person", "The callee wanted to speak with a person and was not connected."),
}


@dataclass(frozen=True, slots=True)
class Need:
    reason: str  # guard_rail, callback, complaint, wants_person, promise, unanswered, transfer_failed, lost, uncertain
    text: str
    seq: int | None = None  # the line that shows it

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def needs(
    found: Sequence[Happening],
    choice: Choice,
    lines: Sequence[Spoken],
    *,
    status: str = "completed",
    transfer_failed: bool = False,
    trips: Sequence[tuple[str, str, int]] = (),
) -> list[Need]:
    """At most one of each reason, the gravest first.

    `trips`: guard rails that tripped, each with the words that it stopped ("": they were spoken, or nothing was) and the seq that shows it.
    """
    listed = [Need("guard_rail", _tripped(name, words), seq) for name, words, seq in trips]
    if status == "unknown":
        listed.append(Need("lost", "We lost sight of this call and do not know how it ended."))
    if transfer_failed:
        listed.append(Need("transfer_failed", "A transfer was tried and failed."))
    for h in found:
        if h.kind in BY_HAPPENING:
            reason, text = BY_HAPPENING[h.kind]
            listed.append(Need(reason, text, h.seq))
    for line in unanswered(lines):
        listed.append(Need("unanswered", "The callee asked what we could not answer.", line.seq))
    if (promise := promised(lines)) is not None and not any(need.reason in ("callback", "wants_person") for need in listed):
        listed.append(Need("promise", "We promised something: see that it is done.", promise.seq))
    if choice.certainty < LOW and status == "completed":
        listed.append(Need("uncertain", f"The outcome {choice.tag} is a guess: please check it.", choice.seq))
    return list({need.reason: need for need in reversed(listed)}.values())[::-1]


def promised(lines: Sequence[Spoken]) -> Spoken | None:
    """The first line of ours that promises what somebody has still to do: to write, send, find out, repair or pay back."""
    ours = (line for line in lines if line.speaker == "assistant" and not line.text.rstrip().endswith("?"))
    return next((line for line in ours if wording().agent["promise"].search(line.text.replace("’", "'"))), None)


def _tripped(name: str, words: str) -> str:
    stop = "" if words.endswith((".", "!", "?")) else "."  # a quoted sentence brings its own
    return f"The guard rail “{name}” stopped “{words}”{stop}" if words else f"The guard rail “{name}” tripped."
