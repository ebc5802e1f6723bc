"""Calls over Twilio. The lines of this process, by the call they belong to."""

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from channels.db import database_sync_to_async
from django.db import DatabaseError

from calls.carriers.base import CarrierError, Dial, Media
from calls.carriers.twilio import addresses, twiml
from calls.carriers.twilio.client import Api
from calls.carriers.twilio.line import TwilioLine
from calls.carriers.twilio.watch import Watch
from calls.carriers.voice import check, voice_leg
from calls.models import Call
from calls.speech.ports import Missing

log = logging.getLogger(__name__)
RING_SECONDS = 60
MOST_KEYS = 32  # that Twilio presses by itself at the answer
OVER_BY = 60  # seconds after the longest conversation in which Twilio ends the call itself
EVENTS = ["initiated", "ringing", "answered", "completed"]
NO_NUMBER = "The call shows no number: Twilio needs one of the account's own in ‘from’."
NO_LINE = "The line of this call is gone."

_lines: dict[str, tuple[TwilioLine, str]] = {}
_watch = Watch()


def line_of(call_id: str) -> tuple[TwilioLine, str] | None:
    """The line of a call that this runner dialled, and the auth token of its account."""
    return _lines.get(call_id)


class TwilioCarrier:
    kind = "twilio"
    can_precall_dtmf = True

    async def dial(self, dial: Dial) -> Media:
        try:
            check()
        except Missing as missing:
            raise CarrierError(str(missing)) from missing
        line = await place(dial)
        try:
            return voice_leg(line, dial)
        except BaseException:
            await line.hangup()
            raise


async def place(dial: Dial) -> TwilioLine:
    """The line as soon as Twilio took the call. Raises CarrierError."""
    if dial.line is None:
        raise CarrierError(NO_LINE)
    if not dial.caller_id:
        raise CarrierError(NO_NUMBER)
    api = Api(dial.line)

    def over() -> None:
        _lines.pop(dial.call_id, None)
        _watch.leave(dial.call_id)

    params = create_params(dial)
    line = TwilioLine(dial.call_id, dial.to, dial.caller_id, api, over=over, keyed=params.get("send_digits", ""))
    _lines[dial.call_id] = line, dial.line.secret
    _watch.follow(dial.call_id, line.reported)
    try:
        line.ref = await asyncio.to_thread(lambda: api.create(**params))
    except BaseException:
        line.drop()
        raise
    await _write_down(dial.call_id, line.ref)
    return line


async def _write_down(call_id: str, ref: str) -> None:
    """A column that only says how Twilio names the call. When it cannot be written now, the first callback does it."""
    try:
        await database_sync_to_async(Call.objects.filter(uid=call_id).update)(carrier_ref=ref[:80])
    except DatabaseError:
        log.exception("the SID of a call was not written down")


def create_params(dial: Dial) -> Mapping[str, Any]:
    """What Twilio is told when it is to call."""
    options: Mapping[str, Any] = dial.options
    status = addresses.callback(dial.call_id, "status")
    params: dict[str, Any] = {
        "to": dial.to,
        "from_": dial.caller_id,
        "twiml": twiml.talk(addresses.socket(dial.call_id), addresses.callback(dial.call_id, "next", 0)),
        "status_callback": status,
        "status_callback_event": EVENTS,
        "status_callback_method": "POST",
        "timeout": RING_SECONDS,
        "time_limit": round(float(options.get("max_duration") or 30) * 60) + OVER_BY,
    }
    keys = str(options.get("precall_dtmf_sequence") or "")
    if keys and len(keys) <= MOST_KEYS:
        params["send_digits"] = keys  # Twilio's own detection is left out then: it ignores it
    else:
        params |= {
            "machine_detection": "DetectMessageEnd",
            "async_amd": "true",
            "async_amd_status_callback": addresses.callback(dial.call_id, "answerer"),
            "async_amd_status_callback_method": "POST",
        }
    return params
