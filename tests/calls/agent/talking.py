"""A tiny scripted callee and what tests ask of a conversation with it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from calls.agent.builtin.agent import BuiltinAgent
from calls.agent.encoder import encoder
from calls.agent.ports import Action, Brief, EndCall, Note, PressDigits, Say, Transfer, Turn

ANSWERS = {  # pattern of the agent's last question -> answer of a kind callee
    r"am i speaking with": "Yes, speaking.",
    r"moment|go on": "Sure.",
    r"anything else|pass something": "No, that's all. Thank you.",
    r"is that (right|correct)": "Yes, that's right.",
    r"e-?mail": "It's jordan at example dot com.",
    r"phone|number": "It's 555 0123 44.",
    r"\bname\b": "My name is Jordan Miller.",
    r"scale of": "I'd say eight.",
    r"which one|prefer| or ": "The first one.",
    r"how many|how much|how old": "About twelve.",
    r"when|what (day|time)|which day": "Thursday at ten would be good.",
}


@dataclass
class Talk:
    lines: list[tuple[str, str]] = field(default_factory=list)  # ("agent" | "callee", text)
    notes: list[Note] = field(default_factory=list)
    actions: list[Action] = field(default_factory=list)
    ended: bool = False

    def agent(self) -> str:
        return " ".join(text for who, text in self.lines if who == "agent")

    def callee(self) -> str:
        return " ".join(text for who, text in self.lines if who == "callee")

    def kinds(self) -> list[str]:
        return [n.kind for n in self.notes]

    def note(self, kind: str) -> Note:
        return next(n for n in self.notes if n.kind == kind)


def agent_for(task: str, **brief: object) -> BuiltinAgent:
    return BuiltinAgent(Brief(task=task, **brief), encoder())


def turn(talk: Talk, agent: BuiltinAgent, turn: Turn) -> str:
    """One turn of the agent; what it said."""
    actions = agent.think(turn)
    said = " ".join(a.text for a in actions if isinstance(a, Say))
    pressed = " ".join(f"[presses {a.digits}]" for a in actions if isinstance(a, PressDigits))
    talk.actions += actions
    talk.notes += [a for a in actions if isinstance(a, Note)]
    talk.ended = any(isinstance(a, EndCall | Transfer) for a in actions)
    if said or pressed:
        talk.lines.append(("agent", said or pressed))
    return said


def kind_callee(said: str) -> str:
    asked = re.findall(r"[^.?!]*\?", said)
    last = asked[-1].lower() if asked else ""
    return next((answer for pattern, answer in ANSWERS.items() if re.search(pattern, last)), "Yes, I do." if last else "Okay.")


def converse(
    agent: BuiltinAgent, callee: Callable[[str], str] = kind_callee, script: Mapping[int, str] | None = None, most: int = 40
) -> Talk:
    """A whole call. `script`: what the callee says at its n-th turn instead of answering."""
    talk = Talk()
    said = turn(talk, agent, Turn("open"))
    for n in range(1, most):
        if talk.ended:
            break
        answer = (script or {}).get(n) or callee(said)
        talk.lines.append(("callee", answer))
        said = turn(talk, agent, Turn("heard", answer))
    return talk


def tell(task: str, *said: str, **brief: object) -> Talk:
    """The agent's answers to these lines, one after the other."""
    talk, agent = Talk(), agent_for(task, **brief)
    turn(talk, agent, Turn("open"))
    for text in said:
        talk.lines.append(("callee", text))
        turn(talk, agent, Turn("heard", text))
    return talk
