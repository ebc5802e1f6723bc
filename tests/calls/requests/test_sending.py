"""From a request to a call in the queue."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from django.db import DatabaseError, connection, connections
from django.utils.timezone import now

from calls import lines, requests, rules
from calls.models import Call, CallEvent, CallingRules, Line, Number, NumberPool, SensitiveAttempt
from config.models import Account
from pathways.editing import save
from pathways.making import create
from pathways.publishing import publish
from personas.models import KnowledgeBase, Persona, PersonaVersion
from personas.parameters import BY_NAME, defaults
from tests import factories
from tests.contract import setups
from tests.pathways.test_validation import SOUND

pytestmark = pytest.mark.django_db
NUMBER = "+17205550142"
BODY = {"phone_number": NUMBER, "task": factories.TASK}


def send(account, **more):
    return requests.send(Account.objects.get(pk=account.pk), {**BODY, **more})


def test_a_draft_is_kept_as_it_was_when_the_call_was_accepted(account):
    version = create(account, "Reminder", graph=SOUND)
    uid = str(version.pathway.uid)
    call = send(account, pathway_id=uid, pathway_version=1)
    save(version, {"nodes": [], "edges": []}, revision=1)
    call.refresh_from_db()
    assert (call.pathway_version, call.pathway_graph) == (1, SOUND)


def test_of_a_frozen_version_no_copy_is_kept(account):
    version = publish(create(account, "Reminder", graph=SOUND), "production")
    call = send(account, pathway_id=str(version.pathway.uid))
    assert (call.pathway_version, call.pathway_graph) == (1, None)


def refusal(account, **more):
    with pytest.raises(requests.Refused) as refused:
        send(account, **more)
    return refused.value


def persona(account, **config):
    made = Persona.objects.create(account=account, name="Anna")
    PersonaVersion.objects.create(persona=made, number=3, state="production", config=config)
    PersonaVersion.objects.create(persona=made, number=4, state="draft", config={"task": "The draft is never used."})
    return made


def test_an_accepted_call_waits_in_the_queue_with_its_first_event(account):
    call = send(account)
    call.refresh_from_db()
    assert (call.state, call.queue_status, call.last_seq, call.to_number, call.country) == ("queued", "queued", 1, NUMBER, "US")
    assert abs(call.due_at - now()) < timedelta(seconds=5)
    events = list(call.events.values_list("seq", "category", "message"))
    assert events == [(1, "queue", "Call enqueued")]
    assert call.request == BODY
    assert set(call.config) == set(BY_NAME) == set(call.sources)


def test_every_value_remembers_its_source(account):
    made = persona(account, voice="Nat", temperature=0.2, record=True, max_duration=12)
    call = send(account, persona_id=str(made.uid), temperature=0.9)
    assert (call.config["temperature"], call.sources["temperature"]) == (0.9, "request")
    assert (call.config["voice"], call.sources["voice"]) == ("Nat", "persona")
    assert (call.config["interruption_threshold"], call.sources["interruption_threshold"]) == (500, "default")
    assert (call.persona, call.persona_version) == (made, 3)
    untouched = {name: value for name, value in defaults().items() if call.sources[name] == "default" and name != "timezone"}
    assert {name: call.config[name] for name in untouched} == {**untouched, "pathway_version": None}


def test_the_zone_comes_from_the_number_unless_it_is_given(account):
    assert (send(account).timezone, send(account, phone_number="+15005550006").timezone) == ("America/Denver", "America/Los_Angeles")
    given = send(account, phone_number="+12125550142", timezone="Europe/Berlin")
    assert (given.timezone, given.config["timezone"]) == ("Europe/Berlin", "Europe/Berlin")


def test_a_later_start_and_one_that_has_passed(account):
    later = (now() + timedelta(hours=2)).replace(microsecond=0)
    assert send(account, start_time=later.isoformat()).due_at == later
    past = send(account, phone_number="+12125550142", start_time="2021-01-01 12:00:00 -05:00")
    assert abs(past.due_at - now()) < timedelta(seconds=5)


def test_what_is_ignored_is_said_on_the_call(account):
    world = setups.fresh()
    setups.make(world, "pathway_published")
    call = requests.send(
        world.account, {**BODY, "pathway_id": world.names["pathway"], "transfer_list": {"a": "+12223334444"}, "voice": "Maya"}
    )
    assert call.notes == [
        "There is no voice “Maya” here: the call speaks with June.",
        "task is ignored: the pathway leads the call.",
        "transfer_list is ignored: the pathway leads the call.",
    ]
    assert [event.message for event in call.events.all()] == ["Call enqueued", *call.notes]
    assert (call.config["task"], call.config["transfer_list"], call.pathway_version) == (None, {}, 1)
    turbo = send(account, model="turbo", transfer_phone_number="+12223334444", pathway_version=3)
    assert turbo.notes == [
        "pathway_version is ignored: there is no pathway.",
        "transfer_phone_number is ignored: the turbo model cannot hand a call over.",
    ]
    assert (turbo.config["transfer_phone_number"], turbo.config["pathway_version"]) == (None, None)


def test_secrets_of_live_data_are_not_kept_in_the_request(account):
    items = [
        {"url": "https://example.com", "headers": {"Authorization": "secret"}},
        {"url": "https://example.com", "headers": [{"key": "A", "value": "s"}]},
    ]
    call = send(account, dynamic_data=items)
    assert "secret" not in str(call.request)
    assert [item["headers"] for item in call.request["dynamic_data"]] == [{"Authorization": "…"}, [{"key": "A", "value": "…"}]]
    assert call.config["dynamic_data"][0]["headers"] == {"Authorization": "secret"}


def test_the_order_of_refusals(account):
    """Each step removes the reason that came first."""
    body = {"phone_number": "+442079460958", "task": "wire me money", "pathway_id": "ghost", "tools": ["KB-x"], "temperature": 2, "x": 1}
    key = "nonsense"

    def first(**changes):
        body.update(changes)
        with pytest.raises(requests.Refused) as refused:
            requests.send(Account.objects.get(pk=account.pk), {k: v for k, v in body.items() if v is not None}, encrypted_key=key)
        return refused.value.status, refused.value.body.get("message") or refused.value.body["error"]

    set_ = CallingRules.objects.filter(account=account).update
    set_(per_hour=1, billing_on=True, blocked_phrases=["wire me money"])
    Account.objects.filter(pk=account.pk).update(flagged_at=now())
    factories.call(account)
    assert first() == (403, rules.FLAGGED)
    Account.objects.filter(pk=account.pk).update(flagged_at=None)
    assert first() == (429, "Rate limit exceeded")
    set_(per_hour=0)
    assert first() == (400, "Additional properties are not allowed")
    del body["x"]
    assert first() == (400, "Temperature must be at most 1")
    assert first(temperature=None) == (429, "International rate limit exceeded for your account type.")
    set_(allowed_countries=["GB"])
    assert first() == (402, "No billing record found.")
    set_(billing_on=False)
    assert first() == (500, "Invalid `encrypted_key`. Please use the correct key for your account.")
    key = ""
    assert first() == (404, 'Pathway with ID "ghost" not found')
    assert first(pathway_id=None, persona_id="ghost") == (404, 'Persona with ID "ghost" not found')
    assert first(persona_id=None) == (400, 'Invalid tools: no knowledge base with ID "KB-x"')
    assert first(tools=None) == (418, "OBJECTIVE_VALIDATION_ERROR")
    assert Call.objects.count() == 1


def test_a_body_that_is_no_object(account):
    for body in (None, [], "x", 5):
        with pytest.raises(requests.Refused) as refused:
            requests.send(account, body)
        assert refused.value.body["message"] == "Call parameters must be an object."


def test_sensitive_numbers_are_counted_and_nothing_is_saved(account):
    for _ in range(3):
        assert refusal(account, phone_number="911").body["message"].startswith("Cannot dial sensitive numbers.")
    assert SensitiveAttempt.objects.count() == 3
    assert refusal(account).status == 403
    assert not Call.objects.exists()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Please WIRE\n  me   Money.", True),
        ("wire-me money", True),
        ("ｗｉｒｅ me mo\u200bney", True),
        ("rewire me money", False),
        ("wire me moneys", False),
    ],
)
def test_blocked_phrases_are_found_however_they_are_written(account, text, found):
    CallingRules.objects.filter(account=account).update(blocked_phrases=["Wire me  money", " ", 5])
    for place, field in enumerate(("task", "first_sentence", "voicemail_message")):
        more = {field: text, "phone_number": f"+1720555014{place}"}
        if found:
            assert refusal(account, **more).status == 418
        else:
            assert send(account, **more)


def test_another_accounts_things_do_not_exist(account):
    other = setups.fresh()
    setups.make(other, "pathway_published")
    setups.make(other, "persona_with_task")
    setups.make(other, "owns_+15005550100")
    base = KnowledgeBase.objects.create(account=other.account, name="Prices", text="x")
    pool = NumberPool.objects.create(account=other.account, name="All")
    assert refusal(account, pathway_id=other.names["pathway"]).status == 404
    assert refusal(account, persona_id=other.names["persona"]).status == 404
    assert refusal(account, **{"from": "+15005550100"}).status == 400
    assert refusal(account, tools=[f"KB-{base.uid}"]).status == 400
    assert refusal(account, dialing_strategy={"type": "custom_pooling", "pool_id": str(pool.uid)}).status == 404


def test_deleted_things_do_not_exist(account):
    made = persona(account)
    Persona.objects.filter(pk=made.pk).update(deleted_at=now())
    assert refusal(account, persona_id=str(made.uid)).status == 404


def test_a_guard_rail_cannot_jump_to_a_node_that_is_not_there():
    world = setups.fresh()
    setups.make(world, "pathway_published")

    def body(node):
        rail = {"type": "custom", "prompt": "x", "actions": [{"type": "move_to_node", "config": {"node_id": node}}]}
        return {"phone_number": NUMBER, "pathway_id": world.names["pathway"], "guard_rails": [rail]}

    with pytest.raises(requests.Refused) as refused:
        requests.send(world.account, body("ghost"))
    assert refused.value.body["message"] == "Guard rail action move_to_node: the pathway has no node ghost."
    assert requests.send(world.account, body("2"))


def test_the_number_that_they_see(account):
    assert send(account, phone_number="+12125550140").from_number == ""
    own = [Number.objects.create(account=account, number=number) for number in ("+13035550140", "+17205550100", "+12125550100")]
    Number.objects.filter(pk=own[0].pk).update(is_default=True)
    assert send(account, phone_number="+12125550141").from_number == "+13035550140"
    assert send(account, phone_number="+12125550142", **{"from": "12125550100"}).from_number == "+12125550100"
    local = {"dialing_strategy": {"type": "local"}}
    assert send(account, phone_number="+17205550143", **local).from_number == "+17205550100"
    assert send(account, phone_number="+16465550144", **local).from_number == "+12125550100"  # no 646, but the same zone
    assert send(account, phone_number="+15005550006", **local).from_number == "+13035550140"


def test_a_pool_takes_turns(account):
    pool = NumberPool.objects.create(account=account, name="All")
    strategy = {"dialing_strategy": {"type": "custom_pooling", "pool_id": str(pool.uid)}}
    assert send(account, phone_number="+12125550140", **strategy).notes == ["The number pool is empty: the call shows no number."]
    pool.numbers.set([Number.objects.create(account=account, number=f"+1720555010{n}") for n in range(2)])
    shown = [send(account, phone_number=f"+1212555015{n}", **strategy).from_number for n in range(4)]
    assert shown == ["+17205550100", "+17205550101"] * 2


def test_text_that_no_database_keeps_is_refused(account):
    for text in ("\x00", "\ud800"):
        assert refusal(account, metadata={"a": [text]}).body["message"] == "Unable to save request body."
    assert not Call.objects.exists()


def test_a_database_that_refuses(account, monkeypatch, caplog):
    def no(*args, **kwargs):
        raise DatabaseError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(Call, "save", no)
        assert refusal(account).body["message"] == "Unable to save request body."
    with monkeypatch.context() as broken:
        broken.setattr(type(CallEvent.objects), "bulk_create", no)
        assert refusal(account).body["message"] == "Unable to queue call."
    assert not Call.objects.exists()
    assert "the disk is full" in caplog.text


def test_what_is_done_with_the_call_is_undone_with_it(account):
    def fail(call):
        raise RuntimeError("after the row was written")

    with pytest.raises(RuntimeError):
        requests.send(account, BODY, on_saved=fail)
    assert not Call.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_sends_to_one_number_at_one_moment_make_one_call(account):
    together = Barrier(6)

    def one(_):
        try:
            mine = Account.objects.select_related("calling_rules").get(pk=account.pk)
            together.wait(20)
            requests.send(mine, BODY)
            return 200
        except requests.Refused as refused:
            return refused.status
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        statuses = sorted(pool.map(one, range(6)))
    assert statuses == [200, 429, 429, 429, 429, 429]
    assert Call.objects.count() == 1


def test_hints_go_out_after_the_commit(account, django_capture_on_commit_callbacks, monkeypatch):
    sent = []
    monkeypatch.setattr("calls.feed._send", lambda *hints: sent.append(hints))
    with django_capture_on_commit_callbacks(execute=True):
        call = send(account)
        assert sent == []
    ((group, hint, nudge),) = sent
    assert (group, hint["call"], hint["state"]) == (f"account.{account.pk}", str(call.uid), "queued")
    assert nudge == ("runners", {"type": "runner.look"})


def test_held_until_their_morning_on_a_real_line(account):
    trunk = lines.save(Line(account=account, kind="sip", name="Trunk"))
    start = datetime(2031, 1, 1, 10, 0, tzinfo=UTC)  # 3 AM in Denver
    call = send(account, start_time=start.isoformat())
    assert call.due_at == start.replace(hour=15)
    assert call.held_reason == "Calling hours there are 08:00 to 21:00 (America/Denver)."
    assert (call.carrier, call.line) == ("sip", trunk)


def test_postgresql_locks_the_number_and_sqlite_needs_no_lock(account, django_assert_num_queries):
    with django_assert_num_queries(1 if connection.vendor == "postgresql" else 0):
        rules.lock_number(account, NUMBER)
