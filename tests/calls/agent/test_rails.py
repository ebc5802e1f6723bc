"""Parts of the guard rails: what counts as disclosed, as going on, as a match; what is added to an opening."""

import json
import re
import time
from pathlib import Path

import pytest

from calls.agent.encoder import encoder
from calls.agent.endpoint import Endpoint, load
from calls.agent.ports import Brief
from calls.agent.rails import custom, disclosure, opinion
from calls.agent.rails.custom import Rail
from calls.agent.rails.going_on import going_on
from calls.agent.rails.opening import completed, missing
from tests.calls.agent.model_double import Pause, serving

LABELLED = Path(__file__).parents[2] / "labelled"
REFUNDS = Rail(
    "The agent promises a refund", ("I promise you a refund.", "We will refund the whole amount."), ("I can't promise a refund.",)
)


# custom rails --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("name", "precision", "recall"), [("custom_rails", 0.9, 0.8), ("custom_rails_unseen", 0.85, 0.85)])
def test_custom_rails_on_the_labelled_sets(name, precision, recall):
    found = wanted = right = 0
    wrong = []
    for case in json.loads((LABELLED / f"{name}.json").read_text()):
        rail = Rail(case["prompt"], tuple(case["examples"]), tuple(case["near_misses"]))
        assert case["speaker"] in custom.watches(rail)
        for trips, texts in ((True, case["trips"]), (False, case["passes"])):
            for text in texts:
                got = custom.match(rail, text, encoder()).trips
                found, wanted, right = found + got, wanted + trips, right + (got and trips)
                wrong += [f"{case['prompt']}: {text}"] if got != trips else []
    print(f"{name}: precision {right / found:.1%}, recall {right / wanted:.1%}")
    assert right / found >= precision, wrong
    assert right / wanted >= recall, wrong


@pytest.mark.parametrize(
    ("prompt", "who", "about"),
    [
        ("The agent promises a refund", {"assistant"}, "promises a refund"),
        ("Never give medical advice.", {"assistant"}, "give medical advice"),
        ("Do not talk about politics", {"assistant"}, "talk about politics"),
        ("Trip when the callee threatens legal action", {"user"}, "threatens legal action"),
        ("If the customer swears at us", {"user"}, "swears at us"),
        ("If the customer or the agent mentions a lawsuit", {"assistant", "user"}, "or the agent mentions a lawsuit"),
        ("Anyone mentions a competitor", {"assistant", "user"}, "mentions a competitor"),
        ("The assistant must not reveal the diagnosis", {"assistant"}, "reveal the diagnosis"),
        ("x", {"assistant"}, "x"),
    ],
)
def test_whose_words_a_prompt_is_about(prompt, who, about):
    assert custom.watches(Rail(prompt)) == who
    assert custom.matter(prompt) == about


@pytest.mark.parametrize(
    ("text", "trips", "why"),
    [
        ("We will refund the whole amount.", True, "one of the examples"),
        ("We will refund the WHOLE amount", True, "one of the examples"),
        ("I can't promise a refund.", False, "one of the near misses"),
        ("I'm not able to give you a refund.", False, "refuses instead"),
        ("Thank you. We will refund the whole amount. Goodbye.", True, "one of the examples"),
        ("Okay.", False, ""),
        ("", False, ""),
        ("?!", False, ""),
    ],
)
def test_words_settle_it_first(text, trips, why):
    found = custom.match(REFUNDS, text, encoder())
    assert found.trips == trips
    assert why in found.why


def test_words_in_quotation_marks_are_looked_for_as_they_stand():
    rail = Rail('Never say “risk free” or "guaranteed"')
    assert custom.match(rail, "It is completely risk free, Mr Jones.", encoder()).trips
    assert custom.match(rail, "Your profit is guaranteed.", encoder()).trips
    assert not custom.match(rail, "The risk freezes everything.", encoder()).trips


# disclosures and going on --------------------------------------------------------------------------------------------
@pytest.mark.parametrize("text", ["", " ", "?", "a" * 5_000, "I'm " * 2_000, "the call is " * 500, "This is " + "A " * 2_000])
def test_no_text_takes_long(text):
    began = time.perf_counter()
    disclosure.read([("assistant", text), ("user", text)])
    going_on(text)
    assert time.perf_counter() - began < 2


def test_leave_is_granted_only_by_the_next_words():
    d = disclosure.Disclosures()
    d.ours("May I record this call?")
    assert d.theirs("Who is this?") == set()
    assert d.theirs("Yes.") == set()  # an answer to something else by now


@pytest.mark.parametrize(
    "text", ["Okay, but what about Tuesday", "We are open until five.", "Would you like to hear more?", "Your order is ready."]
)
def test_what_goes_on(text):
    assert going_on(f"I understand. {text}") == text.strip()


# openings ------------------------------------------------------------------------------------------------------------
NAMED = Brief(task="You are Anna from Acme Dental. Confirm the appointment.")
ALL = ("ai", "self", "recording")


@pytest.mark.parametrize(
    ("text", "brief", "added"),
    [
        ("Hello.", NAMED, "I'm an automated assistant. This is Anna, calling for Acme Dental. This call may be recorded."),
        ("Hello, this is Anna.", NAMED, "I'm an automated assistant. This call may be recorded."),
        ("Hello, I'm the virtual assistant of Acme Dental. We record calls.", NAMED, ""),
        ("Hello.", Brief(task="Ask how they are."), "I'm an automated assistant. This call may be recorded."),  # no name is invented
        ("Hola.", Brief(task="", language="babel-es"), "Soy un asistente automático. Esta llamada puede ser grabada."),
    ],
)
def test_what_an_opening_lacks(text, brief, added):
    assert missing(text, ALL, brief) == added


@pytest.mark.parametrize("language", ["en", "babel-es"])
def test_what_is_added_discloses_what_it_should(language):
    brief = Brief(task=NAMED.task, language=language)
    assert set(disclosure.read([("assistant", missing("", ALL, brief))]).made) == set(ALL)


def test_it_stands_before_the_first_question():
    assert completed("Hi. How are you? Fine?", ("recording",), NAMED) == "Hi. This call may be recorded. How are you? Fine?"


# the second opinion --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("said", "wanted"), [("Yes.", "yes"), ("no", "no"), ("**No**, it does not", "no"), ("Perhaps", ""), ("", "")])
async def test_the_model_is_asked_for_one_word(said, wanted):
    load()  # as a runner does at its start: it takes longer than an opinion may
    with serving([said]) as double:
        at = Endpoint(double.url, "tiny", "k", 5)
        assert await opinion.of(at)(REFUNDS, "The money comes back.", "assistant") == wanted
        told = json.dumps(double.requests[-1])
    assert "The agent promises a refund" in told and "The money comes back." in told


async def test_a_model_that_is_slow_or_away_delays_no_word_for_long(monkeypatch):
    monkeypatch.setattr(opinion, "BUDGET", 0.2)
    began = time.perf_counter()
    assert await opinion.of(Endpoint("http://127.0.0.1:9/v1", "tiny", "k", 5))(REFUNDS, "x", "user") == ""

    with serving([Pause(1.5), "yes"]) as double:
        assert await opinion.of(Endpoint(double.url, "tiny", "k", 5))(REFUNDS, "x", "user") == ""
    assert time.perf_counter() - began < 3


def test_the_sentences_of_the_sets_are_not_in_the_rules():
    from calls.agent.builtin.language import FOLDER

    rules = " ".join((FOLDER / "en" / f"{name}.yaml").read_text().lower() for name in ("optout", "disclosure", "rails"))
    texts = []
    for name in ("opt_out_rails", "opt_out_rails_unseen", "opt_out_rails_unseen_2", "disclosure", "disclosure_unseen"):
        for case in json.loads((LABELLED / f"{name}.json").read_text()):
            texts += [line["text"] for line in case["lines"]] if "lines" in case else [case["text"]]
    long = [text for text in texts if len(re.findall(r"\w+", text)) > 3]
    assert not [text for text in long if text.lower() in rules]
