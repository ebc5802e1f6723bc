"""The forms of the editor: a form that was only looked at changes nothing, whatever it shows; what is typed lands where it belongs."""

import pytest
from django.http import QueryDict

from pathways.forms import GraphForm, WayForm, WholeForm
from pathways.graph import Kind, load
from pathways.operations import apply
from pathways.rows import RowsWidget
from pathways.step_forms import FORMS, step_form
from tests.pathways.sixty import sixty_steps

PATHWAYS = [("p1", "Payment reminder"), ("p2", "Front desk")]
ANSWERS = [["status", "==", "open", {"id": "b", "name": "is open"}], ["Default/Webhook Failure", "", "", {"id": "c"}, "more"]]

DAY = ["when", "date", "The day", True, "spelled"]
WHO = {"name": "who", "type": "str", "hint": 1}
SLOTS = {"name": "slots", "data": "$.slots", "context": "Open times", "odd": 1}
CONFIG = {"url": "https://example.com", "method": "POST", "headers": {"A": "b"}}
OLD = {"field": "age", "operator": ">", "value": 65}
VIP = {"field": "vip", "operator": "is", "value": True}
MONDAY = {"conditions": [{"field": "day", "operator": "starts", "value": "Mo"}], "targetNodeId": "nowhere", "odd": 2}

# One full step of each kind, with unknown keys beside and inside what its form shows.
FULL = {
    Kind.SAY: {
        "prompt": "Ask for a time.\nTwice.",
        "extractVars": [DAY, WHO, 5],
        "condition": "They named a day.",
        "modelOptions": {"skipUserResponse": True, "block_interruptions": True, "interruptionThreshold": "120", "temperature": 0.2},
        "isGlobal": True, "globalLabel": "asks", "globalDescription": "  asks for a person ",
    },
    Kind.WAIT: {"text": "Take your time."},
    Kind.END: {"text": "Bye, {{name}}."},
    Kind.TRANSFER: {"transferNumber": "+17205550142", "prompt": "Say that Maya takes over."},
    Kind.WEBHOOK: {
        "url": "https://example.com/{{day}}", "method": "HEAD", "body": '{"a": 1}', "headers": [["X-Team", "north"]],
        "responseData": [SLOTS, "strange"],
        "responsePathways": ANSWERS, "timeoutValue": 500, "max_retries": 2, "sample": {"slots": [1.5, None]},
    },
    Kind.KNOWLEDGE: {"kb": "We open at 8.\n", "prompt": "Briefly."},
    Kind.SMS: {"smsBody": "See you {{day}}", "phoneNumber": "+17205550143"},
    Kind.TOOL: {
        "tool": {"name": "Find", "description": "Finds", "config": CONFIG},
        "speech": "One moment.", "responsePathways": [{"type": "status", "condition": ">", "value": 3, "target_id": "b", "name": "n"}],
    },
    Kind.PRESS: {"sequence": "12w3", "digitPrompt": "The one for billing"},
    Kind.PATHWAY: {"transferPathway": {"id": "gone", "name": "Old"}, "version": 3},
    Kind.ROUTE: {
        "routes": [{"conditions": [OLD, VIP], "targetNodeId": "b"}, MONDAY],
        "fallbackNodeId": "c",
    },
    Kind.OTHER: {"code": "fetch()"},
}  # fmt: skip


def graph(kind: Kind, data: dict):
    step = {"id": "a", "type": kind.value or "Custom Code", "data": {"name": "One", "odd": {"deep": [1]}, **data}}
    others = [{"id": key, "type": "End Call", "data": {"name": key.upper()}} for key in "bc"]
    return {"nodes": [step, *others], "edges": [{"id": "w", "source": "a", "target": "b", "label": "yes", "data": {"color": "red"}}]}


def posted(form: GraphForm | WholeForm, **changed: str) -> QueryDict:
    """What a browser posts when the form is sent as it is shown, with some controls changed."""
    data = QueryDict(mutable=True)
    for bound in form:
        if isinstance(bound.field.widget, RowsWidget):
            context = bound.field.widget.get_context(bound.html_name, bound.value(), {"id": bound.auto_id})["widget"]
            data[f"{bound.html_name}-rows"] = "1"
            for row in context["rows"]:
                data[f"{row['name']}-was"] = row["was"]
                for cell in row["cells"]:
                    if not cell.column.check:
                        data[cell.name] = cell.value
                    elif cell.value:
                        data[cell.name] = "yes"
        elif bound.value() is True:
            data[bound.html_name] = "on"
        elif bound.value() not in (None, False):
            data[bound.html_name] = str(bound.value()).replace("\n", "\r\n")
    for name, value in changed.items():
        data[f"f-{name.replace('__', '-')}"] = value
    return data


def filled(kind: Kind, data: dict, **changed: str):
    public = graph(kind, data)
    view = load(public)
    form = step_form(view.nodes[0], view, posted(step_form(view.nodes[0], view, pathways=PATHWAYS), **changed), pathways=PATHWAYS)
    assert form.is_valid(), form.errors
    return apply(public, form.operations())["nodes"][0]["data"], public["nodes"][0]["data"], form


@pytest.mark.parametrize("kind", list(Kind))
def test_a_form_that_was_only_looked_at_changes_nothing(kind):
    after, before, form = filled(kind, FULL[kind])
    assert form.changed_data == []
    assert form.operations() == [] and after == before


@pytest.mark.parametrize("kind", list(Kind))
def test_an_empty_step_shows_an_empty_form_and_keeps_being_empty(kind):
    after, before, form = filled(kind, {})
    assert form.operations() == [] and after == before


@pytest.mark.parametrize("kind", list(Kind))
def test_changing_the_name_leaves_everything_else(kind):
    after, before, _ = filled(kind, FULL[kind], name="Two")
    assert after == {**before, "name": "Two"}


CHANGES = [
    (Kind.SAY, {"words": "Hi"}, {"text": "", "prompt": "Hi"}),
    (Kind.SAY, {"how": "exact", "words": "Hi"}, {"text": "Hi", "prompt": ""}),
    (Kind.WAIT, {"how": "own"}, {"text": "", "prompt": "Take your time."}),
    (Kind.SAY, {"remember__0__name": "day"}, {"extractVars": [["day", *DAY[1:]], WHO, 5]}),
    (Kind.SAY, {"remember__1__required": "yes"}, {"extractVars": [DAY, {**WHO, "required": True, "description": ""}, 5]}),
    (Kind.SAY, {"remember__2__name": "ok", "remember__2__type": "boolean"}, {"extractVars": [DAY, WHO, ["ok", "boolean", ""], 5]}),
    (Kind.SAY, {"remember__0__name": "", "remember__0__what": ""}, {"extractVars": [WHO, 5]}),
    (Kind.SAY, {"patience": "300"}, {"modelOptions": {**FULL[Kind.SAY]["modelOptions"], "interruptionThreshold": 300}}),
    (Kind.SAY, {"when": "wants a person"}, {"globalLabel": "wants a person"}),
    (Kind.TRANSFER, {"number": "+17205550199"}, {"transferNumber": "+17205550199"}),
    (Kind.WEBHOOK, {"headers__1__name": "X-More", "headers__1__value": "2"}, {"headers": [["X-Team", "north"], ["X-More", "2"]]}),
    (Kind.WEBHOOK, {"answers__0__target": "c"}, {"responsePathways": [[*ANSWERS[0][:3], {"id": "c", "name": "is open"}], ANSWERS[1]]}),
    (Kind.WEBHOOK, {"answers__0__case": "failed"}, {"responsePathways": [["Default/Webhook Failure", "", "", ANSWERS[0][3]], ANSWERS[1]]}),
    (Kind.WEBHOOK, {"answers__0__case": "status"}, {"responsePathways": [["BlandStatusCode", *ANSWERS[0][1:]], ANSWERS[1]]}),
    (Kind.WEBHOOK, {"answers__2__target": "b"}, {"responsePathways": [*ANSWERS, ["Default/Webhook Completion", "", "", {"id": "b"}]]}),
    (Kind.WEBHOOK, {"keep__0__path": "$.times"}, {"responseData": [{**SLOTS, "data": "$.times"}, "strange"]}),
    (Kind.WEBHOOK, {"sample": '{"slots": []}'}, {"sample": {"slots": []}}),
    (Kind.WEBHOOK, {"sample": "none"}, {"sample": "none"}),
    (Kind.WEBHOOK, {"method": "POST"}, {"method": "POST"}),
    (Kind.KNOWLEDGE, {"kb": "We open at 9."}, {"kb": "We open at 9."}),
    (Kind.SMS, {"body": "Hello"}, {"smsBody": "Hello"}),
    (Kind.TOOL, {"url": "https://example.com/2"}, {"tool": {**FULL[Kind.TOOL]["tool"], "config": {**CONFIG, "url": "https://example.com/2"}}}),
    (Kind.TOOL, {"about": "Finds it"}, {"tool": {**FULL[Kind.TOOL]["tool"], "description": "Finds it"}}),
    (Kind.TOOL, {"answers__0__value": "4"}, {"responsePathways": [{**FULL[Kind.TOOL]["responsePathways"][0], "value": "4"}]}),
    (Kind.PRESS, {"keys": "9"}, {"sequence": "9"}),
    (Kind.PATHWAY, {"pathway": "p2"}, {"transferPathway": {"id": "p2", "name": "Old"}}),
    (Kind.ROUTE, {"rules__0__value": "70"}, {"routes": [{"conditions": [{**OLD, "value": "70"}, VIP], "targetNodeId": "b"}, MONDAY]}),
    (Kind.ROUTE, {"otherwise": "b"}, {"fallbackNodeId": "b"}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "changed", "expected"), CHANGES, ids=[f"{kind.name}-{'-'.join(c)}" for kind, c, _ in CHANGES])
def test_what_is_typed_lands_where_it_belongs(kind, changed, expected):
    after, before, _ = filled(kind, FULL[kind], **changed)
    fresh = {key for key, value in expected.items() if value == "" and key not in before}  # an empty value is not written where none was
    assert after == {key: value for key, value in {**before, **expected}.items() if key not in fresh}


def test_a_new_step_gets_its_fields():
    after, _, _ = filled(Kind.SAY, {}, words="Hello", remember__0__name="day", remember__0__required="yes", no_interrupt="on")
    assert after["prompt"] == "Hello" and "text" not in after
    assert after["extractVars"] == [["day", "string", "", True]]
    assert after["modelOptions"] == {"block_interruptions": True}
    after, _, _ = filled(Kind.ROUTE, {}, rules__0__field="age", rules__0__value="3", rules__0__target="b")
    assert after["routes"] == [{"conditions": [{"field": "age", "operator": "is", "value": "3"}], "targetNodeId": "b"}]
    after, _, _ = filled(Kind.PRESS, {}, keys="12")
    assert after["sequence"] == "12" and "digit" not in after
    after, _, _ = filled(Kind.WEBHOOK, {}, headers__0__name="A", headers__0__value="b")
    assert after["headers"] == {"A": "b"}


def test_knowledge_inside_an_object_stays_there():
    after, _, _ = filled(Kind.KNOWLEDGE, {"kb": {"id": "k", "text": "Old."}}, kb="New.")
    assert after["kb"] == {"id": "k", "text": "New."}


def test_a_row_is_taken_out_by_its_button():
    public = graph(Kind.SAY, FULL[Kind.SAY])
    view = load(public)
    data = posted(step_form(view.nodes[0], view))
    data["drop"] = "f-remember-0"
    form = step_form(view.nodes[0], view, data)
    assert form.is_valid()
    assert apply(public, form.operations())["nodes"][0]["data"]["extractVars"] == [WHO, 5]


@pytest.mark.parametrize(
    ("kind", "changed", "message"),
    [
        (Kind.SAY, {"remember__2__what": "no name"}, "Answer 3: give it a name."),
        (Kind.SAY, {"patience": "soon"}, "Enter a whole number."),
        (Kind.SAY, {"words": "a\0b"}, "Null characters are not allowed."),
        (Kind.WEBHOOK, {"answers__0__variable": ""}, "Way 1: say which value is compared."),
        (Kind.WEBHOOK, {"keep__1__name": "x"}, "Value 2: say where it stands in the answer."),
        (Kind.ROUTE, {"otherwise": "elsewhere"}, "Select a valid choice. elsewhere is not one of the available choices."),
    ],
)
def test_what_cannot_be_kept_is_said(kind, changed, message):
    view = load(graph(kind, FULL[kind]))
    form = step_form(view.nodes[0], view, posted(step_form(view.nodes[0], view), **changed))
    assert not form.is_valid()
    assert message in [error for errors in form.errors.values() for error in errors]


def way(public: dict, **changed: str):
    view = load(public)
    kept = public["edges"][0]["data"]
    form = WayForm(view.edges[0], kept, view, posted(WayForm(view.edges[0], kept, view), **changed))
    assert form.is_valid(), form.errors
    return apply(public, form.operations())["edges"][0]


def test_a_way_on_round_trips_and_keeps_what_is_unknown():
    public = graph(Kind.SAY, {})
    assert way(public) == public["edges"][0]
    made = way(public, label="fine", description="They agree", examples="sure\r\n\r\n yes ", target="c", condition="age known")
    assert made == {
        "id": "w", "source": "a", "target": "c", "label": "fine",
        "data": {"color": "red", "label": "fine", "description": "They agree", "examples": ["sure", "yes"], "condition": "age known"},
    }  # fmt: skip
    assert way({**public, "edges": [made]}) == made


def test_a_way_to_a_step_that_is_gone_can_still_be_named():
    public = graph(Kind.SAY, {})
    public["edges"][0]["target"] = "gone"
    assert way(public, label="fine")["target"] == "gone"
    assert way(public, target="b")["target"] == "b"


def test_the_words_for_every_step():
    view = load({"nodes": [{"globalConfig": {"globalPrompt": "Be kind.\nAlways."}}]})
    form = WholeForm(view, posted(WholeForm(view)))
    assert form.is_valid() and form.operations() == []
    form = WholeForm(view, posted(WholeForm(view), words="Be brief."))
    assert form.is_valid() and form.operations() == [{"op": "words", "text": "Be brief."}]


def test_every_step_of_a_foreign_pathway_can_be_looked_at_without_changing_it():
    view = load(sixty_steps())
    for node in view.nodes:
        form = step_form(node, view, posted(step_form(node, view)))
        assert form.is_valid(), (node.id, form.errors)
        assert form.operations() == [], node.id


def test_every_kind_has_its_form():
    assert set(FORMS) == set(Kind)
