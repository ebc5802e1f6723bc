"""Countries that numbers can belong to, by ISO code and English name (data of the phonenumbers package)."""

import runpy
from functools import cache
from pathlib import Path
from typing import Any

import phonenumbers
from phonenumbers import SUPPORTED_REGIONS


@cache
def _names() -> dict[str, dict[str, Any]]:
    """ISO code -> language -> name. The file is read alone: its package loads every place of the world, 7 s and 150 MB."""
    path = Path(phonenumbers.__file__).parent / "geodata" / "locale.py"
    data: dict[str, dict[str, Any]] = runpy.run_path(str(path), run_name="phonenumbers.geodata.locale")["LOCALE_DATA"]
    return data


def name(code: str) -> str:
    """The English name; the code itself where none is known."""
    names = _names().get(code, {})
    found = names.get("en", code)
    return str(names.get(found[1:], code)) if found.startswith("*") else str(found)


@cache
def choices() -> list[tuple[str, str]]:
    """(code, name) of every country, by name."""
    return sorted(((code, name(code)) for code in SUPPORTED_REGIONS), key=lambda pair: pair[1])
