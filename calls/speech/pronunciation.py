"""The parameter pronunciation_guide: words that are said in another way than they are written."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

Entry = tuple[str, str, bool, bool]  # word, pronunciation, case counts, whole words only


def apply(text: str, guide: Sequence[Mapping[str, Any]]) -> str:
    """`text` with each word of the guide replaced. Longer words go first, and what was put in is not looked at again.

    Comes before `spoken`, so that a word like "A7" is found as it is written. Entries without a word are left out; never raises.
    """
    entries = tuple(entry for entry in map(_entry, guide) if entry)
    if not entries:
        return text
    pattern, said = _compiled(entries)
    return pattern.sub(lambda m: said[(m.lastindex or 1) - 1], text)


def _entry(given: Mapping[str, Any]) -> Entry | None:
    word, said = given.get("word"), given.get("pronunciation")
    if not isinstance(word, str) or not isinstance(said, str) or not word.strip():
        return None
    return word.strip(), said.strip(), _flag(given.get("case_sensitive"), False), _flag(given.get("spaced"), True)


def _flag(value: Any, otherwise: bool) -> bool:
    """Flags may be strings."""
    if isinstance(value, str):
        return {"true": True, "false": False}.get(value.strip().lower(), otherwise)
    return value if isinstance(value, bool) else otherwise


@lru_cache(maxsize=256)
def _compiled(entries: tuple[Entry, ...]) -> tuple[re.Pattern[str], list[str]]:
    ordered = sorted(entries, key=lambda entry: -len(entry[0]))
    return re.compile("|".join(f"({_pattern(entry)})" for entry in ordered)), [said for _, said, _, _ in ordered]


def _pattern(entry: Entry) -> str:
    word, _, case_counts, whole = entry
    found = r"\s+".join(re.escape(part) for part in word.split())
    if whole:
        found = rf"(?<!\w){found}(?!\w)"
    return found if case_counts else f"(?i:{found})"
