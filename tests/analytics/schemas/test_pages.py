"""The pages of lists of facts: what the library says, how a list is built without JavaScript, where messages stand."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.timezone import now

from calls import lifecycle
from calls.models import Call, Citation
from personas import citation_schemas, versions
from personas.citation_schemas import Content
from personas.citations import read
from personas.content import Content as Said
from personas.models import CitationSchema
from personas.versions import About
from tests import factories

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}
WHOLE = {
    "variables": [
        {"name": "Insured", "description": "Do they have insurance?", "type": "boolean"},
        {"name": "Order", "description": "", "type": "string", "regex": r"\d{4}"},
        {"name": "Pains", "description": "What hurts?", "type": "array", "items": {"type": "number"}},
        {"name": "Pet", "description": "", "type": "category", "options": ["dog", "cat"]},
    ],
    "groupings": [{"name": "Money", "variables": ["Order", "Insured"]}],
    "conditions": [
        {
            "condition": {"variable": "Insured", "operator": "===", "value": "false"},
            "mode": "flag",
            "variables": [],
            "issueSeverity": "high",
            "issueType": "No insurance",
            "issueDetail": "They pay at the desk.",
        },
        {
            "condition": {"variable": "Pet", "operator": "!==", "value": "null"},
            "mode": "extract",
            "variables": [{"name": "Name of the pet", "description": "", "type": "string"}],
        },
    ],
}


@pytest.fixture
def schema(account) -> CitationSchema:
    return citation_schemas.create(account, Content("Visits", "At the vet", read(WHOLE)))


@pytest.fixture
def editor(signed_in):
    return signed_in("editor")


def at(name: str, *args: Any) -> str:
    return reverse(name, args=args)


def posted(answer, **changed: Any) -> dict[str, Any]:
    """What a browser would post of the builder that was drawn."""
    builder, data = answer.context["builder"], {}
    for name in builder.about.fields:
        data[name] = builder.about[name].value() or ""
    rows = [("v", builder.variables), ("g", builder.groupings), ("c", builder.conditions)]
    rows += [(row.list, row.extra) for row in builder.conditions]
    for kind, listed in rows:
        data[kind] = [row.key for row in listed]
        for row in listed:
            data |= {row.add_prefix(name): row[name].value() or "" for name in row.fields}
    if answer.context["schema"]:
        data["revision"] = answer.context["schema"].revision
    return {**data, **changed}


def errors(page: str) -> list[tuple[str, str, str]]:
    return re.findall(r'<li><a href="(.*?)">(.*?)</a><span class="muted">(.*?)</span>', page)


# the library -----------------------------------------------------------------------------------------------------------
def test_the_library_says_who_uses_a_list_and_over_how_many_calls(signed_in, account, schema):
    viewer = signed_in("viewer")
    page = viewer.get(at("fact-lists")).content.decode()
    assert "no persona" in page and "New list" not in page
    for name in ("June", "Walt"):
        versions.create(account, About(name), Said({"citation_schema_ids": [str(schema.uid)]}))
    call = factories.call(account)
    for name in ("Insured", "Order"):
        Citation.objects.create(call=call, schema=schema, revision=1, name=name, type="string", called_at=now())
    page = viewer.get(at("fact-lists")).content.decode()
    assert "2 personas" in page and "Insured, Order, Pains, Pet" in page
    assert re.search(r"Calls read, last 30 days\">1<", page)
    assert "2 personas, 1 call read in 30 days" in viewer.get(at("fact-list", schema.uid)).content.decode()


def test_the_library_costs_the_same_for_any_number(signed_in, account):
    viewer = signed_in("viewer")
    assert "No list of facts yet" in viewer.get(at("fact-lists")).content.decode()

    def cost() -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            viewer.get(at("fact-lists"))
        return len(queries)

    for n in range(4):
        citation_schemas.create(account, Content(f"List {n}", definition=read(WHOLE)))
    once = cost()
    for n in range(4):
        citation_schemas.create(account, Content(f"More {n}", definition=read(WHOLE)))
    assert cost() == once <= 8


def test_a_list_tells_what_it_looks_for_in_words(signed_in, schema):
    page = signed_in("viewer").get(at("fact-list", schema.uid)).content.decode()
    for words in (
        "Yes or no",
        "Several numbers",
        "One of: dog, cat",
        "Must look like",
        "Money",
        "When Insured is “no”",
        "Mark the call: No insurance",
        "When Pet was said",
        "Name of the pet",
    ):
        assert words in page
    assert "commandfor" not in page.split("<main")[1].split("</main>")[0]  # a viewer deletes nothing


# building --------------------------------------------------------------------------------------------------------------
def test_what_is_opened_and_saved_unchanged_is_the_same(editor, schema):
    form = editor.get(at("fact-list-edit", schema.uid))
    answer = editor.post(at("fact-list-edit", schema.uid), posted(form))
    assert (answer.status_code, answer.headers["Location"]) == (303, at("fact-list", schema.uid))
    schema.refresh_from_db()
    assert (schema.name, schema.description, schema.schema, schema.revision) == ("Visits", "At the vet", WHOLE, 1)


def test_rows_are_added_moved_and_removed_without_javascript(editor, schema):
    url = at("fact-list-edit", schema.uid)
    form = editor.get(url)
    added = editor.post(url, posted(form, do="add:v"))
    assert added.status_code == 200 and [row.key for row in added.context["builder"].variables] == ["0", "1", "2", "3", "4"]
    assert 'name="v-4-name"' in added.content.decode() and re.search(r'<input[^>]*name="v-4-name"[^>]*autofocus', added.content.decode())
    moved = editor.post(url, posted(added, do="up:v:3", **{"v-4-name": "Age", "v-4-type": "number"}))
    assert [row.text("name") for row in moved.context["builder"].variables] == ["Insured", "Order", "Pet", "Pains", "Age"]
    assert re.search(r'value="up:v:3"[^>]*autofocus', moved.content.decode())
    ended = editor.post(url, posted(moved, do="down:v:3"))  # now third: goes to the fourth place, and can still go down
    removed = editor.post(url, posted(ended, do="remove:v:2"))
    assert [row.text("name") for row in removed.context["builder"].variables] == ["Insured", "Order", "Pet", "Age"]
    more = editor.post(url, posted(removed, do="add:x:1"))
    key = more.context["builder"].conditions[1].extra[-1].key
    grouped = editor.post(url, posted(more, do="add:g", **{f"x-{key}-name": "Breed"}))
    assert [choice for _, choice in grouped.context["builder"].groupings[1].fields["variables"].choices] == [
        "Insured",
        "Order",
        "Pet",
        "Age",
    ]
    CitationSchema.objects.get(revision=1)  # nothing was kept so far
    saved = editor.post(url, posted(grouped, do="save", **{"g-1-name": "Animal", "g-1-variables": ["3", "4"]}))
    assert saved.status_code == 303
    schema.refresh_from_db()
    assert [v["name"] for v in schema.schema["variables"]] == ["Insured", "Order", "Pet", "Age"]
    assert schema.schema["groupings"] == [*WHOLE["groupings"], {"name": "Animal", "variables": ["Pet", "Age"]}]
    assert [v["name"] for v in schema.schema["conditions"][1]["variables"]] == ["Name of the pet", "Breed"]
    assert schema.revision == 2


def test_htmx_gets_the_rows_alone(editor, schema):
    url = at("fact-list-edit", schema.uid)
    answer = editor.post(url, posted(editor.get(url), do="add:c"), **HTMX)
    page = answer.content.decode()
    assert page.lstrip().startswith('<div class="stack-lg" id="rows">') and 'name="c-2-variable"' in page and "<html" not in page


@pytest.mark.parametrize("deed", ["", "up", "up:q:1", "up:v:77", "remove:v:x", "add:x:9", "add:", "save:v:1", "down:v:0:1"])
def test_a_deed_that_is_none_changes_nothing(editor, schema, deed):
    url = at("fact-list-edit", schema.uid)
    form = editor.get(url)
    again = editor.post(url, posted(form, do=deed))
    assert again.status_code == 200
    assert {k: v for k, v in posted(again).items() if k != "revision"} == {k: v for k, v in posted(form).items() if k != "revision"}


def test_messages_stand_at_their_controls_and_lead_there(editor, account):
    url = at("fact-list-new")
    data = {
        "name": "",
        "v": ["0", "1", "2"],
        "v-0-name": "Pet",
        "v-0-type": "category",
        "v-1-description": "How old?",
        "v-1-type": "number",
        "v-2-name": "Order",
        "v-2-type": "string",
        "v-2-regex": "(a+)+",
        "g": ["5"],
        "g-5-name": "All",
        "c": ["0", "1"],
        "c-0-variable": "0",
        "c-0-operator": ">",
        "c-0-value": "3",
        "c-0-mode": "flag",
        "c-1-variable": "0",
        "c-1-operator": "said",
        "c-1-mode": "extract",
    }
    answer = editor.post(url, {**data, "do": "save"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert errors(page) == [
        ("#id_name", "Name", "This field is required."),
        ("#id_v-0-options", "Pet, one of", "Write what it can be, one on each line."),
        ("#id_v-1-name", "Fact 2, name", "A name is missing."),
        ("#id_v-2-regex", "Order, must look like", "The pattern could take too long: it holds a repeat inside a repeat."),
        ("#id_g-5-variables", "All, facts that belong together", "Tick the facts that belong together."),
        ("#id_c-0-value", "Condition 1, what", "&gt; compares numbers, and Pet is none."),
        ("#id_c-0-issue", "Condition 1, mark it as", "Say in a few words what is marked."),
        ("#add-x-1", "Condition 2", "Say what is read besides when the condition is true."),
    ]
    for href, _, message in errors(page):
        assert f'id="{href[1:]}"' in page and page.count(message) == 2, href
    assert not CitationSchema.objects.exists()


def test_an_empty_list_is_refused_and_empty_rows_are_left_out(editor, account):
    url = at("fact-list-new")
    assert "Add at least one fact to find." in editor.post(url, {"name": "Visits", "v": ["0"]}).content.decode()
    data = {"name": "Visits", "v": ["0", "1"], "v-1-name": "Pet", "g": ["0"], "c": ["0"], "c-0-mode": "flag", "c-0-severity": "low"}
    assert editor.post(url, data).status_code == 303
    made = CitationSchema.objects.get()
    assert made.schema == {"variables": [{"name": "Pet", "description": "", "type": "string"}], "groupings": [], "conditions": []}


def test_what_a_colleague_saved_meanwhile_is_not_overwritten_in_silence(editor, account, schema):
    url = at("fact-list-edit", schema.uid)
    data = posted(editor.get(url))
    citation_schemas.change(schema, Content("Visits", "", read({"variables": [{"name": "Theirs"}]})))
    answer = editor.post(url, {**data, "name": "Mine"})
    assert answer.status_code == 422 and "Somebody else changed this list" in answer.content.decode()
    schema.refresh_from_db()
    assert [v["name"] for v in schema.schema["variables"]] == ["Theirs"]
    assert editor.post(url, posted(answer)).status_code == 303  # pressed again, with what is written there
    schema.refresh_from_db()
    assert (schema.name, schema.schema) == ("Mine", WHOLE)


def test_too_many_lists_are_refused(editor, schema, monkeypatch):
    monkeypatch.setattr(citation_schemas, "MOST", 1)
    answer = editor.post(at("fact-list-new"), {"name": "More", "v": ["0"], "v-0-name": "Pet"})
    assert answer.status_code == 422 and "Delete one first." in answer.content.decode()


def test_a_list_is_deleted(editor, schema):
    assert editor.post(at("fact-list-delete", schema.uid)).status_code == 303
    assert editor.get(at("fact-list", schema.uid)).status_code == 404
    assert CitationSchema.objects.get().deleted_at


# trying it on a call -----------------------------------------------------------------------------------------------------
def spoken(account, *said: str) -> Call:
    call = factories.call(account, state="complete", status="completed", ended_at=now(), outcome_at=now(), callee_name="Jo Miller")
    for number, text in enumerate(said):
        lifecycle.say(call.pk, "user" if number % 2 else "assistant", text, 0, 500)
    return call


def test_a_list_is_tried_on_a_call_before_it_is_saved(editor, account):
    url, data = at("fact-list-new"), {"do": "try", "v": ["0"], "v-0-name": "Insured", "v-0-type": "boolean"}
    assert "No finished call" in editor.get(url).content.decode()
    call = spoken(account, "Do you have insurance?", "No, I am not insured.")
    data |= {"v-0-description": "Do they have insurance?", "c": ["0"], "c-0-variable": "0", "c-0-operator": "===", "c-0-value": "false"}
    data |= {"c-0-mode": "flag", "c-0-issue": "No insurance", "on": str(call.uid)}
    whole = editor.post(url, data)
    part = editor.post(url, {**data, "on": "", "which": f"http://testserver/calls/{call.uid}"}, **HTMX).content.decode()
    assert whole.status_code == 200 and part.lstrip().startswith('<div id="tried"')
    for page in (whole.content.decode(), part):
        assert re.search(r"<dt>Insured</dt><dd><b>No</b><a class=\"proof\".*?<q>.*?insured", page, re.DOTALL)
        assert "<b>No insurance</b>" in page and "Jo Miller" in page
    assert not CitationSchema.objects.exists() and not Citation.objects.exists()


def test_what_cannot_be_tried_says_why(editor, account):
    url, call = at("fact-list-new"), spoken(account, "Hello?", "Hello.")
    theirs = spoken(factories.account("Strangers Ltd"), "Hello?", "Hello.")
    data = {"do": "try", "v": ["0"], "v-0-name": "Pet", "v-0-type": "category", "on": str(call.uid)}
    page = editor.post(url, data, **HTMX).content.decode()
    assert 'href="#id_v-0-options"' in page and "Write what it can be" in page
    for which in (str(theirs.uid), str(factories.call(account).uid), "seven"):
        assert "Choose a finished call" in editor.post(url, {**data, "which": which}, **HTMX).content.decode()
