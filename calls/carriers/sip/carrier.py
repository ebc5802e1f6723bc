"""Calls over a SIP trunk or PBX."""

from calls.carriers.base import CarrierError, Dial, Media
from calls.carriers.fields import Wrong
from calls.carriers.sip.settings import MISSING, parse
from calls.carriers.voice import leg
from calls.speech.ports import Missing

NO_LINE = "The call names no SIP line."
NO_KEYS = "This line does not press keys before the conversation: its settings say so."


class SipCarrier:
    kind = "sip"
    can_precall_dtmf = True

    async def dial(self, dial: Dial) -> Media:
        """Returns once the INVITE is on its way; how it comes out are events of the leg. Raises CarrierError."""
        try:
            # The package has no wheel for every machine: without it there are no SIP calls, and all else works.
            from calls.carriers.sip.placing import place
        except ImportError as error:
            raise CarrierError(MISSING) from error
        if dial.line is None:
            raise CarrierError(NO_LINE)
        try:
            trunk = parse(dial.line.settings)
        except Wrong as wrong:
            raise CarrierError(f"The settings of the line {dial.line.name} cannot be used. {wrong}") from wrong
        if dial.options.get("precall_dtmf_sequence") and not trunk.precall_keys:
            raise CarrierError(NO_KEYS)
        try:
            leg.check()
        except Missing as missing:
            raise CarrierError(str(missing)) from missing
        line = await place(dial.line, trunk, dial.to, dial.caller_id)
        try:
            return leg.voice_leg(line, dial)
        except BaseException:
            await line.hangup()
            raise
