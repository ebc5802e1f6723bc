"""Addresses on the web that the product itself will call."""

import ipaddress
import re
from urllib.parse import urlsplit

SPACE = re.compile(r"[\s\x00-\x1f\x7f<>\"{}|\\^`]")
LONGEST = 2048


def is_address(url: str) -> bool:
    """Whether this is a whole http(s) address with a host."""
    if len(url) > LONGEST or SPACE.search(url):
        return False
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return False
    return (
        parts.scheme.lower() in ("http", "https") and bool(parts.hostname) and re.fullmatch(r"[^\s/?#@]+", parts.hostname or "") is not None
    )


def is_private(url: str) -> bool:
    """Whether the host is written as a private, loopback or otherwise inner address. Names are looked up only when it is called."""
    host = (urlsplit(url).hostname or "").rstrip(".").lower()
    if host == "localhost" or host.endswith((".localhost", ".local", ".internal")):
        return True
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return False
