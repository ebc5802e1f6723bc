"""Which agent speaks on a call."""

from django.conf import settings

from calls.agent.builtin import agent as builtin_agent
from calls.agent.builtin.agent import BuiltinAgent
from calls.agent.endpoint import Endpoint, endpoint, load
from calls.agent.ports import Agent, Brief
from calls.agent.routed import RoutedAgent
from calls.agent.walker import PathwayAgent


def warm() -> None:
    """Loads what the agents of this process need, so that no call waits for it. A runner does it at its start; takes a second or more."""
    builtin_agent.warm()
    if settings.MODEL_BASE_URL:
        load()


def make_agent(brief: Brief) -> Agent:
    """The agent of one call: the walker when a pathway leads it, else one led by its task, which may go over to a pathway.

    Cheap: whatever takes time happens at its first turn, off the event loop. `name` is what screens show.
    """
    at = endpoint(brief.model)
    if brief.pathway is not None:
        return PathwayAgent(brief, model=at)
    agent = _led_by_task(brief, at)
    return RoutedAgent(brief, agent, model=at) if brief.routes else agent


def _led_by_task(brief: Brief, at: Endpoint | None) -> Agent:
    """The model configured for the call's `model` name, else the built-in agent."""
    if at is not None:
        from calls.agent.model import ModelAgent  # only processes that talk to a model load it

        return ModelAgent(brief, at)
    return BuiltinAgent(brief)
