"""The way in and out, as a person takes it."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher
from playwright.sync_api import expect

from config.models import SignInLink, User
from tests import factories
from tests.e2e.live import LiveCase


class SignIn(LiveCase):
    def person(self) -> User:
        """A viewer whose password the server can check: the quick hasher of the unit tests is not among its own."""
        user = factories.member(self.account, "viewer").user
        user.password = PBKDF2PasswordHasher().encode("correct horse", "salt", 1000)
        user.save()
        return user

    def test_a_wrong_password_then_the_right_one_then_out_again(self):
        user = self.person()
        self.open("/settings/profile")
        self.page.get_by_label("E-mail").fill(user.email)
        self.page.get_by_label("Password").fill("wrong")
        self.page.keyboard.press("Enter")
        expect(self.page.get_by_role("alert")).to_contain_text("E-mail or password is wrong.")
        self.assert_accessible()
        self.page.get_by_label("Password").fill("correct horse")
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_role("heading", name="Your profile")).to_be_visible()
        self.page.get_by_role("button", name="Viewer").click()
        self.page.get_by_role("button", name="Sign out").click()
        expect(self.page.get_by_role("heading", name="Sign in")).to_be_visible()

    def test_a_link_asks_first_and_signs_in_once(self):
        user = factories.member(self.account, "viewer").user
        path = f"/sign-in/{SignInLink.issue(user)}"
        self.open(path)
        expect(self.page.get_by_role("heading", name="Sign in as Viewer")).to_be_visible()
        self.assert_accessible()
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_role("navigation", name="Pages", exact=True)).to_be_visible()
        self.open(path)
        expect(self.page.get_by_role("heading", name="does not work any more")).to_be_visible()

    def test_it_works_without_javascript(self):
        user = self.person()
        context = self.page.context.browser.new_context(java_script_enabled=False)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.goto(f"{self.live_server_url}/sign-in")
        page.get_by_label("E-mail").fill(user.email)
        page.get_by_label("Password").fill("correct horse")
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name="Viewer").click()
        page.get_by_role("button", name="Dark").click()
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        context.close()
