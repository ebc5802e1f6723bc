"""Home by keyboard, and changing by itself."""

from datetime import timedelta

from django.utils.timezone import now
from playwright.sync_api import expect

from calls.models import Call, Utterance
from tests import factories
from tests.e2e.live import LiveCase


class Home(LiveCase):
    def waiting(self, name: str) -> Call:
        at = now() - timedelta(minutes=5)
        call = factories.call(
            self.account,
            state="complete",
            status="completed",
            answered_by="human",
            callee_name=name,
            created_at=at,
            ended_at=at,
            outcome_at=at,
            disposition_tag="FOLLOW_UP_REQUIRED",
            needs_person=[{"reason": "callback", "text": "A call back was promised.", "seq": 2}],
        )
        Utterance.objects.create(call=call, seq=2, speaker="user", text="Call me at nine", start_ms=0, end_ms=900)
        return call

    def test_what_needs_a_person_is_ticked_off_with_one_key_and_goes_without_a_reload(self):
        for name in ("Tom Reyes", "Elena Duarte"):
            self.waiting(name)
        factories.call(self.account, state="started", started_at=now(), callee_name="Marcus Bell")
        self.sign_in("operator")
        self.open("/")
        expect(self.page.get_by_text("Needs a person 2")).to_be_visible()
        self.assert_accessible()
        self.page.evaluate("window.stayed = true")
        self.page.keyboard.press("j")
        expect(self.page.get_by_role("link", name="Elena Duarte")).to_be_focused()
        self.page.keyboard.press("e")
        expect(self.page.get_by_text("Needs a person 1")).to_be_visible()
        expect(self.page.get_by_role("link", name="Tom Reyes")).to_be_visible()
        assert self.page.evaluate("window.stayed")
        assert Call.objects.filter(waits_for_person=True).count() == 1

    def test_a_live_call_is_stopped_from_here(self):
        call = factories.call(self.account, state="queued", due_at=now() + timedelta(hours=1), callee_name="Tom Reyes")
        live = factories.call(self.account, state="started", started_at=now(), callee_name="Marcus Bell")
        self.sign_in("operator")
        self.open("/")
        with self.page.expect_response("**/stop"):
            self.page.get_by_role("button", name="Stop the call with Marcus Bell").click()
        live.refresh_from_db()
        assert live.stop_requested_at
        expect(self.page.get_by_role("link", name="Tom Reyes")).to_have_attribute("href", f"/calls/{call.uid}")

    def test_an_empty_office_says_what_will_stand_where(self):
        self.sign_in("viewer")
        self.open("/")
        expect(self.page.get_by_text("Nobody is on the line")).to_be_visible()
        expect(self.page.get_by_text("Nobody is waiting for you")).to_be_visible()
        self.assert_accessible()
