"""A real Chromium for the browser tests. It must be there: a missing browser fails the run, nothing is skipped.

Run these in a pytest process of their own: Playwright's sync API keeps an event loop in this thread, which breaks asyncio tests after it.
"""

import contextlib
import os
import pathlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from asgiref.sync import SyncToAsync
from playwright.sync_api import Browser, Page, sync_playwright

# That same loop would make Django's ORM refuse to work in tests. Safe here: no test shares the loop with ORM calls.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

PLACES = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--disable-features=MediaRouter,OptimizationHints",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/e2e" in str(item.path):
            item.add_marker(pytest.mark.e2e)


def _fresh_executor() -> None:
    """asgiref's one-thread pool does not survive fork(): without this every websocket of the forked live server would hang."""
    SyncToAsync.single_thread_executor = ThreadPoolExecutor(max_workers=1)


os.register_at_fork(after_in_child=_fresh_executor)


def chromium() -> str:
    for path in (os.environ.get("CHROMIUM"), *PLACES):
        if path and pathlib.Path(path).exists():
            return path
    pytest.fail("No Chromium found: install it (apt install chromium) or set CHROMIUM to its path.", pytrace=False)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained about; must be empty in the end."""
    return []


@contextlib.contextmanager
def watched(browser: Browser, complaints: list[str]) -> Iterator[Page]:
    """A page in a fresh context. An error in its scripts, or anything the content policy refused, goes to `complaints`."""
    context = browser.new_context()
    context.set_default_timeout(15_000)
    context.set_default_navigation_timeout(40_000)  # the first page of a fresh server compiles its templates
    opened = context.new_page()
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda message: complaints.append(message.text) if "Content Security Policy" in message.text else None)
    yield opened
    context.close()


@pytest.fixture
def page(browser: Browser, complaints: list[str]) -> Iterator[Page]:
    """A page whose complaints fail the test."""
    with watched(browser, complaints) as opened:
        yield opened
    assert not complaints
