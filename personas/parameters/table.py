"""All parameters of a call, in the order of the public reference. There is no second list of them."""

import copy
from typing import Any

from personas.parameters import advanced, analysis, audio, basic, dispatch, knowledge, model, post_call, voicemail
from personas.parameters.base import Choice, Parameter

HEADINGS = (basic, model, dispatch, knowledge, audio, voicemail, analysis, post_call, advanced)
PARAMETERS: tuple[Parameter, ...] = (*(p for heading in HEADINGS for p in heading.PARAMETERS), analysis.ANALYSIS)
BY_NAME: dict[str, Parameter] = {parameter.name: parameter for parameter in PARAMETERS}
ORDER: dict[str, int] = {parameter.name: place for place, parameter in enumerate(PARAMETERS)}

# The folded groups of the Send call page, in its order; `who` and `what` are its open sections above them.
GROUPS: tuple[Choice, ...] = (
    Choice("voice", "Voice and language"),
    Choice("conversation", "Conversation"),
    Choice("voicemail", "Voicemail and trying again"),
    Choice("transfer", "Hand over to a person"),
    Choice("sound", "Recording and sound"),
    Choice("after", "After the call"),
    Choice("guard_rails", "Guard rails"),
    Choice("developer", "Developer"),
)
OPEN_SECTIONS = ("who", "what")


def in_group(key: str) -> tuple[Parameter, ...]:
    return tuple(parameter for parameter in PARAMETERS if parameter.group == key)


def defaults() -> dict[str, Any]:
    """The standard value of every parameter; a fresh copy each time."""
    return {parameter.name: copy.copy(parameter.default) for parameter in PARAMETERS}
