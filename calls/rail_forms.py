"""The forms of guard rails: what one says, and where it is attached."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict

from calls.sources import Named
from config.kit import pickers
from config.models import Account
from personas import rail_reading as reading
from personas.models import GuardRail
from personas.parameters import guard_rails
from personas.parameters.base import Context
from personas.rail_reading import TIMED, Wrong
from personas.rails import ACTION_WORDS, CUSTOM, WORDS, Attached, Content


class RailForm(forms.Form):
    """Only what a rail of this type has."""

    name = forms.CharField(max_length=120, help_text="As colleagues find it, for example “No promises of money”.")
    end_seconds = forms.FloatField(label="Within", help_text="Counted from the moment the person answers.", initial=guard_rails.END_SECONDS)
    prompt = forms.CharField(
        label="What must not happen",
        max_length=reading.LONGEST["prompt"],
        widget=forms.Textarea({"rows": 2}),
        help_text="One sentence, for example “The agent promises a refund”. Write “the customer” to watch what the person says.",
    )
    examples = forms.CharField(
        label="Sentences that trip it",
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text="One on each line. Three or more make it much surer.",
    )
    near_misses = forms.CharField(
        label="Sentences that must not",
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text="One on each line: what sounds alike and is fine.",
    )
    description = forms.CharField(label="Note for colleagues", max_length=2000, required=False, widget=forms.Textarea({"rows": 2}))

    def __init__(self, kind: str, data: QueryDict | None = None, *, rail: GuardRail | None = None) -> None:
        super().__init__(data, initial=_initial(kind, rail))
        self.kind = kind
        self.fields["end_seconds"].unit = "seconds"  # type: ignore[attr-defined]
        for name in ("examples", "near_misses", "prompt"):
            if kind != CUSTOM:
                del self.fields[name]
        if kind not in TIMED:
            del self.fields["end_seconds"]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        given: dict[str, Any] = {name: cleaned.get(name, "") for name in ("name", "prompt", "description")}
        given |= {name: lines(cleaned.get(name, "")) for name in ("examples", "near_misses")}
        if self.kind in TIMED:
            given["config"] = {"end_seconds": cleaned["end_seconds"]}
        try:
            self.content = reading.content(self.kind, given)
        except Wrong as wrong:
            raise ValidationError(list(wrong.messages)) from None
        return cleaned

    def typed(self) -> Content:
        """What stands in the form now, for trying it out: unchecked, bounded."""
        values = {name: self[name].value() or "" for name in self.fields}
        return Content(
            name=str(values.get("name") or WORDS[self.kind][0])[:120],
            prompt=str(values.get("prompt", ""))[: reading.LONGEST["prompt"]],
            examples=lines(str(values.get("examples", "")))[:30],
            near_misses=lines(str(values.get("near_misses", "")))[:30],
            config={"end_seconds": values.get("end_seconds")},
        )


def lines(text: str) -> list[str]:
    return [line.strip()[: reading.SENTENCE] for line in text.splitlines() if line.strip()]


def _initial(kind: str, rail: GuardRail | None) -> dict[str, Any]:
    if rail is None:
        return {"name": WORDS[kind][0] if kind != CUSTOM else ""}
    return {
        "name": rail.name,
        "description": rail.description,
        "prompt": rail.prompt,
        "examples": "\n".join(rail.examples),
        "near_misses": "\n".join(rail.near_misses),
        "end_seconds": rail.config.get("end_seconds", guard_rails.END_SECONDS),
    }


class AttachForm(forms.Form):
    """Where a rail watches and what it does there. Steps are offered once a pathway is chosen."""

    source = forms.ChoiceField(label="Persona or pathway")
    action = forms.ChoiceField(label="When it trips", choices=list(ACTION_WORDS.items()))
    phone_number = forms.CharField(label="Hand over to", required=False, max_length=64, widget=forms.TextInput({"inputmode": "tel"}))
    node_id = forms.ChoiceField(label="Step", required=False)

    def __init__(self, account: Account, choices: Sequence[Named], data: QueryDict | None = None, *, chosen: str = "") -> None:
        super().__init__(data, initial={"source": chosen})
        self.account = account
        for name in ("phone_number", "node_id"):
            self.fields[name].show_optional = False  # type: ignore[attr-defined]
        groups = [("Personas", "PERSONA"), ("Pathways", "PATHWAY")]
        options = [(title, [(f"{kind}:{c.source_id}", c.name) for c in choices if c.source_type == kind]) for title, kind in groups]
        source, node = self.fields["source"], self.fields["node_id"]
        assert isinstance(source, forms.ChoiceField) and isinstance(node, forms.ChoiceField)
        source.choices = [("", "Choose one"), *((title, group) for title, group in options if group)]
        picked = str((data.get("source") if data else "") or chosen)
        self.pathway = picked.removeprefix("PATHWAY:") if picked.startswith("PATHWAY:") else ""
        known = pickers.steps(account, [self.pathway]) if self.pathway else {}
        steps = known[self.pathway].steps if self.pathway in known else ()
        node.choices = [("", "Choose a step"), *steps]
        if not steps:
            node.help_text = "Only a pathway in production has steps."

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if self.errors:
            return cleaned
        kind, _, uid = cleaned["source"].partition(":")
        config = {"phone_number": cleaned.get("phone_number", ""), "node_id": cleaned.get("node_id", "")}
        action = {"type": cleaned["action"], "config": config}
        context = Context(country=self.account.country)
        try:
            given = reading.attachments([{"source_type": kind, "source_id": uid, "actions": [action]}], context)
        except Wrong as wrong:
            field = {"transfer": "phone_number", "move_to_node": "node_id"}.get(cleaned["action"])
            message = {
                "phone_number": "Write the number to hand over to, with + and the country code.",
                "node_id": "Choose the step to go to.",
            }.get(field or "", str(wrong))
            self.add_error(field, message)
            return cleaned
        self.attached: Attached = given[0]
        return cleaned


def uid_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
