"""The parameter `language` ("babel-en", "en-GB", "es", "auto", …)."""


def english(language: str) -> bool:
    """What is left open ("auto", "babel", "") is taken for English."""
    name = language.strip().lower().replace("_", "-").removeprefix("babel").lstrip("-")
    return name.split("-")[0] in ("", "en", "eng", "auto", "english")
