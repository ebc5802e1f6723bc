"""A pattern that staff wrote, held against a text. In a process of its own: some patterns take hours for one short text, and neither a
thread nor the event loop beside it could be got back from them.
"""

import json
import re
import subprocess
import sys

LONGEST = 500  # characters of a pattern
LONGEST_TEXT = 10_000
SECONDS = 2.0
SEARCH = "import json, re, sys; pattern, text = json.load(sys.stdin); sys.exit(0 if re.search(pattern, text, re.I) else 3)"


def trouble(pattern: str) -> str:
    """Why it is no pattern; "" when it is one."""
    if len(pattern) > LONGEST:
        return f"it has more than {LONGEST} characters"
    try:
        re.compile(pattern)
    except re.error as error:
        return error.msg
    except (RecursionError, OverflowError):
        return "it is too deep or too large"
    return ""


def fits(pattern: str, text: str) -> bool | None:
    """Whether it is found in the text, whatever the case; None when that could not be said in time."""
    told = json.dumps([pattern, text[:LONGEST_TEXT]])
    command = [sys.executable, "-I", "-S", "-c", SEARCH]
    try:
        done = subprocess.run(command, input=told, text=True, capture_output=True, timeout=SECONDS)  # noqa: S603  (no word of it is given)
    except subprocess.TimeoutExpired:
        return None
    return {0: True, 3: False}.get(done.returncode)
