"""The control of the parameter guard_rails: a row for each rail, in words; a row without a type is none.

Posted as columns (`guard_rails-type`, `guard_rails-action` …); shown from the same JSON text that other controls hold.
"""

import json
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from personas.parameters import guard_rails
from personas.rails import ACTION_WORDS, WORDS

PARTS = ("type", "action", "number", "node", "seconds", "prompt")
SPARE, MOST = 2, 12  # empty rows that are offered; rows that are read


class RailRows(forms.Widget):
    template_name = "components/rail_rows.html"
    use_fieldset = True

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        rows = [_row(rail) for rail in _rails(value)]
        numbered = [{"number": n, **row} for n, row in enumerate([*rows, *({} for _ in range(SPARE))], 1)]
        kinds = [(kind, word) for kind, (word, _) in WORDS.items()]
        context["widget"] |= {"rows": numbered, "kinds": kinds, "actions": list(ACTION_WORDS.items())}
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return json.dumps(posted(data, name)) if isinstance(data, QueryDict) and f"{name}-type" in data else data.get(name)

    def id_for_label(self, id_: str) -> str:
        return ""


def posted(data: QueryDict, name: str) -> list[dict[str, Any]]:
    """What the rows say, as a program would send it; the rules check it afterwards."""
    columns = [data.getlist(f"{name}-{part}")[:MOST] for part in PARTS]
    return [_rail(dict(zip(PARTS, values, strict=True))) for values in zip(*columns, strict=False) if values[0].strip()]


def _rail(row: Mapping[str, str]) -> dict[str, Any]:
    row = {part: value.strip() for part, value in row.items()}
    rail: dict[str, Any] = {"type": row["type"], "actions": [_action(row)]}
    if row["type"] == "custom":
        rail["prompt"] = row["prompt"]
    elif row["type"] != "tcpa:opt_out" and row["seconds"]:
        rail["config"] = {"end_seconds": _number(row["seconds"])}
    return rail


def _action(row: Mapping[str, str]) -> dict[str, Any]:
    config = {"transfer": {"phone_number": row["number"]}, "move_to_node": {"node_id": row["node"]}}.get(row["action"], {})
    return {"type": row["action"] or "end_call", "config": config}


def _number(text: str) -> float | int | str:
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number.is_integer() else number


def _rails(value: Any) -> list[Mapping[str, Any]]:
    try:
        given = json.loads(value) if isinstance(value, str) and value else value or []
    except ValueError:
        return []
    return [rail for rail in given if isinstance(rail, dict)] if isinstance(given, list) else []


def _row(rail: Mapping[str, Any]) -> dict[str, Any]:
    actions = rail.get("actions")
    action = actions[0] if isinstance(actions, list) and actions else {}
    action = {"type": action} if isinstance(action, str) else action if isinstance(action, dict) else {}
    done = action.get("config") if isinstance(action.get("config"), dict) else {}
    config = rail.get("config") if isinstance(rail.get("config"), dict) else {}
    seconds = (config or {}).get("end_seconds")
    return {
        "type": rail.get("type", ""),
        "action": action.get("type", ""),
        "phone": (done or {}).get("phone_number", ""),
        "node": (done or {}).get("node_id", ""),
        "seconds": f"{seconds:g}" if isinstance(seconds, int | float) else "",
        "prompt": rail.get("prompt", ""),
        "standard": guard_rails.END_SECONDS,
    }
