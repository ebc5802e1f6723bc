"""Results sent, by a person with a browser: the address, the secret, a test that arrives, and the checker that says it fits."""

from django.test import override_settings
from playwright.sync_api import expect

from config.models import Account
from tests.doubles.receiver import Receiver
from tests.e2e.live import LiveCase


@override_settings(ALLOW_HTTP_WEBHOOKS=True)
class Results(LiveCase):
    def test_from_the_address_to_a_signature_that_fits(self):
        self.sign_in("admin")
        self.open("/settings/results")
        with Receiver(text="<i>thanks</i>") as ledger:
            self.page.get_by_label("Address").fill(ledger.url)
            self.page.get_by_role("button", name="Save").click()
            expect(self.page.get_by_text("Saved.")).to_be_visible()
            assert Account.objects.get(pk=self.account.pk).webhook_url == ledger.url
            self.page.get_by_role("button", name="Make a secret").click()
            secret = self.page.locator("#the-secret").inner_text()
            self.assert_accessible()
            self.page.get_by_role("link", name="I have it").click()
            self.page.get_by_role("button", name="Send a test").click()
            expect(self.page.get_by_text("accepted it (200).")).to_be_visible()
            expect(self.page.get_by_text("<i>thanks</i>")).to_be_visible()
            self.assert_accessible()
        (got,) = ledger.got
        self.page.get_by_role("link", name="Check a signature").click()
        self.page.get_by_role("textbox", name="Headers").fill("\n".join(f"{name}: {value}" for name, value in got.headers.items()))
        self.page.get_by_role("textbox", name="Body").fill(got.body.decode())
        self.page.get_by_role("button", name="Check", exact=True).click()
        expect(self.page.get_by_text(f"It fits. Your secret {secret[:10]}… signed it.")).to_be_visible()
        assert secret not in self.page.content()
        self.assert_accessible()
        self.page.get_by_role("textbox", name="Secret").fill("whsec_" + "A" * 32)
        self.page.get_by_role("button", name="Check", exact=True).click()
        expect(self.page.get_by_text("It does not fit.")).to_be_visible()
