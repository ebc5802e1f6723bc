"""A small pathway to rehearse, and the rows around it."""

from copy import deepcopy
from typing import Any

from calls.rehearsal import suite
from config.models import Account
from pathways.graph import digest
from pathways.models import Pathway, PathwayVersion, Scenario, ScenarioRun


def step(node_id: str, kind: str, name: str, text: str, **data: Any) -> dict[str, Any]:
    return {"id": node_id, "type": kind, "position": {"x": 0, "y": 0}, "data": {"name": name, "text": text, **data}}


def way(source: str, target: str, label: str, *examples: str) -> dict[str, Any]:
    return {"id": f"{source}-{target}", "source": source, "target": target, "data": {"label": label, "examples": list(examples)}}


HELLO = "Hello, this is the automated assistant of {{office}}. Am I speaking with {{name}}?"
GRAPH: dict[str, Any] = {
    "nodes": [
        step("hello", "Default", "Greeting", HELLO, isStart=True),
        step(
            "ask",
            "Default",
            "Question",
            "You have an appointment on Tuesday at 3 PM. Does that still work for you?",
            extractVars=[["coming", "boolean", "Whether they can come"]],
        ),
        step("good", "End Call", "All set", "Wonderful, see you on Tuesday. Goodbye."),
        step("bad", "End Call", "Off the list", "All right, I take it off the calendar. Goodbye."),
        step("wrong", "End Call", "Wrong person", "I am sorry to have disturbed you. Goodbye."),
    ],
    "edges": [
        way("hello", "ask", "Yes, that is them", "Yes, speaking.", "Yes, that's me.", "This is she."),
        way("hello", "wrong", "Wrong number", "You have the wrong number.", "There is nobody here by that name.", "No, that's not me."),
        way("ask", "good", "They come", "Yes, that still works for me.", "Yes, I'll be there.", "That's fine."),
        way("ask", "bad", "They do not come", "No, I can't make it.", "I need to cancel.", "No, that doesn't work any more."),
    ],
}
DATA = {"name": "Jordan Miller", "office": "Harbor Dental"}


def graph(**texts: str) -> dict[str, Any]:
    """The pathway, with other words at some steps."""
    made = deepcopy(GRAPH)
    for node in made["nodes"]:
        node["data"]["text"] = texts.get(node["id"], node["data"]["text"])
    return made


def version(account: Account, made: dict[str, Any] | None = None, *, number: int = 1, pathway: Pathway | None = None) -> PathwayVersion:
    """A draft."""
    made = graph() if made is None else made
    pathway = pathway or Pathway.objects.create(account=account, name="Reminder")
    return PathwayVersion.objects.create(pathway=pathway, number=number, graph=made, digest=digest(made))


def scenario(pathway: Pathway, **fields: Any) -> Scenario:
    """Says who they are and that they come; green."""
    fields = {
        "name": "Comes",
        "callee": "",
        "lines": ["Yes, speaking.", "Yes, I'll be there."],
        "request_data": DATA,
        "assertions": [{"type": "reaches_node", "node_ids": ["good"], "all": True}],
        **fields,
    }
    return Scenario.objects.create(pathway=pathway, **fields)


RED = {"type": "never_says", "text": "goodbye"}


def run_all(version: PathwayVersion, scenarios: list[Scenario]) -> list[ScenarioRun]:
    """Runs them to their end; their rows as they came out."""
    begun = suite.begin(version, scenarios)
    for each in begun:
        suite.run(each.pk)
    return list(ScenarioRun.objects.filter(pk__in=[each.pk for each in begun]).select_related("scenario").order_by("pk"))
