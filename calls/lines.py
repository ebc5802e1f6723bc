"""Lines of an office: which one takes a call, and when it may take the next. Rows only; nothing here touches a network."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.utils.timezone import now

from calls.models import Call, Line, Number
from calls.states import HELD_BY_RUNNER, ON_THE_LINE, State
from config.models import Account

FULL_AGAIN = timedelta(seconds=3)  # a line that is full is looked at again after so long
OFF_AGAIN = timedelta(minutes=10)  # and one that is switched off; switching it on lets its calls go at once
LOOK = Decimal("0.5")  # seconds between two looks at the queue
MANY = 1_000_000
FULL, PACED = "Every place on the line is taken", "The line takes one call after the other"
OFF = "The line of the number in 'from' is switched off."
HELD_OFF = "The line of this call is switched off"
DELETED = "The line of this call was deleted."


class SwitchedOff(Exception):
    """The line of the number that was asked for is not in use; the text is for staff and for programs."""


@dataclass(frozen=True, slots=True)
class Wait:
    """The call goes back to the queue until `until`."""

    until: datetime
    reason: str


def usable(account: Account) -> "list[Line]":
    """Lines that are switched on, the default one first."""
    return list(Line.objects.filter(account=account, enabled=True).order_by("-is_default", "pk"))


def pick(account: Account, wanted: str | None) -> Line | None:
    """The line of the number that was asked for, else the default one; None when there is none. Raises SwitchedOff."""
    lines = usable(account)
    if wanted and lines:
        of_number = Number.objects.filter(account=account, number=wanted, line__isnull=False).values_list("line", flat=True).first()
        if of_number is not None:
            for line in lines:
                if line.pk == of_number:
                    return line
            raise SwitchedOff(OFF)
    return lines[0] if lines else None


def numbers_of(line: Line) -> Q:
    """The numbers that may be shown on calls of this line: its own and those that belong to no line."""
    return Q(line=line) | Q(line=None)


def places(at: datetime) -> dict[int, int]:
    """How many more calls each line can be expected to take now; a line that is not in it has no limit. What is not taken in the first
    place need not be prepared, held and written down over and over: `slot` decides."""
    limited = list(Line.objects.filter(enabled=True).exclude(max_calls=0, calls_per_second=0))
    if not limited:
        return {}
    held = Call.objects.filter(lease_owner__isnull=False, line__in=limited, state__in=HELD_BY_RUNNER).order_by()
    busy: dict[int, int] = dict(held.values_list("line").annotate(calls=Count("pk")))
    free = {}
    for line in limited:
        room = line.max_calls - busy.get(line.pk, 0) if line.max_calls else MANY
        paced = ceil(line.calls_per_second * LOOK) if line.calls_per_second > 0 else MANY
        free[line.pk] = max(0, min(room, 0 if line.calls_per_second > 0 and line.next_dial_at > at else paced))
    return free


def slot(call: Call, at: datetime) -> Wait | None:
    """Takes a place for this call on its line, or says when to ask again. In the transaction that begins the dial.

    The pacing is one column moved by compare-and-set, so several runners keep it together.
    """
    if call.line_id is None:
        return None
    line = Line.objects.select_for_update().get(pk=call.line_id)
    if not line.enabled:
        return Wait(at + OFF_AGAIN, HELD_OFF)
    if line.max_calls and Call.objects.filter(line=line, state__in=ON_THE_LINE).count() >= line.max_calls:
        return Wait(at + FULL_AGAIN, FULL)
    if line.calls_per_second <= 0:
        return None
    if line.next_dial_at > at:
        return Wait(line.next_dial_at, PACED)
    taken = Line.objects.filter(pk=line.pk, next_dial_at=line.next_dial_at)
    if not taken.update(next_dial_at=at + timedelta(seconds=1 / float(line.calls_per_second))):
        return Wait(at + timedelta(seconds=1), PACED)
    return None


def save(line: Line, **changed: Any) -> Line:
    """Saves a line with what else depends on it: one default, and whether the office has a line at all."""
    for name, value in changed.items():
        setattr(line, name, value)
    with transaction.atomic():
        others = Line.objects.filter(account=line.account).exclude(pk=line.pk)
        if line.is_default:
            others.update(is_default=False)
        elif not others.filter(is_default=True).exists():
            line.is_default = True
        line.save()
        if line.enabled:
            Call.objects.filter(line=line, state=State.QUEUED, held_reason=HELD_OFF).update(due_at=now(), held_reason="")
        tell_account(line.account)
    return line


def remove(line: Line) -> None:
    """Deletes a line; its numbers and calls stay. The next one becomes the default."""
    account = line.account
    with transaction.atomic():
        line.delete()
        first = Line.objects.filter(account=account).order_by("pk").first()
        if first is not None and not Line.objects.filter(account=account, is_default=True).exists():
            Line.objects.filter(pk=first.pk).update(is_default=True)
        tell_account(account)


def tell_account(account: Account) -> None:
    """Every page says whether this is a rehearsal: the answer stands in the account's own row."""
    account.has_line = Line.objects.filter(account=account, enabled=True).exists()
    Account.objects.filter(pk=account.pk).update(has_line=account.has_line)
