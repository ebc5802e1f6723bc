"""How a control of the editor reads its value from the `data` of a step and writes it back. Pure.

A form writes only what was changed on it, so a value that the form cannot show in full stays as it came.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pathways.graph import listed, load, text_of, truthy, written
from pathways.rows import Row

type Data = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Binding:
    """`read` gives what the control shows; `write` changes `data` in place."""

    read: Callable[[Mapping[str, Any]], Any]
    write: Callable[[Data, Any], None]


def text(key: str) -> Binding:
    """Text; an object is shown as JSON and stays one as long as it can be read."""

    def read(data: Mapping[str, Any]) -> str:
        found = data.get(key)
        return json.dumps(found, indent=2, ensure_ascii=False) if isinstance(found, dict | list) else written(found)

    def write(data: Data, value: Any) -> None:
        if isinstance(data.get(key), dict | list) and value:
            with suppress(ValueError):
                value = json.loads(value)
        put(data, key, value)

    return Binding(read, write)


def flag(key: str) -> Binding:
    return Binding(lambda data: truthy(data.get(key)), lambda data, value: put(data, key, bool(value)))


def whole(key: str) -> Binding:
    """A number without a fraction, in whichever way it is kept."""
    return Binding(lambda data: _whole(data.get(key)), lambda data, value: put(data, key, value))


def within(key: str, inner: Binding) -> Binding:
    """The same inside the object at `key`."""

    def read(data: Mapping[str, Any]) -> Any:
        found = data.get(key)
        return inner.read(found if isinstance(found, Mapping) else {})

    def write(data: Data, value: Any) -> None:
        found = data.get(key)
        changed = dict(found) if isinstance(found, Mapping) else {}
        inner.write(changed, value)
        put(data, key, changed)

    return Binding(read, write)


def tool(inner: Binding) -> Binding:
    """Inside the inline definition of a tool, or in the `config` it carries."""

    def read(data: Mapping[str, Any]) -> Any:
        found = data.get("tool")
        definition = found if isinstance(found, Mapping) else {}
        config = definition.get("config")
        return inner.read(config if isinstance(config, Mapping) else definition)

    def write(data: Data, value: Any) -> None:
        found = data.get("tool")
        definition = dict(found) if isinstance(found, Mapping) else {}
        if isinstance(definition.get("config"), Mapping):
            definition["config"] = dict(definition["config"])
            inner.write(definition["config"], value)
        else:
            inner.write(definition, value)
        data["tool"] = definition

    return Binding(read, write)


def rows(key: str, show: Callable[[Any], Row | None], write: Callable[[Any, Row], Any]) -> Binding:
    """A list of items that are each one row. What `show` cannot show keeps its place after those it can."""

    def read(data: Mapping[str, Any]) -> list[Row]:
        found = data.get(key)
        shown = [(place, show(item)) for place, item in enumerate(found if isinstance(found, list) else [])]
        return [{**row, "was": str(place)} for place, row in shown if row is not None]

    def save(data: Data, value: Sequence[Row]) -> None:
        found = data.get(key)
        items = found if isinstance(found, list) else []
        made = []
        for row in value:
            raw = items[int(row["was"])] if row["was"].isdecimal() and int(row["was"]) < len(items) else None
            same = raw is not None and show(raw) == {name: cell for name, cell in row.items() if name != "was"}
            made.append(raw if same else write(raw, row))
        put(data, key, made + [item for item in items if show(item) is None])

    return Binding(read, save)


def put(data: Data, key: str, value: Any) -> None:
    """An empty value is not written where none was."""
    if value in ("", None, [], {}, False) and key not in data:
        return
    if value is None:
        data.pop(key, None)
    else:
        data[key] = value


# What to say: in its own words (prompt) or word for word (text).


def _words(data: Mapping[str, Any]) -> str:
    return text_of(data, "text") or text_of(data, "prompt")


def write_words(data: Data, words: str, exact: bool) -> None:
    """Whichever is written, the other one goes: the agent says a text where there is one."""
    put(data, "text", words if exact else "")
    put(data, "prompt", "" if exact else words)


WORDS = Binding(_words, lambda data, value: write_words(data, value, bool(text_of(data, "text"))))


# Pairs of name and value: an object, a list of pairs, or a list of objects.


def _pairs(data: Mapping[str, Any], key: str) -> list[Row]:
    found = data.get(key)
    if isinstance(found, Mapping):
        pairs = [(written(name), written(value)) for name, value in found.items()]
    else:
        pairs = [pair for item in (found if isinstance(found, list) else []) if (pair := _pair(item))]
    return [{"name": name, "value": value, "was": str(place)} for place, (name, value) in enumerate(pairs)]


def _pair(item: Any) -> tuple[str, str] | None:
    if isinstance(item, list) and len(item) == 2:
        return written(item[0]), written(item[1])
    if isinstance(item, Mapping):
        name = item.get("name") or item.get("key")
        return (written(name), written(item.get("value"))) if name else None
    return None


def _write_pairs(data: Data, key: str, value: Sequence[Row]) -> None:
    found = data.get(key)
    if not isinstance(found, list):
        put(data, key, {row["name"]: row["value"] for row in value})
    elif any(isinstance(item, Mapping) for item in found):
        name = "key" if any(isinstance(item, Mapping) and "key" in item for item in found) else "name"
        put(data, key, [{name: row["name"], "value": row["value"]} for row in value])
    else:
        put(data, key, [[row["name"], row["value"]] for row in value])


def pairs(key: str) -> Binding:
    return Binding(lambda data: _pairs(data, key), lambda data, value: _write_pairs(data, key, value))


# Lists of the public JSON, an item a row.


def _variable(item: Any) -> Row | None:
    found = load({"nodes": [{"id": "x", "data": {"extractVars": [item]}}]}).nodes[0].variables
    if not found:
        return None
    first = found[0]
    return {"name": first.name, "type": first.type, "what": first.description, "required": "yes" if first.required else ""}


def _write_variable(raw: Any, row: Row) -> Any:
    """In the form it had; the list of the public JSON for a new one. A tick is written only when it changed."""
    needed = row["required"] == "yes"
    if isinstance(raw, Mapping):
        changed = {**raw, "name": row["name"], "type": row["type"], "description": row["what"]}
        return {**changed, "required": needed} if truthy(raw.get("required")) != needed else changed
    extras = list(raw[3:]) if isinstance(raw, list) else []
    if needed != any(extra is True for extra in extras):
        extras = [True, *[e for e in extras if not isinstance(e, bool)]] if needed else [e for e in extras if e is not True]
    return [row["name"], row["type"], row["what"], *extras]


VARIABLES = rows("extractVars", _variable, _write_variable)


# Ways on after an answer. `case` says in a word what the two special names of the public JSON say.
CASES = {"ok": "Default/Webhook Completion", "failed": "Default/Webhook Failure", "status": "BlandStatusCode"}


def _response(item: Any) -> Row | None:
    found = load({"nodes": [{"id": "x", "data": {"responsePathways": [item]}}]}).nodes[0].responses
    if not found:
        return None
    first = found[0]
    case = next((case for case, name in CASES.items() if name.lower() == first.variable.strip().lower()), "value")
    variable = first.variable if case == "value" else ""
    return {"case": case, "variable": variable, "operator": first.operator, "value": first.value, "target": first.target}


def _write_response(raw: Any, row: Row) -> Any:
    if row["case"] in CASES:
        row = {**row, "variable": CASES[row["case"]]}
    if row["case"] in ("ok", "failed"):
        row = {**row, "operator": "", "value": ""}
    if isinstance(raw, Mapping):
        names = {
            "variable" if "variable" in raw or "type" not in raw else "type": row["variable"],
            "operator" if "operator" in raw or "condition" not in raw else "condition": row["operator"],
            "value": row["value"],
            "nodeId" if "nodeId" in raw or "target_id" not in raw else "target_id": row["target"],
        }
        return {**raw, **names}
    there = raw[3] if isinstance(raw, list) and len(raw) > 3 and isinstance(raw[3], Mapping) else {}
    return [row["variable"], row["operator"], row["value"], {**there, "id": row["target"]}, *(raw[4:] if isinstance(raw, list) else [])]


RESPONSES = rows("responsePathways", _response, _write_response)


def _kept(item: Any) -> Row | None:
    if not isinstance(item, Mapping):
        return None
    return {"name": written(item.get("name")), "path": written(item.get("data")), "what": written(item.get("context"))}


def _write_kept(raw: Any, row: Row) -> Any:
    found = {**(raw if isinstance(raw, Mapping) else {}), "name": row["name"], "data": row["path"]}
    return {**found, "context": row["what"]} if row["what"] or "context" in found else found


KEPT = rows("responseData", _kept, _write_kept)


# Rules of a Choose step: a row is one comparison; an "and" row belongs to the rule above it.


def _read_rules(data: Mapping[str, Any]) -> list[Row]:
    found: list[Row] = []
    node = load({"nodes": [{"id": "x", "data": dict(data)}]}).nodes[0]
    for place, rule in enumerate(node.rules):
        for index, part in enumerate(rule.conditions):
            join = "and" if index else "if"
            row = {"join": join, "field": part.field, "operator": part.operator, "value": part.value}
            found.append({**row, "target": "" if index else rule.target, "was": f"{place}"})
    return found


def _write_rules(data: Data, value: Sequence[Row]) -> None:
    kept = [item for item in listed(data, "routes") if isinstance(item, Mapping)]
    made: list[Data] = []
    for row in value:
        was = kept[int(row["was"])] if row["was"].isdecimal() and int(row["was"]) < len(kept) else {}
        if row["join"] == "if" or not made:
            made.append({**was, "conditions": [], "targetNodeId": row["target"]})
        before = listed(was, "conditions")
        place = len(made[-1]["conditions"])
        more = before[place] if place < len(before) and isinstance(before[place], Mapping) else {}
        same = written(more.get("value")) == row["value"]  # a number stays one
        given = more.get("value") if same and "value" in more else row["value"]
        made[-1]["conditions"].append({**more, "field": row["field"], "operator": row["operator"], "value": given})
    put(data, "routes", made)


RULES = Binding(_read_rules, _write_rules)


# Keys to press: one in `digit`, several in `sequence`.


def _write_keys(data: Data, value: str) -> None:
    if "sequence" in data and not written(data.get("digit")):
        put(data, "sequence", value)
    elif len(value) > 1:
        put(data, "digit", None)
        put(data, "sequence", value)
    else:
        put(data, "digit", value)


KEYS = Binding(lambda data: written(data.get("digit")) or written(data.get("sequence")), _write_keys)


# The text of a knowledge step: as it is, or inside an object.


def _read_kb(data: Mapping[str, Any]) -> str:
    kb = data.get("kb")
    return text_of(kb, "text") or text_of(kb, "content") if isinstance(kb, Mapping) else text("kb").read(data)


def _write_kb(data: Data, value: str) -> None:
    kb = data.get("kb")
    if isinstance(kb, Mapping):
        data["kb"] = {**kb, "text" if text_of(kb, "text") or "content" not in kb else "content": value}
    else:
        text("kb").write(data, value)


KB = Binding(_read_kb, _write_kb)


# The pathway to go over to: an id, or an object with one.


def _read_pathway(data: Mapping[str, Any]) -> str:
    found = data.get("transferPathway")
    return written(found.get("id") if isinstance(found, Mapping) else found)


def _write_pathway(data: Data, value: str) -> None:
    found = data.get("transferPathway")
    put(data, "transferPathway", {**found, "id": value} if isinstance(found, Mapping) else value)


PATHWAY = Binding(_read_pathway, _write_pathway)


def _whole(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    try:
        return int(float(value))
    except (TypeError, ValueError, OverflowError):
        return None
