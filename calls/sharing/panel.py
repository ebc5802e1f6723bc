"""The part of the Call page that makes links and lists them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django import forms

from calls.models import Call, ShareLink
from calls.recordings import serving
from calls.sharing import links

CLOSED, WORDS, SOUND = "closed", "words", "sound"
SHOWS = {
    CLOSED: "The words, with numbers, e-mail addresses and the name blacked out",
    WORDS: "All words, the name and the number",
    SOUND: "All of that, and the sound",
}
DAYS = {"1": "Tomorrow", "7": "In 7 days", "30": "In 30 days"}


class ShareForm(forms.Form):
    show = forms.ChoiceField(
        label="What they see",
        widget=forms.RadioSelect,
        initial=CLOSED,
        help_text="Blacked out is every digit, three or more numbers said in a row, and the name of who was called. Other names stay.",
    )
    days = forms.ChoiceField(label="Ends by itself", choices=DAYS.items(), initial="7")

    def __init__(self, data: object = None, *, sound: bool) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        offered = [(key, words) for key, words in SHOWS.items() if sound or key != SOUND]
        self.fields["show"].choices = offered  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.show_optional = False  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Panel:
    uid: UUID
    form: ShareForm
    live: Sequence[ShareLink]
    past: Sequence[ShareLink]
    made: str = ""  # the address of the new link, this once
    wrong: str = ""


def form_for(call: Call, data: object = None) -> ShareForm:
    return ShareForm(data, sound=serving.ready(call) is not None)


def panel(call: Call, form: ShareForm | None = None, *, made: str = "", wrong: str = "") -> Panel:
    return Panel(call.uid, form or form_for(call), list(links.live(call)), list(links.past(call)), made, wrong)
