"""The head that judges a whole call, and the sentences it was made from."""

import json
import re
from pathlib import Path

import pytest

from analytics import dispositions, verdict, verdict_training
from analytics.reading import Spoken
from analytics.wording import wording
from calls.agent.encoder import encoder

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


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        ("It's beeping non stop and I can't make it quit. Can somebody come out?", "I will let the team know."),
        ("I got laid off in October, and I've only just started again.", "I understand."),
        ("Leave it, just leave it.", "All right."),
    ],
)
def test_the_head_alone_neither_opts_out_nor_hands_over(said, reply, monkeypatch):
    sure = dict.fromkeys(verdict.TAGS, 0.0) | {"DO_NOT_CONTACT": 0.6, "TRANSFERRED": 0.3, "FOLLOW_UP_REQUIRED": 0.1}
    monkeypatch.setattr(verdict, "likely", lambda *_: dict(sure))
    lines = [Spoken("assistant", "Is this still a good number?", 1), Spoken("user", said, 2), Spoken("assistant", reply, 3)]
    assert dispositions.choose(lines, (), encoder()).tag not in dispositions.TOLD


@pytest.mark.parametrize("reply", ["I'm passing you across.", "Connecting.", "My colleague is free, I'll put him on."])
def test_the_agents_words_hand_over(reply):
    lines = [Spoken("assistant", "It is about your claim.", 1), Spoken("user", "Who knows my file?", 2), Spoken("assistant", reply, 3)]
    assert dispositions.choose(lines, (), encoder()).tag == "TRANSFERRED"


def plain(text: str) -> str:
    return re.sub(r"[^\w ]", "", text.lower())
