"""Which agent speaks on a call."""

from calls.agent.builtin.agent import BuiltinAgent
from calls.agent.ports import Agent, Brief


def make_agent(brief: Brief) -> Agent:
    """The agent of one call. Cheap: whatever takes time happens at its first turn, off the event loop."""
    return BuiltinAgent(brief)
