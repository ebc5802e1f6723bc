"""A call over Twilio through the whole product: web, runner and worker are processes of their own, Twilio is the double."""

import json
import subprocess
import sys
import time
from urllib.request import Request, urlopen

import pytest

from tests.doubles.phone import Phone
from tests.doubles.twilio import Twilio
from tests.e2e.product import ROOT, product

pytestmark = pytest.mark.e2e
CALLEE = "+17205550142"
CONNECT = """
from datetime import time
from calls import lines
from calls.models import CallingRules, Line, Number
from config.kit.secrets import seal
from config.models import Account
account = Account.objects.get()
line = Line(account=account, kind="twilio", name="Twilio", settings={settings}, secret=seal({token}))
lines.save(line)
Number.objects.create(account=account, number={number}, line=line, is_default=True)
CallingRules.objects.update_or_create(account=account, defaults=dict(open_from=time(0), open_until=time(0)))
"""


def ask(url: str, key: str, body: dict | None = None) -> dict:
    headers = {"Authorization": key, "Content-Type": "application/json"}
    with urlopen(Request(url, json.dumps(body).encode() if body else None, headers), timeout=20) as answer:
        return json.load(answer)


def test_a_call_is_sent_and_spoken():
    heard = []

    async def callee(phone: Phone) -> None:
        await phone.until_quiet()
        heard.append(sum(frame.loud for frame in phone.heard) * 0.02)
        phone.hang_up()

    with Twilio() as twilio, product(ALLOW_HTTP_WEBHOOKS="true") as there:
        twilio.callees[CALLEE] = callee
        twilio.scramble = True
        kept = {"account_sid": twilio.sid, "base_url": twilio.url}
        code = CONNECT.format(settings=kept, token=repr(twilio.token), number=repr(twilio.numbers[0]))
        subprocess.run([sys.executable, "manage.py", "shell", "-v", "0", "-c", code], cwd=ROOT, env=there.environment, check=True)
        key = there.key()
        body = {"phone_number": CALLEE, "task": "You are Anna from Acme Dental. Confirm the appointment on Tuesday at 3pm."}
        call_id = ask(f"{there.url}/v1/calls", key, body)["call_id"]
        call = until_over(f"{there.url}/v1/calls/{call_id}", key)
        assert (call["status"], call["call_ended_by"]) == ("completed", "USER")
        assert heard and heard[0] > 1, "the agent was heard"
        assert any(line["user"] == "assistant" and "Anna" in line["text"] for line in call["transcripts"])
        placed = next(iter(twilio.calls.values()))
        assert len(placed.sockets) == 1 and not placed.failures
        assert {status for _, _, status in twilio.answers} == {204}


def until_over(url: str, key: str, seconds: float = 90) -> dict:
    deadline = time.monotonic() + seconds
    while True:
        call = ask(url, key)
        if call["completed"]:
            return call
        assert time.monotonic() < deadline, call
        time.sleep(0.3)
