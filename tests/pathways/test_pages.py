"""The pages around pathways: what stands on them, for whom, at what cost; what is posted is done or refused beside the field."""

import json
from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.models import AuditEntry
from pathways import making, queries
from pathways.editing import draft_of, new_draft, save
from pathways.models import Pathway, PathwayFolder, PathwayVersion, Scenario
from pathways.publishing import publish
from tests import factories
from tests.pathways.sixty import sixty_steps
from tests.pathways.test_editing import SMALL
from tests.pathways.test_validation import END, SOUND, START, pathway

LIST = "/pathways/"


@pytest.fixture
def reminder(account) -> Pathway:
    return making.create(account, "Reminder", "Before a visit", graph=SOUND).pathway


@pytest.fixture
def three(reminder):
    """v1 in production, v2 in staging, v3 a draft."""
    publish(draft_of(reminder), "production")
    publish(save(draft_of(reminder), SMALL, revision=1), "staging")
    draft_of(reminder)
    return reminder


def names(answer) -> list[str]:
    return [row.name for row in answer.context["list"].rows]


def of(where: Pathway, tail: str) -> str:
    return f"/pathways/{where.uid}/{tail}"


GET = ["about", "compare", "export", "versions"]
POST = ["delete", "duplicate", "versions/1/delete", "versions/1/draft"]


class TestWhoMay:
    """Foreign and unknown → 404, too weak → 403, the wrong method → 405; that it works stands below."""

    @pytest.mark.parametrize("tail", GET + POST)
    def test_a_stranger_finds_nothing(self, client, stranger, reminder, tail):
        client.force_login(stranger)
        answer = client.post(of(reminder, tail), {"name": "Stolen"}) if tail in POST else client.get(of(reminder, tail))
        assert answer.status_code == 404
        reminder.refresh_from_db()
        assert (reminder.name, reminder.deleted_at, PathwayVersion.objects.count(), Pathway.objects.count()) == ("Reminder", None, 1, 1)

    @pytest.mark.parametrize("tail", ["about", *POST])
    @pytest.mark.parametrize("role", ["viewer", "operator"])
    def test_who_only_reads_changes_nothing(self, signed_in, reminder, tail, role):
        assert signed_in(role).post(of(reminder, tail), {"name": "Mine"}).status_code == 403
        reminder.refresh_from_db()
        assert (reminder.name, Pathway.objects.count()) == ("Reminder", 1)

    @pytest.mark.parametrize("tail", ["compare", "export", "versions"])
    def test_reading_pages_take_no_post(self, signed_in, reminder, tail):
        assert signed_in("admin").post(of(reminder, tail)).status_code == 405

    @pytest.mark.parametrize("tail", POST)
    def test_deeds_take_no_get(self, signed_in, reminder, tail):
        assert signed_in("admin").get(of(reminder, tail)).status_code == 405
        assert Pathway.objects.count() == 1

    @pytest.mark.parametrize("tail", [*GET, "versions/9/draft"])
    def test_ids_that_are_not_there(self, signed_in, reminder, tail):
        client = signed_in("admin")
        assert client.get(f"/pathways/{uuid4()}/{tail}").status_code in (404, 405)
        assert client.post(of(reminder, "versions/9/draft")).status_code == 404
        making.delete(reminder)
        assert client.get(of(reminder, "versions")).status_code == 404


class TestList:
    def test_what_stands_where(self, signed_in, three):
        (row,) = signed_in("viewer").get(LIST).context["list"].rows
        assert (row.production, row.staging, row.draft) == (1, 2, 3)
        assert (row.counts.steps, row.counts.errors, row.description) == (3, 0, "Before a visit")
        page = signed_in("editor").get(LIST).content.decode()
        assert "Version 1, production" in page and "Version 2, staging" in page and "Draft of version 3" in page

    def test_problems_are_counted(self, signed_in, account):
        making.create(account, "Broken", graph=pathway(START, END))
        page = signed_in("viewer").get(LIST)
        assert page.context["list"].rows[0].counts.errors == 1
        assert "1 to put right" in page.content.decode()

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ("", ["Three", "Two", "One"]),
            ("q=tw", ["Two"]),
            ("q=yearly", ["One"]),
            ("q=nobody", []),
            ("folder={folder}", ["Two"]),
            ("folder=none", ["Three", "One"]),
            ("folder=rubbish", ["Three", "Two", "One"]),
            ("state=production", ["One"]),
            ("state=staging", ["Two"]),
            ("state=draft", ["Three", "Two"]),
            ("state=rubbish", ["Three", "Two", "One"]),
            ("state=draft&q=three", ["Three"]),
        ],
    )
    def test_filters(self, signed_in, account, query, found):
        folder = making.make_folder(account, "Dental")
        one, two, three = (making.create(account, name, graph=SMALL) for name in ("One", "Two", "Three"))
        making.describe(one.pathway, description="Yearly")
        making.shelve(two.pathway, folder)
        publish(one, "production")
        publish(two, "staging")
        draft_of(two.pathway)
        for each in (one, two, three):
            making.describe(each.pathway, name=each.pathway.name)
        assert names(signed_in("viewer").get(f"{LIST}?{query.format(folder=folder.uid)}")) == found

    def test_pages_hold_each_once(self, signed_in, account):
        for n in range(30):
            making.create(account, f"P{n}")
        client = signed_in("viewer")
        first, second = (names(client.get(f"{LIST}?page={n}")) for n in (1, 2))
        assert (len(first), len(second), len({*first, *second})) == (25, 5, 30)

    def test_the_number_of_queries_does_not_grow(self, signed_in, account):
        def cost(client):
            queries._counted.clear()
            with CaptureQueriesContext(connection) as found:
                client.get(LIST)
            return len(found)

        client = signed_in("viewer")
        for n in range(4):
            publish(making.create(account, f"P{n}", graph=SMALL, folder=making.make_folder(account, f"F{n}")), "production")
        first = cost(client)
        for n in range(4):
            save(draft_of(publish(making.create(account, f"Q{n}", graph=SMALL), "staging").pathway), SOUND, revision=1)
        assert cost(client) == first <= 9

    def test_words_for_an_empty_list(self, signed_in, account):
        client = signed_in("viewer")
        page = client.get(LIST).content.decode()
        assert "No pathways yet" in page and "Make the first pathway" not in page
        making.create(account, "Reminder")
        assert "No pathway matches all of this" in client.get(f"{LIST}?q=zzz").content.decode()
        assert "New pathway" in signed_in("editor").get(LIST).content.decode()

    def test_htmx_gets_the_list_alone(self, signed_in, reminder):
        client = signed_in("viewer")
        part = client.get(LIST, headers={"hx-request": "true"}).content.decode()
        assert part.startswith("<section") and "<html" not in part
        assert part in client.get(LIST).content.decode()

    def test_nothing_of_another_office(self, signed_in, account):
        making.create(factories.account("Strangers Ltd"), "Theirs")
        assert names(signed_in("admin").get(LIST)) == []


class TestNew:
    def test_from_nothing(self, signed_in, account):
        client = signed_in("editor")
        assert client.get("/pathways/new").status_code == 200
        answer = client.post("/pathways/new", {"start": "nothing", "name": "Reminder"})
        made = Pathway.objects.get()
        assert (answer.status_code, made.name, len(made.versions.get().graph["nodes"])) == (303, "Reminder", 1)
        assert str(made.uid) in answer.headers["Location"]

    def test_from_a_starter(self, signed_in, account):
        signed_in("editor").post("/pathways/new", {"start": "first_steps", "name": ""})
        made = Pathway.objects.get()
        assert (made.name, len(made.versions.get().graph["nodes"])) == ("Confirm a visit", 4)

    @pytest.mark.parametrize("posted", [{"start": "nothing"}, {"start": "unheard"}, {"start": "nothing", "name": "x" * 121}, {}])
    def test_refused_beside_the_field(self, signed_in, account, posted):
        answer = signed_in("editor").post("/pathways/new", posted)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.content.decode()
        assert not Pathway.objects.exists()

    def test_viewers_make_none(self, signed_in):
        for path in ("/pathways/new", "/pathways/import", "/pathways/folders"):
            assert signed_in("operator").post(path, {"start": "nothing", "name": "X"}).status_code == 403


class TestImportAndExport:
    def test_pasted_with_its_problems_shown_and_nothing_lost(self, signed_in, account):
        sent = {"name": "Taken over", **sixty_steps()}
        answer = signed_in("editor").post("/pathways/import", {"text": json.dumps(sent)}, follow=True)
        page = answer.content.decode()
        assert PathwayVersion.objects.get().graph == sixty_steps()
        assert "“Taken over” is brought in, with all of its 61 entries." in page
        assert "which Parley cannot run. It is kept as it is." in page

    def test_a_file_goes_before_the_text(self, signed_in, account):
        file = SimpleUploadedFile("pathway.json", b"\xef\xbb\xbf" + json.dumps(SOUND).encode())
        signed_in("editor").post("/pathways/import", {"file": file, "text": "{", "name": "From a file"})
        assert (Pathway.objects.get().name, PathwayVersion.objects.get().graph) == ("From a file", SOUND)

    @pytest.mark.parametrize(
        ("posted", "words"),
        [
            ({"text": ""}, "Choose a file or paste the JSON."),
            ({"text": '{"nodes": [\n  oops'}, "something is wrong in line 2, column 3."),
            ({"text": "[]"}, "There is no list of nodes in it."),
            ({"text": '{"nodes": [NaN]}'}, "This is not JSON that can be read."),
            ({"text": '{"nodes": [], "edges": {}}'}, "two lists, nodes and edges"),
            ({"text": '{"nodes": ["\\u0000"]}'}, "holds a NUL character"),
            ({"text": '{"nodes": ' + "[" * 100 + "]" * 100 + "}"}, "is nested too deeply"),
            ({"file": b"\xff\xfe"}, "is not a text in UTF-8."),
            ({"file": b" " * 2_000_001}, "larger than 2 MB"),
        ],
    )
    def test_what_is_no_pathway_is_refused_in_words(self, signed_in, account, posted, words):
        if "file" in posted:
            posted = {"file": SimpleUploadedFile("x.json", posted["file"])}
        answer = signed_in("editor").post("/pathways/import", posted)
        assert answer.status_code == 422
        assert words in answer.content.decode()
        assert not Pathway.objects.exists()

    def test_what_was_exported_can_be_imported_again(self, signed_in, reminder):
        save(draft_of(reminder), sixty_steps(), revision=1)
        client = signed_in("editor")
        answer = client.get(of(reminder, "export"))
        assert answer.headers["Content-Disposition"] == 'attachment; filename="reminder-v1.json"'
        client.post("/pathways/import", {"text": answer.content.decode()})
        again = Pathway.objects.exclude(pk=reminder.pk).get()
        assert (again.name, again.description, again.versions.get().graph) == ("Reminder (copy)", "Before a visit", sixty_steps())

    @pytest.mark.parametrize(("number", "graph"), [("1", SOUND), ("2", SMALL)])
    def test_exporting_a_version(self, signed_in, three, number, graph):
        got = json.loads(signed_in("editor").get(of(three, f"export?version={number}")).content)
        assert (got["nodes"], got["edges"]) == (graph["nodes"], graph["edges"])


class TestTheWhole:
    def test_naming_and_shelving(self, signed_in, reminder):
        folder = making.make_folder(reminder.account, "Dental")
        client = signed_in("editor")
        assert client.get(of(reminder, "about")).status_code == 200
        client.post(of(reminder, "about"), {"name": "Recall", "description": "Yearly", "folder": str(folder.uid)})
        reminder.refresh_from_db()
        assert (reminder.name, reminder.description, reminder.folder) == ("Recall", "Yearly", folder)
        client.post(of(reminder, "about"), {"name": "Recall", "description": "", "folder": ""})
        reminder.refresh_from_db()
        assert (reminder.description, reminder.folder) == ("", None)

    @pytest.mark.parametrize("posted", [{"name": ""}, {"name": "x" * 121}, {"name": "a\x00b"}, {"name": "Recall", "folder": str(uuid4())}])
    def test_refused_beside_the_field(self, signed_in, reminder, posted):
        assert signed_in("editor").post(of(reminder, "about"), posted).status_code == 422
        reminder.refresh_from_db()
        assert reminder.name == "Reminder"

    def test_duplicating(self, signed_in, reminder):
        signed_in("editor").post(of(reminder, "duplicate"))
        assert [p.name for p in Pathway.objects.order_by("pk")] == ["Reminder", "Reminder (copy)"]

    def test_deleting(self, signed_in, reminder):
        client = signed_in("editor")
        assert client.post(of(reminder, "delete")).status_code == 303
        assert names(client.get(LIST)) == []
        assert AuditEntry.objects.get().action == "pathway.deleted"

    def test_folders(self, signed_in, reminder):
        client = signed_in("editor")
        answer = client.post("/pathways/folders", {"name": "Dental"})
        folder = PathwayFolder.objects.get()
        assert answer.headers["Location"] == f"/pathways/?folder={folder.uid}"
        making.shelve(reminder, folder)
        assert "Delete the folder “Dental”" in client.get(f"/pathways/?folder={folder.uid}").content.decode()
        client.post(f"/pathways/folders/{folder.uid}/delete")
        reminder.refresh_from_db()
        assert reminder.folder is None and reminder.deleted_at is None
        client.post("/pathways/folders", {"name": " "})
        assert not PathwayFolder.objects.exists()

    def test_the_folder_of_another_office(self, signed_in, account):
        folder = making.make_folder(factories.account("Strangers Ltd"), "Theirs")
        assert signed_in("admin").post(f"/pathways/folders/{folder.uid}/delete").status_code == 404
        assert PathwayFolder.objects.exists()


class TestVersions:
    def test_who_when_what_in_words(self, signed_in, three, member):
        page = signed_in("viewer").get(of(three, "versions"))
        rows = page.context["versions"].rows
        assert [(r.label, r.source, r.production, r.staging) for r in rows] == [
            ("Draft of version 3", 1, False, False),
            ("Version 2", 1, False, True),
            ("Version 1", None, True, False),
        ]
        assert list(rows[0].said) == []
        assert "Step “Ask” is gone." in rows[1].said
        text = page.content.decode()
        assert "The same steps and words as version 1." in text and "The first version." in text
        assert "Publish to" not in text and "<dialog" not in text, "a viewer is offered no deed"

    def test_a_dialog_for_every_place_it_is_not_in(self, signed_in, three):
        Scenario.objects.create(pathway=three, name="Says yes", required=True)
        page = signed_in("editor").get(of(three, "versions"))
        found = {(d.number, d.environment, d.draft, d.back) for d in page.context["versions"].dialogs}
        assert found == {
            *((3, "staging", True, False), (3, "production", True, False)),
            *((2, "production", False, False), (1, "staging", False, True)),
        }
        text = page.content.decode()
        assert "New calls go along version 3 instead of version 1." in text
        assert "1 required rehearsal is run on it first." in text

    def test_problems_stand_beside_with_their_steps(self, signed_in, reminder):
        save(draft_of(reminder), pathway(START, END), revision=1)
        page = signed_in("viewer").get(of(reminder, "versions"))
        assert page.context["versions"].errors == 1
        text = page.content.decode()
        assert "?step=1" in text and "is a dead end" in text
        offered = signed_in("editor").get(of(reminder, "versions")).content.decode()
        assert "1 problem to put right before it can be published" in offered and "Publish to" not in offered.split("</main>")[0]

    def test_going_on_from_an_earlier_one(self, signed_in, three):
        assert signed_in("editor").post(of(three, "versions/2/draft")).status_code == 303
        draft = PathwayVersion.objects.get(number=4)
        assert (draft.graph, draft.source_number, draft.frozen) == (SMALL, 2, False)

    def test_a_draft_is_deleted_a_published_one_stays(self, signed_in, three):
        client = signed_in("editor")
        client.post(of(three, "versions/3/delete"))
        page = client.post(of(three, "versions/1/delete"), follow=True).content.decode()
        assert "Version 1 was published in the meantime, so it stays." in page
        assert [v.number for v in PathwayVersion.objects.order_by("number")] == [1, 2]

    def test_the_number_of_queries_does_not_grow(self, signed_in, reminder):
        def cost():
            with CaptureQueriesContext(connection) as found:
                client.get(of(reminder, "versions"))
            return len(found)

        client = signed_in("editor")
        for _ in range(4):
            new_draft(reminder, source=PathwayVersion.objects.get(number=1))
        first = cost()
        for _ in range(4):
            new_draft(reminder, source=PathwayVersion.objects.get(number=1))
        assert cost() == first <= 10

    def test_pages_of_versions(self, signed_in, reminder):
        for _ in range(24):
            new_draft(reminder, source=PathwayVersion.objects.get(number=1))
        client = signed_in("viewer")
        first, second = (client.get(of(reminder, f"versions?page={n}")).context["versions"].rows for n in (1, 2))
        assert [row.number for row in [*first, *second]] == list(range(25, 0, -1))
        assert first[0].source == 1 and not first[0].first


class TestCompare:
    def test_in_words_and_on_the_steps(self, signed_in, three):
        page = signed_in("viewer").get(of(three, "compare?old=1&new=2"))
        compare = page.context["compare"]
        assert "Step “Ask” is gone." in compare.difference.sentences
        assert compare.marked == {"added": 0, "changed": 0, "removed": 1}
        text = page.content.decode()
        assert 'data-removed=""' in text and "Step “Ask” is gone." in text
        assert "style=" not in text

    def test_without_numbers_the_draft_against_production(self, signed_in, three):
        compare = signed_in("viewer").get(of(three, "compare")).context["compare"]
        assert (compare.old.number, compare.new.number) == (1, 3)
        assert "have the same steps and words." in signed_in("viewer").get(of(three, "compare")).content.decode()

    def test_any_two_in_any_order(self, signed_in, three):
        compare = signed_in("viewer").get(of(three, "compare?old=2&new=1")).context["compare"]
        assert compare.marked["added"] == 1

    @pytest.mark.parametrize("query", ["old=9&new=1", "new=77"])
    def test_a_number_that_is_not_there(self, signed_in, three, query):
        assert signed_in("viewer").get(of(three, f"compare?{query}")).status_code == 404

    def test_htmx_gets_the_part(self, signed_in, three):
        part = signed_in("viewer").get(of(three, "compare?old=1&new=2"), headers={"hx-request": "true"}).content.decode()
        assert part.startswith('<div class="stack-lg" id="compare-box">')
