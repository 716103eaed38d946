"""The page on which a quiz is taken: what it shows, what its script is told, what it sends without a script."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from cms.arrival import arrived_at
from quizzes import answers, operations, queries, sheets
from quizzes.models import Attempt, Opening
from quizzes.operations.attempts import is_one_way
from quizzes.papers import paper
from quizzes.sheets.asking import MOVED, shut_in
from quizzes.sheets.outcomes import final_outcomes


def page_of(attempt: Attempt, *, asks: bool = False) -> dict:
    """What attempt.html prints. `asks`: submitting without every answer has to be confirmed."""
    now = timezone.now()
    seconds = (attempt.deadline - now).total_seconds() if attempt.deadline else None
    total = (attempt.deadline - attempt.started_at).total_seconds() if attempt.deadline else None
    frozen = paper(attempt.paper_id)
    sheet = sheets.sheet_of(attempt, get_language())
    settings = frozen.settings
    final = final_outcomes(attempt, get_language()) if settings.get("instant_feedback") else {}
    for question in sheet:
        question["final"] = final.get(question["id"])
    left = len(sheet) - attempt.answered
    return {
        "attempt": attempt,
        "title": frozen.title(get_language()),
        "sheet": sheet,
        "answered": attempt.answered,
        "unanswered": left,
        "asks": asks and left,
        "one_way": is_one_way(settings),
        "instant": settings.get("instant_feedback", False),
        "moved": any(question["type"] in MOVED for question in sheet),
        "way_out": way_out(attempt),
        "left": max(0, int(seconds)) if seconds is not None else None,
        "total": int(total) if total else None,
        "minutes": max(0, int(seconds // 60)) if seconds is not None else None,
        "overdue": seconds is not None and seconds <= 0,
        "page": page_data(attempt, settings, now),
    }


def way_out(attempt: Attempt) -> str:
    """Where "later" leads: to the quiz's door, which carries on; a contest's quiz has its door elsewhere."""
    if attempt.context_kind == Opening.Kind.CONTEST:
        return f"/{get_language()}/"
    return reverse("quiz", args=[attempt.quiz_key])


def number_of(attempt: Attempt, question: str) -> int:
    return 1 + next(place for place, (one, _shown) in enumerate(attempt.questions) if one == question)


def save_form(request: HttpRequest, attempt: Attempt) -> tuple[Attempt, list[int]]:
    """Save what a form without a script sends: every question whose value differs from the one held.

    Returns the attempt as it is then, and the numbers of the questions that were filled in but make no answer.
    """
    now = timezone.now()
    frozen = paper(attempt.paper_id)
    shut = shut_in(attempt, frozen)
    saves, unclear = [], []
    for number, question in enumerate(frozen.asked(attempt.questions), start=1):
        if question["id"] in shut:
            # Its fields are not in the form; their absence says nothing.
            continue
        held = attempt.answers.get(question["id"], {"seq": 0, "value": None})
        try:
            value = answers.read(question, request.POST)
        except answers.Unclear:
            unclear.append(number)
            continue
        if value != held["value"]:
            saves.append((question["id"], held["seq"] + 1, value, now))
    if saves:
        attempt = operations.save_answers(
            user=request.user, attempt_uuid=attempt.uuid, saves=saves, sent_at=now, arrived_at=arrived_at()
        ).attempt
    return attempt, unclear


def say_unclear(numbers: list[int]) -> str:
    return ngettext(
        "Question %(numbers)s is not saved: give each of its lines a number of its own.",
        "Questions %(numbers)s are not saved: give each of their lines a number of its own.",
        len(numbers),
    ) % {"numbers": ", ".join(map(str, numbers))}


def page_data(attempt: Attempt, settings: dict, now) -> dict:
    """What the script of the page needs, its words included (read from a json_script)."""
    uuid = attempt.uuid
    return {
        "attempt": str(uuid),
        "answers": queries.answers_of(attempt),
        "deadline": queries.stamp(attempt.deadline),
        "started_at": queries.stamp(attempt.started_at),
        "server_time": queries.stamp(now),
        "grace_seconds": attempt.grace_seconds,
        "saved_at": queries.stamp(attempt.saved_at),
        "one_way": is_one_way(settings),
        # Where there is no way back, one question stands alone.
        "all": settings.get("layout") == "all" and not is_one_way(settings),
        "urls": {
            "attempt": reverse("api:attempt", args=[uuid]),
            "answers": reverse("api:save_answers", args=[uuid]),
            "submit": reverse("api:submit", args=[uuid]),
            "check": reverse("api:check_answer", args=[uuid]),
            "result": reverse("quiz_result", args=[uuid]),
            "session": "/api/v1/session",
        },
        "words": {
            "minute": [ngettext("%(count)d minute left", "%(count)d minutes left", count) for count in (1, 2)],
            "second": [ngettext("%(count)d second left", "%(count)d seconds left", count) for count in (1, 2)],
            "time_up": _("Time is up"),
            "grace": _(
                "Time is up. Your answers are on this device and will be sent by themselves when the line is back. "
                "If that is within %(minutes)s minutes they count, marked as synchronised late; "
                "after that the quiz is closed with what the server already has."
            )
            % {"minutes": max(1, attempt.grace_seconds // 60)},
            "unanswered": [
                ngettext("%(count)d question has no answer yet.", "%(count)d questions have no answer yet.", count)
                for count in (1, 2)
            ],
            "all_answered": _("You have answered every question."),
            "sure": [
                ngettext(
                    "You have not answered %(count)d question. Submit all the same?",
                    "You have not answered %(count)d questions. Submit all the same?",
                    count,
                )
                for count in (1, 2)
            ],
            "passed": _("You have gone on to a later question; the answer before it stays as it was."),
            "check_waits": _("No connection. An answer can be checked when the line is back."),
            "answer_first": _("Answer the question first, then check."),
            "moved": _("%(name)s is now number %(place)s of %(total)s."),
            "placed": _("%(name)s is now in: %(group)s."),
            "picked": _("%(name)s is picked up. Choose where to put it."),
            "submitting": _("Submitting…"),
            "submit_waits": _(
                "No connection. The quiz will be submitted as soon as the line is back; please keep this page open."
            ),
            "elsewhere": _(
                "Question %(number)s was answered on another device. The answer you see is the one that counts."
            ),
            "sign_in": _("You are signed out. Your answers are safe on this device: sign in again, then come back."),
            "refused": _("One answer was not accepted. Please reload the page."),
            "too_late": _("That answer came after time was up and does not count."),
            "more_time": _("Your teacher has given you more time."),
            "flagged": _("marked"),
            "answered": _("answered"),
            "not_answered": _("not answered"),
            "question": _("Question %(number)s of %(total)s"),
        },
    }
