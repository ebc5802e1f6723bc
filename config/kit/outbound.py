"""The only way out: every HTTP request to an address that somebody wrote down (webhooks, steps, tools) goes through here.

A server inside an office sees machines that the internet does not. So the address is checked after the name was looked up, on the first
request and on every redirect, and the connection goes to the very address that was checked: a name that answers differently the second
time gains nothing. Private, loopback, link-local, multicast and reserved addresses are refused, also when they hide in an IPv6 form;
plain http too. The setting ALLOW_HTTP_WEBHOOKS lifts both, for local use.
"""

import asyncio
import ipaddress
import socket
import ssl
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import SplitResult, urljoin, urlsplit

import certifi
import httpx
from django.conf import settings

METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"})
LONGEST_URL = 4_000  # characters
MOST_BYTES = 1_000_000  # of an answer
MOST_REDIRECTS = 3
BEGIN_BYTES, BEGIN_SECONDS = 2_000, 1.0
OURS = frozenset({"host", "content-length", "transfer-encoding", "connection", "upgrade", "te", "trailer", "accept-encoding", "expect"})
OURS_BY_PREFIX = ("proxy-",)
NAT64 = ipaddress.ip_network("64:ff9b::/96")

type Address = ipaddress.IPv4Address | ipaddress.IPv6Address
type Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


class Refused(Exception):
    """The request was not made: where it would have gone is not allowed. The text is for staff and names no inner address."""


class Failed(Exception):
    """The request was made or tried, and no usable answer came."""


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    text: str
    url: str  # the last one, after redirects
    ms: int
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class Policy:
    """Where requests may go."""

    plain_http: bool
    permits: Callable[[Address], bool]


async def fetch(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    body: str | bytes | None = None,
    seconds: float = 10.0,
    policy: Policy | None = None,
    most_bytes: int = MOST_BYTES,
    resolve: Resolve | None = None,
    status_only: bool = False,
) -> Answer:
    """One request with its redirects, all within `seconds`. `policy`: the one of the settings when none is given.
    `status_only`: what counts is what the very address answered. A redirect is that answer, and of the text only a beginning is read.

    Raises Refused before anything is sent there, Failed when it came to nothing (also an answer over `most_bytes`).
    """
    began = time.monotonic()
    try:
        async with asyncio.timeout(seconds):
            hop = _Hop(method.upper(), url, _clean(headers or {}), body, status_only)
            return await _follow(hop, policy or of_settings(), most_bytes, resolve or look_up, began)
    except TimeoutError:
        raise Failed(f"No answer within {seconds:g} s") from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError) as error:
        raise Failed(f"{host_of(url) or 'The address'} could not be reached ({type(error).__name__})") from error


def check_url(url: str, policy: Policy | None = None) -> SplitResult:
    """What can be said of an address without looking its name up. Raises Refused."""
    if len(url) > LONGEST_URL or any(ord(char) <= 32 for char in url):
        raise Refused("The address is too long or has spaces in it.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused("The address cannot be read.") from None
    if parts.scheme not in ("https", "http"):
        raise Refused("The address must start with https://.")
    if parts.scheme == "http" and not (policy or of_settings()).plain_http:
        raise Refused("Plain http is not allowed: the address must start with https://.")
    if parts.username or parts.password:
        raise Refused("A name or password in the address is not allowed: use a header.")
    if not parts.hostname or port == 0:
        raise Refused("The address names no server.")
    return parts


def host_of(url: str) -> str:
    """The name of the server in an address; "" when it names none or cannot be read."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def is_public(address: Address) -> bool:
    """Whether an address lies in the open internet; addresses that carry another inside are judged by that one too."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
        if address in NAT64:
            inner.append(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if any(each is not None and not is_public(each) for each in inner):
            return False
        if address.ipv4_mapped is not None or address in NAT64:
            return True
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


STRICT = Policy(plain_http=False, permits=is_public)
LOCAL = Policy(plain_http=True, permits=lambda address: not address.is_multicast)


def of_settings() -> Policy:
    return LOCAL if settings.ALLOW_HTTP_WEBHOOKS else STRICT


async def look_up(host: str, port: int) -> list[str]:
    """Every address of a name. The system's resolver also reads 2130706433, 0x7f.1 and 0177.0.0.1 as what they mean."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class _Hop:
    method: str
    url: str
    headers: Mapping[str, str]
    body: str | bytes | None
    status_only: bool = False


async def _follow(hop: _Hop, policy: Policy, most_bytes: int, resolve: Resolve, began: float) -> Answer:
    if hop.method not in METHODS:
        raise Refused(f"{hop.method[:20]} is not a method that is sent.")
    for _ in range(MOST_REDIRECTS + 1):
        parts = check_url(hop.url, policy)
        address = await _checked_address(parts, policy, resolve)
        status, answered, text, target = await _send(hop, parts, address, most_bytes)
        if target is None:
            return Answer(status, text, hop.url, round((time.monotonic() - began) * 1000), answered)
        hop = _next(hop, status, _joined(hop.url, target))
    raise Failed(f"More than {MOST_REDIRECTS} redirects")


def _joined(url: str, target: str) -> str:
    try:
        joined = urljoin(url, target)
    except ValueError:
        raise Failed("It leads on to an address that cannot be read") from None
    check_url(joined, LOCAL)  # only whether it can be read: the next round asks whether it is allowed
    return joined


def _next(hop: _Hop, status: int, url: str) -> _Hop:
    """Where a redirect leads. Headers hold keys, which were meant for the first server only."""
    headers = hop.headers if _origin(hop.url) == _origin(url) else {}
    if status in (301, 302, 303) and hop.method not in ("GET", "HEAD"):
        return _Hop("GET", url, headers, None)
    return _Hop(hop.method, url, headers, hop.body)


async def _checked_address(parts: SplitResult, policy: Policy, resolve: Resolve) -> str:
    """The address to connect to. One that is not allowed among several refuses them all: the name is not to be trusted."""
    host = parts.hostname or ""
    try:
        found = await resolve(host, parts.port or (443 if parts.scheme == "https" else 80))
    except (OSError, UnicodeError):
        found = []
    if not found:
        raise Failed(f"The name {host[:100]} is not known")
    if not all(_permitted(each, policy) for each in found):
        raise Refused(f"{host[:100]} leads into a private network, which is not allowed.")
    return found[0]


def _permitted(found: str, policy: Policy) -> bool:
    try:
        return policy.permits(ipaddress.ip_address(found.partition("%")[0]))
    except ValueError:
        return False


async def _send(hop: _Hop, parts: SplitResult, address: str, most_bytes: int) -> tuple[int, dict[str, str], str, str | None]:
    """Status, headers, text and, for a redirect, where to."""
    host = parts.hostname or ""
    literal = f"[{address.partition('%')[0]}]" if ":" in address else address
    there = parts._replace(netloc=f"{literal}:{parts.port}" if parts.port else literal, fragment="").geturl()
    named = f"[{host}]" if ":" in host else host.encode("idna").decode() if not host.isascii() else host
    sent = {
        "user-agent": "Parley",
        "accept": "*/*",
        **hop.headers,
        "host": f"{named}:{parts.port}" if parts.port else named,
        "accept-encoding": "identity",  # a small compressed answer can be a very large one
    }
    async with httpx.AsyncClient(verify=_trusted(), trust_env=False, follow_redirects=False, timeout=None) as client:  # noqa: S113  (fetch has the time limit)
        request = client.build_request(hop.method, there, headers=sent, content=hop.body, extensions={"sni_hostname": named.strip("[]")})
        response = await client.send(request, stream=True)
        try:
            target = response.headers.get("location") if response.status_code in (301, 302, 303, 307, 308) else None
            if hop.status_only:
                return response.status_code, dict(response.headers), await _begin(response), None
            text = "" if target else await _read(response, most_bytes)
            return response.status_code, dict(response.headers), text, target
        finally:
            await response.aclose()


@cache
def _trusted() -> ssl.SSLContext:
    """The public certificate authorities and those of this machine: an office may have its own. Made once, it takes 20 ms."""
    context = ssl.create_default_context(cafile=certifi.where())
    context.load_default_certs()
    return context


async def _read(response: httpx.Response, most_bytes: int) -> str:
    if response.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise Failed("The answer is compressed, although it was asked not to be")
    read = bytearray()
    async for piece in response.aiter_raw():
        read += piece
        if len(read) > most_bytes:
            raise Failed(f"The answer is larger than {most_bytes:,} bytes")
    try:
        return read.decode(response.charset_encoding or "utf-8", "replace")
    except LookupError:  # a charset that nobody knows
        return read.decode("utf-8", "replace")


async def _begin(response: httpx.Response) -> str:
    """The first words of an answer, as far as they come soon; "" when they are compressed."""
    if response.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        return ""
    read = bytearray()
    with suppress(TimeoutError, httpx.HTTPError):
        async with asyncio.timeout(BEGIN_SECONDS):
            async for piece in response.aiter_raw():
                read += piece[:BEGIN_BYTES]
                if len(read) >= BEGIN_BYTES:
                    break
    return bytes(read[:BEGIN_BYTES]).decode("utf-8", "replace")


def _clean(headers: Mapping[str, str]) -> dict[str, str]:
    """Without what belongs to the connection itself; line breaks are refused, they would begin another header."""
    kept = {}
    for name, value in headers.items():
        plain = name.strip().lower()
        if any(char in f"{name}{value}" for char in "\r\n\0"):
            raise Refused("A header has a line break in it.")
        if plain and plain not in OURS and not plain.startswith(OURS_BY_PREFIX):
            kept[plain] = value
    return kept


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port
