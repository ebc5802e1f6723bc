"""A sound while we speak: an interruption, a mere "mhm", or no word at all? We pause at once, and go on or give way when that is known.

Only lines with sound say that somebody makes one (calls.carriers.base.Voice). Words that come as text are whole, and count as they are.
"""

from calls.agent import turns
from calls.carriers.base import Heard, Media

NO_WORDS_MS = 2_000  # a sound that goes on without words: music, traffic, another talk in the room


class Pause:
    def __init__(self, media: Media) -> None:
        self._media = media
        self._since: int | None = None
        self._murmur: Heard | None = None

    @property
    def on(self) -> bool:
        return self._since is not None

    @property
    def over_at(self) -> int | None:
        """When we go on although the sound does not end."""
        return None if self._since is None else self._since + NO_WORDS_MS

    async def begin(self) -> None:
        if self._since is None:
            self._since = self._media.now_ms
            await self._media.pause(True)

    async def end(self) -> None:
        """It was nothing: we go on where we stopped."""
        if self._since is not None:
            self._since = None
            await self._media.pause(False)

    def drop(self) -> None:
        """What was paused has been stopped."""
        self._since = None

    def waits(self, heard: Heard) -> bool:
        """Whether these words do not decide yet."""
        return self.on and not heard.final and turns.murmur(heard.text)

    def ends(self, heard: Heard) -> bool:
        """Whether these words were no interruption."""
        return self.on and heard.final and turns.murmur(heard.text)

    def keep(self, heard: Heard) -> None:
        self._murmur = heard if heard.text.strip() else None

    def answer(self, said_until_ms: int) -> Heard | None:
        """The murmur that was the answer after all: we said hardly anything after it."""
        murmur, self._murmur = self._murmur, None
        return murmur if murmur is not None and said_until_ms - murmur.end_ms <= turns.MURMUR_MS else None
