"""Analytics: found by key, narrowed without a reload, as a table, as a file, back again."""

from datetime import timedelta
from random import Random

from django.utils.timezone import now
from playwright.sync_api import expect

from analytics.rollups import counting
from tests.analytics.rollups import kit
from tests.e2e.live import LiveCase

SLOW = 20_000  # the first page of a fresh server compiles its templates


class Analytics(LiveCase):
    def test_figures_are_narrowed_read_and_taken_along(self):
        office = kit.office("Elsewhere")
        office.account = self.account
        for row in (*office.personas, *office.pathways):
            row.account = self.account
            row.save()
        at = now() - timedelta(days=9)
        kit.history(office, Random(1), 40, at, 8)
        kit.one(office, Random(2), at, persona=office.personas[0], ended_at=at)
        counting.sweep(self.account)
        self.sign_in("viewer")
        self.open("/")
        self.page.keyboard.press("g")
        self.page.keyboard.press("a")
        expect(self.page.get_by_role("heading", name="Analytics", level=1)).to_be_visible(timeout=SLOW)
        expect(self.page.get_by_role("img", name="calls:").first).to_be_visible()
        self.assert_accessible()

        self.page.evaluate("window.stayed = true")
        self.page.get_by_role("button", name="Persona all").click()
        self.page.get_by_role("radio", name="June").check()
        expect(self.page.get_by_role("button", name="Persona June")).to_be_visible()
        assert self.page.evaluate("window.stayed") and f"persona={office.personas[0].uid}" in self.page.url
        self.page.keyboard.press("Escape")
        self.page.get_by_text("Your time").click()
        expect(self.page.get_by_text("percent answered by a person, your time", exact=True)).to_be_visible()
        assert f"persona={office.personas[0].uid}" in self.page.url

        calls = self.page.get_by_role("region", name="Calls, day by day, as a table")
        expect(calls).to_be_hidden()
        self.page.get_by_text("Show as a table").first.click()
        expect(calls.get_by_role("row").last).to_contain_text("All")
        with self.page.expect_download() as file:
            self.page.get_by_role("link", name="Calls, day by day, as CSV").click()
        assert file.value.suggested_filename.startswith("analytics-calls-")
        assert file.value.path().read_text(encoding="utf-8-sig").startswith("Day,Calls,By a person")
