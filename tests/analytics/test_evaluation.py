"""Labelled sets: the figures of our own, and what a bad file gets."""

import json

import pytest

from analytics.evaluation import BadSet, load, score

# (kind, file, least precision or share right, least recall): measured 1.0 everywhere on 22 November 2026, less a margin.
# The sets of guard rails were each written before the rules were read with them; first met at (precision / recall, in percent):
# opt_out_rails 90.7 / 81.7, its second batch 96.9 / 77.5, its third 100 / 76.7; disclosure 97.4 / 100, then 94.7 / 78.3, then 93.3 / 87.5.
# opt_out_unseen was met once, at 90.1 / 80.0, and has been seen since. opt_out_fresh and opt_out_fresh2 were written before the ear was
# changed (by the same person), met once each, at 97.9 / 95.0 and 96.7 / 96.7, and must stay untuned.
FIGURES = [
    ("opt_out", "opt_out_fresh", 0.95, 0.95),
    ("opt_out", "opt_out_fresh2", 0.95, 0.95),
    ("opt_out", "opt_out_unseen", 0.95, 0.95),
    ("opt_out", "opt_out_rails", 0.95, 0.95),
    ("opt_out", "opt_out_rails_unseen", 0.95, 0.95),
    ("opt_out", "opt_out_rails_unseen_2", 0.95, 0.95),
    ("disclosure", "disclosure", 0.95, 0.95),
    ("disclosure", "disclosure_unseen", 0.95, 0.95),
    ("disclosure", "disclosure_unseen_2", 0.95, 0.95),
    ("opt_out", "opt_out", 0.97, 0.97),
    ("opt_out", "opt_out_kept_apart", 0.95, 0.95),
    ("robot_question", "robot_question", 0.97, 0.97),
    ("robot_question", "robot_question_kept_apart", 0.95, 0.95),
    ("callback", "callback", 0.97, 0),
    ("callback", "callback_kept_apart", 0.94, 0),
]


@pytest.mark.parametrize(("kind", "file", "first", "recall"), FIGURES)
def test_our_own_sets(kind, file, first, recall, labelled):
    result = score(kind, labelled / f"{file}.json")
    assert result.figures.get("precision", result.figures.get("right")) >= first, result.wrong
    assert result.figures.get("recall", 1.0) >= recall, result.wrong


def test_the_sets_are_large_enough_and_apart_from_the_products_examples(labelled):
    from calls.agent.builtin import signs

    for name, kind, least in (("opt_out", "optout", 60), ("robot_question", "robot", 40)):
        cases = [c for s in ("", "_kept_apart") for c in load(labelled / f"{name}{s}.json")]
        cases += [c for s in ("", "_unseen", "_unseen_2") for c in load(labelled / f"opt_out_rails{s}.json")] if kind == "optout" else []
        assert sum(c["label"] for c in cases) >= least
        assert sum(not c["label"] for c in cases) >= least
        own = {*signs.sign(kind).examples, *signs.sign(kind).near}
        assert not own & {c["text"] for c in cases}


@pytest.mark.parametrize(
    ("kind", "content", "message"),
    [
        ("opt_out", "no json", "is not JSON: Expecting value in line 1."),
        ("opt_out", "{}", "must hold a list with at least one case."),
        ("opt_out", "[]", "must hold a list with at least one case."),
        ("opt_out", "[1]", "case 1 is not an object."),
        ("opt_out", '[{"label": true}]', 'Case 1 needs "text" as a string.'),
        ("opt_out", '[{"text": "x", "label": "yes"}]', 'Case 1 needs "label" as true or false.'),
        ("disclosure", '[{"lines": [{"user": "assistant", "text": "Hi"}]}]', 'Case 1 needs "ai_disclosure" as true or false.'),
        ("disclosure", '[{"lines": [{"user": "assistant"}], "ai_disclosure": true}]', 'Case 1 needs "text" as a string.'),
        ("callback", '[{"text": "x", "timezone": "UTC", "reference_time": "soon", "expected": null}]', "cannot be read"),
        ("callback", '[{"text": "x", "timezone": "Mars/X", "reference_time": "2026-01-01T00:00:00", "expected": null}]', "unknown zone"),
        ("callback", '[{"text": "x", "timezone": "UTC", "reference_time": "2026-01-01T00:00:00"}]', 'needs "expected"'),
    ],
)
def test_a_bad_set_is_one_clear_sentence(kind, content, message, tmp_path):
    file = tmp_path / "set.json"
    file.write_text(content)
    with pytest.raises(BadSet) as refused:
        score(kind, file)
    assert message in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_time_without_offset_is_one_of_the_zone(tmp_path):
    file = tmp_path / "set.json"
    case = {
        "text": "in an hour",
        "timezone": "America/New_York",
        "reference_time": "2026-03-10T14:00:00",
        "expected": "2026-03-10T19:00:00Z",
    }
    file.write_text(json.dumps([{**case, "expected": f"2026-03-10T19:0{n}:00Z"} for n in (0, 1)]))
    result = score("callback", file)
    assert result.figures == {"right": 0.5}
    assert result.wrong == ["2: 2026-03-10T15:00:00-04:00, not 2026-03-10T19:01:00Z “in an hour”"]


def test_the_sets_of_guard_rails_are_as_large_as_they_were_ordered(labelled):
    cases = load(labelled / "opt_out_rails.json")
    assert [sum(case["label"] is wanted for case in cases) for wanted in (True, False)] == [60, 60]
    openings = load(labelled / "disclosure.json")
    assert len(openings) == 40
    for fact in ("ai_disclosure", "self_introduction", "recording_disclosure"):
        assert 10 <= sum(case[fact] for case in openings) <= 30


def test_disclosures_are_scored_for_each_fact(labelled):
    figures = score("disclosure", labelled / "disclosure.json").figures
    assert len(figures) == 8
    assert all(share >= 0.95 for share in figures.values()), figures
