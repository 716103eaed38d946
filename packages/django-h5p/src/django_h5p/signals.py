"""News for the site. Receivers run inside the transaction that stores the statement: what they write is kept with it,
and an error in one of them makes the browser send the statement again."""

from django.dispatch import Signal

# A person began an attempt: `attempt`.
attempt_started = Signal()

# A statement about the whole content gave an attempt its result: `attempt`. Sent once for each attempt.
attempt_completed = Signal()
