"""What staff asked of live calls, read for all of them at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from calls.agent.session import Command
from calls.control import COMMAND
from calls.models import Call, CallEvent


@dataclass(frozen=True, slots=True)
class Seen:
    """How far the commands of one call were passed on."""

    seq: int = 0
    stop: bool = False


@dataclass(frozen=True, slots=True)
class Passed:
    pk: int
    command: Command
    seen: Seen  # what is seen once this command was passed on


def read(owner: UUID, seen: Mapping[int, Seen]) -> list[Passed]:
    """Commands for the calls in `seen` that were not passed on yet, oldest first, a stop before all else. One query when there is none."""
    asked = Q(stop_requested_at__isnull=False) | Q(command_seq__gt=0)
    columns = ("pk", "command_seq", "stop_requested_at", "stop_requested_by")
    rows = Call.objects.filter(asked, lease_owner=owner, pk__in=seen).values_list(*columns)
    passed: list[Passed] = []
    for pk, newest, stop_at, stop_by in rows:
        stopped = seen[pk].stop or stop_at is not None
        if stopped and not seen[pk].stop:
            passed.append(Passed(pk, Command("stop", by=stop_by), Seen(seen[pk].seq, stop=True)))
        if newest > seen[pk].seq:
            events = CallEvent.objects.filter(call_id=pk, kind=COMMAND, seq__gt=seen[pk].seq).order_by("seq")
            passed += [
                Passed(pk, Command(event.data["command"], event.data["text"], event.data["by"]), Seen(event.seq, stopped))
                for event in events
            ]
    return passed
