"""Steps that do something without waiting for the person: choose by rules, send a text message, press keys."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import TYPE_CHECKING

from calls.agent.pathway import hearing, pressing
from calls.agent.pathway.choosing import Choice
from calls.agent.pathway.comparing import rule_for
from calls.agent.pathway.speaking import About, words_of
from calls.agent.pathway.steps import Next, entered
from calls.agent.pathway.ways import Way, general
from calls.agent.ports import Action, Note, PressDigits, SendSms
from pathways.graph import Node, text_of, written

if TYPE_CHECKING:
    from calls.agent.pathway.entering import Entry


async def route(entry: "Entry", node: Node) -> AsyncIterator[Action | Next]:
    yield entered(node, "")
    known = entry.walk.known
    found = rule_for(node.rules, known)
    ways = entry.walk.own_ways(node)
    target, why = (found[0].target, found[1]) if found else (node.fallback, "no rule holds")
    if not target and ways:
        target = (next((w for w in ways if general(w)), ways[0])).target
    if not target:
        for action in entry.bye(f"“{node.name}” leads nowhere: no rule holds and no step is named for that"):
            yield action
        return
    edge = next((w.id for w in ways if w.target == target), "")
    way, name = Way(edge, target), (entry.walk.graph.node(target) or node).name
    choice = Choice(way, True)
    yield hearing.decision(entry.walk, way, choice, why, f"Went on to {name}, because {why}")
    yield Next(target)


async def sms(entry: "Entry", node: Node) -> AsyncIterator[Action | Next]:
    body = text_of(node.data, "smsBody")
    text = entry.walk.fill_aloud(body or node.text or node.prompt).strip()
    spoken = node.text if body else ""
    words = await entry.off(
        words_of, replace(node, data={**node.data, "prompt": "", "text": spoken}), About(entry.walk.aloud, entry.walk.plan)
    )
    yield entered(node, words.said)
    for action in entry.told(node, words):
        yield action
    to = entry.walk.fill(written(node.data.get("phoneNumber"))).strip()
    if "{{" in text or "{{" in to:
        yield Note("sms_failed", f"Not sent, a variable has no value: {text}", {"node_id": node.id, "message": text, "to": to}, "error")
    else:
        yield SendSms(text, to)
    async for following in entry.onward(node):
        yield following


async def press(entry: "Entry", node: Node) -> AsyncIterator[Action | Next]:
    yield entered(node, "")
    digits = await entry.off(pressing.digits_for, entry.walk, node)
    if digits:
        yield PressDigits(digits, (f"step {node.name}",))
    else:
        yield Note(
            "press_failed",
            f"“{node.name}” names no key that fits what was heard",
            {"node_id": node.id, "quote": entry.walk.state.quote},
            "error",
        )
    async for following in entry.onward(node):
        yield following
