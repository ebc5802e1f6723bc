"""What real calls are made with. Tests give a runner another engine."""

import asyncio

from calls.agent import watching
from calls.agent.choose import make_agent
from calls.agent.choose import warm as load_agents
from calls.agent.conversation import run_session
from calls.carriers import registry
from calls.runner.dial import Engine

ENGINE = Engine(carrier=registry.get, agent=make_agent, converse=run_session)


async def warm() -> None:
    """Loads what the first call would otherwise wait for."""
    await asyncio.to_thread(load_agents)
    await asyncio.to_thread(watching.warm)
