"""Lines and speech services of a call as carrier and engines need them, secrets opened. Reads rows, writes none."""

import json

from calls.carriers.base import LineConfig
from calls.models import Call, Line, SpeechService
from calls.own_carrier import OwnAccount
from calls.speech.ports import SpeechConfig
from config.kit.secrets import unseal
from config.models import Account


def config(line: Line) -> LineConfig:
    """With its secret. Raises config.kit.secrets.Unreadable."""
    return LineConfig(str(line.uid), line.kind, line.name, line.settings, unseal(line.secret))


def of_call(call: Call) -> LineConfig | None:
    """What the call's carrier is to use: the sender's own Twilio account, or the line. Raises config.kit.secrets.Unreadable."""
    if call.own_carrier:
        own = json.loads(unseal(call.own_carrier))
        return OwnAccount(**own).line
    return config(call.line) if call.line else None


def speech_of(account: Account) -> tuple[SpeechConfig, ...]:
    """The speech services of the office, for those kinds that the built-in ones do not do. Raises config.kit.secrets.Unreadable."""
    rows = SpeechService.objects.filter(account=account)
    return tuple(
        SpeechConfig("stt" if row.kind == "stt" else "tts", row.provider, row.base_url, row.model, row.voice, unseal(row.secret))
        for row in rows
    )
