"""Basic parameters: whom to call, and what leads the call."""

from typing import Any

from personas.parameters import phone
from personas.parameters.base import Bad, Choice, Context, Parameter, as_number, text

VOICES = ("Josh", "Florian", "Derek", "June", "Nat", "Paige")
DEFAULT_VOICE = "June"
VERSION = "pathway_version needs to either be a number, or a string of 'production' or 'staging'."


def _phone_number(value: Any, context: Context) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise Bad("Phone number must be a string or number.")
    if not isinstance(value, str):
        whole = as_number(value)
        value = str(whole) if isinstance(whole, int) and 0 < whole < 10**20 else "?"
        if len(value) > 10:  # as a number it cannot carry its +
            value = f"+{value}"
    return phone.parse(value, context.country).e164


def _voice(value: Any, context: Context) -> str:
    name = text("Voice must be a string.")(value, context)
    known = next((voice for voice in VOICES if voice.casefold() == name.strip().casefold()), None)
    if known is None:
        context.notes.append(f"There is no voice “{name[:60]}” here: the call speaks with {DEFAULT_VOICE}.")
    return known or DEFAULT_VOICE


def pathway_version(value: Any, _: Context) -> int | str:
    if isinstance(value, str) and value.strip().lower() in ("production", "staging"):
        return value.strip().lower()
    version = as_number(value)
    if not isinstance(version, int) or abs(version) >= 2**31:
        raise Bad(VERSION)
    return version


PARAMETERS = (
    Parameter(
        name="phone_number",
        heading="basic",
        kind="string",
        check=_phone_number,
        label="Phone number",
        help="With its country code, for example +1 720 555 0163.",
        group="who",
        widget="tel",
        preset=False,
        schema={"type": ["string", "number"], "examples": ["+15005550006"]},
    ),
    Parameter(
        name="voice",
        heading="basic",
        kind="string",
        check=_voice,
        label="Voice",
        notice="Speaks with the voice {value}",
        help="A name or an id, in any case.",
        default=DEFAULT_VOICE,
        group="voice",
        widget="select",
        choices=tuple(Choice(name, name) for name in VOICES),
    ),
    Parameter(
        name="pathway_id",
        heading="basic",
        kind="string",
        check=text("pathway_id must be a string."),
        label="Pathway",
        notice="Follows the pathway {value}",
        help="Fixed steps with branches. It takes the place of a task.",
        group="what",
        widget="pathway",
    ),
    Parameter(
        name="pathway_version",
        heading="basic",
        kind="integer",
        check=pathway_version,
        label="Version of the pathway",
        notice="Takes this version of the pathway: {value}",
        help="A number, production or staging.",
        default="production",
        group="what",
        schema={"type": ["integer", "string"]},
    ),
    Parameter(
        name="start_node_id",
        heading="basic",
        kind="string",
        check=text("start_node_id must be a string."),
        label="First step of the pathway",
        notice="Begins at the step {value}",
        help="Empty: where the pathway starts by itself.",
        group="developer",
    ),
    Parameter(
        name="task",
        heading="basic",
        kind="string",
        check=text("Task must be a string"),
        label="Task",
        help="Who it is, why it calls, what to ask, and what it may answer. {{name}} stands for a fact of this call.",
        group="what",
        widget="textarea",
    ),
    Parameter(
        name="first_sentence",
        heading="basic",
        kind="string",
        check=text("First sentence must be a string.", typed=True),
        label="First words they hear",
        help="Said exactly so. Empty: an opening made from the task.",
        group="conversation",
        widget="textarea",
    ),
    Parameter(
        name="persona_id",
        heading="basic",
        kind="string",
        check=text("persona_id must be a string."),
        label="Persona",
        help="Ready-made voice and manner. What is set for this call wins over it.",
        group="what",
        widget="persona",
        preset=False,
    ),
)
