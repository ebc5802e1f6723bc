"""What browser tests share: a live server, a signed-in page, a check with axe."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from channels.testing import ChannelsLiveServerTestCase
from django.conf import settings
from django.db import connections
from django.test import Client
from playwright.sync_api import Page

from config.models import Account, Member, User
from tests import factories


class LiveCase(ChannelsLiveServerTestCase):
    """`self.page` is a fresh page, `self.account` an account; `self.sign_in(role)` puts a member's session into the browser."""

    serve_static = True
    page: Page

    @classmethod
    def setUpClass(cls) -> None:
        connections.close_all()  # SQLite in WAL mode must not be carried open into the forked server: it would read another file
        super().setUpClass()

    @pytest.fixture(autouse=True)
    def _take_page(self, page: Page, complaints: list[str]) -> None:
        self.page = page
        self.complaints = complaints

    def setUp(self) -> None:
        self.account: Account = factories.account()

    def sign_in(self, role: str = "admin") -> Member:
        member = factories.member(self.account, role)
        self.enter(member.user)
        return member

    def enter(self, user: User) -> None:
        client = Client()
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
        self.page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": self.live_server_url}])

    def open(self, path: str) -> None:
        self.page.goto(self.live_server_url + path)

    def assert_accessible(self) -> None:
        """axe finds nothing, in the light and in the dark theme, and nothing sticks out at the side of a phone."""
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            # Without preloading: it would put the style sheets into the page again, which the content policy refuses.
            found = Axe().run(self.page, options={"preload": False})
            assert found.violations_count == 0, f"{scheme}: {found.generate_report()}"
        self.page.emulate_media(color_scheme="light")
        before = self.page.viewport_size
        self.page.set_viewport_size({"width": 390, "height": 844})
        assert self.page.evaluate("document.documentElement.scrollWidth") <= 390, "wider than a phone"
        self.page.set_viewport_size(before or {"width": 1280, "height": 720})
