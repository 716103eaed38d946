"""Django's PostgreSQL engine, with two savings for what runs some thousand times a minute (ADR 0052)."""

import select

from django.db.backends.postgresql import base, operations

# A statement is prepared in a connection when it has run there so often: the first ones of a process gain nothing.
PREPARED_AFTER = 3


class DatabaseOperations(operations.DatabaseOperations):
    def last_executed_query(self, cursor, sql, params):
        """The text as it was sent. A lasting cursor keeps none: there it is the text with its placeholders."""
        return super().last_executed_query(cursor, sql, params) or sql


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations

    def get_connection_params(self):
        params = super().get_connection_params()
        # To compile a search's statement took 58 ms, to run it less (docs/performance.md).
        params["options"] = f"{params.get('options', '')} -c jit=off".strip()
        # Django's own cursors put the values into the text and are never prepared, whatever stands here.
        if params["prepare_threshold"] is None:
            params["prepare_threshold"] = PREPARED_AFTER
            # What is prepared looks rows up by their keys: one plan fits all values, and need not be found five times.
            params["options"] = f"{params.get('options', '')} -c plan_cache_mode=force_generic_plan".strip()
        return params

    def lasting_cursor(self):
        """A cursor for statements whose text never changes (`cms.querying`): read and planned once in a connection."""
        self.close_if_health_check_failed()
        self.ensure_connection()
        with self.wrap_database_errors:
            return self._prepare_cursor(base.ServerBindingCursor(self.connection))

    def is_usable(self):
        """Whether the kept connection still stands. Nobody is asked while the line is silent and nothing went wrong.

        A server that ends, or ends a connection, says so on the line; Django would send SELECT 1 with every request.
        """
        if self.connection is None or self.connection.closed:
            return False
        if self.errors_occurred or _has_something_to_say(self.connection.fileno()):
            return super().is_usable()
        return True


def _has_something_to_say(line: int) -> bool:
    """Whether something came that nobody has read: a notice, an error, the end."""
    poll = select.poll()
    poll.register(line, select.POLLIN | select.POLLPRI)
    return bool(poll.poll(0))
