"""The form of a draft: every parameter that a persona may carry, grouped as on Send call, and what a persona has besides.

It checks nothing by itself: `read` is what a program would send, and personas.checking judges that.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.http import QueryDict

from config.kit import pickers
from config.kit.forms import Switch
from config.models import Account
from personas import citation_schemas, queries, summaries
from personas.content import DISCLOSURES, Content, knowledge_of
from personas.difference import Difference, difference
from personas.forms import LONGEST_TEXT, Pickers, body_of, control_for, fields_of, initial_of, names, time_zones
from personas.parameters import BY_NAME, GROUPS, PARAMETERS, Context, FieldError, Parameter, defaults, in_group, validate

# Drawn by hand above the groups.
OPEN = ("task", "first_sentence", "request_data", "tools", "pathway_id", "pathway_version")
SECRETS = ("dynamic_data",)  # its headers often hold keys: for those who may change them
ROUTE_PARTS = ("name", "prompt", "pathway_id", "pathway_version", "start_node_id")
MOST_ROWS = 20


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


@dataclass(frozen=True, slots=True)
class RouteRow:
    """One route as its controls show it, with what can be chosen of its pathway."""

    number: int
    name: str
    prompt: str
    pathway_id: str
    pathway_version: str
    start_node_id: str
    versions: pickers.Options
    steps: pickers.Options


class PersonaForm(forms.Form):
    """`draft` is what the controls show at first, `production` what they are compared with."""

    def __init__(
        self, account: Account, draft: Content, production: Content, data: QueryDict | None = None, *, editor: bool = True
    ) -> None:
        super().__init__(data)
        self.account, self.draft, self.production, self.editor = account, draft, production, editor
        self.wrong: dict[str, list[str]] = {}
        self.knowledge = queries.knowledge(account)
        self.pathways = pickers.options("pathways", account)
        self.schemas = citation_schemas.options(account)
        self.parameters = [p for p in PARAMETERS if p.preset and (editor or p.name not in SECRETS)]
        self._make()
        self.content = self._kept(self.read()[0])
        self.difference = self._compare()
        self._mark()

    def _make(self) -> None:
        choices = Pickers(
            numbers=pickers.options("numbers", self.account),
            pools=pickers.options("pools", self.account),
            knowledge=self.knowledge,
            schemas=self.schemas,
            pathways=self.pathways,
            timezones=time_zones(),
        )
        shown = self.draft.effective()
        for parameter in self.parameters:
            for name, field in fields_of(parameter, choices).items():
                field.initial = initial_of(parameter, shown.get(parameter.name)).get(name)
                _offer(field, str(field.initial or ""))
                self.fields[name] = field
        self.fields["orchestration_prompt"] = forms.CharField(
            required=False,
            label="Words for every call",
            help_text="Stand before the task, also before a task of another one. Empty: nothing is added.",
            widget=forms.Textarea({"rows": 3}),
            initial=self.draft.orchestration_prompt,
            max_length=LONGEST_TEXT,
        )
        self.fields["disclose"] = forms.BooleanField(
            required=False, label="Say at the beginning what it is", widget=Switch(), initial=bool(self.draft.disclosures)
        )
        self.fields["disclosures"] = forms.MultipleChoiceField(
            required=False,
            label="Which of these",
            widget=forms.CheckboxSelectMultiple,
            choices=[(key, words[:1].upper() + words[1:]) for key, words in DISCLOSURES.items()],
            initial=list(self.draft.disclosures) or list(DISCLOSURES),
        )

    # what was posted --------------------------------------------------------------------------------------------------
    def read(self) -> tuple[Content, list[FieldError]]:
        """The draft that the controls stand for, and the controls that could not be read."""
        if not self.is_bound:
            return self.draft, []
        assert isinstance(self.data, QueryDict)
        posted = body_of(self.parameters, self.data, defaults())
        drawn = {parameter.name for parameter in self.parameters if self._was_drawn(parameter)}
        config = {name: value for name, value in self.draft.config.items() if name not in drawn or self._stays(name, posted.body)}
        config |= posted.body
        self._keep_tools(config)
        self._drop_schemas(config)
        said = self.data.getlist("disclosures") if "disclose" in self.data else []
        words = self.data.get("orchestration_prompt", "").strip()[:LONGEST_TEXT].replace("\r\n", "\n")
        return Content(config, words, self._posted_routes(), [key for key in DISCLOSURES if key in said]), posted.errors

    def _kept(self, content: Content) -> Content:
        """With parameters as they would be kept, so that "10" is compared as 10; what is wrong counts as no change."""
        if not self.is_bound:
            return content
        found = validate(dict(content.config), Context(allow_http=True), preset=True)
        wrong = {error.name for error in found.errors}
        held = {name: value for name, value in self.production.config.items() if name in wrong}
        return replace(content, config={**{name: value for name, value in found.values.items() if name not in wrong}, **held})

    def _was_drawn(self, parameter: Parameter) -> bool:
        return any(name in self.data or f"{name}-shown" in self.data for name, _ in names(parameter))

    def _stays(self, name: str, posted: Mapping[str, Any]) -> bool:
        """A standard value that was set on purpose stays so while its control shows it."""
        return name not in posted and bool(self.draft.config[name] == BY_NAME[name].default)

    def _keep_tools(self, config: dict[str, Any]) -> None:
        """Tools that the list does not offer are not lost by saving."""
        offered = {uid for uid, _ in self.knowledge}
        others = [tool for tool in self.draft.config.get("tools") or () if tool not in offered]
        if tools := [*(tool for tool in config.get("tools") or () if tool in offered), *others]:
            config["tools"] = tools

    def _drop_schemas(self, config: dict[str, Any]) -> None:
        """Lists of facts that were deleted meanwhile go with the next saving."""
        offered, name = {uid for uid, _ in self.schemas}, citation_schemas.PARAMETER
        if not all(uid in offered for uid in config.get(name, ())):
            config[name] = [uid for uid in config[name] if uid in offered]

    def _posted_routes(self) -> list[dict[str, Any]]:
        """Rows with something in them; a row that was emptied is gone."""
        assert isinstance(self.data, QueryDict)
        columns = [self.data.getlist(f"route-{part}")[:MOST_ROWS] for part in ROUTE_PARTS]
        rows = [dict(zip(ROUTE_PARTS, values, strict=True)) for values in zip(*columns, strict=False)]
        return [_route(row) for row in rows if row["prompt"].strip() or row["pathway_id"].strip() or row["name"].strip()]

    # what is drawn ----------------------------------------------------------------------------------------------------
    @property
    def names(self) -> dict[str, str]:
        """What people call the knowledge bases, pathways and lists of facts."""
        return {**dict(self.knowledge), **dict(self.pathways), **dict(self.schemas)}

    def _compare(self) -> Difference:
        return difference(self.production, self.content, self.names)

    def _mark(self) -> None:
        """Marks the controls that differ from production, and those that hold a standard value."""
        before, after = self.production.effective(), self.content.effective()
        for parameter in self.parameters:
            shown, held = initial_of(parameter, after.get(parameter.name)), initial_of(parameter, before.get(parameter.name))
            for name, _ in names(parameter):
                field = self.fields[name]
                standard = parameter.name not in self.content.config
                field.source = "draft" if shown[name] != held[name] else "default" if standard else ""  # type: ignore[attr-defined]
                field.show_optional = False  # type: ignore[attr-defined]
        for name in ("orchestration_prompt", "disclose"):
            of = "disclosures" if name == "disclose" else name
            self.fields[name].source = "draft" if of in self.difference.names else ""  # type: ignore[attr-defined]
            self.fields[name].show_optional = False  # type: ignore[attr-defined]

    def put_errors(self, errors: Iterable[FieldError]) -> None:
        """Messages of the rules beside their fields; one without a field stands at the top."""
        for error in errors:
            field = control_for(BY_NAME.get(error.name), error) if error.name in BY_NAME else error.name
            self.wrong.setdefault(field, []).append(error.message)
            if field in self.fields:
                self.add_error(field, error.message)

    def groups(self) -> list[Group]:
        values = {**self.content.effective()}
        return [self._group(choice.value or "", choice.label, values) for choice in GROUPS]

    def _group(self, key: str, title: str, values: dict[str, Any]) -> Group:
        parameters = [p for p in in_group(key) if p.name not in OPEN and p in self.parameters]
        drawn = [self[name] for p in parameters for name, _ in names(p) if self._useful(p, name)]
        changed = sum(any(self.fields[n].source == "draft" for n, _ in names(p)) for p in parameters)  # type: ignore[attr-defined]
        wrong = sum(name in self.wrong for p in parameters for name, _ in names(p))
        return Group(key, title, summaries.GROUP_ICONS[key], summaries.summary(key, values), drawn, changed, wrong)

    def _useful(self, parameter: Parameter, name: str) -> bool:
        """A picker with nothing to pick is not drawn."""
        of = dict(names(parameter))[name]
        least = {"number-picker": 2, "pool-picker": 2, "schemas-picker": 1}.get(of.widget, 0)
        return not least or len(getattr(self.fields[name].widget, "choices", [])) >= least

    def rows(self, *, more: int = 0) -> list[RouteRow]:
        """The routes, and `more` empty rows when they were asked for."""
        given = [*(dict(route) for route in self.content.routes), *({} for _ in range(more))]
        known = pickers.steps(self.account, sorted({str(route["pathway_id"]) for route in given if route.get("pathway_id")}))
        return [_row(number, route, known) for number, route in enumerate(given[:MOST_ROWS], 1)]

    def other_tools(self) -> list[str]:
        offered = set(knowledge_of({"tools": [uid for uid, _ in self.knowledge]}))
        return [tool for tool in self.content.config.get("tools") or () if tool not in offered]


def _offer(field: forms.Field, value: str) -> None:
    """A value that its list does not hold any more stands there still: saving must not lose it."""
    if isinstance(field.widget, forms.Select):
        choices = list(field.widget.choices)
        if value and value not in {str(key) for key, _ in choices}:
            field.widget.choices = [*choices, (value, f"{value}, not in the list")]


def _route(row: Mapping[str, str]) -> dict[str, Any]:
    version = row["pathway_version"].strip() or "production"
    return {
        "name": row["name"].strip(),
        "prompt": row["prompt"].strip(),
        "pathway_id": row["pathway_id"].strip(),
        "pathway_version": int(version) if version.isascii() and version.isdecimal() else version,
        "start_node_id": row["start_node_id"].strip() or None,
    }


def _row(number: int, route: Mapping[str, Any], known: Mapping[str, pickers.Steps]) -> RouteRow:
    uid = str(route.get("pathway_id") or "")
    chosen = known.get(uid, pickers.Steps())
    version, step = str(route.get("pathway_version") or "production"), str(route.get("start_node_id") or "")
    versions = list(chosen.versions) or [("production", "In production")]
    if version not in dict(versions):
        versions.append((version, f"Version {version}"))
    steps = [("", "Where it starts by itself"), *chosen.steps]
    if step not in dict(steps):
        steps.append((step, f"{step}, not in this pathway"))
    return RouteRow(number, str(route.get("name") or ""), str(route.get("prompt") or ""), uid, version, step, versions, steps)
