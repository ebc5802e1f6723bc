"""Markup for Twilio: what it is to do with the call. Values are escaped; the whole fits in what may stand in a request."""

from xml.sax.saxutils import escape, quoteattr

LONGEST = 4_000  # characters of inline markup
RING_SECONDS = 30  # for the person a call is handed over to


def talk(socket: str, then: str, *, keys: str = "", pause: int = 0) -> str:
    """Joins our socket; when that is over in any way but a hangup, `then` is asked for what is next.

    `keys` are pressed first; `pause` are seconds to wait before.
    """
    first = (f'<Pause length="{pause}"/>' if pause else "") + (f"<Play digits={quoteattr(keys)}/>" if keys else "")
    return _whole(f'{first}<Connect><Stream url={quoteattr(socket)}/></Connect><Redirect method="POST">{escape(then)}</Redirect>')


def hand_over(number: str, *, caller_id: str, then: str, picked_up: str) -> str:
    """Calls `number` and joins it; `then` is asked when that is over, `picked_up` is told when it begins."""
    caller = f" callerId={quoteattr(caller_id)}" if caller_id else ""
    tell = f'statusCallback={quoteattr(picked_up)} statusCallbackEvent="answered" statusCallbackMethod="POST"'
    told = f"<Number {tell}>{escape(number)}</Number>"
    return _whole(f'<Dial{caller} timeout="{RING_SECONDS}" action={quoteattr(then)} method="POST">{told}</Dial>')


def hang_up() -> str:
    return _whole("<Hangup/>")


def _whole(verbs: str) -> str:
    markup = f'<?xml version="1.0" encoding="UTF-8"?><Response>{verbs}</Response>'
    if len(markup) > LONGEST:
        raise ValueError(f"markup of {len(markup)} characters: {LONGEST} may be sent")
    return markup
