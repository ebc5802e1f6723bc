"""Where a walk stands. Plain data: JSON in a row lets another process go on with it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

MOST_LINES = 60  # of the conversation that are kept


@dataclass
class State:
    pathway: str = ""  # id of the pathway gone over to; "" is the one the call began with
    node: str = ""  # "" before the opening
    learnt: dict[str, Any] = field(default_factory=dict)  # values of variables
    aloud: dict[str, str] = field(default_factory=dict)  # how such a value is said
    origins: list[str] = field(default_factory=list)  # steps to go back to after steps that can be entered from anywhere
    questions: dict[str, str] = field(default_factory=dict)  # node -> what it asked last
    asks: list[str] = field(default_factory=list)  # questions of this step's prompt that are still to be asked
    told: list[str] = field(default_factory=list)  # what the person said at this step
    stays: int = 0  # turns in a row that led nowhere
    stays_in_call: int = 0
    visits: dict[str, int] = field(default_factory=dict)
    turns: int = 0
    silent: int = 0
    unknown: int = 0  # questions without an answer
    manner: list[Any] = field(default_factory=lambda: [None, None])  # how the session listens: threshold, no interruptions
    pending: str = ""  # "callback", "angry": a question of our own is open
    used: list[str] = field(default_factory=list)  # tools of this step that have run
    last: str = ""  # our last words
    quote: str = ""  # their last words
    lines: list[list[str]] = field(default_factory=list)
    left_start: bool = False  # a way was taken: whoever speaks is whom the pathway expects
    once: list[str] = field(default_factory=list)  # what may happen once a call and has happened
    ended: bool = False

    def used_up(self, name: str) -> bool:
        """Whether something that may happen once has happened before; it has now."""
        before = name in self.once
        if not before:
            self.once.append(name)
        return before

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "State":
        """Keys that are not known are left out: a state may be older than the code."""
        known = {f.name for f in fields(cls)}
        return cls(**{k: _copy(v) for k, v in data.items() if k in known})

    def say(self, speaker: str, text: str) -> None:
        self.lines.append([speaker, text])
        del self.lines[:-MOST_LINES]


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _copy(v) for k, v in value.items()}
    return [_copy(v) for v in value] if isinstance(value, list) else value
