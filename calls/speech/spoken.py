"""Written words to words for the ear, before any synthesis: each engine reads numbers and signs in its own way, and often wrongly.

The transcript keeps what was written. Rules run in order, each over the whole text; what one has put into words the later ones leave alone.
Every pattern takes time in proportion to the text. The pronunciation guide is applied before (calls.speech.pronunciation).
"""

import re
from collections.abc import Callable

from calls.speech import dates
from calls.speech.languages import english
from calls.speech.numbers import cardinal, decimal, digits, ordinal, two_digits, year

LONGEST = 20_000  # characters; what is beyond is left out: that is half an hour of speech

Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], str] | str]
NUMBER = r"\d{1,15}(?:,\d{3})*(?:\.\d{1,9})?"

SIGNS = {".": "dot", "-": "dash", "_": "underscore", "+": "plus", "/": "slash", "~": "tilde", "@": "at", "'": "apostrophe"}
SPELLED = re.compile(r"[A-Za-z]+|\d+|[^A-Za-z\d]")
DOMAINS = "com|org|net|edu|gov|io|ai|app|dev|info|biz|co|us|uk|ca|au|de|at|ch|fr|es|it|nl|ie|eu|nz|in|me|tv|health|care|clinic|shop"


def spoken(text: str, language: str = "en") -> str:
    """`text` as it is said. Never raises. Languages other than English are only freed of marks that nobody says."""
    text = " ".join(MARKS.sub("", LINK.sub(r"\1", text[:LONGEST])).split())
    if not english(language):
        return text
    for pattern, said in (*FIRST, *dates.rules(language), *THEN):
        text = pattern.sub(said, text)
    return " ".join(text.split())


# Signs of formatting, pictures, and what is no text at all.
MARKS = re.compile(
    r"\*+|`+|~~|(?m:^\s*#{1,6}\s+)|[\u2190-\u21ff\u2300-\u23ff\u2460-\u27bf\u2b00-\u2bff\ufe0f\u200b-\u200f\U0001f000-\U0001faff]"
)
LINK = re.compile(r"\[([^\[\]]{1,300})\]\([^()\s]{1,600}\)")


def _letter_by_letter(part: str) -> str:
    return " ".join(part.upper())


def _spelled(text: str, host: bool = False) -> str:
    """An address: words stay words, what has no vowel is spelled, and so is a country at the end of a host; digits are said one by one."""
    said, parts = [], SPELLED.findall(text)
    for n, part in enumerate(parts, 1):
        if part.isdigit():
            said.append(digits(part))
        elif part[0] in SIGNS:
            said.append(SIGNS[part[0]])
        elif part.isalpha() and part.isascii():
            country = host and n == len(parts) and len(part) == 2 and part.lower() not in ("co", "me")
            said.append(_letter_by_letter(part) if country or not re.search("[aeiouy]", part, re.IGNORECASE) else part)
        else:
            said.append(part)
    return " ".join(said)


def _email(m: re.Match[str]) -> str:
    return f"{_spelled(m[1])} at {_spelled(m[2], host=True)}"


def _address(m: re.Match[str]) -> str:
    host, path = m[1], (m[2] or "").split("?")[0].split("#")[0]
    dot = "." if path.endswith(".") or m[0].endswith(".") else ""
    return f"{_spelled(host, host=True)} {_spelled(path.rstrip('/.'))}".strip() + dot


def _groups(number: str) -> str:
    """A telephone number in the groups in which it is written, or in those in which people say it."""
    written = re.findall(r"\d+", number)
    plain = "".join(written)
    if len(written) == 1:
        head = [plain[0]] if len(plain) == 11 and plain[0] == "1" else []
        rest = plain[len(head) :]
        written = head + ([rest[:3], rest[3:6], rest[6:]] if len(rest) == 10 else [rest[i : i + 3] for i in range(0, len(rest), 3)])
        if len(written) > 1 and len(written[-1]) == 1:
            written[-2:] = [written[-2] + written[-1]]
    said = ", ".join(digits(group) for group in written)
    return f"plus {said}" if number.lstrip(" (").startswith("+") else said


def _phone(m: re.Match[str]) -> str:
    return _groups(m[0]) if 7 <= sum(c.isdigit() for c in m[0]) <= 15 else m[0]


def _code(text: str) -> str:
    """Letters and digits one by one, a pause at each dash."""
    groups = [
        " ".join(_letter_by_letter(p) if p.isalpha() else digits(p) for p in re.findall(r"[A-Za-z]+|\d+", g))
        for g in re.split(r"[-–_/ ]", text)
    ]
    return ", ".join(group for group in groups if group)


def _mixed(m: re.Match[str]) -> str:
    """A token of capitals and digits. COVID-19 and the like keep their word."""
    token = m[0].lstrip("#")
    if any(len(run) > 4 for run in re.findall(r"[A-Za-z]+", token)):
        return re.sub(r"[-–_]", " ", token)
    return _code(token)


MONEY = {"$": ("dollar", "cent"), "€": ("euro", "cent"), "£": ("pound", "penny"), "USD": ("dollar", "cent"), "EUR": ("euro", "cent")}
MONEY |= {
    "GBP": ("pound", "penny"),
    "CAD": ("Canadian dollar", "cent"),
    "AUD": ("Australian dollar", "cent"),
    "¥": ("yen", ""),
    "₹": ("rupee", "paisa"),
}
PLURALS = {"penny": "pence", "yen": "yen", "paisa": "paise"}
SCALES = {"k": "thousand", "m": "million", "mn": "million", "bn": "billion", "b": "billion", "t": "trillion"}


def _count(amount: int, name: str) -> str:
    return f"{cardinal(amount)} {name if amount == 1 else PLURALS.get(name, f'{name}s')}"


def _money(sign: str, amount: str, scale: str) -> str:
    unit, small = MONEY[sign.upper()]
    if scale:
        return f"{decimal(amount)} {SCALES.get(scale.lower(), scale.lower())} {PLURALS.get(unit, f'{unit}s')}"
    whole, _, part = amount.replace(",", "").partition(".")
    if part and len(part) != 2:
        return f"{decimal(amount)} {PLURALS.get(unit, f'{unit}s')}"
    if not part or not int(part):
        return _count(int(whole), unit)
    cents = _count(int(part), small)
    return cents if not int(whole) else f"{_count(int(whole), unit)} and {cents}"


UNITS = {
    "kg": "kilogram", "g": "gram", "mg": "milligram", "lb": "pound", "lbs": "pound", "oz": "ounce", "ml": "milliliter", "l": "liter",
    "km": "kilometer", "cm": "centimeter", "mm": "millimeter", "mi": "mile", "ft": "foot", "sq ft": "square foot", "sqft": "square foot",
    "kb": "kilobyte", "mb": "megabyte", "gb": "gigabyte", "tb": "terabyte", "kw": "kilowatt", "kwh": "kilowatt hour",
    "h": "hour", "hr": "hour", "hrs": "hour", "min": "minute", "mins": "minute", "sec": "second", "secs": "second",
    "yr": "year", "yrs": "year",
}  # fmt: skip
SPEEDS = {"mph": "miles per hour", "km/h": "kilometers per hour", "mbps": "megabits per second", "gbps": "gigabits per second"}


def _unit(m: re.Match[str]) -> str:
    amount, name = m[1], " ".join(m[2].lower().split())
    if name in SPEEDS:
        return f"{decimal(amount)} {SPEEDS[name]}"
    unit = UNITS[name]
    one = amount in ("1", "-1")
    many = unit.replace("foot", "feet") if "foot" in unit else f"{unit}s"
    return f"{decimal(amount)} {unit if one else many}{_stop(m)}"


def _degrees(m: re.Match[str]) -> str:
    scale = {"c": " Celsius", "f": " Fahrenheit"}.get((m[2] or "").lower(), "")
    return f"{decimal(m[1])} {'degree' if m[1] == '1' else 'degrees'}{scale}"


def _range(m: re.Match[str]) -> str:
    return f"{decimal(m[1])} to {decimal(m[2])}"


def _stop(m: re.Match[str]) -> str:
    """The dot of a short form that also ends the sentence."""
    after = m.string[m.end() :].lstrip()
    return "." if m[0].endswith(".") and (not after or after[0].isupper()) else ""


def _rule(pattern: str, said: Callable[[re.Match[str]], str] | str, flags: int = 0) -> Rule:
    return re.compile(pattern, flags), said


def _titles(table: dict[str, str]) -> list[Rule]:
    return [_rule(rf"\b{short}\.(?!\w)", full) for short, full in table.items()]


def _shorts(table: dict[str, str], dot: str = r"\.") -> list[Rule]:
    def said(full: str) -> Callable[[re.Match[str]], str]:
        return lambda m: full + _stop(m)

    return [_rule(rf"\b{short}{dot}(?!\w)", said(full)) for short, full in table.items()]


_SIGN = r"[$€£¥₹]"
_SCALE = r"(?:\s?(k|K|m|M|mn|bn|b|B|thousand|million|billion|trillion)\b)?"
_NAMED = (
    r"\b((?:code|pin|number|invoice|account|reference|ref|ticket|case|confirmation|policy|extension|zip|member|customer|booking|id)\b\.?"
    r"(?:\s+(?:is|was|number|code|no\.?|ending in|of))?\s*:?\s*)"
)
_YEAR = r"\b(in|since|of|year|from|until|till|by|to|before|after|during|summer|fall|spring|winter)"

FIRST: tuple[Rule, ...] = (
    _rule(r"(?<![\w.+-])([A-Za-z0-9][\w.+'-]{0,63})@((?:[A-Za-z0-9-]{1,63}\.){1,6}[A-Za-z]{2,24})\b", _email),
    _rule(r"\bhttps?://([\w.-]{1,200})(?::\d{1,5})?(/[^\s<>\"”)]*)?", _address),
    _rule(rf"(?<![\w@.-])((?:[A-Za-z0-9-]{{1,63}}\.){{1,6}}(?:{DOMAINS}))\b(?!\.\w)(/[^\s<>\"”)]*)?", _address),
    # Telephone numbers: with +, with an area code, in groups of 3-3-4 and 3-4, or ten and eleven digits together.
    _rule(r"(?<![\w$€£.,/-])\+\d{1,3}[\s.-]?(?:\(\d{1,5}\)[\s.-]?)?\d{1,12}(?:[\s.-]\d{2,8}){0,5}(?![\w%])", _phone),
    _rule(r"(?<![\w$€£.,/-])(?:1[\s.-])?\(\d{3}\)\s?\d{3}[\s.-]?\d{4}(?![\w%])", _phone),
    _rule(r"(?<![\w$€£.,/-])(?:1[\s.-])?\d{3}[\s.-]\d{3}[\s.-]\d{4}(?![\w%-])", _phone),
    _rule(r"(?<![\w$€£.,/-])\d{3}[-.]\d{4}(?![\w%-]|,\d)", _phone),
    _rule(r"(?<![\w$€£.,/-])1?\d{10}(?![\w%-]|[.,]\d)", _phone),
    # Money.
    _rule(rf"({_SIGN})\s?({NUMBER}){_SCALE}", lambda m: _money(m[1], m[2], m[3] or "")),
    _rule(rf"(?<![\w.,])({NUMBER})\s?([€£]|(?:USD|EUR|GBP|CAD|AUD)\b)", lambda m: _money(m[2], m[1], "")),
    _rule(rf"\b(USD|EUR|GBP|CAD|AUD)\s?({NUMBER}){_SCALE}", lambda m: _money(m[1], m[2], m[3] or "")),
)  # fmt: skip

STREETS = {
    "Ave": "Avenue", "Blvd": "Boulevard", "Rd": "Road", "Ln": "Lane", "Ct": "Court", "Pkwy": "Parkway", "Hwy": "Highway",
    "Apt": "Apartment",
}  # fmt: skip
TITLES = {
    "Mr": "Mister", "Mrs": "Missus", "Ms": "Miz", "Prof": "Professor", "Jr": "Junior", "Sr": "Senior", "Rev": "Reverend", "Gen": "General",
    "Capt": "Captain", "Sgt": "Sergeant", "Lt": "Lieutenant", "Gov": "Governor", "Sen": "Senator",
}  # fmt: skip
SHORT = {
    "approx": "approximately", "dept": "department", "Dept": "Department", "Inc": "Incorporated", "Ltd": "Limited", "Corp": "Corporation",
    "etc": "et cetera", "vs": "versus", "ext": "extension", "Ext": "Extension", "incl": "including", "Ste": "Suite", "Sq": "Square",
}  # fmt: skip

THEN: tuple[Rule, ...] = (
    _rule(r"(?<![\w.,])([-−]?\d{1,15}(?:\.\d{1,9})?)\s?[-–—]\s?(\d{1,15}(?:\.\d{1,9})?)\s?%", lambda m: f"{_range(m)} percent"),
    _rule(rf"(?<![\w.,])([-−]?{NUMBER})\s?%", lambda m: f"{decimal(m[1])} percent"),
    _rule(rf"(?<![\w.,])([-−]?{NUMBER})\s?°\s?([CFcf]\b)?", _degrees),
    # Codes: what follows a word for one, and tokens of capitals and digits.
    _rule(_NAMED + r"#?((?=[A-Z\d-]*\d{3})[A-Z\d]{2,20}(?:-[A-Z\d]{1,20}){0,5})\b(?![.,:/]\d)",
          lambda m: m[1] + _code(m[2]), re.IGNORECASE),
    _rule(r"#(\d{3,20}(?:-\d{1,20})*)\b(?![.,:/]\d)", lambda m: _code(m[1])),
    _rule(r"#(\d{1,2})\b", lambda m: f"number {cardinal(int(m[1]))}"),
    _rule(r"\b([A-Z]{2})\s(\d{5})(?:-(\d{4}))?\b(?![.,:/-]\d)", lambda m: f"{m[1]} {digits(m[2])}" + (f", {digits(m[3])}" if m[3] else "")),
    _rule(r"(?<![\w.,])(\d{1,9}(?:\.\d{1,9})?)\s?(sq\s?ft|km/h|[kmgt]b|[mg]bps|kwh?|[kcm]m|mph|kg|mg|mi|ft|lbs?|oz|hrs?|mins?|secs?|ml|yrs?)"
          r"\b\.?", _unit, re.IGNORECASE),
    _rule(r"(?<![\w.,])(\d{1,9})(g|h|l)\b", _unit),
    _rule(r"(?<![\w.,])(\d{1,4})x\b(?!\d)", lambda m: f"{cardinal(int(m[1]))} times"),
    _rule(r"(?<![\w-])#?(?=[A-Z\d-]*[A-Z])(?=[A-Z-]*\d)[A-Z\d]{1,20}(?:-[A-Z\d]{1,20}){0,5}(?![\w-])", _mixed),
    # Short forms.
    _rule(r"\bDr\b\.?", lambda m: f"Drive{_stop(m)}" if _after_street(m) else "Doctor"),
    _rule(r"\bSt\b\.?(?=\s+[A-Z])", lambda m: f"Street{_stop(m)}" if _after_street(m) else "Saint"),
    _rule(r"(?<=[a-z\d] )St\b\.?", lambda m: f"Street{_stop(m)}"),
    *_shorts(STREETS), *_shorts(STREETS, r"(?=[,;:!?)]|\s|$)"), *_titles(TITLES), *_shorts(SHORT),
    _rule(r"\b[Nn]o\.\s?(?=\d)", "number "), _rule(r"\be\.g\.", "for example"), _rule(r"\bi\.e\.", "that is"),
    _rule(r"\bw/o\b", "without"), _rule(r"\bw/(?=\s|\w)", "with "), _rule(r"\s?&\s?", " and "), _rule(r"\b24/7\b", "twenty-four seven"),
    _rule(r"(?<=\w)\s?/\s?(?=(?:month|mo|year|yr|week|day|hour|hr|person|night|user|visit)s?\b)", " per "),
    # Numbers that are left.
    _rule(r"(?<![\w.,])(\d{1,12})(?:st|nd|rd|th)\b", lambda m: ordinal(int(m[1])), re.IGNORECASE),
    _rule(r"(?<![\w.,-])(\d{1,9}(?:\.\d{1,9})?)\s?[-–—]\s?(\d{1,9}(?:\.\d{1,9})?)(?![\w-]|[.,]\d)", _range),
    _rule(_YEAR + r"\s((?:1[1-9]|20)\d\d)\b(?![.,:/%-]?\d)", lambda m: f"{m[1]} {year(int(m[2]))}", re.IGNORECASE),
    _rule(r"(?<![\w.,])((?:1[89]|20)\d)0s\b", lambda m: f"{_decade(int(m[1]))}"),
    _rule(rf"(?<![\w.,])[-−](?={NUMBER})", "minus "),
    _rule(r"(?<![\w.,])(?!\d*00\b)\d{5,}(?![\w-]|[.,]\d)", lambda m: digits(m[0])),  # without commas it is no quantity
    _rule(rf"(?<![.\d])({NUMBER})(?!\d)", lambda m: f" {decimal(m[1])} " if _glued(m) else decimal(m[1])),
    _rule(r"\d+", lambda m: f" {digits(m[0])} "),
    _rule(r"(?<=\w)\s?\+\s?(?=\w)", " plus "), _rule(r"(?<=\w)\s?=\s?(?=\w)", " equals "), _rule(r"\s?@\s?(?=\w)", " at "),
    _rule(r"#(?=\w)", "number "),
)  # fmt: skip


def _after_street(m: re.Match[str]) -> bool:
    """ "12 Main St. Call us": the word before is a name that follows a number, or "corner of Main"."""
    before = m.string[: m.start()].split()[-3:]
    return len(before) > 1 and before[-1][:1].isupper() and any(any(c.isdigit() for c in word) for word in before[:-1])


def _glued(m: re.Match[str]) -> bool:
    """A letter touches the number."""
    around = m.string[max(0, m.start() - 1) : m.start()] + m.string[m.end() : m.end() + 1]
    return any(c.isalpha() for c in around)


def _decade(tens: int) -> str:
    century, ten = divmod(tens, 10)
    names = {0: "hundreds", 1: "tens"}
    return f"{two_digits(century)} {names.get(ten) or two_digits(ten * 10)[:-1] + 'ies'}"
