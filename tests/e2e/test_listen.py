"""The sound of a live call on its page: the meters move, an operator listens in and hears what the line carries."""

import asyncio
import struct
import threading
from collections.abc import Callable, Iterator

import pytest
from django.conf import settings
from django.test import override_settings
from django.utils.timezone import now

from calls.carriers import listening, sockets
from calls.runner.media_server import media_server
from calls.states import State
from config.models import AuditEntry
from config.supervisor.valkey import free_port
from tests import factories
from tests.e2e.live import LiveCase

LOUD = struct.pack("<h", 12_000) * 160


class Leg:
    """A line with sound: 50 frames a second to whoever taps it."""

    def __init__(self) -> None:
        self.taps: list[Callable[[bytes, bytes], None]] = []

    def tap(self, hears: Callable[[bytes, bytes], None]) -> Callable[[], None]:
        self.taps.append(hears)
        return lambda: self.taps.remove(hears)

    async def sound(self) -> None:
        while True:
            await asyncio.sleep(0.02)
            for hears in list(self.taps):
                hears(LOUD, bytes(320))


class ListenIn(LiveCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.port = free_port()
        policy = {**settings.SECURE_CSP, "connect-src": ["'self'", f"ws://*:{cls.port}"]}
        cls._settings = override_settings(MEDIA_PORT=cls.port, SECURE_CSP=policy)
        cls._settings.enable()  # before the server is forked
        super().setUpClass()

    @classmethod
    def tearDownClass(cls) -> None:
        super().tearDownClass()
        cls._settings.disable()

    @pytest.fixture(autouse=True)
    def _runner(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """The media port of a runner that holds one line, in a thread with a loop of its own."""
        self.legs: dict[str, Leg] = {}
        monkeypatch.setattr(sockets, "_handlers", {})
        sockets.serve(listening.PREFIX, listening.handler(self.legs.get))
        loop, over = asyncio.new_event_loop(), asyncio.Event()

        async def serve() -> None:
            async with media_server("127.0.0.1", self.port):
                await over.wait()

        thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
        thread.start()
        self.loop = loop
        yield
        loop.call_soon_threadsafe(over.set)
        thread.join(5)

    def test_an_operator_hears_the_call(self):
        self.sign_in("operator")
        call = factories.call(self.account, state=State.STARTED, started_at=now(), carrier="sip", callee_name="Elena Duarte")
        leg = self.legs[str(call.uid)] = Leg()
        sounding = asyncio.run_coroutine_threadsafe(leg.sound(), self.loop)
        self.addCleanup(sounding.cancel)
        self.open(f"/calls/{call.uid}")
        self.page.locator("live-feed[data-line=open]").wait_for()
        self.assert_accessible()
        button = self.page.get_by_role("button", name="Listen in")
        button.click()
        self.page.get_by_text("You hear both sides. Nobody hears you.").wait_for()
        assert button.get_attribute("aria-pressed") == "true"
        self.assert_accessible()
        button.click()
        self.page.get_by_text("You hear both sides.").wait_for(state="detached")
        for _ in range(100):
            if not leg.taps:
                break
            self.page.wait_for_timeout(50)
        assert not leg.taps
        button.click()
        self.page.get_by_text("You hear both sides. Nobody hears you.").wait_for()
        del self.legs[str(call.uid)]
        self.page.get_by_text("The call is over.").wait_for()
        assert AuditEntry.objects.filter(action="call.listened").count() == 2
