"""A person, a voicemail or another machine? And when to speak on a voicemail. Pure rules; times in ms on the leg's clock."""

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["human", "voicemail", "machine", ""]

AFTER_BEEP_MS = 300
NO_BEEP_MS = 4_000  # the greeting is over and no beep came: speak
NO_END_MS = 30_000  # a greeting that does not end

GREETING = re.compile(
    r"\b(?:you(?:'ve|’ve| have)? (?:just )?reached\b(?! (?:out|the right))|leave (?:me |us )?(?:a|your)(?: \w+){0,3} message|"
    r"(?:after|at|for) the (?:beep|tone)|(?:is|am|are) not available(?: to take| right now)|"
    r"(?:can(?:'|’)?t|cannot|unable to|can not) (?:come to|take|answer) (?:the|your) (?:phone|call)|"
    r"voice ?mail(?:box)?\b(?! me)|mailbox (?:is|of|belonging)|record your message|(?:not|un)available at the (?:moment|tone))",
    re.IGNORECASE,
)
MENU = re.compile(
    r"\bpress (?:the )?(?:\d|one|two|three|four|five|six|seven|eight|nine|zero|star|pound|hash)\b|\bpara español\b|"
    r"\b(?:listen carefully|menu options|dial (?:the )?extension|say or enter|enter your \w+(?: \w+)? number followed)\b|"
    r"\ball (?:of )?our (?:\w+ )?(?:agents|representatives|operators|lines) are\b|\byour call is important\b",
    re.IGNORECASE,
)


def classify(text: str, machine: bool) -> Kind:
    """Who says these words. `machine`: the line itself says that a machine speaks. "" for no words."""
    if not text.strip():
        return ""
    if MENU.search(text):
        return "machine"
    if GREETING.search(text):
        return "voicemail"
    return "machine" if machine else "human"


@dataclass(slots=True)
class Mailbox:
    """A voicemail on which a message is to be left: when to speak."""

    found_ms: int
    greeting_end_ms: int | None = None
    beep_ms: int | None = None

    @property
    def speak_at(self) -> int:
        if self.beep_ms is not None:
            return self.beep_ms + AFTER_BEEP_MS
        if self.greeting_end_ms is not None:
            return self.greeting_end_ms + NO_BEEP_MS
        return self.found_ms + NO_END_MS
