"""Every state a call can be in has its word and shape."""

import itertools
import re
from datetime import timedelta

import pytest
from django.conf import settings
from django.utils.timezone import now

from calls.models import Call
from calls.states import AnsweredBy, State, Status
from config.kit import words
from config.templatetags import ui

ICONS = set(re.findall(r'symbol id="([^"]+)"', (settings.BASE_DIR / "static/icons.svg").read_text()))


def call(**fields) -> Call:
    return Call(to_number="+15005550006", **fields)


def test_there_are_seventeen_and_each_has_a_shape_of_its_own():
    assert len(words.STATES) == 17
    assert len({shown.icon for shown in words.STATES.values()}) == 17
    assert {shown.icon for shown in words.STATES.values()} <= ICONS


def test_every_combination_has_words():
    reached = set()
    soon, ago = now() + timedelta(hours=1), now() - timedelta(hours=1)
    for state, status, who in itertools.product(State, ["", *Status], ["", *AnsweredBy]):
        for due, held in ((ago, ""), (soon, ""), (soon, "Outside hours there.")):
            for outcome, handed in ((None, None), (ago, None), (ago, ago)):
                row = call(
                    state=state, status=status, answered_by=who, due_at=due, held_reason=held, outcome_at=outcome, transferred_at=handed
                )
                reached.add(words.shown(row).key)
    assert reached == set(words.STATES)


@pytest.mark.parametrize(
    ("fields", "key"),
    [
        ({"state": "queued"}, "inline"),
        ({"state": "allocated"}, "dialling"),
        ({"state": "started"}, "talking"),
        ({"state": "queue_error"}, "refused"),
        ({"state": "call_error", "status": "failed"}, "failed"),
        ({"state": "call_error", "status": "unknown"}, "lost"),
        ({"state": "complete", "status": "completed"}, "writing"),
        ({"state": "complete", "status": "completed", "outcome_at": now()}, "done"),
        ({"state": "complete", "status": "completed", "answered_by": "voicemail"}, "voicemail"),
        ({"state": "complete", "status": "canceled"}, "canceled"),
        ({"state": "complete_error", "status": "completed"}, "incomplete"),
    ],
)
def test_the_words_of_common_cases(fields, key):
    assert words.key_of(call(**fields)) == key


def test_a_held_call_names_the_hour_there():
    due = now().replace(hour=18, minute=0, second=0) + timedelta(days=1)
    row = call(state="queued", due_at=due, held_reason="Outside hours.", timezone="Pacific/Honolulu")
    assert words.shown(row).more == "until 8:00 AM there"


def test_who_called_it_off_and_why_it_failed_stand_beside_the_state():
    assert "by Priya" in ui.call_state(call(state="complete", status="canceled", stop_requested_by="Priya"))
    assert "Line &lt;down&gt;" in ui.call_state(call(state="call_error", status="failed", error_message="Line <down>"))


def test_a_running_call_carries_its_clock():
    badge = ui.call_state(call(state="started", started_at=now() - timedelta(seconds=76)))
    assert ">1:16</time>" in badge
    assert "data-since=" in badge
