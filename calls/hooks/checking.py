"""The signature checker: what somebody pasted, judged in words. Keeps nothing, logs nothing, and says no secret."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from calls.hooks import js, signing
from calls.hooks.signing import Verdict

# Finds our headers in what people paste: plain lines, curl -v and -H, a dict of Python or JavaScript, Django's request.META.
HEADER = re.compile(
    r"""(?<![\w-])(?:HTTP_)?(X[-_]webhook[-_]signature|webhook[-_](?:id|timestamp|signature))["']?\s*[:=]\s*["']?([^"'\r\n]*)""", re.I
)
READ_AGAIN = (
    "The body was read as JSON and written again on its way here, and that changed its spaces, its order or how letters are written. "
    "Written as we send it, it fits. Check the bytes as they came, before anything reads them as JSON."
)
OTHER = (
    "Either it was signed with another secret, or the body is not to the byte what was sent. Look whether something reads the body as "
    "JSON and writes it again, cuts it, or changes its letters before it is checked."
)
PASTED_LATER = "For a message that was pasted here later, that is as it should be. A receiver that gets it now is right to refuse it."


@dataclass(frozen=True, slots=True)
class Known:
    """A secret to try; `name` says which it is without telling it: "Your secret whsec_AbC…"."""

    name: str
    secret: str


@dataclass(frozen=True, slots=True)
class Finding:
    tone: str  # good, warn, bad
    title: str
    text: str


def headers(pasted: str) -> dict[str, str]:
    """Those of ours among what was pasted."""
    found = {name.lower().replace("_", "-"): value.strip().rstrip(",").strip() for name, value in HEADER.findall(pasted)}
    return {name: value for name, value in found.items() if value}


def judge(secrets: Sequence[Known], pasted: str, body: str, at: datetime) -> Finding:
    """`secrets`: those that may have signed, the likeliest first."""
    sent = headers(pasted)
    if not sent:
        return Finding("bad", "No header of ours is there.", "Paste them as they came: webhook-id, webhook-timestamp, webhook-signature.")
    if not secrets:
        return Finding("bad", "There is no secret to check with.", "Paste it, or have an admin make one under Settings, Results sent.")
    verdict = Verdict(False, "", "")
    for known in secrets:
        for text, note in _readings(body):
            verdict = signing.check(known.secret, sent, text, at)
            if verdict.scheme:
                return _fits(verdict, known, note)
    if (rewritten := _rewritten(body)) is not None:
        for known in secrets:
            if signing.check(known.secret, sent, rewritten, at).scheme:
                return Finding("bad", "It does not fit: the body was changed.", READ_AGAIN)
    return Finding("bad", "It does not fit.", OTHER if "does not fit" in verdict.words else verdict.words)


def _fits(verdict: Verdict, known: Known, note: str) -> Finding:
    if not verdict.ok:
        return Finding("warn", "The signature fits, the time does not.", " ".join(filter(None, (verdict.words, PASTED_LATER, note))))
    return Finding("good", f"It fits. {known.name} signed it.", " ".join(filter(None, (verdict.words, note))))


def _readings(body: str) -> Iterator[tuple[str, str]]:
    """The body as it was pasted, and without what pasting does to it."""
    yield body, ""
    unix = body.replace("\r\n", "\n")
    if unix != body:
        yield unix, ""
    if unix.strip() != unix:
        yield unix.strip(), "The body was checked without the spaces and line breaks around it, which come from pasting."


def _rewritten(body: str) -> str | None:
    """The body as we would have sent it; None when it is no JSON or is written so already."""
    try:
        written = js.dumps(json.loads(body))
    except (ValueError, RecursionError):
        return None
    return written if written != body.strip() else None
