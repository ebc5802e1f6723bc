"""A version holds what a call may hold, and only what is there."""

import pytest

from config.kit import pickers
from pathways.models import Pathway, PathwayVersion
from personas.checking import checked
from personas.content import Content
from personas.models import KnowledgeBase
from tests import factories


@pytest.fixture
def pathway(account):
    made = Pathway.objects.create(account=account, name="Reminder")
    nodes = [
        {"id": "a", "type": "Default", "data": {"name": "Hello", "isStart": True}},
        {"id": "b", "type": "End Call", "data": {"name": "Bye"}},
    ]
    made.production = PathwayVersion.objects.create(
        pathway=made, number=1, graph={"nodes": nodes, "edges": []}, published_at=made.created_at
    )
    made.save(update_fields=["production"])
    return made


def messages(account, content: Content) -> list[str]:
    return [e.message for e in checked(account, content)[1]]


def test_values_are_kept_as_a_call_would_keep_them(account):
    content, errors = checked(account, Content({"voice": "paige", "record": "true", "max_duration": "8", "voicemail_action": "ignore"}))
    assert not errors
    assert content.config["voicemail"]["action"] == "ignore"
    assert {k: content.config[k] for k in ("voice", "record", "max_duration")} == {"voice": "Paige", "record": True, "max_duration": 8}


@pytest.mark.parametrize("name", ["phone_number", "persona_id", "start_time", "nonsense"])
def test_what_a_persona_cannot_carry_is_refused(account, name):
    assert messages(account, Content({name: "x"})) == ["Additional properties are not allowed"]


def test_the_messages_are_those_of_a_call(account):
    assert messages(account, Content({"temperature": 2, "max_duration": 0})) == [
        "Temperature must be at most 1",
        "Max duration must be at least 1",
    ]


def test_knowledge_of_another_account_is_not_there(account):
    own = KnowledgeBase.objects.create(account=account, name="A", text="x")
    theirs = KnowledgeBase.objects.create(account=factories.account("Strangers Ltd"), name="B", text="x")
    assert messages(account, Content({"tools": [f"KB-{own.uid}"]})) == []
    assert messages(account, Content({"tools": [f"KB-{theirs.uid}"]})) == [f'Invalid tools: no knowledge base with ID "KB-{theirs.uid}"']
    assert messages(account, Content({"tools": ["TL-1"]})) == ['Invalid tools: no tool with ID "TL-1"']


def test_routes_lead_to_pathways_that_are_there(account, pathway):
    route = {"prompt": " They want to move it. ", "pathway_id": str(pathway.uid)}
    content, errors = checked(account, Content(routes=[route]))
    assert not errors
    assert content.routes == [
        {
            "name": "",
            "prompt": "They want to move it.",
            "pathway_id": str(pathway.uid),
            "pathway_version": "production",
            "start_node_id": None,
        }
    ]
    assert messages(account, Content(routes=[{**route, "pathway_id": "nope"}])) == ['Pathway with ID "nope" not found']
    assert messages(account, Content({"pathway_id": "nope"})) == ['Pathway with ID "nope" not found']


@pytest.mark.parametrize(
    ("routes", "message"),
    [
        ("x", "pathway_conditions must be an array."),
        (["x"], "pathway_conditions item 1 must be an object."),
        ([{"pathway_id": "p"}], "pathway_conditions item 1 needs a prompt: when the call goes over."),
        ([{"prompt": "p"}], "pathway_conditions item 1 needs a pathway_id."),
        ([{"prompt": 1, "pathway_id": "p"}], "pathway_conditions item 1: prompt must be a string."),
        (
            [{"prompt": "p", "pathway_id": "p", "pathway_version": "old"}],
            "pathway_version needs to either be a number, or a string of 'production' or 'staging'.",
        ),
        ([{"prompt": "p", "pathway_id": "p"}] * 21, "At most 20 pathway_conditions can be added."),
    ],
)
def test_routes_of_another_shape_are_refused(account, routes, message):
    assert messages(account, Content(routes=routes)) == [message]


def test_texts_that_no_database_keeps_are_refused(account):
    assert messages(account, Content(orchestration_prompt="a\x00b")) == ["The persona holds a NUL character."]
    assert messages(account, Content({"task": "\ud800"})) == ["The persona holds half a character."]


def test_disclosures_that_are_not_known_are_left_out(account):
    assert checked(account, Content(disclosures=["recording", "weather", "ai"]))[0].disclosures == ["ai", "recording"]


def test_steps_and_versions_of_a_pathway_come_in_two_queries(account, pathway, django_assert_num_queries):
    for n in range(3):
        PathwayVersion.objects.create(pathway=pathway, number=2 + n, graph={}, published_at=pathway.created_at)
    with django_assert_num_queries(2):
        found = pickers.steps(account, [str(pathway.uid)])
    assert list(found[str(pathway.uid)].steps) == [("a", "Hello"), ("b", "Bye")]
    assert [value for value, _ in found[str(pathway.uid)].versions] == ["production", "staging", "4", "3", "2", "1"]
    assert pickers.steps(factories.account("Strangers Ltd"), [str(pathway.uid)]) == {}
