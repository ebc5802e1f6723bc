"""The picture of a persona: a toned square with its initials or a symbol. Nothing is loaded from elsewhere."""

from dataclasses import dataclass

TONES = {"petrol": "Petrol", "clay": "Clay", "stone": "Stone", "deep": "Deep petrol"}
SYMBOLS = {
    "": "Initials",
    "headphones": "Headphones",
    "calendar-clock": "Calendar",
    "clipboard-list": "Clipboard",
    "message-circle": "Speech",
    "smile": "Smile",
    "house": "House",
    "wrench": "Wrench",
    "shield-check": "Shield",
    "globe": "Globe",
}
STANDARD = "petrol"


@dataclass(frozen=True, slots=True)
class Avatar:
    """`symbol` is one of static/icons.svg; "" shows the initials."""

    tone: str = STANDARD
    symbol: str = ""

    def __str__(self) -> str:
        return f"{self.tone}:{self.symbol}" if self != Avatar() else ""


def read(text: str) -> Avatar:
    """The picture that was kept; what is not known reads as the standard one."""
    tone, _, symbol = text.partition(":")
    return Avatar(tone if tone in TONES else STANDARD, symbol if symbol in SYMBOLS else "")
