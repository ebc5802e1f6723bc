"""What an opening lacks: the sentences that a persona's switch adds so that nobody can forget them. Pure."""

from collections.abc import Iterable

from calls.agent.builtin.agent import plan_of
from calls.agent.builtin.text import sentences
from calls.agent.ports import Brief
from calls.agent.rails import words
from calls.agent.rails.disclosure import read


def missing(text: str, wanted: Iterable[str], brief: Brief) -> str:
    """The sentences to add to `text` so that it discloses what is wanted (ai, self, recording); "" when it does already.

    A name is never invented: without one in the task nothing is added for "self".
    """
    made = read([("assistant", text)]).made
    added = []
    for fact in wanted:
        if fact in made:
            continue
        added.append(_introduction(brief) if fact == "self" else words.say(f"open_{fact}", brief.language))
    return " ".join(filter(None, added))


def completed(text: str, wanted: Iterable[str], brief: Brief) -> str:
    """`text` with what it lacks, before its first question."""
    return insert(text, missing(text, wanted, brief))


def insert(text: str, added: str) -> str:
    """Puts `added` before the first question of `text`, else behind it: a question is answered at once."""
    if not added:
        return text
    parts = sentences(text)
    at = next((i for i, s in enumerate(parts) if s.rstrip().endswith("?")), len(parts))
    return " ".join([*parts[:at], added, *parts[at:]]).strip()


def _introduction(brief: Brief) -> str:
    plan = plan_of(brief)
    name, party = plan.agent, plan.owner or plan.organisation
    key = "open_self_both" if name and party else "open_self_party" if party else "open_self_name" if name else ""
    return words.say(key, brief.language, name=name, party=party) if key else ""
