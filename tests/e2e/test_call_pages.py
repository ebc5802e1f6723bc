"""The pages of calls in a browser: axe, phones, what works without JavaScript."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from django.db import connections
from django.utils.timezone import now

from calls import lifecycle
from calls.lifecycle import Event
from calls.models import Call
from calls.states import State
from tests import factories
from tests.e2e.live import LiveCase


def apart[T](work: Callable[[], T]) -> T:
    """Does `work` in a thread of its own: what is committed there hints at the pages, which Playwright's loop in this one forbids."""

    def run() -> T:
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


class CallPages(LiveCase):
    def live_call(self) -> Call:
        config = {"task": factories.TASK, "transfer_phone_number": "+13035550177"}
        call = factories.call(self.account, state=State.STARTED, started_at=now(), callee_name="Elena Duarte", config=config)
        apart(lambda: self.talk(call))
        return call

    def ended_call(self) -> Call:
        call = factories.call(self.account, state=State.COMPLETE, status="completed", started_at=now(), ended_at=now(), duration_ms=61_000)
        seq = apart(lambda: self.talk(call))
        written = {"disposition_tag": "COMPLETED_ACTION", "disposition_quote": "Yes, Tuesday is fine.", "disposition_seq": seq}
        needs = [{"reason": "callback", "text": "A call-back was promised.", "seq": seq}]
        event = Event("call", "Disposition: COMPLETED_ACTION", kind="outcome")
        apart(lambda: lifecycle.record(call.pk, event, outcome_at=now(), summary="Elena confirmed.", needs_person=needs, **written))
        return call

    def talk(self, call: Call) -> int:
        """A short conversation; the seq of the callee's line."""
        lifecycle.record(call.pk, Event("call", "Ringing", kind="state"))
        latency = {"hold": 400, "agent": 900, "total": 1300}
        lifecycle.say(call.pk, "assistant", "Hi, this is Anna. Does Tuesday suit you?", 0, 4000, latency=latency, why=["opening"])
        seq = lifecycle.say(call.pk, "user", "Yes, Tuesday is fine.", 5000, 7000)
        lifecycle.record(call.pk, Event("call", "Noted", kind="answer", data={"question": "Does Tuesday suit you?", "value": "yes"}))
        hint = {"command": "whisper", "text": "Be brief.", "by": "Priya"}
        lifecycle.record(call.pk, Event("call", "Hint", kind="command", data=hint))
        return seq

    def test_the_empty_list(self):
        self.sign_in("operator")
        self.open("/calls/")
        self.page.get_by_role("heading", name="No calls yet").wait_for()
        self.assert_accessible()

    def test_the_list(self):
        self.sign_in("operator")
        self.live_call()
        self.ended_call()
        for state, status in ((State.CALL_ERROR, "unknown"), (State.QUEUE_ERROR, "failed"), (State.QUEUED, ""), (State.COMPLETE, "busy")):
            factories.call(self.account, state=state, status=status, error_message="The number is on the do-not-call list.")
        self.open("/calls/")
        self.page.locator("live-rows[data-line=open]").wait_for()
        self.page.locator("tr[data-live]").wait_for()
        self.assert_accessible()
        self.page.get_by_role("button", name="State any").click()
        self.page.get_by_role("checkbox", name="Busy").check()
        self.page.wait_for_url("**state=busy**")
        assert self.page.locator("tbody tr").count() == 1
        self.page.get_by_role("searchbox").fill("nobody")
        self.page.get_by_role("heading", name="No call matches all of this").wait_for()
        self.assert_accessible()

    def test_a_live_call(self):
        self.sign_in("operator")
        call = self.live_call()
        self.open(f"/calls/{call.uid}")
        self.page.locator("live-feed[data-line=open]").wait_for()
        self.assert_accessible()
        self.page.get_by_role("button", name="Why did Agent say that, at 0:00?").click()
        self.page.get_by_role("heading", name="Why did Agent say that?").wait_for()
        self.page.keyboard.press("Escape")
        self.page.get_by_role("button", name="Hand over").click()
        self.page.get_by_role("button", name="Another number").wait_for()
        self.assert_accessible()
        self.page.get_by_role("button", name="Another number").click()
        self.page.get_by_role("heading", name="Hand Elena over?").wait_for()
        self.assert_accessible()
        self.page.get_by_label("Number to connect to").fill("nobody")
        self.page.get_by_role("dialog").get_by_role("button", name="Hand over").click()
        self.page.get_by_text("That is not a phone number.").wait_for()
        self.page.get_by_role("button", name="Stay with Agent").click()
        self.page.get_by_role("button", name="Stop call").click()
        self.page.get_by_role("button", name="Let it go on").wait_for()
        self.assert_accessible()

    def test_a_finished_call(self):
        self.sign_in("operator")
        call = self.ended_call()
        self.open(f"/calls/{call.uid}")
        self.page.get_by_role("link", name="Yes, Tuesday is fine.").click()
        assert self.page.locator(".say:target").inner_text().endswith("Yes, Tuesday is fine.")
        self.page.get_by_text("Everything that happened").click()
        self.assert_accessible()
        self.page.get_by_role("button", name="Done").click()
        self.page.get_by_text("A call-back was promised.").wait_for(state="detached")

    def test_states_without_a_conversation(self):
        self.sign_in("operator")
        lost = factories.call(self.account, state=State.CALL_ERROR, status="unknown", ended_at=now(), outcome_at=now())
        waiting = factories.call(self.account)
        for call, word in ((lost, "Lost sight of it"), (waiting, "In line")):
            self.open(f"/calls/{call.uid}")
            self.page.locator("#call-head").get_by_text(word).wait_for()
            self.assert_accessible()
