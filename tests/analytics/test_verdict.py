"""The head that judges a whole call, and the sentences it was made from."""

import json
import re
from pathlib import Path

import pytest

from analytics import verdict, verdict_training
from analytics.wording import wording

LABELLED = Path(__file__).parents[1] / "labelled"


def test_the_weights_belong_to_their_sentences():
    assert verdict.head().digest == verdict.digest(), "run manage.py train_outcomes"
    assert verdict.head().weights.shape == (len(verdict.TAGS), len(verdict.head().mean))
    assert {tag for tag, _ in verdict_training.calls()} == set(verdict.TAGS)


@pytest.mark.parametrize("name", ["dispositions_fresh", "dispositions_fresh_2", "dispositions_fresh_3"])
def test_no_call_it_learned_from_is_of_a_fresh_set(name):
    lines = {
        plain(line["text"])
        for case in json.loads((LABELLED / f"{name}.json").read_text("utf-8"))
        for line in case["transcript"]
        if line["user"] == "user"
    }
    learned = {plain(line.text) for _, call in verdict_training.calls() for line in call}
    examples = {plain(s) for meaning in wording().happenings.values() for s in meaning.examples}
    assert not {line for line in lines & (learned | examples) if len(line.split()) > 4}


def plain(text: str) -> str:
    return re.sub(r"[^\w ]", "", text.lower())
