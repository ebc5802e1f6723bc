"""What a model's sentence must pass before it is spoken. Pure.

Rules, in this order; each sentence is looked at alone:
- it must not claim to be human or deny being automated: the honest sentence is said instead and the rest of the turn is dropped;
- every number in it (figures, and number words with a unit) must stand in the task, its data, the knowledge, a whispered hint or the
  transcript, in figures or in words: else "I don't have that information" is said instead, once a turn, and staff get a note. Small
  counts of the conversation's own things ("three questions", "two minutes") are free. Claims without a number are not checked;
- markup, function calls written as text and unfilled variables are never spoken.
"""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml

MOST_SENTENCES = 6  # of one turn
MOST_CHARACTERS = 700  # of one turn

TABLE: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "checks.yaml").read_text(encoding="utf-8"))


def _any_of(name: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p.replace('<<machine>>', TABLE['machine'])})" for p in TABLE[name]), re.IGNORECASE)


HUMAN, DENIES, DISCLOSED = _any_of("human"), _any_of("denies"), _any_of("disclosed")
NOT = re.compile(r"(?:\bnot|n't|\bno) (?:\w+ )?$", re.I)
UNFILLED = re.compile(r"\{\{|\}\}")
CALL_TEXT = re.compile(r"^\W*(?:<tool_call>|```|\{\s*\"|\[?(?:end_call|transfer|press_digits)\s*[(\[\]\n]|function[_ ]call)", re.I)
CALL_NAME = re.compile(r"\b(end_call|transfer|press_digits)\b")
FREE = re.compile(TABLE["free"], re.I)
ONES = {word: n for n, word in enumerate(TABLE["ones"].split())}
TENS = {word: 10 * n for n, word in enumerate(TABLE["tens"].split(), 2)}
SCALES: dict[str, int] = TABLE["scales"]
_ONE = "|".join([*ONES, *TENS, *SCALES])
NUMBER_WORDS = rf"\b(?:{_ONE})(?:(?:[ -]| and )(?:{_ONE}))*\b"
ANY_NUMBER_WORDS = re.compile(NUMBER_WORDS, re.I)
COUNTED = re.compile(rf"{NUMBER_WORDS}(?=(?: \w+)? (?:{TABLE['units']})\b)", re.I)
FIGURE = re.compile(r"\d+(?:[.,:]\d+)*")


def claims_human(sentence: str) -> bool:
    """Or denies being automated. "I'm not a real person" is honest."""
    text = sentence.replace("’", "'")
    return DENIES.search(text) is not None or any(not NOT.search(text[: m.start()]) for m in HUMAN.finditer(text))


def discloses(text: str) -> bool:
    """Whether a text says that an automated assistant speaks."""
    return DISCLOSED.search(text) is not None and not claims_human(text)


def spoken_form(sentence: str) -> str:
    """Without markup, role names and emoji: what a voice can say. "" for what must not be said."""
    if CALL_TEXT.search(sentence) or UNFILLED.search(sentence):
        return ""
    text = re.sub(r"^(?:assistant|agent|ai|system)\s*:\s*", "", sentence.strip(), flags=re.I)
    text = re.sub(r"^\s*(?:[-*•#>]+|\d+[.)])\s+", "", text)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    text = re.sub(r"[*_`#~]+", "", text)
    text = re.sub(r"[\U0001F000-\U0001FAFF\u2600-\u27BF\uFE0F]", "", text)
    text = re.sub(r"\s+", " ", text).strip()
    return text if re.search(r"\w", text) else ""


def written_call(sentence: str) -> str:
    """The function a model wrote out as text instead of calling it; "" when none."""
    found = CALL_NAME.search(sentence) if CALL_TEXT.search(sentence) else None
    return found[1] if found else ""


def unsupported(sentence: str, sources: Iterable[str]) -> list[str]:
    """The numbers of a sentence that stand in none of the sources, as written."""
    rest = FREE.sub(" ", sentence)
    wanted = [(m[0], _plain(m[0])) for m in FIGURE.finditer(rest)]
    wanted += [(m[0], str(value(m[0]))) for m in COUNTED.finditer(rest)]
    if not wanted:
        return []
    text = " ".join(sources)
    known = {_plain(m[0]) for m in FIGURE.finditer(text)} | {str(value(m[0])) for m in ANY_NUMBER_WORDS.finditer(text)}
    known |= {str(n) for word, n in TABLE["ordinals"].items() if re.search(rf"\b{word}\b", text, re.I)}
    digits = re.sub(r"\D", "", re.sub(r"(?<=\d)[\s().+-]+(?=\d)", "", text))
    return [shown for shown, plain in wanted if plain not in known and not (len(plain) >= 3 and plain.isdigit() and plain in digits)]


def _plain(figure: str) -> str:
    """ "1,200" and "1200" are one number, so are "3:00" and "3", "50.00" and "50"."""
    text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", figure)
    text = re.sub(r"(?:[:.]00)$", "", text)
    return text.lstrip("0") or "0"


def value(words: str) -> int:
    """ "two hundred and fifty" -> 250."""
    total = part = 0
    for word in re.findall(r"[a-z]+", words.lower()):
        if word in SCALES:
            part = max(1, part) * SCALES[word]
            if SCALES[word] >= 1000:
                total, part = total + part, 0
        else:
            part += ONES.get(word, TENS.get(word, 0))
    return total + part


def texts(data: Any) -> list[str]:
    """Every value in nested data, as text."""
    if isinstance(data, Mapping):
        return [t for v in data.values() for t in texts(v)]
    if isinstance(data, list | tuple):
        return [t for v in data for t in texts(v)]
    return [] if data is None else [str(data)]
