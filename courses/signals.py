"""News of this room for whoever wants it."""

from django.dispatch import Signal

# Sent in the transaction that finishes a course: `course_key`, `school_year`, `user_ids`; the sender is CourseProgress.
course_finished = Signal()
