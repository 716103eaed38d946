"""News about attempts for the rooms above, sent inside the transaction that made the change."""

from django.dispatch import Signal

# sender=Attempt; attempt
attempt_started = Signal()
# sender=Attempt; attempt; change: "submitted" | "closed" (time was up) | "amended" (a late answer was taken in) |
# "marked" (a person marked an answer) | "regraded" (a question was cancelled or its key corrected; also downwards)
attempt_finished = Signal()
# sender=Attempt; attempt (open again; its score is gone)
attempt_reopened = Signal()
