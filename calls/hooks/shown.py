"""The deliveries of one call as its page shows them: finished objects, four queries however many there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, OuterRef, Prefetch, QuerySet, Subquery
from django.utils import timezone

from calls.hooks import words
from calls.hooks.events import address
from calls.hooks.health import at, server_of, took
from calls.hooks.resending import RESEND
from calls.models import Call, CallEvent, Delivery, DeliveryAttempt
from calls.states import ENDED, State

SHOWN = 20  # messages that stand there by name, of each sort
SHOWN_TRIES = 15
KINDS = {Delivery.RECORD: "The result", Delivery.CITATIONS: "The facts"}
AGAIN = {Delivery.RECORD: " (corrected)", Delivery.CITATIONS: " (read again)"}
# Columns of a call that a list of messages does not need.
UNUSED = tuple(f"call__{name}" for name in ("request", "config", "sources", "notes", "reading", "variables", "summary"))
HOW = {"auto": "by itself", "create": "by a program", "resend": "sent again"}


@dataclass(frozen=True, slots=True)
class Try:
    at: datetime
    good: bool
    title: str  # "Accepted (200)", "“Too busy” (503)", "No answer within 10 s"
    took: str
    how: str
    answer: str  # the beginning of what came back: not our words


@dataclass(frozen=True, slots=True)
class Message:
    uid: UUID
    title: str
    server: str
    icon: str
    tone: str  # good, warn, bad or ""
    state: str  # what follows the server: "accepted it at 10:06 AM."
    text: str
    tries: list[Try]
    earlier: int  # tries that are not named
    again: bool  # sending it again makes sense
    made: bool  # there is something to read

    @property
    def mark(self) -> str:
        """Class of its symbol."""
        return f"i-{self.tone}"


@dataclass(frozen=True, slots=True)
class Deliveries:
    messages: list[Message]
    events: list[Message]  # accepted ones, the newest first
    accepted_events: int
    last_event_at: datetime | None
    more: int  # messages that are not named
    changes: bool  # something is still to come: the page looks again
    said: str  # when there is no message: why
    address: str  # where the result of this call goes, "" nowhere

    @property
    def none(self) -> bool:
        return not (self.messages or self.accepted_events)


def deliveries(call: Call) -> Deliveries:
    """`call` with its account."""
    rows = Delivery.objects.filter(call=call)
    counts = list(rows.values("kind", "state").order_by().annotate(n=Count("pk"), last=Max("delivered_at")))
    accepted = next((c for c in counts if (c["kind"], c["state"]) == (Delivery.EVENT, Delivery.DELIVERED)), None)
    wanted = rows.exclude(kind=Delivery.EVENT, state=Delivery.DELIVERED) if counts else rows.none()
    named = list(filled(wanted).order_by("kind", "id")[:SHOWN])  # call, citations, event
    events = list(filled(rows.filter(kind=Delivery.EVENT, state=Delivery.DELIVERED)).order_by("-id")[:SHOWN]) if accepted else []
    open_ones = sum(c["n"] for c in counts if c["state"] in (Delivery.PENDING, Delivery.HELD))
    total = sum(c["n"] for c in counts) - (accepted["n"] if accepted else 0)
    return Deliveries(
        messages=[message(row) for row in named],
        events=[message(row) for row in events],
        accepted_events=accepted["n"] if accepted else 0,
        last_event_at=accepted["last"] if accepted else None,
        more=max(0, total - SHOWN),
        changes=bool(open_ones) or any(row.asked == RESEND for row in named) or (bool(address(call)) and _comes(call)),
        said="" if counts else _nothing(call),
        address=address(call),
    )


def message(row: Delivery) -> Message:
    tries = list(row.attempts.all())
    symbol, tone, state = _state(row)
    return Message(
        uid=row.uid,
        title=_title(row),
        server=server_of(row.url),
        icon=symbol,
        tone=tone,
        state=state,
        text=_text(row, tries),
        tries=[_try(each) for each in tries[-SHOWN_TRIES:]],
        earlier=max(0, len(tries) - SHOWN_TRIES),
        again=row.asked != RESEND and (row.state == Delivery.DEAD or (row.state == Delivery.PENDING and bool(row.trouble))),
        made=row.state != Delivery.HELD,
    )


def _title(row: Delivery) -> str:
    if row.kind == Delivery.EVENT:
        return f"Event {row.seq}, “{str(getattr(row, 'told', None) or 'not known any more')[:80]}”"
    return KINDS[row.kind] + (AGAIN[row.kind] if row.seq else "")


def filled(rows: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """With the words of its event and its tries; without the body, which may be long."""
    told = CallEvent.objects.filter(call=OuterRef("call"), seq=OuterRef("seq")).values("message")[:1]
    return rows.defer("body").annotate(told=Subquery(told)).prefetch_related(Prefetch("attempts", DeliveryAttempt.objects.order_by("id")))


def _state(row: Delivery) -> tuple[str, str, str]:
    """Symbol, tone and the words after the server's name."""
    if row.state == Delivery.DELIVERED:
        when = f" {at(row.delivered_at, near=True)}" if row.delivered_at else ""
        return "circle-check", "good", f"accepted it{when}."
    if row.asked == RESEND:
        return "repeat", "", "is sent it again now."
    if row.state == Delivery.DEAD:
        return "st-failed", "bad", "did not accept it. It was given up."
    if row.trouble:
        return "clock", "warn", "has not accepted it yet."
    if row.state == Delivery.HELD:
        return "clock", "", "gets it as soon as facts and recording are there."
    behind = row.due_at > timezone.now()  # what waits for a message before it is put off with that one
    return "clock", "", "gets it after what was to come before it." if behind else "gets it in a moment."


def _text(row: Delivery, tries: Sequence[DeliveryAttempt]) -> str:
    if not tries:
        return ""
    last = tries[-1]
    count = "First try" if row.tries <= 1 else f"{row.tries} tries"
    if last.status is not None and 200 <= last.status < 300:
        return f"{count}, {took(last.ms)}."
    said = f"{'1 try' if row.tries <= 1 else count}. {words.answered(last.status, last.error)}"
    if row.state == Delivery.PENDING:
        later = row.due_at > timezone.now()
        said += f" Next {at(row.due_at)}." if later else " Next in a moment."
    return said


def _try(row: DeliveryAttempt) -> Try:
    good = row.status is not None and 200 <= row.status < 300
    if row.status is None:
        title = row.error or "No answer"
    else:
        title = words.status(row.status)
    return Try(row.sent_at, good, title[:1].upper() + title[1:], took(row.ms), HOW.get(row.send_type, row.send_type), row.answer)


def _nothing(call: Call) -> str:
    server = server_of(address(call))
    if not server:
        return "No address is set for results. With one, your own programs learn what came out of each call by themselves."
    if State(call.state) not in ENDED:
        return f"{server} gets the result when the call is over."
    if _comes(call):
        return f"{server} gets the result as soon as the outcome is written."
    return "Nothing was sent of this call."


def _comes(call: Call) -> bool:
    """Whether a result is still to be written."""
    return call.outcome_at is None and call.state != State.COMPLETE_ERROR
