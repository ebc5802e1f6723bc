"""Model parameters: how it thinks, speaks and listens."""

from typing import Any

from personas.parameters.base import Bad, Choice, Context, Parameter, as_boolean, boolean, number
from personas.parameters.languages import LANGUAGES

MODELS = ("base", "turbo")
_LANGUAGE_CODES = frozenset(choice.value for choice in LANGUAGES)
PRONUNCIATION = "Invalid pronunciation guide type."


def _model(value: Any, _: Context) -> str:
    value = "base" if value == "enhanced" else value
    if value not in MODELS:
        raise Bad("Invalid model. Options are: base, turbo.")
    return str(value)


def _language(value: Any, _: Context) -> str:
    if not isinstance(value, str) or value not in _LANGUAGE_CODES:
        raise Bad("Invalid language code")
    return value


def _pronunciation_guide(value: Any, _: Context) -> list[dict[str, Any]]:
    if not isinstance(value, list):
        raise Bad(PRONUNCIATION)
    return [_pronunciation(item) for item in value]


def _pronunciation(item: Any) -> dict[str, Any]:
    if not isinstance(item, dict):
        raise Bad(PRONUNCIATION)
    word, said = item.get("word"), item.get("pronunciation")
    if not isinstance(word, str) or not isinstance(said, str) or not word.strip() or not said.strip():
        raise Bad(PRONUNCIATION)
    flags = {}
    for name, default in (("case_sensitive", False), ("spaced", True)):
        given = item.get(name)
        flag = default if given is None else as_boolean(given)
        if flag is None:
            raise Bad(PRONUNCIATION)
        flags[name] = flag
    return {"word": word, "pronunciation": said, **flags}


PARAMETERS = (
    Parameter(
        name="model",
        heading="model",
        kind="string",
        check=_model,
        label="Thinking",
        notice="Thinks like this: {value}",
        help="Fastest cannot hand over, press keys or use tools.",
        default="base",
        group="conversation",
        widget="select",
        choices=(Choice("base", "Careful (base)"), Choice("turbo", "Fastest (turbo)")),
    ),
    Parameter(
        name="language",
        heading="model",
        kind="string",
        check=_language,
        label="Language",
        notice="Speaks {value}",
        help="What it speaks and understands.",
        default="babel-en",
        group="voice",
        widget="select",
        choices=LANGUAGES,
    ),
    Parameter(
        name="wait_for_greeting",
        heading="model",
        kind="boolean",
        check=boolean("wait_for_greeting"),
        label="Wait until they say hello",
        help="Speaks after 8 seconds if they say nothing.",
        default=False,
        group="conversation",
        widget="switch",
    ),
    Parameter(
        name="pronunciation_guide",
        heading="model",
        kind="array",
        check=_pronunciation_guide,
        label="Say these words so",
        notice="Says {key} as {value}",
        help="One on each line: word = how to say it. The transcript keeps the word.",
        default=[],
        group="voice",
        widget="pronunciations",
        schema={
            "items": {
                "type": "object",
                "required": ["word", "pronunciation"],
                "properties": {
                    "word": {"type": "string"},
                    "pronunciation": {"type": "string"},
                    "case_sensitive": {"type": ["boolean", "string"], "default": False},
                    "spaced": {"type": ["boolean", "string"], "default": True},
                },
            }
        },
    ),
    Parameter(
        name="temperature",
        heading="model",
        kind="number",
        check=number(
            "Temperature must be a number", least=(0, "Temperature must be at least 0"), most=(1, "Temperature must be at most 1")
        ),
        label="Keeps to the words",
        notice="Varies its words by {value} of 1",
        help="0 repeats itself exactly, 1 varies freely.",
        default=0.7,
        group="conversation",
        widget="range",
        schema={"minimum": 0, "maximum": 1},
    ),
    Parameter(
        name="interruption_threshold",
        heading="model",
        kind="number",
        check=number(
            "interruption_threshold must be a number.",
            least=(0, "interruption_threshold must be at least 0."),
            most=(10_000, "interruption_threshold must be at most 10000."),
        ),
        label="Pause before it answers",
        notice="Waits {value} before it answers",
        help="Shorter feels quick, longer interrupts less.",
        default=500,
        group="conversation",
        widget="number",
        unit="ms",
        schema={"minimum": 0, "maximum": 10_000},
    ),
)
