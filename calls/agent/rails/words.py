"""Authored sentences and patterns of guard rails, in the language of a call. Where a language has none: English."""

import re
from functools import cache
from typing import Any

from calls.agent.builtin.language import FOLDER, table

LANGUAGES = ("en", "es")


def language_of(code: str) -> str:
    """ "babel-es", "es-MX" -> "es"; whatever has no sentences of its own -> "en"."""
    short = re.sub(r"^babel-?", "", code.lower()).split("-")[0]
    return short if short in LANGUAGES else "en"


def say(key: str, language: str, **values: str) -> str:
    text = str(_table(language_of(language))[key])
    return re.sub(r"\{(\w+)\}", lambda m: values[m[1]], text)


def pattern(key: str) -> re.Pattern[str]:
    """One pattern of the English file."""
    return re.compile(str(_table("en")[key]), re.I)


@cache
def listed(key: str) -> tuple[str, ...]:
    """A list of the English file."""
    return tuple(_table("en")[key])


@cache
def patterns(key: str) -> tuple[re.Pattern[str], ...]:
    """The patterns of every language together."""
    return tuple(re.compile(p, re.I) for language in LANGUAGES for p in _table(language).get(key, ()))


@cache
def _table(language: str) -> dict[str, Any]:
    assert (FOLDER / language / "rails.yaml").exists()
    return table("rails", language)
