"""What one version of a persona holds, apart from its row. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from personas.parameters import defaults

KNOWLEDGE = "KB-"
# What the opening says besides, as the boxes of the form say it.
DISCLOSURES = {
    "ai": "that it is automated",
    "self": "who calls",
    "recording": "that the call is recorded",
}


@dataclass(frozen=True, slots=True)
class Content:
    """`config` holds parameters by name; what it leaves out is standard."""

    config: Mapping[str, Any] = field(default_factory=dict)
    orchestration_prompt: str = ""
    routes: Sequence[Mapping[str, Any]] = ()
    disclosures: Sequence[str] = ()

    def effective(self) -> dict[str, Any]:
        """The value of every parameter."""
        return {**defaults(), **self.config}


def whole_task(orchestration_prompt: str, task: str) -> str:
    """The words that hold for every call stand before the task of the call."""
    return "\n\n".join(part for part in (orchestration_prompt.strip(), task) if part.strip())


def knowledge_of(config: Mapping[str, Any]) -> list[str]:
    return [tool for tool in config.get("tools") or () if tool.startswith(KNOWLEDGE)]
