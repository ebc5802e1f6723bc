"""What a SIP line is set up with: one declaration for the settings page, the command line and the carrier. Framework-free.

`FIELDS` says what there is, `check` turns what somebody wrote into `Line.settings`, `parse` turns those into a `Trunk`. The password is no
setting; `check_secret` looks at it.
"""

import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal, cast

from calls.carriers.fields import Choices, Field, Wrong

MISSING = "SIP lines need the package baresip-python, which is not installed here. It exists for Linux on x86_64 and aarch64 (glibc)."
CODECS: Choices = (("pcmu", "G.711 µ-law (North America, Japan)"), ("pcma", "G.711 A-law (elsewhere)"))
LOWEST_PORT, HIGHEST_PORT, FEWEST_PORTS = 1_024, 65_535, 10
SYSTEM_CAS = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")
DEFAULT_RTP = "20000-20999"

_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f<>\"]")
_LABEL = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)")
_YES, _NO = frozenset({"yes", "true", "on", "1"}), frozenset({"no", "false", "off", "0", ""})


@dataclass(frozen=True, slots=True)
class Trunk:
    """The settings of one line, checked."""

    host: str
    port: int = 0  # 0: as DNS says (SRV), else the usual one
    transport: Literal["udp", "tcp", "tls"] = "udp"
    user: str = ""
    auth_user: str = ""
    register: bool = False
    domain: str = ""  # "": the host
    numbers: Literal["plus", "digits"] = "plus"
    srtp: Literal["off", "optional", "required"] = "off"
    codecs: tuple[str, ...] = ("pcmu", "pcma")
    rtp_ports: tuple[int, int] = (20_000, 20_999)
    verify_tls: bool = True
    ca_file: str = ""
    ring_timeout: int = 60  # seconds
    media_timeout: int = 20  # seconds; 0: never
    precall_keys: bool = True
    interface: str = ""

    @property
    def at(self) -> str:
        """host or host:port, as it stands in a URI."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}" if self.port else host

    @property
    def usual_port(self) -> int:
        return self.port or (5061 if self.transport == "tls" else 5060)

    @property
    def home(self) -> str:
        """The domain of the caller's and the callee's addresses."""
        return self.domain or self.at


# Reading what was written ------------------------------------------------------------------------------------------------
def _text(value: Any) -> str:
    text = str(value if value is not None else "").strip()
    if _FORBIDDEN.search(text):
        raise Wrong('This may not contain < > " or control characters.')
    if len(text) > 253:
        raise Wrong("This is too long.")
    return text


def _host(value: Any) -> str:
    text = _text(value).removeprefix("sip:").strip("[]")
    try:
        return str(ipaddress.ip_address(text))
    except ValueError:
        pass
    if not text or not all(_LABEL.fullmatch(part) for part in text.removesuffix(".").split(".")):
        raise Wrong("This is not the name or address of a machine, like sip.example.com or 192.0.2.10. The port has a field of its own.")
    return text.removesuffix(".")


def _optional_host(value: Any) -> str:
    return _host(value) if _text(value) else ""


def _plain(forbidden: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        text = _text(value)
        if any(char in forbidden or char.isspace() for char in text):
            raise Wrong(f"This may not contain spaces or {' '.join(forbidden)}")
        return text

    return read


def _path(value: Any) -> str:
    text = _plain("'\\")(value)
    if text and not text.startswith("/"):
        raise Wrong("Write the whole path, beginning with a slash.")
    return text


def _number(low: int, high: int, *, or_zero: bool = False) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        text = _text(value) or "0"
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1
        if not (low <= number <= high or (or_zero and number == 0)):
            raise Wrong(f"This must be a whole number from {low} to {high}{', or 0' if or_zero else ''}.")
        return number

    return read


def _switch(value: Any) -> bool:
    word = _text(value).lower()
    if word in _YES:
        return True
    if word in _NO:
        return False
    raise Wrong("Write yes or no.")


def _one_of(choices: Choices) -> Callable[[Any], str]:
    names = [name for name, _ in choices]

    def read(value: Any) -> str:
        text = _text(value).lower()
        if text not in names:
            raise Wrong(f"This must be one of: {', '.join(names)}.")
        return text

    return read


def _codecs(value: Any) -> list[str]:
    parts = value if isinstance(value, list | tuple) else re.split(r"[,\s]+", _text(value))
    one = _one_of(CODECS)
    found = list(dict.fromkeys(one(part) for part in parts if _text(part)))
    if not found:
        raise Wrong("Choose at least one.")
    return found


def _ports(value: Any) -> str:
    match = re.fullmatch(r"(\d{1,5})\s*[-–]\s*(\d{1,5})", _text(value))
    if not match:
        raise Wrong(f"Write the lowest and the highest port, like {DEFAULT_RTP}.")
    low, high = int(match[1]), int(match[2])
    if low < LOWEST_PORT or high > HIGHEST_PORT or high - low + 1 < FEWEST_PORTS:
        raise Wrong(f"The range must lie between {LOWEST_PORT} and {HIGHEST_PORT} and hold at least {FEWEST_PORTS} ports.")
    return f"{low}-{high}"


TRANSPORTS: Choices = (("udp", "UDP"), ("tcp", "TCP"), ("tls", "TLS (encrypted)"))
SRTP: Choices = (("off", "Off"), ("optional", "When the trunk can"), ("required", "Required"))
NUMBERS: Choices = (("plus", "+15551234567"), ("digits", "15551234567"))

FIELDS: tuple[Field, ...] = (
    Field("host", "Host", _host, "Name or address of the trunk, as the provider or your PBX gives it", needed=True),
    Field(
        "port", "Port", _number(1, HIGHEST_PORT, or_zero=True), "0: as the name says in DNS, else 5060 (5061 with TLS)", "number", default=0
    ),
    Field("transport", "Transport", _one_of(TRANSPORTS), "", "choice", TRANSPORTS, "udp"),
    Field("user", "User name", _plain('@:;<>"?'), "Also shown as the caller when a call has no number of its own"),
    Field("auth_user", "User name for signing in", _plain(';<>"\\'), "Only when the provider has a second one for this"),
    Field("register", "Register", _switch, "Stay signed in at the trunk, for providers that ask for it", "switch", default=False),
    Field("domain", "Domain", _optional_host, "The name in SIP addresses, when it is another than the host"),
    Field("numbers", "Numbers are written", _one_of(NUMBERS), "", "choice", NUMBERS, "plus"),
    Field("codecs", "Codecs", _codecs, "In this order", "choices", CODECS, ["pcmu", "pcma"], group="sound"),
    Field(
        "srtp",
        "Encrypted sound (SRTP)",
        _one_of(SRTP),
        "The keys travel with the signalling: use it together with TLS",
        "choice",
        SRTP,
        "off",
        group="sound",
    ),
    Field(
        "rtp_ports",
        "UDP ports for sound",
        _ports,
        "The trunk must be able to reach these. Use the same range on all SIP lines",
        default=DEFAULT_RTP,
        group="sound",
    ),
    Field(
        "media_timeout",
        "End the call after silence of the line",
        _number(2, 600, or_zero=True),
        "When no sound arrives at all for so long, the other side is gone. 0: never",
        "number",
        default=20,
        unit="seconds",
        group="sound",
    ),
    Field(
        "verify_tls",
        "Check the certificate",
        _switch,
        "With TLS. Off only for a trial: anybody on the way could pose as the trunk",
        "switch",
        default=True,
        group="more",
    ),
    Field(
        "ca_file",
        "File of trusted certificates",
        _path,
        "A PEM file on the server, when your PBX has a certificate of your own authority. Empty: those of the system",
        group="more",
    ),
    Field(
        "ring_timeout",
        "Ring for at most",
        _number(5, 180),
        "The calls' own limits may be shorter",
        "number",
        default=60,
        unit="seconds",
        group="more",
    ),
    Field(
        "precall_keys",
        "Keys before the conversation",
        _switch,
        "Whether calls may press keys as soon as they are answered",
        "switch",
        default=True,
        group="more",
    ),
    Field(
        "interface",
        "Network interface",
        _plain("'\\"),
        "Name or address, for a server with several. Empty: as the system routes",
        group="more",
    ),
)

SECRET_LABEL, SECRET_HELP = "Password", "Of the user above. Empty when the trunk knows this server by its address"


def check(given: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str]]:
    """What was written as it is to be kept, and what is wrong with it, by field. What is left out gets its default."""
    clean: dict[str, Any] = {}
    errors = {name: "There is no setting of this name." for name in given if name not in _BY_NAME}
    for field in FIELDS:
        try:
            clean[field.name] = field.read(given.get(field.name, field.default))
        except Wrong as wrong:
            errors[field.name] = str(wrong) if given.get(field.name) or not field.needed else "This is needed."
    if not errors and clean["register"] and not clean["user"]:
        errors["user"] = "Registering needs a user name."
    return clean, errors


def check_secret(secret: str) -> str:
    """What is wrong with a password; "" when it can be used."""
    if any(char in '"\\' or ord(char) < 32 or ord(char) == 127 for char in secret):
        return 'A SIP password may not contain " \\ or control characters.'
    return ""


def parse(settings: Mapping[str, Any]) -> Trunk:
    """The settings of a line as its carrier uses them. Raises Wrong."""
    clean, errors = check(settings)
    for name, error in errors.items():
        if name in _BY_NAME:
            raise Wrong(f"{_BY_NAME[name].label}: {error}")
    low, high = clean.pop("rtp_ports").split("-")
    return Trunk(**cast(dict[str, Any], clean | {"codecs": tuple(clean["codecs"]), "rtp_ports": (int(low), int(high))}))


def authorities(ca_file: str) -> str:
    """The file with the certificates that are trusted: the line's own or the system's; "" when there is none."""
    return ca_file or next((path for path in SYSTEM_CAS if Path(path).is_file()), "")


def missing() -> str:
    """Why there can be no SIP lines on this machine; "" when there can."""
    return "" if find_spec("baresip") else MISSING


_BY_NAME = {field.name: field for field in FIELDS}
