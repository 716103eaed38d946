"""What this room keeps of a person, for schools.privacy."""

from datetime import datetime, timedelta

from django.db.models import Q

from schools.models import User
from schools.privacy import Part
from support.models import DeskRoute, Honour, Survey, SurveyAnswer, SurveyWords, Ticket, TicketBatch, Visit

# What was asked and answered, in words; the figures stay. A published answer is a page and stays with the pages.
WORDS_FOR = timedelta(days=2 * 365)
FORGOTTEN = "…"
# A survey keeps which browser has answered until answers on their way are in, and a while for a reopening.
DEVICES_FOR = timedelta(days=30)


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
        "surveys_made": [
            {"title": one.title, "made": one.made_at.isoformat()}
            for one in Survey.objects.filter(made_by=user).order_by("made_at")
        ],
        "honours": [
            {"since": one.since.isoformat(), "until": one.until.isoformat(), "words": one.words}
            for one in Honour.objects.filter(member=user).order_by("since")
        ],
    }


def _erase(user: User) -> int:
    """Whose a question is tells of a member of staff; the questions and figures are the office's. Visits name nobody."""
    count = DeskRoute.objects.filter(owner=user).update(owner=None)
    count += TicketBatch.objects.filter(actor=user).update(actor=None)
    count += Survey.objects.filter(made_by=user).update(made_by=None)
    return count + Ticket.objects.filter(owner=user).update(owner=None)


def _forget(now: datetime) -> int:
    old = Ticket.objects.filter(received_at__lt=now - WORDS_FOR).exclude(question=FORGOTTEN)
    # A waiting question is somebody's work, however old.
    settled = old.filter(~Q(state=Ticket.State.NEW))
    # A remark names nobody; words go all the same when nobody needs them any more.
    remarks = Visit.objects.filter(received_at__lt=now - WORDS_FOR).exclude(note="").update(note="")
    return (
        remarks
        + _forget_surveys(now)
        + settled.filter(answer="").update(question=FORGOTTEN, folded="")
        + settled.exclude(answer="").update(question=FORGOTTEN, folded="", answer=FORGOTTEN)
    )


def _forget_surveys(now: datetime) -> int:
    """What people wrote in surveys, and which browser answered: the choices and the figures stay, and are nobody's."""
    words, _by_model = SurveyWords.objects.filter(answer__received_at__lt=now - WORDS_FOR).delete()
    over = SurveyAnswer.objects.filter(
        Q(survey__closed_at__lt=now - DEVICES_FOR) | Q(received_at__lt=now - WORDS_FOR)
    ).exclude(device="")
    return words + over.update(device="")


OWN = Part(export=_export, erase=_erase, forget=_forget)
