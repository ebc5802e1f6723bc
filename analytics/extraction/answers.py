"""What a sentence says to a question: yes or no, one of some options, some of many things. Pure apart from the encoder."""

import re
from collections.abc import Sequence

from analytics.extraction.numbers import NONE, numbers
from calls.agent.builtin import slots
from calls.agent.builtin.text import stem, stems, words
from calls.agent.pathway.extracting import CORRECTION, turned
from calls.agent.ports import Encoder

MEANT, MARGIN = 0.25, 0.1  # cosine of an answer to an option, and how much nearer it must be than to every other one
SAYS_NO = re.compile(
    r"\bno need\b|\bnot (?:necessary|needed|required|any ?more|that i know(?: of)?)\b|\b(?:sadly|unfortunately|i'?m afraid) not\b"
    r"|\b(?:prefer|rather)\b.{0,20}\b(?:you|we|they) (?:don'?t|didn'?t|not)\b|^\W*(?:never|nope|hardly)\b",
    re.I,
)
SAYS_YES = re.compile(
    r"\bplease do\b|\bas soon as (?:you can|possible)\b|^\W*(?:a (?:bit|little|few)|some(?:times)?|often|plenty|many)\b", re.I
)
UNSURE = re.compile(r"\bcould (?:be|have been) (?:better|worse)\b|\bso[- ]so\b|\byes and no\b|\b(?:sort|kind) of\b|\bin a way\b", re.I)
OF_THEM = re.compile(
    r"\W*(?:(?:oh|well|so|but|um+|uh|honestly|sorry|sadly|unfortunately|actually|i'?m afraid)\W+)*"
    r"(?:no|nope|nah|not|never|none|nothing|nobody|neither|hardly|negative|wrong|i|we|it|he|she|they|there|that|this|mine|ours|don'?t|can'?t"
    r"|isn'?t|won'?t|didn'?t|incorrect|absolutely|of course|certainly|definitely)(?!\w)",
    re.I,
)
BEING = re.compile(r"^\W*(?:(?:oh|well|so|um+|uh)\W+)*(?:i|we|he|she|it|they|that|there) (?:am|is|are|was|were)(?! not\b) (\w.*)", re.I)
NEGATED = re.compile(r"\b(?:not|no|never|without|neither|nor|instead of|rather than|except|n't|don't|can't|won't)(?: \w+){0,2} ?$", re.I)
SPLIT = re.compile(r"\s*(?:[,;]|\band\b(?! then\b)|\bor\b|\bplus\b|\bas well as\b|&)\s*", re.I)
TAIL = re.compile(
    r"\W*\b(?:in the (?:morning|afternoon|evening)s?|at night|now and then|every (?:day|now and then)|from time to time"
    r"|i (?:think|guess|believe"
    r"|suppose)|as well|too|please|thanks?|thank you|mostly|mainly|usually|sometimes|now|yes|yeah|really|at the moment|maybe"
    r"|both|for me)\W*$",
    re.I,
)
LEAD = re.compile(
    r"^\W*(?:(?:um+|uh+|er+|well|so|hm+|oh|okay|ok|yes|yeah|yep|no|nope|sure|right|please|and|or|but|then|also|maybe|probably|about|around"
    r"|just|only|mainly|mostly|definitely|certainly|honestly|actually|let me (?:see|look|think)|i (?:think|guess|believe)"
    r"|i'?d say|a (?:little|bit of)|some"
    r"|it'?s|it is|that'?s|that is|that would be|this is|they'?re|they are|there'?s|there is|there are|my name is|under"
    r"|(?:i|we)(?:'m| am|'re| are) (?:with|at|from|using|on|coming by|allergic to|looking for)|(?:i|we) (?:use|have|like|want"
    r"|need|prefer|take|speak|changed to"
    r"|switched to|moved to|went with|chose|choose|work (?:as|at|for)|have got|bought)|(?:i|we)'ve got|(?:i|we)'d (?:like"
    r"|prefer|love|rather have)"
    r"|make (?:it|that)|let'?s (?:say|take|do|go with))\b\W*)+",
    re.I,
)  # fmt: skip
AFTER_VERB = re.compile(r"^.*\b(?:allergic to|to|eat|have|has|is|are|of|with|take|need|speak|like|love|on|in)\s+(?=\w)", re.I)


def yes_or_no(sentence: str, question: str, description: str) -> bool | None:
    """None where it says neither. `question`: ours; `description`: what is to be remembered, which may turn the sign."""
    text = sentence.replace("’", "'")
    if (
        UNSURE.search(text)
        or re.search(slots.UNKNOWN, text, re.I)
        or re.search(slots.WORDS["DOUBT"], text, re.I)
        and not SAYS_NO.search(text)
    ):
        return None
    pieces = [p for p in CORRECTION.split(text) if re.search(r"\w", p)]
    sign = next((s for p in reversed(pieces) if (s := _sign(p, question))), "")
    return (sign == "yes") != turned(description, question) if sign else None


def _sign(text: str, question: str) -> str:
    if SAYS_NO.search(text):
        return "no"
    if SAYS_YES.search(text):
        return "yes"
    if sign := slots.polarity(text):
        return "" if _is_something_else(text, question) else sign
    has = re.search(r"\b(?:have|any|own|bring|take|with)\b", question, re.I)
    return "yes" if has and numbers(text) and not NONE.search(text) else ""


def _is_something_else(text: str, question: str) -> bool:
    """ "Were you at home?" "I was at work." begins like a yes and is none."""
    if slots.polarity(text) == "no":
        return not (OF_THEM.match(text) or stems(text) & stems(question))  # "the shop had nothing" denies something else
    m = BEING.match(text)
    return m is not None and bool(told := stems(m[1])) and not told & stems(question)


def named(sentence: str, options: Sequence[str]) -> list[str]:
    """The options that a sentence names and does not rule out, in the order of their places."""
    said = [(m.start(), m[0].lower()) for m in re.finditer(r"[^\W_]+(?:['’-][^\W_]+)*", sentence)]
    found: list[tuple[int, int, str]] = []
    for option in options:
        wanted = [stem(w) for w in words(option)]
        for i in range(len(said) - len(wanted) + 1):
            same = wanted and all(stem(w.replace("’", "'")) == x for (_, w), x in zip(said[i : i + len(wanted)], wanted, strict=True))
            if same and not NEGATED.search(sentence[: said[i][0]].replace("’", "'")):
                found.append((said[i][0], -len(wanted), option))
                break
    found.sort()
    longer = [o for at, length, o in found if not any(a == at and n < length for a, n, _ in found)]
    inside = {o for o in longer for other in longer if o != other and set(words(o)) < set(words(other))}
    return [o for o in longer if o not in inside]


def chosen(sentence: str, options: Sequence[str]) -> str | None:
    """The one option that a sentence names; of two the last, when it corrects the first."""
    pieces = [p for p in CORRECTION.split(sentence) if re.search(r"\w", p)]
    for piece in reversed(pieces):
        found = named(piece, options)
        if len(found) == 1:
            return found[0]
        if found:
            return found[-1] if re.search(r"\b(?:but|instead|rather|better)\b", piece, re.I) else None
    return None


def nearest(sentence: str, options: Sequence[str], encoder: Encoder) -> str | None:
    """The option that a sentence means, when it is near to one and clearly less near to all others."""
    ranked = sorted(zip((float(x) for x in encoder.similar(sentence, options)), options, strict=True), reverse=True)
    if len(ranked) < 2 or ranked[0][0] < MEANT or ranked[0][0] - ranked[1][0] < MARGIN:
        return None
    return ranked[0][1]


def bare(sentence: str) -> str:
    """An answer without the words around it: "No, we moved, it's Bristol now." -> "we moved, it's Bristol"."""
    text, before = sentence.replace("’", "'").strip(" .,!?"), ""
    while text != before:
        before = text
        text = TAIL.sub("", LEAD.sub("", text)).strip(" .,!?")
    return text


def several(sentence: str) -> list[str]:
    """The things that an answer counts up, as they were said."""
    pieces = [p for p in CORRECTION.split(sentence.replace("now and then", "")) if re.search(r"\w", p)]
    found: list[str] = []
    for piece in SPLIT.split(pieces[-1] if pieces else sentence):
        if re.match(r"\W*(?:not|never|no)\b(?!\W*$)", piece, re.I):
            continue
        thing = bare(piece)
        if len(thing.split()) > 2:
            thing = bare(AFTER_VERB.sub("", thing))
        thing = re.sub(r"^(?:an?|the)\s+", "", thing, flags=re.I)
        if thing and len(thing.split()) <= 5 and not NONE.fullmatch(thing) and not slots.polarity(thing) and thing not in found:
            found.append(thing)
    return found
