"""Audio parameters: what is heard besides the words, and what is kept of it."""

from typing import Any

from personas.parameters.base import Bad, Choice, Context, Parameter, boolean

TRACKS = ("office", "cafe", "restaurant", "none")


def _background_track(value: Any, _: Context) -> str | None:
    if value is None or value == "null":
        return None
    if not isinstance(value, str):
        raise Bad("background_track must be a string.")
    if value not in TRACKS:
        raise Bad("Invalid background_track option. Options are: null, office, cafe, restaurant, none.")
    return value


PARAMETERS = (
    Parameter(
        name="background_track",
        heading="audio",
        kind="string",
        check=_background_track,
        label="Behind the voice",
        notice="Has this behind the voice: {value}",
        help="Heard all through the call, also while it speaks.",
        group="sound",
        widget="select",
        choices=(
            Choice(None, "Quiet line"),
            Choice("office", "Office"),
            Choice("cafe", "Café"),
            Choice("restaurant", "Restaurant"),
            Choice("none", "Nothing"),
        ),
        null_is_value=True,
        schema={"type": ["string", "null"]},
    ),
    Parameter(
        name="noise_cancellation",
        heading="audio",
        kind="boolean",
        check=boolean("noise_cancellation"),
        label="Clean up noise on their side",
        help="For noticing when they speak, and for the recording.",
        default=False,
        group="sound",
        widget="switch",
    ),
    Parameter(
        name="block_interruptions",
        heading="audio",
        kind="boolean",
        check=boolean("block_interruptions"),
        label="Do not let them interrupt",
        help="What they say while it speaks is not answered.",
        default=False,
        group="conversation",
        widget="switch",
    ),
    Parameter(
        name="record",
        heading="audio",
        kind="boolean",
        check=boolean("record"),
        label="Record the call",
        help="Two sides kept apart.",
        default=False,
        group="sound",
        widget="switch",
    ),
)
