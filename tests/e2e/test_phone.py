"""Call me in this browser: somebody answers on the page, types as the person called, and hangs up."""

import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.product import Product, product

SLOW, ENDED = 40_000, 90_000  # ms; the machine of a test may be busy


@pytest.fixture(scope="module")
def running() -> Iterator[Product]:
    with product() as started:
        yield started


def test_a_person_answers_types_is_heard_and_hangs_up(running: Product, page: Page, complaints: list[str]):
    page.goto(running.url + running.sign_in)
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{running.url}/calls/new")
    page.get_by_role("button", name="Call me in this browser").click()
    phone = page.get_by_role("region", name="You are the person called")
    answer = phone.get_by_role("button", name="Answer", exact=True)
    expect(answer).to_be_visible(timeout=SLOW)
    expect(phone.get_by_role("status")).to_have_text("Ringing")
    answer.focus()
    page.keyboard.press("Enter")

    # the words grow while they are spoken; who answered by key may type at once
    line = phone.get_by_label("What you say")
    expect(line).to_be_focused(timeout=SLOW)
    said = phone.locator("[data-phone-said]")
    expect(said).to_have_text(re.compile("^Hello, this is Anna"), timeout=SLOW)
    assert not said.inner_text().endswith("?")

    page.reload()  # a page that comes back goes on with the same call
    expect(phone.get_by_role("status")).to_have_text("Talking", timeout=SLOW)
    expect(said).to_have_text(re.compile(r"\?$"), timeout=SLOW)
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390, "wider than a phone"
    page.set_viewport_size({"width": 1280, "height": 720})
    expect(line).to_be_in_viewport()
    line.fill("Yes, that works for me.")
    page.keyboard.press("Enter")
    lines = page.locator("[data-lines] .say-x")
    expect(lines.filter(has_text="Yes, that works for me.")).to_be_visible(timeout=SLOW)
    expect(said).to_contain_text("insurance", timeout=SLOW)

    assert not complaints
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    phone.get_by_role("button", name="Hang up").click()
    expect(phone).to_contain_text("You hung up.", timeout=SLOW)
    expect(page.locator("#call-head .state")).to_contain_text("Finished", timeout=ENDED)
    expect(page.locator("#call-facts")).to_contain_text("A browser")
    complaints.clear()  # axe tried inline styles, which the content policy refuses, and the browser tells it late
