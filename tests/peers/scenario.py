"""Scenarios for sipp in the role of the called side, put together from steps."""

import re

HEADERS = """[last_Via:]
[last_From:]
[last_To:]{tag}
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:callee@[local_ip]:[local_port];transport=[transport]>
"""
SDP = """v=0
o=user1 53655765 2353687637 IN IP4 [local_ip]
s=-
c=IN IP4 [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 0 101
a=rtpmap:0 PCMU/8000
"""
KEY_EVENTS = "a=rtpmap:101 telephone-event/8000\na=fmtp:101 0-16\n"
SDP += KEY_EVENTS


def scenario(*steps: str) -> str:
    return '<?xml version="1.0" encoding="ISO-8859-1" ?>\n<scenario name="peer">\n' + "\n".join(steps) + f"\n{_used(steps)}</scenario>\n"


def _used(steps: tuple[str, ...]) -> str:
    """sipp refuses a scenario that keeps what it never uses."""
    kept = sorted(set(re.findall(r'assign_to="(\w+)"', "".join(steps))))
    return f'<Reference variables="{",".join(kept)}"/>\n' if kept else ""


def recv(method: str, *actions: str, timeout: int = 20_000, optional: bool = False) -> str:
    inner = f"<action>{''.join(actions)}</action>" if actions else ""
    return f'<recv request="{method}" timeout="{timeout}"{' optional="true"' if optional else ""}>{inner}</recv>'


def keep(header: str, name: str, pattern: str = ".*") -> str:
    return f'<ereg regexp="{pattern}" search_in="hdr" header="{header}:" assign_to="{name}"/>'


def send(message: str, retrans: bool = False) -> str:
    return f"<send{' retrans="500"' if retrans else ''}><![CDATA[\n\n{message}\n]]></send>"


def answer(status: str, *, sdp: bool = False, retrans: bool = False, more: str = "", tagged: bool = True) -> str:
    headers = HEADERS.format(tag=";tag=[pid]peer[call_number]" if tagged else "") + more
    body = f"Content-Type: application/sdp\nContent-Length: [len]\n\n{SDP}" if sdp else "Content-Length: 0\n"
    return send(f"SIP/2.0 {status}\n{headers}{body}", retrans)


def pause(ms: int) -> str:
    return f'<pause milliseconds="{ms}"/>'


BYE = recv("BYE") + answer("200 OK", tagged=False)


def refusing(status: str) -> str:
    return scenario(recv("INVITE"), answer("180 Ringing"), pause(100), answer(status, retrans=True), recv("ACK"))


def ringing() -> str:
    """Rings until it is canceled."""
    terminated = (
        "SIP/2.0 487 Request Terminated\nVia:[$via]\n[last_From:]\n[last_To:];tag=[pid]peer[call_number]\n[last_Call-ID:]\nCSeq:[$cseq]\n"
    )
    return scenario(
        recv("INVITE", keep("Via", "via"), keep("CSeq", "cseq")),
        answer("180 Ringing"),
        recv("CANCEL"),
        answer("200 OK"),
        send(f"{terminated}Content-Length: 0\n", retrans=True),
        recv("ACK"),
    )


def hanging_up(after_ms: int) -> str:
    return scenario(*answered(), pause(after_ms), send(_request("BYE", 1), retrans=True), '<recv response="200"/>')


def keys_by_info() -> str:
    """Knows no key events in the sound, and takes one key by SIP INFO."""
    steps = [step.replace("RTP/AVP 0 101", "RTP/AVP 0").replace(KEY_EVENTS, "") for step in answered()]
    return scenario(*steps, recv("INFO"), answer("200 OK", tagged=False), BYE)


def early_media(tone: str, early_ms: int) -> str:
    """183 with sound from a raw µ-law file, then an answer."""
    return scenario(
        recv("INVITE"),
        answer("183 Session Progress", sdp=True),
        f'<nop><action><exec rtp_stream="{tone},1,0,PCMU/8000"/></action></nop>',
        pause(early_ms),
        answer("200 OK", sdp=True, retrans=True),
        recv("ACK"),
        BYE,
    )


def transferring(outcome: str) -> str:
    """Takes a REFER and tells how the new call went; or refuses it, when `outcome` is "refuse", or closes without a word, with "bye"."""
    steps = [*answered(), recv("REFER")]
    if outcome == "refuse":
        return scenario(*steps, answer("603 Declined", tagged=False), BYE)
    steps.append(answer("202 Accepted", tagged=False))
    if outcome == "bye":
        return scenario(*steps, pause(200), send(_request("BYE", 1), retrans=True), '<recv response="200"/>')
    steps.append(send(_request("NOTIFY", 1, outcome), retrans=True))
    steps.append('<recv response="200"/>')
    return scenario(*steps, BYE)


def holding(before_ms: int, held_ms: int) -> str:
    """Answers, holds the line by a second INVITE, and takes it up again by a third."""
    steps = [*answered(), pause(before_ms)]
    for number, direction in ((1, "sendonly"), (2, "sendrecv")):
        body = f"Content-Type: application/sdp\nContent-Length: [len]\n\n{SDP}a={direction}\n"
        steps += [
            send(_head("INVITE", number) + body, retrans=True),
            '<recv response="100" optional="true"/>',
            '<recv response="200"/>',
            send(_head("ACK", number) + "Content-Length: 0\n"),
            pause(held_ms if number == 1 else 10),
        ]
    return scenario(*steps, BYE)


def answered() -> tuple[str, ...]:
    """The steps until a call is up; for what else is to come it keeps from, to and target."""
    taken = (keep("From", "from"), keep("To", "to"), keep("Contact", "target", "sip:[^>]*"))
    return recv("INVITE", *taken), answer("200 OK", sdp=True, retrans=True), recv("ACK")


def _request(method: str, number: int, outcome: str = "") -> str:
    if not outcome:
        return _head(method, number) + "Content-Length: 0\n"
    return _head(method, number) + (
        "Event: refer\nSubscription-State: terminated;reason=noresource\nContent-Type: message/sipfrag;version=2.0\n"
        f"Content-Length: [len]\n\nSIP/2.0 {outcome}\n"
    )


def _head(method: str, number: int) -> str:
    return f"""{method} [$target] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
From: [$to];tag=[pid]peer[call_number]
To: [$from]
Call-ID: [call_id]
CSeq: {number} {method}
Max-Forwards: 70
Contact: <sip:callee@[local_ip]:[local_port];transport=[transport]>
"""
