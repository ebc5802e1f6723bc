"""The filters of the Calls page mean exactly what the state on screen says."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from calls import shown
from calls.models import Call
from calls.states import ENDED, State, Status
from config.kit import words
from tests import factories


@pytest.fixture
def every_kind(account):
    """A call of every combination of what decides the state on screen."""
    at = now()
    made = []
    for state in State:
        ended = state in ENDED
        for status in [*Status, ""] if ended else [""]:
            for due in (at - timedelta(minutes=1), at + timedelta(hours=1)):
                for held in ("", "Outside calling hours"):
                    for outcome in (None, at) if ended else (None,):
                        for handed in (None, at) if ended else (None,):
                            for who in ("", "voicemail") if ended else ("",):
                                made.append(
                                    Call(
                                        account=account,
                                        to_number="+15005550006",
                                        state=state,
                                        status=status,
                                        due_at=due,
                                        held_reason=held,
                                        outcome_at=outcome,
                                        transferred_at=handed,
                                        answered_by=who,
                                    )
                                )
    return Call.objects.bulk_create(made)


def test_each_call_is_found_under_the_state_it_shows_and_no_other(every_kind):
    by_key: dict[str, set[int]] = {key: set() for key in words.STATES}
    for call in every_kind:
        by_key[words.key_of(call)].add(call.pk)
    for key, expected in by_key.items():
        assert expected, f"no call shows {key}: the test would prove nothing"
        assert set(Call.objects.filter(shown.where(key, now())).values_list("pk", flat=True)) == expected, key


def test_an_unknown_state_is_an_error():
    with pytest.raises(KeyError):
        shown.where("nonsense", now())


def test_live_states_are_those_that_show_as_live(account):
    for state in State:
        assert (words.key_of(factories.call(account, state=state)) in shown.LIVE) == (state in shown.LIVE_STATES)
