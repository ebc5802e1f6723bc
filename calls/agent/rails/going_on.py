"""Does the agent go on after an opt-out? Pure.

No going on: words that acknowledge it, apologize, say what was noted, or end the call. Everything else is: a further question, an offer,
a statement, and an acknowledgement with a "but".
"""

from calls.agent.builtin.signs import normal
from calls.agent.builtin.text import sentences
from calls.agent.rails import words


def going_on(text: str) -> str:
    """The first sentence that goes on with the call; "" when none does."""
    for sentence in sentences(text) or [text]:
        if sentence.strip() and not closes(sentence):
            return sentence.strip()
    return ""


def closes(sentence: str) -> bool:
    if sentence.strip().endswith("?"):
        return False
    plain = normal(sentence)
    if not plain:
        return True
    if any(p.search(plain) for p in words.patterns("going_on")):
        return False
    return any(p.search(plain) for p in words.patterns("closing"))
