"""Many rows at once: COPY on PostgreSQL, executemany on SQLite, ids given by us."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection
from django.db.models import Model


class Mould:
    """The columns of a model and what stands in them unless a row says otherwise."""

    def __init__(self, row: Model) -> None:
        fields = [f for f in type(row)._meta.concrete_fields if not f.generated]
        self.table = type(row)._meta.db_table
        self.columns = [str(f.column) for f in fields]
        self._values = [f.get_db_prep_save(getattr(row, f.attname), connection) for f in fields]
        self._places = {key: n for n, f in enumerate(fields) for key in (f.name, f.attname)}

    def cast(self, columns: Mapping[str, Any]) -> list[Any]:
        """A row with these columns, given by name and ready for the database."""
        row = self._values.copy()
        for name, value in columns.items():
            row[self._places[name]] = value
        return row

    def narrowed(self, names: Sequence[str]) -> tuple[list[str], list[Any]]:
        """All columns but the key, `names` first, and the values of those behind them."""
        first = [self._places[name] for name in names]
        rest = [n for n in range(len(self.columns)) if n not in first and n != self._places.get("id")]
        return [self.columns[n] for n in (*first, *rest)], [self._values[n] for n in rest]


def insert(table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Within the caller's transaction. Values as the database takes them; times and JSON as text."""
    named = ", ".join(connection.ops.quote_name(name) for name in columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({named}) FROM STDIN") as copy:  # names of ours
                for row in rows:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(columns))
            cursor.executemany(f"INSERT INTO {table} ({named}) VALUES ({places})", list(rows))  # noqa: S608  names of ours, no input


def reserve(table: str, many: int) -> int:
    """The first of `many` ids in a row that nobody else gets. On SQLite within the transaction that uses them."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_get_serial_sequence(%s, 'id')", [table])
            (sequence,) = cursor.fetchone()
            cursor.execute("SELECT setval(%s, nextval(%s) + %s)", [sequence, sequence, many - 1])
            return int(cursor.fetchone()[0]) - many + 1
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        found = cursor.fetchone()
        return int(found[0]) + 1 if found else 1


def settle(tables: Sequence[str]) -> None:
    """Lets the database look at what it has got, as it would do by itself in time; outside of a transaction it also tidies them."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            how = "ANALYZE" if connection.in_atomic_block else "VACUUM (ANALYZE)"
            for table in tables:
                cursor.execute(f"{how} {table}")
