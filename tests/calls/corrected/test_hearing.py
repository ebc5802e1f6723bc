"""What is put together before it is heard, and how far two hearings agree."""

import pytest

from calls.corrected.hearing import agreement, joined


@pytest.mark.parametrize(
    "stretches, whole",
    [
        ([], []),
        ([(0, 1000), (1500, 2500)], [(0, 2500)]),
        ([(0, 1000), (2201, 2500)], [(0, 1000), (2201, 2500)]),
        ([(0, 15000), (15500, 21000)], [(0, 15000), (15500, 21000)]),
    ],
)
def test_short_pauses_are_within_a_sentence(stretches, whole):
    assert joined(stretches) == whole


def test_agreement():
    assert agreement("Yes, on Thursday.", ["yes on thursday"]) == 1.0
    assert agreement("Yes, on Thursday.", []) == 0.0 == agreement("", ["yes"])
    assert 0.3 < agreement("Yes, on Thursday.", ["Yes, on", "third day"]) < 1
