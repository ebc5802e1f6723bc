"""What is done on the line besides speaking: keys, a text message, handing over. Each is written down as it happened."""

from calls.agent import turns
from calls.agent.ports import Note, SendSms
from calls.agent.session import Recorder
from calls.agent.speech import Speech, Spoken
from calls.carriers.base import CarrierError, Media
from calls.carriers.timing import tones_ms


class Hands:
    def __init__(self, media: Media, recorder: Recorder, speech: Speech) -> None:
        self._media, self._recorder, self._speech = media, recorder, speech

    async def press(self, digits: str, why: str) -> None:
        try:
            await self._media.press(digits)
        except CarrierError as error:
            await self._recorder.note(Note("keys_failed", f"The keys {digits} were not sent: {error}", level="error"))
            return
        await self._speech.did(f"Pressed {digits}", f"Pressed keys: {digits}", tones_ms(digits), why)

    async def sms(self, sms: SendSms) -> None:
        data = {"to": sms.to, "from": sms.sender, "message": sms.text}
        try:
            await self._media.sms(sms.to, sms.text, sms.sender)
        except CarrierError as error:
            await self._recorder.note(Note("sms_failed", f"The SMS was not sent: {error}", data, "error"))
        else:
            await self._recorder.note(Note("sms", f"SMS to {sms.to or 'the person on the call'}: {sms.text}", data))

    async def transfer(self, number: str) -> bool:
        """Whether the line took it; when not, the callee is told that nobody could be reached."""
        why = ""
        if not number:
            why, told = "no transfer number", "No number to hand over to is set for this call"
        else:
            try:
                await self._media.transfer(number)
            except CarrierError as error:
                why, told = "the carrier refused the transfer", f"Handing over to {number} failed: {error}"
        if not why:
            return True
        await self._recorder.note(Note("transfer_failed", told, level="error"))
        await self._speech.say(Spoken(turns.NO_TRANSFER, why=(why,)))
        return False
