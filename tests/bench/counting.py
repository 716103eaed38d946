"""Counts the SQL of a request, for a server of its own that is not timed."""

from contextlib import ExitStack

from django.db import connections

_NOT_COUNTED = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "SET ", "PRAGMA")
_WRITES = ("INSERT", "UPDATE", "DELETE")


class CountingMiddleware:
    """Adds `X-Sql: statements writes`; transaction control is not counted (docs/performance.md)."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        seen: list[str] = []

        def note(execute, sql, params, many, context):
            statement = sql.lstrip().upper()
            if not statement.startswith(_NOT_COUNTED):
                seen.append(statement)
            return execute(sql, params, many, context)

        with ExitStack() as stack:
            for connection in connections.all():
                stack.enter_context(connection.execute_wrapper(note))
            response = self.get_response(request)
        writes = sum(statement.startswith(_WRITES) for statement in seen)
        response["X-Sql"] = f"{len(seen)} {writes}"
        return response
