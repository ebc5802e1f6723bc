"""Scores labelled sets (`manage.py evaluate KIND FILE`): the project's own and those of an office.

A set is one list of cases, as JSON or YAML; each kind needs its own keys. Kinds are plain functions in `KINDS` and `WITH_FILES`.
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import yaml

from analytics import facts_set
from analytics.dispositions import choose
from analytics.greetings import voicemail
from analytics.reading import Spoken
from analytics.scores import BadSet, Case, Score, precision_recall, text_of
from calls.agent.builtin import callback, signs
from calls.agent.encoder import encoder
from calls.agent.rails import disclosure

MOST_BYTES = 50_000_000


def load(path: Path) -> list[Case]:
    """The cases of a file. Raises BadSet."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise BadSet(f"{path} is larger than {MOST_BYTES // 1_000_000} MB.")
        text = path.read_text(encoding="utf-8-sig")
        data = yaml.safe_load(text) if path.suffix in (".yaml", ".yml") else json.loads(text)
    except OSError as error:
        raise BadSet(f"{path} cannot be read: {error.strerror or error}.") from error
    except UnicodeDecodeError as error:
        raise BadSet(f"{path} is not UTF-8 text.") from error
    except json.JSONDecodeError as error:
        raise BadSet(f"{path} is not JSON: {error.msg} in line {error.lineno}.") from error
    except yaml.YAMLError as error:
        raise BadSet(f"{path} is not YAML.") from error
    except RecursionError as error:
        raise BadSet(f"{path} is nested too deeply.") from error
    if not isinstance(data, list) or not data:
        raise BadSet(f"{path} must hold a list with at least one case.")
    for number, case in enumerate(data, 1):
        if not isinstance(case, dict):
            raise BadSet(f"{path}: case {number} is not an object.")
    return data


def score(kind: str, path: Path) -> Score:
    """Raises BadSet."""
    try:
        return KINDS[kind](load(path)) if kind in KINDS else WITH_FILES[kind](load(path), path.parent)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadSet(f"{path}: a case has not the form of {kind}: {type(error).__name__} {error}") from error


def dispositions(cases: Sequence[Case]) -> Score:
    """Right: the best tag or an acceptable one. The quote must stand in the transcript; where the callee never spoke there is none."""
    right = best = quoted = spoke = 0
    wrong = []
    for n, case in enumerate(cases, 1):
        lines = [Spoken(line["user"], line["text"], seq) for seq, line in enumerate(case["transcript"], 1)]
        choice = choose(lines, case["tags"], encoder())
        good = choice.tag == case["best"] or choice.tag in case.get("acceptable", ())
        right += good
        best += choice.tag == case["best"]
        if any(line.speaker != "assistant" for line in lines):
            spoke += 1
            exists = bool(choice.quote) and any(choice.quote in line.text for line in lines)
            quoted += exists
            good = good and exists
        if not good:
            wrong.append(f"{n}: {choice.tag}, not {case['best']} ({choice.reason} “{choice.quote}”)")
    total = max(1, len(cases))
    return Score(len(cases), {"right": right / total, "best": best / total, "quote exists": quoted / max(1, spoke)}, wrong)


def _sign(kind: signs.Kind) -> Callable[[Sequence[Case]], Score]:
    def run(cases: Sequence[Case]) -> Score:
        found, wanted, wrong = [], [], []
        for n, case in enumerate(cases, 1):
            text, label = text_of(case, n), case.get("label")
            if not isinstance(label, bool):
                raise BadSet(f'Case {n} needs "label" as true or false.')
            got = signs.says(kind, text, encoder()) > 0
            found.append(got)
            wanted.append(label)
            if got != label:
                wrong.append(f"{n}: {str(got).lower()}, not {str(label).lower()} “{text}”")
        return Score(len(cases), precision_recall(found, wanted), wrong)

    return run


FACTS: dict[str, disclosure.Fact] = {"ai_disclosure": "ai", "self_introduction": "self", "recording_disclosure": "recording"}


def disclosures(cases: Sequence[Case]) -> Score:
    """Each of the three facts for itself, and all together."""
    found: dict[str, list[bool]] = {name: [] for name in FACTS}
    wanted: dict[str, list[bool]] = {name: [] for name in FACTS}
    wrong = []
    for n, case in enumerate(cases, 1):
        lines = [(text_of(line, n, "user"), text_of(line, n)) for line in case["lines"]]
        made = disclosure.read(lines).made
        for name, fact in FACTS.items():
            label = case.get(name)
            if not isinstance(label, bool):
                raise BadSet(f'Case {n} needs "{name}" as true or false.')
            found[name].append(fact in made)
            wanted[name].append(label)
            if (fact in made) != label:
                wrong.append(f"{n}: {name} {str(fact in made).lower()}, not {str(label).lower()} “{' / '.join(text for _, text in lines)}”")
    each = {f"{name} {k}": v for name in FACTS for k, v in precision_recall(found[name], wanted[name]).items()}
    return Score(len(cases), {**precision_recall(sum(found.values(), []), sum(wanted.values(), [])), **each}, wrong)


def callbacks(cases: Sequence[Case]) -> Score:
    """Right: the same instant as one of the expected, or none where none is expected."""
    wrong = []
    for n, case in enumerate(cases, 1):
        text, zone = text_of(case, n), text_of(case, n, "timezone")
        reference = _instant(text_of(case, n, "reference_time"), zone, n)
        if "expected" not in case:
            raise BadSet(f'Case {n} needs "expected": an ISO time or null.')
        right = [case["expected"], *(case.get("also_acceptable") or [])]
        wanted = [None if x is None else _instant(str(x), zone, n) for x in right]
        got = callback.parse(text, reference, zone)
        if got not in wanted:
            wrong.append(f"{n}: {got.isoformat() if got else 'null'}, not {case['expected'] or 'null'} “{text}”")
    return Score(len(cases), {"right": 1 - len(wrong) / max(1, len(cases))}, wrong)


def _instant(text: str, zone: str, n: int) -> datetime:
    """An ISO time; without an offset it is one of the zone."""
    try:
        moment, place = datetime.fromisoformat(text), ZoneInfo(zone)
    except (ZoneInfoNotFoundError, OSError) as error:
        raise BadSet(f'Case {n} names an unknown zone: "{zone}".') from error
    except ValueError as error:
        raise BadSet(f'Case {n} has a time or zone that cannot be read: "{text}", "{zone}".') from error
    return moment if moment.tzinfo else moment.replace(tzinfo=place)


KINDS: dict[str, Callable[[Sequence[Case]], Score]] = {
    "callback": callbacks,
    "disclosure": disclosures,
    "dispositions": dispositions,
    "extraction": facts_set.score,
    "opt_out": _sign("optout"),
    "robot_question": _sign("robot"),
}
# Kinds whose cases may name files beside the set.
WITH_FILES: dict[str, Callable[[Sequence[Case], Path], Score]] = {"voicemail": voicemail}
