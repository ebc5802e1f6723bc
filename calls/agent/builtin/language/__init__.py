"""Rules and authored sentences as reviewed data, one folder per language. English is the only one so far.

No language is offered without its own opt-out, robot, human and emergency words: a task in another language gets a warning when it is
written (`lint`), and the agent says on the call that it speaks English only.
"""

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent


def speaks(language: str) -> bool:
    """Whether there are rules for a language code of the reference ("en-GB", "babel-en", "auto", "es" …)."""
    return language.lower().removeprefix("babel-").split("-")[0] in ("", "en", "babel", "auto")


@cache
def table(name: str, language: str = "en") -> dict[str, Any]:
    """One file of a language as it stands, with <<NAME>> (earlier in it) and <<file.NAME>> in its patterns filled in."""
    raw = yaml.safe_load((FOLDER / language / f"{name}.yaml").read_text(encoding="utf-8"))
    known: dict[str, str] = {}
    for key, value in raw.items():
        raw[key] = _filled(value, known)
        if isinstance(raw[key], str):
            known[key] = raw[key]
    return dict(raw)


def _filled(value: Any, known: dict[str, str]) -> Any:
    if isinstance(value, str):
        return re.sub(r"<<(?:(\w+)\.)?(\w+)>>", lambda m: patterns(m[1])[m[2]] if m[1] else known[m[2]], value)
    if isinstance(value, list):
        return [_filled(x, known) for x in value]
    if isinstance(value, dict):
        return {k: _filled(v, known) for k, v in value.items()}
    return value


@cache
def patterns(name: str, language: str = "en") -> dict[str, str]:
    """The patterns of one file by name."""
    return {k: v for k, v in table(name, language).items() if isinstance(v, str)}
