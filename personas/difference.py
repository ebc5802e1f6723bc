"""What is different about two versions of a persona, as callers and staff will notice it. Pure.

The sentences come from the parameter table: `notice` of a parameter, else its label; a switch speaks by its label alone.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import phonenumbers

from config.kit.withholding import without_keys
from personas import wording
from personas.content import DISCLOSURES, Content
from personas.parameters import PARAMETERS, Parameter
from personas.parameters.base import Part
from personas.parameters.told import short, told

NUMBER = re.compile(r"\+\d{8,15}")
MOST_SENTENCES = 8  # of one text; what is more is counted
WORDS_FOR_EVERY_CALL = "Words for every call"
WATCHED = {
    "tcpa:ai_disclosure": "it says that it is automated",
    "tcpa:self_introduction": "it says who calls",
    "tcpa:recording_disclosure": "it says that the call is recorded",
    "tcpa:opt_out": "it stops when it is asked to",
}
SAID = {"default": "other calls"}  # keys of an object that have a word of their own


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is noticed. kind: add, del or chg; `name` is the parameter or column it belongs to."""

    kind: str
    sentence: str
    name: str


@dataclass(frozen=True, slots=True)
class Text:
    """A text whose words changed."""

    label: str
    words: list[wording.Word]


@dataclass(frozen=True, slots=True)
class Difference:
    changes: list[Change] = field(default_factory=list)
    texts: list[Text] = field(default_factory=list)

    @property
    def sentences(self) -> list[str]:
        return [change.sentence for change in self.changes]

    @property
    def names(self) -> frozenset[str]:
        """Parameters and columns that differ."""
        return frozenset(change.name for change in self.changes)

    def __bool__(self) -> bool:
        return bool(self.changes)


def difference(old: Content, new: Content, names: Mapping[str, str] | None = None, *, words: bool = True) -> Difference:
    """`names`: what people call the knowledge bases and pathways, by id. Without `words` the texts are not compared word by word."""
    names = names or {}
    found = Difference()
    found.changes.extend(_of_text("orchestration_prompt", WORDS_FOR_EVERY_CALL, old.orchestration_prompt, new.orchestration_prompt))
    before, after = old.effective(), new.effective()
    for parameter in PARAMETERS:
        a, b = before.get(parameter.name), after.get(parameter.name)
        if a == b or _empty(a) and _empty(b):
            continue
        if parameter.widget == "textarea":
            found.changes.extend(_of_text(parameter.name, parameter.label, a or "", b or ""))
        else:
            found.changes.extend(Change(kind, sentence, parameter.name) for kind, sentence in _changes(parameter, a, b, names))
    found.changes.extend(Change(kind, sentence, "routes") for kind, sentence in _routes(old.routes, new.routes, names))
    found.changes.extend(_disclosures(old.disclosures, new.disclosures))
    if words:
        found.texts.extend(_texts(old, new))
    return found


# Sentences of one parameter: (kind, sentence) ---------------------------------------------------------------------------
type Noticed = Iterator[tuple[str, str]]


def _changes(parameter: Parameter, old: Any, new: Any, names: Mapping[str, str]) -> Noticed:
    if parameter.kind == "boolean":
        yield _switch(parameter.label, bool(new))
    elif parameter.parts:
        yield from _parts(parameter, old or {}, new or {})
    elif parameter.kind == "object":
        yield from _entries(parameter, _of_object(old), _of_object(new))
    elif parameter.kind == "array" and _holds_objects(old, new):
        yield from _entries(parameter, _of_items(old), _of_items(new))
    elif parameter.kind == "array":
        yield from _items(parameter, old or [], new or [], names)
    else:
        yield _value(parameter.notice or f"{parameter.label}: {{value}}", _told(parameter, old, names), _told(parameter, new, names))


def _switch(label: str, on: bool) -> tuple[str, str]:
    """ "Record the call" reads "Will record the call." or "Will no longer record the call."; "Do not let …" the other way round."""
    if label.startswith("Do not "):
        rest = label.removeprefix("Do not ")
        return ("add", f"Will not {rest}.") if on else ("del", f"Will {rest}.")
    rest = _lower(label)
    return ("add", f"Will {rest}.") if on else ("del", f"Will no longer {rest}.")


def _value(notice: str, old: str, new: str) -> tuple[str, str]:
    if not new:
        return "del", f"No longer {_lower(notice.format(value=old))}."
    said = notice.format(value=new)
    return ("chg", _was(said, old)) if old else ("add", f"{said}.")


def _was(said: str, old: str) -> str:
    return f"{said}, was {old}." if "(" in said + old else f"{said} (was {old})."


def _parts(parameter: Parameter, old: Mapping[str, Any], new: Mapping[str, Any]) -> Noticed:
    if parameter.notice and not (old and new):
        yield ("add", f"{parameter.notice}: {_lower(told(parameter, new))}.") if new else ("del", f"No longer {_lower(parameter.notice)}.")
        return
    for part in parameter.parts:
        a, b = old.get(part.name, part.default), new.get(part.name, part.default)
        if a == b or _empty(a) and _empty(b):
            continue
        if part.kind == "boolean":
            yield _switch(part.label, bool(b))
        elif part.widget == "textarea":
            yield from _sentences(part.label, str(a or ""), str(b or ""))
        else:
            yield _labelled(part.label, told(part, a), told(part, b))


def _labelled(label: str, old: str, new: str) -> tuple[str, str]:
    if not new:
        return "del", f"{label}: nothing any more (was {old})."
    return ("chg", _was(f"{label}: {new}", old)) if old else ("add", f"{label}: {new}.")


def _items(parameter: Parameter, old: Sequence[Any], new: Sequence[Any], names: Mapping[str, str]) -> Noticed:
    notice = parameter.notice or f"{parameter.label}: {{value}}"
    came, went = [i for i in new if i not in old], [i for i in old if i not in new]
    if came:
        yield "add", f"{notice.format(value=_listed(parameter, came, names))}."
    if went:
        yield "del", f"No longer {_lower(notice.format(value=_listed(parameter, went, names)))}."
    if not came and not went:
        yield "chg", f"{parameter.label}: in another order."


def _listed(parameter: Parameter, items: Sequence[Any], names: Mapping[str, str]) -> str:
    return ", ".join(_told(parameter, item, names) for item in items)


def _entries(parameter: Parameter, old: Mapping[str, tuple[str, Any]], new: Mapping[str, tuple[str, Any]]) -> Noticed:
    """Keys with the words and the whole of their values."""
    notice = parameter.notice or f"{parameter.label}: {{key}} {{value}}"

    def said(key: str, value: str) -> str:
        return notice.format(key=SAID.get(key, key), value=value).rstrip(" :")

    for key, (words, whole) in new.items():
        if key not in old:
            yield "add", _ended(said(key, words))
        elif old[key][1] != whole:
            before = old[key][0]
            yield "chg", _was(said(key, words), before) if before != words and before else f"{said(key, words)}, set differently."
    for key, (words, _) in old.items():
        if key not in new:
            yield "del", _ended(f"No longer {_lower(said(key, words))}")
    if list(old) != list(new) and set(old) == set(new) and all(old[key] == new[key] for key in new):
        yield "chg", f"{parameter.label}: in another order."


def _of_object(value: Any) -> dict[str, tuple[str, Any]]:
    return {str(key): (_plain(item), item) for key, item in (value or {}).items()}


def _of_items(value: Any) -> dict[str, tuple[str, Any]]:
    """Items of a list of objects by what people know them by; a second one of the same name gets a number."""
    found: dict[str, tuple[str, Any]] = {}
    for item in value or []:
        key, words = _known_by(item)
        place = 1
        unique = key
        while unique in found:
            place += 1
            unique = f"{key} ({place})"
        found[unique] = (words, item)
    return found


def _known_by(item: Mapping[str, Any]) -> tuple[str, str]:
    if "word" in item:
        return f"“{item['word']}”", f"“{item.get('pronunciation', '')}”"
    if "url" in item:
        return str(item["url"]), ""
    if item.get("prompt"):
        return f"“{short(str(item['prompt']))}”", ""
    return WATCHED.get(str(item.get("type")), str(item.get("type"))), ""


def _holds_objects(*lists: Any) -> bool:
    return any(isinstance(item, Mapping) for each in lists for item in each or ())


def _told(of: Parameter | Part, value: Any, names: Mapping[str, str]) -> str:
    """A value in words. Where nothing is a choice too ("Quiet line"), it has its word."""
    if isinstance(value, str) and value in names:
        return f"“{names[value]}”"
    for choice in of.choices:
        if choice.value == value:
            return choice.label
    return _number(told(of, value))


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return short(_number(value))
    return short(json.dumps(without_keys(value), ensure_ascii=False))


def _number(text: str) -> str:
    if not NUMBER.fullmatch(text):
        return text
    try:
        parsed = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        return text
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.INTERNATIONAL)).replace("-", " ")


# Texts ----------------------------------------------------------------------------------------------------------------
def _of_text(name: str, label: str, old: str, new: str) -> Iterator[Change]:
    if old != new:
        yield from (Change(kind, sentence, name) for kind, sentence in _sentences(label, old, new))


def _sentences(label: str, old: str, new: str) -> Noticed:
    if not old.strip():
        yield "add", f"{label}: “{short(new)}”"
        return
    if not new.strip():
        yield "del", f"{label}: nothing any more (was “{short(old)}”)."
        return
    every = wording.pairs(old, new)
    for pair in every[:MOST_SENTENCES]:
        if not pair.old:
            yield "add", f"{label}, new: “{short(pair.new)}”"
        elif not pair.new:
            yield "del", f"{label}, gone: “{short(pair.old)}”"
        else:
            yield "chg", f"{label}: “{short(pair.new)}” (was “{short(pair.old)}”)"
    if len(every) > MOST_SENTENCES:
        yield "chg", f"{label}: {len(every) - MOST_SENTENCES} more sentences changed."
    if not every:
        yield "chg", f"{label}: only spaces and line ends changed."


def _texts(old: Content, new: Content) -> Iterator[Text]:
    """The texts that were there and are there, with what went and what came."""
    before, after = old.effective(), new.effective()
    both = [(WORDS_FOR_EVERY_CALL, old.orchestration_prompt, new.orchestration_prompt)]
    for parameter in PARAMETERS:
        a, b = before.get(parameter.name), after.get(parameter.name)
        if parameter.widget == "textarea":
            both.append((parameter.label, a or "", b or ""))
        elif isinstance(a, Mapping) and isinstance(b, Mapping):
            both += [(p.label, str(a.get(p.name) or ""), str(b.get(p.name) or "")) for p in parameter.parts if p.widget == "textarea"]
    for label, was, now in both:
        if was != now and was.strip() and now.strip():
            yield Text(label, wording.words(was, now))


# What is no parameter ---------------------------------------------------------------------------------------------------
def _routes(old: Sequence[Mapping[str, Any]], new: Sequence[Mapping[str, Any]], names: Mapping[str, str]) -> Noticed:
    before, after = _by_name(old), _by_name(new)
    for key, route in after.items():
        said = _route(route, names)
        if key not in before:
            yield "add", f"Goes over to {said}."
        elif before[key] != route:
            was = _route(before[key], names)
            yield "chg", f"Goes over to {said}" + (f" (was {was})." if was != said else ", from another step or version.")
    for key, route in before.items():
        if key not in after:
            yield "del", f"No longer goes over to {_route(route, names)}."
    if list(before) != list(after) and set(before) == set(after) and all(before[key] == after[key] for key in after):
        yield "chg", "Looks at its pathways in another order."


def _by_name(routes: Iterable[Mapping[str, Any]]) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {}
    for route in routes:
        key = str(route.get("name") or route.get("prompt") or "")
        while key in found:
            key += "+"
        found[key] = route
    return found


def _route(route: Mapping[str, Any], names: Mapping[str, str]) -> str:
    name = names.get(str(route.get("pathway_id")))
    prompt = short(str(route.get("prompt", ""))).rstrip(".")
    case = f"when {prompt[5:]}" if prompt.lower().startswith("when ") else f"when: {prompt}"
    return f"{f'“{name}”' if name else 'a pathway'} {case}"


def _disclosures(old: Sequence[str], new: Sequence[str]) -> Iterator[Change]:
    for key, words in DISCLOSURES.items():
        if (key in old) != (key in new):
            kind, will = ("add", "Will say") if key in new else ("del", "Will no longer say")
            yield Change(kind, f"{will} at the beginning {words}.", "disclosures")


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith((".”", "!”", "?”")) else f"{sentence}."


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _empty(value: Any) -> bool:
    return value is None or value in ("", [], {})
