"""The mind of a simulated callee: answers whatever an agent says, from a scenario, and knows nothing but the agent's words.

Order: the scenario's rules, then the topics by pattern, then the kind of question. Rules only, no model: hundreds of callees share one
event loop, and the same words always get the same answer.
"""

import re
from collections.abc import Mapping

from calls.carriers.simulated.leg import Reply
from calls.carriers.simulated.questions import choices, kind, last_question, sentences
from calls.carriers.simulated.scenario import Rule, Scenario

LONG_LINE = 5  # words; nobody talks over a shorter one
GIVES_UP_AFTER = 3
BYE = re.compile(r"\b(?:good ?bye|bye|end the call|transfer you now|connect you now)\b", re.IGNORECASE)
YOUR_TURN = re.compile(r"go ahead|i will wait|i'll wait|take your time|i'm listening", re.IGNORECASE)
CHECK = re.compile(r"\b(?:can you hear me|are you (?:still )?there)\b", re.IGNORECASE)
ASKED_FOR = re.compile(
    r"\b(?:speaking (?:with|to)|speak (?:with|to)|is this|looking for) ((?:(?:Mr|Mrs|Ms|Dr)\.? )?[A-Z][\w'’-]+(?: [A-Z][\w'’-]+)+)"
)
IN_TASK = re.compile(
    r"\b(?:[Cc]all(?:ing)?|[Ss]peak(?:ing)? (?:to|with)|[Tt]alk(?:ing)? (?:to|with)|[Aa]sk for|[Cc]ustomer(?:'s name)? is|[Nn]amed?|"
    r"[Pp]atient is) ([A-Z][a-z'’-]+(?: [A-Z][a-z'’-]+){1,2})"
)
NAME_KEYS = (
    "name",
    "full_name",
    "customer_name",
    "callee_name",
    "contact_name",
    "patient_name",
    "client_name",
    "lead_name",
    "recipient_name",
)


def name_of(variables: Mapping[str, object], task: str) -> str:
    """The callee's name as the caller knows it: from the request's data, else from the task; "" when neither tells."""
    plain = {re.sub(r"[\s-]+", "_", str(k).strip().lower()): str(v).strip() for k, v in variables.items() if isinstance(v, str)}
    for key in NAME_KEYS:
        if plain.get(key):
            return plain[key]
    if first := plain.get("first_name"):
        return f"{first} {plain.get('last_name', '')}".strip()
    found = IN_TASK.search(task)
    return found[1] if found else ""


class Callee:
    """A `Brain` (calls.carriers.simulated.leg)."""

    def __init__(self, scenario: Scenario, name: str = "") -> None:
        self._scenario = scenario
        self._persona = dict(scenario.persona)
        if name:
            self._named(name)
        self._turn = 0
        self._used: set[int] = set()
        self._told: dict[str, int] = {}

    def _named(self, name: str) -> None:
        self._persona["name"], self._persona["first"] = name, name.split()[0]

    def _fill(self, text: str) -> str:
        return re.sub(r"\{(\w+)\}", lambda m: self._persona.get(m[1], m[0]), text)

    def greeting(self) -> str:
        return self._fill(self._scenario.greeting)

    def breaks_in(self, text: str) -> bool:
        return self._turn + 1 in self._scenario.interrupts and len(text.split()) > LONG_LINE

    def idle(self, times: int) -> Reply:
        if self._scenario.mute:
            return Reply()
        if self._scenario.machine:
            return Reply(self.greeting()) if times == 1 else Reply("We did not get your choice. Goodbye.", hangup=True)
        if times > GIVES_UP_AFTER:
            return Reply(hangup=True)
        return Reply("Hello?" if times == 1 and not self._turn else "Hello? Are you still there?")

    def keys(self, digits: str) -> Reply:
        return self.hear(f"[pressed {digits}]")

    def hear(self, said: str) -> Reply:
        self._turn += 1
        if asked_for := ASKED_FOR.search(said):
            self._named(asked_for[1])
        if (rule := self._rule(said)) is not None:
            text = self._fill(rule.say)
            if rule.then_answer:
                text = f"{text} {self._answer(said)}".strip()
            return Reply(text, rule.hangup)
        if self._scenario.mute or self._scenario.machine:
            return Reply()
        return Reply(self._answer(said))

    def _rule(self, said: str) -> Rule | None:
        for index, rule in enumerate(self._scenario.rules):
            due = (rule.turn is None or rule.turn == self._turn) and self._turn >= rule.from_turn
            if index not in self._used and due and (rule.hears is None or rule.hears.search(said)):
                if rule.once:
                    self._used.add(index)
                return rule
        return None

    def _answer(self, said: str) -> str:
        asked = last_question(said)
        if not asked:
            return self._remark(said)
        if CHECK.search(asked) and len(sentences(said)) == 1:
            return "Yes, I can hear you."
        wanted = kind(asked)
        if wanted == "choice":
            first = choices(asked)[0]
            return f"{first[:1].upper()}{first[1:]}, please."
        plain = asked.lower()
        for key, topic in self._scenario.topics.items():
            if any(pattern.search(plain) for pattern in topic.match):
                return self._line(key)
        return self._line(wanted)

    def _remark(self, said: str) -> str:
        """Nothing was asked."""
        if BYE.search(said):
            return "Bye."
        if YOUR_TURN.search(said):
            return self._fill(self._persona.get("message", "Oh, nothing more, thank you."))
        return "Okay." if self._turn > 1 else "Okay, what is this about?"

    def _line(self, key: str) -> str:
        says = self._scenario.topics[key].say
        index = self._told.get(key, 0)
        self._told[key] = index + 1
        return self._fill(says[index % len(says)])
