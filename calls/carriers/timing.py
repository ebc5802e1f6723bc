"""How long things take on a line that has no sound of its own. Pure."""

CHARACTER_MS = 60  # of spoken text, about 2.8 words a second
SHORTEST_MS = 400
TONE_MS, PAUSE_MS = 200, 500  # one key tone with its gap; one w


def speaking_ms(text: str) -> int:
    return max(SHORTEST_MS, len(text) * CHARACTER_MS)


def tones_ms(digits: str) -> int:
    return sum(PAUSE_MS if d == "w" else TONE_MS for d in digits)


def heard_of(text: str, share: float) -> str:
    """The part of a spoken text that was heard, cut between words: `share` of its time has passed."""
    if share >= 1:
        return text
    if share <= 0:
        return ""
    return text[: int(len(text) * share) + 1].rpartition(" ")[0].strip()
