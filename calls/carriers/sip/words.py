"""How a SIP call came out: from statuses of the other side and errors of the network to causes and sentences for staff. Pure."""

import re

from calls.carriers.sip.settings import Trunk
from calls.carriers.sound import Gone

NO_STACK = "The SIP part of this server did not start: {why}."
STACK_DIED = "The SIP part of this server broke down. Restart the runner."
BROKE = "The line broke off through an error of this server."
OTHER_STACK = (
    "Another SIP line is in use whose ports for sound, network interface or certificate settings differ. "
    "Give all SIP lines the same, or use another runner for this line."
)
NOT_DIALLED = "The call could not be placed: {why}."
NO_NUMBER = "There is no number to dial."
NO_CA_FILE = "The file of trusted certificates, {path}, is not on this server."
NO_SMS = "A SIP line cannot send text messages."
NOT_ANSWERED_YET = "The call is not answered yet: it cannot be transferred."

TRANSFERRED_TEXT = "Call transfered"  # the stack's own spelling
HUNG_UP_TEXTS = ("Connection reset by peer",)  # how the stack says that the far end hung up
SILENT_TEXT = "rtp stream error"

BUSY = frozenset({486, 600, 603})
NOBODY = frozenset({408, 480})
WRONG_NUMBER = frozenset({404, 410, 416, 484, 485, 604})
NOT_LET_IN = frozenset({401, 403, 407})
NOTHING_IN_COMMON = frozenset({415, 488, 606})


def status_of(text: str) -> tuple[int, str]:
    """The status in "486 Busy Here"; 0 when there is none in it."""
    match = re.match(r"([1-7]\d\d)(?: (.*))?$", text)
    return (int(match[1]), match[2] or "") if match else (0, text)


def unanswered(text: str, trunk: Trunk) -> Gone:
    """How a call came out that nobody answered and that we did not end."""
    status, _reason = status_of(text)
    said = tidy(text)
    if status in BUSY:
        return Gone("busy", "callee", "The call was declined." if status == 603 else "The line is busy.")
    if status in NOBODY:
        return Gone("no-answer", "carrier", f"Nobody could be reached ({said}).")
    if status == 487:
        return Gone("canceled", "carrier", "The call was canceled on the way.")
    if not status:
        return Gone("failed", "carrier", unreachable(text, trunk))
    return Gone("failed", "carrier", refused(status, said))


def refused(status: int, said: str) -> str:
    if status in WRONG_NUMBER:
        return f"The number does not exist or is incomplete ({said})."
    if status in NOT_LET_IN:
        return f"The trunk refused the call ({said}). Check user name, password and caller number of the line."
    if status in NOTHING_IN_COMMON:
        return f"The trunk and the line have no way of sending sound in common ({said}). Check codecs and SRTP."
    if 300 <= status < 400:
        return f"The trunk points to another address ({said}), and it is not followed."
    if status >= 500:
        return f"The trunk cannot place the call now ({said}). Try again later."
    return f"The trunk refused the call ({said})."


def unreachable(text: str, trunk: Trunk) -> str:
    """What an error of the network means for a call or a registration."""
    if "[89]" in text or "[99]" in text:  # EDESTADDRREQ, EADDRNOTAVAIL: no address came of the name
        return f"The name {trunk.host} was not found, or no network leads to it."
    if "[111]" in text:
        return f"Nobody answers at {where(trunk)}: the connection was refused."
    if "[110]" in text or "timed out" in text:
        return f"Nobody answers at {where(trunk)}."
    if "[71]" in text and trunk.transport == "tls":
        return f"No encrypted connection to {where(trunk)}: its certificate is not trusted or not for this name, or it does not speak TLS."
    return f"The call could not be placed through {where(trunk)}: {tidy(text) or 'no reason was given'}."


def where(trunk: Trunk) -> str:
    return f"{trunk.host}:{trunk.usual_port} over {trunk.transport.upper()}"


def not_registered(trunk: Trunk, status: int | None, text: str) -> str:
    if status in NOT_LET_IN:
        return f"The trunk refused to register the line ({status} {tidy(text)}). Check user name and password."
    if status:
        return f"The trunk refused to register the line ({status} {tidy(text)})."
    return unreachable("timed out" if "no registration outcome" in text else text, trunk)


def tidy(said: object) -> str:
    """Words from the network, fit to be shown: short, on one line, without a full stop."""
    return " ".join("".join(char if char.isprintable() else " " for char in str(said)).split())[:120].rstrip(".")


def gone_silent(trunk: Trunk) -> str:
    return f"No sound arrived for {trunk.media_timeout} s: the other side is gone."


def never_heard(trunk: Trunk) -> str:
    low, high = trunk.rtp_ports
    return (
        f"The call was answered, but no sound ever arrived: the trunk does not reach this server on its UDP ports {low} to {high}, "
        "or sends none."
    )
