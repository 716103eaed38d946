"""What this room keeps of a person, for schools.privacy."""

from datetime import datetime, timedelta

from django.db.models import Q

from schools.models import User
from schools.privacy import Part
from support.models import DeskRoute, Honour, Ticket, Visit

# What was asked and answered, in words; the figures stay. A published answer is a page and stays with the pages.
WORDS_FOR = timedelta(days=2 * 365)
FORGOTTEN = "…"


def _export(user: User) -> dict:
    return {
        "questions_answered": [
            {"code": one.code, "received": one.received_at.isoformat(), "state": one.state}
            for one in Ticket.objects.filter(owner=user).order_by("received_at")
        ],
        "visits": [
            {
                "on": one.on.isoformat(),
                "procedure": one.procedure_code,
                "age_band": one.age_band,
                "language": one.language,
                "people": one.people,
                "difficulty": one.difficulty,
                "note": one.note,
            }
            for one in Visit.objects.filter(member=user).order_by("on")
        ],
        "honours": [
            {"since": one.since.isoformat(), "until": one.until.isoformat(), "words": one.words}
            for one in Honour.objects.filter(member=user).order_by("since")
        ],
    }


def _erase(user: User) -> int:
    """Whose a question is tells of a member of staff; the questions and figures are the office's. Visits name nobody."""
    count = DeskRoute.objects.filter(owner=user).update(owner=None)
    return count + Ticket.objects.filter(owner=user).update(owner=None)


def _forget(now: datetime) -> int:
    old = Ticket.objects.filter(received_at__lt=now - WORDS_FOR).exclude(question=FORGOTTEN)
    # A waiting question is somebody's work, however old.
    settled = old.filter(~Q(state=Ticket.State.NEW))
    # A remark names nobody; words go all the same when nobody needs them any more.
    remarks = Visit.objects.filter(received_at__lt=now - WORDS_FOR).exclude(note="").update(note="")
    return (
        remarks
        + settled.filter(answer="").update(question=FORGOTTEN)
        + settled.exclude(answer="").update(question=FORGOTTEN, answer=FORGOTTEN)
    )


OWN = Part(export=_export, erase=_erase, forget=_forget)
