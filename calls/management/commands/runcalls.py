"""`manage.py runcalls`: the process that dials."""

import asyncio
import os
import signal
import sys
from contextlib import AsyncExitStack
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from calls.carriers.leaving import leave_all
from calls.runner.engine import ENGINE, warm
from calls.runner.media_server import media_server
from calls.runner.supervisor import DRAIN, Supervisor

SWITCH = 0.001  # seconds a thread may keep the others waiting: many short database calls give the interpreter up and want it back
LEASES = range(5, 61)  # seconds; a lost call is to be ended within 2 minutes


class Command(BaseCommand):
    help = "Dial due calls and hold their conversations. SIGTERM or Ctrl-C: no new calls, then the live ones are told to close."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--capacity", type=int, default=settings.RUNNER_CAPACITY, help="live calls at most")
        parser.add_argument("--drain", type=float, default=DRAIN, metavar="SECONDS", help="how long live calls may go on after SIGTERM")
        parser.add_argument("--no-media", action="store_true", help="serve no media sockets: for a second runner on the same machine")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.LEASE_SECONDS not in LEASES:
            raise CommandError(f"LEASE_SECONDS must be {LEASES.start} to {LEASES.stop - 1}.")
        sys.setswitchinterval(SWITCH)
        asyncio.run(self._run(options["capacity"], options["drain"], serving=not options["no_media"]))

    async def _run(self, capacity: int, drain: float, *, serving: bool) -> None:
        runner = Supervisor(ENGINE, capacity=capacity, drain_seconds=drain)
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, runner.drain)
        async with AsyncExitStack() as stack:
            stack.push_async_callback(leave_all)
            if serving:
                try:
                    await stack.enter_async_context(media_server(settings.HOST, settings.MEDIA_PORT))
                except OSError as error:
                    why = os.strerror(error.errno or 0).lower()
                    raise CommandError(f"Port {settings.MEDIA_PORT} cannot be used ({why}). Set MEDIA_PORT to a free port.") from error
            await warm()
            await runner.run()
