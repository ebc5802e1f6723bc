"""Web addresses that a step calls: a Webhook step, a Custom Tool step, or a tool beside the talk of any step.

Everything is filled with the call's variables, goes out through `config.kit.outbound` only, and is noted without headers: they hold keys.
Values of the answer become variables by JSONPath. The first way on that fits the answer is named; the walk goes it.
"""

import asyncio
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

import jsonpath

from calls.agent.pathway.comparing import response_for
from calls.agent.pathway.walk import Walk, shown_value
from calls.agent.ports import Note
from calls.filling import find, shown
from config.kit import outbound, storable
from config.kit.places import PLACE
from pathways import graph as graphs
from pathways.graph import Kind, Node, Response, listed, text_of, written

SECONDS, MOST_SECONDS = 10.0, 25.0  # of one step with its retries: a call waits for it, and the session gives up on a turn after 30
MOST_RETRIES = 3
LONGEST_KEPT = 2_000  # characters of an answer in the record
LONGEST_VALUE = 4_000  # characters of one variable


@dataclass(frozen=True, slots=True)
class Request:
    """What a step calls. Texts may hold variables."""

    kind: str  # webhook, tool
    node_id: str
    name: str
    url: str
    method: str
    headers: Mapping[str, str]
    body: str
    query: Mapping[str, Any]
    seconds: float
    tries: int
    keeps: Sequence[Mapping[str, Any]]
    responses: Sequence[Response]
    speech: str = ""  # said meanwhile
    sample: Any = None  # what it answers in a rehearsal


@dataclass(slots=True)
class Found:
    """`target` "": no way on was named for this answer."""

    notes: list[Note] = field(default_factory=list)
    target: str = ""
    name: str = ""
    why: str = ""


def request_of(node: Node) -> Request | None:
    """What a Webhook or Custom Tool step calls; None when it names no address."""
    if node.kind == Kind.TOOL:
        tool = node.tools[0] if node.tools else {}
        made = tool_request(node, {"speech": text_of(node.data, "speech"), **tool})
        return made and _with(made, [*node.responses, *made.responses])
    made = _request("webhook", node.id, node.name, node.data, {})
    return made and _with(made, node.responses)


def tool_request(node: Node, tool: Mapping[str, Any]) -> Request | None:
    """What a tool calls: its own fields, or those of its `config`."""
    config = tool.get("config")
    inner = config if isinstance(config, Mapping) else {}
    made = _request("tool", node.id, text_of(tool, "name") or node.name, tool, inner)
    own = graphs.load({"nodes": [{"id": "x", "data": {"responsePathways": tool.get("responsePathways")}}]}).nodes[0].responses
    return made and _with(made, own)


def _with(made: Request, responses: Sequence[Response]) -> Request:
    return Request(**{**{name: getattr(made, name) for name in Request.__dataclass_fields__}, "responses": tuple(responses)})


def _request(kind: str, node_id: str, name: str, data: Mapping[str, Any], inner: Mapping[str, Any]) -> Request | None:
    def of(*keys: str) -> Any:
        return next((found[key] for key in keys for found in (data, inner) if found.get(key) not in (None, "", [], {})), None)

    url = of("url")
    if not isinstance(url, str) or not url.strip():
        return None
    body, query, keeps = of("body"), of("query", "params"), of("responseData", "response_data", "response")
    headers = _pairs(of("headers")) | _auth(of("auth"))
    if body is not None and not isinstance(body, str):
        body, headers = json.dumps(body, ensure_ascii=False), {"content-type": "application/json", **headers}
    return Request(
        kind,
        node_id,
        name,
        url.strip(),
        str(of("method") or "GET").upper(),
        headers,
        body or "",
        query if isinstance(query, Mapping) else {},
        _seconds(of("timeoutValue", "timeout")),
        1 + min(MOST_RETRIES, _whole(of("max_retries", "retries"))),
        [k for k in keeps if isinstance(k, Mapping)] if isinstance(keeps, list) else [],
        (),
        text_of(data, "speech"),
        of("sample"),
    )


def _pairs(value: Any) -> dict[str, str]:
    """Headers as an object, [[name, value]] or [{key, value}]."""
    if isinstance(value, Mapping):
        return {str(k): written(v) for k, v in value.items()}
    found = {}
    for item in value if isinstance(value, list) else []:
        if isinstance(item, Mapping):
            found[str(item.get("key") or item.get("name") or "")] = written(item.get("value"))
        elif isinstance(item, list) and len(item) == 2:
            found[str(item[0])] = written(item[1])
    return {k: v for k, v in found.items() if k}


def _auth(value: Any) -> dict[str, str]:
    """`auth: {type, token, encode}`: a token as the Authorization header."""
    token = text_of(value, "token")
    kind = text_of(value, "type").strip() or "Bearer"
    return {"authorization": f"{kind} {token}"} if token else {}


def _seconds(value: Any) -> float:
    """Seconds; tools write milliseconds."""
    try:
        given = float(value)
    except (TypeError, ValueError):
        return SECONDS
    given = given / 1000 if given >= 200 else given
    return min(given, MOST_SECONDS) if given > 0 else SECONDS


def _whole(value: Any) -> int:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) and value > 0 else 0


# The call ---------------------------------------------------------------------------------------------------------------
async def look_up(walk: Walk, request: Request) -> Found:
    """Calls the address, keeps what is asked for, and names the way on."""
    found, known = Found(), walk.known
    url, headers, body = _url(request, known), {k: _text(v, known) for k, v in request.headers.items()}, _body(request, known)
    answer, error = (sampled(request, url), "") if walk.brief.pretend else await _tries(request, url, headers, body)
    ok = answer is not None and answer.ok
    data = {
        "node_id": request.node_id,
        "name": request.name,
        "url": _shown_url(request.url),
        "method": request.method,
        "status": answer.status if answer else None,
        "ms": answer.ms if answer else None,
        "ok": ok,
        "body": body[:LONGEST_KEPT],
        "response": storable.cleaned(answer.text[:LONGEST_KEPT]) if answer else "",
        "error": error,
    }
    told = f"answered with {answer.status} in {answer.ms} ms" if answer else f"did not answer: {error}"
    if walk.brief.pretend:
        told = "not sent in a rehearsal"
    found.notes.append(
        Note(request.kind, f"{request.name}: {outbound.host_of(url) or 'the address'} {told}", data, "info" if ok else "error")
    )
    if answer is not None:
        found.notes += keep(walk, request, await asyncio.to_thread(values_of, request, answer.text))
    if (way := response_for(request.responses, walk.known, answer.status if answer else None, ok)) is not None:
        response, found.why = way
        found.target, found.name = response.target, response.name or response.variable
    elif walk.brief.pretend and request.responses:
        found.target, found.name, found.why = request.responses[0].target, request.responses[0].name, "a rehearsal takes the first answer"
    return found


def sampled(request: Request, url: str) -> outbound.Answer:
    """What a rehearsal takes for the answer: the step's sample, without one an empty object."""
    sample = {} if request.sample is None else request.sample
    text = sample if isinstance(sample, str) else json.dumps(sample, ensure_ascii=False)
    return outbound.Answer(200, text, url, 0)


async def _tries(request: Request, url: str, headers: Mapping[str, str], body: str) -> tuple[outbound.Answer | None, str]:
    """The answer, or why there is none. Only what failed on the way is tried again, within the step's time."""
    loop = asyncio.get_running_loop()
    until, error, answer = loop.time() + MOST_SECONDS, "", None
    for _ in range(request.tries):
        left = until - loop.time()
        if left <= 0.2:
            break
        try:
            answer = await outbound.fetch(request.method, url, headers=headers, body=body or None, seconds=min(request.seconds, left))
        except outbound.Refused as refused:
            return None, str(refused)
        except outbound.Failed as failed:
            error = str(failed)
            continue
        if answer.status < 500 and answer.status != 429:
            break
    return answer, error


def _url(request: Request, known: Mapping[str, Any]) -> str:
    """The address; values are quoted where they stand in a path or a query, so that none of them changes where it leads."""
    given = request.url
    if PLACE.match(given):  # the call brings even the beginning
        url = _text(given, known)
    else:
        url = PLACE.sub(lambda m: m[0] if (v := find(m[1], known)) is None else quote(shown(v), safe=""), given)
    if not request.query:
        return url
    try:
        parts = urlsplit(url)
    except ValueError:
        return url  # refused where it would go out
    more = urlencode({k: _text(written(v), known) for k, v in request.query.items()})
    return urlunsplit(parts._replace(query=f"{parts.query}&{more}".strip("&")))


def _text(text: str, known: Mapping[str, Any]) -> str:
    return PLACE.sub(lambda m: m[0] if (v := find(m[1], known)) is None else shown(v), text)


def _body(request: Request, known: Mapping[str, Any]) -> str:
    """The body; in JSON a value is written so that the JSON stays whole."""
    if request.method in ("GET", "HEAD"):
        return ""
    if not request.body.lstrip().startswith(("{", "[")):
        return _text(request.body, known)
    whole = re.compile(rf"\"{PLACE.pattern}\"")

    def inside(m: re.Match[str]) -> str:
        found = find(m[1], known)
        return m[0] if found is None else json.dumps(shown(found), ensure_ascii=False)[1:-1]

    filled = whole.sub(lambda m: f'"{inside(m)}"' if find(m[1], known) is not None else m[0], request.body)
    bare = re.compile(r"(?<=[:\[,])(\s*)" + PLACE.pattern + r"(?=\s*[,\]}])")
    filled = bare.sub(lambda m: m[0] if (v := find(m[2], known)) is None else m[1] + json.dumps(v, ensure_ascii=False), filled)
    return PLACE.sub(inside, filled)


def _shown_url(url: str) -> str:
    """Without its query: that is where keys stand in addresses."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return "an address that cannot be read"
    return urlunsplit(parts._replace(query="…" if parts.query else "", fragment=""))


# The answer -------------------------------------------------------------------------------------------------------------
class _Paths(jsonpath.JSONPathEnvironment):
    """JSONPath without regular expressions: one that is written badly would hold up every call of the process."""

    def setup_function_extensions(self) -> None:
        super().setup_function_extensions()
        for name in ("match", "search"):
            self.function_extensions.pop(name)

    def compare(self, left: object, operator: str, right: object) -> bool:
        return operator != "=~" and super().compare(left, operator, right)


PATHS = _Paths()
LARGEST_VALUE = 20_000  # characters of one value: it stands in an event, in the call's row and in every state of the walk
TOO_LARGE = object()


def values_of(request: Request, text: str) -> dict[str, Any]:
    """What the step keeps of an answer, by variable. Reads up to a megabyte: not for the event loop."""
    try:
        document = storable.cleaned(json.loads(text))
    except (ValueError, RecursionError):
        document = storable.cleaned(text)
    wanted = {written(item.get("name")).strip(): written(item.get("data")).strip() for item in request.keeps}
    found = {name: at(document, path) for name, path in wanted.items() if name}
    return {name: TOO_LARGE if _large(value) else value for name, value in found.items() if value is not None}


def _large(value: Any) -> bool:
    return len(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)) > LARGEST_VALUE


def keep(walk: Walk, request: Request, values: Mapping[str, Any]) -> list[Note]:
    """Values of the answer as variables, noted; one that is too large stays unknown and is said to be."""
    notes = []
    for name, value in values.items():
        if value is TOO_LARGE:
            data = {"node_id": request.node_id, "name": name, "from": request.name}
            notes.append(Note(request.kind, f"{name} was not kept: it is over {LARGEST_VALUE:,} characters", data, "error"))
            continue
        walk.state.learnt[name] = value
        walk.state.aloud.pop(name, None)
        data = {"node_id": request.node_id, "name": name, "value": value, "type": _type(value), "quote": "", "from": request.name}
        notes.append(Note("variable", f"Kept {name}: {shown_value(value)[:200]}", data))
    return notes


def at(document: Any, path: str) -> Any:
    """The value that a JSONPath, or a dotted path, leads to; all of them when it leads to several; None when to nothing."""
    if not path:
        return document
    if not path.startswith("$"):
        path = f"${path}" if path.startswith("[") else f"$.{path}"
    try:
        found = PATHS.findall(path, document) if isinstance(document, dict | list) else []
    except (jsonpath.JSONPathError, RecursionError):
        return None
    value = (found[0] if len(found) == 1 else found) if found else None
    return value[:LONGEST_VALUE] if isinstance(value, str) else value


def _type(value: Any) -> str:
    match value:
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
    return "object"


def ready(request: Request, known: Mapping[str, Any]) -> bool:
    """Whether every variable that the request needs is known."""
    texts = [request.url, request.body, *map(str, request.headers.values()), *map(str, request.query.values())]
    return all(find(name, known) is not None for text in texts for name in PLACE.findall(text))


def tools_of(node: Node) -> list[tuple[Request, Mapping[str, Any]]]:
    """The tools beside the talk of a step that carry their own definition."""
    own = [t for t in listed(node.data, "tools") if isinstance(t, Mapping)]
    return [(made, tool) for tool in own if (made := tool_request(node, tool)) is not None]
