"""The shell: theme, menus, keys, what phones see."""

from config.models import User
from tests.e2e.live import LiveCase


class Shell(LiveCase):
    def test_home_is_accessible(self):
        self.sign_in("viewer")
        self.open("/")
        self.page.get_by_role("navigation", name="Pages", exact=True).wait_for()
        self.assert_accessible()

    def test_the_theme_changes_at_once_and_is_kept_with_the_person(self):
        member = self.sign_in("viewer")
        self.open("/")
        self.page.get_by_role("button", name="Viewer").click()
        with self.page.expect_response("**/settings/theme"):
            self.page.get_by_role("button", name="Dark").click()
        assert self.page.locator("html").get_attribute("data-theme") == "dark"
        assert User.objects.get(pk=member.user.pk).theme == "dark"
        self.page.reload()
        assert self.page.locator("html").get_attribute("data-theme") == "dark"

    def test_a_phone_has_the_tab_bar_instead_of_the_rail(self):
        self.page.set_viewport_size({"width": 390, "height": 844})
        self.sign_in("viewer")
        self.open("/")
        assert self.page.get_by_role("navigation", name="Pages, short").is_visible()
        assert not self.page.get_by_role("complementary", name="Main").is_visible()

    def test_the_skip_link_comes_first(self):
        self.sign_in("viewer")
        self.open("/")
        self.page.keyboard.press("Tab")
        assert self.page.evaluate("document.activeElement.textContent") == "Skip to the page"
