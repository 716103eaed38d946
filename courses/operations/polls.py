"""A question to the class from its start to the key. Phones write one row each; closing counts and deletes them."""

from collections import Counter
from datetime import datetime, timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.crypto import get_random_string, salted_hmac

from courses.models import ClassPoll, PollAnswer
from courses.problems import PollClosed, PollFull
from schools.codes import ALPHABET
from schools.models import SchoolClass, User

CODE_LENGTH = 6
# As long as a lesson at most: what is forgotten on the wall closes by itself.
GOOD_FOR = timedelta(minutes=45)
# More phones than any hall holds pupils; a script that makes up phones ends here.
MOST_ANSWERS = 1000


def phone_hash(poll: ClassPoll, number: str) -> str:
    """The random number a phone keeps, as it is stored: another one for every question, so that nobody can be followed."""
    return salted_hmac("courses.poll.device", f"{poll.uuid}:{number}", algorithm="sha256").hexdigest()[:32]


@transaction.atomic
def ask_class(
    *,
    user: User,
    question: dict,
    language: str,
    key: UUID,
    school_class: SchoolClass | None = None,
    lesson_key: UUID | None = None,
) -> ClassPoll:
    """Put `question` (as a paper holds it) on the wall; what `user` asked before and has not closed is closed.

    `key` comes from the form: a second press is the first one. The caller has checked that `user` may have the key of the
    question and teaches `school_class`.
    """
    # One person's presses come one after another.
    User.objects.select_for_update().get(pk=user.pk)
    had = ClassPoll.objects.filter(uuid=key, asked_by=user).first()
    if had:
        return had
    for before in ClassPoll.objects.filter(asked_by=user, closed_at=None):
        close_poll(poll=before)
    now = timezone.now()
    return ClassPoll.objects.create(
        uuid=key,
        code=_new_code(),
        asked_by=user,
        school_class=school_class,
        lesson_key=lesson_key,
        question=question,
        language=language,
        opened_at=now,
        expires_at=now + GOOD_FOR,
    )


def _new_code() -> str:
    while True:
        code = get_random_string(CODE_LENGTH, ALPHABET)
        if not ClassPoll.objects.filter(code=code).exists():
            return code


@transaction.atomic
def answer_poll(*, poll: ClassPoll, device: str, value: list[str]) -> None:
    """Keep what a phone says; the same phone again changes its answer. Raises PollClosed, PollFull.

    `device` is a hash (`phone_hash`), `value` the ids of options, which the caller has read from the question. What this
    has kept is counted: closing waits for it, and nothing comes in after closing.
    """
    row = ClassPoll.objects.select_for_update(no_key=True).only("closed_at", "expires_at").get(pk=poll.pk)
    if not row.takes_answers(timezone.now()):
        raise PollClosed()
    if PollAnswer.objects.filter(poll=row, device=device).update(value=value):
        return
    if PollAnswer.objects.filter(poll=row).count() >= MOST_ANSWERS:
        raise PollFull()
    try:
        with transaction.atomic():
            PollAnswer.objects.create(poll=row, device=device, value=value)
    except IntegrityError:
        # Two presses in the same moment, on an engine that locks no rows.
        PollAnswer.objects.filter(poll=row, device=device).update(value=value)


@transaction.atomic
def close_poll(*, poll: ClassPoll) -> ClassPoll:
    """Count the answers, keep the numbers and delete the rows. Twice is once."""
    row = ClassPoll.objects.select_for_update().get(pk=poll.pk)
    if row.closed_at is not None:
        return row
    values = list(row.answers.values_list("value", flat=True))
    row.answered = len(values)
    row.counts = dict(Counter(one for value in values for one in value))
    row.closed_at = min(timezone.now(), row.expires_at)
    row.save(update_fields=["answered", "counts", "closed_at"])
    row.answers.all().delete()
    return row


@transaction.atomic
def reveal_answer(*, poll: ClassPoll) -> ClassPoll:
    """Show which answer is right; closes the question where it is still open. Twice is once."""
    row = close_poll(poll=poll)
    if row.revealed_at is None:
        row.revealed_at = timezone.now()
        row.save(update_fields=["revealed_at"])
    return row


def close_forgotten_polls(now: datetime) -> int:
    """Close what ran out; returns how many."""
    found = list(ClassPoll.objects.filter(closed_at=None, expires_at__lte=now))
    for poll in found:
        close_poll(poll=poll)
    return len(found)
