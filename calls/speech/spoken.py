"""Text for the ear."""

import re


def spoken(text: str, language: str = "en") -> str:
    """Times without the colon that voices read aloud."""
    return re.sub(r"(\d):(\d\d)", r"\1 \2", text)
