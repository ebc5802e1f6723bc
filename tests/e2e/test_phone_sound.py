"""Call me in this browser with the microphone: a spoken conversation, and everything beside it."""

import re
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Locator, Page, expect

from calls.speech.ports import RATE
from tests.e2e.conftest import watched
from tests.e2e.product import Product, product
from tests.e2e.speaking import FILE_RATE, microphone, speak, write

SLOW, ENDED = 40_000, 90_000  # ms; the machine of a test may be busy
ELSEWHERE = "parley.test"  # a name that is not localhost: no secure context
SPOKEN = ("Sorry, can you say that again?", "Yes, that works for me.", "Yes, I do.", "No, that is all, thank you.")
PAUSES = (11.5, 7.0, 6.0, 7.0)  # before each: the agent speaks


@pytest.fixture(scope="module")
def running() -> Iterator[Product]:
    with product(ALLOWED_HOSTS=f"127.0.0.1,{ELSEWHERE}") as started:
        yield started


def ringing(page: Page, running: Product, url: str = "", *, recorded: bool = False) -> Locator:
    """Signs in and has a call made; gives the phone on its page, which rings."""
    page.goto((url or running.url) + running.link())
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda at: "/sign-in/" not in at)
    page.goto(f"{url or running.url}/calls/new")
    if recorded:
        page.locator("details", has=page.get_by_label("Record the call")).locator("summary").first.click()
        page.get_by_label("Record the call").check()
    page.get_by_role("button", name="Call me in this browser").click()
    phone = page.get_by_role("region", name="You are the person called")
    expect(phone.get_by_role("button", name="Answer", exact=True)).to_be_visible(timeout=SLOW)
    return phone


def words(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower())


def test_four_turns_are_spoken(running: Product, browser: Browser, complaints: list[str], tmp_path: Path):
    file = tmp_path / "callee.wav"
    speak(file, [part for pair in zip(PAUSES, SPOKEN, strict=True) for part in pair])
    with microphone(browser, file) as speaking, watched(speaking, complaints) as page:
        phone = ringing(page, running, recorded=True)
        expect(phone).to_contain_text("your browser asks first whether this page may use the microphone")
        phone.get_by_role("button", name="Answer", exact=True).click()
        caption = phone.locator("[data-phone-said]")
        expect(caption).to_have_text(re.compile("^Hello, this is Anna"), timeout=SLOW)
        theirs = phone.get_by_role("meter", name="How loud the agent is")
        page.wait_for_function("meter => meter.value > 0.4", arg=theirs.element_handle())
        lines = page.locator("[data-lines] .say[data-lane='caller'] .say-x")
        for n, sentence in enumerate(SPOKEN):
            expect(lines.nth(n)).to_be_visible(timeout=SLOW)
            expect(caption).to_have_text(re.compile(r"\w+ \w+"), timeout=SLOW)  # what it answers is shown while it is said
            heard = words(lines.nth(n).inner_text())
            assert sum(word in heard for word in words(sentence)) >= 0.8 * len(words(sentence)), (sentence, heard)
        expect(phone.get_by_role("status").first).to_have_text("Over", timeout=SLOW)
        expect(page.locator("#call-head .state")).to_contain_text("Finished", timeout=ENDED)
        agent = page.locator("[data-lines] .say[data-lane='agent'] .say-x")
        assert agent.count() >= 4 and "insurance" in " ".join(agent.all_inner_texts())
        is_heard_again(page, tmp_path)
    assert not complaints


def is_heard_again(page: Page, tmp_path: Path) -> None:
    """The recording is found on the page: two channels, each with its speaker, and a clicked line is heard from its second on."""
    expect(page.get_by_role("slider", name="Place in the recording")).to_be_visible(timeout=SLOW)
    line = page.locator("[data-lines] .say[data-lane='caller']").nth(1)
    second = to_seconds(line.get_by_role("link", name=re.compile("^Hear from")).get_attribute("aria-label") or "")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the recording").click()
    ours, theirs = channels(Path(download.value.path()))
    assert level(ours) > 0.01 and level(theirs) > 0.005
    assert level(theirs[second * RATE : (second + 2) * RATE]) > 3 * level(ours[second * RATE : (second + 1) * RATE])  # their line
    line.get_by_role("link", name=re.compile("^Hear from")).click()
    page.wait_for_function("from => document.querySelector('call-player audio').currentTime > from + 0.1", arg=second)
    assert page.evaluate("document.querySelector('call-player audio').currentTime") < second + 4
    page.get_by_role("button", name="Pause").click()


def to_seconds(label: str) -> int:
    minutes, seconds = label.removeprefix("Hear from ").split(":")
    return int(minutes) * 60 + int(seconds)


def channels(path: Path) -> tuple[np.ndarray, np.ndarray]:
    with wave.open(str(path)) as file:
        assert (file.getnchannels(), file.getframerate()) == (2, RATE)
        both = np.frombuffer(file.readframes(file.getnframes()), "<i2").reshape(-1, 2) / 32_768
    return both[:, 0], both[:, 1]


def level(sound: np.ndarray) -> float:
    return float(np.sqrt(np.mean(np.square(sound))))


def test_mute_keys_typing_and_a_new_page(running: Product, browser: Browser, complaints: list[str], tmp_path: Path):
    file = tmp_path / "hum.wav"
    write(file, (0.1 * np.sin(2 * np.pi * 300 * np.arange(FILE_RATE) / FILE_RATE)).astype(np.float32))  # no speech
    with microphone(browser, file, loop=True) as humming, watched(humming, complaints) as page:
        phone = ringing(page, running)
        phone.get_by_role("button", name="Answer", exact=True).click()
        mine = phone.get_by_role("meter", name="How loud you are").element_handle()
        page.wait_for_function("meter => meter.value > 0.4", arg=mine)
        phone.get_by_role("button", name="Mute").click()
        expect(phone).to_contain_text("Your microphone is muted: nobody hears you.")
        page.wait_for_function("meter => meter.value < 0.05", arg=mine)
        phone.get_by_text("Keypad").click()
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, "wider than a phone"
        phone.get_by_role("button", name="Mute").click()
        page.wait_for_function("meter => meter.value > 0.4", arg=mine)

        page.reload()  # a page that comes back has the microphone again
        expect(phone.get_by_role("status").first).to_have_text("Talking", timeout=SLOW)
        page.wait_for_function("meter => meter.value > 0.4", arg=phone.get_by_role("meter", name="How loud you are").element_handle())
        expect(page.locator("[data-lines] .say[data-lane='agent'] .say-x").first).to_contain_text("?", timeout=SLOW)  # its question is out
        phone.get_by_label("What you say").fill("Yes, that works for me.")
        page.keyboard.press("Enter")
        expect(page.locator("[data-lines] .say-x").filter(has_text="Yes, that works for me.")).to_be_visible(timeout=SLOW)
        expect(phone.locator("[data-phone-said]")).to_contain_text("insurance", timeout=SLOW)
        phone.get_by_text("Keypad").click()
        phone.get_by_role("button", name="5", exact=True).click()
        expect(page.locator("[data-log]")).to_contain_text("Key 5 pressed", timeout=SLOW)
        assert not complaints
        found = Axe().run(page)  # tries inline styles, which the content policy refuses: what it complains of from here on does not count
        assert found.violations_count == 0, found.generate_report()
        phone.get_by_role("button", name="Hang up").click()
        expect(phone).to_contain_text("You hung up.", timeout=SLOW)


def test_without_a_secure_page_the_call_is_typed(running: Product, browser: Browser, complaints: list[str], tmp_path: Path):
    file = tmp_path / "silence.wav"
    write(file, np.zeros(FILE_RATE, np.float32))
    with microphone(browser, file, f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1") as plain, watched(plain, complaints) as page:
        phone = ringing(page, running, f"http://{ELSEWHERE}:{running.port}")
        expect(phone).to_contain_text("The microphone works only over https or on localhost")
        expect(phone.get_by_role("button", name="Answer and type")).to_be_hidden()
        phone.get_by_role("button", name="Answer", exact=True).click()
        expect(phone.locator("[data-phone-said]")).to_have_text(re.compile("^Hello, this is Anna"), timeout=SLOW)
        expect(phone.get_by_role("button", name="Mute")).to_be_hidden()
        phone.get_by_role("button", name="Hang up").click()
        expect(phone).to_contain_text("You hung up.", timeout=SLOW)
    assert not complaints
