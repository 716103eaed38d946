"""News about attempts for the rooms above, sent inside the transaction that made the change."""

from typing import Any

from django.dispatch import Signal

# sender=Attempt; attempt; change: "submitted" | "closed" (time was up) | "amended" (a late answer was taken in) |
# "marked" (a person marked an answer) | "regraded" (a question was cancelled or its key corrected; also downwards)
attempt_finished = Signal()
# sender=Attempt; attempt (open again; its score is gone)
attempt_reopened = Signal()

# sender=Attempt; attempt; language. A receiver returns links for whoever has just ended the attempt, the best one first:
# [{"label", "url", "icon"}]. Where the quiz belongs is known above, not here.
ways_asked = Signal()


def ways_on(attempt, language: str) -> list[dict]:
    """Where a pupil may go from a result: what the rooms above offer for the attempt's context."""
    answers: list[tuple[Any, Any]] = ways_asked.send(sender=type(attempt), attempt=attempt, language=language)
    return [way for _receiver, ways in answers for way in ways or ()]
