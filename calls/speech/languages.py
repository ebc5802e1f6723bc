"""The parameter `language` ("babel-en", "en-GB", "es", "auto", …)."""


def iso(language: str) -> str:
    """Two letters ("en"), or "" where it is left open: auto and the multilingual babel."""
    name = language.strip().lower().replace("_", "-").removeprefix("babel").lstrip("-")
    return "" if name in ("", "auto") else name.split("-")[0][:2]


def english(language: str) -> bool:
    """What is left open is taken for English."""
    return iso(language) in ("", "en")
