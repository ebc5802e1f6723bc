"""What is wrong with a pathway, and what its checks know about the account. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. An error stops publishing, a warning does not. `message` is one sentence for staff."""

    level: Literal["error", "warning"]
    code: str
    message: str
    node_id: str = ""
    edge_id: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What exists beside the graph. None: not known, so not checked."""

    pathways: Collection[str] | None = None  # ids of the account's pathways
    variables: Collection[str] = ()  # names that every call brings
    http: bool = False  # web addresses without encryption may be called


def error(code: str, message: str, node_id: str = "", edge_id: str = "") -> Problem:
    return Problem("error", code, message, node_id, edge_id)


def warning(code: str, message: str, node_id: str = "", edge_id: str = "") -> Problem:
    return Problem("warning", code, message, node_id, edge_id)


def quoted(text: str, most: int = 60) -> str:
    """Words of the graph inside a sentence: “…”, on one line, not too long."""
    line = " ".join(text.split())
    return f"“{line if len(line) <= most else line[: most - 1].rstrip() + '…'}”"
