"""Which calls a list of facts is read over: days, persona, outcome, or some named by their addresses."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import QueryDict

from analytics.schemas.choosing import UID, Wanted
from analytics.schemas.runs import MOST
from calls import queries
from calls.contexts import outcome_words
from config.models import Account
from personas.access import visible_personas

LONGEST = 40 * 200  # characters of the field for ids: some 200 of them
NO_IDS = "These are no ids of calls. Copy the address of a call, or its id."


class ChooseForm(forms.Form):
    since = forms.DateField(label="From", required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    until = forms.DateField(label="To", required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    persona = forms.ChoiceField(label="Persona", required=False)
    outcome = forms.ChoiceField(label="Outcome", required=False)
    calls = forms.CharField(
        label="Or only these calls",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 2, "spellcheck": "false"}),
        help_text="Addresses or ids of calls, one on each line. What stands above then does not count.",
    )

    def __init__(self, account: Account, data: QueryDict | None = None) -> None:
        super().__init__(data)
        for field in self.fields.values():
            field.show_optional = False  # type: ignore[attr-defined]
        personas = [(str(p.uid), p.name) for p in visible_personas(account).only("uid", "name").order_by("name")[:500]]
        self.fields["persona"].choices = [("", "Any persona"), *personas]  # type: ignore[attr-defined]
        tags = [(tag, outcome_words(tag)) for tag in queries.outcomes(account)]
        self.fields["outcome"].choices = [("", "Any outcome"), *tags]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "The last day lies before the first.")
        uids = [UUID(text) for text in UID.findall(cleaned.get("calls") or "")]
        if cleaned.get("calls", "").strip() and not uids:
            self.add_error("calls", NO_IDS)
        persona = UUID(cleaned["persona"]) if cleaned.get("persona") else None
        self.wanted = Wanted(since, until, persona, cleaned.get("outcome") or "", tuple(dict.fromkeys(uids))[:MOST])
        return cleaned

    def query(self) -> str:
        """The same choice as the query of an address."""
        given = QueryDict(mutable=True)
        for name in self.fields:
            value = str(self.data.get(name, "")).strip()
            given[name] = value
        return given.urlencode()
