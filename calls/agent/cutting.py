"""Cuts a stream of text pieces into sentences, so that the first is spoken before the rest is there. Pure."""

import re

from calls.agent.builtin.text import ABBREVIATIONS

LONGEST = 300  # characters of one sentence; what goes on without an end is cut at a pause
# An end of sentence with something after it; not after "Dr." or inside 3.50.
END = re.compile(r"[.!?…]+[\"”')]*(?=\s)|\n+")
ABBREVIATION = re.compile(rf"(?:^|[\s(])(?:{ABBREVIATIONS})\.$", re.IGNORECASE)
THOUGHT, THOUGHT_END = "<think>", "</think>"  # some models think aloud


class Cutter:
    """Feed pieces; it returns the sentences that are complete. `rest` returns what is left at the end."""

    def __init__(self) -> None:
        self._text = ""
        self._thought: str | None = None  # the tail of a thought in progress

    def feed(self, piece: str) -> list[str]:
        if self._thought is None:
            self._text += piece
        else:
            self._thought += piece
        self._skip_thoughts()
        if any(self._text.endswith(THOUGHT[:n]) for n in range(1, len(THOUGHT))):
            return []  # perhaps the begin of a thought
        found, start = [], 0
        for end in END.finditer(self._text):
            sentence = self._text[start : end.end()].strip()
            if sentence and not ABBREVIATION.search(sentence):
                found.append(sentence)
                start = end.end()
        self._text = self._text[start:]
        while len(self._text) > LONGEST:
            at = _pause(self._text)
            found.append(self._text[:at].strip())
            self._text = self._text[at:]
        return [s for s in found if s]

    def rest(self) -> str:
        text, self._text = self._text.strip(), ""
        return text

    def _skip_thoughts(self) -> None:
        while True:
            if self._thought is None:
                before, found, after = self._text.partition(THOUGHT)
                if not found:
                    return
                self._text, self._thought = before, after
            _, found, after = self._thought.partition(THOUGHT_END)
            if not found:
                self._thought = self._thought[-len(THOUGHT_END) :]
                return
            self._text, self._thought = f"{self._text} {after}", None


def _pause(text: str) -> int:
    """Where a text that is too long is cut: after a comma, else between words."""
    comma = max(text.rfind(mark, 0, LONGEST) for mark in ",;:")
    return comma + 1 or text.rfind(" ", 0, LONGEST) + 1 or LONGEST
