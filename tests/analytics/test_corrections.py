"""An outcome that a person sets right: what counts then, what stays, and what later calls learn from it."""

import json

import pytest
from django.utils.timezone import now

from analytics import corrections, outcomes
from analytics.corrections import correct, give_back
from analytics.dispositions import BUILT_IN, Example, choose
from analytics.outcomes import rewrite_outcome, write_outcome
from calls import lifecycle
from calls.agent.encoder import encoder
from calls.hooks import bodies
from calls.lifecycle import Event
from calls.models import Call, Delivery, DispositionCorrection
from calls.states import State
from config.models import AuditEntry, Role
from tests import factories
from tests.analytics.test_dispositions import said

LINES = ("A: Does Tuesday at 3pm still work for you?", "U: Yes, but my knee is worse than ever these days.", "A: Goodbye.")


@pytest.fixture
def priya(account):
    return factories.member(account, Role.OPERATOR).user


def ended(account, *lines: str, **fields) -> Call:
    fields = {"state": State.COMPLETE, "status": "completed", "started_at": now(), "ended_at": now(), "duration_ms": 45_200, **fields}
    call = factories.call(account, **fields)
    for i, line in enumerate(lines):
        lifecycle.say(call.pk, {"A": "assistant", "U": "user"}[line[0]], line[3:], i * 1000, i * 1000 + 900)
    return call


@pytest.fixture
def call(account) -> Call:
    made = ended(account, *LINES)
    write_outcome(made.pk)
    made.refresh_from_db()
    return made


def test_a_persons_outcome_counts_and_the_automatic_one_is_kept(call, priya):
    before = call.disposition_tag, call.disposition_reason
    correct(call, "NOT_QUALIFIED", line_seq=2, note="Needs the doctor first", by=priya)
    call.refresh_from_db()
    assert (call.disposition_tag, call.disposition_quote, call.disposition_seq) == ("NOT_QUALIFIED", LINES[1][3:], 2)
    assert call.disposition_reason == "Operator chose it. Needs the doctor first"
    wrote = corrections.automatic(call.pk)
    assert wrote is not None and (wrote.tag, wrote.reason) == before
    assert call.events.get(kind="outcome_corrected").message == "Operator changed the outcome to NOT_QUALIFIED"
    entry = AuditEntry.objects.get(action="outcome.corrected")
    assert (entry.user, entry.detail["before"], entry.detail["after"]) == (priya, before[0], "NOT_QUALIFIED")


def test_who_got_the_record_gets_a_corrected_one(account, priya):
    made = ended(account, *LINES, config={"task": factories.TASK, "webhook": "https://ledger.example/"})
    write_outcome(made.pk)
    sent = Delivery.objects.get(call=made, kind=Delivery.RECORD)
    Delivery.objects.filter(pk=sent.pk).update(body=bodies.kept(sent.pk), state=Delivery.DELIVERED)
    made.refresh_from_db()
    correct(made, "NOT_QUALIFIED", line_seq=2, by=priya)
    again = Delivery.objects.get(call=made, kind=Delivery.RECORD, seq=1)
    told = json.loads(bodies.kept(again.pk))
    assert (told["disposition_tag"], told["revision"], told["call_id"]) == ("NOT_QUALIFIED", 1, str(made.uid))
    never = ended(account, *LINES)
    write_outcome(never.pk)
    correct(Call.objects.get(pk=never.pk), "NOT_QUALIFIED", by=priya)
    assert not Delivery.objects.filter(call=never).exists()


def test_back_to_the_automatic_one(call, priya):
    before = call.disposition_tag, call.disposition_quote, call.disposition_seq, call.disposition_reason
    correct(call, "NOT_QUALIFIED", by=priya)
    correct(call, "Bad knee", line_seq=2, by=priya)
    assert give_back(call, by=priya) is True
    call.refresh_from_db()
    assert (call.disposition_tag, call.disposition_quote, call.disposition_seq, call.disposition_reason) == before
    assert not DispositionCorrection.objects.exists()
    assert give_back(call, by=priya) is False


@pytest.mark.parametrize("wrong", [{"tag": " "}, {"tag": "x" * 121}, {"line_seq": 1}, {"line_seq": 99}, {"note": "x" * 301}])
def test_what_cannot_be_is_refused_and_changes_nothing(call, priya, wrong):
    before = call.disposition_tag
    with pytest.raises(ValueError, match=r"\w"):
        correct(call, **{"tag": "INTERESTED", **wrong}, by=priya)
    call.refresh_from_db()
    assert call.disposition_tag == before
    assert not DispositionCorrection.objects.exists()


def test_not_before_there_is_an_outcome(account, priya):
    with pytest.raises(ValueError, match="not written yet"):
        correct(ended(account, *LINES), "INTERESTED", by=priya)


def test_an_outcome_written_anew_keeps_it(call, priya):
    correct(call, "NOT_QUALIFIED", line_seq=2, by=priya)
    lifecycle.record(call.pk, Event("call", "Corrected"), status="busy", outcome_at=None)
    assert write_outcome(call.pk) is True
    call.refresh_from_db()
    assert (call.disposition_tag, call.disposition_seq) == ("NOT_QUALIFIED", 2)
    assert call.corrections.get().was == "BUSY"
    give_back(call, by=priya)
    call.refresh_from_db()
    assert (call.disposition_tag, call.disposition_quote) == ("BUSY", "")


SIMILAR = ("A: Is Friday at ten all right for you?", "U: Yes, though my knee is worse than it ever was.", "A: Goodbye.")


def tag_of(call: Call) -> str:
    write_outcome(call.pk)
    call.refresh_from_db()
    return call.disposition_tag


def test_a_later_similar_call_of_this_account_learns_and_of_another_does_not(account, call, priya):
    untaught = tag_of(ended(account, *SIMILAR))
    correct(call, "NOT_QUALIFIED", line_seq=2, by=priya)
    taught = ended(account, *SIMILAR)
    assert untaught != "NOT_QUALIFIED" == tag_of(taught)
    assert (taught.disposition_quote, taught.disposition_seq) == (SIMILAR[1][3:], 2)
    assert taught.disposition_reason.startswith("Like “Yes, but my knee is worse")
    assert tag_of(ended(factories.account(), *SIMILAR)) == untaught
    give_back(call, by=priya)
    assert tag_of(ended(account, *SIMILAR)) == untaught


def test_examples_are_of_the_newest_correction_and_only_with_a_line(account, call, priya):
    correct(call, "INTERESTED", line_seq=2, by=priya)
    correct(call, "NOT_QUALIFIED", line_seq=2, by=priya)
    other = ended(account, *LINES)
    write_outcome(other.pk)
    correct(other, "INTERESTED", by=priya)
    assert corrections.examples(account.pk) == [Example("NOT_QUALIFIED", LINES[1][3:])]
    assert corrections.examples(account.pk, but_not=call.pk) == []


KNEE = [Example("NOT_QUALIFIED", "my knee is worse than ever these days")]


@pytest.mark.parametrize(
    ("lines", "tags", "tag"),
    [
        (("A: Is Friday all right?", "U: My knee is worse than ever now."), (), "NOT_QUALIFIED"),
        (("A: Is Friday all right?", "U: My knee is worse than ever now.", "A: Oh.", "U: Stop calling me."), (), "DO_NOT_CONTACT"),
        (("A: Is Friday all right?", "U: My knee is worse than ever now, get me a human.", "A: I am connecting you."), (), "TRANSFERRED"),
        (("A: Is Friday all right?", "U: My knee is worse than ever now. Yes, I'll be there."), ("Confirmed", "Cancelled"), "Confirmed"),
        (("A: Is Friday all right?", "U: Yes, I'll be there."), (), "COMPLETED_ACTION"),
    ],
    ids=["near", "optout outranks", "transfer outranks", "tag not offered", "not near"],
)
def test_what_an_example_outranks(lines, tags, tag):
    choice = choose(said(*lines), tags, encoder(), KNEE)
    assert choice.tag == tag


def test_a_yes_teaches_nothing():
    lines = said("A: Is Friday all right?", "U: Yes.")
    assert choose(lines, BUILT_IN, encoder(), [Example("NOT_QUALIFIED", "Yes.")]).tag == "COMPLETED_ACTION"


@pytest.fixture
def old(call, account, priya):
    """A call that older rules read, corrected, ticked off, its facts read."""
    Call.objects.filter(pk=call.pk).update(
        rubric=outcomes.RUBRIC - 1, handled_at=now(), facts_state="done", price=1, disposition_tag="INTERESTED", summary="Old."
    )
    call.refresh_from_db()
    return call


def test_rewriting_keeps_what_people_did_and_is_done_once(old, priya):
    correct(old, "Bad knee", line_seq=2, by=priya)
    assert rewrite_outcome(old.pk) is True
    handled, written = old.handled_at, old.outcome_at
    old.refresh_from_db()
    assert (old.disposition_tag, old.facts_state, old.price, old.rubric) == ("Bad knee", "done", 1, outcomes.RUBRIC)
    assert (old.handled_at, old.outcome_at) == (handled, written)
    assert old.summary != "Old."
    assert old.corrections.get().was == corrections.automatic(old.pk).tag
    assert rewrite_outcome(old.pk) is False
    assert old.events.filter(kind="outcome").count() == 2


def test_rewriting_leaves_a_models_summary(old):
    event = old.events.get(kind="outcome")
    event.data["summary_by"] = "house-model"
    event.save()
    assert rewrite_outcome(old.pk) is True
    old.refresh_from_db()
    assert (old.summary, old.disposition_tag) == ("Old.", corrections.automatic(old.pk).tag)


def test_the_command_goes_on_where_it_was_killed(account, old, monkeypatch, capsys):
    from django.core.management import call_command

    second = ended(account, *LINES)
    write_outcome(second.pk)
    Call.objects.filter(pk=second.pk).update(rubric=1)
    real = outcomes.rewrite_outcome

    def killed(pk: int) -> bool:
        if pk == old.pk:
            raise KeyboardInterrupt
        return real(pk)

    monkeypatch.setattr(outcomes, "rewrite_outcome", killed)
    with pytest.raises(KeyboardInterrupt):
        call_command("rewrite_outcomes")
    assert set(Call.objects.filter(rubric=outcomes.RUBRIC)) == {second}
    monkeypatch.undo()
    call_command("rewrite_outcomes", "--since", "2020-01-01", "--account", str(account.uid))
    assert Call.objects.filter(rubric=outcomes.RUBRIC).count() == 2
    assert "Done: 1 written anew, 0 failed." in capsys.readouterr().out
    assert [made.events.filter(kind="outcome").count() for made in (old, second)] == [2, 2]  # each once more, none twice


def test_a_new_outcome_says_by_which_rules(call):
    assert call.rubric == outcomes.RUBRIC
