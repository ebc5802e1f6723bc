"""The first thing a callee will hear, shown before the call."""

from calls.agent.builtin.plan import Plan
from calls.agent.builtin.policy import open_call
from calls.agent.builtin.talk import begin


class _NoEncoder:
    """An opening compares nothing."""

    def vectors(self, texts: object) -> None:
        return None

    def similar(self, text: str, others: object) -> list[float]:
        return []


def opening(plan: Plan, first_sentence: str = "") -> str:
    """The opening made from a plan, or the first sentence (variables filled by the caller) as it is."""
    return open_call(begin(Plan.from_dict(plan.to_dict()), _NoEncoder(), first_sentence=first_sentence.strip())).text
