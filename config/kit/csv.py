"""CSV that a spreadsheet opens without running anything in it. Pure."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
NUMBER = re.compile(r"[+-]?[0-9]+(?:\.[0-9]+)?")
MARK = "\ufeff"  # the first letter of a file: a spreadsheet then reads it as UTF-8


def cell(value: object) -> object:
    """A text that a spreadsheet would take for a formula gets an apostrophe before it; numbers, and phone numbers, stay as they are."""
    if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA) and not NUMBER.fullmatch(value):
        return f"'{value}"
    return "" if value is None else value


def lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Each row as one text with its line end (CRLF, as RFC 4180 has it)."""
    out = io.StringIO()
    write = csv.writer(out)
    for row in rows:
        write.writerow([cell(value) for value in row])
        yield out.getvalue()
        out.seek(0)
        out.truncate()
