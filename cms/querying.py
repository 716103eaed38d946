"""Queries whose SQL is built once in each process: for the few that run with every answer of every pupil (ADR 0051).

Django builds the SQL of a queryset anew for each call, which costs more than its execution. `BuiltOnce` keeps what was
built and puts in the values:

    OWN = BuiltOnce(lambda: Attempt.objects.filter(uuid=Param("uuid", UUIDField()), user_id=Param("user", BigAutoField())))
    attempt = OWN.one(uuid=uuid, user=user.pk)
"""

import copy
import re
from collections.abc import Callable
from datetime import date, time
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Expression, Field, Model, QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.db.models.sql.subqueries import UpdateQuery


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


# SQLite's adapters have made text of it by then.
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d|\d\d:\d\d")

M = TypeVar("M", bound=Model)


class BuiltOnce(Generic[M]):
    """A query with `Param`s in it. `build` is called once for each database and returns the whole queryset.

    What `build` reads from its surroundings (today's date, the reader) would stay for ever, so a moment in it is refused.
    """

    def __init__(self, build: Callable[[], QuerySet[M]]):
        self._build = build
        self._built: dict[str, tuple[QuerySet[M], SQLCompiler, str, tuple]] = {}

    def rows(self, *, using: str = DEFAULT_DB_ALIAS, **values: Any) -> list[M]:
        """The rows for these values, in whatever shape the queryset gives them."""
        built = self._built.get(using)
        if built is None:
            built = self._built[using] = self._compiled(using)
        queryset, compiler, sql, places = built
        connection = connections[using]
        params = tuple(
            place.prepared(values[place.name], connection) if isinstance(place, Param) else place for place in places
        )
        bound = object.__new__(type(queryset))
        bound.__dict__ = {**queryset.__dict__, "_query": _Ready(queryset.query, compiler, sql, params)}
        return list(bound)

    def one(self, **values: Any) -> M:
        """The one row for these values. Raises the model's DoesNotExist."""
        found = self.rows(**values)
        if not found:
            raise self._built[DEFAULT_DB_ALIAS][0].model.DoesNotExist()
        return found[0]

    def _compiled(self, using: str) -> tuple[QuerySet[M], SQLCompiler, str, tuple]:
        queryset = self._build().using(using)
        compiler = queryset.query.get_compiler(using)
        sql, places = compiler.as_sql()
        if any(isinstance(place, (date, time)) or _MOMENT.match(str(place)) for place in places):
            raise TypeError("a moment in a query that is built once would stay for ever: make it a Param")
        return queryset, compiler, sql, tuple(places)


class UpdateOnce:
    """An update of some columns of one row, its SQL built once: `STORE(attempt.pk, answers=…, saved_at=…)`.

    Like a queryset's `update` it sends no signal; each call gives every column, None included.
    """

    def __init__(self, model: type[Model], *columns: str):
        self._model, self._columns = model, columns
        self._built: dict[str, tuple[str, list[Param]]] = {}

    def __call__(self, pk: Any, *, using: str = DEFAULT_DB_ALIAS, **values: Any) -> None:
        if values.keys() != set(self._columns):
            raise TypeError(f"wanted are {self._columns}, given {tuple(values)}")
        if using not in self._built:
            self._built[using] = self._compiled(using)
        sql, places = self._built[using]
        connection = connections[using]
        params = [
            place.output_field.get_db_prep_save(({"pk": pk} | values)[place.name], connection) for place in places
        ]
        with connection.cursor() as cursor:
            cursor.execute(sql, params)

    def _compiled(self, using: str) -> tuple[str, list[Param]]:
        meta = self._model._meta
        fields: dict[str, Any] = {name: meta.get_field(name) for name in self._columns}
        query = self._model._base_manager.filter(pk=Param("pk", meta.pk)).query.chain(UpdateQuery)
        query.add_update_values({name: Param(name, field) for name, field in fields.items()})
        sql, places = query.get_compiler(using).as_sql()
        return sql, list(places)


class _Ready:
    """Stands where a queryset has its query, and hands out the compiler that was set up, with the values of one call."""

    def __init__(self, query, compiler: SQLCompiler, sql: str, params: tuple):
        self._query, self._compiler, self._bound = query, compiler, (sql, params)

    def get_compiler(self, using=None, connection=None, elide_empty=True) -> SQLCompiler:
        compiler = copy.copy(self._compiler)
        compiler.connection = connections[using]
        compiler.as_sql = lambda *args, **kwargs: self._bound  # type: ignore[method-assign]  # of this one compiler
        return compiler

    def __getattr__(self, name: str):
        return getattr(self._query, name)
