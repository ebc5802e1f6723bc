"""A phone line from nothing to Send call: connected by hand, tested against a peer, changed, and named where calls are sent."""

from playwright.sync_api import expect

from calls.models import Line, Number
from config.kit.secrets import unseal
from tests.doubles.options import Options
from tests.e2e.live import LiveCase


class Lines(LiveCase):
    def test_a_line_is_connected_tested_and_named_on_send_call(self):
        self.sign_in("admin")
        self.open("/calls/new")
        self.page.get_by_role("link", name="Rehearsal: no phone line is connected").click()
        expect(self.page.get_by_role("heading", name="No phone line is connected")).to_be_visible()
        self.assert_accessible()
        self.page.get_by_role("link", name="Connect a SIP trunk").click()
        with Options() as peer:
            self._connect(peer.port)
            expect(self.page.locator("dd", has_text="over UDP answers")).to_be_visible()
        line = Line.objects.get(account=self.account)
        assert (line.test_ok, unseal(line.secret)) == (True, "hunter2-hunter2")
        expect(self.page.get_by_text("no phone line is connected")).to_have_count(0)
        self.assert_accessible()
        self._change(line)
        self._send()

    def _connect(self, port: int) -> None:
        self.page.get_by_label("Name", exact=True).fill("Office trunk")
        self.page.get_by_label("Port", exact=True).fill(str(port))
        self.page.get_by_label("Password").fill("hunter2-hunter2")
        self.page.get_by_label("Numbers it may show").fill("+1 202 555 0111")
        self.page.get_by_role("button", name="Save and test").click()
        expect(self.page.get_by_text("This is needed.").first).to_be_visible()
        self.assert_accessible()
        self.page.get_by_label("Host", exact=True).fill("127.0.0.1")
        self.page.get_by_label("Password").fill("hunter2-hunter2")  # never sent back, so it has to be typed again
        self.page.get_by_role("button", name="Save and test").click()

    def _change(self, line: Line) -> None:
        self.page.get_by_role("link", name="Change Office trunk").click()
        assert self.page.get_by_label("Password", exact=True).input_value() == ""
        self.assert_accessible()
        for path in ("lines/new-twilio", "own-numbers", f"own-numbers/{Number.objects.get().pk}", "pools/new", f"lines/{line.uid}/remove"):
            self.open(f"/settings/{path}")
            self.assert_accessible()

    def _send(self) -> None:
        self.open("/calls/new")
        self.page.get_by_label("Phone number").fill("+17205550163")
        expect(self.page.locator("#route")).to_have_text("Office trunk, from +1 202 555 0111")
