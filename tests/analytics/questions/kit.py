"""A call that is over, with the lines it had."""

from django.utils.timezone import now

from calls import lifecycle
from calls.models import Call
from tests import factories

TALK = (
    ("assistant", "Hello, this is Acme Dental. Does Thursday at ten work for you?"),
    ("user", "Yes, Thursday works for me."),
    ("assistant", "How many people are coming with you?"),
    ("user", "There will be three of us."),
    ("assistant", "Thank you. Goodbye."),
)


def spoken(account, talk=TALK, **fields) -> Call:
    ended = {
        "state": "complete",
        "status": "completed",
        "answered_by": "human",
        "started_at": now(),
        "ended_at": now(),
        "outcome_at": now(),
    }
    call = factories.call(account, **{**ended, **fields})
    for n, (who, text) in enumerate(talk):
        lifecycle.say(call.pk, who, text, n * 1000, n * 1000 + 900)
    return call
