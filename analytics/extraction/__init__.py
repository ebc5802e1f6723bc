"""Values out of a transcript, each with the words that prove it. Pure apart from the encoder and the way to a model.

    extract(variables, lines, encoder())              # rules and the sentence encoder
    extract(variables, lines, encoder(), ask=ask)     # a language model proposes, the same proof decides

The order of the answer is the order of the variables. A value without proof is None: nothing is guessed.
"""

import logging
from collections.abc import Sequence
from datetime import datetime

from analytics.extraction import asking, embedded, proof
from analytics.extraction.asking import Ask
from analytics.extraction.shape import Found, Quote
from analytics.extraction.turns import turns
from analytics.reading import Spoken
from calls.agent.ports import Encoder
from personas.citations import Variable

__all__ = ["Ask", "Found", "Quote", "extract"]

log = logging.getLogger(__name__)


def extract(
    variables: Sequence[Variable], lines: Sequence[Spoken], encoder: Encoder, *, ask: Ask | None = None, now: datetime | None = None
) -> list[Found]:
    """The value of each variable. `ask`: the way to a language model; when it fails, the rules read. `now`: of the call, in its zone."""
    lines = [line for line in lines if line.text.strip()]
    found = _by_model(variables, lines, ask) if ask is not None and lines else None
    if found is None:
        rows = turns(lines)
        found = embedded.read(variables, rows, lines, encoder)
    return [_proven(variable, each, lines, now) for variable, each in zip(variables, found, strict=True)]


def _by_model(variables: Sequence[Variable], lines: Sequence[Spoken], ask: Ask) -> list[Found] | None:
    try:
        return asking.read(variables, lines, ask)
    except Exception as error:
        log.warning("the model read no values: %s", type(error).__name__)
        return None


def _proven(variable: Variable, found: Found, lines: Sequence[Spoken], now: datetime | None) -> Found:
    if found.value is None:
        return Found(variable.name, None, (), found.why)
    wrong = proof.trouble(variable, found.value, found.quotes, lines, now)
    return Found(variable.name, None, (), f"Not kept: {wrong}"[:200]) if wrong else found
