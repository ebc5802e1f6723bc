"""The shape of dynamic data: requests to other programs before or during the call."""

from typing import Any

from personas.parameters.base import Bad, Context, as_boolean, as_number
from personas.parameters.web import is_address

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
TIMEOUT = 2000  # ms
LONGEST = 30_000


def check(value: Any, context: Context) -> list[dict[str, Any]]:
    """Each as {url, method, headers, body, query, timeout, cache, response_data}; null and "" clear."""
    if value is None or value == "":
        return []
    if not isinstance(value, list):
        raise Bad("Dynamic data must be an array")
    return [_item(item, f"item {place}", context) for place, item in enumerate(value, 1)]


def _item(item: Any, where: str, context: Context) -> dict[str, Any]:
    if not isinstance(item, dict):
        raise _bad(where, "must be an object.")
    url = item.get("url")
    if not isinstance(url, str) or not url.strip():
        raise _bad(where, "needs a url.")
    if "{{" not in url and not is_address(url.strip()):
        context.notes.append(f"dynamic_data {where}: “{url.strip()[:60]}” is not a web address and will not be fetched.")
    method = item.get("method") or "GET"
    if not isinstance(method, str) or method.upper() not in METHODS:
        raise _bad(where, f"method must be one of {', '.join(METHODS)}.")
    timeout = TIMEOUT if item.get("timeout") is None else as_number(item["timeout"])
    if timeout is None or not 0 < timeout <= LONGEST:
        raise _bad(where, f"timeout must be a number of milliseconds, at most {LONGEST}.")
    cache = True if item.get("cache") is None else as_boolean(item["cache"])
    if cache is None:
        raise _bad(where, "cache must be a boolean.")
    return {
        "url": url.strip(),
        "method": method.upper(),
        "headers": _pairs(item.get("headers"), f"{where} headers"),
        "query": _pairs(item.get("query"), f"{where} query"),
        "body": item.get("body"),
        "timeout": timeout,
        "cache": cache,
        "response_data": _response_data(item.get("response_data"), where),
    }


def _pairs(value: Any, where: str) -> dict[str, str]:
    """Headers and query come as an object or as a list of {key, value}."""
    if isinstance(value, list):
        if not all(isinstance(pair, dict) and isinstance(pair.get("key"), str) for pair in value):
            raise _bad(where, "must be an object or an array of key and value.")
        value = {pair["key"]: pair.get("value") for pair in value}
    if value is None or value == "":
        return {}
    if not isinstance(value, dict):
        raise _bad(where, "must be an object or an array of key and value.")
    return {key: part if isinstance(part, str) else _plain(part, where) for key, part in value.items()}


def _plain(value: Any, where: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(value)
    raise _bad(where, "must have plain values.")


def _response_data(value: Any, where: str) -> list[dict[str, str]]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise _bad(where, "response_data must be an array.")
    kept = []
    for part in value:
        given = (
            {key: part.get(key) or default for key, default in (("name", ""), ("data", "$"), ("context", ""))}
            if isinstance(part, dict)
            else {}
        )
        if not given or not all(isinstance(text, str) for text in given.values()):
            raise _bad(where, "response_data must hold objects of name, data and context.")
        kept.append(given)
    return kept


def _bad(where: str, what: str) -> Bad:
    return Bad(f"Invalid dynamic data: {where} {what}")
