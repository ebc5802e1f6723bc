"""What Twilio posts, read without a framework."""

from datetime import UTC, datetime

import pytest

from calls.carriers.twilio import callbacks


def test_a_status_says_what_happened_and_when():
    posted = {"CallSid": "CA1", "CallStatus": "completed", "CallDuration": "61", "Timestamp": "Wed, 25 Nov 2026 09:00:00 +0000", "To": "+1"}
    said = callbacks.status(posted)
    assert (said.key, said.kind, said.told, said.duration_ms) == ("status:completed", "completed", "completed", 61_000)
    assert said.at == datetime(2026, 11, 25, 9, tzinfo=UTC) and said.data == {"CallSid": "CA1", "CallDuration": "61"}
    assert callbacks.status({"CallStatus": "in-progress"}).told == "answered"
    assert callbacks.status({"CallStatus": "initiated"}).told is None
    assert callbacks.status({"CallStatus": "no-answer", "CallDuration": "0"}).duration_ms is None


@pytest.mark.parametrize("posted", [{}, {"CallStatus": ""}, {"CallStatus": "dancing"}, {"CallStatus": "Completed"}])
def test_a_status_that_we_do_not_know_is_none(posted):
    assert callbacks.status(posted) is None


@pytest.mark.parametrize(
    "time", ["", "x", "Wed, 32 Nov 2026 09:00:00", "Wed, 25 Nov 99999 09:00:00 +0000", "Wed, 25 Nov 2026 09:00:00 +9999", "\x00"]
)
@pytest.mark.parametrize("seconds", ["", "-1", "1.5", "9" * 30, "²"])
def test_times_that_cannot_be_read_do_no_harm(time, seconds):
    said = callbacks.status({"CallStatus": "completed", "Timestamp": time, "CallDuration": seconds})
    assert (said.at, said.duration_ms) == (None, None)


def test_a_handing_over_is_known_by_the_second_call():
    first, second = ({"DialCallStatus": "busy", "DialCallSid": sid} for sid in ("CA2", "CA3"))
    assert callbacks.handed_over(first).key != callbacks.handed_over(second).key
    assert callbacks.handed_over(first) == callbacks.handed_over(first)
    assert callbacks.handed_over({}) is None and callbacks.picked_up({}) is None and callbacks.answerer({}) is None
