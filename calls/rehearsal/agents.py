"""The walker for a rehearsal, a chat or an old call. It is loaded at its first use: most processes that show pages never need numpy."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from calls.agent.ports import Brief

if TYPE_CHECKING:
    from calls.agent.walker import PathwayAgent


def walker(brief: Brief, state: Mapping[str, Any] | None = None) -> "PathwayAgent":
    from calls.agent.encoder import encoder
    from calls.agent.walker import PathwayAgent

    return PathwayAgent(brief, encoder(), state=state)
