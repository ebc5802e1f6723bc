"""A scenario as staff write it: what is read, what is refused, and that saving without a change changes nothing."""

import pytest
from django.core.exceptions import ValidationError

from calls.rehearsal import forms
from pathways.graph import load
from pathways.scenarios import setup_digest
from tests.calls.rehearsal import kit

GRAPH = load(kit.GRAPH)


def post(**fields: object) -> dict[str, object]:
    return {
        "name": "Comes",
        "callee": "cooperative",
        "lines": "",
        "knows": "",
        "start_node_id": "",
        "max_turns": 30,
        "sentence-TOTAL_FORMS": 1,
        "sentence-INITIAL_FORMS": 0,
        **fields,
    }


def test_every_sentence_can_be_written():
    written = [
        ({"kind": "reaches_node", "step": "good"}, {"type": "reaches_node", "node_ids": ["good"], "all": True}),
        ({"kind": "avoids_node", "step": "bad"}, {"type": "avoids_node", "node_id": "bad"}),
        ({"kind": "variable", "name": "coming", "how": "is", "value": "yes"}, {"type": "variable", "name": "coming", "is": "yes"}),
        ({"kind": "variable", "name": "coming", "how": "unknown"}, {"type": "variable", "name": "coming", "is": None}),
        ({"kind": "says", "text": "Hello"}, {"type": "says", "text": "Hello"}),
        ({"kind": "never_says", "text": "Never"}, {"type": "never_says", "text": "Never"}),
        ({"kind": "disposition", "tag": "BUSY"}, {"type": "disposition", "tag": "BUSY"}),
        ({"kind": "ends_within", "turns": "5"}, {"type": "ends_within", "turns": 5}),
    ]
    fields = {f"sentence-{n}-{key}": value for n, (given, _) in enumerate(written) for key, value in given.items()}
    filled = forms.bound(GRAPH, post(**{"sentence-TOTAL_FORMS": len(written) + 1}, **fields))
    assert filled.is_valid(), (filled.scenario.errors, filled.sentences.errors)
    assert filled.values()["assertions"] == [made for _, made in written]
    assert filled.values()["callee"] == "cooperative"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"sentence-0-kind": "reaches_node"}, "Choose a step."),
        ({"sentence-0-kind": "says"}, "Write the words."),
        ({"sentence-0-kind": "variable", "sentence-0-how": "is"}, "Write what is remembered"),
        ({"sentence-0-kind": "variable", "sentence-0-name": "x", "sentence-0-how": "contains"}, "Write what is remembered"),
        ({"sentence-0-kind": "variable", "sentence-0-name": "x", "sentence-0-how": "matches", "sentence-0-value": "("}, "not a pattern"),
        ({"sentence-0-kind": "disposition"}, "Write an outcome."),
        ({"sentence-0-kind": "ends_within"}, "how often"),
        ({"sentence-0-kind": "avoids_node", "sentence-0-step": "nowhere"}, "Select a valid choice"),
        ({"sentence-0-kind": "kept", "sentence-0-kept": '"nonsense"'}, "Select a valid choice"),
        ({"callee": "", "lines": " "}, "Write what the person says"),
        ({"callee": "", "lines": "(dances)"}, "neither (silence) nor (press 1)"),
        ({"knows": "no colon"}, "is not like name: value"),
        ({"callee": "nobody"}, "Select a valid choice"),
        ({"max_turns": 0}, "greater than or equal to 1"),
    ],
)
def test_what_is_wrong_is_said(fields, wrong):
    filled = forms.bound(GRAPH, post(**fields))
    assert not filled.is_valid()
    assert wrong in f"{filled.scenario.errors}{filled.sentences.errors}".replace("&#x27;", "'")


def test_saving_without_a_change_keeps_what_was_run(account):
    """Also what the fields cannot hold: a sentence of a program, data that is not text."""
    version = kit.version(account)
    kept = kit.scenario(
        version.pathway,
        request_data={"name": "Jordan", "age": 41, "zip": "007", "count": "12", "vip": True, "tags": ["a"], "note": "two\nlines", "no": ""},
        assertions=[
            {"type": "reaches_node", "node_ids": ["good", "bad"], "all": False},
            {"type": "variable", "name": "coming", "is": None},
            {"type": "says", "text": "Hello"},
            {"type": "ends_within", "turns": 4},
        ],
    )
    shown = forms.unbound(GRAPH, kept)
    posted: dict[str, object] = {name: value for name, value in shown.scenario.initial.items() if value is not False}
    posted |= {"sentence-TOTAL_FORMS": 5, "sentence-INITIAL_FORMS": 4}
    for number, each in enumerate(shown.sentences.forms[:4]):
        for name in each.fields:
            if (bound := each[name]).value() not in (None, ""):
                posted[f"sentence-{number}-{name}"] = bound.value()
    filled = forms.bound(GRAPH, posted, kept)
    assert filled.is_valid(), (filled.scenario.errors, filled.sentences.errors)
    before = setup_digest(kept)
    for name, value in filled.values().items():
        setattr(kept, name, value)
    assert setup_digest(kept) == before


def test_data_is_read_as_people_write_it():
    assert forms.data_of("name: Jordan Miller\n\ntime: 3:30 PM\nage: 41\nzip: 007\nvip: true") == {
        "name": "Jordan Miller",
        "time": "3:30 PM",
        "age": 41,
        "zip": "007",
        "vip": True,
    }
    with pytest.raises(ValidationError):
        forms.data_of("\n".join(f"k{n}: v" for n in range(61)))


def test_what_the_call_knows_can_be_kept():
    with pytest.raises(ValidationError):
        forms.data_of('name: "a\\u0000b"')
    with pytest.raises(ValidationError):
        forms.data_of("much: 1e999")
