"""English words for numbers."""

from typing import Literal

ONES = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen",
    "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
TENS = ("", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
THOUSANDS = ("", " thousand", " million", " billion", " trillion")
IRREGULAR = {
    "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth", "twelve": "twelfth",
}  # fmt: skip
MOST = 10**15


def digits(text: str) -> str:
    """One by one: "zero one nine two". Anything but digits 0 to 9 is left out."""
    return " ".join(ONES[int(c)] for c in text if c in "0123456789")


def cardinal(number: int) -> str:
    """One that is too long to be understood is read digit by digit."""
    if number < 0:
        return f"minus {cardinal(-number)}"
    if number >= MOST:
        return digits(str(number))
    if number < 1000:
        return _below_thousand(number)
    groups = []
    for name in THOUSANDS:
        number, rest = divmod(number, 1000)
        if rest:
            groups.append(_below_thousand(rest) + name)
    return " ".join(reversed(groups))


def _below_thousand(number: int) -> str:
    hundreds, rest = divmod(number, 100)
    parts = [f"{ONES[hundreds]} hundred"] if hundreds else []
    if rest or not hundreds:
        parts.append(two_digits(rest))
    return " ".join(parts)


def two_digits(number: int) -> str:
    if number < 20:
        return ONES[number]
    tens, ones = divmod(number, 10)
    return f"{TENS[tens]}-{ONES[ones]}" if ones else TENS[tens]


def ordinal(number: int) -> str:
    said = cardinal(number)
    head, join, last = said.rpartition("-") if said.rfind("-") > said.rfind(" ") else said.rpartition(" ")
    if last.endswith("y"):
        last = f"{last[:-1]}ieth"
    else:
        last = IRREGULAR.get(last, f"{last}h" if last.endswith("t") else f"{last}th")
    return f"{head}{join}{last}"


def year(number: int) -> str:
    """1984, 2005, 2026 as people say them."""
    century, rest = divmod(number, 100)
    if not 1000 <= number <= 2999 or number % 1000 < 10:
        return cardinal(number)
    if not rest:
        return f"{two_digits(century)} hundred"
    return f"{two_digits(century)} oh {ONES[rest]}" if rest < 10 else f"{two_digits(century)} {two_digits(rest)}"


def decimal(text: str) -> str:
    """ "1,250", "3.50", "-2", "007": as a quantity. Leading zeros and very long numbers are read digit by digit."""
    sign = "minus " if text.startswith(("-", "−")) else ""
    whole, _, part = text.lstrip("-−").replace(",", "").partition(".")
    plain = digits(whole) if len(whole) > 1 and whole[0] == "0" else cardinal(int(whole or "0"))
    return f"{sign}{plain} point {digits(part)}" if part else f"{sign}{plain}"


def clock(hour: int, minute: int, half: Literal["am", "pm", ""] = "") -> str:
    """12-hour speech: "three thirty PM", "nine oh five", "nine o'clock"; an afternoon of 24 hours becomes PM."""
    if not half and hour > 12:
        half = "pm" if hour < 24 else "am"
    if not half and hour == 0:
        half = "am"
    said = two_digits(hour % 12 or 12)
    if minute:
        said += f" oh {ONES[minute]}" if minute < 10 else f" {two_digits(minute)}"
    if half:
        return f"{said} {half.upper()}"
    return said if minute else f"{said} o'clock"
