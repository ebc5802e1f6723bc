"""Statements that a live call runs several times a second, prepared once.

300 conversations write some 300 rows a second. Building the same statement anew for each costs three times as much as running it.
Only calls.lifecycle and calls.hooks use this.
"""

from collections.abc import Collection, Mapping
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import Model

from calls.models import Call


class Counted(NamedTuple):
    """What is needed beside a new event, read by the statement that counts it."""

    seq: int
    uid: UUID
    account_id: int
    hook_events: str
    webhook: str  # of the call's own; "" also when it sends no events


def count_up(
    call_id: int, *, owner: UUID | None = None, states: Collection[str] = (), columns: Mapping[str, Any] | None = None
) -> Counted | None:
    """Counts the call's last_seq up and sets `columns`; returns the new seq and what else an event needs of its call.

    None, and nothing is written: there is no such call, or not in one of `states`, or not leased by `owner` (each when given).
    """
    given = [*(columns or {}).items()]
    fields: list[Any] = [Call._meta.get_field(name) for name, _ in given]
    changes = ", ".join(["last_seq = last_seq + 1", *(f"{field.column} = %s" for field in fields)])
    params = [field.get_db_prep_save(value, connection) for field, (_, value) in zip(fields, given, strict=True)]
    where, params = "id = %s", [*params, call_id]
    if states:
        where, params = f"{where} AND state IN ({', '.join(['%s'] * len(states))})", [*params, *map(str, states)]
    if owner is not None:
        where, params = f"{where} AND lease_owner = %s", [*params, Call._meta.get_field("lease_owner").get_db_prep_value(owner, connection)]
    with connection.cursor() as cursor:
        # Names of ours; every value is a parameter.
        cursor.execute(f"UPDATE {_CALLS} SET {changes} WHERE {where} RETURNING {_told()}", params)  # noqa: S608
        rows = cursor.fetchall()
    if not rows:
        return None
    seq, uid, account_id, hook_events, webhook = rows[0]
    return Counted(seq, uid if isinstance(uid, UUID) else UUID(uid), account_id, hook_events, webhook or "")


@cache
def _told() -> str:
    webhook = "JSON_EXTRACT(config, '$.webhook')" if connection.vendor == "sqlite" else "config ->> 'webhook'"
    return f"last_seq, uid, account_id, hook_events, CASE WHEN hook_events = '' THEN '' ELSE {webhook} END"


def insert(row: Model) -> None:
    """Inserts a new row of a model with a generated key, which is not read back."""
    sql, fields = _insertion(type(row))
    with connection.cursor() as cursor:
        cursor.execute(sql, [field.get_db_prep_save(field.pre_save(row, True), connection) for field in fields])


_CALLS = Call._meta.db_table


@cache
def _insertion(model: type[Model]) -> tuple[str, list[Any]]:
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    names = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    return f"INSERT INTO {model._meta.db_table} ({names}) VALUES ({places})", fields  # noqa: S608  names of ours, no input
