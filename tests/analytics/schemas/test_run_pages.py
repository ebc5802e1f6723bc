"""The pages of reading past calls: choosing, a preview with its way on, progress, stopping, what came out."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from analytics.schemas import runs, working
from calls.models import Citation, CitationRun
from config.models import AuditEntry
from tests.analytics.schemas.test_runs import begun, spoken
from tests.analytics.schemas.test_runs import schema as schema  # the fixture

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def editor(signed_in):
    return signed_in("editor")


def at(name, schema, run=None) -> str:
    return reverse(name, args=[schema.uid, run.uid] if run else [schema.uid])


def test_a_trial_leads_to_reading_the_very_same_calls(editor, account, schema):
    spoken(account, callee_name="Jo"), spoken(account, at=timezone.now() - timedelta(days=40), callee_name="Ann")
    since = timezone.localdate() - timedelta(days=7)
    assert "Try it on 20" in editor.get(at("fact-list-past", schema)).content.decode()
    answer = editor.post(at("fact-list-past", schema), {"since": since.isoformat(), "do": "preview"})
    run = CitationRun.objects.get()
    assert answer.status_code == 303 and answer.headers["Location"].startswith(f"{at('fact-run', schema, run)}?since={since}")
    assert run.preview and run.total == 1
    waiting = editor.get(answer.headers["Location"], **HTMX).content.decode()
    assert 'hx-trigger="load delay:2s"' in waiting and "0 of 1" in waiting and "<html" not in waiting

    working.work(run.pk)
    page = editor.get(answer.headers["Location"]).content.decode()
    assert "1 call would change" in page and "not read" in page and "<b>Yes</b>" in page and "hx-trigger" not in page.split('id="run"')[1]
    posted = dict(re.findall(r'<input type="hidden" name="(\w+)" value="(.*?)"', page.split('id="run"')[1]))
    assert posted["since"] == since.isoformat() and "Read 1 call<" in page
    answer = editor.post(at("fact-list-past", schema), {**posted, "do": "run"})
    real = CitationRun.objects.get(preview=False)
    assert answer.headers["Location"] == at("fact-run", schema, real) and real.total == 1
    working.work(real.pk)
    assert Citation.objects.get().call.callee_name == "Jo"
    page = editor.get(at("fact-run", schema, real)).content.decode()
    assert "1 of 1" in page and "100%" in page
    assert "1 call, " in editor.get(at("fact-list", schema)).content.decode()
    assert AuditEntry.objects.get(action="citation_schema.read").detail["calls"] == 1


def test_a_second_trial_finds_nothing_to_change(editor, account, schema):
    spoken(account)
    working.work(begun(schema).pk)
    preview = begun(schema, preview=True)
    working.work(preview.pk)
    page = editor.get(at("fact-run", schema, preview)).content.decode()
    assert "No value would change." in page and "Nothing would change." in page


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"since": "2026-02-02", "until": "2026-02-01"}, "The last day lies before the first."),
        ({"calls": "seven"}, "These are no ids of calls."),
        ({"since": "soon"}, "Enter a valid date."),
        ({"outcome": "INVENTED"}, "Select a valid choice."),
        ({"until": "2020-01-01"}, "No finished call with a conversation is among these."),
    ],
)
def test_what_cannot_be_read_is_refused(editor, account, schema, data, message):
    spoken(account)
    answer = editor.post(at("fact-list-past", schema), {**data, "do": "run"})
    assert answer.status_code == 422 and message in answer.content.decode()
    assert not CitationRun.objects.exists()


def test_a_run_is_stopped(editor, account, schema):
    spoken(account), spoken(account)
    run = begun(schema)
    assert "is being read over 2 calls" in editor.get(at("fact-list-past", schema)).content.decode()
    assert "Wait until that is done" in editor.post(at("fact-list-past", schema), {"do": "run"}).content.decode()
    assert editor.post(at("fact-run-stop", schema, run)).status_code == 303
    run.refresh_from_db()
    assert run.state == "stopped"
    page = editor.get(at("fact-run", schema, run)).content.decode()
    assert "What was read so far stays." in page and "0 of 2" in page


def test_a_run_is_shown_only_with_its_own_list(editor, account, schema, stranger, client):
    spoken(account)
    run = begun(schema)
    other = reverse("fact-run", args=[run.uid, run.uid])
    assert editor.get(other).status_code == 404
    client.force_login(stranger)
    assert client.get(at("fact-run", schema, run)).status_code == 404
    assert client.post(at("fact-run-stop", schema, run)).status_code == 404


def test_the_page_costs_the_same_for_any_number_of_calls(editor, account, schema):
    def cost(preview: bool) -> int:
        run = begun(schema, preview=preview)
        working.work(run.pk)
        with CaptureQueriesContext(connection) as queries:
            editor.get(at("fact-run", schema, run))
        return len(queries)

    assert runs.SAMPLE > 4
    spoken(account), spoken(account)
    once = cost(True), cost(False)
    spoken(account), spoken(account)
    assert (cost(True), cost(False)) == once
