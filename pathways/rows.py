"""A form field of several rows, each of a few controls, with an empty row at the end for one more. Works without a script.

A row remembers at which place of the kept list it stood (`was`), so that what the form does not show stays with it.
A row whose controls are all empty is no row: to take one out is to empty it, or to press its button (`drop` = name of the row).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict

MOST = 60

type Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    label: str
    choices: tuple[tuple[str, str], ...] = ()  # () is a field for text
    check: bool = False  # a tick; says nothing by itself
    needed: str = ""  # the message when it is empty in a row that is not
    placeholder: str = ""
    size: str = ""  # "wide" takes a line of its own


@dataclass(frozen=True, slots=True)
class Cell:
    column: Column
    id: str
    name: str
    value: str
    wrong: bool
    label: str

    @property
    def choices(self) -> tuple[tuple[str, str], ...]:
        """Those of the column, and what is kept when it is none of them: what is not touched must not change."""
        known = dict(self.column.choices)
        return self.column.choices + ((self.value, self.value),) * bool(self.value and self.value not in known)


class RowsWidget(forms.Widget):
    template_name = "pathways/_rows.html"
    use_fieldset = True

    def __init__(self, columns: Sequence[Column], one: str) -> None:
        super().__init__()
        self.columns, self.one = columns, one

    def value_from_datadict(self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str) -> list[Row]:
        rows = []
        dropped = data.get("drop")
        for index in range(MOST):
            key = f"{name}-{index}"
            cells = {column.name: str(data.get(f"{key}-{column.name}") or "").strip() for column in self.columns}
            if key != dropped and self._says(cells):
                rows.append({**cells, "was": str(data.get(f"{key}-was") or "")})
        return rows

    def value_omitted_from_data(self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str) -> bool:
        return f"{name}-rows" not in data

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        rows = [*(value or []), {}]
        prefix = (attrs or {}).get("id", f"id_{name}")
        context["widget"] |= {"one": self.one, "rows": [self._row(name, prefix, index, row) for index, row in enumerate(rows[:MOST])]}
        return context

    def _row(self, name: str, prefix: str, index: int, row: Row) -> dict[str, Any]:
        cells = [
            Cell(
                column,
                f"{prefix}-{index}-{column.name}",
                f"{name}-{index}-{column.name}",
                row.get(column.name, "") if row else (column.choices[0][0] if column.choices else ""),
                bool(column.needed and row and not row.get(column.name)),
                f"{column.label}, {self.one} {index + 1}",
            )
            for column in self.columns
        ]
        return {"cells": cells, "name": f"{name}-{index}", "was": row.get("was", ""), "new": not row, "number": index + 1}

    def _says(self, cells: Row) -> bool:
        """Whether somebody wrote something: a choice that is always made, or a tick, is not enough."""
        telling = [column for column in self.columns if not column.check and not (column.choices and column.choices[0][0])]
        return any(cells[column.name] for column in telling)


class RowsField(forms.Field):
    """Cleaned: list of rows, each {column: text, "was": place in the kept list or ""}."""

    def __init__(self, columns: Sequence[Column], *, one: str, label: str, help_text: str = "") -> None:
        super().__init__(required=False, label=label, help_text=help_text, widget=RowsWidget(columns, one))
        self.columns, self.one = columns, one
        self.show_optional = False

    def clean(self, value: Any) -> list[Row]:
        rows: list[Row] = value or []
        for number, row in enumerate(rows, 1):
            for column in self.columns:
                if column.needed and not row[column.name]:
                    raise ValidationError(f"{self.one.capitalize()} {number}: {column.needed}")
        return rows

    def has_changed(self, initial: Any, data: Any) -> bool:
        return bool((initial or []) != (data or []))
