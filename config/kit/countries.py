"""Countries that numbers can belong to, by ISO code and English name (data of the phonenumbers package)."""

from functools import cache

from phonenumbers import SUPPORTED_REGIONS
from phonenumbers.geodata.locale import LOCALE_DATA


def name(code: str) -> str:
    """The English name; the code itself where none is known."""
    names = LOCALE_DATA.get(code, {})
    found = names.get("en", code)
    return str(names.get(found[1:], code)) if found.startswith("*") else str(found)


@cache
def choices() -> list[tuple[str, str]]:
    """(code, name) of every country, by name."""
    return sorted(((code, name(code)) for code in SUPPORTED_REGIONS), key=lambda pair: pair[1])
