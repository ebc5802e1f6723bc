"""The trained ear for opt-outs: its weights fit its examples, these stand in no labelled set, and ordinary talk is no opt-out."""

import json
from pathlib import Path

import numpy as np
import yaml

from calls.agent.builtin import optout_ear, optout_training, signs
from calls.agent.builtin.text import sentences
from calls.agent.encoder import encoder

ROOT = Path(__file__).parents[3]
LABELLED = ROOT / "tests" / "labelled"
SCENARIOS = ROOT / "calls" / "carriers" / "simulated" / "scenarios"


def said(text: str) -> bool:
    return any(signs.says("optout", part, encoder()) for part in [text, *sentences(text)])


def test_the_weights_were_made_from_the_examples_that_stand_there():
    assert optout_ear.head().digest == optout_ear.digest(), "run manage.py train_optout"
    some = optout_training.examples()[::11]
    right = [bool(signs.says("optout", each.text, encoder())) == each.optout for each in some]
    assert sum(right) / len(right) > 0.93


def test_the_examples_stand_in_no_labelled_set():
    ours = {each.text for each in optout_training.examples()}
    assert len(ours) > 3500
    sets = [case["text"] for file in LABELLED.glob("opt_out*.json") for case in json.loads(file.read_text())]
    assert not ours & {signs.normal(text.lower()) for text in sets}


def test_training_is_deterministic_and_separates():
    cases = optout_training.examples()[::12]
    x, names = optout_training.matrix(cases, encoder())
    y = np.array([case.optout for case in cases])
    inner = x @ x.T
    _, weights = optout_training.solve(inner, y)
    form, again = (optout_training.low_rank(x, inner, weights) for _ in range(2))
    assert (form.directions == again.directions).all()
    assert ((form.scores(x) > 0) == y).mean() > 0.97
    assert len(form.linear) == 384 + sum(map(len, names.values()))


def test_leaving_out_is_training_without():
    cases = optout_training.examples()[::40]
    x, _ = optout_training.matrix(cases, encoder())
    y = np.array([case.optout for case in cases])
    inverse, weights = optout_training.solve(x @ x.T, y, balanced=False)
    fold = np.arange(len(y)) % 3
    scores = optout_training.cross_validated(inverse, weights, y, fold)
    kept = fold != 0
    _, without = optout_training.solve(x[kept] @ x[kept].T, y[kept], balanced=False)
    kernel = (1 + x[~kept] @ x[kept].T / optout_training.SCALE) ** 2 + 1
    assert np.allclose(scores[~kept], kernel @ without)


def test_words_no_rule_knows():
    for text in ("lose these digits for good will you", "kindly shred my details", "i want my digits gone from your books"):
        assert not signs.says("optout", text)
        assert said(text)
    assert not said("could you ring my gran at four")


def test_the_ear_overrules_a_rule_that_stumbles():
    for text in ("don't call me mister it's missus", "the alarm won't stop ringing that's why i contacted you"):
        assert signs.ruled("optout", text) == "yes"
        assert not signs.in_words("optout", text, encoder())
        assert not said(text)
    for text in ("stop calling me", "please take me off your list"):
        assert signs.in_words("optout", text, encoder())


def test_a_rules_words_are_heard_in_the_middle_of_a_long_turn():
    before = "well it has been raining here all week and the garden is under water and my neighbour came with cake and we sat down and "
    after = " and then the cat came in with a mouse and we chased it round the table and it went under the fridge where it still is"
    assert said(before + "i told you people to stop calling me" + after)
    assert not said(before + "we had tea" + after)


def test_no_false_alarm_in_what_simulated_callees_say():
    def spoken(value, key=""):
        if isinstance(value, str):
            yield value
        elif isinstance(value, list):
            yield from (text for each in value for text in spoken(each))
        elif isinstance(value, dict):
            yield from (text for k, each in value.items() if k not in ("match", "about") for text in spoken(each))

    files = [file for file in SCENARIOS.glob("*.yaml") if file.stem != "stop_calling"]
    lines = {text for file in files for text in spoken(yaml.safe_load(file.read_text()))}
    assert len(lines) > 80
    assert not [text for text in lines if said(text)]


def test_no_false_alarm_in_ordinary_calls():
    cases = json.loads((LABELLED / "dispositions.json").read_text())
    calls = [case for case in cases if not {"DO_NOT_CONTACT", "Do not call"} & {case["best"], *case.get("acceptable", ())}]
    lines = {line["text"] for case in calls for line in case["transcript"] if line["user"] == "user"}
    lines |= {text for text, intent in yaml.safe_load((LABELLED / "intents.yaml").read_text()) if "optout" not in intent.split("|")}
    assert len(lines) > 300
    assert not [text for text in lines if said(text)]
