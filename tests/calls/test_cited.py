"""The Facts panel of the Call page: each value with its proof, "not said" otherwise, issues in words, and it comes by itself."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from calls import lifecycle, live
from calls.cited import cited, shown
from calls.models import Call, Citation, CitationIssue, CitedLine
from calls.states import State
from personas import citation_schemas
from personas.citation_schemas import Content
from personas.citations import read
from tests import factories

pytestmark = pytest.mark.django_db
VARIABLES = [{"name": name, "description": name, "type": "string"} for name in ("visit_day", "insurer", "dogs")]


@pytest.fixture
def call(account) -> Call:
    at = now()
    fields = {"state": State.COMPLETE, "status": "completed", "started_at": at, "ended_at": at, "outcome_at": at}
    call = factories.call(account, facts_state="done", disposition_tag="COMPLETED_ACTION", **fields)
    lifecycle.say(call.pk, "assistant", "Which day suits you?", 0, 900)
    lifecycle.say(call.pk, "user", "Thursday <b>would</b> be good.", 62_000, 63_000)
    return call


def found(call: Call, name: str = "Visits", **values) -> None:
    groupings = [{"name": "About the visit", "variables": ["visit_day"]}]
    schema = citation_schemas.create(call.account, Content(name, "", read({"variables": VARIABLES, "groupings": groupings})))
    line = call.utterances.get(seq=2)
    for variable in VARIABLES:
        value = values.get(variable["name"])
        more = {"revision": 1, "called_at": call.created_at, "type": "string"}
        row = Citation.objects.create(call=call, schema=schema, name=variable["name"], value=value, **more)
        if value is not None:
            CitedLine.objects.create(citation=row, utterance=line, start=0, end=len(line.text))
    CitationIssue.objects.create(call=call, schema=schema, severity="low", type="Late", variable="dogs", called_at=call.created_at)
    CitationIssue.objects.create(
        call=call, schema=schema, severity="high", type="", detail="Ask again.", variable="dogs", called_at=call.created_at
    )


def page_of(call: Call, client) -> str:
    answer = client.get(f"/calls/{call.uid}")
    assert answer.status_code == 200
    return answer.content.decode()


def test_values_with_proof_groups_and_issues(call, signed_in):
    found(call, visit_day="Thursday", insurer="Blue Shield")
    html = page_of(call, signed_in("viewer"))
    panel = html[html.index('id="call-cited"') : html.index('id="call-facts"')]
    assert "2 of 3 said" in panel
    assert '<dt>Visit day</dt><dd><b>Thursday</b><a class="proof" href="#line-2">' in panel
    assert "<q>Thursday &lt;b&gt;would&lt;/b&gt; be good.</q>" in panel and "1:02" in panel
    assert '<dt>Dogs</dt><dd><span class="notsaid">not said</span></dd>' in panel
    assert panel.index("About the visit") < panel.index("Visit day") < panel.index("Other facts") < panel.index("Insurer")
    assert panel.index("Dogs needs a look") < panel.index(">High<") < panel.index("Ask again.") < panel.index("Late")


def test_somebody_s_own_words_stand_there_once(call, signed_in):
    found(call, visit_day="Thursday <b>would</b> be good", insurer="jo@example.com", dogs="two")
    panel = page_of(call, signed_in("viewer"))
    assert '<dt>Visit day</dt><dd><a class="proof"' in panel and "3 of 3 said" in panel
    assert "<b>jo@example.com</b>" in panel and "<b>Two</b>" in panel


@pytest.mark.parametrize(
    ("state", "words"), [("due", "Reading the facts…"), ("failed", "The facts could not be read."), ("", ""), ("done", "Facts, with proof")]
)
def test_every_state_says_what_is_true(call, signed_in, state, words):
    Call.objects.filter(pk=call.pk).update(facts_state=state)
    html = page_of(call, signed_in("viewer"))
    assert words in html and ("Facts, with proof" in html) == bool(state)
    assert (f'src="/ws/calls/{call.uid}"' in html) == (state == "due")


def test_open_pages_receive_it(call):
    look = live.Look(operator=False, editor=False, zone="UTC")
    found(call, visit_day="Thursday")
    assert "Thursday" in live._render_events(call.uid, 0, look)[1]


def test_what_a_backfill_found_is_shown_too_and_analysis_without_quotes(call, signed_in):
    Call.objects.filter(pk=call.pk).update(facts_state="", analysis={"wants_visit": True, "budget": None})
    found(call, visit_day="Thursday")
    panel = page_of(call, signed_in("viewer"))
    assert "Analysis" in panel and "<dt>Wants visit</dt><dd><b>Yes</b></dd>" in panel


def test_it_costs_the_same_for_any_number(call):
    counts = []
    for n in range(2):
        found(call, name=f"Visits {n}", visit_day="Thursday", insurer="Blue Shield")
        with CaptureQueriesContext(connection) as queries:
            assert len(cited(call).groups) == 2 * (n + 1)
        counts.append(len(queries))
    assert counts == [3, 3]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (True, "Yes"),
        (False, "No"),
        (250000, "250,000"),
        (1984, "1984"),
        (7.5, "7.5"),
        (["nuts", "eggs", "milk"], "nuts, eggs and milk"),
        (None, ""),
    ],
)
def test_a_value_in_words(value, words):
    assert shown(value) == words
