"""Knowledge parameters: what it may use and answer from."""

from typing import Any

from personas.parameters.base import Bad, Context, Parameter


def _tools(value: Any, _: Context) -> list[str]:
    if not isinstance(value, list):
        raise Bad("Tools must be an array")
    for place, item in enumerate(value, 1):
        if not isinstance(item, str):
            raise Bad(f"Invalid tools: item {place} must be the ID of a tool or knowledge base.")
    return list(dict.fromkeys(value))


PARAMETERS = (
    Parameter(
        name="tools",
        heading="knowledge",
        kind="array",
        check=_tools,
        label="Knowledge and tools",
        notice="Uses {value}",
        help="What it may answer from and what it may do besides talking.",
        default=[],
        group="conversation",
        widget="tools-picker",
        schema={"items": {"type": "string", "examples": ["KB-30d465c0-22d0-41e0-a63d-61bcacc277e7"]}},
    ),
)
