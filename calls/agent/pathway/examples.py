"""What people say who go a way, out of the shapes in which authors write it down. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

from pathways.graph import Node

LABELS = ("chosen pathway", "pathway", "label", "edge", "path")
WORDS = ("chat history", "conversation history", "conversation", "messages", "user", "input", "text", "message", "example")


def examples_of(node: Node) -> dict[str, tuple[str, ...]]:
    """`pathwayExamples` of a step: label in lower case -> the person's last words of each example."""
    found: dict[str, list[str]] = {}
    for item in _listed(node.data.get("pathwayExamples")):
        label, said = _of(item, LABELS), _last_words(_of(item, WORDS))
        if isinstance(label, Mapping):
            label = label.get("label") or label.get("name")
        if isinstance(label, str) and said:
            found.setdefault(label.strip().casefold(), []).append(said)
    return {label: tuple(said) for label, said in found.items()}


def global_examples(node: Node) -> tuple[str, ...]:
    """What people say who want a step that can be entered from anywhere."""
    return tuple(
        e.strip() for key in ("globalExamples", "examples") for e in _listed(node.data.get(key)) if isinstance(e, str) and e.strip()
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _of(item: Any, names: tuple[str, ...]) -> Any:
    if not isinstance(item, Mapping):
        return None
    plain = {str(k).replace("_", " ").strip().lower(): v for k, v in item.items()}
    return next((plain[n] for n in names if plain.get(n)), None)


def _last_words(said: Any) -> str:
    """The person's last words of an example: a text, "User: …" lines, or a list of {role, content}."""
    if isinstance(said, str):
        lines = [line.strip() for line in said.strip().splitlines() if line.strip()]
        theirs = [words for line in lines if (words := _after_user(line))]
        return theirs[-1] if theirs else (lines[-1] if len(lines) == 1 else "")
    return next((words for words in reversed(list(_theirs(said))) if words), "")


def _after_user(line: str) -> str:
    head, colon, rest = line.partition(":")
    return rest.strip() if colon and head.strip().lower() in ("user", "caller", "customer", "person", "human") else ""


def _theirs(said: Any) -> Iterator[str]:
    for turn in _listed(said):
        if isinstance(turn, Mapping) and str(turn.get("role", "")).lower() in ("user", "caller", "human"):
            yield str(turn.get("content") or turn.get("text") or "").strip()
