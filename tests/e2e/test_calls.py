"""Whole journeys of a call, with the product as people start it: real broker, web, runner and worker."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.product import Line, Product, product

COOPERATIVE = "+15005550006"
TASK = "You are Anna from Acme Dental. Confirm the appointment on Tuesday at 3pm. Ask whether they have insurance."
SLOW, ENDED = 40_000, 90_000  # ms; the machine of a test may be busy
SEQS = "els => els.map(el => Number(el.dataset.seq))"
TEXTS = "els => els.map(el => el.innerText)"


@pytest.fixture(scope="module")
def running() -> Iterator[Product]:
    with product(SIM_SPEED="3") as started:
        yield started


@pytest.fixture(scope="module")
def key(running: Product) -> str:
    return running.key()


@pytest.fixture(scope="module")
def cookies() -> list[dict]:
    """The session of the first sign-in: the link works once."""
    return []


@pytest.fixture
def console(running: Product, page: Page, cookies: list[dict]) -> Page:
    """A page on which somebody is signed in."""
    if cookies:
        page.context.add_cookies(cookies)
    else:
        page.goto(running.url + running.sign_in)
        page.get_by_role("button", name="Sign in").click()
        expect(page.get_by_role("navigation", name="Pages", exact=True)).to_be_visible(timeout=SLOW)
        cookies += page.context.cookies()
    return page


def send(page: Page, url: str, key: str, number: str = COOPERATIVE, **more: object) -> str:
    answer = page.request.post(f"{url}/v1/calls", headers={"authorization": key}, data={"phone_number": number, "task": TASK, **more})
    assert answer.ok, answer.text()
    return answer.json()["call_id"]


def told(page: Page) -> tuple[list[int], list[int], list[str]]:
    """What stands on the Call page: seqs of lines and of events, and the words of the lines."""
    lines, log = page.locator("[data-lines] > li"), page.locator("[data-log] > li")
    return lines.evaluate_all(SEQS), log.evaluate_all(SEQS), lines.locator(".say-x, :scope > p").evaluate_all(TEXTS)


def assert_nothing_lost_or_doubled(page: Page) -> None:
    """The page that grew shows exactly what a fresh one shows, and every seq once."""
    page.locator("details.fold:has([data-log])").evaluate("el => { el.open = true }")
    grown = told(page)
    assert grown[1] == list(range(1, len(grown[1]) + 1)), "every event has its place, none twice, none missing"
    page.reload()
    page.locator("details.fold:has([data-log])").evaluate("el => { el.open = true }")
    assert told(page) == grown


def test_lines_appear_a_call_is_stopped_and_both_stand_in_the_list(running, console, key):
    page = console
    first = send(page, running.url, key)
    page.goto(f"{running.url}/calls/{first}")
    page.evaluate("window.notReloaded = true")
    spoken = page.locator("[data-lines] .say")
    expect(spoken.nth(0)).to_be_visible(timeout=SLOW)
    before = spoken.count()
    expect(page.locator("#call-head .state")).to_contain_text("Talking", timeout=SLOW)
    expect(spoken.nth(before)).to_be_visible(timeout=SLOW)

    second = send(page, running.url, key, "+15005550012")
    other = page.context.new_page()
    other.goto(f"{running.url}/calls/{second}")
    expect(other.locator("[data-lines] .say").first).to_be_visible(timeout=SLOW)
    other.get_by_role("button", name="Stop call").click()
    other.get_by_role("button", name="Stop now").click()
    expect(other.locator("#call-facts")).to_contain_text("Stopped by", timeout=SLOW)

    expect(page.locator("#call-outcome h2")).not_to_have_text(re.compile("Writing up"), timeout=ENDED)
    expect(page.locator("#call-head .state")).to_contain_text("Finished", timeout=ENDED)
    expect(page.locator("#call-outcome .proof")).to_be_visible()
    assert page.evaluate("window.notReloaded") is True
    assert spoken.count() >= 6
    assert_nothing_lost_or_doubled(page)

    page.goto(f"{running.url}/calls/")
    for uid in (first, second):
        expect(page.locator(f"#call-{uid}")).to_be_visible()


def test_a_reload_and_a_cut_line_lose_and_double_nothing(running, console, key):
    page, line = console, Line(running.port)
    try:
        call = send(page, running.url, key)
        page.goto(f"{line.url}/calls/{call}")
        spoken = page.locator("[data-lines] .say")
        expect(spoken.nth(1)).to_be_visible(timeout=SLOW)
        page.reload()
        expect(page.locator("live-feed[data-line=open]")).to_have_count(1, timeout=SLOW)

        line.cut()
        note = page.locator("[data-live-note]")
        expect(note).to_contain_text("Connection lost, trying again", timeout=SLOW)
        held = spoken.count()
        page.wait_for_timeout(2500)
        assert spoken.count() == held, "nothing can arrive over a cut line"
        line.mend()
        expect(note).to_be_hidden(timeout=SLOW)
        expect(spoken.nth(held)).to_be_visible(timeout=SLOW)

        line.cut()  # once more, so short that the page may hold half of a turn
        page.wait_for_timeout(200)
        line.mend()
        expect(page.locator("#call-head .state")).to_contain_text("Finished", timeout=ENDED)
        assert_nothing_lost_or_doubled(page)
    finally:
        line.close()


def test_the_list_follows_without_reload(running, console, key):
    page = console
    page.goto(f"{running.url}/calls/")
    page.evaluate("window.notReloaded = true")
    call = send(page, running.url, key, "+15005550001")
    row = page.locator(f"#call-{call}")
    expect(row).to_be_visible(timeout=SLOW)
    expect(row).to_contain_text("Busy", timeout=ENDED)
    assert page.evaluate("window.notReloaded") is True


def test_a_whisper_and_a_person_in_the_agents_place(running, console, key):
    page = console
    call = send(page, running.url, key, "+15005550010", max_duration=2)
    page.goto(f"{running.url}/calls/{call}")
    expect(page.locator("#call-head .state")).to_contain_text("Talking", timeout=SLOW)
    page.keyboard.press("w")
    page.keyboard.type("Be brief.")
    page.keyboard.press("Enter")
    expect(page.locator(".ev[data-kind=whisper]")).to_contain_text("Be brief.", timeout=SLOW)
    expect(page.locator("#hint")).to_have_value("")
    page.get_by_role("button", name="Take over").click()
    typed = page.get_by_label("Say to")
    expect(typed).to_be_visible(timeout=SLOW)
    typed.fill("Hello, this is Priya.")
    page.get_by_role("button", name="Say", exact=True).click()
    expect(page.locator(".say[data-lane=agent] .say-x", has_text="Hello, this is Priya.")).to_be_visible(timeout=SLOW)
    page.get_by_role("button", name="Stop call").click()
    page.get_by_role("button", name="Stop now").click()
    expect(page.locator("#call-facts")).to_contain_text("Stopped by", timeout=SLOW)


def test_a_pathway_made_from_nothing_is_published_and_called(running, console, key):
    """By mouse in the editor, published from there, sent from the Send call page, its route on the call's own page."""
    page = console
    page.set_viewport_size({"width": 1400, "height": 1000})
    page.goto(f"{running.url}/pathways/new")
    page.locator("input[name=start][value=nothing]").check()
    page.get_by_label("Name", exact=True).fill("Short reminder")
    page.get_by_role("button", name="Make the pathway").click()
    page.locator("pathway-canvas[data-ready]").wait_for(state="attached", timeout=SLOW)
    rest = "() => { const e = document.querySelector('pathway-editor'); return !e.store.busy && !e.forms.dirty; }"
    side = page.locator("#pw-panel")
    greeting = page.locator(".node").filter(has=page.locator(".node-name", has_text="Greeting"))
    page.locator(".node").first.click()
    side.get_by_label("Name", exact=True).fill("Greeting")
    side.get_by_label("Word for word").check()
    hello = "Hello, this is the automated assistant of Acme Dental. Does Tuesday at 3 PM still work for you?"
    side.get_by_label("What to say here").fill(hello)
    page.wait_for_function(rest)
    for name, words in (("All set", "Wonderful, see you on Tuesday. Goodbye."), ("Not coming", "All right, we will call you. Goodbye.")):
        page.get_by_role("button", name="Add: End").click()
        expect(side.get_by_label("Last words")).to_have_value("")  # of the new step
        side.get_by_label("Name", exact=True).fill(name)
        side.get_by_label("Word for word").check()
        side.get_by_label("Last words").fill(words)
        page.wait_for_function(rest)
    for target, way, said in (
        ("All set", "They come", "Yes, that works.\nYes, I'll be there."),
        ("Not coming", "They do not come", "No, I can't.\nI have to cancel."),
    ):
        greeting.click()
        expect(side.get_by_role("heading", name="Greeting")).to_be_visible()
        expect(side.locator("#pw-to option", has_text=target)).to_have_count(1)
        side.get_by_label("Leads to").select_option(label=target)
        side.get_by_role("button", name="Add a way on").click()
        side.get_by_label("Short name").fill(way)
        side.get_by_label("What they might say").fill(said)
        page.wait_for_function(rest)

    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_role("menuitem", name="To production").or_(page.get_by_role("button", name="To production")).click()
    page.get_by_role("dialog").get_by_role("button", name="Publish it").click()
    expect(page.locator(".toast")).to_contain_text("is in production now", timeout=SLOW)

    page.goto(f"{running.url}/calls/new")
    page.locator("input[name=lead][value=pathway]").check()
    page.locator("#id_pathway_id").select_option(label="Short reminder")
    page.locator("#id_phone_number").fill(COOPERATIVE)
    page.get_by_role("button", name="Rehearse this call").click()
    page.wait_for_url(re.compile(r"/calls/[0-9a-f-]{36}"), timeout=SLOW)
    expect(page.locator("#call-head .state")).to_contain_text("Finished", timeout=ENDED)
    said = page.locator("[data-lines] .say[data-lane=agent] .say-x")
    expect(said.first).to_contain_text("Does Tuesday at 3 PM still work for you?")
    expect(said.last).to_contain_text("see you on Tuesday")
    expect(page.locator("#call-route")).to_contain_text("Greeting")
    expect(page.locator("#call-route")).to_contain_text("All set")
