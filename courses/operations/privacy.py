"""What this room keeps of a person, for schools.privacy."""

from datetime import datetime, timedelta

from courses.models import Certificate, ClassPoll, DueExtension, FamilyAnswer, FamilyTask, LessonProgress
from courses.operations.polls import close_forgotten_polls
from schools.models import User
from schools.privacy import Part

# Long enough to see that one phone confirms for many, no longer.
HASHES_FOR = timedelta(days=90)
# A teacher may compare with the class of the year before.
POLLS_FOR = timedelta(days=2 * 365)


def _export(user: User) -> dict:
    return {
        "lessons": [
            {
                "lesson": str(one.lesson_key),
                "year": one.school_year,
                "started": one.started_at.isoformat(),
                "finished": one.finished_at and one.finished_at.isoformat(),
                "best_percent": None if one.quiz_best is None else float(one.quiz_best),
            }
            for one in LessonProgress.objects.filter(user=user).order_by("started_at")
        ],
        "certificates": [
            {
                "number": one.serial,
                "title": one.title,
                "given": one.issued_at.isoformat(),
                "withdrawn": one.revoked_at and one.revoked_at.isoformat(),
            }
            for one in Certificate.objects.filter(user=user).order_by("issued_at")
        ],
        "family_tasks": [
            {"service": one.service_title, "begun": one.started_at.isoformat(), "state": one.state}
            for one in FamilyTask.objects.filter(user=user).order_by("started_at")
        ],
        "attendance": [
            {"on": one.session.held_on.isoformat(), "lesson": str(one.session.lesson_key)}
            for one in user.attendances.filter(withdrawn_at=None).select_related("session")
        ],
        "trainings": [
            {
                "title": one.training.title,
                "on": one.training.held_on.isoformat(),
                "until": one.training.valid_until.isoformat(),
            }
            for one in user.trainings.counted().select_related("training").order_by("training__held_on")
        ],
        "readings": [
            {"title": one.reading.title, "version": one.version, "confirmed": one.confirmed_at.isoformat()}
            for one in user.readings.select_related("reading").order_by("confirmed_at")
        ],
        "more_time": [
            {"until": one.due_at.isoformat(), "reason": one.reason}
            for one in user.due_extensions.order_by("granted_at")
        ],
        "questions_to_classes": [
            {"asked": one.opened_at.isoformat(), "words": one.question["stem"], "answered": one.answered}
            for one in ClassPoll.objects.filter(asked_by=user).order_by("opened_at")
        ],
    }


def _erase(user: User) -> int:
    """Words about the person go; what was learnt stays under the key."""
    return (
        DueExtension.objects.filter(user=user).update(reason="…")
        + FamilyTask.objects.filter(user=user).exclude(note="").update(note="…")
        + Certificate.objects.filter(user=user).exclude(revoked_note="").update(revoked_note="…")
        + FamilyAnswer.objects.filter(task__user=user).update(device="", network="")
        + ClassPoll.objects.filter(asked_by=user).delete()[0]
    )


def _forget(now: datetime) -> int:
    old = FamilyAnswer.objects.filter(confirmed_at__lt=now - HASHES_FOR).exclude(device="", network="")
    closed = close_forgotten_polls(now)
    return (
        old.update(device="", network="") + closed + ClassPoll.objects.filter(closed_at__lt=now - POLLS_FOR).delete()[0]
    )


OWN = Part(_export, _erase, _forget)
