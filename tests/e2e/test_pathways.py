"""The pages around pathways: brought in, published, compared, put back; accessible in both themes and at phone width."""

import json

from playwright.sync_api import expect

from pathways import making
from pathways.editing import draft_of, save
from pathways.models import Pathway
from pathways.publishing import publish
from tests.e2e.live import LiveCase
from tests.pathways.test_editing import SMALL
from tests.pathways.test_validation import END, SOUND, START, pathway


class Pathways(LiveCase):
    def test_brought_in_published_changed_compared_and_put_back(self):
        self.sign_in("editor")
        self.open("/pathways/")
        self.page.get_by_role("link", name="Import", exact=True).click()
        self.page.get_by_label("Or the JSON itself").fill("{oops")
        self.page.get_by_role("button", name="Import it").click()
        expect(self.page.get_by_role("alert")).to_contain_text("line 1, column 2")
        self.assert_accessible()
        self.page.get_by_label("Or the JSON itself").fill(json.dumps({"name": "Visit", **SOUND}))
        self.page.get_by_role("button", name="Import it").click()
        expect(self.page.get_by_role("heading", name="Versions of Visit")).to_be_visible()
        expect(self.page.get_by_text("each call must bring it")).to_be_visible()

        self.page.get_by_role("button", name="Publish to production").click()
        dialog = self.page.get_by_role("dialog", name="Publish draft of version 1 to production?")
        expect(dialog).to_contain_text("It is frozen then.")
        self.assert_accessible()
        dialog.get_by_role("button", name="Publish it").click()
        expect(self.page.get_by_role("heading", name="Version 1")).to_be_visible()

        row = Pathway.objects.get(name="Visit")
        publish(save(draft_of(row), SMALL, revision=1), "production")
        self.page.reload()
        self.page.get_by_role("link", name="Compare with 1").click()
        expect(self.page.get_by_text("Step “Ask” is gone.")).to_be_visible()
        expect(self.page.get_by_role("img", name="The steps of both versions")).to_be_visible()
        self.assert_accessible()
        self.page.get_by_label("To", exact=True).select_option("Version 1")
        expect(self.page.get_by_text("Version 1 and version 1 have the same steps and words.")).to_be_visible()

        self.open(f"/pathways/{row.uid}/versions")
        self.page.get_by_role("button", name="Put back into production").click()
        self.page.get_by_role("button", name="Put it back").click()
        expect(self.page.get_by_text("Version 1 of Visit is in production now.")).to_be_visible()
        row.refresh_from_db()
        assert (row.production.number, row.production.graph) == (1, SOUND)

    def test_every_page_is_accessible_and_fits_a_phone(self):
        self.sign_in("editor")
        row = making.create(self.account, "Visit", "Confirms a visit", graph=pathway(START, END)).pathway
        making.shelve(row, making.make_folder(self.account, "Dental"))
        draft_of(row)
        pages = ["", "?q=nothing", "new", "import", *(f"{row.uid}/{tail}" for tail in ("about", "versions", "compare"))]
        for width in (1280, 390):
            self.page.set_viewport_size({"width": width, "height": 800})
            for path in pages:
                self.open(f"/pathways/{path}")
                expect(self.page.locator("h1")).to_be_visible()
                self.assert_accessible()
                assert self.page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), (path, width)

    def test_a_search_leaves_the_rest_of_the_page(self):
        self.sign_in("viewer")
        making.create(self.account, "Visit")
        making.create(self.account, "Payment")
        self.open("/pathways/")
        self.page.get_by_label("Name or purpose").fill("pay")
        expect(self.page.get_by_role("link", name="Visit")).to_have_count(0)
        expect(self.page.get_by_role("link", name="Payment")).to_be_visible()
        assert self.page.url.endswith("?q=pay") or "q=pay" in self.page.url
        self.page.get_by_role("button", name="More for Payment").click()
        expect(self.page.get_by_role("link", name="Versions")).to_be_visible()
        expect(self.page.get_by_role("link", name="Name, folder, copy, delete")).to_have_count(0)
