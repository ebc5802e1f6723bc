"""Which agent speaks on a call."""

from django.conf import settings

from calls.agent.builtin import agent as builtin_agent
from calls.agent.builtin.agent import BuiltinAgent
from calls.agent.endpoint import endpoint, load
from calls.agent.ports import Agent, Brief


def warm() -> None:
    """Loads what the agents of this process need, so that no call waits for it. A runner does it at its start; takes a second or more."""
    builtin_agent.warm()
    if settings.MODEL_BASE_URL:
        load()


def make_agent(brief: Brief) -> Agent:
    """The agent of one call: the model configured for the call's `model` name, else the built-in agent.

    Cheap: whatever takes time happens at its first turn, off the event loop. `name` is what screens show.
    """
    if (at := endpoint(brief.model)) is not None:
        from calls.agent.model import ModelAgent  # only processes that talk to a model load it

        return ModelAgent(brief, at)
    return BuiltinAgent(brief)
