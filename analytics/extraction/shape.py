"""What the reading of values gives back. Pure."""

from dataclasses import dataclass
from typing import Any, NamedTuple


class Quote(NamedTuple):
    """`text[start:end]` of the line `seq`."""

    seq: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Found:
    """One variable of a transcript. `value` is None exactly where `quotes` is empty: nothing stands without its words."""

    name: str
    value: Any  # str, int, float, bool, list of them, or None
    quotes: tuple[Quote, ...] = ()
    why: str = ""  # how it was found, or why it stays open; for staff, at most 200 characters

    @property
    def number(self) -> float | None:
        """The value as a number, to sum and average: a boolean is none."""
        return float(self.value) if isinstance(self.value, int | float) and not isinstance(self.value, bool) else None

    @property
    def word(self) -> str:
        """The value as a word, to count; "" of null and of a list."""
        if isinstance(self.value, bool):
            return "yes" if self.value else "no"
        return "" if self.value is None or isinstance(self.value, list) else str(self.value)[:200]
