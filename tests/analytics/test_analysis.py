"""`analysis_schema` of a request as variables."""

import pytest

from analytics.analysis import MOST, variables


@pytest.mark.parametrize(
    ("told", "kind", "description"),
    [
        ("string", "string", "roof age"),
        ("Integer", "number", "roof age"),
        ("email", "string", "roof age (e-mail address)"),
        ("boolean", "boolean", "whether there is roof age"),
        ("How many years old the roof is", "number", "How many years old the roof is"),
        ("Whether the roof is new", "boolean", "Whether the roof is new"),
        ("What they say of the roof", "string", "What they say of the roof"),
        ({"type": "number", "description": "Years"}, "number", "Years"),
        ({"description": "What it is made of", "enum": ["tiles", "slate"]}, "category", "What it is made of"),
        ({"type": "array", "items": {"type": "number"}}, "array", "roof age"),
        ({"type": "category", "options": ["one"]}, "string", "roof age"),
        (None, "string", "roof age"),
        (["x"], "string", "['x']"),
    ],
)
def test_what_a_name_asks_for(told, kind, description):
    (found,) = variables({"roof_age": told})
    assert (found.name, found.type, found.description) == ("roof_age", kind, description)


def test_names_of_programs_are_read_as_words():
    wants, count = variables({"wantsVisit": "boolean", "pet-count": "number"})
    assert (wants.description, count.description) == ("whether the callee wants visit", "pet count")


def test_options_and_items():
    choice, things = variables({"a": {"options": ["x", "y"]}, "b": {"type": "number[]"}})
    assert (choice.options, things.items) == (("x", "y"), "number")


def test_only_so_many():
    assert len(variables({str(n): "string" for n in range(MOST + 5)})) == MOST
