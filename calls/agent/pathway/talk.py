"""Ordinary talk beside the answer: fillers, "hold on", "I'm back", "come again?", and proposals that sound like questions. Pure rules.

Nothing of it may choose a way or fill a variable: `answer` is what is left of the words when it is taken away.
"""

import re
from functools import lru_cache

from calls.agent.builtin import intents, slots
from calls.agent.builtin.language import table
from calls.agent.builtin.text import sentences

TABLE = table("talk")
PATTERNS = {name: re.compile(pattern, re.I) for name, pattern in TABLE.items()}
ENDS = r"[\s,.;!?…—-]*"
FILLERS = re.compile(rf"{ENDS}(?:(?:{TABLE['FILLER']}|{TABLE['LIGHT']})\b{ENDS})*", re.I)
LEADING = re.compile(rf"{ENDS}(?:{TABLE['FILLER']}|{TABLE['LIGHT_ONLY']})\b{ENDS}", re.I)
AGREEING = re.compile(rf"{ENDS}(?:(?:{TABLE['FILLER']}|{TABLE['LIGHT']})\b{ENDS})+", re.I)  # "Sure, hold on" has agreed to nothing yet
EMPTY = re.compile(rf"{ENDS}(?:(?:{TABLE['FILLER']}|{TABLE['LIGHT_ONLY']})\b{ENDS})+", re.I)
HOLDS = re.compile(rf"{ENDS}(?:{TABLE['HOLD']})(?=\s*(?:[,.;!?…—-]|$))(?:\s+(?:and|then)\b)?{ENDS}", re.I)
TRAILING = re.compile(rf"\s*[,;–—]\s*(?:{TABLE['HOLD']})[\s.!?…]*$", re.I)
SOFT_YES = re.compile(r"(?:\W*\b(?:oh|well|and|but|ok(?:ay)?|all ?right|right)\b)*\W*", re.I)
AGREES = re.compile(r"\b(?:ok(?:ay)?|all ?right|right)\b", re.I)


def _plain(text: str) -> str:
    return text.replace("’", "'").strip()


def filler(sentence: str) -> bool:
    """Nothing but hesitation. "Okay" and "well, okay" agree; "hm, okay" and "okay, so" do not yet."""
    text = _plain(sentence)
    if EMPTY.fullmatch(text) is None:
        return False
    return not (AGREES.search(text) and SOFT_YES.fullmatch(text))


def _after_hold(sentence: str) -> str | None:
    """What is said behind a "hold on" that the sentence begins with; None when it does not begin so."""
    rest = _plain(sentence)
    held = False
    while True:
        found = HOLDS.match(rest)
        if found is not None and found.end():
            held, rest = True, rest[found.end() :]
        elif (lead := AGREEING.match(rest)) is not None and HOLDS.match(rest[lead.end() :]):
            rest = rest[lead.end() :]
        else:
            break
    if held and (not rest or FILLERS.fullmatch(rest) or PATTERNS["ERRAND"].fullmatch(rest.rstrip(" .!?"))):
        return ""
    return rest if held else None


def holds(sentence: str) -> bool:
    """Whether it asks for a moment and says nothing else."""
    return _after_hold(sentence) == ""


def _whole(name: str, sentence: str) -> bool:
    text = _plain(sentence)
    while True:
        if PATTERNS[name].fullmatch(text.strip(" ,.;!?…-")):
            return True
        lead = LEADING.match(text)
        if lead is None or not lead.end():
            return False
        text = text[lead.end() :]


def back(sentence: str) -> bool:
    return _whole("BACK", sentence)


def again(sentence: str, question: str = "") -> bool:
    """Whether they want to hear the question once more: also "who?" where we asked for somebody."""
    sorry, _, asked = _plain(sentence).rpartition(",")  # "Sorry, I was distracted, what did you say?"
    if re.match(r"(?:i'?m )?(?:so |very )?sorry\b|excuse me\b|pardon\b", sorry, re.I) and len(asked.split()) > 2 and _whole("AGAIN", asked):
        return True
    return _whole("AGAIN", sentence) or (asks_who(question) and _whole("WHO", sentence))


@lru_cache(maxsize=512)
def answer(text: str) -> str:
    """The words without fillers and hold-ons: what may choose a way. As it was where there are none."""
    kept = []
    for sentence in sentences(text) or [text]:
        rest = _after_hold(sentence)
        left = sentence if rest is None else rest
        if left and not filler(left):
            kept.append(_without_lead(TRAILING.sub(".", left)))
    return " ".join(kept)


def _without_lead(sentence: str) -> str:
    """ "Um, no": "no". Where a word follows directly ("well done", "so far") nothing is cut."""
    return re.sub(r"^(?:\s*(?:u+h+m*|u+m+|h+m+|er+m?|well|so)\s*[,.…]+\s*|\s*(?:u+h+m*|u+m+|h+m+|er+m?)\s+)+", "", sentence, flags=re.I)


def waits(text: str) -> bool:
    return any(holds(s) for s in sentences(text) or [text])


# Who is there -----------------------------------------------------------------------------------------------------------
def asks_who(question: str) -> bool:
    """Whether our question asks whom we speak with: what follows may be private."""
    return PATTERNS["IDENTITY"].search(question) is not None


def clear_yes(text: str, question: str) -> bool:
    """A yes that nobody can mean otherwise, or the very name that was asked for."""
    parts = [_plain(s) for s in sentences(text) or [text]]
    names = {w.lower() for w in re.findall(r"\b[A-Z][\w'-]{2,}", question[1:])}
    told = [s for s in parts if not intents.is_question(s) and not re.search(slots.UNKNOWN, s, re.I)]
    return any(PATTERNS["CLEAR_YES"].search(s) or names & set(re.findall(r"[\w'-]+", s.lower())) for s in told)


def hedges(text: str) -> bool:
    return PATTERNS["HEDGE"].search(_plain(text)) is not None


# Proposals --------------------------------------------------------------------------------------------------------------
def counted(sentence: str) -> str:
    """Without a "one" that counts nothing: "that's a tough one", "one more time"."""
    return PATTERNS["NO_NUMBER"].sub(" ", sentence)


@lru_cache(maxsize=512)
def proposal(sentence: str) -> bool:
    """A question that names a day, a time or a number as an answer: "Maybe Wednesday?", "Could you do Thursday instead?"."""
    text = _plain(sentence)
    if not intents.is_question(text) or PATTERNS["REMEMBERED"].match(text) or PATTERNS["CALLING"].search(text):
        return False
    if not (slots.when(text) or slots.number(counted(text)) or PATTERNS["SPAN"].search(text)):
        return False
    return PATTERNS["PROPOSAL"].match(text) is not None or not intents.is_question(text.rstrip(" ?"))


def asks(sentence: str) -> bool:
    """Whether it is a question about facts, as far as its form tells."""
    return intents.is_question(sentence) and not proposal(sentence) and _statement(sentence) == sentence and not yes_idiom(sentence)


def yes_idiom(sentence: str) -> bool:
    return not sentence.rstrip().endswith("?") and slots.polarity(sentence) == "yes" and _plain(sentence).lower().startswith("why not")


def _statement(sentence: str) -> str:
    m = PATTERNS["REMEMBERED"].match(_plain(sentence))
    return f"{m[1].upper() if m[1].lower() == 'i' else 'We'} {m[2]}." if m else sentence


def forms(sentence: str) -> list[str]:
    """The same said otherwise, to be compared by meaning: "Didn't I cancel it?" as "I cancel it", "I already cancelled" as a wish."""
    told = _statement(sentence)
    found = [told] if told != sentence else []
    if m := PATTERNS["DONE_BEFORE"].match(_plain(told).rstrip(".")):
        rest = re.sub(r"\b(?:already|last \w+|yesterday|(?:\w+ ){1,2}ago|on \w+day)\b", "", m[2], flags=re.I)
        found.append(" ".join(f"I want to {m[1]} {rest}".split()) + ".")
    return found


def other_time(sentence: str) -> bool:
    """Whether it proposes another time than ours."""
    moves = intents.is_question(sentence) and PATTERNS["MOVES"].search(sentence)  # "Is it possible to change that?"
    return proposal(sentence) or bool(moves) or bool(slots.when(sentence) and PATTERNS["INSTEAD"].search(sentence))


def about_other_time(label: str, description: str) -> bool:
    """Whether a way is for those who want another time."""
    about = f"{label}. {description}"
    return bool(PATTERNS["OTHER_TIME"].search(about)) and not PATTERNS["NOT_OTHER"].search(about)
