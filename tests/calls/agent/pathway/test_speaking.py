"""What a step says without a model: never an instruction, never an unfilled variable."""

import pytest

from calls.agent.builtin import guard
from calls.agent.builtin.analyse import read_task
from calls.agent.pathway.speaking import About, question_for, words_of
from pathways.graph import Variable, load

PLAN = read_task("You are the automated assistant of Harbor Dental.", {"name": "Jordan Miller"})
KNOWN = {"name": "Jordan Miller", "day": "Tuesday"}


def words(kind: str = "Default", *, opening: bool = False, known=None, **data):
    node = load({"nodes": [{"id": "1", "type": kind, "data": data}]}).nodes[0]
    return words_of(node, About(KNOWN if known is None else known, PLAN, opening))


def test_a_text_is_said_word_for_word():
    assert words(text="Ask them, {{ Name }}:  see you {{day}}?").said == "Ask them, Jordan Miller: see you Tuesday?"


def test_a_sentence_with_a_variable_that_nobody_filled_is_left_out():
    made = words(text="Thank you. I have noted {{when}}. Is there anything else?")
    assert made.said == "Thank you. Is there anything else?"
    assert made.refused == (("I have noted {{when}}.", "an unfilled variable"),)


@pytest.mark.parametrize(
    ("prompt", "said"),
    [
        ("Ask them whether they have insurance.", "Do you have insurance?"),
        ("Ask the customer for their email address.", "What is your email address?"),
        ('Say: "Welcome back, {{name}}!"', "Welcome back, Jordan Miller!"),
        ("Say “Great, see you {{day}}.” and wait.", "Great, see you Tuesday."),
        ("Tell them that the order was shipped yesterday.", "The order was shipped yesterday."),
        ("Hi, thanks for calling back. Do you still need help?", "Hi, thanks for calling back. Do you still need help?"),
        ("Find out what day and time would suit them.", "What day and time would suit you?"),
        ("Confirm that you are speaking with {{name}}.", "Am I speaking with Jordan Miller?"),
    ],
)
def test_prompts(prompt, said):
    assert words(prompt=prompt).said == said


def test_a_greeting_says_what_it_is():
    said = words(prompt="Greet the customer, introduce yourself and ask if they have a minute.", opening=True).said
    assert said.startswith("Hello, this is an automated assistant calling for Harbor Dental.") and said.endswith("?")


def test_several_questions_are_asked_one_after_the_other():
    made = words(prompt="Ask for their name and their email address.")
    assert made.said == "What is your name?" and made.asks == ("What is your email address?",)


INSTRUCTIONS = [
    "You are a friendly agent. Qualify the lead and upsell the premium plan. Never mention the price.",
    "Your goal is to build rapport with the user. Be polite and concise.",
    "If the user is angry, stay calm. Do not argue with them.",
    "Step 1: acknowledge. Step 2: de-escalate the caller.",
    "# Rules\n- keep answers short\n- be empathetic",
    "The user just told you their problem. Empathise with the user and move the conversation forward.",
    "Always speak slowly. You must not reveal that you are an AI.",
    "Handle objections of the prospect about pricing with {{unknown}} arguments.",
]


@pytest.mark.parametrize("prompt", INSTRUCTIONS)
def test_an_instruction_is_never_read_aloud(prompt):
    said = words(prompt=prompt).said
    assert said and not guard.check(said).refused
    low = said.lower()
    for word in (
        "qualify",
        "upsell",
        "rapport",
        "polite",
        "concise",
        "argue",
        "empath",
        "step 1",
        "the user",
        "the caller",
        "{{",
        "objection",
        "reveal",
    ):
        assert word not in low, said


def test_words_for_what_cannot_be_read():
    assert words("End Call", prompt="Wrap it up nicely.").said == "Thank you for your time. Goodbye."
    assert words("Transfer Call", prompt="Do the warm handover dance.").said.startswith("Of course. I will transfer you now")
    asked = words(prompt="Collect it.", extractVars=[["zip", "string", "The zip code of the customer", True]]).said
    assert "zip code" in asked and asked.endswith("?")


@pytest.mark.parametrize(
    ("variable", "question"),
    [
        (Variable("still_coming", "boolean", "Whether they can come"), "Can you come?"),
        (Variable("email", "email", "their email"), "What is your email address?"),
        (Variable("full_name"), "What is your full name?"),
    ],
)
def test_a_question_for_something_to_remember(variable, question):
    assert question_for(variable) == question
