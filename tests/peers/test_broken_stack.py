"""A stack that breaks down cannot be started again in its process: calls end in words, and the runner is asked to stop."""

import asyncio
import json
import sys
from pathlib import Path

from calls.carriers.sip.words import STACK_DIED
from tests.peers.kit import Sipp

ROOT = Path(__file__).resolve().parents[2]


async def test_its_calls_end_and_its_runner_stops_in_good_order(peers):
    echo = peers(Sipp)
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.peers.broken_stack", str(echo.port),
        cwd=ROOT, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await asyncio.wait_for(child.communicate(), 30)
    assert child.returncode == 0, err.decode()
    assert json.loads(out) == {"cause": "lost", "message": STACK_DIED, "refused": STACK_DIED}
