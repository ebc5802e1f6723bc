"""What callers will notice, in plain words. Every parameter has good words, and no difference goes without a word."""

import pytest

from personas.content import Content
from personas.difference import difference
from personas.parameters import PARAMETERS, validate
from tests.personas.test_forms import VALUES

KB, PATH = "KB-30d465c0-22d0-41e0-a63d-61bcacc277e7", "8b1f9f0e-3b0b-4b59-9df5-0e7a4a1f4f00"
NAMES = {KB: "About the clinic", PATH: "Appointment reminder"}
MORE = {
    "pathway_id": PATH,
    "pathway_version": 3,
    "start_node_id": "n4",
    "task": "Say hello.",
    "from": "+17205550100",
    "dialing_strategy": {"type": "local"},
    "timezone": "America/Denver",
    "tools": [KB],
    "noise_cancellation": True,
    "block_interruptions": True,
    "citation_schema_ids": ["c1"],
    "request_data": {"plan": "gold"},
    "webhook_events": ["call"],
    "dynamic_data": [{"url": "https://example.com/x"}],
    "ignore_button_press": True,
    "precall_dtmf_sequence": "1w2",
    "analysis_schema": {"price": "what they would pay"},
}
EVERY = {**VALUES, **MORE}


def said(old: dict, new: dict, **more) -> list[str]:
    return difference(Content(old), Content(new), NAMES).sentences


@pytest.mark.parametrize(
    ("old", "new", "sentences"),
    [
        ({"record": True}, {}, ["Will no longer record the call."]),
        ({}, {"record": True}, ["Will record the call."]),
        ({}, {"block_interruptions": True}, ["Will not let them interrupt."]),
        ({"block_interruptions": True}, {}, ["Will let them interrupt."]),
        ({}, {"interruption_threshold": 700}, ["Waits 700 ms before it answers (was 500 ms)."]),
        ({"max_duration": 30}, {"max_duration": 1}, ["Ends the call after 1 minute (was 30 minutes)."]),
        ({}, {"voice": "Paige"}, ["Speaks with the voice Paige (was June)."]),
        ({}, {"language": "es"}, ["Speaks Spanish, was English (Babel)."]),
        ({}, {"background_track": "office"}, ["Has this behind the voice: Office (was Quiet line)."]),
        ({"background_track": "office"}, {"background_track": None}, ["Has this behind the voice: Quiet line (was Office)."]),
        ({}, {"transfer_phone_number": "+13035550100"}, ["Hands over to +1 303 555 0100."]),
        ({"transfer_phone_number": "+13035550100"}, {}, ["No longer hands over to +1 303 555 0100."]),
        (
            {"transfer_list": {"default": "+13035550100", "sales": "+13035550101"}},
            {"transfer_list": {"default": "+13035550102"}},
            ["Hands other calls over to +1 303 555 0102 (was +1 303 555 0100).", "No longer hands sales over to +1 303 555 0101."],
        ),
        ({}, {"tools": [KB]}, ["Uses “About the clinic”."]),
        ({"tools": [KB]}, {}, ["No longer uses “About the clinic”."]),
        ({}, {"pathway_id": PATH}, ["Follows the pathway “Appointment reminder”."]),
        ({"keywords": ["Acme", "pallet:2"]}, {"keywords": ["Acme", "lift"]}, ["Listens for lift.", "No longer listens for pallet:2."]),
        ({"keywords": ["a", "b"]}, {"keywords": ["b", "a"]}, ["Words to listen for: in another order."]),
        ({}, {"webhook_events": ["queue", "tool"]}, ["Sends this while it happens: Waiting in line, Tools used."]),
        (
            {"pronunciation_guide": [{"word": "Reyes", "pronunciation": "REY-es"}]},
            {"pronunciation_guide": [{"word": "Reyes", "pronunciation": "RAY-ess"}]},
            ["Says “Reyes” as “RAY-ess” (was “REY-es”)."],
        ),
        (
            {"guard_rails": [{"type": "tcpa:opt_out", "actions": [{"type": "end_call"}]}]},
            {"guard_rails": [{"type": "custom", "prompt": "Never promise a refund.", "actions": [{"type": "end_call"}]}]},
            ["Watches: “Never promise a refund.”", "No longer watches: it stops when it is asked to."],
        ),
        (
            {"dynamic_data": [{"url": "https://example.com/x", "timeout": 1}]},
            {"dynamic_data": [{"url": "https://example.com/x", "timeout": 2}]},
            ["Reads live data from https://example.com/x, set differently."],
        ),
        (
            {},
            {"voicemail": {"action": "leave_message", "message": "Call us.", "sms": None, "sensitive": True}},
            ["If voicemail answers: Leave a message (was Hang up).", "Message: “Call us.”", "Will listen closely for voicemail."],
        ),
        ({}, {"retry": {"wait": 90}}, ["Tries once more after voicemail: 90 seconds."]),
        ({"retry": {"wait": 90}}, {}, ["No longer tries once more after voicemail."]),
        ({"retry": {"wait": 90}}, {"retry": {"wait": 30}}, ["Try again after: 30 seconds (was 90 seconds)."]),
        ({"request_data": {"plan": "gold"}}, {"request_data": {"plan": "red", "n": 1}}, ["Knows plan: red (was gold).", "Knows n: 1."]),
        ({}, {"task": "Say hello."}, ["Task: “Say hello.”"]),
        ({"task": "Say hello."}, {}, ["Task: nothing any more (was “Say hello.”)."]),
        (
            {"task": "Say hello. Offer to text or e-mail the link. Leave the price out."},
            {"task": "Say hello. Offer to text the link. Do not offer e-mail."},
            [
                "Task: “Offer to text the link.” (was “Offer to text or e-mail the link.”)",
                "Task, new: “Do not offer e-mail.”",
                "Task, gone: “Leave the price out.”",
            ],
        ),
        ({"task": "Say hello. Go."}, {"task": "Say hello.\nGo."}, ["Task: only spaces and line ends changed."]),
        ({"max_duration": 30}, {}, []),
        ({"dispositions": []}, {}, []),
    ],
)
def test_sentences(old, new, sentences):
    assert said(old, new) == sentences


def test_what_is_no_parameter():
    route = {"name": "moves", "prompt": "When they want to move it.", "pathway_id": PATH, "pathway_version": "production"}
    new = Content({}, "Be kind.", [route], ["ai", "recording"])
    assert difference(Content(), new, NAMES).sentences == [
        "Words for every call: “Be kind.”",
        "Goes over to “Appointment reminder” when they want to move it.",
        "Will say at the beginning that it is automated.",
        "Will say at the beginning that the call is recorded.",
    ]
    other = Content({}, "Be kind.", [{**route, "pathway_version": 2}], ["self"])
    assert difference(new, other, NAMES).sentences == [
        "Goes over to “Appointment reminder” when they want to move it, from another step or version.",
        "Will no longer say at the beginning that it is automated.",
        "Will say at the beginning who calls.",
        "Will no longer say at the beginning that the call is recorded.",
    ]
    assert difference(new, Content({}, "Be kind.", [], ["ai", "recording"])).sentences == [
        "No longer goes over to a pathway when they want to move it."
    ]


def test_the_values_below_cover_every_parameter():
    assert set(EVERY) == {p.name for p in PARAMETERS if p.preset}


@pytest.mark.parametrize("name", sorted(EVERY))
def test_no_difference_goes_without_a_word(name):
    """Set, taken away: each is said, as one sentence that ends, and names the parameter it belongs to."""
    kept = validate({name: EVERY[name]}, preset=True)
    assert not kept.errors
    for old, new in ((Content(), Content(kept.values)), (Content(kept.values), Content())):
        found = difference(old, new, NAMES)
        assert found.sentences and found.names == {name}
        for sentence in found.sentences:
            assert sentence[0].isupper() and sentence[-1] in ".”)"
            assert "{" not in sentence.replace("{{name}}", "").replace('{"id": 7}', "")
            assert "None" not in sentence and name not in ("x" if "_" not in name else sentence)
    assert not difference(Content(kept.values), Content(dict(kept.values)))


def test_words_are_shown_where_a_text_was_and_is():
    found = difference(Content({"task": "Say hello to them."}), Content({"task": "Say goodbye to them."}))
    assert [t.label for t in found.texts] == ["Task"]
    assert [(w.kind, w.text.strip()) for w in found.texts[0].words] == [
        ("same", "Say"),
        ("del", "hello"),
        ("ins", "goodbye"),
        ("same", "to them."),
    ]
    assert not difference(Content(), Content({"task": "Say hello."})).texts
