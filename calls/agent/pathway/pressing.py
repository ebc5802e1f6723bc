"""Which keys a Press Button step presses."""

import re

from calls.agent.builtin.policy import DIGITS
from calls.agent.builtin.slots import number
from calls.agent.pathway.walk import Walk
from pathways.graph import Node, text_of, written

KEYS = re.compile(r"[0-9*#w]{1,40}")
ENTRY = re.compile(
    r"(?:for|to) ([^,.;]+?),? (?:please )?(?:press|dial|say) (\w+|\*|#)|(?:press|dial) (\w+|\*|#) (?:for|to) ([^,.;]+)", re.I
)
NEAR = 0.35  # cosine of a menu's entry to what is looked for


def digits_for(walk: Walk, node: Node) -> str:
    """The keys that the step names; with a prompt the menu's entry that is nearest to it, or the key that the prompt names."""
    for key in ("digit", "sequence"):
        keys = re.sub(r"[\s,.-]", "", walk.fill(written(node.data.get(key))))
        if KEYS.fullmatch(keys):
            return keys
    prompt = walk.fill(text_of(node.data, "digitPrompt") or node.prompt)
    entries = [(m[1] or m[4], m[2] or m[3]) for m in ENTRY.finditer(walk.state.quote)]
    if entries and prompt:
        scores = [float(x) for x in walk.encoder.similar(prompt, [label for label, _ in entries])]
        best = max(range(len(entries)), key=lambda i: scores[i])
        if scores[best] >= NEAR:
            return _key(entries[best][1])
    named = re.search(r"\b(?:press|dial)s?(?: the)?(?: key| number| digit)? ([0-9*#]+|\w+)", prompt, re.I)
    return _key(named[1]) if named else ""


def _key(word: str) -> str:
    keys = DIGITS.get(word.lower(), word)
    return keys if KEYS.fullmatch(keys) else re.sub(r"\D", "", number(word))
