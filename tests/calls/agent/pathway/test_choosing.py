"""Which way on the words lead."""

import pytest

from calls.agent.encoder import encoder
from calls.agent.pathway.choosing import as_wish, choose, plain
from calls.agent.pathway.ways import Way, as_said, features
from tests.calls.agent.pathway.labelled import cases, measured

YES = Way("yes", "a", "They confirm", "They say that they will come", ("Yes, I'll be there.", "That works for me."))
NO = Way("no", "b", "They decline", "They cannot come", ("No, I can't make it.", "That doesn't work."))
CANCEL = Way("cancel", "c", "They cancel", "They do not want it any more", ("Please cancel it.", "I don't need it any more."))
HELP = Way("help", "d", "They want a person", "They ask for a human", ("Can I speak to a human?", "Give me a real person."), anywhere=True)


def chosen(text: str, *ways: Way, **more) -> str:
    found = choose(text, ways, encoder(), **more).way
    return found.id if found else ""


def test_the_labelled_set():
    right, wrong, stayed, missed = measured("ways")
    assert right >= 0.87 * (right + wrong + stayed) and wrong <= 1, [(c.said, c.wanted, got) for c, got in missed]


def test_the_set_kept_apart():
    """First met: 40 of 45 right, one wrong way, four times asked again (three answers were lost to a key of the file, mended since)."""
    right, wrong, stayed, missed = measured("ways_kept_apart")
    assert right >= 0.87 * (right + wrong + stayed) and wrong <= 2, [(c.said, c.wanted, got) for c, got in missed]


def test_the_same_words_always_get_the_same_answer():
    for case in cases("ways")[:20]:
        first, second = case.choice(), case.choice()
        assert [(s.way.id, s.score) for s in first.candidates] == [(s.way.id, s.score) for s in second.candidates]


@pytest.mark.parametrize("text", ["Yes.", "yeah", "Yep, sure.", "Of course.", "That's fine, thank you.", "ok", "Absolutely!"])
def test_a_plain_yes_goes_the_way_that_means_yes(text):
    assert plain(text)
    assert chosen(text, YES, NO, HELP) == "yes"


@pytest.mark.parametrize("text", ["No.", "nope", "No, sorry.", "No thank you.", "Not really.", "No, I don't."])
def test_a_plain_no_goes_the_way_that_means_no(text):
    assert chosen(text, YES, NO, HELP) == "no"


def test_a_plain_no_between_two_ways_that_mean_no_asks_again():
    ways = (YES, Way("no", "b", "They cannot come"), Way("cancel", "c", "They do not want it any more"))
    assert chosen("No.", *ways) == ""
    assert chosen("No.", YES, NO, CANCEL) == "no"  # people who go this way begin with a no


@pytest.mark.parametrize("text", ["Yes, please cancel it.", "No, cancel it please.", "Could you cancel it?"])
def test_what_is_said_beats_the_yes_or_no_before_it(text):
    assert chosen(text, YES, NO, CANCEL) == "cancel"


def test_a_way_from_anywhere_is_found_in_any_sentence_but_not_by_a_plain_word():
    assert chosen("Yes. But can I speak to a human, please?", YES, NO, HELP) == "help"
    assert chosen("Yes.", NO, HELP) == ""


def test_a_question_does_not_take_a_way_that_nobody_takes_by_asking():
    assert chosen("Who is this?", YES, NO) == ""
    assert chosen("What does it cost?", YES, NO) == ""


def test_plain_words_spoken_over_our_question_mean_nothing():
    assert chosen("Yes.", YES, NO, unheard=True) == ""
    assert chosen("I'll be there.", YES, NO, unheard=True) == "yes"


def test_the_only_way_takes_an_answer_but_no_question_no_doubt_and_no_refusal():
    only = Way("on", "a", "They say what is wrong", "They explain what is wrong")
    assert chosen("The left wheel squeaks since Monday.", only) == "on"
    for text in ("What do you mean?", "I don't know.", "I'd rather not say.", "Hello?"):
        assert chosen(text, only) == "", text


def test_a_way_for_everything_else_takes_what_no_other_fits():
    other = Way("other", "z", "Anything else")
    assert chosen("My dog is called Bruno.", YES, NO, other) == "other"
    assert chosen("Yes.", YES, NO, other) == "yes"


@pytest.mark.parametrize(
    ("text", "way"),
    [
        ("Thursday at ten.", "when"),
        ("Tomorrow morning, I think.", "when"),
        ("It's bob at example dot com.", "email"),
        ("About three hundred dollars.", "amount"),
    ],
)
def test_a_way_about_a_kind_of_value_is_taken_by_one(text, way):
    ways = (
        Way("when", "a", "They name a time", "They say a day or time"),
        Way("email", "b", "They give an e-mail address"),
        Way("amount", "c", "They name an amount"),
    )
    assert chosen(text, *ways) == way


def test_what_happened_is_no_time_to_come():
    when = Way("when", "a", "They say when", "They name the day", ("I can pay on Friday.",))
    paid = Way("paid", "b", "They have paid", "It is paid already", ("I paid that last week.",))
    assert chosen("I paid it two days ago.", when, paid) == "paid"


@pytest.mark.parametrize(
    ("description", "said"),
    [
        ("They want to cancel", ["I want to cancel."]),
        (
            "The caller wants to reschedule or cancel their appointment",
            ["I want to reschedule my appointment", "I want to cancel my appointment"],
        ),
        ("User asks about pricing", ["I want to know about pricing."]),
        ("They have paid", ["I have paid."]),
        ("They say that they paid", ["I paid."]),
        ("Wrong number", []),
    ],
)
def test_a_description_is_put_into_the_persons_mouth(description, said):
    assert [s.rstrip(".") for s in as_said(description)] == [s.rstrip(".") for s in said]


def test_wishes_are_one():
    assert {as_wish(s) for s in ("Could I move it?", "I'd like to move it.", "Well, I have to move it")} == {"I want to move it."}
    assert as_wish("I move it.") == "I move it."


@pytest.mark.parametrize(
    ("way", "sign"),
    [
        (YES, "yes"),
        (NO, "no"),
        (Way("x", "x", "Yes, send it"), "yes"),
        (Way("x", "x", "Nothing more"), "no"),
        (Way("x", "x", "They name a time"), ""),
    ],
)
def test_the_sign_of_a_way(way, sign):
    assert features(way).sign == sign


def test_every_decision_tells_its_candidates():
    choice = choose("I can't make it on Monday.", (YES, NO, CANCEL, HELP), encoder())
    assert [s.way.id for s in choice.candidates][0] == "no" and len(choice.candidates) == 4
    assert choice.quote == "I can't make it on Monday." and choice.why
    assert all(0 <= s.score <= 1 for s in choice.candidates)


def test_nothing_to_choose_from():
    assert choose("Yes.", (), encoder()).way is None
