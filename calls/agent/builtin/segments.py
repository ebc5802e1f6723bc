"""The task cut into (section, sentence) pairs: headings, bullets, tags, numbered lists; and each sentence's place in the task."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from calls.agent.builtin.draft import ASK, CONFIRM, START, WORDS, Draft, again
from calls.agent.builtin.language import table
from calls.agent.builtin.plan import NOWHERE, Span
from calls.agent.builtin.text import sentences

HEADERS: list[list[str]] = table("grammar")["headers"]
LEAD = WORDS["LEAD"]


class Segment(NamedTuple):
    section: str
    text: str
    source: str  # the words as they stand in the task


# "If they ask where: We are at …" is a condition written like a heading.
DEPENDS = r"^((?:[-*•] )?(?:if|when|in case) [^.?!:,]{3,80}?)\s*:\s+"


def locate(raw: str, words: str, start: int) -> Span:
    """Where `words` stand in `raw` from `start` on, whatever spaces and markup lie between them; NOWHERE if they do not."""
    tokens = re.findall(r"\S+", words)
    if not tokens:
        return NOWHERE
    found = re.compile(r"[\s*_]+".join(re.escape(t).replace(r"\'", "['’]") for t in tokens)).search(raw, start)
    return (found.start(), found.end()) if found else NOWHERE


def segments(d: Draft) -> Iterator[Segment]:
    text = re.sub(r"</\w+>", "\n", re.sub(r"<(\w+)>", r"\n\1:\n", d.raw))
    text = re.sub(r"(?<=[.:;,]) \(?(?=\d[.)] [A-Z])|(?<=[:,]) \((?=\d\))", "\n", text)
    section = ""
    for line in text.split("\n"):
        line = re.sub(r"\*\*|__", "", line).strip()
        if not line:
            section = "" if section == "example" else section
            continue
        if re.match(r"^(?:You|Agent|AI|Assistant|Prospect|Customer|User|Callee|Person|Client|Them)\s*: ", line):
            continue
        bullet = bool(re.match(LEAD, line, re.I) and re.match(r"[-*•–(\d]", line))
        header = (
            re.match(r"^(?:#+\s*)?([A-Za-z][\w' /-]{1,45}?)\s*(?::|(?<=#)$)(.*)$", line)
            if not line.startswith("#")
            else re.match(r"^#+\s*([^:]+?):?()$", line)
        )
        if header and not bullet and not re.match(DEPENDS, line, re.I):
            title = header[1].strip().lower()
            kind = next((k for k, pattern in HEADERS if re.fullmatch(pattern, title)), "")
            if not kind and re.search(r"following|one at a time", title) and re.match(ASK + "|" + CONFIRM, title):
                kind = "ask"
            rest = header[2].strip()
            if kind or line.startswith("#") or not rest:
                section = kind or (
                    "ask" if re.search(r"\bask\b|verify|questions", title) else "fact" if not rest and not bullet else section
                )
                if not rest:
                    if re.search(r"verify|confirm", title):
                        section = "verify"
                    continue
                for index, s in enumerate(sentences(rest)):
                    yield Segment(section if index == 0 or s.endswith("?") or kind not in ("ask", "purpose") else "", s, s)
                section = section if kind == "example" else ""
                continue
            if re.search(r"role|agent|company|organi[sz]ation|customer|speaker|client|school|clinic|agency|charity|practice|name", title):
                header_value(d, title, rest)
                continue
            if not re.search(rf"^(?:{START})\b", title):
                first, *others = sentences(rest)
                verb = "are" if re.search(r"[^s]s$", title) else "is"
                yield Segment("fact", f"The {header[1][:1].lower() + header[1][1:]} {verb} {first}", first)
                for s in others:
                    yield Segment("fact", s, s)
                continue
        elif (
            not bullet
            and section not in ("", "example", "persona", "fact", "avoid", "purpose")
            and not re.match(r"^[-*•–]", line)
            and not re.match(START + r"\b", line, re.I)
            and section in ("ask", "verify")
        ):
            section = ""
        if section != "example":
            for s in sentences(line):
                yield Segment(section, re.sub(DEPENDS, r"\1, ", s, flags=re.I), s)


def header_value(d: Draft, title: str, rest: str) -> None:
    if not re.search("role|agent|company|organi|name", title):
        d.plan.callee = d.plan.callee or rest.strip(". ")
    for s in sentences(rest)[1:] if not re.match(r"(?:Dr|Mr|Mrs|Ms)\.?", rest) else []:
        again(d, "", s)
