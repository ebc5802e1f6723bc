"""Citation schemas: what is taken, what is refused and where, and when a condition holds."""

import time
from typing import Any

import pytest

from personas.citations import Condition, Definition, Variable, Wrong, holds, patterns, read, write

PET = {"name": "Pet", "description": "Which animal is it?", "type": "category", "options": ["dog", "cat"]}
AGE = {"name": "Age", "description": "How old is it, in years?", "type": "number"}
WHOLE = {
    "variables": [
        PET,
        AGE,
        {"name": "Order number", "description": "", "type": "string", "regex": r"[A-Z]{2}-\d{4}"},
        {"name": "Insured", "description": "Do they have insurance?", "type": "boolean"},
        {"name": "Pains", "description": "What hurts?", "type": "array", "items": {"type": "string"}},
    ],
    "groupings": [{"name": "The animal", "variables": ["Pet", "Age"]}],
    "conditions": [
        {
            "condition": {"variable": "Age", "operator": ">=", "value": "10"},
            "mode": "extract",
            "variables": [{"name": "Last visit", "description": "When were they here?", "type": "string"}],
        },
        {
            "condition": {"variable": "Insured", "operator": "===", "value": "false"},
            "mode": "flag",
            "variables": [],
            "issueSeverity": "high",
            "issueType": "No insurance",
            "issueDetail": "Ask them to pay at the desk.",
        },
    ],
}


def problems(schema: object) -> list[str]:
    with pytest.raises(Wrong) as wrong:
        read(schema)
    return [str(problem) for problem in wrong.value.problems]


def variable(**more: Any) -> dict[str, Any]:
    return {"variables": [{"name": "Pet", "description": "", **more}]}


def condition(operator: str, value: Any, **more: Any) -> dict[str, Any]:
    when = {"variable": "Age", "operator": operator, "value": value}
    return {"variables": [PET, AGE], "conditions": [{"condition": when, "mode": "flag", "issueType": "Old", **more}]}


def test_a_whole_schema_is_the_same_after_reading_and_writing() -> None:
    found = read(WHOLE)
    assert write(found) == WHOLE
    assert read(write(found)) == found
    assert [v.name for v in found.every] == ["Pet", "Age", "Order number", "Insured", "Pains", "Last visit"]


def test_other_words_are_understood_and_what_is_unknown_is_noted() -> None:
    notes: list[str] = []
    given = {"variables": [{**PET, "type": "categorical", "id": 7, "regex": "x+"}, {**AGE, "options": ["1"]}], "version": 2}
    found = read(given, notes)
    assert found.variables == (
        Variable("Pet", "Which animal is it?", "category", ("dog", "cat")),
        Variable("Age", "How old is it, in years?", "number"),
    )
    assert notes == [
        "version is not known and was ignored.",
        "variables[0].id is not known and was ignored.",
        "variables[0].regex is ignored: only a string is held against a pattern.",
        "variables[1].options is ignored: only a category has options.",
    ]
    assert read(condition("==", 10)).conditions[0] == Condition("Age", "===", "10", "flag", issue="Old")
    assert read(None) == Definition()


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ("a text", "schema: The schema must be an object with variables, groupings and conditions."),
        ({"variables": {}}, "variables: Variables must be a list."),
        ({"variables": ["Pet"]}, "variables[0]: A variable must be an object with a name, a description and a type."),
        (variable(type="date"), "variables[0].type: This must be one of: string, number, boolean, array, category."),
        (variable(type=["string"]), "variables[0].type: This must be one of: string, number, boolean, array, category."),
        (variable(name=" "), "variables[0].name: A name is missing."),
        (variable(name="x" * 81), "variables[0].name: A name must be at most 80 characters."),
        (variable(name="{pet}"), "variables[0].name: A name begins with a letter or a digit and holds no quotes, no braces and no < or >."),
        (variable(description=3), "variables[0].description: This must be a text."),
        (variable(type="category"), "variables[0].options: A category needs its options: a list of words to choose from."),
        (variable(type="category", options=["Dog", "dog"]), "variables[0].options: “dog” is there twice."),
        (variable(type="array", items="boolean"), "variables[0].items: This must be one of: string, number."),
        ({"variables": [AGE, {**AGE, "name": "age"}]}, "variables[1].name: “age” is there twice."),
        ({"variables": [{"name": f"v{n}"} for n in range(61)]}, "variables: There can be at most 60 variables."),
        ({"groupings": [{"name": "All", "variables": ["Pet"]}]}, "groupings[0].variables: There is no variable “Pet”."),
        ({"groupings": [{"name": "All"}]}, "groupings[0].variables: A grouping needs the names of its variables."),
        (condition("~", "1"), "conditions[0].condition.operator: This must be one of: ===, !==, >, >=, <, <=, includes."),
        (condition(">", "ten"), "conditions[0].condition.value: The value must be a number."),
        (condition("===", {}), "conditions[0].condition.value: The value must be a text of 1 to 200 characters."),
        (condition("includes", "1"), "conditions[0].condition.value: Only a list or a text includes something, and Age is none."),
        (condition("===", "1", issueSeverity="worst"), "conditions[0].issueSeverity: This must be one of: low, medium, high."),
        (condition("===", "1", issueType=""), "conditions[0].issueType: Say in a few words what is marked."),
        (condition("===", "1", mode="extract"), "conditions[0].variables: Say what is read besides when the condition is true."),
        (condition("===", "1", variables=[PET]), "conditions[0].variables[0].name: “Pet” is there twice."),
    ],
)
def test_what_is_wrong_is_named_with_its_place(schema: object, message: str) -> None:
    assert problems(schema) == [message]


def test_a_condition_asks_only_what_can_be_true() -> None:
    when: dict[str, Any] = {"variable": "Pet", "operator": ">", "value": "3"}
    schema = {"variables": [PET], "conditions": [{"condition": when, "mode": "flag", "issueType": "Odd"}]}
    assert problems(schema) == ["conditions[0].condition.value: > compares numbers, and Pet is none."]
    when |= {"operator": "===", "value": "horse"}
    assert problems(schema) == ["conditions[0].condition.value: “horse” is no option of Pet."]
    when["variable"] = "Per"
    assert problems(schema) == ["conditions[0].condition.variable: There is no variable “Per”."]


@pytest.mark.parametrize(
    "pattern", [r"[A-Z]{2}-\d{4}", r"[^@\s]+@[^@\s]+\.[a-z]+", r"\+?\d{1,3}[ -]?\d{3}[ -]?\d{4}", r"(\d{3}-){2}\d{4}", "a|b"]
)
def test_patterns_that_are_taken_are_quick(pattern: str) -> None:
    assert patterns.trouble(pattern) == ""
    begun = time.perf_counter()
    for text in ("a" * 200, "1" * 200, "@." * 100, "a@" + "." * 198):
        patterns.matches(pattern, text)
    assert time.perf_counter() - begun < 1


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("(a+)+$", "a repeat inside a repeat"),
        ("(a|aa)*b", "a choice inside a repeat"),
        ("(a?){25}a{25}", "a repeat inside a repeat"),
        ("a?" * 60 + "a" * 60, "too many parts of open length"),
        (".*.*.*.*x", "too many parts of open length"),
        (r"(a)\1", "a back-reference"),
        ("(?=.*x)y", "a look-ahead"),
        ("(a", "cannot be read"),
        ("a" * 201, "at most 200 characters"),
    ],
)
def test_patterns_that_could_take_hours_are_refused(pattern: str, why: str) -> None:
    assert why in patterns.trouble(pattern)


def test_a_pattern_holds_of_the_whole_text() -> None:
    assert patterns.matches(r"\d+", "42") and not patterns.matches(r"\d+", "42 of them") and not patterns.matches(".*", "x" * 201)


@pytest.mark.parametrize(
    ("found", "operator", "value", "true"),
    [
        (12, ">=", "10", True),
        (12.0, "===", "12", True),
        (12, "<", "12", False),
        ("12", ">", "10", False),  # a text is no number
        (True, "===", "TRUE", True),
        (False, "!==", "true", True),
        ("Dog", "===", " dog ", True),
        ("dog", "!==", "cat", True),
        (["back", "knee"], "includes", "Knee", True),
        ("my left knee", "includes", "knee", True),
        (["back"], "includes", "ba", False),
        (["back"], "===", "back", True),
        (None, "!==", "cat", False),  # nobody said anything: nothing is known to differ
        (None, "===", "null", True),
        ("dog", "!==", "null", True),
        (None, "!==", "null", False),
    ],
)
def test_when_a_condition_holds(found: Any, operator: str, value: str, true: bool) -> None:
    assert holds(Condition("v", operator, value), {"v": found}) is true
    assert not holds(Condition("other", operator, "1"), {"v": found})
