"""The parameter pronunciation_guide: how words are to be said. For the ear only; the transcript keeps the word."""

import re
from collections.abc import Mapping, Sequence
from typing import Any


def apply(text: str, guide: Sequence[Mapping[str, Any]]) -> str:
    for entry in guide:
        word = re.escape(str(entry.get("word") or ""))
        if not word:
            continue
        pattern = rf"(?<!\w){word}(?!\w)" if _flag(entry.get("spaced"), True) else word
        said = str(entry.get("pronunciation") or "")
        text = re.sub(pattern, lambda _, said=said: said, text, flags=0 if _flag(entry.get("case_sensitive"), False) else re.I)
    return text


def _flag(value: Any, default: bool) -> bool:
    return default if value is None else str(value).lower() == "true"
