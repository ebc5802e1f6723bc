"""The form of a call: every parameter of the table, grouped, with inherited values in place."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict

from calls import pickers
from calls.send import words
from calls.send.inherit import Inherited
from config.models import Account
from pathways.models import PathwayVersion
from pathways.validation import wanted
from personas import citation_schemas, summaries
from personas.forms import Pickers, body_of, changed_controls, control_for, fields_of, initial_of, names, time_zones
from personas.models import KnowledgeBase
from personas.parameters import BY_NAME, GROUPS, PARAMETERS, FieldError, Parameter, in_group

# Drawn by hand in the open sections above the groups.
OPEN = ("phone_number", "timezone", "persona_id", "pathway_id", "pathway_version", "task", "start_time", "request_data")
LEADS = ("persona", "pathway", "task")
VARIABLE = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")
MOST_FACTS = 40


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing the agent needs to know for this call: a row of name and value."""

    name: str
    value: str
    wanted: bool = False  # the task speaks of it


@dataclass(frozen=True, slots=True)
class Group:
    """A folded group: says its values while it is closed."""

    key: str
    title: str
    icon: str
    summary: str
    fields: list[BoundField]
    changed: int
    wrong: int

    @property
    def open(self) -> bool:
        return bool(self.wrong)


def options(account: Account, held: Inherited) -> Pickers:
    return Pickers(
        numbers=pickers.numbers(account),
        pools=pickers.pools(account),
        knowledge=[(f"KB-{k.uid}", k.name) for k in KnowledgeBase.objects.filter(account=account).order_by("name")],
        schemas=citation_schemas.options(account),
        personas=[(str(p.uid), p.name) for p in held.others],
        pathways=pickers.pathways(account),
        timezones=time_zones(),
    )


class SendForm(forms.Form):
    """Draws and fills. It checks nothing by itself: `body` is what a program would send, and the API's rules judge that."""

    def __init__(self, account: Account, held: Inherited, data: QueryDict | None = None, body: dict[str, Any] | None = None) -> None:
        super().__init__(data)
        self.account, self.held, self.prefill = account, held, body or {}
        self.wrong: dict[str, list[str]] = {}
        choices = options(account, held)
        for parameter in PARAMETERS:
            value = self.prefill.get(parameter.name, held.values.get(parameter.name))
            for name, field in fields_of(parameter, choices).items():
                field.initial = initial_of(parameter, value).get(name)
                field.source = held.source(parameter.name)  # type: ignore[attr-defined]
                field.source_name = held.short_name  # type: ignore[attr-defined]
                self.fields[name] = field
        for name in OPEN:
            if name in self.fields:
                self.fields[name].source = ""  # type: ignore[attr-defined]
        self._mark({k: v for k, v in self.prefill.items() if k in BY_NAME})

    # what was posted --------------------------------------------------------------------------------------------------
    def read(self) -> tuple[dict[str, Any], list[FieldError]]:
        """The request that the posted controls stand for, and the controls that could not be read."""
        if not self.is_bound:
            return {**({"persona_id": self.wanted_persona} if self.lead == "persona" else {}), **self.prefill}, []
        assert isinstance(self.data, QueryDict)
        lead = self.lead
        skipped = {
            "request_data",
            "start_time",
            "persona_id",
            *(() if lead == "pathway" else ("pathway_id", "pathway_version", "start_node_id")),
        }
        if lead == "pathway":
            skipped.add("task")
        posted = body_of((p for p in PARAMETERS if p.name not in skipped), self.data, self.held.values)
        body = {"phone_number": self.data.get("phone_number", "").strip(), **posted.body}
        if not body["phone_number"]:
            del body["phone_number"]
        if self.wanted_persona:
            body["persona_id"] = self.wanted_persona
        if facts := {f.name: f.value for f in self.facts() if f.name and f.value}:
            body["request_data"] = facts
        if self.data.get("when") == "later":
            body["start_time"] = self._start_time(body)
        self._mark(body)
        return body, posted.errors

    def _mark(self, body: dict[str, Any]) -> None:
        """Marks the controls that hold for this call only."""
        for name, value in body.items():
            for field in changed_controls(BY_NAME[name], value, self.held.values.get(name)):
                if self.fields[field].source:  # type: ignore[attr-defined]
                    self.fields[field].source = "request"  # type: ignore[attr-defined]

    @property
    def held_uid(self) -> str:
        """The persona whose values the controls were drawn with; "" for none."""
        return str(self.held.persona.uid) if self.held.persona else ""

    @property
    def wanted_persona(self) -> str:
        """The persona chosen now."""
        if not self.is_bound:
            return self.held_uid
        return str(self.data.get("persona_id", "")) if self.data.get("lead") == "persona" else ""

    @property
    def lead(self) -> str:
        """What leads the call: a persona, a pathway or a task."""
        given = self.data.get("lead", "") if self.is_bound else ""
        if given in LEADS:
            return given
        if self.prefill.get("pathway_id"):
            return "pathway"
        named = "persona_id" in self.prefill or "task" not in self.prefill
        return "persona" if self.held.persona and named else "task"

    @property
    def later(self) -> bool:
        return self.data.get("when") == "later" if self.is_bound else "start_time" in self.prefill

    def _start_time(self, body: dict[str, Any]) -> str:
        """The moment in the callee's zone as the API reads it; what is no moment goes through as it is and is refused there."""
        text = self.data.get("start_time", "").strip()
        try:
            local = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(words.zone_of(body, self.held)))
        except ValueError:
            return text or "no time"
        return local.strftime("%Y-%m-%d %H:%M:%S ") + local.strftime("%:z")

    def facts(self) -> list[Fact]:
        """Rows of facts: what the task, persona or pathway speaks of first, then what was added; one empty row when there is none."""
        if self.is_bound:
            assert isinstance(self.data, QueryDict)
            pairs = dict(zip(self.data.getlist("fact-name"), self.data.getlist("fact-value"), strict=False))
        else:
            pairs = {str(k): str(v) for k, v in (self.prefill.get("request_data") or self.held.values.get("request_data") or {}).items()}
        pairs = {k.strip()[:80]: v.strip()[:2000] for k, v in list(pairs.items())[:MOST_FACTS] if k.strip()}
        mentioned = self.mentioned()
        missing = [name for name in mentioned if name not in pairs]
        return [Fact(k, v, k in mentioned) for k, v in pairs.items()] + [Fact(name, "", wanted=True) for name in missing]

    @cached_property
    def pathway(self) -> PathwayVersion | None:
        """The version that leads the call; None when a task or a persona does, or none is chosen."""
        if self.lead != "pathway":
            return None
        asked = self.data if self.is_bound else self.prefill
        return pickers.version(self.account, asked.get("pathway_id"), asked.get("pathway_version"))

    def mentioned(self) -> list[str]:
        """{{names}} that the words of this call use and that no call has by itself."""
        if self.pathway is not None:
            return [name for name in wanted(self.pathway.graph) if name.lower() not in words.ALWAYS_KNOWN]
        texts = [self.data.get(n, "") if self.is_bound else "" for n in ("task", "first_sentence")]
        texts += [str(self.prefill.get(n) or self.held.values.get(n) or "") for n in ("task", "first_sentence")]
        found = dict.fromkeys(m[1] for text in texts for m in VARIABLE.finditer(text))
        return [name for name in found if name.lower() not in words.ALWAYS_KNOWN]

    # what is drawn ----------------------------------------------------------------------------------------------------
    def put_errors(self, errors: Iterable[FieldError]) -> None:
        """Messages of the API beside their fields; one without a field stands at the top."""
        for error in errors:
            field = self.field_for(error)
            self.wrong.setdefault(field, []).append(error.message)
            if self.is_bound and field in self.fields:
                self.add_error(field, error.message)

    def field_for(self, error: FieldError) -> str:
        """The control that a message belongs to; "" when it belongs to the whole call."""
        return control_for(BY_NAME.get(error.name), error) if error.name in BY_NAME else ""

    def groups(self, values: dict[str, Any]) -> list[Group]:
        """The folded groups with what they hold: `values` are those of this call."""
        return [self._group(choice.value or "", choice.label, values) for choice in GROUPS]

    def _group(self, key: str, title: str, values: dict[str, Any]) -> Group:
        parameters = [p for p in in_group(key) if p.name not in OPEN]
        drawn = [self[name] for p in parameters for name, _ in names(p) if self._useful(p, name)]
        changed = sum(any(self.fields[n].source == "request" for n, _ in names(p)) for p in parameters)  # type: ignore[attr-defined]
        wrong = sum(name in self.wrong for p in parameters for name, _ in names(p))
        return Group(key, title, summaries.GROUP_ICONS[key], summaries.summary(key, values), drawn, changed, wrong)

    def _useful(self, parameter: Parameter, name: str) -> bool:
        """A picker with nothing to pick is not drawn."""
        field = self.fields[name]
        of = dict(names(parameter))[name]
        least = {"number-picker": 2, "pool-picker": 2, "tools-picker": 1, "schemas-picker": 1}.get(of.widget, 0)
        return not least or len(getattr(field, "choices", None) or getattr(field.widget, "choices", [])) >= least
