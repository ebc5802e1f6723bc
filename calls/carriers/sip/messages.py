"""The little of SIP that a question to a trunk needs: requests out, answers in, and digest access (RFC 3261, 7616, 8760). Pure."""

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from calls.carriers.sip.settings import Trunk

ALGORITHMS = {"MD5": "md5", "SHA-256": "sha256"}


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    reason: str
    call_id: str
    number: int  # of the question, from CSeq
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Challenge:
    header: str  # in which the response goes
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Question:
    """A request to the trunk itself; `local` is host:port of our end."""

    method: str
    trunk: Trunk
    local: str
    number: int = 1
    call_id: str = field(default_factory=lambda: secrets.token_hex(12))
    tag: str = field(default_factory=lambda: secrets.token_hex(6))
    authorization: str = ""

    @property
    def target(self) -> str:
        return f"sip:{self.trunk.home}"

    def text(self) -> bytes:
        trunk = self.trunk
        person = f"<sip:{trunk.user}@{trunk.home}>" if trunk.user else f"<sip:{trunk.home}>"
        lines = [
            f"{self.method} {self.target} SIP/2.0",
            f"Via: SIP/2.0/{trunk.transport.upper()} {self.local};branch=z9hG4bK{self.call_id[:12]}{self.number};rport",
            "Max-Forwards: 70",
            f"From: {person};tag={self.tag}",
            f"To: {person if self.method == 'REGISTER' else f'<{self.target}>'}",
            f"Call-ID: {self.call_id}",
            f"CSeq: {self.number} {self.method}",
            *([f"Contact: <sip:{trunk.user or 'parley'}@{self.local}>"] if self.method != "REGISTER" else []),
            *([self.authorization] if self.authorization else []),
            "User-Agent: Parley",
            "Content-Length: 0",
        ]
        return ("\r\n".join(lines) + "\r\n\r\n").encode()

    def signed(self, challenge: Challenge, secret: str) -> "Question":
        """The same question once more, with the password's proof."""
        value = credentials(challenge.values, self.trunk.auth_user or self.trunk.user, secret, self.method, self.target)
        return replace(self, number=self.number + 1, authorization=f"{challenge.header}: {value}")


def answer_of(message: bytes) -> Answer | None:
    """None for what is no answer."""
    head = message.decode("utf-8", "replace").split("\r\n\r\n")[0].split("\r\n")
    first = re.match(r"SIP/2\.0 (\d{3}) ?(.*)$", head[0])
    if not first:
        return None
    headers = tuple((name.strip().lower(), value.strip()) for name, _, value in (line.partition(":") for line in head[1:]))
    values = dict(reversed(headers))
    number = values.get("cseq", "0").split()[0]
    call_id = values.get("call-id") or values.get("i", "")
    return Answer(int(first[1]), first[2], call_id, int(number) if number.isdigit() else 0, headers)


def challenge_of(answer: Answer) -> Challenge | None:
    """The first digest challenge that can be met."""
    for name, response in (("www-authenticate", "Authorization"), ("proxy-authenticate", "Proxy-Authorization")):
        for header, value in answer.headers:
            if header == name and value.lower().startswith("digest "):
                pairs = re.findall(r'(\w+)\s*=\s*(?:"([^"]*)"|([^\s,]+))', value[7:])
                values = {key.lower(): quoted or bare for key, quoted, bare in pairs}
                if values.get("algorithm", "MD5").upper() in ALGORITHMS and {"realm", "nonce"} <= values.keys():
                    return Challenge(response, values)
    return None


def credentials(challenge: Mapping[str, str], user: str, secret: str, method: str, uri: str, cnonce: str = "") -> str:
    """The value of an Authorization header."""
    algorithm = challenge.get("algorithm", "MD5")

    def hashed(text: str) -> str:
        return hashlib.new(ALGORITHMS[algorithm.upper()], text.encode(), usedforsecurity=False).hexdigest()

    realm, nonce = challenge["realm"], challenge["nonce"]
    ours, asked = hashed(f"{user}:{realm}:{secret}"), hashed(f"{method}:{uri}")
    parts = [f'username="{user}"', f'realm="{realm}"', f'nonce="{nonce}"', f'uri="{uri}"', f"algorithm={algorithm}"]
    if "auth" in re.split(r"[,\s]+", challenge.get("qop", "")):
        cnonce = cnonce or secrets.token_hex(8)
        response = hashed(f"{ours}:{nonce}:00000001:{cnonce}:auth:{asked}")
        parts += ["qop=auth", "nc=00000001", f'cnonce="{cnonce}"']
    else:
        response = hashed(f"{ours}:{nonce}:{asked}")
    if "opaque" in challenge:
        parts.append(f'opaque="{challenge["opaque"]}"')
    return "Digest " + ", ".join([*parts, f'response="{response}"'])
