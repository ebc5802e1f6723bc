"""Reading values out of transcripts: our sets, single rules, and a model's proposals under the same proof."""

import json

import pytest

from analytics import evaluation
from analytics.extraction import extract
from analytics.reading import Spoken
from calls.agent.encoder import encoder
from personas.citations import Variable


def said(*lines: str) -> list[Spoken]:
    return [Spoken({"A": "assistant", "U": "user", "R": "robot"}[line[0]], line[3:], seq) for seq, line in enumerate(lines, 1)]


def one(variable: Variable, *lines: str, ask=None):
    lines = said(*lines)
    found = extract([variable], lines, encoder(), ask=ask)[0]
    by_seq = {line.seq: line.text for line in lines}
    assert bool(found.quotes) == (found.value is not None)
    return found.value, [by_seq[q.seq][q.start : q.end] for q in found.quotes]


@pytest.mark.parametrize(("name", "least"), [("extraction", 0.95), ("extraction_2", 0.84), ("extraction_3", 0.9)])
def test_our_sets(labelled, name, least):
    figures = evaluation.score("extraction", labelled / f"{name}.yaml").figures
    assert figures["null right"] == 1.0
    assert figures["quotes right"] == 1.0
    assert figures["values right"] >= least


def test_the_documented_form_of_a_set(tmp_path):
    case = {
        "schema": {"variables": [{"name": "pets", "type": "number", "description": "How many pets they have"}]},
        "transcript": [{"id": 7, "user": "assistant", "text": "How many pets do you have?"}, {"id": 9, "user": "user", "text": "Three."}],
        "expected": {"pets": {"value": 3, "utterance_id": 9, "also_ok": []}},
    }
    file = tmp_path / "set.json"
    file.write_text(json.dumps([case, {**case, "expected": {"pets": {"value": None}}}]))
    made = evaluation.score("extraction", file)
    assert (made.figures["said right"], made.figures["null right"], made.figures["quotes right"]) == (1.0, 0.0, 1.0)
    assert made.also[0].startswith("1 values were invented, 0 read wrong")


def test_the_last_word_counts():
    day = Variable("day", "Day of the appointment")
    lines = ("A: Which day suits you?", "U: Wednesday.", "A: Wednesday then.", "U: No, make that Thursday.", "A: Fine.")
    assert one(day, *lines) == ("Thursday", ["No, make that Thursday."])


def test_a_yes_to_our_words_quotes_both():
    address = Variable("address", "Address of the customer")
    asked = "A: Is the address still 12 Hill Road?"
    assert one(address, asked, "U: Yes.") == ("12 Hill Road", ["Is the address still 12 Hill Road?", "Yes."])
    assert one(address, asked, "U: No.") == (None, [])


@pytest.mark.parametrize(
    "answer", ["I'd rather not say.", "I don't know.", "If I earned 3000 I would not call.", "My neighbour earns 3000.", "Why? Is it 3000?"]
)
def test_what_is_no_answer_is_null(answer):
    assert one(Variable("income", "Monthly income", "number"), "A: What is your monthly income?", f"U: {answer}") == (None, [])


def test_silence_machines_and_nothing_at_all():
    owner = Variable("owner", "Does the callee own the house?", "boolean")
    assert one(owner) == (None, [])
    assert one(owner, "R: Yes, you have reached the mailbox.", "A: Do you own the house?") == (None, [])


# A model proposes ---------------------------------------------------------------------------------------------------------
TALK = ("A: How many of you will come?", "U: We are nine, with my sister.")
SIZE = Variable("size", "How many people come", "number")


def answering(told):
    return lambda messages: told if isinstance(told, str) else "<think>hm</think>```json\n" + json.dumps(told) + "\n```"


def test_a_model_s_value_stands_with_its_words():
    told = {"size": {"value": "9", "quotes": [{"line": 2, "text": "WE are nine"}]}}
    assert one(SIZE, *TALK, ask=answering(told)) == (9, ["We are nine"])


@pytest.mark.parametrize(
    "told",
    [
        {"size": {"value": 10, "quotes": [{"line": 2, "text": "We are nine"}]}},
        {"size": {"value": 9, "quotes": [{"line": 2, "text": "We will be nine"}]}},
        {"size": {"value": 9, "quotes": [{"line": 1, "text": "How many of you"}]}},
        {"size": {"value": 9, "quotes": []}},
        {"size": {"value": None}},
        {"size": [9]},
        {},
    ],
)
def test_a_model_that_guesses_is_not_believed(told):
    assert one(SIZE, *TALK, ask=answering(told)) == (None, [])


@pytest.mark.parametrize("told", ["I think nine.", "{", "[]", ""])
def test_without_a_readable_answer_the_rules_read(told):
    assert one(SIZE, *TALK, ask=answering(told)) == (9, ["We are nine, with my sister."])


def test_a_model_that_cannot_be_reached_is_no_loss():
    def broken(messages):
        raise TimeoutError

    assert one(SIZE, *TALK, ask=broken)[0] == 9
