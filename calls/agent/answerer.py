"""Who answered, decided by the first words and written down once; a person may still follow a menu."""

from typing import Literal

from calls.agent import voicemail
from calls.agent.recorded import listen_closely
from calls.agent.session import Recorder


class Answerer:
    """`who` is "" until it can be told. `sensitive`: first words that no rule knows are compared by meaning too."""

    def __init__(self, recorder: Recorder, sensitive: bool) -> None:
        self._recorder, self._sensitive = recorder, sensitive
        self.who: Literal["", "human", "voicemail", "unknown"] = ""
        self._sounds: Literal["", "human", "machine"] = ""

    def sounds(self, who: Literal["human", "machine"]) -> None:
        """What its sound makes of it: a long greeting without a pause is a machine's. Words and a beep have the last say."""
        self._sounds = who

    async def words(self, text: str, machine: bool, final: bool, early: bool = False) -> bool:
        """Takes in a line, or half a line; True when by it a voicemail was found.

        `early`: the call is young, and what a greeting's first words made look like a person may yet turn out to be one's machine.
        """
        if self.who == "voicemail" or (self.who == "human" and not (early and voicemail.classify(text, False, final) == "voicemail")):
            return False
        kind = voicemail.classify(text, machine, final, long_greeting=self._sounds == "machine")
        if self.who == "unknown" and kind != "human":
            return False
        if kind == "human" and not self.who and self._sensitive and await listen_closely(text):
            kind = "voicemail"
        match kind:
            case "voicemail":
                await self._decide("voicemail", f"These are the words of a voicemail: {text}")
            case "machine":
                await self._decide("unknown", f"A menu or an announcement answered: {text}")
            case "human":
                await self._decide("human", f"A person spoke: {text}")
        return kind == "voicemail"

    async def beep(self) -> bool:
        """A beep before anything else, or after a long greeting, is a voicemail; True when it was found by it."""
        if self.who and not (self.who == "human" and self._sounds == "machine"):
            return False
        await self._decide("voicemail", "A beep was heard")
        return True

    async def _decide(self, who: Literal["human", "voicemail", "unknown"], why: str) -> None:
        self.who = who
        await self._recorder.answered_by(who, why)
