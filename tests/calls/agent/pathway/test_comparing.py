"""Comparisons of rules and of answers from the web."""

import pytest

from calls.agent.pathway.comparing import holds, response_for, rule_for
from calls.agent.pathway.condition import missing
from pathways.graph import Condition, Response, Rule, load


@pytest.mark.parametrize(
    ("found", "operator", "value", "wanted"),
    [
        ("open", "==", "Open", True), ("open", "is", " open ", True), ("open", "!=", "closed", True), ("open", "is not", "open", False),
        (5, "==", "5.0", True),
        ("300 dollars", ">=", "100", True), (99, ">=", "100", False), (100, "<=", "100", True), (3, "<", "20", True),
        ("9", "<", "20", True), ("$1,200", ">", "1000", True),
        (True, "==", "true", True), (True, "is", "yes", True), (False, "==", "true", False),
        ("a,b,c", "contains", "B", True),
        (["red", "blue"], "contains", "blue", True), ("abc", "not contains", "d", True),
        (None, "==", "", True), (None, "!=", "x", True), (None, ">", "1", False), (None, "contains", "", False), ("abc", ">", "1", False),
        ("2026-12-01", ">", "2026-11-24", True), ("09:30", "<", "10:00", True), ("", "is empty", "", True), ("x", "is set", "", True),
        ("x", "resembles", "x", False),
    ],
)  # fmt: skip
def test_comparisons(found, operator, value, wanted):
    assert holds(found, operator, value) is wanted


def test_the_first_rule_whose_conditions_all_hold():
    rules = [
        Rule((Condition("budget", ">=", "100"), Condition("{{country}}", "is", "US")), "a"),
        Rule((Condition("budget", ">=", "100"),), "b"),
        Rule((Condition("lead.score", ">", "5"),), "c"),
    ]
    assert rule_for(rules, {"budget": 300, "country": "US"})[0].target == "a"
    assert rule_for(rules, {"Budget": "300", "country": "DE"})[0].target == "b"
    assert rule_for(rules, {"lead": {"score": 7}})[0].target == "c"
    assert rule_for(rules, {"budget": 50}) is None


RESPONSES = [
    Response("BlandStatusCode", "==", "404", "none"),
    Response("slots", "!=", "", "some"),
    Response("Default/Webhook Completion", "", "", "done"),
    Response("Default/Webhook Failure", "", "", "failed"),
]


@pytest.mark.parametrize(
    ("known", "status", "ok", "target"),
    [
        ({}, 404, False, "none"),
        ({"slots": ["10:00"]}, 200, True, "some"),
        ({}, 200, True, "done"),
        ({}, 500, False, "failed"),
        ({}, None, False, "failed"),
    ],
)
def test_ways_after_an_answer_in_their_order(known, status, ok, target):
    assert response_for(RESPONSES, known, status, ok)[0].target == target


def node(condition: str, *variables):
    return load({"nodes": [{"id": "1", "type": "Default", "data": {"condition": condition, "extractVars": list(variables)}}]}).nodes[0]


@pytest.mark.parametrize(
    ("condition", "known", "wanted"),
    [
        ("", {}, []),
        ("The name and the email are known", {}, ["name", "email"]),
        ("The name and the email are known", {"name": "Bo"}, ["email"]),
        ("The name and the email are known", {"name": "Bo", "email": "b@c.de"}, []),
        ("{{age}} >= 18", {"age": 17}, ["age"]),
        ("{{age}} >= 18", {"age": 18}, []),
        ("{{age}} >= 18 and {{country}} is US", {"age": 20, "country": "DE"}, ["country"]),
        ("Everything was said", {"name": "Bo"}, ["email"]),
    ],
)
def test_what_a_condition_waits_for(condition, known, wanted):
    found = missing(node(condition, ["name", "name", "Their name"], ["email", "email", "Their address"]), known)
    assert [v.name for v in found] == wanted


def test_a_condition_that_no_variable_tells_of():
    assert missing(node("They calmed down"), {}) is None
