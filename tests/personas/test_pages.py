"""The pages of personas: what stands on them, who may do what, what is kept and what is told."""

import re
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from pathways.models import Pathway, PathwayVersion
from personas import citation_schemas, versions
from personas.content import Content
from personas.models import KnowledgeBase, Persona
from personas.versions import About, content_of
from tests import factories
from tests.personas.conftest import TASK

HTMX = {"HX-Request": "true"}
ABOUT = {"name": "Ana, reminders", "role": "", "description": "", "tags": "", "tone": "clay", "symbol": "smile"}


def url(name, persona=None):
    return reverse(name, args=[persona.uid] if persona else [])


def controls(answer) -> dict[str, object]:
    """What a browser would post of the form that was drawn."""
    form = answer.context["form"]
    data: dict[str, object] = {"revision": str(answer.context["page"].revision), "how": "save"}
    for name in form.fields:
        value = form[name].value()
        data[f"{name}-shown"] = "1"
        if value is True:
            data[name] = "on"
        elif value not in (False, None):
            data[name] = value
    return data


def draft(persona) -> Content:
    return content_of(versions.draft_of(persona))


@pytest.fixture
def pathway(account):
    made = Pathway.objects.create(account=account, name="Reminder")
    graph = {"nodes": [{"id": "a", "type": "Default", "data": {"name": "Hello"}}], "edges": []}
    made.production = PathwayVersion.objects.create(pathway=made, number=1, graph=graph, published_at=made.created_at)
    made.save(update_fields=["production"])
    return made


# Who may ---------------------------------------------------------------------------------------------------------------
READ = [("personas", False), ("persona", True), ("persona-history", True)]
CHANGE = ["persona-edit", "persona-reset", "persona-delete"]


@pytest.mark.parametrize(("name", "one"), READ)
@pytest.mark.parametrize("role", ["viewer", "operator", "editor", "admin"])
def test_every_member_may_read(signed_in, persona, name, one, role):
    answer = signed_in(role).get(url(name, persona if one else None))
    assert answer.status_code == 200
    assert "Walt" in answer.content.decode()


@pytest.mark.parametrize("name", [*CHANGE, "persona-about"])
@pytest.mark.parametrize(("role", "status"), [("viewer", 403), ("operator", 403)])
def test_only_editors_may_change(signed_in, persona, name, role, status):
    assert signed_in(role).post(url(name, persona)).status_code == status
    assert draft(persona).config == {"task": TASK}


@pytest.mark.parametrize("name", [*CHANGE, "persona-about", "persona", "persona-history"])
def test_a_stranger_finds_nothing(client, stranger, persona, name):
    client.force_login(stranger)
    assert client.post(url(name, persona)).status_code in (404, 405)
    assert client.get(url(name, persona)).status_code in (404, 405)
    assert Persona.objects.get(pk=persona.pk).deleted_at is None


@pytest.mark.parametrize("name", CHANGE)
def test_nothing_is_changed_by_looking(signed_in, persona, name):
    assert signed_in("editor").get(url(name, persona)).status_code == 405


@pytest.mark.parametrize("name", ["personas", "persona-new"])
def test_nobody_is_sent_to_sign_in(client, account, name):
    assert client.get(url(name)).status_code == 302


@pytest.mark.parametrize("name", [*CHANGE, "persona-about", "persona", "persona-history"])
def test_a_deleted_persona_is_not_there(signed_in, persona, name):
    versions.delete(persona)
    client = signed_in("editor")
    assert client.post(url(name, persona)).status_code in (404, 405)
    assert client.get(url(name, persona)).status_code in (404, 405)


# The list --------------------------------------------------------------------------------------------------------------
def test_the_list_says_what_differs(signed_in, persona):
    versions.edit(persona, Content({"task": TASK, "record": True, "voice": "Paige"}), revision=1)
    page = signed_in("viewer").get(url("personas"))
    [row] = page.context["list"].rows
    assert (row.who.name, row.voice, row.number, row.changes) == ("Walt, delivery windows", "June", 1, 2)
    assert "2 changes" in page.content.decode()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Ana", "Walt, delivery windows"]),
        ("?q=freight", []),
        ("?q=windows", ["Walt, delivery windows"]),
        ("?q=DISPATCH", ["Walt, delivery windows"]),
        ("?tag=freight", ["Walt, delivery windows"]),
        ("?tag=größe", ["Ana"]),
        ("?tag=frei", []),
        ("?tag=freight&q=ana", []),
    ],
)
def test_search_and_tags(signed_in, account, persona, query, found):
    versions.create(account, About("Ana", tags=["größe"]))
    versions.create(factories.account("Strangers Ltd"), About("Windows of others", tags=["freight"]))
    page = signed_in("viewer").get(url("personas") + query)
    assert [row.who.name for row in page.context["list"].rows] == found
    assert page.context["list"].tags == ["freight", "größe"]
    if not found:
        assert "No persona matches all of this" in page.content.decode()


def test_an_empty_list_offers_the_first(signed_in):
    assert "Make the first persona" in signed_in("editor").get(url("personas")).content.decode()


def test_htmx_gets_the_list_alone(signed_in, persona):
    part = signed_in("viewer").get(url("personas"), headers=HTMX).content.decode()
    assert part.startswith("<section") and "<html" not in part


def test_the_list_costs_the_same_for_any_number(signed_in, account):
    client = signed_in("viewer")

    def cost() -> int:
        with CaptureQueriesContext(connection) as counted:
            assert client.get(url("personas")).status_code == 200
        return len(counted)

    for n in range(5):
        versions.create(account, About(f"Walt {n}", tags=["a"]), Content({"task": "x"}))
    client.get(url("personas"))
    once = cost()
    for n in range(5):
        versions.create(account, About(f"Ana {n}", tags=["b"]), Content({"task": "x"}))
    assert cost() == once <= 10


# Made, renamed ---------------------------------------------------------------------------------------------------------
def test_a_new_persona_opens_at_once(signed_in, account):
    answer = signed_in("editor").post(url("persona-new"), {**ABOUT, "tags": "a, b,, a"})
    made = Persona.objects.get()
    assert answer.headers["Location"] == url("persona", made)
    assert (made.name, made.tags, made.avatar, made.versions.count()) == ("Ana, reminders", ["a", "b"], "clay:smile", 2)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"name": " "}, "This field is required."),
        ({"tags": ",".join("abcdefghijklmn")}, "At most 12 tags"),
        ({"tone": "pink"}, "Select a valid choice"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_made(signed_in, account, change, message):
    answer = signed_in("editor").post(url("persona-new"), {**ABOUT, **change})
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert not Persona.objects.exists()


def test_a_new_name_holds_at_once(signed_in, persona):
    client = signed_in("editor")
    assert 'value="Walt, delivery windows"' in client.get(url("persona-about", persona)).content.decode()
    assert client.post(url("persona-about", persona), ABOUT).status_code == 303
    persona.refresh_from_db()
    assert (persona.name, persona.avatar) == ("Ana, reminders", "clay:smile")
    assert versions.draft_of(persona).revision == 1


# The draft -------------------------------------------------------------------------------------------------------------
def test_what_the_form_shows_it_saves_again(signed_in, account, persona):
    base = KnowledgeBase.objects.create(account=account, name="About the clinic", text="x")
    full = Content(
        {
            "task": TASK,
            "tools": [f"KB-{base.uid}"],
            "voice": "Paige",
            "max_duration": 30,
            "record": True,
            "retry": {"wait": 90},
            "citation_schema_ids": [],
            "metadata": {"a": {"b": 1}},
            "transfer_list": {"sales": "+13035550100"},
        },
        "Be kind.",
        [],
        ["recording"],
    )
    versions.edit(persona, full, revision=1)
    client = signed_in("editor")
    answer = client.post(url("persona-edit", persona), controls(client.get(url("persona", persona))))
    assert answer.status_code == 303
    assert draft(persona) == full


def test_three_changes_are_marked_and_told(signed_in, persona):
    client = signed_in("editor")
    data = {
        **controls(client.get(url("persona", persona))),
        "task": TASK + " Say goodbye.",
        "record": "on",
        "interruption_threshold": "700",
    }
    assert client.post(url("persona-edit", persona), data).status_code == 303
    assert draft(persona).config == {"task": TASK + " Say goodbye.", "record": True, "interruption_threshold": 700}
    page = client.get(url("persona", persona))
    assert page.context["page"].difference.sentences == [
        "Task, new: “Say goodbye.”",
        "Waits 700 ms before it answers (was 500 ms).",
        "Will record the call.",
    ]
    assert page.content.decode().count("changed in this draft") == 3
    marked = {name for name in page.context["form"].fields if page.context["form"][name].source == "draft"}
    assert marked == {"task", "record", "interruption_threshold"}
    assert persona.production.config == {"task": TASK}


def test_what_callers_will_notice_is_told_before_it_is_saved(signed_in, persona):
    client = signed_in("editor")
    data = {**controls(client.get(url("persona", persona))), "max_duration": "5", "temperature": "hot", "how": "notice"}
    part = client.post(url("persona-edit", persona), data, headers=HTMX)
    assert part.context["page"].difference.sentences == ["Ends the call after 5 minutes (was 30 minutes)."]
    assert part.content.decode().lstrip().startswith('<section class="card" id="notice"')
    assert draft(persona).config == {"task": TASK}


def test_a_wrong_value_is_told_beside_its_field_and_nothing_is_lost(signed_in, persona):
    client = signed_in("editor")
    data = {**controls(client.get(url("persona", persona))), "max_duration": "long", "metadata": "{", "task": "Typed for an hour."}
    answer = client.post(url("persona-edit", persona), data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "max_duration must be a number." in page and "this is not valid JSON" in page
    assert "Typed for an hour." in page and 'value="long"' in page
    assert re.search(r'<details class="group" data-remember="persona-conversation" open', page)
    assert draft(persona).config == {"task": TASK}


def test_the_second_of_two_editors_gets_a_choice(signed_in, persona):
    client = signed_in("editor")
    seen = controls(client.get(url("persona", persona)))
    versions.edit(persona, Content({"task": TASK, "record": True}), revision=1)
    answer = client.post(url("persona-edit", persona), {**seen, "task": "Mine."})
    page = answer.content.decode()
    assert answer.status_code == 409
    assert answer.context["page"].theirs.mine[-1] == "Will no longer record the call."
    assert "Save mine over theirs" in page and "Mine.</textarea>" in page
    assert draft(persona).config["record"] is True
    again = client.post(url("persona-edit", persona), {**seen, "task": "Mine.", "revision": str(answer.context["page"].revision)})
    assert again.status_code == 303
    assert draft(persona).config == {"task": "Mine."}


@pytest.mark.parametrize("revision", ["", "x", "-1", "9999999999999"])
def test_without_a_revision_nothing_is_saved(signed_in, persona, revision):
    client = signed_in("editor")
    data = {**controls(client.get(url("persona", persona))), "task": "Mine.", "revision": revision}
    assert client.post(url("persona-edit", persona), data).status_code == 409
    assert draft(persona).config == {"task": TASK}


def test_promote_takes_what_was_typed_last(signed_in, persona):
    client = signed_in("editor")
    data = {**controls(client.get(url("persona", persona))), "voice": "Paige", "how": "promote"}
    assert client.post(url("persona-edit", persona), data).status_code == 303
    production = persona.production
    assert (production.number, production.config, str(production.promoted_by)) == (3, {"task": TASK, "voice": "Paige"}, "Editor")
    page = client.get(url("persona", persona)).content.decode()
    assert "Version 3" in page and "Nothing. The draft says what production says." in page


def test_reset_throws_the_draft_away(signed_in, persona):
    versions.edit(persona, Content({"task": "Other."}), revision=1)
    client = signed_in("editor")
    client.post(url("persona-reset", persona), {"revision": "1"})
    assert draft(persona).config == {"task": "Other."}
    client.post(url("persona-reset", persona), {"revision": "2"})
    assert draft(persona).config == {"task": TASK}


def test_delete_says_its_effect_and_deletes(signed_in, persona):
    client = signed_in("editor")
    assert "No new call can be made with it" in client.get(url("persona", persona)).content.decode()
    assert client.post(url("persona-delete", persona)).headers["Location"] == url("personas")
    assert client.get(url("personas")).context["list"].rows == []


def test_a_reader_sees_the_form_but_cannot_use_it(signed_in, persona):
    secret = [{"url": "https://example.com/x", "headers": {"key": "s3cret"}}]
    versions.edit(persona, Content({"task": TASK, "dynamic_data": secret}), revision=1)
    page = signed_in("viewer").get(url("persona", persona)).content.decode()
    assert re.search(r'<fieldset class="stack" disabled>', page)
    assert "Save draft" not in page and "Put into production" not in page
    assert "s3cret" not in page
    assert "s3cret" in signed_in("editor").get(url("persona", persona)).content.decode()
    assert "s3cret" not in signed_in("viewer").get(url("persona-history", persona)).content.decode()


def test_an_editor_who_saves_keeps_what_has_no_control_there(signed_in, persona):
    facts = str(citation_schemas.create(persona.account, citation_schemas.Content("Pets")).uid)
    held = {"task": TASK, "from": "+17205550100", "citation_schema_ids": [facts]}
    versions.edit(persona, Content({**held, "citation_schema_ids": [facts, str(uuid4())]}), revision=1)  # one was deleted since
    client = signed_in("editor")
    data = {k: v for k, v in controls(client.get(url("persona", persona))).items() if not k.startswith(("from", "citation"))}
    client.post(url("persona-edit", persona), data)
    assert draft(persona).config == held


def test_facts_to_find_are_ticked_by_their_name(signed_in, persona):
    client = signed_in("editor")
    assert "Facts to find" not in client.get(url("persona", persona)).content.decode()  # there is nothing to tick
    facts = str(citation_schemas.create(persona.account, citation_schemas.Content("Pets")).uid)
    data = controls(client.get(url("persona", persona)))
    page = client.post(url("persona-edit", persona), {**data, "citation_schema_ids": [facts], "how": "notice"}, HTTP_HX_REQUEST="true")
    assert "Looks for the facts “Pets”." in page.content.decode()
    client.post(url("persona-edit", persona), {**data, "citation_schema_ids": [facts], "how": "save"})
    assert draft(persona).config["citation_schema_ids"] == [facts]
    versions.promote(persona)
    data = controls(client.get(url("persona", persona)))
    assert data["citation_schema_ids"] == [facts]
    client.post(url("persona-edit", persona), {**data, "citation_schema_ids": [], "how": "save"})
    assert draft(persona).config.get("citation_schema_ids", []) == []


def test_the_boxes_count_only_while_the_switch_is_on(signed_in, persona):
    client = signed_in("editor")
    seen = controls(client.get(url("persona", persona)))
    client.post(url("persona-edit", persona), {**seen, "disclose": "on", "disclosures": ["ai", "recording"]})
    assert draft(persona).disclosures == ["ai", "recording"]
    seen = controls(client.get(url("persona", persona)))
    del seen["disclose"]
    client.post(url("persona-edit", persona), seen)
    assert draft(persona).disclosures == []


# Routes ----------------------------------------------------------------------------------------------------------------
def route(pathway, **changes) -> dict[str, object]:
    given = {
        "name": "moves",
        "prompt": "They want to move it",
        "pathway_id": str(pathway.uid),
        "pathway_version": "production",
        "start_node_id": "a",
    }
    return {f"route-{key}": value for key, value in {**given, **changes}.items()}


def test_a_route_is_kept_and_shown_with_the_steps_of_its_pathway(signed_in, persona, pathway):
    client = signed_in("editor")
    seen = controls(client.get(url("persona", persona)))
    assert client.post(url("persona-edit", persona), {**seen, **route(pathway)}).status_code == 303
    kept = {
        "name": "moves",
        "prompt": "They want to move it",
        "pathway_id": str(pathway.uid),
        "pathway_version": "production",
        "start_node_id": "a",
    }
    assert draft(persona).routes == [kept]
    page = client.get(url("persona", persona))
    assert '<option value="a" selected>Hello</option>' in page.content.decode()
    assert page.context["page"].difference.sentences == ["Goes over to “Reminder” when: They want to move it."]
    seen = controls(page)
    client.post(url("persona-edit", persona), {**seen, **route(pathway, name="", prompt="", pathway_id="", start_node_id="")})
    assert draft(persona).routes == []


def test_a_row_is_added_and_its_steps_are_drawn_without_saving(signed_in, persona, pathway):
    client = signed_in("editor")
    seen = controls(client.get(url("persona", persona)))
    part = client.post(url("persona-edit", persona), {**seen, "how": "route"}, headers=HTMX).content.decode()
    assert part.count("<legend") == 1 and part.lstrip().startswith('<section class="card" id="routes"')
    part = client.post(
        url("persona-edit", persona), {**seen, **route(pathway, start_node_id=""), "how": "look"}, headers=HTMX
    ).content.decode()
    assert '<option value="a">Hello</option>' in part
    assert draft(persona).routes == []


def test_a_route_without_its_words_is_refused(signed_in, persona, pathway):
    client = signed_in("editor")
    seen = controls(client.get(url("persona", persona)))
    answer = client.post(url("persona-edit", persona), {**seen, **route(pathway, prompt="")})
    assert answer.status_code == 422
    assert "needs a prompt" in answer.content.decode()


# History ---------------------------------------------------------------------------------------------------------------
def test_any_two_versions_are_compared(signed_in, persona):
    versions.edit(persona, Content({"task": TASK, "record": True}), revision=1)
    versions.promote(persona)
    versions.edit(persona, Content({"task": TASK, "record": True, "voice": "Paige"}), revision=2)
    client = signed_in("viewer")
    shown = client.get(url("persona-history", persona)).context["page"]
    assert [(v.number, v.state) for v in shown.versions] == [(3, "production"), (2, "draft"), (1, "archived")]
    assert (shown.old.number, shown.new.number, shown.difference.sentences) == (1, 3, ["Will record the call."])
    part = client.get(url("persona-history", persona) + "?old=3&new=2", headers=HTMX)
    assert part.context["page"].difference.sentences == ["Speaks with the voice Paige (was June)."]
    assert part.content.decode().lstrip().startswith('<section class="card" id="compared"')
    odd = client.get(url("persona-history", persona) + "?old=x&new=99").context["page"]
    assert (odd.old.number, odd.new.number) == (1, 3)


def test_the_history_costs_the_same_for_any_number(signed_in, persona, django_assert_max_num_queries):
    client = signed_in("viewer")
    for _ in range(6):
        versions.promote(persona)
    with django_assert_max_num_queries(9):
        client.get(url("persona-history", persona))


def test_the_page_of_one_costs_the_same_for_any_number_of_routes(signed_in, persona, pathway, django_assert_max_num_queries):
    kept = {"name": "", "prompt": "x", "pathway_id": str(pathway.uid), "pathway_version": "production", "start_node_id": None}
    versions.edit(persona, Content({"task": TASK}, "", [{**kept, "name": str(n)} for n in range(10)]), revision=1)
    client = signed_in("editor")
    with django_assert_max_num_queries(13):
        client.get(url("persona", persona))
