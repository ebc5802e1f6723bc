"""Calls with a webhook, and the sender of a worker in this process."""

import asyncio
from typing import Any

from calls.hooks.sender import Sender
from calls.models import Call, Delivery
from tests import factories

URL = "https://crm.example/hook"
ALL = ",queue,call,latency,webhook,tool,dynamic_data,citations,"


def call(account, url: str = URL, events: str = ALL, **fields: Any) -> Call:
    config = {"task": factories.TASK, "max_duration": 30, "webhook": url, **fields.pop("config", {})}
    return factories.call(account, config=config, hook_events=events, **fields)


def message(call: Call, seq: int = 1, kind: str = Delivery.EVENT, **fields: Any) -> Delivery:
    fields = {"url": call.setting("webhook"), "body": f'{{"n":{seq}}}', **fields}
    return Delivery.objects.create(account=call.account, call=call, kind=kind, seq=seq, **fields)


def send_due() -> None:
    """Sends what is due and what follows it."""

    async def run() -> None:
        await Sender().run_until_idle()

    asyncio.run(run())
