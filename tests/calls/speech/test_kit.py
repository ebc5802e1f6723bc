"""The judge of recognition must itself be right: which words count as the same, and how wrong ones are counted."""

import pytest

from tests.calls.speech.kit import error_rate, words, wrong


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("four one five, five five five, zero one nine two", "415-555-0192."),
        ("seven three nine zero two", "7, 3, 9, 0 2"),
        ("at half past three", "at 3:30"),
        ("March twenty first nineteen eighty four", "March 21st, 1984"),
        ("at one twenty eight Maple Avenue", "at 128 Maple Avenue"),
        ("two hundred and forty six dollars and fifty cents", "$246.50"),
        ("It's spelled W H I T", "It is spelled W-H-I-T."),
        ("I'd like that, and I'm sure we'll see", "I would like that and I am sure we will see!"),
        ("You can't, you won't, you don't", "you cannot, you will not, you do not"),
        ("Okay, thanks, goodbye", "Ok thanks. Good-bye"),
        ("Let’s go", "let's go"),
        ("about thirty minutes, at twelve", "about 30 minutes, at 12."),
        ("eighty nine dollars", "$89"),
        ("on the fourth, the twenty first, the thirtieth", "on the 4th, the 21st, the 30th"),
        ("with Doctor Miller", "with Dr. Miller"),
        ("five five, one two, nine nine", "55-12-99"),
    ],
)
def test_one_thing_written_in_two_ways(said, written):
    assert words(said) == words(written)
    assert wrong(said, written) == 0


@pytest.mark.parametrize(
    ("said", "heard", "count"),
    [
        ("Yes, that works for me.", "", 5),
        ("No.", "No no no", 2),
        ("please call me back", "please call back", 1),
        ("please call me back", "please call tea back", 1),
        ("one two three", "two three four", 2),
        ("Anna's phone", "Anna phone", 1),
        ("cancel it", "can sell it", 2),
    ],
)
def test_words_put_in_left_out_and_changed(said, heard, count):
    assert wrong(said, heard) == count


def test_the_rate_is_of_all_words_together():
    assert error_rate([("yes", "no"), ("one two three", "one two three")]) == 0.25
    assert error_rate([("yes", "oh yes yes yes")]) == 3
