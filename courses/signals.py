"""News about progress for the rooms above, sent inside the transaction that made the change."""

from django.dispatch import Signal

# sender=LessonProgress; user_ids; school_year (its code). Somebody opened a lesson for the first time, did something in it
# for the first time, finished it, or ended an attempt at its quiz; or their progress was worked out again.
progress_moved = Signal()

# sender=None; counts ({"created", "kept"}, to be added to). The demo's people and what they did are there; a room above adds
# its own.
demo_loaded = Signal()
# Sent in the transaction that finishes a course: `course_key`, `school_year`, `user_ids`; the sender is CourseProgress.
course_finished = Signal()
