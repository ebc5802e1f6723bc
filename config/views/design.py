"""The parts page: everything the pages are built from, in every state. For those who change what the product says or looks like."""

from django import forms
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from config.kit import words
from config.kit.access import MemberRequest, page
from config.kit.forms import Switch
from config.kit.http import render_page

COLOURS = [
    "bg",
    "surface",
    "surface-2",
    "surface-3",
    "raised",
    "line",
    "line-strong",
    "line-control",
    "text",
    "text-2",
    "text-3",
    "accent",
    "accent-soft",
    "accent-line",
    "good-text",
    "good-soft",
    "warn-text",
    "warn-soft",
    "bad-text",
    "bad-soft",
    "bad",
    "agent",
    "caller",
    "focus",
    "c-1",
    "c-2",
    "c-3",
    "c-4",
    "c-5",
    "c-6",
]
TYPE = (
    (7, "$14.20 of 6,940 calls"),
    (6, "Elena Duarte"),
    (5, "What is being said"),
    (4, "I can do the whole thing on Friday the fourth."),
    (3, "Every call goes to a pretend callee, so nobody’s phone rings."),
    (2, "+1 720 555 0142, Denver, sent by Dana at 10:41 AM"),
    (1, "0:47 slow, 1.3 s"),
)
KEYS = (
    ("/", "Find"),
    ("g then h, c, n, p, s", "Home, Calls, New call, Personas, Settings"),
    ("j, k", "Next, previous in a list"),
    ("e", "Done, in Needs a person"),
    ("w", "Whisper, on a live call"),
)


class Sample(forms.Form):
    """Every kind of field, bound so that one is refused."""

    plain = forms.CharField(label="Plain", help_text="Help sits under the field, in one sentence.")
    persona = forms.CharField(label="From the persona")
    standard = forms.CharField(label="Standard")
    call = forms.CharField(label="For this call only", help_text="Walt has 12.")
    wrong = forms.IntegerField(
        label="With an error", widget=forms.TextInput, error_messages={"invalid": "Invalid parameter: max_duration must be a number."}
    )
    choice = forms.ChoiceField(label="Choose", choices=[("en", "English (US)"), ("es", "Spanish")])
    text = forms.CharField(label="Long text", required=False, widget=forms.Textarea(attrs={"rows": 3}))
    switch = forms.BooleanField(label="Record the call", required=False, widget=Switch, help_text="Said in the first sentence.")
    check = forms.BooleanField(label="Tell me when it ends", required=False)
    radio = forms.ChoiceField(label="When", choices=[("now", "Now"), ("later", "Later")], widget=forms.RadioSelect)

    def __init__(self) -> None:
        super().__init__(
            {
                "plain": "Tom Reyes",
                "persona": "Derek",
                "standard": "500",
                "call": "8",
                "wrong": "soon",
                "choice": "en",
                "text": "Offer the first two open times.",
                "switch": "on",
                "radio": "now",
            },
            prefix="sample",
        )
        self.data = {f"sample-{name}": value for name, value in self.data.items()}
        shown_as = {"persona": ("persona", "Walt", ""), "standard": ("default", "", "ms"), "call": ("request", "", "minutes")}
        for name, (source, who, unit) in shown_as.items():
            field = self.fields[name]
            field.source, field.source_name, field.unit = source, who, unit  # type: ignore[attr-defined]


@page("editor")
@require_safe
def design(request: MemberRequest) -> HttpResponse:
    context = {"colours": COLOURS, "sizes": TYPE, "keys": KEYS, "states": words.STATES.values(), "form": Sample()}
    return render_page(request, "design.html", context)
