"""Numbers in speech, each with its place: "two hundred and fifty", "$1.2 million", "seven and a half", "forty nine ninety nine". Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from calls.agent.builtin.callback import ORDINALS
from calls.agent.builtin.slots import NUMBER_WORDS
from calls.agent.pathway import talk

ONES = {word: value for word, value in NUMBER_WORDS.items() if " " not in word}
SCALES = {"hundred": 100, "thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000, "k": 1000, "m": 1_000_000, "grand": 1000}
WHOLE = {"once": 1, "twice": 2, "thrice": 3, "a couple": 2, "a dozen": 12, "half a dozen": 6, "half a million": 500_000}
NONE = re.compile(r"\b(?:none|nobody|no one|nothing|zero|nil)\b", re.I)
ONLY_ONE = re.compile(r"\b(?:just|only) (?:the )?one\b|^\W*(?:the )?one\b", re.I)  # an answer to "how many?"
_WORD = "|".join(sorted([*ONES, "hundred", "thousand", "million", "billion"], key=len, reverse=True))
_DIGITS = r"[$€£]?\s?-?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[$€£]?\s?\d+(?:\.\d+)?"
SPOKEN = re.compile(
    rf"\b(?:{'|'.join(sorted(WHOLE, key=len, reverse=True))})\b"
    rf"|(?:\ban? )?(?<![\w:.])(?:{_DIGITS})(?![\d:])(?:(?:st|nd|rd|th)\b)?(?: ?(?:k|m|grand|thousand|million|billion|hundred)\b)*"
    rf"(?: and a half\b)?(?: (?:thousand|million)\b)?"
    rf"|\b(?:an? )?(?:{_WORD})\b(?:(?:[ -]| and (?=(?:a half|{_WORD})\b)| point )(?:a half|{_WORD})\b)*"
    rf"|\b(?:{'|'.join(ORDINALS[1:])})\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Number:
    values: tuple[float, ...]  # what it can mean, the likeliest first
    start: int
    end: int
    unit: str  # the word behind it, or the sign before it; lower case
    ordinal: bool = False

    @property
    def value(self) -> int | float:
        return whole(self.values[0])


def whole(value: float) -> int | float:
    return int(value) if value == int(value) else value


def numbers(text: str) -> list[Number]:
    """Every number of a text in order. A "one" that counts nothing ("that one") is none."""
    plain = talk.PATTERNS["NO_NUMBER"].sub(lambda m: " " * len(m[0]), text.replace("’", "'"))
    found: list[Number] = []
    for m in SPOKEN.finditer(plain):
        for start, end, values, ordinal in _meant(m[0], m.start()):
            if values:
                found.append(Number(values, start, end, _unit(text, start, end), ordinal))
    return found


def _meant(words: str, at: int) -> list[tuple[int, int, tuple[float, ...], bool]]:
    low = words.lower().strip()
    whole_span = (at + len(words) - len(words.lstrip()), at + len(words.rstrip()))
    if low in WHOLE:
        return [(*whole_span, (float(WHOLE[low]),), False)]
    if low in ORDINALS:
        return [(*whole_span, (float(ORDINALS.index(low)),), True)]
    if re.search(r"\d", low):
        return [(*whole_span, (_digits(low),), bool(re.search(r"\d(?:st|nd|rd|th)\b", low)))]
    halves = re.split(r" and (?!a half)", low)
    if len(halves) > 1 and not re.search(r"\b(?:hundred|thousand|million)$", halves[0]):  # "thirty and forty" are two
        first = at + words.lower().index(" and ")
        return [*_meant(words[: first - at], at), *_meant(words[first - at + 5 :], first + 5)]
    return [(*whole_span, _spelled(re.findall(r"[a-z]+", low)), False)]


def _digits(low: str) -> float:
    m = re.search(r"\d[\d,]*(?:\.\d+)?", low)
    value = float(m[0].replace(",", "")) if m else 0.0
    if "and a half" in low:
        value += 0.5
    for scale in re.findall(r"(?<=[\d ])(?:k|m|grand|hundred|thousand|million|billion)\b", low):
        value *= SCALES[scale]
    return round(value, 6)


def _spelled(words: Sequence[str]) -> tuple[float, ...]:
    """ "two fifty" can be 250 or 2.50, "nineteen eighty" is a year, "four four one" are digits."""
    if "point" in words:
        at = list(words).index("point")
        before, after = _groups(words[:at]), [ONES.get(w, 0) for w in words[at + 1 :]]
        return (float(f"{int(before[0]) if before else 0}.{''.join(str(d) for d in after) or 0}"),)
    groups = _groups(words)
    if not groups:
        return ()
    if len(groups) == 1:
        return (groups[0],)
    if all(g < 10 for g in groups):
        return (float("".join(str(int(g)) for g in groups)),)
    if len(groups) == 2 and 10 <= groups[1] < 100 and groups[0] < 100:
        joined, price = groups[0] * 100 + groups[1], groups[0] + groups[1] / 100
        return (joined, price) if groups[0] < 10 or groups[0] in (19, 20) else (price, joined)
    return ()


def _groups(words: Sequence[str]) -> list[float]:
    """Numbers that follow each other: "two fifty" is [2, 50], "two hundred and fifty" [250]."""
    done: list[float] = []
    total = current = 0.0
    seen = False
    for i, word in enumerate(words):
        if word == "half":
            current, seen = current + 0.5, True
        elif word in ("a", "an", "and"):
            continue
        elif word == "hundred":
            current, seen = (current or 1) * 100, True
        elif word in SCALES:
            total, current, seen = total + (current or 1) * SCALES[word], 0.0, True
        elif word in ONES:
            value = float(ONES[word])
            joins = not seen or (current == 0 and total) or (current % 100 == 0 and current >= 100)
            joins = joins or (current % 100 >= 20 and current % 10 == 0 and 0 < value < 10 and words[i - 1] != "hundred")
            if joins:
                current, seen = current + value, True
            else:
                done.append(total + current)
                total, current = 0.0, value
    return [*done, total + current] if seen else done


def _unit(text: str, start: int, end: int) -> str:
    if sign := re.search(r"[$€£]", text[max(0, start - 1) : end]):
        return sign[0]
    m = re.match(r"[\s-]*(%|[^\W\d_]+)", text[end:])
    return m[1].lower() if m else ""
