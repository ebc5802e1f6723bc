import pytest

from calls.carriers.sip import words
from calls.carriers.sip.settings import Trunk

TRUNK = Trunk("trunk.example.com", transport="tls")


@pytest.mark.parametrize(
    ("text", "cause", "says"),
    [
        ("487 Request Terminated", "canceled", "canceled"),
        ("604 Does Not Exist Anywhere", "failed", "does not exist"),
        ("401 Unauthorized", "failed", "user name, password and caller number"),
        ("302 Moved Temporarily", "failed", "not followed"),
        ("500 Server Internal Error", "failed", "Try again later"),
        ("421 Extension Required", "failed", "The trunk refused the call (421 Extension Required)."),
        ("Connection refused [111]", "failed", "trunk.example.com:5061 over TLS: the connection was refused"),
        ("Connection timed out [110]", "failed", "Nobody answers at trunk.example.com:5061"),
        ("Protocol error [71]", "failed", "certificate is not trusted"),
        ("Cannot assign requested address [99]", "failed", "was not found"),
        ("", "failed", "no reason was given"),
    ],
)
def test_calls_that_nobody_answered(text, cause, says):
    gone = words.unanswered(text, TRUNK)
    assert gone.cause == cause and says in gone.message


def test_words_of_a_stranger_are_cut_and_flattened():
    gone = words.unanswered("500 Oh\x00 no\r\n" + "x" * 500, TRUNK)
    assert "\r" not in gone.message and "\x00" not in gone.message and len(gone.message) < 300


def test_registrations():
    assert "Check user name and password" in words.not_registered(TRUNK, 403, "Forbidden")
    assert "423" in words.not_registered(TRUNK, 423, "Interval Too Brief")
    assert "Nobody answers at" in words.not_registered(TRUNK, None, "no registration outcome within 8 s")
