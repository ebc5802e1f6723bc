"""Authored sentences, filled. Nothing else of the agent's own making is ever spoken."""

import re

from calls.agent.builtin.language import table
from calls.agent.builtin.plan import Plan
from calls.agent.builtin.text import finish

MAX_TURNS, MAX_SILENCE, MAX_DETOURS, MAX_TRIES = 60, 3, 4, 2

SENTENCES = table("wording")


def line(key: str, **values: str) -> str:
    """The sentence `key` with its places filled."""
    return filled(str(SENTENCES[key]), **values)


def filled(text: str, **values: str) -> str:
    return re.sub(r"\{(\w+)\}", lambda m: values[m[1]], text)


def turns(key: str, kind: str = "") -> list[str]:
    """Sentences that are used in turn."""
    found = SENTENCES[key][kind] if kind else SENTENCES[key]
    return [str(x) for x in found]


def who(plan: Plan) -> str:
    """ "this is Anna, an automated assistant calling for Acme Dental": always said to be automated."""
    whom = line("whom_owner", owner=plan.owner) if plan.owner else ""
    if not whom and plan.organisation:
        whom = line("whom_organisation", organisation=plan.organisation)
    return line("who_named", agent=plan.agent, whom=whom) if plan.agent else line("who", whom=whom)


def introduction(plan: Plan) -> str:
    return finish(who(plan))


def for_whom(plan: Plan) -> str:
    party = plan.owner or plan.organisation
    return f" for {party}" if party else ""


def for_team(plan: Plan, text: str) -> str:
    """A private person has no team: "I will note it for Helen Brook"."""
    return re.sub(r"\b[Tt]he team\b", lambda _: plan.owner, text) if plan.owner else text
