"""Settings and the parts page: accessible, and usable by keyboard."""

from playwright.sync_api import expect

from calls.models import DoNotCall
from config.models import ApiKey, Member
from tests import factories
from tests.e2e.live import LiveCase

PATHS = ["profile", "numbers", "numbers/blocked", "keys", "members", "rules", "model", "office", "audit"]


class Settings(LiveCase):
    def test_every_page_is_accessible(self):
        ApiKey.issue(self.account, "Ledger")
        factories.member(self.account, "viewer")
        call = factories.call(self.account)
        row = DoNotCall.objects.create(account=self.account, number="+17205550142", source="call", quote="Do not call me", call=call)
        self.sign_in("admin")
        for path in [*[f"/settings/{path}" for path in PATHS], f"/settings/numbers/dnc/{row.pk}/remove", "/design"]:
            self.open(path)
            expect(self.page.locator("h1")).to_be_visible()
            self.assert_accessible()

    def test_a_key_is_made_in_a_dialog_by_keyboard(self):
        self.sign_in("admin")
        self.open("/settings/keys")
        self.page.get_by_role("button", name="New key").focus()
        self.page.keyboard.press("Enter")
        expect(self.page.get_by_role("dialog", name="New key")).to_be_visible()
        self.page.get_by_label("What is it for?").fill("Ledger")
        self.page.keyboard.press("Enter")
        secret = self.page.locator("#the-key")
        expect(secret).to_contain_text("sk-")
        self.assert_accessible()
        self.page.get_by_role("link", name="I have it").click()
        expect(secret).to_have_count(0)
        self.page.get_by_role("button", name="Switch off the key Ledger").click()
        self.page.get_by_role("button", name="Switch it off").click()
        expect(self.page.get_by_text("No key is in use")).to_be_visible()

    def test_a_refused_form_opens_its_dialog_again_at_the_field(self):
        member = self.sign_in("admin")
        self.open("/settings/members")
        self.page.get_by_role("button", name="Invite").click()
        self.page.get_by_label("E-mail").fill(member.user.email)
        self.page.get_by_role("button", name="Make a sign-in link").click()
        expect(self.page.get_by_role("dialog", name="Invite somebody")).to_be_visible()
        expect(self.page.get_by_label("E-mail")).to_be_focused()
        expect(self.page.get_by_text("is a member already")).to_be_visible()
        assert Member.objects.count() == 1
        self.assert_accessible()
