"""A person, a voicemail or another machine? And when to speak on a voicemail. Pure rules; times in ms on the leg's clock."""

import re
from dataclasses import dataclass
from typing import Literal

Kind = Literal["human", "voicemail", "machine", ""]

EARLY_MS = 25_000  # so long into the call what sounded like a person may turn out to be a greeting
AFTER_BEEP_MS = 300
NO_BEEP_MS = 4_000  # the greeting is over and no beep came: speak
CUT_MS = 2_000  # a message that was cut short, and the line does not end: hang up
NO_END_MS = 30_000  # a greeting that does not end

# What only a greeting says. Questions do not count: "Would you like to leave a message?" is a person at the desk.
GREETING = re.compile(
    r"\bleave (?:me |us )?(?:a|your)(?: \w+){0,3} message|\b(?:after|at|for) the (?:beep|tone)\b|\brecord your message\b|"
    r"\b(?:I|we)(?:'m| am|'re| are)? (?:can(?:'|’)?t|cannot|unable to|not able to|not available to) "
    r"(?:come to|take|answer) (?:the|your) (?:phone|call)\b|"
    r"\b(?:person|party|customer|number|subscriber) you (?:are|were|have) [^.?]*\b(?:not |un)available\b|"
    r"\bforwarded to (?:an automated |the |a )?voice|\b(?:voice ?mail(?: ?box)?|mailbox) (?:of|for|is|belonging)\b",
    re.IGNORECASE,
)
# What a person at a desk may say too: counts when the line says that a machine speaks.
REACHED = re.compile(r"\byou(?:'ve|’ve| have)? (?:just )?reached\b", re.IGNORECASE)
MENU = re.compile(
    r"\bpress (?:the )?(?:\d|one|two|three|four|five|six|seven|eight|nine|zero|star|pound|hash)\b|\bpara español\b|"
    r"\b(?:listen carefully|menu options|dial (?:the )?extension|say or enter|enter your \w+(?: \w+)? number followed)\b|"
    r"\ball (?:of )?our (?:\w+ )?(?:agents|representatives|operators|lines) are\b|\byour call is important\b",
    re.IGNORECASE,
)


def classify(text: str, machine: bool, final: bool, long_greeting: bool = False) -> Kind:
    """Who says these words. `machine`: the line itself says that a machine speaks; `long_greeting`: it sounds as if. "" when that cannot
    be told yet.

    Half a line (`final` False) is enough for a voicemail, so that nobody talks to it longer than needed. A long greeting alone is judged
    when it is over: a question at its end is a person's.
    """
    long_greeting = long_greeting and final and not text.rstrip().endswith("?")
    told = " ".join(s for s in re.split(r"(?<=[.!?])\s+", text.strip()) if not s.endswith("?"))
    if not MENU.search(text) and (GREETING.search(told) or ((machine or long_greeting) and REACHED.search(told))):
        return "voicemail"
    if not final or not text.strip():
        return ""
    return "machine" if machine or MENU.search(text) else "human"


@dataclass(slots=True)
class Mailbox:
    """A voicemail on which a message is to be left: when to speak."""

    found_ms: int
    greeting_end_ms: int | None = None
    beep_ms: int | None = None
    said: bool = False

    @property
    def speak_at(self) -> int | None:
        """When to speak; None when the message was begun."""
        if self.said:
            return None
        if self.beep_ms is not None:
            return self.beep_ms + AFTER_BEEP_MS
        if self.greeting_end_ms is not None:
            return self.greeting_end_ms + NO_BEEP_MS
        return self.found_ms + NO_END_MS
