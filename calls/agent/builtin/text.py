"""Sentences, variables and the change of grammatical person. Pure functions, no model."""

import re
from collections.abc import Mapping
from typing import Any

from calls.agent.builtin.language import patterns, table
from config.kit.places import PLACE

ABBREVIATIONS = patterns("instructions")["ABBREVIATIONS"]
CALLEE_NOUNS = patterns("instructions")["CALLEE_NOUNS"]
SINGULAR_VERBS = patterns("instructions")["SINGULAR_VERBS"]
CONTRACTIONS: list[list[str]] = table("grammar")["contractions"]
TO_BASE: dict[str, str] = table("grammar")["to_base"]
STOP = frozenset(table("grammar")["stop"])
SYNONYMS: dict[str, str] = table("grammar")["synonyms"]


def fill(text: str, data: Mapping[str, Any]) -> str:
    """{{ Name }} and {{dotted.path}} replaced from `data`, whatever the case; an unknown one stays as written."""
    return PLACE.sub(lambda m: _value(m[1].lower(), data, m[0]), text)


def _value(path: str, data: Mapping[str, Any], otherwise: str) -> str:
    found: Any = _lower(data)
    for key in [path] if path in found else path.split("."):
        found = _lower(found).get(key) if isinstance(found, Mapping) else None
    return otherwise if found is None or isinstance(found, Mapping) else str(found)


def _lower(data: Mapping[str, Any]) -> dict[str, Any]:
    return {str(k).strip().lower(): v for k, v in data.items()}


def expand(text: str) -> str:
    text = text.replace("’", "'")
    for pattern, new in CONTRACTIONS:
        text = re.sub(pattern, new, text, flags=re.I)
    return text


def sentences(text: str) -> list[str]:
    guarded = re.sub(rf"\b({ABBREVIATIONS})\.(?=\s)", r"\1<dot>", text.strip())
    parts = re.split(r"(?<=[.!?])[\"”']?\s+(?=[\"“'(]?[\w¿$])", guarded)
    return [p.replace("<dot>", ".").strip() for p in parts if re.search(r"\w", p)]


def capital(text: str) -> str:
    text = text.strip()
    return text[:1].upper() + text[1:]


def finish(text: str, mark: str = ".") -> str:
    text = capital(text.strip().rstrip(" ,;:"))
    return text if text[-1:] in ".?!" else text + mark


def words(text: str) -> list[str]:
    return re.findall(r"[a-z0-9$][a-z0-9'$:./-]*[a-z0-9]|[a-z0-9$]", text.lower())


def stem(word: str) -> str:
    word = re.sub(r"'s$|'", "", word)
    for suffix in ("ations", "ation", "ings", "ing", "ies", "ied", "ers", "ed", "es", "s", "e"):
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:
            word = word[: -len(suffix)]
            break
    return SYNONYMS.get(word, word)


def stems(text: str) -> set[str]:
    found = {stem(w) for w in words(text) if w not in STOP and re.sub(r"'(?:s|re|ve|ll|d|m|t)$", "", w) not in STOP}
    return found | {p for w in found if re.search(r"[/-]", w) for p in map(stem, re.split(r"[/-]", w)) if len(p) > 1}


def _replaced(old: str, new: str, text: str) -> str:
    """Every `old` becomes `new`, with its capital kept."""
    return re.sub(old, lambda m: capital(new) if m[0][0].isupper() else new, text, flags=re.I)


def agent_to_first(text: str) -> str:
    """In an instruction "you" is the agent: spoken, that is "we"."""
    for old, new in (
        (r"\byou are\b", "we are"),
        (r"\byou\b", "we"),
        (r"\byour\b", "our"),
        (r"\byours\b", "ours"),
        (r"\byourself\b", "ourselves"),
    ):
        text = _replaced(old, new, text)
    return text


def owner_to_third(text: str, owner: str) -> str:
    """ "my flat" said by the person who ordered the call becomes "Helen Brook's flat"."""
    possessive = owner + ("'" if owner.endswith("s") else "'s")
    text = expand(text)
    for old, new in (
        (r"\bI am\b", f"{owner} is"),
        (r"\bI was\b", f"{owner} was"),
        (r"\bI have\b", f"{owner} has"),
        (r"\bI (want|need|live|work|prefer|own)\b", rf"{owner} \1s"),
        (r"\bI do\b", f"{owner} does"),
        (r"\bI\b", owner),
        (r"\bmy\b", possessive),
        (r"\bme\b", owner),
        (r"\bmine\b", possessive),
        (r"^we are\b", "it is for"),
        (r"\bwe\b", owner),
        (r"\bus\b", owner),
        (r"\bour\b", possessive),
    ):
        text = re.sub(old, new, text, flags=re.I if old.islower() and "I" not in old else 0)
    return text


def callee_to_you(text: str, names: list[str], gendered: bool = False) -> str:
    """ "the customer has" -> "you have"; "their" -> "your"; gendered pronouns only when the clause itself uses one for the callee."""
    names = sorted({n for n in names if n}, key=len, reverse=True)
    person = (
        (
            rf"(?:\bthe {CALLEE_NOUNS}\b(?! (?:list|name|data|service|support|id|number|account|satisfaction|portal"
            rf"|card|record|room|area|cent(?:er|re)|feedback|survey|experience|house|base|team|care|relations"
            rf"|manager|school|union)s?\b)"
        )
        + "".join(rf"|\b{re.escape(n)}(?!\w)" for n in names)
        + (r"|\b(?:he|she)\b" if gendered else "")
        + ")"
    )
    text = re.sub(person + r"(?:'s|’s|(?<=s)')", "your", text, flags=re.I)
    text = re.sub(
        person + rf"( still| also| currently)? ({SINGULAR_VERBS})\b",
        lambda m: "you" + (m[1] or "") + " " + TO_BASE.get(m[2].lower(), re.sub(r"s$", "", m[2])),
        text,
        flags=re.I,
    )
    text = re.sub(person, "you", text, flags=re.I)
    pairs = [(r"\bthey\b", "you"), (r"\bthem\b", "you"), (r"\btheirs\b", "yours"), (r"\btheir\b", "your"), (r"\bthemselves\b", "yourself")]
    if gendered:
        pairs += [
            (r"\bhim\b", "you"),
            (r"\bhis\b", "your"),
            (r"\bher(?= \w)(?! (?:if|whether|that|when|what|how|about|for|to)\b)", "your"),
            (r"\bher\b", "you"),
        ]
    for old, new in pairs:
        text = _replaced(old, new, text)
    return text
