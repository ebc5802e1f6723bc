"""What real calls are made with. Tests give a runner another engine."""

import asyncio
import logging

from calls.agent import watching
from calls.agent.choose import make_agent
from calls.agent.choose import warm as load_agents
from calls.agent.conversation import run_session
from calls.carriers import listening, registry, sockets, voice
from calls.runner.dial import Engine
from calls.speech import embedded

log = logging.getLogger(__name__)
ENGINE = Engine(carrier=registry.get, agent=make_agent, converse=run_session)
sockets.serve(listening.PREFIX, listening.handler(voice.live))


async def warm() -> None:
    """Loads what the first call would otherwise wait for."""
    await asyncio.to_thread(load_agents)
    await asyncio.to_thread(watching.warm)
    await asyncio.to_thread(_warm_speech)


def _warm_speech() -> None:
    found = embedded.warm()
    if not found.ok:
        log.warning("%s Calls over a line with sound are not possible; rehearsals in text are.", found.message)
