"""What each kind of step needs before a call may meet it. Pure: one function for each kind, problems in the order of the form."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from config.kit.places import PLACE
from pathways.graph import Graph, Kind, Node, listed, text_of, written
from pathways.problems import Known, Problem, error, quoted, warning

TONES = re.compile(r"[0-9*#w,.\s-]{1,40}")
NUMBER = re.compile(r"\+?[0-9][0-9\s().-]{2,24}")
TYPES = frozenset({"string", "integer", "number", "boolean", "date", "time", "name", "phone", "email"})
OTHER_TYPES = frozenset({"text", "str", "int", "float", "bool", "email address"})  # other words for the same

type Check = Callable[[Node, Graph, Known], Iterator[Problem]]


def of_step(node: Node, graph: Graph, known: Known) -> Iterator[Problem]:
    """Every problem of one step by itself; the ways between steps are looked at in pathways.validation."""
    yield from CHECKS[node.kind](node, graph, known)
    yield from _everywhere(node, graph, known)


def _talk(node: Node, graph: Graph, known: Known) -> Iterator[Problem]:
    if not _says(node):
        yield error("no_words", f"{quoted(node.name)} has neither a prompt nor a text: the agent would not know what to say.", node.id)


def _nothing(node: Node, graph: Graph, known: Known) -> Iterator[Problem]:
    yield from ()


def _end(node: Node, graph: Graph, known: Known) -> Iterator[Problem]:
    if not _says(node):
        yield warning("no_last_words", f"{quoted(node.name)} ends the call without a word of goodbye.", node.id)


def _transfer(node: Node, graph: Graph, known: Known) -> Iterator[Problem]:
    number = written(node.data.get("transferNumber")).strip()
    if not number:
        yield error("no_number", f"{quoted(node.name)} hands the call over, but to no number.", node.id)
    elif not _plausible(number, NUMBER) and not number.lower().startswith("sip:"):
        yield error("bad_number", f"{quoted(node.name)} hands the call over to {quoted(number)}, which is not a phone number.", node.id)


def _webhook(node: Node, graph: Graph, known: Known) -> Iterator[Problem]:
    yield from _address(node, written(node.data.get("url")), known)


def _knowledge(node: Node, graph: Graph, known: Known) -> Iterator[Problem]:
    kb = node.data.get("kb")
    told = text_of(kb, "text") or text_of(kb, "content") if isinstance(kb, Mapping) else text_of(node.data, "kb")
    if not told.strip():
        yield error("no_knowledge", f"{quoted(node.name)} answers from knowledge, but no text is in it.", node.id)


def _sms(node: Node, graph: Graph, known: Known) -> Iterator[Problem]:
    if not (text_of(node.data, "smsBody") or node.text or node.prompt).strip():
        yield error("no_message", f"{quoted(node.name)} sends a text message without words.", node.id)


def _tool(node: Node, graph: Graph, known: Known) -> Iterator[Problem]:
    tool = node.tools[0] if node.tools else None  # the one that the walk uses
    if not tool:
        yield error("no_tool", f"{quoted(node.name)} uses a tool, but what the tool does is not written in it.", node.id)
    else:
        yield from _address(node, _tool_url(tool), known)


def _press(node: Node, graph: Graph, known: Known) -> Iterator[Problem]:
    keys = next((found for key in ("digit", "sequence") if (found := written(node.data.get(key)).strip())), "")
    if not keys and not (text_of(node.data, "digitPrompt") or node.prompt).strip():
        yield error("no_digit", f"{quoted(node.name)} presses a key, but which one is not said.", node.id)
    elif keys and not _plausible(keys, TONES):
        yield error("bad_digit", f"{quoted(node.name)} presses {quoted(keys)}: a phone has the keys 0 to 9, * and #.", node.id)


def _pathway(node: Node, graph: Graph, known: Known) -> Iterator[Problem]:
    target = node.data.get("transferPathway")
    uid = written(target.get("id") if isinstance(target, Mapping) else target).strip()
    if not uid:
        yield error("no_pathway", f"{quoted(node.name)} goes over to another pathway, but to which one is not said.", node.id)
    elif known.pathways is not None and uid not in known.pathways:
        yield error("unknown_pathway", f"{quoted(node.name)} goes over to a pathway that does not exist here.", node.id)


def _route(node: Node, graph: Graph, known: Known) -> Iterator[Problem]:
    if not node.fallback:
        if not graph.ways(node.id):
            yield error("no_fallback", f"{quoted(node.name)} does not say where to go when none of its rules holds.", node.id)
    elif node.fallback not in graph.by_id:
        yield error("rule_to_nowhere", f"{quoted(node.name)} leads to a step that does not exist when none of its rules holds.", node.id)
    for place, rule in enumerate(node.rules, 1):
        if rule.target not in graph.by_id:
            yield error("rule_to_nowhere", f"Rule {place} of {quoted(node.name)} leads to a step that does not exist.", node.id)
        if not rule.conditions:
            yield warning("empty_rule", f"Rule {place} of {quoted(node.name)} has no condition, so it always holds.", node.id)


def _unknown(node: Node, graph: Graph, known: Known) -> Iterator[Problem]:
    kind = f"of the type {quoted(node.type)}" if node.type else "without a type"
    yield error("unknown_type", f"{quoted(node.name)} is a step {kind}, which Parley cannot run. It is kept as it is.", node.id)


CHECKS: Mapping[Kind, Check] = {
    Kind.SAY: _talk,
    Kind.END: _end,
    Kind.TRANSFER: _transfer,
    Kind.WEBHOOK: _webhook,
    Kind.KNOWLEDGE: _knowledge,
    Kind.SMS: _sms,
    Kind.TOOL: _tool,
    Kind.PRESS: _press,
    Kind.WAIT: _nothing,
    Kind.PATHWAY: _pathway,
    Kind.ROUTE: _route,
    Kind.OTHER: _unknown,
}


def _everywhere(node: Node, graph: Graph, known: Known) -> Iterator[Problem]:
    """What holds for every kind: ways on after an answer, tools beside the talk, what is to be remembered, being global."""
    for answer in node.responses:
        if answer.target not in graph.by_id:
            name = f" {quoted(answer.name)}" if answer.name else ""
            message = f"The way on{name} from {quoted(node.name)} after its answer leads to a step that does not exist."
            yield error("response_to_nowhere", message, node.id)
    if node.kind != Kind.OTHER:
        yield from _beside(node, known)
        yield from _remembered(node)
    if node.is_global and not (node.global_label or node.global_description).strip():
        message = f"{quoted(node.name)} can be entered from anywhere, but when it is entered is not said."
        yield error("no_global_label", message, node.id)


def _beside(node: Node, known: Known) -> Iterator[Problem]:
    for tool in listed(node.data, "tools"):
        if isinstance(tool, Mapping) and not text_of(tool, "tool_id"):
            yield from _address(node, _tool_url(tool), known)


def _remembered(node: Node) -> Iterator[Problem]:
    raw = node.data.get("extractVars")
    count = len(raw) if isinstance(raw, list) else 0 if raw in (None, "", {}) else 1
    readable = [variable for variable in node.variables if variable.name]
    if len(readable) < count:
        yield warning("bad_variable", f"{quoted(node.name)} is to remember something that has no name.", node.id)
    for variable in readable:
        if variable.type.strip().lower() not in TYPES | OTHER_TYPES:
            message = f"{quoted(node.name)} remembers {quoted(variable.name)} as {quoted(variable.type)}, which is not known: text is kept."
            yield warning("variable_type", message, node.id)


def _address(node: Node, url: str, known: Known) -> Iterator[Problem]:
    url = url.strip()
    if not url:
        yield error("no_url", f"{quoted(node.name)} calls a web address, but none is in it.", node.id)
        return
    try:
        parts = urlsplit(PLACE.sub("x", url))
        whole = parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"[\s@]", parts.netloc) and parts.port != 0
    except ValueError:
        whole = False
    if PLACE.match(url):  # the call brings even the beginning
        return
    if not whole:
        yield error("bad_url", f"{quoted(node.name)} calls {quoted(url)}, which is not a web address.", node.id)
    elif parts.scheme == "http" and not known.http:
        message = f"{quoted(node.name)} calls {quoted(url)} without encryption, which is refused: it must begin with https."
        yield error("http_url", message, node.id)


def _tool_url(tool: Mapping[str, Any]) -> str:
    config = tool.get("config")
    return text_of(tool, "url") or text_of(config, "url")


def _says(node: Node) -> bool:
    return bool((node.text or node.prompt).strip())


def _plausible(text: str, pattern: re.Pattern[str]) -> bool:
    """Whether `text` fits once its variables are filled; nobody can tell what is in them."""
    rest = PLACE.sub("", text).strip()
    return not rest or bool(pattern.fullmatch(rest))
