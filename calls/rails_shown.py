"""The guard rails of one call as its page shows them: which watch, which tripped, and where to read it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from config.kit.times import length as clock
from personas.rails import ACTION_WORDS, word

FROM = {
    "request": "this call only",
    "persona": "from the persona",
    "pathway": "from the pathway",
    "reached": "once the call goes over to its pathway",
}
DONE = {"end_call": "The call was ended.", "transfer": "The call was handed over.", "move_to_node": "The call went to another step."}


@dataclass(frozen=True, slots=True)
class Tripped:
    """One that tripped. `href` leads to the line with the words, or to the trip itself where nothing was said."""

    quote: str
    at: str
    href: str
    done: str
    why: str
    withheld: bool


@dataclass(frozen=True, slots=True)
class Rail:
    name: str
    kind: str  # what it watches, in words
    source: str
    action: str
    uid: str  # of the library's rail; "" for one of this call only
    tripped: Tripped | None


def shown(rails: Sequence[Mapping[str, Any]], trips: Sequence[tuple[int, Mapping[str, Any]]]) -> list[Rail]:
    """`rails` as frozen in the call, `trips`: seq and data of the events. Those that tripped come first."""
    by_key = {_key(data): _tripped(seq, data) for seq, data in trips}
    found = [_rail(rail, by_key.get(_key(rail))) for rail in rails]
    return sorted(found, key=lambda rail: rail.tripped is None)


def _key(rail: Mapping[str, Any]) -> tuple[str, str, str]:
    return str(rail.get("id") or ""), str(rail.get("type")), str(rail.get("name"))


def _rail(rail: Mapping[str, Any], tripped: Tripped | None) -> Rail:
    seconds = (rail.get("config") or {}).get("end_seconds")
    kind = word(str(rail["type"]))
    name = str(rail.get("name") or kind)
    within = f"within {seconds:g} seconds" if isinstance(seconds, int | float) else ""
    return Rail(
        name=name,
        kind=", ".join(filter(None, [kind if kind != name else "", within])),
        source=FROM.get(str(rail.get("source")), ""),
        action=actions_told(rail.get("actions") or ()),
        uid=str(rail.get("id") or ""),
        tripped=tripped,
    )


def actions_told(actions: Sequence[Mapping[str, Any]]) -> str:
    """ "End the call", "Hand over to +1 415 555 0100"."""
    told = []
    for action in actions:
        number = (action.get("config") or {}).get("phone_number")
        told.append(f"{ACTION_WORDS.get(action['type'], action['type'])}{f' to {number}' if number else ''}")
    return ", else ".join(told)


def done(action: Mapping[str, Any], acted: bool) -> str:
    return DONE.get(str(action.get("type")), "") if acted else "Another guard rail had acted before."


def _tripped(seq: int, data: Mapping[str, Any]) -> Tripped:
    at = data.get("at_ms")
    return Tripped(
        quote=str(data.get("quote") or ""),
        at=clock(at) if isinstance(at, int) else "",
        href=f"#line-{data.get('line_seq') or seq}",
        done=done(data.get("action") or {}, bool(data.get("acted"))),
        why=str(data.get("why") or ""),
        withheld=not data.get("spoken", True),
    )
