"""Whose turn is it? Small decisions of a conversation, pure and without a clock of their own. All times are ms on the leg's clock."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from calls.carriers.base import Heard

GREETING_MS = 8_000  # wait_for_greeting: so long we wait for the first word
CLOSING_MS = 10_000  # so long before max_duration the closing sentence is said
PRESS_MS = 1_500  # keys pressed within this time belong together; # ends the row at once
TAIL_MS = 600  # an answer may begin so long before the agent's last word, also with block_interruptions
MURMUR_MS = 1_500  # a murmur in our last words is the answer to them
STALE_MS = 15_000  # half a line that does not go on is no longer speech
VOICE_MS, BREATH_MS = 30_000, 1_000  # nor is a voice of which no words come for so long, with gaps no longer than that: music, a TV set

TIME_IS_UP = "I'm sorry, our time is up and I have to end the call here. Thank you for your time. Goodbye."
OUR_FAULT = "I'm sorry, there is a technical problem on our side, so I have to end the call here. Goodbye."
GOING_DOWN = "I'm sorry, I have to end the call here. Thank you for your time. Goodbye."
NO_TRANSFER = "I'm sorry, I could not reach anybody who can take over. I will let the team know."

FAREWELL = re.compile(
    r"(?:(?:ok(?:ay)?|all right|alright|good|great|fine|thanks?|thank you(?: very much| so much)?|bye(?:[ -]bye)?|good ?bye|see you|"
    r"you too|have a (?:good|nice) (?:day|one|evening)|yes|sure|take care|cheers)[\s,.!]*)+",
    re.IGNORECASE,
)


# Back-channel: says that somebody listens, wants no turn. Also a "Hello?" into our opening.
MURMUR = re.compile(
    r"(?:(?:m+h*m*|mm+[ -]?h+m*|u+h*[ -]?hu+h*|a+h+|o+h+|hm+|yes|yeah|yep|yup|ye|ok(?:ay)?|right|sure|i see|got it|all right|alright|"
    r"really|wow|hello|hi|hey|s[ií]|claro|ya|vale|ja|oui)[\s,.!?…-]*){1,3}",
    re.IGNORECASE,
)


def murmur(text: str) -> bool:
    """No words, or words with which somebody only shows that they listen."""
    return not text.strip() or MURMUR.fullmatch(text.strip()) is not None


def farewell(text: str) -> bool:
    """Nothing but words that end a call: the call may end on them."""
    return FAREWELL.fullmatch(text.strip()) is not None


def soonest(*times: int | None) -> int | None:
    known = [t for t in times if t is not None]
    return min(known) if known else None


def ignored(heard: Heard, agent_speaks: bool, agent_quiet_since_ms: int) -> bool:
    """With block_interruptions: were these words spoken over the agent? An answer may begin in its last words."""
    return agent_speaks or heard.start_ms < agent_quiet_since_ms - TAIL_MS


@dataclass(slots=True)
class Ear:
    """What the callee has said since its last turn, and whether it is still speaking."""

    parts: list[str] = field(default_factory=list)
    partial: Heard | None = None
    partial_at: int = 0
    end_ms: int = 0
    stt_ms: int = 0  # what recognition of the last words took
    voice: bool = False  # the line hears a voice now; it says when that ends
    voice_since: int = 0  # or since the last words of it
    voice_until: int = -BREATH_MS

    def hear(self, heard: Heard, now_ms: int, keep: bool = True) -> None:
        """`keep` False: the words are over, but do not count as an answer."""
        if heard.text.strip():
            self.voice_since = now_ms
        if not heard.final:
            self.partial, self.partial_at = heard, now_ms
            return
        if self.partial is None or not (self.partial.start_ms >= heard.end_ms and self.partial.start_ms > heard.start_ms):
            self.partial = None  # else they have begun to speak again before these words were known
        if keep and heard.text.strip():
            self.parts.append(heard.text.strip())
            self.end_ms, self.stt_ms = heard.end_ms, heard.stt_ms

    def began(self, at_ms: int, now_ms: int) -> None:
        """There is a voice; its words are not known yet."""
        if at_ms - self.voice_until >= BREATH_MS:
            self.voice_since = now_ms
        self.voice = True
        self.hear(Heard("", at_ms, at_ms, final=False), now_ms)

    def ceased(self, now_ms: int) -> None:
        """The voice is silent; its words follow."""
        self.voice, self.voice_until = False, now_ms
        if self.partial is not None:
            self.partial_at = now_ms

    def wordless(self, heard: Heard) -> bool:
        """A sound of which no words came."""
        return not heard.text.strip() and self.partial is not None and not self.partial.text

    def speaking(self, now_ms: int) -> bool:
        return self.partial is not None and now_ms < self._until

    def stale_at(self, now_ms: int) -> int | None:
        """When it no longer counts as speaking; None when it does not speak."""
        return self._until if self.speaking(now_ms) else None

    @property
    def _until(self) -> int:
        stale = self.partial_at + STALE_MS
        return max(stale, self.voice_since + VOICE_MS) if self.voice else stale

    def over_at(self, threshold_ms: int, now_ms: int) -> int | None:
        """When the callee's turn is over; None while it speaks or has said nothing."""
        return self.end_ms + threshold_ms if self.parts and not self.speaking(now_ms) else None

    @property
    def text(self) -> str:
        return " ".join(self.parts)

    def take(self) -> str:
        text, self.parts = self.text, []
        return text

    def give_back(self, texts: Iterable[str]) -> None:
        """Words of a turn that was not answered: they are heard together with what follows."""
        self.parts[:0] = [t for t in texts if t]
