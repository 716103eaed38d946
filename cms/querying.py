"""Statements whose SQL is built once in each process: for the few that run with every answer of every pupil (ADR 0051).

Django builds the SQL of a queryset anew for each call, which costs more than its execution. `BuiltOnce` keeps what was
built and puts in the values:

    OWN = BuiltOnce(lambda: Attempt.objects.filter(uuid=Param("uuid", UUIDField()), user_id=Param("user", BigAutoField())))
    attempt = OWN.one(uuid=uuid, user=user.pk)

`UpdateOnce` and `InsertOnce` do the same for writes. As their text never changes, PostgreSQL prepares them (ADR 0052).
"""

import copy
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from types import SimpleNamespace
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Expression, Field, Model, QuerySet
from django.db.models.constants import OnConflict
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.subqueries import InsertQuery, UpdateQuery


class Param(Expression):
    """A place for a value that comes with each call; never None, for which SQL has another operator."""

    def __init__(self, name: str, output_field: Field):
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler, connection):
        return "%s", [self]

    def prepared(self, value: Any, connection) -> Any:
        if value is None:
            raise ValueError(f"{self.name} has no value")
        return self.output_field.get_db_prep_value(value, connection)


def _cursor(connection):
    """The engine's cursor for a text that stays, where it has one (`cms.postgres`)."""
    return getattr(connection, "lasting_cursor", connection.cursor)()


# SQLite's adapters have made text of it by then.
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d|\d\d:\d\d")

M = TypeVar("M", bound=Model)


class BuiltOnce(Generic[M]):
    """A query with `Param`s in it. `build` is called once for each database and returns the whole queryset.

    What `build` reads from its surroundings (today's date, the reader) would stay for ever, so a moment in it is refused.
    """

    def __init__(self, build: Callable[[], QuerySet[M]]):
        self._build = build
        self._built: dict[str, tuple[QuerySet[M], _Built, tuple]] = {}

    def rows(self, *, using: str = DEFAULT_DB_ALIAS, **values: Any) -> list[M]:
        """The rows for these values, in whatever shape the queryset gives them."""
        built = self._built.get(using)
        if built is None:
            built = self._built[using] = self._compiled(using)
        queryset, compiled, places = built
        connection = connections[using]
        params = tuple(
            place.prepared(values[place.name], connection) if isinstance(place, Param) else place for place in places
        )
        bound = object.__new__(type(queryset))
        bound.__dict__ = {**queryset.__dict__, "_query": _Ready(queryset.query, compiled, params)}
        return list(bound)

    def one(self, **values: Any) -> M:
        """The one row for these values. Raises the model's DoesNotExist."""
        found = self.rows(**values)
        if not found:
            raise self._built[DEFAULT_DB_ALIAS][0].model.DoesNotExist()
        return found[0]

    def _compiled(self, using: str) -> tuple[QuerySet[M], "_Built", tuple]:
        queryset = self._build().using(using)
        compiler = queryset.query.get_compiler(using)
        sql, places = compiler.as_sql()
        if any(isinstance(place, (date, time)) or _MOMENT.match(str(place)) for place in places):
            raise TypeError("a moment in a query that is built once would stay for ever: make it a Param")
        return (
            queryset,
            _Built(compiler, sql, compiler.get_converters(one for one, *_ in compiler.select)),
            tuple(places),
        )


class UpdateOnce:
    """An update of some columns of one row, its SQL built once: `STORE(attempt.pk, answers=…, saved_at=…)`.

    Like a queryset's `update` it sends no signal; each call gives every column, None included. With `unless_changed` a
    call gives too what these columns were when the row was read (`before`, never None), and writes only if they still are.
    """

    def __init__(self, model: type[Model], *columns: str, unless_changed: Sequence[str] = ()):
        self._model, self._columns, self._compared = model, columns, tuple(unless_changed)
        self._built: dict[str, tuple[str, list[Param]]] = {}

    def __call__(
        self, pk: Any, *, before: Mapping[str, Any] | None = None, using: str = DEFAULT_DB_ALIAS, **values: Any
    ) -> bool:
        """Whether the row was written."""
        old = before or {}
        if values.keys() != set(self._columns) or old.keys() != set(self._compared):
            raise TypeError(
                f"wanted are {self._columns} and {self._compared} before, given {tuple(values)}, {tuple(old)}"
            )
        if using not in self._built:
            self._built[using] = self._compiled(using)
        sql, places = self._built[using]
        connection = connections[using]
        given = {"pk": pk} | values | {_before(name): value for name, value in old.items()}
        params = [place.output_field.get_db_prep_save(given[place.name], connection) for place in places]
        with _cursor(connection) as cursor:
            cursor.execute(sql, params)
            return cursor.rowcount == 1

    def _compiled(self, using: str) -> tuple[str, list[Param]]:
        meta = self._model._meta
        fields: dict[str, Any] = {name: meta.get_field(name) for name in (*self._columns, *self._compared)}
        same = {name: Param(_before(name), fields[name]) for name in self._compared}
        query = self._model._base_manager.filter(pk=Param("pk", meta.pk), **same).query.chain(UpdateQuery)
        query.add_update_values({name: Param(name, fields[name]) for name in self._columns})
        sql, places = query.get_compiler(using).as_sql()
        return sql, list(places)


def _before(name: str) -> str:
    return f"{name} before"


class InsertOnce(Generic[M]):
    """An insert of new objects in one statement, built once for each number of them: `KEEP(answers)`.

    Like `bulk_create` it sends no signal. `with_key`: the objects learn their primary keys. `unless_there`: for one
    object, which stays without its key when a unique constraint holds that it is there already.
    """

    def __init__(self, model: type[M], *, with_key: bool = False, unless_there: bool = False):
        self._model, self._with_key, self._unless_there = model, with_key, unless_there
        self._fields: list[Any] = [field for field in model._meta.concrete_fields if not field.primary_key]
        self._built: dict[tuple[str, int], str] = {}

    def __call__(self, objects: Sequence[M], *, using: str = DEFAULT_DB_ALIAS) -> None:
        if not objects:
            return
        sql = self._built.get((using, len(objects)))
        if sql is None:
            sql = self._built[using, len(objects)] = self._compiled(using, len(objects))
        connection = connections[using]
        params = [
            field.get_db_prep_save(field.pre_save(one, True), connection) for one in objects for field in self._fields
        ]
        with _cursor(connection) as cursor:
            cursor.execute(sql, params)
            keys = cursor.fetchall() if self._with_key else ()
        if self._unless_there and not keys:
            return
        for one, (key,) in zip(objects, keys, strict=False):
            one.pk = key
        for one in objects:
            one._state.adding, one._state.db = False, using

    def _compiled(self, using: str, number: int) -> str:
        query = InsertQuery(self._model, on_conflict=OnConflict.IGNORE if self._unless_there else None)
        blank: Any = SimpleNamespace(**{field.attname: Param(field.name, field) for field in self._fields})
        query.insert_values(self._fields, [blank] * number, raw=True)
        compiler: Any = query.get_compiler(using)
        compiler.returning_fields = [self._model._meta.pk] if self._with_key else None
        ((sql, _places),) = compiler.as_sql()
        return sql


@dataclass(frozen=True)
class _Built:
    """What stays of a query: its compiler as it was set up, the text, and what makes values of a row's columns."""

    compiler: SQLCompiler
    sql: str
    converters: dict


class _Ready:
    """Stands where a queryset has its query, and hands out the compiler that was set up, with the values of one call."""

    def __init__(self, query, built: _Built, params: tuple):
        self._query, self._built, self._params = query, built, params

    def get_compiler(self, using=None, connection=None, elide_empty=True) -> SQLCompiler:
        compiler: Any = copy.copy(self._built.compiler)
        compiler.connection = connections[using]

        def execute_sql(*args, **kwargs) -> list[list[tuple]]:
            with _cursor(compiler.connection) as cursor:
                cursor.execute(self._built.sql, self._params)
                return [cursor.fetchall()]

        compiler.execute_sql = execute_sql
        compiler.get_converters = lambda _columns: self._built.converters
        return compiler

    def __getattr__(self, name: str):
        return getattr(self._query, name)
