"""An office with a Twilio line whose Twilio is the double: its callbacks reach the real views, its sockets the runner's media port."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from asgiref.sync import sync_to_async

from calls import lines
from calls.carriers import registry, sound
from calls.carriers.base import Dial, LineConfig
from calls.carriers.sound import LineEvent, SoundLine
from calls.carriers.twilio.carrier import place
from calls.models import Call, Line, Number
from calls.runner.media_server import media_server
from calls.states import State
from config.kit.secrets import seal
from config.models import Account
from tests import factories
from tests.doubles.twilio import Placed, Twilio

CALLEE, COLLEAGUE = "+17205550142", "+17205550177"


def connect(account: Account, twilio: Twilio, **more: Any) -> Line:
    """A line of the office, with its number."""
    kept = {"account_sid": twilio.sid, "base_url": twilio.url}
    line = lines.save(Line(account=account, kind="twilio", name="Twilio", settings=kept, secret=seal(twilio.token), **more))
    Number.objects.create(account=account, number=twilio.numbers[0], line=line, is_default=True)
    return line


def config_of(twilio: Twilio) -> LineConfig:
    return LineConfig("line", "twilio", "Twilio", {"account_sid": twilio.sid, "base_url": twilio.url}, twilio.token)


def reachable(settings, web: str, media_port: int) -> None:
    """Tells the product where it is."""
    settings.ALLOW_HTTP_WEBHOOKS = True
    settings.BASE_URL, settings.MEDIA_URL_PUBLIC, settings.MEDIA_PORT = web, "", media_port


@dataclass
class Dialled:
    """One call that is placed by hand: its row, its line, and the other end of it."""

    call: Call
    line: SoundLine
    placed: Placed

    async def until(self, kind: type[LineEvent], within: float = 10.0) -> Any:
        """The next event of this kind; sound before it is passed over."""
        async with asyncio.timeout(within):
            while not isinstance(event := await self.line.next(), kind):
                assert not isinstance(event, sound.Gone), event
            return event

    async def events(self, within: float = 10.0) -> list[LineEvent]:
        """Everything but sound, to the end of the line."""
        found: list[LineEvent] = []
        async with asyncio.timeout(within):
            while True:
                event = await self.line.next()
                if not isinstance(event, sound.Sound):
                    found.append(event)
                if isinstance(event, sound.Gone):
                    return found


@asynccontextmanager
async def switchboard(settings, live_server) -> AsyncIterator[None]:
    """The media port, and addresses that lead here."""
    registry.get.cache_clear()
    registry.get("twilio")
    async with media_server("127.0.0.1", 0) as port:
        reachable(settings, live_server.url, port)
        yield


async def dial(account: Account, twilio: Twilio, to: str = CALLEE, **options: Any) -> Dialled:
    def row() -> Call:
        line = Line.objects.filter(account=account).first() or connect(account, twilio)
        return factories.call(account, to_number=to, carrier="twilio", line=line, state=State.DIALLING, from_number=twilio.numbers[0])

    call = await sync_to_async(row)()
    line = await place(Dial(str(call.uid), to, twilio.numbers[0], options={"max_duration": 5, **options}, line=config_of(twilio)))
    return Dialled(call, line, twilio.calls[line.ref])
