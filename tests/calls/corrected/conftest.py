"""A call whose two sides were spoken by the built-in voice and recorded."""

import numpy as np
import pytest
from django.utils.timezone import now

from calls import lifecycle
from calls.models import Call
from calls.speech import embedded
from calls.speech.ports import RATE
from calls.states import State
from tests import factories
from tests.calls.recordings import kit

SAID = "I would like to come on Thursday afternoon, if that is possible."


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture(scope="session")
def speech():
    return embedded.engines()


def samples(seconds: float) -> list[int]:
    return [0] * round(seconds * RATE)


@pytest.fixture
def ended(account) -> Call:
    at = now()
    fields = {"state": State.COMPLETE, "status": "completed", "answered_by": "human", "started_at": at, "ended_at": at, "outcome_at": at}
    return factories.call(account, carrier="sip", config={"task": factories.TASK, "record": True}, **fields)


@pytest.fixture
def spoken(ended, speech) -> Call:
    """The agent speaks from 0 to 2 s, the callee from 2.5 s on; on the call a word was misheard."""
    theirs = np.frombuffer(speech.tts.say(SAID), "<i2").tolist()
    left = [*kit.tone(2.0, 0.5), *samples(0.5), *[0] * len(theirs), *samples(1.0)]
    right = [*samples(2.5), *theirs, *samples(1.0)]
    length = len(theirs) * 1000 // RATE
    lifecycle.say(ended.pk, "assistant", "When would you like to come?", 0, 2000)
    lifecycle.say(ended.pk, "user", "I would like to hum on Thursday afternoon if that is possible", 2500, 2500 + length)
    kit.recorded(ended, kit.frames(left, right))
    return ended
