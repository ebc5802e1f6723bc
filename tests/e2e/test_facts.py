"""Facts from nothing to their proof: a list is built with the keyboard, tried, ticked for a call, read, and read again over past calls."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.product import Product, product

SLOW = 60_000
ANSWER = re.compile("insurance", re.IGNORECASE)


@pytest.fixture(scope="module")
def running() -> Iterator[Product]:
    with product(SIM_SPEED="0") as started:
        yield started


def test_a_fact_is_asked_for_found_and_proven(running: Product, page: Page) -> None:
    page.goto(running.url + running.sign_in)
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{running.url}/analytics/")
    page.get_by_role("link", name="Facts", exact=True).click()
    page.get_by_role("link", name="Make the first list").click()
    page.locator("#id_name").fill("Visits")
    page.locator("[name=v-0-name]").fill("Pet")
    page.get_by_role("button", name="Add a fact", exact=True).click()
    expect(page.locator("[name=v-1-name]")).to_be_focused()
    page.keyboard.type("Insured")
    page.locator("[name=v-1-type]").select_option("boolean")
    page.locator("[name=v-1-description]").fill("Do they have insurance?")
    up = page.get_by_role("button", name="Move up fact 2")
    up.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Move down fact 1")).to_be_focused()
    page.get_by_role("button", name="Remove fact 2").press("Enter")
    expect(page.locator("[name=v-0-name]")).to_have_count(0)
    page.get_by_role("button", name="Add a condition").click()
    expect(page.locator("[name=c-0-variable]")).to_be_focused()
    page.locator("[name=v-1-name]").fill("Has insurance")  # the condition says the new name at once
    page.locator("[name=c-0-variable]").select_option(label="Has insurance")
    page.locator("[name=c-0-value]").fill("yes")
    page.locator("[name=c-0-issue]").fill("Bring the card")
    assert [v["id"] for v in Axe().run(page, options={"preload": False}).response["violations"]] == []
    page.get_by_role("button", name="Make the list").click()
    expect(page.get_by_role("heading", name="Visits", level=1)).to_be_visible()

    page.goto(f"{running.url}/calls/new")
    page.locator("summary", has_text="After the call").click()
    page.get_by_label("Visits").check()
    page.get_by_role("button", name=re.compile("^(Call|Rehearse)")).first.click()
    facts = page.locator("section", has=page.get_by_role("heading", name="Facts, with proof"))
    expect(facts).to_contain_text("1 of 1 said", timeout=SLOW)
    expect(facts).to_contain_text("Bring the card")
    expect(facts.locator("a.proof q").first).to_have_text(ANSWER)
    facts.locator("a.proof").first.click()
    expect(page.locator("li:target")).to_contain_text(ANSWER)

    page.goto(f"{running.url}/analytics/facts/")
    page.get_by_role("link", name="Visits").click()
    page.get_by_role("link", name="Read past calls").click()
    page.get_by_role("button", name="Try it on 20 of them").click()
    expect(page.get_by_text("No value would change.")).to_be_visible(timeout=SLOW)
    page.get_by_role("button", name="Read 1 call").click()
    expect(page.get_by_text("1 of 1").first).to_be_visible(timeout=SLOW)
    page.get_by_role("link", name="Values over time").click(timeout=SLOW)
    expect(page.locator("svg.chart").first).to_be_visible()
    assert [v["id"] for v in Axe().run(page, options={"preload": False}).response["violations"]] == []
