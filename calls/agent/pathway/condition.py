"""`condition` of a step: what must be met before the walk leaves it. By rules: comparisons, or the variables that it speaks of."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from calls.agent.builtin.text import stems
from calls.agent.pathway.comparing import holds
from calls.filling import find
from config.kit.places import PLACE
from pathways.graph import Node, Variable

OPERATOR = r"\s*(==|!=|>=|<=|>|<|is not|is|contains|not contains)\s*"
COMPARISON = re.compile(PLACE.pattern + OPERATOR + r"[\"']?([^\"'&|]+?)[\"']?\s*(?=$|\band\b|&&|,)", re.I)


def missing(node: Node, known: Mapping[str, Any]) -> list[Variable] | None:
    """The variables that the condition still waits for; [] when it is met; None when the variables do not tell."""
    text = node.condition.strip()
    if not text:
        return []
    comparisons = COMPARISON.findall(text)
    if comparisons:
        unmet = [name for name, operator, value in comparisons if not holds(find(name, known), operator, value.strip())]
        return [_variable(node, name) for name in unmet]
    wanted = _named(node, text)
    if not wanted:
        return None
    return [v for v in wanted if known.get(v.name) in (None, "")]


def _named(node: Node, condition: str) -> Sequence[Variable]:
    """The step's variables that the condition speaks of; all of them when it names none; the required ones go before."""
    low = condition.lower()
    named = [v for v in node.variables if v.name.lower() in low or v.name.replace("_", " ").lower() in low]
    if not named:
        need = stems(condition)
        named = [v for v in node.variables if len(stems(f"{v.name.replace('_', ' ')} {v.description}") & need) >= 1]
    return named or [v for v in node.variables if v.required] or list(node.variables)


def _variable(node: Node, name: str) -> Variable:
    return next((v for v in node.variables if v.name.lower() == name.strip().lower()), Variable(name.strip()))
