"""A promise of ours is somebody's work."""

import pytest

from analytics.dispositions import Choice
from analytics.needs import needs
from tests.analytics.test_dispositions import said

DONE = Choice("COMPLETED_ACTION", "Yes.", 2, "The callee confirmed.", 0.9, "confirmed")


@pytest.mark.parametrize(
    "promise",
    [
        "We will email you the form.",
        "A technician will come round on Friday.",
        "You will get a refund within a week.",
        "I'll find out and let you know.",
    ],
)
def test_a_promise_of_ours_needs_a_person(promise):
    listed = needs([], DONE, said("A: Hello.", "U: Yes.", f"A: {promise}"))
    assert [(need.reason, need.seq) for need in listed] == [("promise", 3)]


@pytest.mark.parametrize(
    "line", ["Will you send it?", "I have noted that. Goodbye.", "I will put you through.", "You will not be called again."]
)
def test_these_are_no_promises(line):
    assert needs([], DONE, said("A: Hello.", "U: Yes.", f"A: {line}")) == []


def test_the_callees_promise_is_not_ours():
    assert needs([], DONE, said("A: Hello.", "U: I will send it to you.")) == []
