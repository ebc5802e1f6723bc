"""Reads an API key, its account and rows beside the account by a statement that is made once.

Every request of the API does this. Through the ORM, composing the same statement anew took four times as long as running it. Nothing but
the statement is kept: the rows are read each time, so a revoked key or a flagged account counts at once.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db import connection
from django.db.models import Model

from config.models import Account, ApiKey


@dataclass(frozen=True, slots=True)
class _Part:
    """The columns of one model within the row."""

    model: type[Model]
    start: int
    names: tuple[str, ...]
    converters: tuple[tuple[int, Callable[[Any, Any, Any], Any], Any], ...]

    def make(self, row: Sequence[Any]) -> Any:
        values = list(row[self.start : self.start + len(self.names)])
        if values[0] is None:  # the primary key: an outer join found nothing
            return None
        for place, convert, column in self.converters:
            values[place] = convert(values[place], column, connection)
        return self.model.from_db(connection.alias, self.names, values)


def read(digest: str, account_with: tuple[str, ...] = ()) -> ApiKey | None:
    """The key with this digest, with `account` and the account's one-to-one rows `account_with` in their places."""
    sql, parts = _statement(account_with, connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(sql, [digest])
        row = cursor.fetchone()
    if row is None:
        return None
    key: ApiKey = parts[0].make(row)
    key.account = account = parts[1].make(row)
    for name, part in zip(account_with, parts[2:], strict=True):
        relation: Any = Account._meta.get_field(name)
        beside = part.make(row)
        relation.set_cached_value(account, beside)
        if beside is not None:
            relation.field.set_cached_value(beside, account)
    return key


@cache
def _statement(account_with: tuple[str, ...], vendor: str) -> tuple[str, tuple[_Part, ...]]:
    key, account = ApiKey._meta.db_table, Account._meta.db_table
    joins = [f"INNER JOIN {account} ON {account}.id = {key}.account_id"]
    models: list[type[Model]] = [ApiKey, Account]
    for name in account_with:
        relation: Any = Account._meta.get_field(name)
        table, column = relation.related_model._meta.db_table, relation.field.column
        joins.append(f"LEFT JOIN {table} ON {table}.{column} = {account}.id")
        models.append(relation.related_model)
    columns: list[str] = []
    parts = []
    for model in models:
        parts.append(_part(model, len(columns)))
        columns.extend(f'{model._meta.db_table}."{field.column}"' for field in model._meta.concrete_fields)
    return f"SELECT {', '.join(columns)} FROM {key} {' '.join(joins)} WHERE {key}.digest = %s", tuple(parts)  # noqa: S608


def _part(model: type[Model], start: int) -> _Part:
    fields = model._meta.concrete_fields
    assert fields[0].primary_key, "the primary key tells whether the row is there"
    converters = []
    for place, field in enumerate(fields):
        column = field.get_col(model._meta.db_table)
        for convert in (*connection.ops.get_db_converters(column), *field.get_db_converters(connection)):
            converters.append((place, convert, column))
    return _Part(model, start, tuple(field.attname for field in fields), tuple(converters))
