"""`pathway_logs` of the public reference: what a walk said, heard, decided, remembered and looked up, in one order. Pure.

Entries come from the events and lines of a call, or from the log of a chat or rehearsal; both are read into `Entry` first.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

KINDS = frozenset(
    {"node", "decision", "variable", "webhook", "tool", "fact", "sms", "sms_failed", "pathway", "loop", "dead_end", "unknown_step", "moved"}
    | {"optout", "note_for_staff", "fallback", "transfer", "callback", "unknown_pathway", "press_failed"}
)
ROLES = {"assistant": "assistant", "user": "user", "robot": "user"}


@dataclass(frozen=True, slots=True)
class Entry:
    """`kind` "line" is something spoken: then `speaker` and `text` hold it."""

    kind: str
    text: str
    at: str  # ISO
    speaker: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


class _Event(Protocol):
    @property
    def seq(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def kind(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def data(self) -> Any: ...


class _Spoken(Protocol):
    @property
    def seq(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def speaker(self) -> str: ...
    @property
    def text(self) -> str: ...


def logs_of_call(events: Iterable[_Event], lines: Iterable[_Spoken], given: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """Those of a call. `given`: what the call was sent with."""
    told = [(e.seq, Entry(e.kind, e.message, _iso(e.at), data=e.data)) for e in events if e.kind in KINDS]
    spoken = [(u.seq, Entry("line", u.text, _iso(u.at), u.speaker)) for u in lines]
    return logs([entry for _, entry in sorted([*told, *spoken], key=lambda each: each[0])], given)


def logs_of_chat(kept: Iterable[Mapping[str, Any]], given: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """Those of a chat or a rehearsal, from its own log."""
    entries = []
    for each in kept:
        kind = str(each.get("kind") or "")
        if kind == "line":
            entries.append(Entry("line", str(each.get("text") or ""), str(each.get("at") or ""), str(each.get("speaker") or "")))
        elif kind in KINDS:
            data = each.get("data")
            entries.append(
                Entry(kind, str(each.get("message") or ""), str(each.get("at") or ""), data=data if isinstance(data, Mapping) else {})
            )
    return logs(entries, given)


def logs(entries: Sequence[Entry], given: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    """One object for each entry, as the reference shapes them."""
    found: list[dict[str, Any]] = []
    node, variables = "", dict[str, Any]()
    for entry in entries:
        if entry.kind == "node":
            node = str(entry.data.get("node_id") or "")
        elif entry.kind == "variable":
            variables[str(entry.data.get("name"))] = entry.data.get("value")
        info = _info(entry, variables)
        if not found and given:
            info["Request Data"] = dict(given)
        found.append(
            {
                "role": ROLES.get(entry.speaker, "agent-action") if entry.kind == "line" else "agent-action",
                "text": entry.text,
                "decision": str(entry.data.get("why") or "") or None if entry.kind == "decision" else None,
                "pathway_info": info,
                "chosen_node_id": str(entry.data.get("chosen_node") or "") or node or None if entry.kind == "decision" else node or None,
                "tag": None,
                "created_at": entry.at,
            }
        )
    return found


def _info(entry: Entry, variables: Mapping[str, Any]) -> dict[str, Any]:
    """`pathway_info` by kind, under the reference's keys."""
    data = entry.data
    match entry.kind:
        case "webhook":
            found = {
                "Webhook URL": data.get("url"),
                "Webhook Method": data.get("method"),
                "Webhook Response Status": data.get("status"),
                "Webhook Body": data.get("body"),
                "Webhook Response Body": data.get("response"),
            }
            return {**found, "ERROR": data["error"]} if data.get("error") else found
        case "tool":
            found = {"LLM Tool Call": data.get("name"), "Tool Result:": data.get("response") or data.get("error")}
            return {**found, "ERROR": data["error"]} if data.get("error") else found
        case "decision":
            scored = [{k: c.get(k) for k in ("id", "label", "score")} for c in data.get("candidates") or []]
            told: dict[str, Any] = {"Is Looping": bool(data.get("loop")), "Candidates": scored}
            if not scored and data.get("why"):
                told["Value Comparison Pathway"] = data["why"]
            return told
        case "variable":
            return {"Current Variables": dict(variables)}
        case "fact":
            return {"KB": data.get("source")}
        case "sms" | "sms_failed":
            return {"SMS": data.get("message"), "SMS To": data.get("to") or None}
        case "loop":
            return {"Is Looping": True}
        case "dead_end" | "unknown_step" | "unknown_pathway" | "press_failed" | "fallback":
            return {"ERROR": entry.text}
    return {}


def timeline(uid: str, entries: Sequence[Mapping[str, Any]], most: int = 65_536) -> list[dict[str, Any]]:
    """The same as an ordered timeline (`?v=2`). Long values are cut."""
    return [
        {
            "conversation_id": uid,
            "sequence": place,
            "event_type": "message" if entry["role"] != "agent-action" else "decision" if entry["decision"] else "action",
            "node_id": entry["chosen_node_id"],
            "operation_id": f"{uid}:{place}",
            "payload": {k: _cut(v, most) for k, v in entry.items() if k not in ("chosen_node_id", "created_at")},
            "created_at": entry["created_at"],
        }
        for place, entry in enumerate(entries, 1)
    ]


def _cut(value: Any, most: int) -> Any:
    if isinstance(value, str):
        return value[:most]
    return {k: _cut(v, most) for k, v in value.items()} if isinstance(value, Mapping) else value


def _iso(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
