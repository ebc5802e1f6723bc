"""Examples of what is sent: a pretend call, put into words and signed by the code that sends. No row is read or written."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from calls import citing
from calls.api import records
from calls.hooks import bodies, events, signing, trial
from calls.models import Call, CallEvent, Citation, CitedLine, Utterance
from calls.states import AnsweredBy, EndedBy, State, Status
from config.models import Account
from personas.models import CitationSchema

SECRET = "whsec_" + base64.b64encode(b"this secret is an example").decode()  # signs the example on the page, nothing else
CALL = UUID("6d1f0b3e-5c1a-4c8e-9f57-2b8a4e0c7d11")
SCHEMA = UUID("3a1f7c90-2d44-4a55-8d55-9a4f0b6c1e20")
MESSAGE = UUID("0b9d6a52-7f0e-4f6b-8f1c-3f2f4e9a6c55")
SAID = (
    ("assistant", "Hello, this is Anna from Acme Dental. Does Tuesday at three still suit you?", 400, 5_200),
    ("user", "Tuesday is fine, but could we make it four?", 5_900, 8_800),
    ("assistant", "Four on Tuesday it is. Goodbye.", 9_700, 12_100),
)


@dataclass(frozen=True, slots=True)
class Example:
    kind: str  # for the anchor
    title: str
    about: str
    body: str  # as it is sent

    @property
    def spread(self) -> str:
        """The same for reading: one line for each field."""
        return json.dumps(json.loads(self.body), indent=2, ensure_ascii=False)


def record(account: Account, at: datetime) -> Example:
    call = _call(account, at)
    about = (
        "Once, when the call is over and its outcome is written, also of calls that nobody answered. Fields as in GET /v1/calls/{call_id}."
    )
    return Example("record", "The result of a call", about, bodies.written(records.example(call, _lines(call, at)), revision=0))


def event(account: Account, at: datetime) -> Example:
    call = _call(account, at)
    row = CallEvent(call=call, seq=7, at=at, category="call", message=f"Handling user speech: {SAID[1][1]}", kind="utterance")
    about = "As it happens, for the categories that the call names in webhook_events. It has a category; the others have none."
    return Example("event", "During a call", about, events.row(row, call.uid, account.pk, "").body)


def citations(account: Account, at: datetime) -> Example:
    call = _call(account, at)
    line = _lines(call, at)[1]
    schema = CitationSchema(uid=SCHEMA, account=account, name="Appointment")
    found = Citation(pk=1, call=call, schema=schema, name="agreed_time", type="string", value="Tuesday, four")
    quoted = CitedLine(citation=found, utterance=line, start=0, end=len(line.text))
    found._prefetched_objects_cache = {"lines": [quoted]}  # type: ignore[attr-defined]  # as prefetch_related leaves it: no row is read
    about = (
        "When the facts that the call asks for were read: for calls with citation_schema_ids whose webhook_events name citations. "
        "A value that nobody said is null and has no lines."
    )
    return Example("citations", "The facts of a call", about, bodies.cited(call, citing.shaped([found], [line.pk]), at))


def test(account: Account, at: datetime) -> Example:
    about = "When somebody presses “Send a test” under Settings, Results sent. It is signed as all are; do nothing with it."
    return Example("test", "A test", about, trial.body(account, at))


def headers(body: str, at: datetime) -> dict[str, str]:
    return {"content-type": "application/json", **signing.headers([SECRET], MESSAGE, at, body)}


def _lines(call: Call, at: datetime) -> list[Utterance]:
    return [
        Utterance(id=number, call=call, seq=number, at=at, speaker=who, text=text, start_ms=start, end_ms=end)
        for number, (who, text, start, end) in enumerate(SAID, start=1)
    ]


def _call(account: Account, at: datetime) -> Call:
    began = at - timedelta(seconds=20)
    return Call(
        uid=CALL,
        account=account,
        to_number="+15005550006",
        from_number="+13035550140",
        callee_name="Elena Duarte",
        country="US",
        config={"task": "Confirm the appointment on Tuesday at 3pm.", "max_duration": 30, "voice": "june", "metadata": {"patient": "4711"}},
        state=State.COMPLETE,
        status=Status.COMPLETED,
        answered_by=AnsweredBy.HUMAN,
        call_ended_by=EndedBy.ASSISTANT,
        created_at=began - timedelta(seconds=8),
        due_at=began - timedelta(seconds=8),
        started_at=began,
        ended_at=began + timedelta(milliseconds=12_400),
        outcome_at=at,
        duration_ms=12_400,
        price=Decimal("0.02"),
        disposition_tag="COMPLETED_ACTION",
        disposition_quote=SAID[1][1],
        disposition_reason="The appointment was moved and agreed.",
        summary="Elena Duarte moves her appointment on Tuesday from three to four.",
    )
