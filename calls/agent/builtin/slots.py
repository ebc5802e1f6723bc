"""Typed reading of an answer. `read` says whether the words answer a question of that kind, and with which value."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from calls.agent.builtin.language import patterns

NUMBER_WORDS = {
    w: i
    for i, w in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
        ]
    )
}
NUMBER_WORDS |= {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
NUMBER_WORDS |= {"a couple": 2, "a dozen": 12}
WORDS = patterns("slots")
DATE, TIME, MONTHS = WORDS["DATE"], WORDS["TIME"], WORDS["MONTHS"]
REFUSED, UNKNOWN = WORDS["REFUSED"], WORDS["UNKNOWN"]


@dataclass
class Reading:
    status: str  # answered, refused, unknown, unclear
    value: str = ""
    polarity: str = ""  # yes, no
    echo: str = ""  # short text that may be said back


def number(text: str) -> str:
    low = text.lower().replace(",", "")
    if m := re.search(r"[$€£]?\d+(?:\.\d+)?(?: ?(?:k|%|percent|kg|miles|years?|months?|dollars?|pounds?|euros?))?\b", low):
        return m[0]
    total, seen = 0, False
    for word in re.findall(r"[a-z]+", low.replace("a couple", "two").replace("a dozen", "twelve")):
        if word in NUMBER_WORDS:
            hundreds = 0 < total < 10 and 20 <= NUMBER_WORDS[word] < 100  # "one fifty"
            total, seen = total * (100 if hundreds else 1) + NUMBER_WORDS[word], True
        elif word == "hundred":
            total, seen = max(total, 1) * 100, True
        elif word == "thousand":
            total, seen = max(total, 1) * 1000, True
    return str(total) if seen else ""


def spoken_number(text: str) -> str:
    """The callee's own words for the number, to be said back."""
    word = "|".join(list(NUMBER_WORDS) + ["hundred", "thousand", "and"])
    m = re.search(
        (
            rf"[$€£]?\d[\d,]*(?:\.\d+)?(?: ?(?:k\b|%|percent|kg|miles|years?|months?|dollars|pounds|euros|people"
            rf"|boxes))?|\b(?:{word})\b(?:[ -](?:{word})\b)*(?: (?:percent|miles|years?|months?|dollars|pounds"
            rf"|euros|people|boxes))?"
        ),
        text,
        re.I,
    )
    return m[0] if m else ""


def email(text: str) -> str:
    low = re.sub(r"\s*(?:\bat\b|\(at\)|@)\s*", "@", re.sub(r"\s+dot\s+", ".", text.lower()), count=0)
    low = re.sub(r"\s+(?:underscore)\s+", "_", re.sub(r"\s+(?:dash|hyphen)\s+", "-", low))
    found = re.findall(r"[a-z0-9][\w.+-]*@[a-z0-9][a-z0-9-]*(?:\.[a-z]{2,})+", low)
    return found[-1] if found else ""


def phone(text: str) -> str:
    low = re.sub(r"\b(" + "|".join(list(NUMBER_WORDS)[:10]) + r"|oh)\b", lambda m: str(NUMBER_WORDS.get(m[1], 0)), text.lower())
    runs = re.findall(r"\+?\d[\d\s(),.-]{5,}\d", low)
    digits = re.sub(r"[^\d+]", "", runs[0]) if runs else ""
    return re.sub(r"\s+", " ", runs[0].strip()) if 7 <= len(digits) <= 16 else ""


def name(text: str) -> str:
    m = re.search(
        (
            r"(?:my name is|my name's|i'm|i am|this is|it's|it is|name is|under|call me|yes,?|sure,?"
            r"|full name:?)\s+([A-Z][\w'’-]+(?: [A-Z][\w'’-]+){0,3})"
        ),
        text,
    ) or re.fullmatch(r"\W*((?:[A-Z][\w'’-]+\s?){1,4})\W*", text.strip())
    return m[1].strip() if m and not re.match(r"(?:Yes|No|Sure|Ok|Okay|What|Why|Who|Hello|Sorry)\b", m[1]) else ""


def when(text: str) -> str:
    low = text.lower()
    hits = [m for m in re.finditer(rf"{DATE}|{TIME}|{MONTHS}", low) if m[0].strip()]
    if not hits or hits[0][0] == "may" and len(hits) == 1:
        return ""
    start, end = hits[0].start(), hits[0].end()
    for h in hits[1:]:
        if h.start() - end <= 6 and not re.search(r"\bnot\b|\?", low[end : h.start()]):
            end = h.end()
    found = re.sub(r"^(?:on|at) ", "", text[start:end].strip(), flags=re.I).rstrip(".,")
    return (
        found[:1].lower() + found[1:]
        if re.match(
            (
                r"(?:The|Tomorrow|Today|Tonight|Next|In|This|Any|Around|About|After|Before|By|At|Within|Right|As|End"
                r"|Last|Weekdays?|Mornings?|Afternoons?|Evenings?|Noon)\b"
            ),
            found,
        )
        else found
    )


def polarity(text: str) -> str:
    """yes, no or "": the first sentence that says either."""
    return next((p for s in re.split(r"(?<=[.!])\s+", text.strip()) if (p := _polarity(s))), "")


def _polarity(text: str) -> str:
    low = re.sub(r"\s+", " ", text.lower().replace("’", "'")).strip(" .,!")
    if re.search(WORDS["DOUBT"], low):
        return ""
    if re.search(WORDS["IDIOM_YES"], low):
        return "yes"
    if any(re.search(WORDS[sign], low) for sign in ("EMPHATIC_NO", "YES_BUT_NO", "NO")):
        return "no"
    if re.search(WORDS["YES"], low):
        return "yes"
    if re.search(WORDS["NEGATED"], low):
        return "no"
    return "yes" if re.search(WORDS["YES_INSIDE"], low) else ""


def read(slot: str, answer: str, options: Sequence[str] = (), question: str = "") -> Reading:
    text, low = answer.strip(), answer.lower().replace("’", "'")
    if re.search(REFUSED, low):
        return Reading("refused", text)
    sign = polarity(text)
    if re.match(
        r"\W*(?:there'?s |there is |i have |we have )?(?:no|not an?) (?:problems?|issues?|trouble|objections?|worries)\b", low
    ) and re.search(r"\b(?:problem|issue|trouble|objection|worr|concern|wrong)", question, re.I):
        sign = "no"  # "Is there any problem?" "No problem."
    value = {"number": number, "rating": number, "email": email, "phone": phone, "name": name, "when": when, "date": when}.get(
        slot, lambda _: ""
    )(text)
    if (
        slot == "when"
        and not value
        and sign != "no"
        and re.match(
            (
                r"(?:at |around |about |maybe |say )?(?:\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten"
                r"|eleven|twelve|noon)\b"
            ),
            low,
        )
        and len(low.split()) <= 5
    ):
        value = text.strip(" .")
    if value:
        return Reading("answered", value, sign, spoken_number(text) if slot in ("number", "rating") else value)
    if re.search(UNKNOWN, low):
        return Reading("unknown", text)
    if slot == "choice" and options:
        chosen = max(options, key=lambda o: len(set(re.findall(r"\w+", o.lower())) & set(re.findall(r"\w+", low))))
        shared = (set(re.findall(r"\w+", chosen.lower())) & set(re.findall(r"\w+", low))) - {
            "the",
            "a",
            "to",
            "it",
            "at",
            "i",
            "or",
            "is",
            "you",
            "us",
            "am",
        }
        if shared and not re.search(r"\b(?:neither|none)\b", low):
            return Reading("answered", chosen, "yes", chosen)
        for index, word in enumerate(("first", "second", "third")):
            if re.search(rf"\b(?:the )?{word}\b", low) and index < len(options):
                return Reading("answered", options[index], "yes", options[index])
        if re.search(r"\b(?:neither|none of|no\b)", low):
            return Reading("answered", text, "no")
        return Reading("answered", text) if re.search(r"\b(?:either|both|any|don'?t mind|doesn'?t matter)\b", low) else Reading("unclear")
    if slot == "yesno":
        if sign:
            return Reading("answered", sign, sign)
        overlap = set(re.findall(r"[a-z]{4,}", low)) & set(re.findall(r"[a-z]{4,}", question.lower()))
        if (
            re.match(r"(?:i|we|it|there|he|she|my|our|just|only|a|the|usually|sometimes|maybe)\b", low)
            and (overlap or re.match(r"(?:i|we|he|she)(?:'ve| have| do| am| would| want| need|'m|'d)", low))
            and "?" not in text
        ):
            return Reading("answered", text, "no" if re.search(r"\bnot\b|n't\b|\bno\b", low) else "yes")
        return Reading("unknown", text) if re.search(r"\b(?:maybe|perhaps|depends|possibly|might)\b", low) else Reading("unclear")
    if slot in ("email", "phone"):
        return Reading("refused", text) if sign == "no" else Reading("unclear")
    if slot == "name":
        return (
            Reading("answered", text, "yes")
            if sign == "yes" and question.startswith("Could you confirm") and len(low.split()) > 2
            else Reading("unclear")
        )
    if slot in ("number", "rating", "when", "date"):
        if sign == "no" and len(low.split()) <= 9:
            return Reading("answered", text, "no")
        vague = re.search(
            (
                r"\b(?:none|not (?:many|much)|a few|several|a lot|soon|later|flexible|whenever|any|brand new|already"
                r"|asap|every)\b"
            ),
            low,
        )
        return Reading("answered", text) if vague else Reading("unclear")
    content = re.sub(
        r"\b(?:um+|uh+|well|hm+|okay|ok|yes|yeah|sure|right|hello|hi|oh|please|sorry|what|go|ahead|a|the)\b|\W", " ", low
    ).split()
    return Reading("answered", text, sign) if content or sign == "no" else Reading("unclear")
