"""What a call takes from its persona: parameter by parameter, and what no request can say."""

import pytest
from django.urls import reverse

from calls import requests
from calls.carriers import registry
from calls.models import Call, CallingRules
from calls.runner.retry import after_voicemail
from config.models import Account
from personas import versions
from personas.content import Content
from personas.models import KnowledgeBase
from personas.versions import About
from tests.contract import setups

NUMBER = "+17205550142"
TASK = "You are Anna from Acme Dental. Confirm the appointment."
ROUTE = {"name": "moves", "prompt": "They want to move it", "pathway_id": "p", "pathway_version": "production", "start_node_id": None}


def persona(account, *, words="", routes=(), disclosures=(), **config):
    return versions.create(account, About("Anna, appointments"), Content(config, words, routes, disclosures))


def send(account, made, **more) -> Call:
    body = {"phone_number": NUMBER, "persona_id": str(made.uid), **more}
    return requests.send(Account.objects.get(pk=account.pk), body)


def test_the_persona_stands_where_the_request_says_nothing(account):
    made = persona(account, task=TASK, voice="Nat", max_duration=12, request_data={"plan": "gold", "n": 1}, dispositions=["a", "b"])
    call = send(account, made, max_duration=3)
    named = {name: (call.config[name], call.sources[name]) for name in ("task", "voice", "max_duration", "temperature")}
    assert named == {
        "task": (TASK, "persona"),
        "voice": ("Nat", "persona"),
        "max_duration": (3, "request"),
        "temperature": (0.7, "default"),
    }
    assert call.config["request_data"] == {"plan": "gold", "n": 1}
    assert set(call.sources) == set(call.config)


@pytest.mark.parametrize(
    ("name", "held", "given", "kept"),
    [
        ("request_data", {"plan": "gold", "n": 1}, {"n": 2}, {"n": 2}),
        ("metadata", {"a": 1}, {"b": 2}, {"b": 2}),
        ("transfer_list", {"sales": "+13035550100"}, {"help": "+13035550101"}, {"help": "+13035550101"}),
        ("dispositions", ["a", "b"], ["c"], ["c"]),
        ("keywords", ["a"], [], []),
    ],
)
def test_an_object_or_list_of_the_request_takes_the_place_of_the_personas_whole(account, name, held, given, kept):
    call = send(account, persona(account, task=TASK, **{name: held}), **{name: given})
    assert (call.config[name], call.sources[name]) == (kept, "request")


def test_tools_of_the_persona_can_be_taken_away(account):
    base = KnowledgeBase.objects.create(account=account, name="A", text="x")
    made = persona(account, task=TASK, tools=[f"KB-{base.uid}"])
    assert send(account, made).config["tools"] == [f"KB-{base.uid}"]
    assert send(account, made, phone_number="+17205550143", tools=[]).config["tools"] == []


def test_words_for_every_call_stand_before_the_task(account):
    made = persona(account, words="Be kind.", task=TASK)
    call = send(account, made)
    assert (call.config["task"], call.sources["task"], call.notes) == (f"Be kind.\n\n{TASK}", "persona", [])
    own = send(account, made, phone_number="+17205550143", task="Say hello.")
    assert (own.config["task"], own.sources["task"]) == ("Be kind.\n\nSay hello.", "request")
    assert own.notes == ["The persona's words for every call stand before the task."]


def test_blocked_phrases_are_found_in_the_words_for_every_call(account):
    CallingRules.objects.filter(account=account).update(blocked_phrases=["wire me money"])
    with pytest.raises(requests.Refused) as refused:
        send(account, persona(account, words="Wire me money.", task=TASK))
    assert refused.value.status == 418


def test_routes_and_disclosures_are_those_of_production(account):
    made = persona(account, routes=[ROUTE], disclosures=["ai", "recording"], task=TASK)
    versions.edit(made, Content({"task": "The draft."}), revision=1)
    call = send(account, made)
    assert (call.routes, call.disclosures, call.config["task"], call.persona_version) == ([ROUTE], ["ai", "recording"], TASK, 1)
    versions.promote(made)
    later = send(account, made, phone_number="+17205550143")
    assert (later.routes, later.disclosures, later.config["task"], later.persona_version) == ([], [], "The draft.", 3)
    call.refresh_from_db()
    assert (call.routes, call.disclosures) == ([ROUTE], ["ai", "recording"])


@pytest.mark.django_db
def test_a_call_that_a_pathway_leads_goes_over_to_no_other():
    world = setups.fresh()
    setups.make(world, "pathway_published")
    made = persona(world.account, words="Be kind.", routes=[ROUTE], disclosures=["ai"], task=TASK)
    call = send(world.account, made, pathway_id=world.names["pathway"])
    assert (call.routes, call.disclosures, call.config["task"]) == ([], ["ai"], None)
    assert "The persona's words for every call are ignored: the pathway leads the call." in call.notes


def test_one_more_try_says_and_routes_the_same(account):
    made = persona(account, routes=[ROUTE], disclosures=["self"], task=TASK, retry={"wait": 1})
    again = after_voicemail(send(account, made).pk)
    assert (again.routes, again.disclosures) == ([ROUTE], ["self"])


def test_a_deleted_persona_makes_no_new_call(account):
    made = persona(account, task=TASK)
    versions.delete(made)
    with pytest.raises(requests.Refused) as refused:
        send(account, made, task=TASK)
    assert refused.value.body["message"] == f'Persona with ID "{made.uid}" not found'


def test_the_page_of_the_call_names_the_source_of_every_value(account, signed_in):
    call = send(account, persona(account, task=TASK, voice="Nat", max_duration=12), max_duration=3)
    page = signed_in("viewer").get(reverse("call", args=[call.uid]))
    shown = page.context["background"]
    assert {s.label: s.source for s in shown.changed} == {"Voice": "persona", "Task": "persona", "Longest call": "request"}
    text = page.content.decode()
    assert text.count("from Anna, appointments, version 1") == 2
    assert "this call only" in text
    assert {s.source for s in shown.standard} == {"default"}


# Send call -------------------------------------------------------------------------------------------------------------
@pytest.fixture
def changed(account):
    made = persona(account, task=TASK, voice="Nat", summary_prompt="Short.")
    draft = Content({"task": TASK, "record": True, "max_duration": 5}, "Be kind.", [ROUTE], ["ai"])
    versions.edit(made, draft, revision=1)
    return made


def press(page, **more) -> dict[str, str]:
    """What a browser posts of the page as it was drawn, as far as it matters here."""
    form = page.context["form"]
    shown = {name: str(form[name].value() or "") for name in ("task", "voice", "summary_prompt")}
    hidden = {"draft": "1"} if 'name="draft"' in page.content.decode() else {}
    who = {"held": form.held_uid, "persona_id": form.held_uid, "lead": page.context["lead"], "token": page.context["token"]}
    return {"phone_number": "+15005550006", "when": "now", "how": "call", **shown, **hidden, **who, **more}


def test_a_draft_is_rehearsed_whole(account, signed_in, changed):
    client = signed_in("operator")
    page = client.get(f"{reverse('send-call')}?persona={changed.uid}&draft=1")
    assert (page.context["lead"], page.context["phone"], page.context["task"]) == ("persona", "+15005550006", TASK)
    assert "Its draft, to be rehearsed" in page.content.decode()
    assert page.context["can"].word == "Yes" and "at most $0.45" in str(page.context["can"].facts), "the card knows the persona"
    assert client.post(reverse("send-call"), press(page)).status_code == 303
    call = Call.objects.get()
    assert (call.persona_version, call.disclosures, call.routes, call.carrier) == (2, ["ai"], [ROUTE], "simulated")
    assert (call.config["record"], call.sources["record"], call.config["voice"]) == (True, "persona", "June")
    assert call.config["task"] == f"Be kind.\n\n{TASK}"
    assert call.request == {"phone_number": "+15005550006", "persona_id": str(changed.uid)}


def test_another_persona_leaves_the_draft(account, signed_in, changed):
    client = signed_in("operator")
    other = persona(account, task="You are Ben. Say hello.")
    page = client.get(f"{reverse('send-call')}?persona={changed.uid}&draft=1")
    looked = client.post(reverse("send-call"), press(page, persona_id=str(other.uid), how="look"))
    assert (looked.context["draft"], looked.context["persona"]) == (False, other)


def test_nobody_real_hears_a_draft(account, changed, monkeypatch):
    monkeypatch.setattr(registry, "is_real", lambda carrier: carrier == "simulated")
    body = {"phone_number": "+15005550006", "persona_id": str(changed.uid)}
    with pytest.raises(requests.Refused) as refused:
        requests.send(Account.objects.get(pk=account.pk), body, rehearsed=True)
    assert refused.value.body["message"] == "A draft can only be rehearsed: with a pretend callee, or in this browser."
    assert requests.preview(account, body, rehearsed=True).verdict == "no"
    assert requests.preview(account, body).verdict == "yes"
    assert not Call.objects.exists()


def test_a_call_sent_again_keeps_its_persona(account, signed_in):
    made = persona(account, task=TASK, voice="Nat")
    call = send(account, made, task="You are Anna. Say hello.")
    page = signed_in("operator").get(f"{reverse('send-call')}?again={call.uid}")
    assert (page.context["lead"], page.context["task"]) == ("persona", "You are Anna. Say hello.")


def test_the_reading_of_the_task_begins_with_the_words_for_every_call(account, signed_in):
    made = persona(account, words="Ask whether they like tea.", task=TASK)
    page = signed_in("operator").get(f"{reverse('send-call')}?persona={made.uid}").content.decode()
    assert "Do you like tea?" in page
