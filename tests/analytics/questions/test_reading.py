"""How questions are read."""

import pytest

from analytics.questions.reading import MOST, Bad, from_lines, read, to_lines


def kinds(questions):
    return [(q.variable.type, q.variable.options) for q in questions]


def test_the_types_of_the_reference():
    asked = [
        ["Who answered the call?", "human or voicemail"],
        ["Positive feedback", "string"],
        ["Satisfied?", "boolean"],
        ["Guests", "number"],
    ]
    assert kinds(read(asked)) == [("category", ("human", "voicemail")), ("string", ()), ("boolean", ()), ("number", ())]


def test_a_question_without_a_type_says_what_it_wants():
    assert kinds(read(["Did they agree?", "How many came?", "What was wrong?"])) == [("boolean", ()), ("number", ()), ("string", ())]


def test_lines_of_people_and_back():
    text = "Did they agree?\nMood = good, fair or bad\nDoes a = b hold? = boolean"
    questions = from_lines(f"\n{text}\n\n")
    assert kinds(questions) == [("boolean", ()), ("category", ("good", "fair", "bad")), ("boolean", ())]
    assert to_lines(questions) == text


@pytest.mark.parametrize(
    "given, told",
    [
        ([], "at least one"),
        ("who?", "array"),
        ([["only one"]], "Question 1 must be a pair"),
        ([["Mood", "feeling"]], "is no type"),
        ([["", "string"]], "Question 1 is empty"),
        ([["a", "string"], ["x" * 501, "string"]], "Question 2 has more than 500"),
        ([["a", "string"]] * (MOST + 1), "At most 20"),
        ([["Which", " or ".join(f"option {n}" for n in range(21))]], "at most 20 possible answers"),
    ],
)
def test_what_cannot_be_read_is_named(given, told):
    with pytest.raises(Bad, match=told):
        read(given)
