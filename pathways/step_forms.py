"""The form of a step by its kind, in the words of staff. What a kind does not show stays in the step untouched."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from config.kit.forms import Segments
from pathways import bindings
from pathways.bindings import flag, pairs, text, tool, whole, within
from pathways.forms import Choices, GraphForm, area, line, switch, targets
from pathways.graph import Graph, Kind, Node, text_of
from pathways.rows import Column, Row, RowsField

TYPES = (
    ("string", "words"),
    ("integer", "whole number"),
    ("number", "number"),
    ("boolean", "yes or no"),
    ("date", "date"),
    ("time", "time of day"),
    ("name", "name"),
    ("phone", "phone number"),
    ("email", "e-mail address"),
)
COMPARE = (
    ("==", "is"),
    ("!=", "is not"),
    ("contains", "contains"),
    ("not contains", "does not contain"),
    (">", "is more than"),
    (">=", "is at least"),
    ("<", "is less than"),
    ("<=", "is at most"),
    ("", "whatever it is"),
)
CASES = (("ok", "it worked"), ("failed", "it failed"), ("value", "a value of the answer"), ("status", "the status code"))
RULE = (("is", "is"), ("is not", "is not"), *COMPARE[2:8])
METHODS = (("GET", "GET, reads something"), ("POST", "POST, sends something"), ("PUT", "PUT"), ("PATCH", "PATCH"), ("DELETE", "DELETE"))


class StepForm(GraphForm):
    """What every kind of step has: a name, and whether it can be entered from anywhere."""

    bindings = {"name": text("name"), "anywhere": flag("isGlobal"), "when": text("globalLabel"), "when_more": text("globalDescription")}
    main = ["name"]
    more = ["anywhere", "when", "when_more"]

    name = line("Name")

    def __init__(self, node: Node, graph: Graph, posted: Any = None, *, pathways: Choices = ()) -> None:
        self.node, self.pathways = node, pathways
        super().__init__(node.data, graph, posted)

    def operations(self) -> list[dict[str, Any]]:
        data = self.changes()
        return [{"op": "update", "step": self.node.id, "data": data}] if data else []

    anywhere = switch(
        "Can be entered from anywhere", "For what people may ask at any time. Without a way on it returns to where the call was."
    )
    when = line("When it is entered from anywhere", help_text="For example: they ask for a person.")
    when_more = area("More about when", rows=2)


class SpeakingForm(StepForm):
    bindings = {**StepForm.bindings, "words": bindings.WORDS}
    main = ["name", "how", "words"]

    how = forms.ChoiceField(label="How to say it", choices=(("own", "In its own words"), ("exact", "Word for word")), widget=Segments())
    words = area("What to say here", help_text="A fact of the call goes in double braces: {{name}}.", rows=4)

    def arrange(self) -> None:
        super().arrange()
        self.initial["how"] = "exact" if text_of(self.kept, "text") else "own"

    def finish(self, after: dict[str, Any]) -> None:
        super().finish(after)
        if "how" in self.changed_data or "words" in self.changed_data:
            bindings.write_words(after, self.cleaned_data["words"], self.cleaned_data["how"] == "exact")


class ListeningForm(SpeakingForm):
    """A step that waits for the person."""

    bindings = {
        **SpeakingForm.bindings,
        "remember": bindings.VARIABLES,
        "condition": text("condition"),
        "go_on": within("modelOptions", flag("skipUserResponse")),
        "no_interrupt": within("modelOptions", flag("block_interruptions")),
        "patience": within("modelOptions", whole("interruptionThreshold")),
    }
    main = [*SpeakingForm.main, "remember", "no_interrupt"]
    more = ["condition", "go_on", "patience", *StepForm.more]

    remember = RowsField(
        (
            Column("name", "Name", needed="give it a name.", placeholder="chosen_time"),
            Column("type", "Kind", choices=TYPES),
            Column("what", "What it is", placeholder="The time they choose", size="wide"),
            Column("required", "Ask until they say it", check=True),
        ),
        one="answer",
        label="Remember from their answer",
        help_text="Filled only if they said it.",
    )
    condition = area("Stay here until", help_text="It asks again until this is so. Empty: it goes on at the first fitting answer.", rows=2)
    go_on = switch("Go on without waiting for an answer")
    no_interrupt = switch("Do not let them interrupt")
    patience = forms.IntegerField(label="Pause before it answers", required=False, min_value=0, max_value=60_000)

    def arrange(self) -> None:
        super().arrange()
        self.fields["patience"].unit = "ms"  # type: ignore[attr-defined]


class EndForm(SpeakingForm):
    def arrange(self) -> None:
        super().arrange()
        self.fields["words"].label = "Last words"


class TransferForm(SpeakingForm):
    bindings = {**SpeakingForm.bindings, "number": text("transferNumber")}
    main = ["name", "number", "how", "words"]
    number = line("Number to hand over to", help_text="With country code, like +1 720 555 0142.", inputmode="tel")

    def arrange(self) -> None:
        super().arrange()
        self.fields["words"].label = "What to say before"


class AnswersForm(SpeakingForm):
    """A step that asks a program, and goes on by what it answered."""

    bindings = {**SpeakingForm.bindings, "answers": bindings.RESPONSES}

    answers = RowsField(
        (
            Column("case", "When", choices=CASES, size="wide"),
            Column("variable", "What", placeholder="status", size="case"),
            Column("operator", "How", choices=COMPARE, size="if"),
            Column("value", "With", placeholder="open", size="if"),
            Column("target", "Then go to", choices=(("", "choose a step"),), size="wide"),
        ),
        one="way",
        label="Where it goes after the answer",
        help_text="From the top: the first that holds is taken.",
    )

    def arrange(self) -> None:
        super().arrange()
        offer(self, "answers", "target", targets(self.graph, [response["target"] for response in self.initial["answers"]]))
        self.fields["words"].label = "What to say afterwards"

    def clean_answers(self) -> list[Row]:
        rows: list[Row] = self.cleaned_data["answers"]
        for number, row in enumerate(rows, 1):
            if row["case"] == "value" and not row["variable"]:
                raise ValidationError(f"Way {number}: say which value is compared.")
        return rows


class WebhookForm(AnswersForm):
    bindings = {
        **AnswersForm.bindings,
        "url": text("url"),
        "method": text("method"),
        "headers": pairs("headers"),
        "body": text("body"),
        "keep": bindings.KEPT,
        "timeout": whole("timeoutValue"),
        "retries": whole("max_retries"),
        "sample": text("sample"),
        "remember": bindings.VARIABLES,
    }
    main = ["name", "method", "url", "body", "keep", "answers"]
    more = ["sample", "headers", "timeout", "retries", "how", "words", "remember", *StepForm.more]

    url = line(
        "Web address", most=2000, help_text="Facts of the call in double braces: https://example.com/slots?day={{day}}", inputmode="url"
    )
    method = forms.ChoiceField(label="What it does there", choices=METHODS, required=False)
    body = area("What is sent", help_text="For POST, PUT and PATCH. Usually JSON.", rows=3, spellcheck="false")
    headers = RowsField(
        (Column("name", "Header", needed="give it a name.", placeholder="X-Team"), Column("value", "Value")), one="header", label="Headers"
    )
    keep = RowsField(
        (
            Column("name", "Name", needed="give it a name.", placeholder="slots"),
            Column("path", "Where it stands", needed="say where it stands in the answer.", placeholder="$.slots"),
            Column("what", "What it is", size="wide", placeholder="Open times"),
        ),
        one="value",
        label="Keep from the answer",
    )
    sample = area(
        "What it answers in a rehearsal", help_text="Rehearsals ask nobody: they take this as the answer.", rows=3, spellcheck="false"
    )
    timeout = forms.IntegerField(label="Wait at most", required=False, min_value=0, max_value=3600)
    retries = forms.IntegerField(label="Try again", required=False, min_value=0, max_value=100)
    remember = RowsField(ListeningForm.base_fields["remember"].columns, one="answer", label="Remember from what they said before")  # type: ignore[attr-defined]

    def arrange(self) -> None:
        super().arrange()
        self.fields["timeout"].unit = "seconds"  # type: ignore[attr-defined]
        self.fields["retries"].unit = "times"  # type: ignore[attr-defined]
        keep_choice(self, "method", METHODS, "GET")


class ToolForm(AnswersForm):
    bindings = {
        **AnswersForm.bindings,
        "speech": text("speech"),
        "tool_name": within("tool", text("name")),
        "about": within("tool", text("description")),
        "url": tool(text("url")),
        "method": tool(text("method")),
        "headers": tool(pairs("headers")),
        "body": tool(text("body")),
        "sample": tool(text("sample")),
    }
    main = ["name", "tool_name", "about", "method", "url", "body", "speech", "answers"]
    more = ["sample", "headers", "how", "words", *StepForm.more]

    tool_name = line("Name of the tool")
    about = area("What the tool does", rows=2)
    url = line("Web address", most=2000, inputmode="url")
    method = forms.ChoiceField(label="What it does there", choices=METHODS, required=False)
    body = area("What is sent", rows=3, spellcheck="false")
    headers = RowsField(WebhookForm.base_fields["headers"].columns, one="header", label="Headers")  # type: ignore[attr-defined]
    sample = area(
        "What it answers in a rehearsal", help_text="Rehearsals ask nobody: they take this as the answer.", rows=3, spellcheck="false"
    )
    speech = line("What to say meanwhile", help_text="For example: one moment, I am looking.")

    def arrange(self) -> None:
        super().arrange()
        keep_choice(self, "method", METHODS, "GET")


class KnowledgeForm(ListeningForm):
    bindings = {**ListeningForm.bindings, "kb": bindings.KB}
    main = ["name", "kb", "how", "words", "remember"]
    more = ["no_interrupt", *ListeningForm.more]
    kb = area("What it knows", help_text="Facts in plain sentences. It answers from these and from nothing else.", rows=6)

    def arrange(self) -> None:
        super().arrange()
        self.fields["words"].label = "How to answer"


class SmsForm(StepForm):
    bindings = {**StepForm.bindings, "body": text("smsBody"), "number": text("phoneNumber")}
    main = ["name", "body", "number"]
    body = area("Text message", help_text="Facts of the call in double braces: See you {{day}}.", rows=4)
    number = line("To another number", help_text="Empty: to the person on the call.", inputmode="tel")


class PressForm(StepForm):
    bindings = {**StepForm.bindings, "keys": bindings.KEYS, "choose": text("digitPrompt")}
    main = ["name", "keys", "choose"]
    keys = line("Keys to press", help_text="0 to 9, * and #; w waits a moment.", most=60)
    choose = area("Or how to choose the key", help_text="For menus that differ from call to call.", rows=2)


class PathwayForm(SpeakingForm):
    bindings = {**SpeakingForm.bindings, "pathway": bindings.PATHWAY}
    main = ["name", "pathway", "how", "words"]
    pathway = forms.ChoiceField(label="Pathway to go over to", required=False)

    def arrange(self) -> None:
        super().arrange()
        now = self.initial["pathway"]
        known = dict(self.pathways)
        more = [(now, "a pathway that is not here")] if now and now not in known else []
        self.fields["pathway"].choices = [("", "choose a pathway"), *self.pathways, *more]  # type: ignore[attr-defined]


class RouteForm(StepForm):
    bindings = {**StepForm.bindings, "rules": bindings.RULES, "otherwise": text("fallbackNodeId")}
    main = ["name", "rules", "otherwise"]
    rules = RowsField(
        (
            Column("join", "Begins", choices=(("if", "if"), ("and", "and"))),
            Column("field", "Fact", needed="say which fact is compared.", placeholder="age"),
            Column("operator", "How", choices=RULE),
            Column("value", "With", placeholder="65"),
            Column("target", "Then go to", choices=(("", "choose a step"),), size="wide"),
        ),
        one="rule",
        label="Rules",
        help_text="From the top: the first that holds is taken. A row with “and” belongs to the rule above it.",
    )
    otherwise = forms.ChoiceField(label="Where it goes when none holds", required=False)

    def arrange(self) -> None:
        super().arrange()
        offer(self, "rules", "target", targets(self.graph, [rule["target"] for rule in self.initial["rules"]]))
        self.fields["otherwise"].choices = targets(self.graph, [self.initial["otherwise"]])  # type: ignore[attr-defined]


class OtherForm(StepForm):
    """A kind that Parley cannot run: its name can be changed, the rest is kept as it came."""

    more = []


FORMS: Mapping[Kind, type[StepForm]] = {
    Kind.SAY: ListeningForm,
    Kind.WAIT: ListeningForm,
    Kind.END: EndForm,
    Kind.TRANSFER: TransferForm,
    Kind.WEBHOOK: WebhookForm,
    Kind.KNOWLEDGE: KnowledgeForm,
    Kind.SMS: SmsForm,
    Kind.TOOL: ToolForm,
    Kind.PRESS: PressForm,
    Kind.PATHWAY: PathwayForm,
    Kind.ROUTE: RouteForm,
    Kind.OTHER: OtherForm,
}


def step_form(node: Node, graph: Graph, posted: Any = None, *, pathways: Choices = ()) -> StepForm:
    return FORMS[node.kind](node, graph, posted, pathways=pathways)


def keep_choice(form: GraphForm, name: str, choices: Choices, usual: str) -> None:
    """Shows `usual` where nothing is kept, and offers what is kept when it is unusual."""
    field: Any = form.fields[name]
    now = str(form.initial[name] or usual)
    form.initial[name] = now
    field.choices = [*choices] + [(now, now)] * (now not in dict(choices))


def offer(form: GraphForm, name: str, column: str, choices: list[tuple[str, str]]) -> None:
    """Gives one column of a rows field its choices: for this form only."""
    field: Any = form.fields[name]
    field.columns = tuple(_with(each, choices) if each.name == column else each for each in field.columns)
    field.widget.columns = field.columns


def _with(column: Column, choices: list[tuple[str, str]]) -> Column:
    return Column(column.name, column.label, tuple(choices), column.check, column.needed, column.placeholder, column.size)
