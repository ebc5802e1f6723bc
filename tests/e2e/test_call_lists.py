"""The list of calls at work: filtered, the filter kept as a view, calls ticked, tagged, exported, downloaded; and without JavaScript."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.timezone import now
from playwright.sync_api import expect

from calls.models import Call, CallJob, CallTag
from tests import factories
from tests.e2e.live import LiveCase


class CallLists(LiveCase):
    @pytest.fixture(autouse=True)
    def _clean_up(self):
        yield
        for job in CallJob.objects.exclude(file=""):
            (Path(settings.DATA_DIR) / "exports" / job.file.name).unlink(missing_ok=True)

    def over(self, name: str, minutes: int, **fields: object) -> Call:
        at = now() - timedelta(minutes=minutes)
        fields = {"state": "complete", "status": "completed", "outcome_at": at, "ended_at": at, "created_at": at, **fields}
        return factories.call(self.account, callee_name=name, to_number=f"+1720555{1000 + minutes}", **fields)

    def test_filter_view_tags_export(self) -> None:
        self.over("Elena Duarte", 1, status="busy", disposition_tag="BUSY")
        self.over("Marcus Bell", 2, duration_ms=90_000)
        self.over("Ahmed Siddiqui", 3, duration_ms=120_000)
        self.over("Bettina Krause", 4, duration_ms=10_000)
        self.sign_in("admin")
        page = self.page
        self.open("/calls/")

        page.get_by_role("button", name="More filters").click()
        page.get_by_label("Longer than").fill("1")
        self.assert_accessible()
        page.get_by_role("button", name="Show").last.click()
        expect(page.get_by_role("link", name="Longer than 1 minute")).to_be_visible()
        expect(page.locator("tbody tr")).to_have_count(2)
        page.get_by_role("button", name="Save view").click()
        page.get_by_label("Name of the view").fill("Long ones")
        page.locator("#v-save").get_by_role("button", name="Save view").click()
        expect(page.get_by_role("link", name="Long ones")).to_have_attribute("aria-current", "page")

        bar = page.locator("#bulk")
        expect(bar).to_be_hidden()
        page.get_by_label("Tick the call with Marcus Bell").check()
        page.get_by_label("Tick all on this page").check()
        expect(bar).to_contain_text("2 ticked")
        self.assert_accessible()
        bar.get_by_role("button", name="Tag").click()
        ask = page.get_by_role("dialog", name="Tag 2 calls")
        ask.get_by_label("Tag").fill("long")
        ask.get_by_role("button", name="Put it on").click()
        expect(page.locator("#work")).to_contain_text("2 calls tagged.")
        self.assertEqual(CallTag.objects.filter(name="long").count(), 2)
        page.get_by_role("link", name="Back to the calls").click()
        page.get_by_role("link", name="Long ones").click()
        expect(page.locator(".row-tags .tag")).to_have_text(["long", "long"])

        page.get_by_label("Tick the call with Ahmed Siddiqui").check()
        bar.get_by_label(re.compile("all 2 calls that match")).check()
        expect(bar).to_contain_text("All of them")
        bar.get_by_role("button", name="Export").click()
        ask = page.get_by_role("dialog", name="Export 2 calls")
        self.assert_accessible()
        ask.get_by_label("Transcript").check()
        ask.get_by_role("button", name="Make the file").click()
        with page.expect_download() as begun:
            page.get_by_role("link", name=re.compile("Download")).click()
        rows = Path(begun.value.path()).read_text("utf-8-sig").splitlines()
        self.assertTrue(rows[0].startswith("id,created,number") and rows[0].endswith("transcript"))
        self.assertEqual([row.split(",")[3] for row in rows[1:]], ["Marcus Bell", "Ahmed Siddiqui"])
        self.assert_accessible()
        self.open("/calls/work")
        self.assert_accessible()
        self.assertEqual(self.complaints, [])

    def test_all_of_it_works_without_scripts(self) -> None:
        call = self.over("Elena Duarte", 1)
        self.sign_in("operator")
        browser = self.page.context.browser
        assert browser
        context = browser.new_context(java_script_enabled=False, storage_state=self.page.context.storage_state())
        page = context.new_page()
        page.goto(f"{self.live_server_url}/calls/?tag=none")
        expect(page.get_by_role("heading", name="No call matches all of this")).to_be_visible()
        page.get_by_role("link", name="Tag none").click()
        page.get_by_label("Tick the call with Elena Duarte").check()
        page.locator("#bulk").get_by_role("button", name="Tag").click()
        page.get_by_label("Tag", exact=True).fill("vip")
        page.get_by_role("button", name="Put it on").click()
        expect(page.locator("#work")).to_contain_text("1 call tagged.")
        context.close()
        self.assertEqual(CallTag.objects.get().call, call)
