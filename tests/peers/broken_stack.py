"""Run by test_broken_stack in a process of its own: the thread of the stack ends in the middle of a call."""

import asyncio
import json
import signal
import sys

from baresip._native import ffi, lib

from calls.carriers.base import CarrierError
from calls.carriers.leaving import leave_all
from calls.carriers.sip.placing import place
from calls.carriers.sip.settings import parse
from tests.peers.kit import Ear, trunk


async def main(port: int) -> None:
    asked_to_stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, asked_to_stop.set)
    config = trunk(port)
    line = await place(config, parse(config.settings), "+15551234567", "+15550100")
    ear = Ear(line)
    await ear.answered()
    lib.bp_cmd(lib.BP_CMD_STOP, 0, ffi.NULL)
    gone = await ear.over()
    await asyncio.wait_for(asked_to_stop.wait(), 5)
    await line.hangup()
    try:
        await place(config, parse(config.settings), "+15551234567", "+15550100")
        refused = ""
    except CarrierError as error:
        refused = str(error)
    await leave_all()
    print(json.dumps({"cause": gone.cause, "message": gone.message, "refused": refused}))


asyncio.run(main(int(sys.argv[1])))
