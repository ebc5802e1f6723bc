"""Places of variables in texts, also in texts that were written to take long."""

import time

import pytest

from calls.agent.builtin.text import fill as fill_task
from calls.filling import fill
from config.kit.places import PLACE


@pytest.mark.parametrize(
    ("text", "names"), [("{{a}} {{ first name }}", ["a", "first name"]), ("{{}} {{ }} {a} {{a", []), ("{{{{x}}", ["x"])]
)
def test_what_is_a_place(text, names):
    assert PLACE.findall(text) == names


@pytest.mark.parametrize("text", ["{{" + " " * 20_000, "{{a" + " " * 20_000, "{{a " * 20_000, "{{" + "a " * 20_000])
def test_a_text_that_never_closes_a_place_is_quick(text):
    began = time.monotonic()
    assert fill(text, {"a": "b"}) == fill_task(text, {"a": "b"}) == text
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("place", ["²", "9" * 5_000, "7", "-1"])
def test_what_is_no_place_of_a_list_stays_as_written(place):
    assert fill(f"{{{{slots.{place}}}}}", {"slots": ["ten"]}) == f"{{{{slots.{place}}}}}"
