"""Numbers and e-mail addresses, written or spoken, blacked out. Pure.

What is blacked out is every run of digits in any script, with what stands between them; three or more words for numbers in a row (English
and Spanish; "oh" counts beside others); e-mail addresses, also as "jane at example dot com". A single "one" stays. When in doubt, out it
goes: dates, times and amounts are digits too. A name that is given is blacked out where it is written as names are; other names stay.
"""

import re
from collections.abc import Iterator, Sequence
from unicodedata import category, normalize

BLACK = "•••"
FEWEST = 3  # words for numbers in a row that tell a number

_WORDS = """
    zero nought naught one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen
    nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million double triple
    cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve
    veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve treinta cuarenta
    cincuenta sesenta setenta ochenta noventa cien ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos
    ochocientos novecientos mil
"""
_ZERO = ("oh", "o")  # zeros beside numbers only
_BETWEEN = "and|um|uh|er|eh|dash|hyphen|space|point|dot|slash|plus|y|guion|guión|punto"  # said between them


_GAP = r"[\W_]"  # between digits: anything but letters and digits
_WORD = rf"(?<!\w)(?:{'|'.join(sorted((*_WORDS.split(), *_ZERO), key=len, reverse=True))})(?!\w)"
_JOIN = rf"{_GAP}{{0,6}}(?:(?<!\w)(?:{_BETWEEN})(?!\w){_GAP}{{1,6}}){{0,2}}"
_NUMBER = re.compile(rf"[+(＋（]{{0,2}}(?:\d|{_WORD})(?:{_JOIN}(?:\d|{_WORD}))*(?-i:-[A-Z]{{3,12}}(?!\w))?", re.I)
_EACH_WORD = re.compile(_WORD, re.I)

# Of an e-mail address as it is written, and as it is said; what is said may be spelled: "j, a, n, e at example dot com"
_WRITTEN = re.compile(r"(?<![^\s@＠﹫])[^\s@＠﹫]++\s?[@＠﹫]\s?[^\s@＠﹫]*[^\s@＠﹫.,;:!?)\]}>\"'”’»]")
_PIECE = r"[\w'’+]++"
_SPELLED = r"(?:\w[\s,.-]{1,3}){0,40}"
_MARK = r"(?:[._+-]|\s+(?:dot|point|period|underscore|dash|hyphen|minus|plus|punto|guion|guión|guion bajo|guión bajo)\s+)"
_AT = r"(?:\s*[@＠﹫]\s*|[\s,.]{1,3}(?:at|arroba)[\s,.]{1,3}|\s*[\[({<]\s*at\s*[\])}>]\s*)"
_SAID_DOT = r"(?:dot|punto|(?:point|period)(?=[\s,.]{1,3}(?:com|org|net|edu|gov|io)\b))"
_DOT = rf"(?:\.(?=\w)|[\s,.]{{1,3}}{_SAID_DOT}[\s,.]{{1,3}}|\s*[\[({{<]\s*(?:dot|\.)\s*[\])}}>]\s*)"
_SPOKEN = re.compile(
    rf"(?<!\w){_SPELLED}{_PIECE}(?:{_MARK}{_PIECE}){{0,8}}{_AT}{_SPELLED}{_PIECE}(?:[\s-]{_PIECE}){{0,2}}(?:{_DOT}{_PIECE}){{1,4}}", re.I
)


def redact(text: str, name: str = "") -> str:
    return redact_all([text], name)[0]


def redact_all(texts: Sequence[str], name: str = "") -> list[str]:
    """Texts that follow one another, as the lines of one speaker: what is told in several of them is found too."""
    texts = [_plain(text) for text in texts]
    whole = "\n".join(texts)
    spans, start, made = hidden(whole, name), 0, []
    for text in texts:
        made.append(_blacked(whole, spans, start, start + len(text)))
        start += len(text) + 1
    return made


def redact_quote(quote: str, line: str, name: str = "") -> str:
    """A part of `line`, without what is blacked out in the whole line: a quote may begin amid a number."""
    quote, line = _plain(quote), _plain(line)
    start = line.find(quote)
    return redact(quote, name) if start < 0 else _blacked(line, hidden(line, name), start, start + len(quote))


def _plain(text: str) -> str:
    """Accents joined to their letters, and without what nobody sees: both could stand amid what is looked for."""
    return "".join(c for c in normalize("NFC", text) if category(c) != "Cf")


def hidden(text: str, name: str = "") -> list[tuple[int, int]]:
    """Where something is blacked out, in order, apart from one another."""
    flat = "".join("0" if category(c) in ("No", "Nl") else c for c in text)  # ½, ², ①, Ⅷ are digits too
    merged: list[tuple[int, int]] = []
    for start, end in sorted([*_found(flat), *_named(text, _plain(name))]):
        if merged and not text[merged[-1][1] : start].strip():  # they overlap, or nothing stands between them
            merged[-1] = merged[-1][0], max(end, merged[-1][1])
        else:
            merged.append((start, end))
    return merged


def _found(text: str) -> Iterator[tuple[int, int]]:
    for pattern in (_SPOKEN, _WRITTEN):
        yield from (match.span() for match in pattern.finditer(text))
    for match in _NUMBER.finditer(text):
        if _tells(match[0]):
            start, end = match.span()
            yield start, end + (match[0].startswith(("(", "（")) and text[end : end + 1] in (")", "）"))


def _named(text: str, name: str) -> Iterator[tuple[int, int]]:
    """Where the words of a name stand with a capital: "will" may be no name, and "de la" of "Ana de la Cruz" is none."""
    words = [word for word in re.findall(r"[\w'’-]{2,}", name) if word[0].isupper() or name.islower() or name.isupper()]
    forms = sorted({re.escape(form) for word in words for form in (word, word.title(), word.upper()) if form[0].isupper()})
    if forms:
        yield from (match.span() for match in re.finditer(rf"(?<!\w)(?:{'|'.join(forms)})(?!\w)", text))


def _tells(run: str) -> bool:
    """Whether a run of digits and words for numbers is a number that somebody could use."""
    if any(c.isdecimal() for c in run):
        return True
    words = [word.lower() for word in _EACH_WORD.findall(run)]
    return len(words) >= FEWEST and any(word not in _ZERO for word in words)


def _blacked(text: str, spans: Sequence[tuple[int, int]], start: int, end: int) -> str:
    """text[start:end] with what lies in `spans` blacked out."""
    made, place = [], start
    for one, two in spans:
        one, two = max(one, place), min(two, end)
        if one >= two or not text[one:two].strip():
            continue
        made += [text[place:one], BLACK]
        place = two
    return "".join([*made, text[place:end]])
