"""Connecting lines: one check, one way to save and one test, for the settings page and for `manage.py add_line`.

A secret comes in as text and is sealed here; it is in no error, no audit entry and no log line.
"""

import asyncio
import logging
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.timezone import now

from calls import lines
from calls.carriers.base import LineConfig
from calls.line_kinds import KINDS, Kind
from calls.models import Line, Number
from calls.pools import Wrong, read_number
from calls.runner.lines import config
from config.kit import audit
from config.kit.secrets import Unreadable, seal, unseal
from config.models import Account, User

log = logging.getLogger(__name__)
TEST_SECONDS = 8.0
TOO_LONG = f"There was no answer within {TEST_SECONDS:.0f} seconds."
BROKEN = "The test itself failed. The log of the server says why."
MOST_CALLS, MOST_NUMBERS = 10_000, 1_000
PACE_WRITTEN = re.compile(r"[0-9]{1,3}(\.[0-9]{1,2})?")
PACE = {"max_calls": ("Calls at the same time", "10"), "calls_per_second": ("New calls in a second", "1")}


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line as somebody wrote it down, nothing checked yet."""

    name: str
    settings: Mapping[str, Any]
    secret: str = field(default="", repr=False)  # "": the saved one is kept
    forget_secret: bool = False
    max_calls: Any = "10"
    calls_per_second: Any = "1"
    caller_ids: Sequence[str] | None = None  # None: they stay as they are


@dataclass(frozen=True, slots=True)
class Checked:
    """What passed, ready for `store`."""

    columns: dict[str, Any]
    numbers: tuple[str, ...] | None


def check(account: Account, kind: Kind, wanted: Wanted, line: Line | None = None) -> tuple[Checked, dict[str, str]]:
    """What is to be kept, and what is wrong with it by field. `line`: the one that is changed."""
    settings, errors = kind.check(wanted.settings)
    columns: dict[str, Any] = {"name": wanted.name.strip(), "settings": settings}
    others = Line.objects.filter(account=account)
    if line is not None:
        others = others.exclude(pk=line.pk)
    if not 0 < len(columns["name"]) <= 80:
        errors["name"] = "A name has 1 to 80 letters."
    elif others.filter(name=columns["name"]).exists():
        errors["name"] = "Another line has this name."
    for name in PACE:
        try:
            columns[name] = _count(wanted.max_calls) if name == "max_calls" else _pace(wanted.calls_per_second)
        except ValueError as wrong:
            errors[name] = str(wrong)
    if wrong_secret := _secret_error(kind, wanted, settings, line):
        errors["secret"] = wrong_secret
    elif line is None or (wanted.secret and not _is_saved(wanted.secret, line)) or (wanted.forget_secret and not wanted.secret):
        columns["secret"] = seal(wanted.secret)
    numbers, wrong_numbers = (None, "") if wanted.caller_ids is None else _numbers(account, wanted.caller_ids, line)
    if wrong_numbers:
        errors["caller_ids"] = wrong_numbers
    return Checked(columns, numbers), errors


def store(
    account: Account, kind: Kind, checked: Checked, line: Line | None = None, *, default: bool = False, by: User | None = None
) -> Line:
    """Makes or changes the line, gives it its numbers and says so in the audit log. A changed line has to be tested again."""
    made = line is None
    row = Line(account=account, kind=kind.key) if line is None else line
    before = {} if made else {name: getattr(row, name) for name in checked.columns}
    changed = {name: value for name, value in checked.columns.items() if made or before[name] != value}
    if default and not row.is_default:
        changed["is_default"] = True
    with transaction.atomic():
        if changed:
            untested = {} if set(changed) <= {"name", "is_default", *PACE} else {"tested_at": None, "test_ok": False, "test_message": ""}
            lines.save(row, **changed, **untested)
        moved = give_numbers(row, checked.numbers) if checked.numbers is not None else False
        if made or changed or moved:
            detail = _told(before, changed) | ({"numbers": list(checked.numbers or ())} if moved else {})
            audit.record(account, "line.made" if made else "line.changed", row.name, user=by, **detail)
    return row


def give_numbers(line: Line, numbers: Sequence[str]) -> bool:
    """Makes these the numbers of the line, and says whether that changed anything. Those taken off stay the office's."""
    mine = set(Number.objects.filter(line=line).values_list("number", flat=True))
    if mine == set(numbers):
        return False
    Number.objects.filter(line=line).exclude(number__in=numbers).update(line=None)
    for number in numbers:
        Number.objects.update_or_create(account=line.account, number=number, defaults={"line": line})
    return True


def run_test(line: Line, by: User | None = None) -> tuple[bool, str]:
    """Asks the other side whether calls can go out, keeps the answer and returns it. Over the network: no transaction may be open.

    Takes TEST_SECONDS at most: a probe that hangs is left behind.
    """
    ok, message = _probe(line)
    message = message[:300]
    Line.objects.filter(pk=line.pk).update(tested_at=now(), test_ok=ok, test_message=message)
    audit.record(line.account, "line.tested", line.name, user=by, ok=ok, answer=message)
    return ok, message


def _probe(line: Line) -> tuple[bool, str]:
    try:
        opened = config(line)
    except Unreadable as unreadable:
        return False, str(unreadable)
    answers: list[tuple[bool, str]] = []
    asking = threading.Thread(target=_ask, args=(KINDS[line.kind], opened, answers), name="line test", daemon=True)
    asking.start()
    asking.join(TEST_SECONDS)
    return answers[0] if answers else (False, TOO_LONG)


def _ask(kind: Kind, opened: LineConfig, answers: list[tuple[bool, str]]) -> None:
    try:
        answers.append(asyncio.run(_within(kind, opened)))
    except TimeoutError:
        answers.append((False, TOO_LONG))
    except Exception:  # whatever happens, the page says something
        log.exception("the test of a line failed")
        answers.append((False, BROKEN))


async def _within(kind: Kind, opened: LineConfig) -> tuple[bool, str]:
    async with asyncio.timeout(TEST_SECONDS - 0.5):
        return await kind.probe()(opened)


def _secret_error(kind: Kind, wanted: Wanted, settings: dict[str, Any], line: Line | None) -> str:
    if wanted.secret:
        return kind.check_secret(wanted.secret)
    saved = bool(line and line.secret) and not wanted.forget_secret
    if kind.secret_needed and not saved:
        return "This is needed."
    goes_to = kind.goes_to
    if line is not None and saved and goes_to in settings and settings[goes_to] != line.settings.get(goes_to):
        return "Enter it again: it would go to another server than before."
    return ""


def _is_saved(secret: str, line: Line) -> bool:
    """Whether the line has this very secret: saving it anew would say that it was changed."""
    try:
        return unseal(line.secret) == secret
    except Unreadable:
        return False


def _numbers(account: Account, written: Sequence[str], line: Line | None) -> tuple[tuple[str, ...], str]:
    try:
        found = [read_number(text, account.country) for text in written if text.strip()]
    except Wrong as wrong:
        return (), str(wrong)
    if len(found) > MOST_NUMBERS:
        return (), f"A line has at most {MOST_NUMBERS} numbers."
    taken = Number.objects.filter(account=account, number__in=found, line__isnull=False)
    if line is not None:
        taken = taken.exclude(line=line)
    if (other := taken.select_related("line").first()) is not None:
        return (), f"{other.number} belongs to the line {other.line}. Take it off there first."
    return tuple(dict.fromkeys(found)), ""


def _count(value: Any) -> int:
    text = str(value).strip()
    if not (text.isascii() and text.isdigit() and int(text[:9]) <= MOST_CALLS):
        raise ValueError(f"This must be a whole number from 0 to {MOST_CALLS}.")
    return int(text)


def _pace(value: Any) -> Decimal:
    text = str(value).strip()
    if not PACE_WRITTEN.fullmatch(text):
        raise ValueError("This must be a number from 0 to 999.99, like 1 or 0.5.")
    return Decimal(text)


def _told(before: dict[str, Any], changed: dict[str, Any]) -> dict[str, Any]:
    """What the audit log says of a change: settings from what to what, of the secret only that it was changed."""
    if not before:
        return {}
    old, new = dict(before.get("settings", {})), dict(changed.get("settings", before.get("settings", {})))
    names = [name for name in new if old.get(name) != new[name]]
    was, now_is = {name: old.get(name, "") for name in names}, {name: new[name] for name in names}
    for name in ("name", *PACE):
        if name in changed:
            was[name], now_is[name] = str(before[name]), str(changed[name])
    if "secret" in changed:
        was["secret"], now_is["secret"] = "saved" if before["secret"] else "none", "changed" if changed["secret"] else "none"
    return {"before": was, "after": now_is} if now_is else {}
