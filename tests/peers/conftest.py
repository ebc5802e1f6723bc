"""A stack of its own for every test, and peers that are gone after it."""

import asyncio

import pytest

from calls.carriers.sip import runtime
from tests.peers.kit import Program


@pytest.fixture(autouse=True)
async def stack():
    """Whatever a test started of the SIP stack is over with it."""
    yield
    await runtime.stop()
    runtime._lock = asyncio.Lock()  # a lock that was waited for belongs to the loop of that test


@pytest.fixture
def peers(tmp_path):
    """peers(Sipp, …) starts a peer in the test's folder; all are killed at the end."""
    started: list[Program] = []

    def start(kind, *args, **options):
        started.append(kind(tmp_path, *args, **options))
        return started[-1]

    yield start
    for peer in started:
        peer.kill()
