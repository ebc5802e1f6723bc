"""The pages of guard rails: library, form with its try, attaching, backtest, history, panel, and the card on the call page."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from calls import backtest, lifecycle, rail_queries
from calls.agent.rails.shape import watched
from calls.lifecycle import Event
from calls.models import GuardRailTrip
from calls.states import State
from config.models import AuditEntry
from pathways.models import Pathway, PathwayVersion
from personas import rails
from personas.models import GuardRail, Persona
from personas.rails import Attached, Content
from tests import factories

pytestmark = pytest.mark.django_db
HTMX = {"HTTP_HX_REQUEST": "true"}
END = [{"type": "end_call", "config": {}}]
PROMISE = "We will refund the whole amount."
REFUNDS = Content("No promises", prompt="The agent promises a refund", examples=["I promise you a refund.", PROMISE])
FORM = {"type": "custom", "name": "No promises", "prompt": REFUNDS.prompt, "examples": "\r\n".join(REFUNDS.examples), "near_misses": ""}


@pytest.fixture
def editor(signed_in):
    return signed_in("editor")


@pytest.fixture
def persona(account):
    return Persona.objects.create(account=account, name="June")


@pytest.fixture
def pathway(account):
    made = Pathway.objects.create(account=account, name="Reminder")
    graph = {"nodes": [{"id": "sorry", "type": "Default", "data": {"name": "Say sorry", "isStart": True}}], "edges": []}
    made.production = PathwayVersion.objects.create(pathway=made, number=1, graph=graph, published_at=timezone.now())
    made.save()
    return made


@pytest.fixture
def rail(account):
    return rails.create(account, "custom", REFUNDS)


def at(name: str, *args) -> str:
    return reverse(name, args=args)


def tripped(rail: GuardRail, days_ago: float = 0, **more) -> GuardRailTrip:
    call = factories.call(rail.account, callee_name="Jo Miller", rails=[{"id": str(rail.uid), "type": rail.type, "name": rail.name}])
    seq = lifecycle.say(call.pk, "user", "Hm.", 0, 500)
    values = {"quote": PROMISE, "speaker": "assistant", "spoken": False, "acted": True, "action": END[0], "at_ms": 12_000, "why": "Close."}
    values |= {"type": rail.type, "name": rail.name, "seq": seq, "at": timezone.now() - timedelta(days=days_ago), **more}
    return GuardRailTrip.objects.create(call=call, account=rail.account, guard_rail=rail, **values)


# the library ---------------------------------------------------------------------------------------------------------
def test_an_empty_library_says_what_it_is_for(editor):
    page = editor.get(at("guard-rails")).content.decode()
    assert "No guard rails yet" in page
    assert "Nothing tripped in the last 30 days." in page


def test_the_library_tells_what_watches_where_and_how_often_it_tripped(editor, account, rail, persona):
    rails.attach(rail, Attached("PERSONA", persona.uid, END))
    for days in (0, 6.9, 8, 29, 31):
        tripped(rail, days)
    row = rail_queries.library(account, rails.library(account))[0]
    assert (row.week, row.month, [place.source.name for place in row.places]) == (2, 4, ["June"])
    page = editor.get(at("guard-rails")).content.decode()
    assert "No promises" in page and "June" in page and PROMISE in page
    assert f'href="{at("call", GuardRailTrip.objects.first().call.uid)}#line-' in page


def test_the_library_costs_the_same_for_any_number(editor, account, persona, pathway, settings, django_assert_num_queries):
    settings.CUSTOM_GUARD_RAILS = 100
    counted = []
    for count in (30, 60):
        while GuardRail.objects.count() < count:
            made = rails.create(account, "custom", REFUNDS, [Attached("PERSONA", persona.uid, END), Attached("PATHWAY", pathway.uid, END)])
            tripped(made)
        editor.get(at("guard-rails"))
        with django_assert_num_queries(11 if not counted else counted[0]) as queries:
            editor.get(at("guard-rails"))
        counted.append(len(queries))
    assert counted[0] == counted[1]


def test_the_library_comes_in_pages(editor, account, settings):
    settings.CUSTOM_GUARD_RAILS = 100
    for n in range(27):
        rails.create(account, "custom", replace(REFUNDS, name=f"Rail {n:02}"))
    first, second = (editor.get(at("guard-rails") + query).content.decode() for query in ("", "?page=2"))
    assert "1 to 25 of 27" in first and "Rail 26" in first and "Rail 01" not in first
    assert "Rail 01" in second and "Rail 00" in second and "Rail 02" not in second


def test_the_chart_draws_thirty_days(account, rail):
    for days in (0, 0, 3):
        tripped(rail, days)
    chart = rail_queries.chart(account)
    assert (len(chart.bars), chart.total, chart.most) == (30, 3, 2)
    assert [bar.count for bar in chart.days] == [2, 1]
    assert chart.bars[-1].height > chart.bars[-4].height > 0


def test_a_strangers_rails_and_trips_are_not_there(client, stranger, rail):
    tripped(rail)
    client.force_login(stranger)
    assert "No promises" not in client.get(at("guard-rails")).content.decode()
    assert "No promises" not in client.get(at("guard-rail-trips")).content.decode()
    for name in ("guard-rail", "guard-rail-edit", "guard-rail-backtest"):
        assert client.get(at(name, rail.uid)).status_code == 404
    for name in ("guard-rail-delete", "guard-rail-switch", "guard-rail-attach"):
        assert client.post(at(name, rail.uid)).status_code == 404
    rail.refresh_from_db()
    assert rail.enabled and rail.deleted_at is None


# making and trying ---------------------------------------------------------------------------------------------------
def test_a_rail_is_made_in_two_steps(editor):
    assert "A rule of your own" in editor.get(at("guard-rail-new")).content.decode()
    assert "What must not happen" in editor.get(at("guard-rail-new") + "?type=custom").content.decode()
    answer = editor.post(at("guard-rail-new"), FORM)
    made = GuardRail.objects.get()
    assert answer.headers["Location"] == at("guard-rail", made.uid)
    assert (made.name, made.prompt, made.examples) == (REFUNDS.name, REFUNDS.prompt, REFUNDS.examples)
    assert AuditEntry.objects.get(action="guard_rail.made").user is not None


@pytest.mark.parametrize(("kind", "seconds", "shown"), [("tcpa:ai_disclosure", "12.5", True), ("tcpa:opt_out", "", False)])
def test_a_form_has_what_its_type_has(editor, kind, seconds, shown):
    page = editor.get(f"{at('guard-rail-new')}?type={kind}").content.decode()
    assert ("end_seconds" in page, "What must not happen" in page) == (shown, False)
    editor.post(at("guard-rail-new"), {"type": kind, "name": "Mine", **({"end_seconds": seconds} if shown else {})})
    assert GuardRail.objects.get().config == ({"end_seconds": 12.5} if shown else {})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"prompt": ""}, "This field is required."),
        ({"examples": "x" * 20_001}, ""),
        ({"type": "tcpa:ai_disclosure", "end_seconds": "-3"}, "end_seconds must be greater than 0."),
    ],
)
def test_what_is_wrong_stands_in_the_form(editor, change, message):
    answer = editor.post(at("guard-rail-new"), {**FORM, **change})
    if message:
        assert answer.status_code == 422
        assert message in answer.content.decode()
        assert not GuardRail.objects.exists()
    else:  # a line is cut to what an example may have
        assert len(GuardRail.objects.get().examples[0]) == 300


def test_the_sixth_custom_one_is_refused_with_the_reason(editor, account):
    for _ in range(5):
        rails.create(account, "custom", REFUNDS)
    answer = editor.post(at("guard-rail-new"), FORM)
    assert answer.status_code == 422
    assert "At most 5 custom guard rails can be added" in answer.content.decode()


@pytest.mark.parametrize(
    ("kind", "sentence", "trips"),
    [
        ("custom", "I promise you your money back, a full refund.", True),
        ("custom", "I can't promise you a refund.", False),
        ("tcpa:opt_out", "Before you go, may I ask why?", True),
        ("tcpa:opt_out", "I have removed your number. Goodbye.", False),
        ("tcpa:ai_disclosure", "Hello, this is Anna.", True),
        ("tcpa:ai_disclosure", "I'm an automated assistant.", False),
    ],
)
def test_a_sentence_is_tried_before_anything_is_saved(editor, kind, sentence, trips):
    body = {**FORM, "type": kind, "end_seconds": "30", "how": "try", "sentence": sentence}
    part = editor.post(at("guard-rail-new"), body, **HTMX).content.decode()
    assert f'data-trips="{"yes" if trips else "no"}"' in part
    assert "<html" not in part
    whole = editor.post(at("guard-rail-new"), body).content.decode()  # without JavaScript
    assert "<html" in whole and sentence.replace("'", "&#x27;") in whole
    assert not GuardRail.objects.exists()


def test_a_rail_is_changed_switched_and_deleted(editor, rail):
    body = {"name": "Other", "prompt": "The agent sings", "examples": "", "near_misses": "", "description": "For fun"}
    assert editor.post(at("guard-rail-edit", rail.uid), body).status_code == 303
    rail.refresh_from_db()
    assert (rail.name, rail.prompt, rail.examples) == ("Other", "The agent sings", [])
    editor.post(at("guard-rail-switch", rail.uid), {"on": "0"})
    assert not GuardRail.objects.get(pk=rail.pk).enabled
    editor.post(at("guard-rail-delete", rail.uid))
    assert editor.get(at("guard-rail", rail.uid)).status_code == 404


# where it watches ----------------------------------------------------------------------------------------------------
def test_a_rail_is_attached_with_an_action_of_its_own_for_each(editor, rail, persona, pathway):
    there = at("guard-rail-attach", rail.uid)
    editor.post(there, {"source": f"PERSONA:{persona.uid}", "action": "transfer", "phone_number": "+1 415 555 0100"})
    editor.post(there, {"source": f"PATHWAY:{pathway.uid}", "action": "move_to_node", "node_id": "sorry"})
    actions = {a.source_type: a.actions for a in rail.attachments.all()}
    assert actions == {
        "PERSONA": [{"type": "transfer", "config": {"phone_number": "+14155550100"}}],
        "PATHWAY": [{"type": "move_to_node", "config": {"node_id": "sorry"}}],
    }
    page = editor.get(at("guard-rail", rail.uid)).content.decode()
    assert "Hand over to +14155550100" in page
    editor.post(there, {"source": f"PERSONA:{persona.uid}", "action": "end_call"})  # again: changes what it does there
    assert rail.attachments.count() == 2
    editor.post(at("guard-rail-detach", rail.uid, rail.attachments.first().pk))
    assert rail.attachments.count() == 1


def test_steps_are_offered_once_a_pathway_is_chosen(editor, rail, persona, pathway):
    one = at("guard-rail", rail.uid)
    assert "Say sorry" not in editor.get(one).content.decode()
    assert "Say sorry" not in editor.get(f"{one}?source=PERSONA:{persona.uid}", **HTMX).content.decode()
    part = editor.get(f"{one}?source=PATHWAY:{pathway.uid}", **HTMX).content.decode()
    assert "Say sorry" in part and "<html" not in part


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"action": "transfer"}, "Write the number to hand over to"),
        ({"action": "move_to_node"}, "Choose the step to go to."),
        ({"action": "move_to_node", "node_id": "elsewhere"}, "not one of the available choices"),
        ({"source": ""}, "This field is required."),
        ({"source": "PERSONA:00000000-0000-0000-0000-000000000000"}, "not one of the available choices"),
    ],
)
def test_what_is_wrong_with_an_attachment_is_told(editor, rail, pathway, change, message):
    answer = editor.post(at("guard-rail-attach", rail.uid), {"source": f"PATHWAY:{pathway.uid}", "action": "end_call", **change})
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert not rail.attachments.exists()


def test_the_panel_of_a_persona(editor, account, rail, persona, pathway):
    rails.attach(rail, Attached("PERSONA", persona.uid, END))
    shown = editor.get(at("guard-rails-attached", "PERSONA", persona.uid)).content.decode()
    assert "No promises" in shown and "End the call" in shown and "<html" not in shown
    assert "No guard rail of the library" in editor.get(at("guard-rails-attached", "PATHWAY", pathway.uid)).content.decode()
    for kind, uid in (("INBOUND", persona.uid), ("PERSONA", pathway.uid), ("ROOM", persona.uid)):
        assert editor.get(at("guard-rails-attached", kind, uid)).status_code == 404


def test_from_a_persona_to_the_library_and_back(editor, persona, rail):
    shown = editor.get(at("guard-rails-attached", "PERSONA", persona.uid)).content.decode()
    there = f"{at('guard-rails')}?source=PERSONA:{persona.uid}"
    assert f'href="{there}"' in shown
    page = editor.get(there).content.decode()
    assert f'href="/personas/{persona.uid}">Back to June</a>' in page
    assert f'href="{at("guard-rail", rail.uid)}?source=PERSONA:{persona.uid}"' in page
    chosen = editor.get(f"{at('guard-rail', rail.uid)}?source=PERSONA:{persona.uid}").content.decode()
    assert f'<option value="PERSONA:{persona.uid}" selected>' in chosen
    for odd in ("PERSONA:", "x", f"PATHWAY:{persona.uid}", f"ROOM:{persona.uid}"):
        assert "Back to" not in editor.get(f"{at('guard-rails')}?source={odd}").content.decode()


# past calls ----------------------------------------------------------------------------------------------------------
def past(account, *lines: tuple[str, str], **fields) -> None:
    fields = {"state": State.COMPLETE, "answered_by": "human", "ended_at": timezone.now(), "duration_ms": 60_000, **fields}
    call = factories.call(account, callee_name="Jo Miller", **fields)
    for n, (speaker, text) in enumerate(lines):
        lifecycle.say(call.pk, speaker, text, 10_000 * n, 10_000 * n + 3_000)


def of(kind: str, **more):
    return watched([{"type": kind, "name": kind, "actions": [], **more}])[0]


def test_a_backtest_shows_the_words_by_call(editor, account, rail):
    past(account, ("assistant", "Hello."), ("assistant", "Then I promise you a refund."))
    past(account, ("assistant", "Hello."), ("assistant", "I can't promise a refund."))
    past(account, ("assistant", "We will refund the whole amount."), answered_by="voicemail")
    past(account, ("user", "I promise you a refund."))  # the person said it
    part = editor.get(f"{at('guard-rail-backtest', rail.uid)}?calls=50", **HTMX).content.decode()
    assert "On 1 call of 3." in part
    assert "Then I promise you a refund." in part
    assert "#line-2" in part
    assert not GuardRailTrip.objects.exists()


@pytest.mark.parametrize(
    ("rail", "lines", "quote"),
    [
        (of("tcpa:opt_out"), [("user", "Stop calling me."), ("assistant", "One more question?")], "One more question?"),
        (of("tcpa:opt_out"), [("user", "Stop calling me."), ("assistant", "I have noted that. Goodbye.")], None),
        (of("tcpa:ai_disclosure", config={"end_seconds": 5}), [("assistant", "Hi."), ("assistant", "I'm an automated assistant.")], ""),
        (of("tcpa:ai_disclosure", config={"end_seconds": 15}), [("assistant", "Hi."), ("assistant", "I'm an automated assistant.")], None),
        (of("tcpa:ai_disclosure", config={"end_seconds": 90}), [("assistant", "Hi.")], None),  # it was over before
        (of("tcpa:recording_disclosure"), [("assistant", "May I record this?"), ("user", "Sure.")], None),
    ],
)
def test_a_backtest_of_each_type(account, rail, lines, quote):
    past(account, *lines)
    hits = backtest.run(account, rail, 10).hits
    assert [hit.quote for hit in hits] == ([] if quote is None else [quote])


def test_a_long_past_is_looked_at_in_stretches(account):
    for _ in range(5):
        past(account, ("assistant", "Hello."))
    rail = of("tcpa:ai_disclosure", config={"end_seconds": 5})
    first = backtest.run(account, rail, 5, seconds=0)
    assert (first.looked_at, first.left, len(first.hits)) == (1, 4, 1)
    rest = backtest.run(account, rail, first.left, after=first.rest)
    assert (rest.looked_at, rest.left, rest.rest, len(rest.hits)) == (4, 0, None, 4)


def test_a_backtest_costs_two_queries_for_any_number(account, django_assert_num_queries):
    rail = of("tcpa:opt_out")
    for count in (2, 4):
        for _ in range(2):
            past(account, ("assistant", "Hello."))
        with django_assert_num_queries(2):
            assert backtest.run(account, rail, 200).looked_at == count


# the call page -------------------------------------------------------------------------------------------------------
def test_the_call_page_tells_what_watches_and_what_tripped(editor, account, rail):
    watching = [
        {"id": str(rail.uid), "type": "custom", "name": "No promises", "source": "persona", "actions": END, "config": {}},
        {
            "id": "",
            "type": "tcpa:ai_disclosure",
            "name": "Says that it is automated",
            "source": "request",
            "actions": [{"type": "transfer", "config": {"phone_number": "+14155550100"}}],
            "config": {"end_seconds": 20},
        },
    ]
    call = factories.call(account, rails=watching, state=State.STARTED, started_at=timezone.now())
    data = {
        **watching[0],
        "quote": PROMISE,
        "spoken": False,
        "at_ms": 12_000,
        "action": END[0],
        "acted": True,
        "why": "Close.",
        "line_seq": None,
    }
    seq = lifecycle.record(
        call.pk, Event("call", "Guard rail tripped: No promises. End the call.", kind="guard_rail", level="error", data=data)
    )
    page = editor.get(at("call", call.uid)).content.decode()
    card = page[page.index('id="gr-h"') : page.index("</section>", page.index('id="gr-h"'))]
    assert card.index("No promises") < card.index("Says that it is automated")  # what tripped comes first
    assert f'href="#line-{seq}"' in card and PROMISE in card and "It was not spoken. The call was ended." in card
    assert "within 20 seconds" in card and "Hand over to +14155550100, this call only" in card
    assert f'id="line-{seq}"' in page  # the trip stands among the lines, so the link leads somewhere


def test_the_receipt_of_an_opt_out_stands_on_the_call_page(editor, account):
    call = factories.call(account, state=State.STARTED, started_at=timezone.now())
    line = lifecycle.say(call.pk, "user", "Stop calling me.", 9_000, 10_000)
    lifecycle.record(call.pk, Event("call", "Asked not to be called again", "optout", data={"quote": "Stop calling me.", "seq": line}))
    page = editor.get(at("call", call.uid)).content.decode()
    banner = page[page.index("Asked not to be called again.") :][:400]
    assert "“Stop calling me.” The number is on the do-not-call list since" in banner
    assert f'href="#line-{line}"' in banner and "At 0:09" in banner


def test_the_history_is_paged(editor, rail):
    for _ in range(27):
        tripped(rail)
    first, second = (editor.get(f"{at('guard-rail-trips')}?page={n}").content.decode() for n in (1, 2))
    assert first.count("trip-top") == 25
    assert second.count("trip-top") == 2


# Send call -----------------------------------------------------------------------------------------------------------
def test_rails_are_rows_of_words_on_send_call(signed_in, account):
    from calls.models import Call

    client = signed_in("operator")
    page = client.get(at("send-call")).content.decode()
    assert 'name="guard_rails-type"' in page and "Says that it is automated" in page
    form = {"phone_number": "+15005550006", "lead": "task", "task": factories.TASK, "when": "now", "how": "call", "token": "t1"}
    rows = {
        "guard_rails-type": ["tcpa:ai_disclosure", "custom", ""],
        "guard_rails-action": ["transfer", "end_call", "end_call"],
        "guard_rails-number": ["+1 415 555 0100", "", ""],
        "guard_rails-node": ["", "", ""],
        "guard_rails-seconds": ["12", "", ""],
        "guard_rails-prompt": ["", "The agent promises a refund", ""],
    }
    assert client.post(at("send-call"), {**form, **rows}).status_code == 303
    call = Call.objects.get()
    assert call.config["guard_rails"] == [
        {
            "type": "tcpa:ai_disclosure",
            "actions": [{"type": "transfer", "config": {"phone_number": "+14155550100"}}],
            "config": {"end_seconds": 12},
        },
        {"type": "custom", "actions": END, "config": {}, "prompt": "The agent promises a refund"},
    ]
    assert [rail["source"] for rail in call.rails] == ["request", "request"]
    again = client.get(f"{at('send-call')}?again={call.uid}").content.decode()
    assert 'value="The agent promises a refund"' in again
    wrong = client.post(at("send-call"), {**form, **rows, "token": "t2", "guard_rails-number": ["nonsense", "", ""]})
    assert wrong.status_code == 422
    assert "Guard rail action transfer requires a valid phone_number." in wrong.content.decode()


@pytest.mark.django_db
def test_a_source_that_is_no_id_offers_no_steps(signed_in, account):
    made = rails.create(account, "tcpa:opt_out", Content("Stops"))
    assert signed_in("editor").get(f"/guard-rails/{made.uid}?source=PATHWAY:foo").status_code == 200
