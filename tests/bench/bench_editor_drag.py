"""A step of 150 dragged about for two seconds in a real browser: how long each frame takes. The machine must be idle."""

import math
import os
import time

from tests.bench.bench_editor import STEPS, graph
from tests.bench.harness import installation, percentile, report

SECONDS = 2
FRAMES = """(ms) => new Promise((done) => {
  const times = []; let last = 0, end = 0;
  const frame = (now) => {
    if (last) times.push(now - last); else end = now + ms;
    last = now;
    if (now < end) requestAnimationFrame(frame); else done(times);
  };
  requestAnimationFrame(frame);
})"""
STEP = """() => {
  const middle = (el) => { const r = el.getBoundingClientRect(); return [r.left + r.width / 2, r.top + r.height / 2]; };
  const [x, y] = middle(document.querySelector('pathway-canvas'));
  const places = [...document.querySelectorAll('.node')].map(middle);
  return places.sort((a, b) => Math.hypot(a[0] - x, a[1] - y) - Math.hypot(b[0] - x, b[1] - y))[0];
}"""


def dragged(page, x: float, y: float) -> list[float]:
    page.mouse.move(x, y)
    page.mouse.down()
    page.evaluate(f"() => {{ window.measured = ({FRAMES})({1000 * SECONDS}); }}")
    began = time.perf_counter()
    while (past := time.perf_counter() - began) < SECONDS + 0.1:
        page.mouse.move(x + 150 * math.sin(4 * past), y + 80 * math.sin(5 * past))
    times = page.evaluate("() => window.measured")
    assert page.locator(".node[data-dragging]").count() == 1, "nothing was dragged"
    page.mouse.up()
    return times


def main() -> None:
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"  # Playwright keeps a loop in this thread
    with installation() as place:
        place.django()
        from django.conf import settings
        from django.core.management import call_command
        from django.test import Client
        from playwright.sync_api import sync_playwright

        from pathways import making
        from tests import factories
        from tests.e2e.conftest import FLAGS, chromium

        call_command("collectstatic", verbosity=0, interactive=False)
        account = factories.account()
        client = Client()
        client.force_login(factories.member(account, "editor").user)
        pathway = making.create(account, f"{STEPS} steps", graph=graph(STEPS)).pathway
        place.web()
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
            page = browser.new_page(viewport={"width": 1600, "height": 1000})
            name = settings.SESSION_COOKIE_NAME
            page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": place.url}])
            page.goto(f"{place.url}/pathways/{pathway.uid}")
            page.locator("pathway-canvas[data-ready]").wait_for()
            page.wait_for_timeout(1500)
            idle = page.evaluate(f"({FRAMES})({1000 * SECONDS})")
            figures = {}
            for zoom in ("fit", "one"):
                page.locator(f"[data-zoom={zoom}]").click()
                page.wait_for_timeout(500)
                times = dragged(page, *page.evaluate(STEP))
                figures |= {f"{zoom}_p95_ms": percentile(times, 0.95), f"{zoom}_fps": 1000 * len(times) / sum(times)}
                page.wait_for_timeout(500)
            browser.close()
        report("editor_drag", steps=STEPS, idle_p95_ms=percentile(idle, 0.95), **figures, goal_p95_ms=16.7)


if __name__ == "__main__":
    main()
