"""Who is spoken to as a pupil and who as an adult: the one rule for lessons, courses, papers and a person's own pages.

Vietnamese has no word for "you" that fits everybody: a pupil is «em», an adult must not be. What is said to adults has
the gettext context `adult` and goes without a pronoun or says «tôi». A quiz is taken by both, and by whoever enters a
contest: its words have no pronoun at all (tests/courses/test_address.py).
"""

from courses.queries.catalogue import CourseFacts
from schools.models import User
from schools.queries.desks import viewer_of


def as_adult(user: User, course: CourseFacts | None = None) -> bool:
    """Whether `user` is spoken to as an adult: for an office they hold, or because the course is one for adults."""
    return bool(course and course.for_adults) or not viewer_of(user)["is_pupil"]
