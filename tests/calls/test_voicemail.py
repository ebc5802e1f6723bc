import pytest

from calls.agent.voicemail import Mailbox, classify


@pytest.mark.parametrize(
    "text",
    [
        "Hi, it's Jo. Please leave a message after the beep.",
        "I can't come to the phone right now.",
        "We are not able to take your call at the moment.",
        "The person you are trying to reach is not available.",
        "Your call has been forwarded to an automated voice messaging system.",
        "This is the voicemail of Jo Miller.",
        "This is the voicemail box of Jo Miller.",
        "Record your message at the tone.",
    ],
)
def test_a_greeting_is_known_by_its_words(text):
    assert classify(text, False, True) == "voicemail"
    assert classify(text, False, False) == "voicemail", "half a line is enough"


@pytest.mark.parametrize(
    "text",
    [
        "You've reached Acme Dental, this is Mary. How can I help?",
        "She's not here. Would you like to leave a message?",
        "Hello? I was just listening to your voicemail.",
        "He can't come to the phone right now.",
        "Jo is not available, can I take a message?",
        "You reached out to me last week, right?",
        "Yes?",
        "Press? Which press?",
    ],
)
def test_a_person_is_not_taken_for_a_machine(text):
    assert classify(text, False, True) == "human"


@pytest.mark.parametrize(
    "text",
    [
        "For sales, press 1.",
        "To speak to somebody, press zero.",
        "Please listen carefully.",
        "All of our agents are busy.",
        "Your call is important to us.",
    ],
)
def test_menus_and_announcements(text):
    assert classify(text, False, True) == "machine"
    assert classify(text, False, False) == "", "not before it is out"


def test_a_machine_that_says_so_is_believed():
    assert classify("Hi, you've reached Jo", True, False) == "voicemail"
    assert classify("Welcome.", True, True) == "machine"
    assert classify("", True, True) == ""


def test_when_to_speak():
    box = Mailbox(1_000)
    assert box.speak_at == 31_000
    box.greeting_end_ms = 6_000
    assert box.speak_at == 10_000
    box.beep_ms = 6_500
    assert box.speak_at == 6_800
    box.said = True
    assert box.speak_at is None


def test_a_long_greeting_is_a_voicemail_by_its_words_and_a_person_when_it_asks():
    assert classify("You've reached Peter. Be brief.", False, True, long_greeting=True) == "voicemail"
    assert classify("You've reached Peter. Be brief.", False, True) == "human"
    desk = "You've reached accounting, this is Priya. What can I do for you?"
    assert classify(desk, False, True, long_greeting=True) == "human"
    assert classify("You've reached accounting, this is Priya.", False, False, long_greeting=True) == "", "there may be more to come"
