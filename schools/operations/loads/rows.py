"""Many rows at once, with ids made here: COPY on PostgreSQL, many rows a statement on SQLite."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import cast

from django.db import connection, models

CHUNK = 5_000


class Table:
    """Rows of one model, written in columns. `columns` are attribute names (`user_id`); `id` is counted here if asked."""

    def __init__(self, model: type[models.Model], columns: Sequence[str]):
        self.model = model
        meta = model._meta
        self.fields = [cast(models.Field, meta.get_field(name)) for name in columns]
        self.names = [field.column for field in self.fields]
        pk = meta.pk.attname
        self.next_id = (model._base_manager.aggregate(last=models.Max(pk))["last"] or 0) + 1 if pk == "id" else None

    def take_id(self) -> int:
        """The next id; the caller writes it in the column `id`."""
        self.next_id += 1
        return self.next_id - 1

    def write(self, rows: Iterable[Sequence]) -> int:
        """Write rows (values in the order of the columns, as Python has them); returns how many."""
        if connection.vendor == "postgresql":
            return self._copy(rows)
        count = 0
        quoted = ", ".join(connection.ops.quote_name(name) for name in self.names)
        marks = ", ".join(["%s"] * len(self.names))
        table = connection.ops.quote_name(self.model._meta.db_table)
        sql = f"INSERT INTO {table} ({quoted}) VALUES ({marks})"  # noqa: S608 (names of our own tables)
        for chunk in _chunks(rows):
            values = [
                [field.get_db_prep_save(value, connection) for field, value in zip(self.fields, row, strict=True)]
                for row in chunk
            ]
            with connection.cursor() as cursor:
                cursor.executemany(sql, values)
            count += len(chunk)
        return count

    def _copy(self, rows: Iterable[Sequence]) -> int:
        from psycopg import sql

        statement = sql.SQL("COPY {} ({}) FROM STDIN").format(
            sql.Identifier(self.model._meta.db_table), sql.SQL(", ").join(map(sql.Identifier, self.names))
        )
        count = 0
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
                count += 1
        if self.next_id is not None:
            self._count_on()
        return count

    def _count_on(self) -> None:
        """Let the database count on from where this ended: also a broken run leaves it right."""
        with connection.cursor() as cursor:
            table = self.model._meta.db_table
            cursor.execute("SELECT setval(pg_get_serial_sequence(%s, 'id'), %s)", [table, max(1, self.next_id - 1)])


def _chunks(rows: Iterable[Sequence]) -> Iterator[list]:
    walk = iter(rows)
    while chunk := list(islice(walk, CHUNK)):
        yield chunk
