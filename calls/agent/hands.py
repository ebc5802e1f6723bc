"""What is done on the line besides speaking: keys, a text message, handing over. Each is written down as it happened."""

import asyncio
from collections import deque

from calls.agent import turns
from calls.agent.ports import Note, SendSms
from calls.agent.session import Command, Recorder
from calls.agent.speech import Speech, Spoken
from calls.carriers.base import CarrierError, Ended, Media, MediaEvent
from calls.carriers.timing import tones_ms

AT_ONCE = 0.05  # seconds: most lines take a transfer within


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

    async def transfer(self, number: str, others: deque[MediaEvent], commands: asyncio.Queue[Command]) -> bool:
        """Whether the line took it; when not, the callee is told that nobody could be reached.

        Events that come meanwhile are added to `others`. A line may take a minute: who stops the call is not kept waiting for it.
        """
        why = ""
        if not number:
            why, told = "no transfer number", "No number to hand over to is set for this call"
        else:
            try:
                return await self._hand_over(number, others, commands)
            except CarrierError as error:
                why, told = "the carrier refused the transfer", f"Handing over to {number} failed: {error}"
        await self._recorder.note(Note("transfer_failed", told, level="error"))
        await self._speech.say(Spoken(turns.NO_TRANSFER, why=(why,)))
        return False

    async def _hand_over(self, number: str, others: deque[MediaEvent], commands: asyncio.Queue[Command]) -> bool:
        """False: the call ended meanwhile, or somebody wants it to."""
        handing = asyncio.create_task(self._media.transfer(number), name="hand over")
        handing.add_done_callback(lambda _: self._media.wake())
        try:
            await asyncio.wait({handing}, timeout=AT_ONCE)
            while not handing.done():
                event = await self._media.next()
                if event is not None:
                    others.append(event)
                if isinstance(event, Ended):
                    return event.cause == "transferred"
                if wants_end(commands):
                    self._media.wake()  # this one was used up here
                    return False
            handing.result()
            return True
        finally:
            handing.cancel()


def wants_end(commands: asyncio.Queue[Command]) -> bool:
    """Whether a stop or a drain waits among the commands, which all stay there."""
    waiting = [commands.get_nowait() for _ in range(commands.qsize())]
    for command in waiting:
        commands.put_nowait(command)
    return any(command.kind in ("stop", "drain") for command in waiting)
