"""Rehearsals in a browser: written, run, red, stopping a publication; a trial conversation by keyboard."""

from playwright.sync_api import expect

from pathways.models import Pathway
from tests.calls.rehearsal import kit
from tests.e2e.live import LiveCase


class Rehearsals(LiveCase):
    def setUp(self) -> None:
        super().setUp()
        self.version = kit.version(self.account)
        self.base = f"/pathways/{self.version.pathway.uid}"

    def test_a_scenario_is_written_and_its_red_sentence_stops_publishing(self):
        self.sign_in("editor")
        self.open(f"{self.base}/rehearsals")
        expect(self.page.get_by_text("Nothing is rehearsed yet")).to_be_visible()
        self.page.get_by_role("link", name="New scenario").click()
        self.page.get_by_label("Name", exact=True).fill("Somebody who comes")
        self.page.get_by_label("Who answers").select_option("cooperative")
        self.page.get_by_label("What the call knows").fill("name: Jordan Miller\noffice: Harbor Dental")
        self.page.get_by_label("Required").check()
        first = self.page.get_by_role("list").get_by_label("What must hold").first
        first.select_option("never_says")
        self.page.get_by_label("Words").first.fill("goodbye")
        self.assert_accessible()
        self.page.get_by_role("button", name="Save and run").click()
        expect(self.page.get_by_role("heading", name="Somebody who comes")).to_contain_text("red")
        expect(self.page.get_by_text("Said: “Wonderful, see you on Tuesday. Goodbye.”")).to_be_visible()
        self.assert_accessible()
        self.publish()
        expect(self.page.get_by_role("alert")).to_contain_text("is not in production")
        expect(self.page.get_by_role("alert")).to_contain_text("We never say “goodbye”")
        self.assert_accessible()
        assert Pathway.objects.get().production is None

        self.page.get_by_role("link", name="Open the rehearsals").click()
        expect(self.page.get_by_text("We never say “goodbye”")).to_be_visible()
        self.assert_accessible()
        self.page.get_by_role("link", name="Edit Somebody who comes").click()
        self.page.get_by_label("Words").first.fill("guarantee")
        self.page.get_by_role("button", name="Save", exact=True).click()
        self.page.get_by_role("button", name="Run all").click()
        expect(self.page.get_by_text("1 green, 0 red")).to_be_visible()
        self.publish()
        expect(self.page.locator(".toast")).to_contain_text("is in production now")

    def publish(self) -> None:
        """As the editor page posts it."""
        self.page.evaluate(
            """(address) => { const form = document.createElement("form"); form.method = "post"; form.action = address;
            form.append(document.querySelector("[name=csrfmiddlewaretoken]").cloneNode()); document.body.append(form); form.submit(); }""",
            f"{self.base}/publish",
        )

    def test_a_trial_conversation_by_keyboard_tells_its_route(self):
        self.sign_in("operator")
        self.open(f"{self.base}/chat")
        self.page.evaluate("addEventListener('pathway:route', (e) => { window.route = e.detail })")
        self.page.get_by_text("What the call knows", exact=True).click()
        self.page.locator("#chat-data").fill("name: Jordan Miller\noffice: Harbor Dental")
        self.page.get_by_role("button", name="Start").press("Enter")
        expect(self.page.get_by_text("Am I speaking with Jordan Miller?")).to_be_visible()
        self.page.get_by_label("Your answer").fill("Yes, that's me.")
        self.page.get_by_label("Your answer").press("Enter")
        expect(self.page.get_by_text("Does that still work for you?")).to_be_visible()
        expect(self.page.get_by_label("Your answer")).to_be_focused()
        assert self.page.evaluate("window.route") == {"nodes": ["hello", "ask"], "edges": ["hello-ask"], "now": "ask"}
        self.assert_accessible()
        self.page.keyboard.type("Yes, I'll be there.")
        self.page.keyboard.press("Enter")
        expect(self.page.get_by_text("The call is over here.")).to_be_visible()
        self.page.get_by_label("Begin at").select_option(label="From Question")
        self.page.get_by_role("button", name="Start over").click()
        expect(self.page.get_by_text("Am I speaking with Jordan Miller?")).to_be_hidden()
        expect(self.page.get_by_text("Does that still work for you?")).to_be_visible()

    def test_beside_the_steps_the_route_lights_up(self):
        self.sign_in("editor")
        self.open(self.base)
        self.page.get_by_text("What the call knows", exact=True).click()
        self.page.locator("#chat-data").fill("name: Jordan Miller\noffice: Harbor Dental")
        self.page.get_by_role("button", name="Start", exact=True).click()
        expect(self.page.locator('.node[data-id="hello"][data-now]')).to_be_attached()
        self.page.get_by_label("Your answer").fill("Yes, that's me.")
        self.page.get_by_label("Your answer").press("Enter")
        expect(self.page.locator('.node[data-id="ask"][data-now]')).to_be_attached()
        expect(self.page.locator('.node[data-id="hello"][data-lit]')).to_be_attached()
        expect(self.page.locator('.edge[data-way="hello-ask"][data-lit]')).to_be_attached()
