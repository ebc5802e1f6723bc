"""Words that the account does not want to be said on any call."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any

from calls.requests.references import nodes_of
from calls.requests.refused import Refused
from pathways.models import PathwayVersion
from personas.parameters import FieldError

BETWEEN_WORDS = r"[\s_\-–—]+"


def check(phrases: Sequence[str], config: dict[str, Any], pathway: PathwayVersion | None) -> None:
    """Raises Refused when something that would be said contains a blocked phrase."""
    patterns = [(phrase, pattern) for phrase in phrases if (pattern := _pattern(phrase)) is not None]
    if not patterns:
        return
    for name, text in _said(config):
        for phrase, pattern in patterns:
            if pattern.search(_plain(text)):
                details = f"{name} contains the blocked phrase “{phrase.strip()}”."
                raise Refused(418, {"error": "OBJECTIVE_VALIDATION_ERROR", "details": details}, [FieldError(name, details)])
    for node in nodes_of(pathway) if pathway else ():
        for text in _texts(node.get("data")):
            if any(pattern.search(_plain(text)) for _, pattern in patterns):
                message = f"Flagged Node: {text}"
                raise Refused(400, {"status": "error", "message": message}, [FieldError("pathway_id", message)])


def _said(config: dict[str, Any]) -> Iterator[tuple[str, str]]:
    yield "task", config["task"] or ""
    yield "first_sentence", config["first_sentence"] or ""
    yield "voicemail", (config["voicemail"] or {}).get("message") or ""
    yield "retry", (config["retry"] or {}).get("voicemail_message") or ""


def _pattern(phrase: Any) -> re.Pattern[str] | None:
    """Whole words only, whatever stands between them: "the rapist" is not found in "therapist"."""
    words = re.split(BETWEEN_WORDS, _plain(phrase).strip()) if isinstance(phrase, str) else []
    words = [re.escape(word) for word in words if word]
    return re.compile(rf"(?<!\w){BETWEEN_WORDS.join(words)}(?!\w)") if words else None


def _plain(text: str) -> str:
    """Case, full-width letters and invisible characters do not hide a phrase."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if unicodedata.category(char) != "Cf")


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part)
