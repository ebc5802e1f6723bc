"""What staff do to a call that waits or runs: stop, transfer, whisper, take over and speak by typing.

Nothing here touches a line. A wish is a committed row; the runner that holds the call reads it by its seq, at once when the nudge
arrives and at its next sweep when it does not.
"""

import re
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from calls import feed, lifecycle
from calls.lifecycle import Event
from calls.models import Call, CallEvent
from calls.states import ACTIVE, ENDED, ON_THE_LINE, State, Status
from config.models import Account

COMMAND = "command"  # CallEvent.kind
NOT_DIALLED = frozenset({State.NEW, State.QUEUED, State.ALLOCATED})
LONGEST_TEXT = 1_000  # characters of a whispered hint or a typed line
STOP_TOGETHER = 100  # calls per transaction of stop_all


def stop(call: Call, by: str) -> bool:
    """Cancels a call that was not dialled yet, or has its runner hang up. True also when that was asked before; False: it had ended."""
    done = _stop(call.pk, by)
    feed.nudge()
    return done


def stop_all(account: Account, by: str) -> int:
    """Stops every waiting and live call of the account; returns how many."""
    pks = list(Call.objects.filter(account=account, state__in=ACTIVE).order_by("pk").values_list("pk", flat=True))
    stopped = 0
    for start in range(0, len(pks), STOP_TOGETHER):
        with transaction.atomic():
            stopped += sum(_stop(pk, by) for pk in pks[start : start + STOP_TOGETHER])
    feed.nudge()
    return stopped


def transfer(call: Call, number: str, by: str) -> bool:
    """Hands the callee over to `number` (E.164). False: the call is not live. Raises ValueError for a number that cannot be one."""
    if not re.fullmatch(r"\+[1-9]\d{6,14}", number):
        raise ValueError("The number must start with + and the country code.")
    return _command(call.pk, "transfer", number, by, f"{by} transfers the call to {number}", {State.STARTED}, repeat=False)


def whisper(call: Call, text: str, by: str, *, token: str = "") -> bool:
    """Tells the agent something that the callee does not hear. The same `token` again changes nothing. False: the call is over."""
    return _command(call.pk, "whisper", _bounded(text), by, f"{by} gave the agent a hint", ON_THE_LINE, token=token)


def take_over(call: Call, by: str) -> bool:
    """The agent falls silent; what staff type is spoken. False: the call is not live."""
    return _command(call.pk, "take_over", "", by, f"{by} took over", {State.STARTED}, repeat=False)


def give_back(call: Call, by: str) -> bool:
    """The agent speaks again. False: the call is not live."""
    return _command(call.pk, "give_back", "", by, f"{by} gave the call back to the agent", {State.STARTED}, repeat=False)


def type_line(call: Call, text: str, by: str, *, token: str = "") -> bool:
    """Speaks `text` to the callee. The same `token` again changes nothing. False: the call is not live."""
    return _command(call.pk, "type", _bounded(text), by, f"{by} typed a line", {State.STARTED}, token=token)


def handle(call: Call, by: str) -> bool:
    """Ticks off what a person had to do after the call. True also when it was ticked off before."""
    with transaction.atomic():
        row = Call.objects.select_for_update().only("handled_at").get(pk=call.pk)
        if row.handled_at is None:
            lifecycle.record(call.pk, Event("call", f"{by[:120]} took care of it", kind="handled"), handled_at=timezone.now())
    return True


def _stop(pk: int, by: str) -> bool:
    by = by[:120]
    for _attempt in range(5):
        at = timezone.now()
        canceled = lifecycle.advance(
            pk,
            NOT_DIALLED,
            State.COMPLETE,
            Event("queue", f"Canceled by {by} before it was dialled", kind="state"),
            status=Status.CANCELED,
            stop_requested_at=at,
            stop_requested_by=by,
        )
        if canceled:
            return True
        with transaction.atomic():
            row = Call.objects.select_for_update().only("state", "stop_requested_at").get(pk=pk)
            if row.state in ENDED:
                return False
            if row.state in ON_THE_LINE:
                if row.stop_requested_at is None:
                    asked = Event("call", f"{by} asked to stop the call", kind="stop")
                    lifecycle.record(pk, asked, stop_requested_at=at, stop_requested_by=by)
                return True
        # A runner gave it back to the queue between the two looks: once more.
    raise RuntimeError(f"call {pk} changed its state too often to be stopped")


def _command(
    pk: int, command: str, text: str, by: str, message: str, states: Collection[State], *, token: str = "", repeat: bool = True
) -> bool:
    by = by[:120]
    with transaction.atomic():
        call = Call.objects.select_for_update().only("state", "last_seq").get(pk=pk)
        if call.state not in states:
            return False
        if _given_before(pk, command, text, token, repeat=repeat):
            return True
        # The row is locked, so the next seq is known.
        data = {"command": command, "text": text, "by": by, "token": token}
        lifecycle.record(pk, Event("call", message, kind=COMMAND, data=data), command_seq=call.last_seq + 1)
        transaction.on_commit(feed.nudge)
    return True


def _given_before(pk: int, command: str, text: str, token: str, *, repeat: bool) -> bool:
    given = CallEvent.objects.filter(call_id=pk, kind=COMMAND)
    if token:
        return given.filter(data__token=token).exists()
    if repeat:
        return False
    # Commands that set something: the same once more says nothing new, unless another came in between.
    kinds = ["take_over", "give_back"] if command in ("take_over", "give_back") else [command]
    newest = given.filter(data__command__in=kinds).order_by("-seq").first()
    return newest is not None and newest.data["command"] == command and newest.data["text"] == text


def _bounded(text: str) -> str:
    text = text.strip()
    if not text or len(text) > LONGEST_TEXT:
        raise ValueError(f"Write 1 to {LONGEST_TEXT} characters.")
    return text
