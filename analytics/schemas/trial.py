"""What a list of facts would find on one call. Nothing is written. Loads the encoder: import it where it is needed."""

from typing import Any

from analytics import facts
from calls.models import Call
from personas.citations import Definition


def tried(call: Call, definition: Definition) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    """(the values, what would be marked)."""
    made = facts.read(definition, facts.transcript(call.pk), facts.moment(call))
    return seen(call, made), [{"severity": c.severity, "issue": c.issue, "detail": c.detail} for c in made.issues]


def seen(call: Call, made: facts.Read) -> list[dict[str, Any]]:
    """Every value with the words that prove it, in their line; as JSON can keep it."""
    texts = {line.seq: line.text for line in facts.transcript(call.pk)}
    return [
        {
            "name": each.name,
            "value": each.value,
            "why": each.why,
            "quotes": [_quoted(texts[quote.seq], *quote) for quote in each.quotes],
        }
        for each in made.found
    ]


def _quoted(text: str, seq: int, start: int, end: int) -> dict[str, Any]:
    return {"seq": seq, "before": text[:start], "words": text[start:end], "after": text[end:]}
