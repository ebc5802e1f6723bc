"""The call's parameter `language` in the words of services."""


def iso(language: str) -> str:
    """Two letters ("en"), or "" when the service is to find out: auto and the multilingual babel."""
    plain = language.strip().lower().removeprefix("babel").lstrip("-_")
    return "" if plain in ("", "auto") else plain.replace("_", "-").split("-")[0][:2]
