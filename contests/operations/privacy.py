"""What contests keep of a person, for schools.privacy: ranks and scores stay under the key, words about people go."""

from datetime import datetime

from django.utils import timezone

from contests.models import (
    Acceptance,
    Appeal,
    Conflict,
    Enquiry,
    Entry,
    IdentityKey,
    Juror,
    Review,
    Sheet,
    TakeDown,
    Team,
    TeamMember,
    TurnConflict,
    WorkFile,
    WorkVersion,
)
from contests.operations.entries import forget_identity_keys
from media.models import Upload
from schools.models import User
from schools.privacy import Part


def _export(user: User) -> dict:
    return {
        "contests": [
            {
                "contest": one.contest.title,
                "entry": one.code,
                "state": one.state,
                "unit": one.unit_name,
                "judged_by": one.snapshot,
                "entered": one.entered_at.isoformat(),
                "appeals": [{"text": appeal.text, "decision": appeal.decision} for appeal in one.appeals.all()],
                "take_downs": [{"reason": each.reason, "decision": each.decision} for each in one.take_downs.all()],
            }
            for one in Entry.objects.filter(user=user)
            .select_related("contest")
            .prefetch_related("appeals", "take_downs")
            .order_by("entered_at")
        ],
        "juries": [
            {
                "contest": seat.contest.title,
                "name": seat.name,
                "accepted": seat.accepted_at.isoformat(),
                "reviews": [
                    {
                        "work": one.work.code,
                        "state": one.state,
                        "comment": one.comment,
                        "points": {score.criterion.key: str(score.points) for score in one.scores.all()},
                    }
                    for one in seat.reviews.all()
                ],
                "sheets": [
                    {
                        "entry": one.turn.entry.code,
                        "state": one.state,
                        "reason": one.reason,
                        "points": {row.mark.title: str(row.points) for row in one.points.all()},
                    }
                    for one in seat.sheets.all()
                ],
            }
            for seat in Juror.objects.filter(user=user)
            .select_related("contest")
            .prefetch_related(
                "reviews__work", "reviews__scores__criterion", "sheets__turn__entry", "sheets__points__mark"
            )
            .order_by("accepted_at")
        ],
        "works": [
            {
                "contest": one.team.work.contest.title,
                "work": one.team.work.code,
                "title": one.team.work.title,
                "role": one.role,
                "state": one.state,
                "versions": [
                    {"number": version.number, "receipt": version.receipt_code, "ai": version.ai_note}
                    for version in one.team.work.versions.all()
                ],
            }
            for one in TeamMember.objects.filter(user=user, team__work__isnull=False)
            .select_related("team__work__contest")
            .prefetch_related("team__work__versions")
            .order_by("pk")
        ],
        "stages": [
            {
                "contest": turn.entry.contest.title,
                "team": one.team.name,
                "role": one.role,
                "position": turn.position,
                "state": turn.state,
                "reason": turn.reason,
            }
            for one in TeamMember.objects.filter(user=user)
            .select_related("team")
            .prefetch_related("team__turns__entry__contest")
            .order_by("pk")
            for turn in one.team.turns.all()
        ],
        "questions": [
            {"contest": one.contest.title, "text": one.text, "answer": one.answer}
            for one in Enquiry.objects.filter(asked_by=user).select_related("contest").order_by("asked_at")
        ],
    }


def _erase(user: User) -> int:
    own = Entry.objects.filter(user=user)
    return (
        own.update(snapshot={})
        + Acceptance.objects.filter(entry__in=own).update(guardian="", ai_note="")
        + Appeal.objects.filter(entry__in=own).update(text="…")
        + Appeal.objects.filter(entry__in=own).exclude(decision="").update(decision="…")
        + _erase_take_downs(own)
        + Conflict.objects.filter(juror__user=user).exclude(note="").update(note="")
        + TurnConflict.objects.filter(juror__user=user).exclude(note="").update(note="")
        + Sheet.objects.filter(juror__user=user).exclude(reason="").update(reason="…")
        + Review.objects.filter(juror__user=user).exclude(comment="").update(comment="")
        + Review.objects.filter(juror__user=user).exclude(reason="").update(reason="…")
        + IdentityKey.objects.filter(entry__in=own, erased_at=None).update(
            digest=None, last_digits="", erased_at=timezone.now()
        )
        + _erase_works(user)
    )


def _erase_take_downs(own) -> int:
    """What was said about a person's name goes; that it is not to be shown stays."""
    about = TakeDown.objects.filter(entry__in=own)
    return about.update(reason="…") + about.exclude(decision="").update(decision="…")


def _erase_works(user: User) -> int:
    """A work stays under its code, for its team and the minutes; what the person wrote beside it goes."""
    led = TeamMember.objects.filter(user=user, role=TeamMember.Role.LEADER)
    uploads = Upload.objects.filter(owner=user, purpose=Upload.Purpose.WORK)
    return (
        Team.objects.filter(pk__in=led.values("team")).update(name="")
        + WorkVersion.objects.filter(submitted_by__user=user).exclude(ai_note="").update(ai_note="…")
        + WorkFile.objects.filter(upload__in=uploads).update(file_name="…")
        + uploads.update(file_name="…")
        + Enquiry.objects.filter(asked_by=user).update(text="…")
    )


def _forget(now: datetime) -> int:
    return forget_identity_keys()


OWN = Part(_export, _erase, _forget)
