"""The parameter table as a form: used to send a call and, for presets, by personas. One place turns controls into values and back.

A control holds text. `body_of` makes of the posted controls the same mapping that a program would send, so that the very same
`personas.parameters.validate` checks both. Fields of an object parameter are named `parameter__part`.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.http import QueryDict

from config.kit.forms import Segments, Switch
from personas.parameters.base import Choice, FieldError, Parameter, Part
from personas.rail_rows import RailRows, posted

type Options = Sequence[tuple[str, str]]
LONGEST_TEXT = 20_000  # characters of one control; the API's own limits are narrower where it has them


class MissingType:
    """The control was left empty: the value is inherited."""


MISSING = MissingType()
CLEARABLE = frozenset({"text", "textarea", "lines", "pairs", "pronunciations", "json", "guard-rails"})
TICKED = frozenset({"tools-picker", "schemas-picker"})  # boxes to tick: posted as a list, with a sign that they were shown
EMPTY: dict[str, Any] = {"array": [], "object": {}, "string": ""}


@dataclass(frozen=True, slots=True)
class Pickers:
    """What the account has to choose from; value and label."""

    numbers: Options = ()
    pools: Options = ()
    knowledge: Options = ()
    schemas: Options = ()
    personas: Options = ()
    pathways: Options = ()
    timezones: Options = ()


@cache
def time_zones() -> Options:
    """Zones of places on Earth, as a control offers them."""
    unusual = ("Etc/", "posix/", "right/", "SystemV/")
    return tuple((z, z.replace("_", " ")) for z in sorted(available_timezones()) if "/" in z and not z.startswith(unusual))


@dataclass(frozen=True, slots=True)
class Control:
    """How one widget of the table is drawn, read and filled."""

    make: Callable[[Parameter | Part, Pickers], forms.Field]
    read: Callable[[str], Any] = lambda text: text
    show: Callable[[Any], str] = lambda value: "" if value is None else str(value)


def _options(choices: Iterable[Choice]) -> list[tuple[str, str]]:
    return [("" if c.value is None else c.value, c.label) for c in choices]


def _field(of: Parameter | Part, widget: forms.Widget, *, span: bool = False) -> forms.Field:
    made = forms.CharField(required=False, label=of.label, help_text=of.help, widget=widget, max_length=LONGEST_TEXT, strip=True)
    made.unit, made.span = of.unit, span  # type: ignore[attr-defined]
    return made


def _input(kind: str = "text", **attrs: str) -> Callable[[Parameter | Part, Pickers], forms.Field]:
    return lambda of, _: _field(of, forms.TextInput({"type": kind, "autocomplete": "off", **attrs}))


def _area(rows: int, **attrs: str) -> Callable[[Parameter | Part, Pickers], forms.Field]:
    return lambda of, _: _field(of, forms.Textarea({"rows": rows, **attrs}), span=True)


def _select(options: Callable[[Parameter | Part, Pickers], Options]) -> Callable[[Parameter | Part, Pickers], forms.Field]:
    return lambda of, pickers: _field(of, forms.Select(choices=list(options(of, pickers))))


def _segments(of: Parameter | Part, _: Pickers) -> forms.Field:
    return _field(of, Segments(choices=_options(of.choices)))


def _switch(of: Parameter | Part, _: Pickers) -> forms.Field:
    return forms.BooleanField(required=False, label=of.label, help_text=of.help, widget=Switch())


def _ticks(options: Callable[[Pickers], Options]) -> Callable[[Parameter | Part, Pickers], forms.Field]:
    return lambda of, pickers: forms.MultipleChoiceField(
        required=False, label=of.label, help_text=of.help, widget=forms.CheckboxSelectMultiple, choices=list(options(pickers))
    )


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _pairs(text: str) -> dict[str, str]:
    """Lines "key = value"; a line without = stays as a key without value, which validation refuses."""
    return {key.strip(): value.strip() for key, _, value in (line.partition("=") for line in _lines(text))}


def _pronunciations(text: str) -> list[dict[str, str]]:
    return [{"word": word, "pronunciation": said} for word, said in _pairs(text).items()]


def _sms(text: str) -> dict[str, str]:
    return _pairs(text)


def _show_pairs(value: Any) -> str:
    return "\n".join(f"{k} = {v}" for k, v in value.items()) if isinstance(value, dict) else ""


def _show_json(value: Any) -> str:
    return "" if value in (None, {}, []) else json.dumps(value, indent=2, ensure_ascii=False)


def _none_option(word: str, options: Options) -> Options:
    return [("", word), *options]


CONTROLS: dict[str, Control] = {
    "text": Control(_input()),
    "tel": Control(_input("tel", inputmode="tel")),
    "number": Control(_input("text", inputmode="decimal")),
    "range": Control(_input("text", inputmode="decimal")),
    "textarea": Control(_area(3)),
    "select": Control(_select(lambda of, _: _options(of.choices))),
    "segments": Control(_segments),
    "switch": Control(_switch),
    "datetime": Control(_input("datetime-local")),
    "timezone": Control(_select(lambda _, p: _none_option("By their number", p.timezones))),
    "lines": Control(_area(4), _lines, lambda value: "\n".join(value or ())),
    "pairs": Control(_area(3, placeholder="sales = +1 720 555 0100"), _pairs, _show_pairs),
    "sms": Control(_area(3, placeholder="message = Please call us back."), _sms, _show_pairs),
    "pronunciations": Control(
        _area(2, placeholder="Reyes = RAY-ess"),
        _pronunciations,
        lambda value: "\n".join(f"{p['word']} = {p['pronunciation']}" for p in value or ()),
    ),
    "json": Control(_area(4, spellcheck="false"), json.loads, _show_json),
    "persona": Control(_select(lambda _, p: _none_option("No persona", p.personas))),
    "pathway": Control(_select(lambda _, p: _none_option("No pathway", p.pathways))),
    "number-picker": Control(_select(lambda _, p: _none_option("The line's own number", p.numbers))),
    "pool-picker": Control(_select(lambda _, p: _none_option("No pool", p.pools))),
    "tools-picker": Control(_ticks(lambda p: p.knowledge)),
    "schemas-picker": Control(_ticks(lambda p: p.schemas)),
    "guard-rails": Control(lambda of, _: _field(of, RailRows(), span=True), json.loads, _show_json),
}


def control_of(of: Parameter | Part) -> Control:
    """The control of a widget; a widget without one of its own is edited as JSON."""
    return CONTROLS.get(of.widget, CONTROLS["json"])


def names(parameter: Parameter) -> list[tuple[str, Parameter | Part]]:
    """Field names of a parameter with what each stands for."""
    if parameter.parts:
        return [(f"{parameter.name}__{part.name}", part) for part in parameter.parts]
    return [(parameter.name, parameter)]


def fields_of(parameter: Parameter, pickers: Pickers) -> dict[str, forms.Field]:
    return {name: control_of(of).make(of, pickers) for name, of in names(parameter)}


def initial_of(parameter: Parameter, value: Any) -> dict[str, Any]:
    """What the controls of a parameter show for `value`."""
    shown: dict[str, Any] = {}
    for name, of in names(parameter):
        part = value.get(of.name) if parameter.parts and isinstance(value, dict) else (None if parameter.parts else value)
        if of.widget == "switch":
            shown[name] = bool(part)
        elif of.widget in TICKED:
            shown[name] = list(part or ())
        else:
            shown[name] = control_of(of).show(part)
    return shown


@dataclass(slots=True)
class Posted:
    """A request made of controls, and the controls that could not be read."""

    body: dict[str, Any] = field(default_factory=dict)
    errors: list[FieldError] = field(default_factory=list)


def body_of(parameters: Iterable[Parameter], data: QueryDict, given: Mapping[str, Any]) -> Posted:
    """The request that these controls stand for. `given` is what would hold anyway (persona or default): what equals it is left out."""
    found = Posted()
    for parameter in parameters:
        try:
            value = _value(parameter, data)
        except ValueError:
            found.errors.append(FieldError(parameter.name, f"{parameter.label}: this is not valid JSON."))
            continue
        if value is MISSING and _cleared(parameter, data, given.get(parameter.name)):
            value = EMPTY.get(parameter.kind, "")
        if value is MISSING:
            continue
        if not _same(parameter, value, given.get(parameter.name)):
            found.body[parameter.name] = value
    return found


def _cleared(parameter: Parameter, data: QueryDict, inherited: Any) -> bool:
    """The control showed inherited words and was emptied: that is a wish too."""
    return parameter.widget in CLEARABLE and bool(inherited) and (parameter.name in data or f"{parameter.name}-type" in data)


def _value(parameter: Parameter, data: QueryDict) -> Any:
    if not parameter.parts:
        return _read(parameter, parameter.name, data)
    parts = {part.name: _read(part, name, data) for name, part in names(parameter) if isinstance(part, Part)}
    kept = {name: value for name, value in parts.items() if value is not MISSING and value != []}
    return kept if any(v not in (MISSING, False) for v in parts.values()) else MISSING


def _read(of: Parameter | Part, name: str, data: QueryDict) -> Any:
    if of.widget == "switch":
        return name in data if f"{name}-shown" in data or name in data else MISSING
    if of.widget in TICKED:
        return [v for v in data.getlist(name) if v] if f"{name}-shown" in data or name in data else MISSING
    if of.widget == "guard-rails" and f"{name}-type" in data:
        return posted(data, name) or MISSING
    text = data.get(name)
    if text is None:
        return MISSING
    text = text.strip()[:LONGEST_TEXT].replace("\r\n", "\n")
    if text == "":
        return MISSING
    return control_of(of).read(text)


def _same(parameter: Parameter, value: Any, inherited: Any) -> bool:
    """Does the control still say what is inherited? Compared as the control shows it, so that "8" is 8."""
    if value == inherited:
        return True
    if isinstance(value, dict | list) and not parameter.parts:
        return False if parameter.widget in TICKED else control_of(parameter).show(value) == control_of(parameter).show(inherited)
    shown, held = initial_of(parameter, value), initial_of(parameter, inherited)
    return shown == held


def control_for(parameter: Parameter | None, error: FieldError) -> str:
    """The control beside which a message belongs: of an object, the part the message names first, else its first part."""
    if parameter is None:
        return error.name
    said = error.message.lower().replace("voicemail_", "")
    places = [(said.find(of.name.rpartition("_")[2]), name) for name, of in names(parameter) if isinstance(of, Part)]
    found = sorted(place for place in places if place[0] >= 0)
    return found[0][1] if found else names(parameter)[0][0]


def changed_controls(parameter: Parameter, value: Any, inherited: Any) -> set[str]:
    """Names of the controls that show something else than what is inherited."""
    shown, held = initial_of(parameter, value), initial_of(parameter, inherited)
    return {name for name in shown if shown[name] != held[name]}
