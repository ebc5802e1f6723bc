"""Regular expressions that staff and programs write: may this one be run on what people said? Pure.

Python's `re` has no time limit, and a careless pattern on a long line can take hours. So a pattern is judged by its shape before it is
kept: no repeat inside a repeat, no choice inside a repeat, and only so many ways to divide LONGEST_MATCHED characters among what is left.
"""

import math
import re
from collections.abc import Iterable, Iterator
from typing import Any

LONGEST = 200  # characters of a pattern
LONGEST_MATCHED = 200  # characters that it may be held against
MOST_WAYS = 20_000_000  # to divide them; a second of work at worst
_REPEATS = ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT")
_REFUSED = {"GROUPREF": "a back-reference", "GROUPREF_EXISTS": "a back-reference", "ASSERT": "a look-ahead", "ASSERT_NOT": "a look-ahead"}


def trouble(pattern: str) -> str:
    """Why this pattern is not taken, as a sentence; "" when it is."""
    if len(pattern) > LONGEST:
        return f"The pattern must be at most {LONGEST} characters."
    try:
        re.compile(pattern)
        parsed: Any = re._parser.parse(pattern)  # type: ignore[attr-defined]  # the standard library's own reading; there is no public one
    except (re.error, RecursionError, OverflowError) as error:
        return f"The pattern cannot be read: {error}."
    if word := next(_refused(parsed), ""):
        return f"The pattern could take too long: it holds {word}."
    if _ways(parsed) > MOST_WAYS:
        return "The pattern could take too long: it holds too many parts of open length. Write {1,20} where + or * stands now."
    return ""


def matches(pattern: str, text: str) -> bool:
    """The whole text, which is never longer than LONGEST_MATCHED."""
    return len(text) <= LONGEST_MATCHED and re.fullmatch(pattern, text) is not None


def _refused(parsed: Any, *, repeated: bool = False) -> Iterator[str]:
    for op, of in parsed:
        name = str(op)
        if name in _REFUSED:
            yield _REFUSED[name]
        if repeated and name == "BRANCH":
            yield "a choice inside a repeat"
        again = repeated
        if name in _REPEATS:
            least, most, _ = of
            if repeated and least != most:
                yield "a repeat inside a repeat"
            again = repeated or int(most) > 1
        for inner in _inside(name, of):
            yield from _refused(inner, repeated=again)


def _inside(name: str, of: Any) -> Iterable[Any]:
    if name in _REPEATS:
        return [of[2]]
    if name == "SUBPATTERN":
        return [of[3]]
    if name == "ATOMIC_GROUP":
        return [of]
    return of[1] if name == "BRANCH" else []


def _ways(parsed: Any) -> float:
    """How many ways there are at most to divide the text among the parts of the pattern."""
    bounded, open_parts = _counted(parsed)
    return bounded * math.comb(LONGEST_MATCHED + open_parts, open_parts)


def _counted(parsed: Any) -> tuple[float, int]:
    """(the product of the choices of all bounded repeats and branches, how many repeats are open)."""
    bounded, open_parts = 1.0, 0
    for op, of in parsed:
        name = str(op)
        if name in _REPEATS:
            least, most, _ = of
            if int(most) - int(least) >= LONGEST_MATCHED:
                open_parts += 1
            else:
                bounded *= int(most) - int(least) + 1
        if name == "BRANCH":
            bounded *= len(of[1])
        for inner in _inside(name, of):
            more, open_inside = _counted(inner)
            bounded, open_parts = bounded * more, open_parts + open_inside
    return bounded, open_parts
