"""A guard rail from nothing to its trip: made, tried, held against past calls, attached, tripped by a real call, seen everywhere."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from config.models import AuditEntry
from personas.models import GuardRail, Persona
from personas.rails import Content, create
from tests.e2e.live import LiveCase
from tests.e2e.product import Product, product

SLOW = 40_000
TASK = "You are Anna from Acme Dental. Confirm the appointment on Tuesday at 3pm. Ask whether they have insurance."
RULE, EXAMPLE = "The agent asks about insurance", "Do you have insurance?"
OTHER = "The agent reads out a card number"


@pytest.fixture(scope="module")
def running() -> Iterator[Product]:
    with product(SIM_SPEED="0") as started:
        yield started


def call(page: Page, running: Product, key: str, **more: object) -> str:
    body = {"phone_number": "+15005550006", "task": TASK, **more}
    answer = page.request.post(f"{running.url}/v1/calls", headers={"authorization": key}, data=body)
    assert answer.ok, answer.text()
    return answer.json()["call_id"]


def test_a_rail_is_made_tried_attached_and_trips(running: Product, page: Page) -> None:
    key = running.key()
    page.goto(running.url + running.sign_in)
    page.get_by_role("button", name="Sign in").click()
    first = call(page, running, key)  # a past call to look at
    page.goto(f"{running.url}/calls/{first}")
    expect(page.locator(".call-id .state")).to_have_text(re.compile("Finished"), timeout=SLOW)

    page.get_by_role("link", name="Guard rails").first.click()
    page.get_by_role("link", name="New guard rail").click()
    page.get_by_role("link", name="A rule of your own").click()
    page.get_by_label("Name").fill("Not about insurance")
    page.get_by_label("What must not happen").fill(RULE)
    page.get_by_label("Sentences that trip it").fill(EXAMPLE)
    page.get_by_label("Sentences that must not").fill("Please bring your insurance card.")
    tried = page.get_by_label("Somebody says")
    tried.press_sequentially("May I ask whether you have insurance?", delay=5)
    expect(page.locator("#tried")).to_contain_text("Trips.", timeout=SLOW)
    tried.fill("")
    tried.press_sequentially("Please bring your insurance card.", delay=5)
    expect(page.locator("#tried")).to_contain_text("Does not trip.")
    page.get_by_role("button", name="Make the guard rail").click()

    expect(page.get_by_role("heading", name="Not about insurance", level=1)).to_be_visible()
    page.get_by_role("button", name="Look").click()
    expect(page.locator("#found")).to_contain_text("On 1 call of 1.", timeout=SLOW)
    expect(page.locator("#found q").first).to_contain_text("insurance")

    page.get_by_label("Persona or pathway").select_option(label="June, appointments")
    page.get_by_role("button", name="Attach").click()
    expect(page.locator(".rail-place")).to_contain_text("June, appointments")

    page.goto(f"{running.url}/personas/")
    page.get_by_role("link", name="June, appointments").click()
    expect(page.get_by_role("link", name="Not about insurance")).to_be_visible(timeout=SLOW)
    persona = re.search(r"[0-9a-f-]{36}", page.url)
    assert persona

    uid = call(page, running, key, persona_id=persona[0], phone_number="+15005550012")
    page.goto(f"{running.url}/calls/{uid}")
    card = page.locator("section", has=page.get_by_role("heading", name="Guard rails"))
    expect(card).to_contain_text("tripped", timeout=SLOW)
    expect(card.locator("q")).to_have_text(EXAMPLE)
    card.locator("a.proof").click()
    expect(page.locator("li.ev:target")).to_contain_text("Guard rail tripped: Not about insurance")
    expect(page.locator(".say-x", has_text=EXAMPLE)).to_have_count(0)
    expect(page.locator(".say-x", has_text="I'm sorry, I have to end the call here.")).to_be_visible()

    page.goto(f"{running.url}/guard-rails/")
    row = page.get_by_role("row", name=re.compile("Not about insurance"))
    expect(row).to_contain_text("1")
    expect(page.locator(".trip-list q").first).to_have_text(EXAMPLE)
    page.goto(running.url)
    expect(page.locator(".need", has_text="Guard rail tripped")).to_contain_text("Not about insurance", timeout=SLOW)


class GuardRailPages(LiveCase):
    def test_the_pages_are_accessible(self) -> None:
        persona = Persona.objects.create(account=self.account, name="June")
        rail = create(self.account, "custom", Content("No card numbers", prompt=OTHER, examples=["Your number is four two."]))
        self.sign_in("editor")
        paths = ["", "new", "new?type=custom", "new?type=tcpa:ai_disclosure", "trips", f"{rail.uid}", f"{rail.uid}/edit"]
        for path in [*paths, f"{rail.uid}/backtest?calls=20", f"attached/PERSONA/{persona.uid}"]:
            self.open(f"/guard-rails/{path}")
            if not path.startswith("attached"):  # a fragment for other pages
                self.assert_accessible()

    def test_the_number_to_hand_over_to_is_asked_for_when_it_is_needed(self) -> None:
        Persona.objects.create(account=self.account, name="June")
        rail = create(self.account, "custom", Content("No card numbers", prompt=OTHER))
        self.sign_in("editor")
        self.open(f"/guard-rails/{rail.uid}")
        expect(self.page.get_by_label("Hand over to")).to_be_hidden()
        self.page.get_by_label("Persona or pathway").select_option(label="June")
        self.page.get_by_label("When it trips").select_option(label="Hand over")
        self.page.get_by_label("Hand over to").fill("nonsense")
        self.page.get_by_role("button", name="Attach").click()
        expect(self.page.get_by_text("Write the number to hand over to").first).to_be_visible()
        self.page.get_by_label("Hand over to").fill("+1 415 555 0100")
        self.page.get_by_role("button", name="Attach").click()
        expect(self.page.locator(".rail-place")).to_contain_text("+14155550100")

    def test_without_javascript_a_rail_is_tried_and_made(self) -> None:
        self.sign_in("editor")
        context = self.page.context.browser.new_context(java_script_enabled=False, storage_state=self.page.context.storage_state())
        page = context.new_page()
        page.goto(f"{self.live_server_url}/guard-rails/new?type=custom")
        page.get_by_label("Name").fill("No card numbers")
        page.get_by_label("What must not happen").fill(OTHER)
        page.get_by_label("Sentences that trip it").fill("Your card number is four two four two.")
        page.get_by_label("Somebody says").fill("Your card number is four two four two.")
        page.get_by_role("button", name="Try it").click()
        expect(page.locator("#tried")).to_contain_text("Trips.")
        page.get_by_role("button", name="Make the guard rail").click()
        expect(page.get_by_role("heading", name="No card numbers", level=1)).to_be_visible()
        context.close()
        assert GuardRail.objects.get().prompt == OTHER
        assert AuditEntry.objects.filter(action="guard_rail.made").exists()
