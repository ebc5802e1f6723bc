"""What of a model's answer is let through: each sentence is checked, the turn is kept short, functions become actions."""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from calls.agent import checks
from calls.agent.ports import Action, Brief, EndCall, Note, PressDigits, Say, Transfer

GOODBYE = re.compile(r"\b(?:good ?bye|bye[- ]bye|bye|adi[oó]s|hasta luego|au revoir|auf wiederh[oö]ren|arrivederci|tchau)\W*$", re.I)
DIGITS = re.compile(r"[0-9*#w]{1,40}")


@dataclass(slots=True)
class FunctionCall:
    """A function the model called; pieces of its name and arguments arrive one by one."""

    name: str = ""
    arguments: str = ""

    def argument(self, name: str) -> str:
        """One argument; "" when it is missing or the model wrote no JSON."""
        try:
            data = json.loads(self.arguments or "{}")
        except ValueError:
            return ""
        return str(data.get(name) or "") if isinstance(data, dict) else ""


class Gate:
    """One reply. `say` gives the authored sentences, `sources` is everything a number may come from, `said` collects what is spoken."""

    def __init__(
        self, brief: Brief, heard: str, sources: Iterable[str], said: list[str], say: Callable[[str], str], *, tools: bool
    ) -> None:
        self._brief, self._heard, self._sources, self._said, self._say = brief, heard, tuple(sources), said, say
        self._tools = tools
        self._unknown_said = False
        self.closed = False  # nothing more of this answer is wanted
        self.calls: list[FunctionCall] = []

    def sentence(self, text: str) -> list[Action]:
        if name := checks.written_call(text):
            self.call(FunctionCall(name))
            return []
        spoken = checks.spoken_form(text)
        if not spoken:
            return []
        if checks.claims_human(spoken):
            self.closed = True
            note = Note("guard", f"Not spoken, it claims to be human: {spoken}", {"sentence": spoken}, level="error")
            return [note, self._speak(self._say("robot"), "the model claimed to be human")]
        if numbers := checks.unsupported(spoken, self._sources):
            return self._without_source(spoken, numbers)
        if spoken in self._said:
            return self._cut("it repeats itself")
        return self._shortened(spoken)

    def call(self, call: FunctionCall) -> None:
        if self._tools:
            self.calls.append(call)

    def end(self) -> list[Action]:
        """What the functions do, once the words are out."""
        called = {call.name: call for call in self.calls}
        if transfer := called.get("transfer"):
            if not self._brief.can_transfer:
                return [Note("ignored", "The model wanted to transfer, which this call does not offer", level="error")]
            wanted = transfer.argument("department").strip().lower()
            department = next((d for d in self._brief.departments if d.lower() == wanted), "")
            first = [] if self._said else [self._speak(self._say("transfer"), "function transfer")]
            return [*first, Note("transfer", "Asked for a person", {"quote": self._heard, "department": department}), Transfer(department)]
        if press := called.get("press_digits"):
            found = DIGITS.fullmatch(press.argument("digits").replace(" ", ""))
            return [PressDigits(found[0], ("function press_digits",))] if found else []
        if "end_call" in called and not self.closed:
            first = [] if self._said else [self._speak(self._say("goodbye"), "function end_call")]
            return [*first, EndCall(called["end_call"].argument("reason") or "the model ended the call")]
        if self._said and GOODBYE.search(self._said[-1]) and not self.closed:
            return [EndCall("goodbye")]
        return []

    def _without_source(self, spoken: str, numbers: list[str]) -> list[Action]:
        shown = ", ".join(numbers)
        notes: list[Action] = [
            Note("unsupported", f"Not spoken, {shown} has no source: {spoken}", {"sentence": spoken, "numbers": numbers}, level="error")
        ]
        if self._unknown_said:
            return notes
        self._unknown_said = True
        if self._heard.strip():
            notes.append(Note("note_for_staff", f"Asked: {self._heard}", {"question": self._heard}))
        return [*notes, self._speak(self._say("unknown"), f"{shown} has no source")]

    def _shortened(self, spoken: str) -> list[Action]:
        room = checks.MOST_CHARACTERS - sum(len(s) for s in self._said)
        if len(self._said) >= checks.MOST_SENTENCES or room <= 0:
            return self._cut("it does not stop")
        if len(spoken) > room:
            short = spoken[:room].rsplit(" ", 1)[0].rstrip(" ,;:-")
            return [self._speak(f"{short}.", f"model {self._brief.model}"), *self._cut("it does not stop")]
        return [self._speak(spoken, f"model {self._brief.model}")]

    def _cut(self, why: str) -> list[Action]:
        self.closed = True
        return [Note("cut", f"The model's answer was cut: {why}")]

    def _speak(self, text: str, why: str) -> Say:
        self._said.append(text)
        return Say(text, (why,))


def functions(brief: Brief) -> list[dict[str, Any]]:
    """The functions offered to the model, as the API wants them."""
    reason = {"reason": {"type": "string", "description": "Why, in a few words"}}
    digits = {"digits": {"type": "string", "description": "0-9, * and #"}}
    offered = [
        _function("end_call", "Hang up. Call it after the goodbye was said.", reason),
        _function("press_digits", "Press keys of the phone, when a menu asks for it.", digits),
    ]
    if brief.can_transfer:
        names = [d for d in brief.departments if d]
        department: dict[str, Any] = {"department": {"type": "string", "enum": names}} if names else {}
        offered.append(_function("transfer", "Hand the other person over to a human colleague.", department))
    return offered


def _function(name: str, description: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    parameters = {"type": "object", "properties": properties}
    return {"type": "function", "function": {"name": name, "description": description, "parameters": parameters}}
