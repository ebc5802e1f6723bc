"""The recording of a finished call in a browser: found, heard line by line, downloaded, deleted; on a phone and without JavaScript."""

import io
import wave
from pathlib import Path

import pytest
from django.utils.timezone import now

from calls import lifecycle
from calls.lifecycle import Event
from calls.models import Call, Recording
from calls.recordings.files import path_of
from calls.states import State
from tests import factories
from tests.calls.recordings import kit
from tests.e2e.live import LiveCase
from tests.e2e.test_call_pages import apart

LINES = [
    ("assistant", "Hi, this is Anna. Does Tuesday suit you?", 0),
    ("user", "Yes, Tuesday is fine.", 12_000),
    ("assistant", "Goodbye.", 20_000),
]


class RecordingPages(LiveCase):
    @pytest.fixture(autouse=True)
    def _clean_up(self):
        self.made: list[Path] = []
        yield
        for path in self.made:
            path.unlink(missing_ok=True)

    def finished(self) -> Call:
        at = now()
        call = factories.call(
            self.account,
            callee_name="Marcus Bell",
            carrier="sip",
            config={"task": factories.TASK, "record": True},
            state=State.COMPLETE,
            status="completed",
            started_at=at,
            ended_at=at,
            outcome_at=at,
            duration_ms=24_000,
            disposition_tag="COMPLETED_ACTION",
            disposition_quote=LINES[1][1],
            disposition_seq=2,
        )

        def talk() -> None:
            for speaker, text, start in LINES:
                lifecycle.say(call.pk, speaker, text, start, start + 3_000, latency={"hold": 400, "agent": 300, "total": 700})
            self.made.append(path_of(kit.recorded(call, kit.talk(24))))

        apart(talk)
        return call

    def at(self) -> float:
        return float(self.page.evaluate("document.querySelector('call-player audio').currentTime"))

    def plays_from(self, second: float) -> None:
        """It plays, from this second on; then it is halted."""
        halt = self.page.get_by_role("button", name="Pause")
        halt.wait_for()
        for _ in range(100):
            if self.at() > second + 0.1:
                break
            self.page.wait_for_timeout(50)
        halt.click()
        assert second + 0.1 < self.at() < second + 3

    def test_a_recording_is_found_heard_and_kept(self):
        self.sign_in("viewer")
        call = self.finished()
        self.open("/calls/")
        row = self.page.locator("tbody tr")
        row.get_by_text("recorded").wait_for()
        self.assert_accessible()
        row.get_by_role("link", name="Marcus Bell").click()
        self.page.get_by_role("slider", name="Place in the recording").wait_for()
        self.assert_accessible()

        self.page.get_by_role("link", name="Hear from 0:12").click()
        self.plays_from(12)
        hot = self.page.locator(".say[data-hot]")
        assert hot.count() == 1 and "Yes, Tuesday is fine." in hot.inner_text() and hot.get_attribute("aria-current") == "true"
        self.page.get_by_role("button", name="On 10 seconds").click()
        assert 22 <= self.at() < 24
        self.page.locator(".say[data-hot]").get_by_text("Goodbye.").wait_for()
        self.page.get_by_role("button", name="Back 10 seconds").click()
        assert 12 <= self.at() < 15
        self.page.get_by_role("slider", name="Place in the recording").focus()
        self.page.keyboard.press("PageDown")
        self.page.keyboard.press("ArrowRight")
        assert 3 <= self.at() < 6
        self.page.locator("output[data-now]").get_by_text("0:0").wait_for()
        self.page.get_by_role("combobox", name="Speed").select_option("2")
        assert self.page.evaluate("document.querySelector('call-player audio').playbackRate") == 2
        self.page.locator(".outcome a.proof").click()
        self.plays_from(12)
        assert self.page.locator(".say:target").inner_text().endswith("Yes, Tuesday is fine.")
        self.page.get_by_role("main").click(position={"x": 2, "y": 2})
        self.page.keyboard.press("Space")
        self.page.get_by_role("button", name="Pause").click()

        with self.page.expect_download() as download:
            self.page.get_by_role("link", name="Download the recording").click()
        assert download.value.suggested_filename.startswith("call-") and download.value.suggested_filename.endswith(".wav")
        with wave.open(io.BytesIO(Path(download.value.path()).read_bytes())) as sound:
            assert (sound.getnchannels(), sound.getnframes()) == (2, 24 * 8_000)
            begin = sound.readframes(8_000)
        loudest = [
            max(abs(int.from_bytes(begin[n + k : n + k + 2], "little", signed=True)) for n in range(0, len(begin), 4)) for k in (0, 2)
        ]
        assert loudest[0] > 20_000 and loudest[1] == 0, "the agent speaks first, on the left"
        assert Recording.objects.get(call=call).state == "ready"

    def test_a_page_that_was_open_during_the_call_gets_the_player(self):
        self.sign_in("editor")
        config = {"task": factories.TASK, "record": True}
        call = factories.call(self.account, carrier="sip", config=config, state=State.STARTED, started_at=now(), callee_name="Elena Duarte")

        def said(speaker: str, text: str, start: int) -> None:
            lifecycle.say(call.pk, speaker, text, start, start + 2_000)

        def over() -> None:
            ended = Event("call", "Call ended: completed", kind="state")
            lifecycle.advance(call.pk, State.STARTED, State.COMPLETE, ended, status="completed", duration_ms=24_000)
            self.made.append(path_of(kit.recorded(call, kit.talk(24))))

        apart(lambda: said(*LINES[0]))
        self.open(f"/calls/{call.uid}")
        self.page.locator("live-feed[data-line=open]").wait_for()
        apart(lambda: said(*LINES[1]))
        self.page.get_by_text(LINES[1][1], exact=True).wait_for()
        assert self.page.get_by_role("link", name="Hear from 0:12").count() == 0
        apart(over)
        self.page.get_by_role("slider", name="Place in the recording").wait_for()
        self.page.get_by_role("link", name="Hear from 0:12").click()
        self.plays_from(12)
        self.assert_accessible()

    def test_an_editor_deletes_it(self):
        self.sign_in("editor")
        call = self.finished()
        self.open(f"/calls/{call.uid}")
        self.page.get_by_role("button", name="Delete the recording").click()
        self.page.get_by_role("heading", name="Delete this recording?").wait_for()
        self.assert_accessible()
        self.page.get_by_role("button", name="Keep it").click()
        self.page.get_by_role("button", name="Delete the recording").click()
        self.page.get_by_role("dialog").get_by_role("button", name="Delete the recording").click()
        self.page.get_by_text("The recording was deleted").first.wait_for()
        assert self.page.get_by_role("link", name="Hear from 0:12").count() == 0
        self.assert_accessible()
        assert not self.made[0].exists()

    def test_without_javascript_the_browser_plays_it(self):
        call = self.finished()
        context = self.page.context.browser.new_context(java_script_enabled=False)
        page, self.page = self.page, context.new_page()
        self.sign_in("viewer")
        self.open(f"/calls/{call.uid}")
        assert self.page.locator("call-player audio[controls]").is_visible()
        assert not self.page.get_by_role("button", name="Play").is_visible()
        assert self.page.get_by_role("link", name="Hear from 0:12").get_attribute("href") == f"/calls/{call.uid}/recording#t=12.00"
        context.close()
        self.page = page
