"""The sentences that must hold after a rehearsal: what each kind asks for, in staff's words, and whether a run keeps it. Pure.

An assertion is `{"type": …}` as it is stored in `Scenario.assertions`; `KINDS` has one entry per type. Unknown or broken ones never pass.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pathways import patterns
from pathways.graph import Graph

type Assertion = Mapping[str, Any]
COMPARISONS = ("is", "contains", "matches")
TRUE, FALSE = {"true", "yes", "1"}, {"false", "no", "0"}
LONGEST = 500  # characters of a text to look for
MOST_TURNS = 200


@dataclass(frozen=True, slots=True)
class Spoken:
    speaker: str  # "assistant" is ours
    text: str


@dataclass(frozen=True, slots=True)
class Run:
    """What came of one rehearsal, as far as sentences ask."""

    graph: Graph
    lines: Sequence[Spoken] = ()
    route: Sequence[str] = ()  # ids of the steps, in the order in which they were entered
    variables: Mapping[str, Any] = field(default_factory=dict)
    disposition: str = ""
    turns: int = 0  # how often the person spoke
    cut_off: bool = False  # still talking at the scenario's longest length


@dataclass(frozen=True, slots=True)
class Result:
    sentence: str
    passed: bool
    found: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One type of assertion. `problem` says what is wrong with how it is written, "" when nothing is."""

    problem: Callable[[Assertion], str]
    sentence: Callable[[Assertion, Graph], str]
    check: Callable[[Assertion, Run], tuple[bool, str]]


def check(assertion: Assertion, run: Run) -> Result:
    """Whether the run keeps the sentence, and what was found instead or as proof."""
    wrong = problem(assertion)
    said = sentence(assertion, run.graph)
    if wrong:
        return Result(said, False, wrong)
    passed, found = KINDS[assertion["type"]].check(assertion, run)
    return Result(said, passed, found)


def sentence(assertion: Assertion, graph: Graph) -> str:
    kind = KINDS.get(str(assertion.get("type")))
    return f"A sentence of a kind that is not known: {assertion.get('type')}" if kind is None else kind.sentence(assertion, graph)


def problem(assertion: Any) -> str:
    """What is wrong with how the assertion is written; "" when nothing is."""
    if not isinstance(assertion, Mapping):
        return "An assertion must be an object."
    kind = KINDS.get(str(assertion.get("type")))
    if kind is None:
        return f"type must be one of {', '.join(KINDS)}."
    return kind.problem(assertion)


# The way ------------------------------------------------------------------------------------------------------------------------------
def _reaches_problem(a: Assertion) -> str:
    ids = a.get("node_ids")
    fine = isinstance(ids, list) and ids and all(isinstance(i, str) and i for i in ids)
    return "" if fine else "node_ids must name at least one step."


def _reaches_sentence(a: Assertion, graph: Graph) -> str:
    ids = a.get("node_ids")
    names = [step_name(graph, i) for i in ids] if isinstance(ids, list) else []
    return f"The call reaches {_joined(names, 'and' if a.get('all', True) else 'or')}"


def _reaches(a: Assertion, run: Run) -> tuple[bool, str]:
    gone = [step_name(run.graph, i) for i in a["node_ids"] if run.graph.node(i) is None]
    if gone and a.get("all", True):
        return False, f"This version has no step {_joined(gone, 'and')}."
    missed = [i for i in a["node_ids"] if i not in run.route]
    passed = not missed if a.get("all", True) else len(missed) < len(a["node_ids"])
    return passed, way(run)


def _avoids_problem(a: Assertion) -> str:
    return "" if isinstance(a.get("node_id"), str) and a["node_id"] else "node_id must name a step."


def _avoids(a: Assertion, run: Run) -> tuple[bool, str]:
    if run.graph.node(a["node_id"]) is None:
        return False, f"This version has no step {step_name(run.graph, a['node_id'])}."
    return a["node_id"] not in run.route, way(run)


def way(run: Run) -> str:
    """The steps of a run in words; a step that is asked again is told once."""
    names: list[str] = []
    for node_id in run.route:
        node = run.graph.node(node_id)
        name = node.name if node is not None else node_id
        if not names or names[-1] != name:
            names.append(name)
    return f"It went {' → '.join(names)}." if names else "No step was reached."


def step_name(graph: Graph, node_id: Any) -> str:
    node = graph.node(str(node_id))
    return f"“{node.name if node is not None else node_id}”"


# What is known ------------------------------------------------------------------------------------------------------------------------
def comparison(a: Assertion) -> str:
    return next((how for how in COMPARISONS if how in a), "")


def _variable_problem(a: Assertion) -> str:
    how = comparison(a)
    if not isinstance(a.get("name"), str) or not a["name"].strip():
        return "name must be the name of a variable."
    if not how:
        return "A variable needs one of is, contains or matches."
    if how == "matches":
        wrong = patterns.trouble(str(a[how]))
        if wrong:
            return f"“{str(a[how])[:80]}” is not a pattern: {wrong}."
    return "" if how == "is" or str(a[how] or "").strip() else f"{how} must not be empty."


def _variable_sentence(a: Assertion, graph: Graph) -> str:
    how = comparison(a)
    if how == "is" and a[how] is None:
        return f"“{a.get('name')}” stays unknown"
    words = {"is": "is", "contains": "contains", "matches": "fits the pattern"}.get(how, "is")
    return f"“{a.get('name')}” {words} “{shown(a.get(how))}”"


def _variable(a: Assertion, run: Run) -> tuple[bool, str]:
    how, value = comparison(a), run.variables.get(a["name"])
    found = f"“{a['name']}” was not learnt." if value is None else f"“{a['name']}” is “{shown(value)}”."
    if how == "is":
        return same(value, a[how]), found
    if value is None:
        return False, found
    if how == "contains":
        return plain(str(a[how])) in plain(shown(value)), found
    fits = patterns.fits(str(a[how]), shown(value))
    return bool(fits), found if fits is not None else f"{found} The pattern takes too long to try: write it more simply."


def same(value: Any, wanted: Any) -> bool:
    """Equal as staff write it: yes is true, 3 is "3", case and outer spaces do not count."""
    if value is None or wanted is None:
        return value is None and wanted is None
    if isinstance(value, bool):
        return str(wanted).strip().lower() in (TRUE if value else FALSE)
    if isinstance(value, int | float):
        try:
            return float(value) == float(str(wanted).strip())
        except ValueError:
            return False
    return plain(str(value)) == plain(shown(wanted))


def shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


# What is said -------------------------------------------------------------------------------------------------------------------------
def _text_problem(a: Assertion) -> str:
    text = a.get("text")
    return "" if isinstance(text, str) and plain(text) and len(text) <= LONGEST else f"text must have 1 to {LONGEST} characters."


def _said(a: Assertion, run: Run) -> str:
    """Our line that holds the words, "" when none does."""
    wanted = plain(a["text"])
    return next((line.text for line in run.lines if line.speaker == "assistant" and wanted in plain(line.text)), "")


def _says(a: Assertion, run: Run) -> tuple[bool, str]:
    said = _said(a, run)
    ours = sum(line.speaker == "assistant" for line in run.lines)
    return bool(said), f"Said: “{said}”" if said else f"Not in any of our {ours} lines." if ours else "We said nothing."


def _never_says(a: Assertion, run: Run) -> tuple[bool, str]:
    said = _said(a, run)
    return not said, f"Said: “{said}”" if said else "Not said."


def plain(text: str) -> str:
    """For comparing words: small letters, one kind of quotation mark, single spaces."""
    flat = re.sub(r"[‘’]", "'", re.sub(r"[“”]", '"', text))
    return " ".join(flat.lower().split())


# How it ends --------------------------------------------------------------------------------------------------------------------------
def _tag_problem(a: Assertion) -> str:
    return "" if isinstance(a.get("tag"), str) and a["tag"].strip() else "tag must be the name of an outcome."


def _disposition(a: Assertion, run: Run) -> tuple[bool, str]:
    found = f"The outcome is {run.disposition}." if run.disposition else "There is no outcome."
    return run.disposition.casefold() == a["tag"].strip().casefold(), found


def _turns_problem(a: Assertion) -> str:
    turns = a.get("turns")
    fine = isinstance(turns, int) and not isinstance(turns, bool) and 1 <= turns <= MOST_TURNS
    return "" if fine else f"turns must be a whole number from 1 to {MOST_TURNS}."


def _ends_within(a: Assertion, run: Run) -> tuple[bool, str]:
    if run.cut_off:
        return False, f"Still talking after {run.turns}; the rehearsal was cut off there."
    return run.turns <= a["turns"], f"Over after the person spoke {run.turns} {'time' if run.turns == 1 else 'times'}."


def _turns_sentence(a: Assertion, graph: Graph) -> str:
    return f"The call is over before the person has spoken more than {a.get('turns')} times"


def _joined(names: Sequence[str], word: str) -> str:
    return f" {word} ".join(filter(None, [", ".join(names[:-1]), *names[-1:]])) or "…"


KINDS: Mapping[str, Kind] = {
    "reaches_node": Kind(_reaches_problem, _reaches_sentence, _reaches),
    "avoids_node": Kind(_avoids_problem, lambda a, g: f"The call does not reach {step_name(g, a.get('node_id'))}", _avoids),
    "variable": Kind(_variable_problem, _variable_sentence, _variable),
    "says": Kind(_text_problem, lambda a, g: f"We say “{a.get('text')}”", _says),
    "never_says": Kind(_text_problem, lambda a, g: f"We never say “{a.get('text')}”", _never_says),
    "disposition": Kind(_tag_problem, lambda a, g: f"The outcome is {a.get('tag')}", _disposition),
    "ends_within": Kind(_turns_problem, _turns_sentence, _ends_within),
}
