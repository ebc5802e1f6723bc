"""Reading values with a language model: one question for all variables, an answer in JSON that names the lines. Pure but for the way to it.

What it answers is a proposal; the proof (analytics.extraction.proof) decides.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from asgiref.sync import async_to_sync

from analytics.extraction.shape import Found, Quote
from analytics.reading import Spoken
from calls.agent.endpoint import ask, endpoint
from personas.citations import Variable

type Ask = Callable[[list[dict[str, str]]], str]

LONGEST = 24_000  # characters of a transcript
INSTRUCTION = (
    "You read values out of the transcript of a phone call. Answer with one JSON object and nothing else: each name with "
    '{"value": ..., "quotes": [{"line": 3, "text": "the exact words"}]}. Take a value only from words that were said, from the callee '
    "unless the description asks about the agent; the last word counts. A question, a supposition, a refusal or somebody else's "
    'affairs are no value. What was not said is {"value": null, "quotes": []}. Never guess. A number is a JSON number, a boolean '
    "true or false, a category one of its options word for word, an array a list."
)


def configured() -> Ask | None:
    """The way to the configured endpoint; None when there is none. Blocks while it answers."""
    at = endpoint("base")
    if at is None:
        return None

    def ask_it(told: list[dict[str, str]]) -> str:
        return async_to_sync(ask)(at, told)

    return ask_it


class Unreadable(ValueError):
    """The model's answer is no JSON object."""


def messages(variables: Sequence[Variable], lines: Sequence[Spoken]) -> list[dict[str, str]]:
    wanted = [
        {"name": v.name, "description": v.description, "type": v.type}
        | ({"options": list(v.options)} if v.options else {})
        | ({"regex": v.regex} if v.regex else {})
        | ({"items": v.items} if v.type == "array" else {})
        for v in variables
    ]
    spoken = "\n".join(f"[{line.seq}] {'Agent' if line.speaker == 'assistant' else 'Callee'}: {line.text}" for line in lines)
    return [
        {"role": "system", "content": INSTRUCTION},
        {"role": "user", "content": f"Values:\n{json.dumps(wanted, ensure_ascii=False)}\n\nTranscript:\n{spoken[-LONGEST:]}"},
    ]


def read(variables: Sequence[Variable], lines: Sequence[Spoken], way: Ask) -> list[Found]:
    """Raises Unreadable, and what the way raises."""
    told = _object(way(messages(variables, lines)))
    return [_found(variable, told.get(variable.name), lines) for variable in variables]


def _object(text: str) -> Mapping[str, Any]:
    text = re.sub(r"<think>.*?</think>", " ", text, flags=re.S)
    start, end = text.find("{"), text.rfind("}")
    try:
        told = json.loads(text[start : end + 1]) if 0 <= start < end else None
    except (ValueError, RecursionError) as error:
        raise Unreadable("The answer is no JSON.") from error
    if not isinstance(told, dict):
        raise Unreadable("The answer is no JSON object.")
    return told


def _found(variable: Variable, told: Any, lines: Sequence[Spoken]) -> Found:
    if not isinstance(told, Mapping) or told.get("value") is None:
        return Found(variable.name, None, (), "The model found nothing.")
    value, rows = told["value"], told.get("quotes")
    quotes = [_quote(row, lines) for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    if not quotes or None in quotes:
        return Found(variable.name, None, (), "The model named no words of the call for it.")
    return Found(variable.name, _typed(variable, value), tuple(q for q in quotes if q), "Found by the model")


def _typed(variable: Variable, value: Any) -> Any:
    """A number that was written as a text, and an option in another case, are what they say."""
    if variable.type == "number" and isinstance(value, str) and re.fullmatch(r"-?\d+(?:\.\d+)?", value.strip()):
        number = float(value)
        return int(number) if number == int(number) else number
    if variable.type == "category" and isinstance(value, str):
        return next((o for o in variable.options if o.casefold() == value.strip().casefold()), value)
    return value


def _quote(row: Mapping[str, Any], lines: Sequence[Spoken]) -> Quote | None:
    """The place of the words in the line that the model names, whatever their case and spaces."""
    words = re.findall(r"\S+", str(row.get("text", "")))
    line = next((line for line in lines if line.seq == row.get("line")), None)
    if line is None or not words:
        return None
    m = re.search(r"\s+".join(map(re.escape, words)), line.text, re.I)
    return Quote(line.seq, m.start(), m.end()) if m else None
