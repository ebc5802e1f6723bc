"""What a carrier's lines are set up with: read by the settings page, `manage.py add_line` and the carrier. Framework-free."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

type Choices = tuple[tuple[str, str], ...]


class Wrong(ValueError):
    """One plain sentence about one field."""


@dataclass(frozen=True, slots=True)
class Field:
    """One setting. `kind`: text, number, switch (True or False), choice (one of `choices`), choices (a list of them, in order)."""

    name: str
    label: str
    read: Callable[[Any], Any]  # raises Wrong
    help: str = ""
    kind: Literal["text", "number", "switch", "choice", "choices"] = "text"
    choices: Choices = ()
    default: Any = ""
    needed: bool = False
    unit: str = ""
    group: Literal["trunk", "sound", "more"] = "trunk"
