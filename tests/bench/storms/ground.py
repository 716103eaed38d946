"""What a storm needs of the database, each as a program of its own that prints one line of JSON.

`prepare NUMBER TAKERS SECONDS` makes a school of pupils who are signed in and closes the quiz that many seconds later;
`audit FILE` compares what the takers were told with what the instance holds.
"""

import json
import os
import sys
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import django

GRACE_SECONDS = 120


def _begin_lesson(users, target, school_class) -> None:
    """Every second pupil opened the lesson first; the others come straight to its quiz."""
    from django.utils import timezone

    from courses.models import CourseProgress, LessonProgress

    now, year = timezone.now(), school_class.school_year.code
    readers = users[::2]
    LessonProgress.objects.bulk_create(
        LessonProgress(
            user=user,
            lesson_key=target.lessons[0].key,
            course_key=target.course_key,
            school_year=year,
            class_key=school_class.uuid,
            school_key=school_class.school.uuid,
            unit_key=school_class.school.unit.uuid,
            state="started",
            started_at=now - timedelta(hours=1),
            last_at=now - timedelta(hours=1),
        )
        for user in readers
    )
    CourseProgress.objects.bulk_create(
        CourseProgress(
            user=user,
            course_key=target.course_key,
            school_year=year,
            lessons_started=1,
            lessons_done=0,
            started_at=now - timedelta(hours=1),
        )
        for user in readers
    )


def _target():
    """The first course in Vietnamese whose first lesson has a quiz."""
    from courses.models import CoursePage
    from courses.queries import catalogue

    for page in CoursePage.objects.live().filter(locale__language_code="vi").order_by("path"):
        target = catalogue.target(page.translation_key, "vi")
        if target and target.lessons and target.lessons[0].quiz_key:
            return target
    raise RuntimeError("No course whose first lesson has a quiz")


def key_of(paper) -> dict:
    """What a taker must know of each question to work out what an answer is worth."""
    return {
        question["id"]: {
            "type": question["type"],
            "points": str(question["points"]),
            "partial": bool(question.get("scoring", {}).get("partial")),
            "fractions": {
                option["id"]: str(option["fraction"])
                for option in question["options"]
                if option.get("fraction") is not None
            },
            "right": [option["id"] for option in question["options"] if option["correct"]],
        }
        for question in paper.document["questions"]
    }


def prepare(number: int, takers: int, seconds: int) -> dict:
    """New pupils with sessions; the quiz of the first lesson, open to all, closes in `seconds`. Its key is told."""
    from datetime import date

    from django.utils import timezone

    from quizzes.models import Opening, Paper
    from quizzes.operations import open_quiz
    from schools.models import School, SchoolClass, SchoolYear, Unit
    from tests.bench.data import _pupils, _session

    year, _ = SchoolYear.objects.get_or_create(
        code="2026-2027", defaults={"starts_on": date(2026, 9, 5), "ends_on": date(2027, 5, 31)}
    )
    unit = Unit.get_first_root_node() or Unit.add_root(code="bench", name="Tỉnh đo", kind="province")
    school = School.objects.create(
        code=f"BAO{number:03d}", name=f"Trường bão {number}", kind="thpt", grade_min=10, grade_max=12, unit=unit
    )
    school_class = SchoolClass.objects.create(school=school, school_year=year, name="10A1", grade=10)
    # Nobody signs in with a password here: signing in is a case of `make bench`.
    users = _pupils(school, school_class, takers, "!")
    target = _target()
    lesson = target.lessons[0]
    _begin_lesson(users, target, school_class)
    sessions = [_session(user) for user in users]
    paper = Paper.objects.get(quiz_key=lesson.quiz_key, is_current=True)
    opening = open_quiz(
        quiz_key=lesson.quiz_key,
        context_kind=Opening.Kind.LESSON,
        context_key=str(lesson.key),
        audience={"kind": "everyone"},
        closes_at=timezone.now() + timedelta(seconds=seconds),
        grace_seconds=GRACE_SECONDS,
    )
    return {
        "quiz_key": str(lesson.quiz_key),
        "lesson_key": str(lesson.key),
        "closes_at": opening.closes_at.timestamp(),
        "key": key_of(paper),
        "takers": [{"user": user.pk, "session": session} for user, session in zip(users, sessions, strict=True)],
    }


def _same(held: dict, told: dict, sent: dict) -> bool:
    """Whether the instance holds the acknowledged answer, or a later one that the taker sent as well."""
    if held["seq"] < told["seq"]:
        return False
    value = told["value"] if held["seq"] == told["seq"] else sent.get(str(held["seq"]), {}).get("value")
    return held["value"] == (sorted(value) if isinstance(value, list) else value)


KINDS = ("acknowledged", "acknowledged_lost", "duplicates", "wrong_results", "unfinished", "late")
Note = Callable[..., None]


def audit_attempts(takers: list[dict], further: Callable[[dict, Any, Note], None]) -> tuple[Counter[str], list[str]]:
    """What became of each taker's attempt, counted, and the first things that are not as they were told.

    A taker is what `taker.Taker.told` gives: the attempt, the answers acknowledged, the receipt, the score expected.
    `further` looks at what follows from a submitted attempt.
    """
    from quizzes.models import Attempt

    users = [taker["user"] for taker in takers]
    attempts: dict[int, list[Attempt]] = {user: [] for user in users}
    for attempt in Attempt.objects.filter(user_id__in=users).select_related("opening").prefetch_related("answer_rows"):
        attempts[attempt.user_id].append(attempt)
    counts: Counter[str] = Counter()
    found: list[str] = []

    def note(kind: str, text: str, times: int = 1) -> None:
        counts[kind] += times
        if len(found) < 20:
            found.append(f"{kind}: {text}")

    for taker in takers:
        user = taker["user"]
        own = {str(attempt.uuid): attempt for attempt in attempts[user]}
        if len(own) > 1:
            note("duplicates", f"user {user} has {len(own)} attempts", len(own) - 1)
        attempt = own.get(taker["attempt"] or "")
        acknowledged = taker["acknowledged"]
        counts["acknowledged"] += len(acknowledged)
        if attempt is None:
            if taker["attempt"]:
                note("acknowledged_lost", f"attempt {taker['attempt']} is gone", max(1, len(acknowledged)))
            else:
                note("unfinished", f"user {user} never started")
            continue
        for question, told in acknowledged.items():
            held = attempt.answers.get(question)
            if held is None or not _same(held, told, taker["sent"].get(question, {})):
                note("acknowledged_lost", f"attempt {attempt.uuid} question {question} told {told} holds {held}")
        counts["late"] += sum(bool(answer.get("late")) for answer in attempt.answers.values())
        if attempt.state != Attempt.State.SUBMITTED or not taker["receipts"]:
            note("unfinished", f"attempt {attempt.uuid} is {attempt.state}, receipts {taker['receipts']}")
            continue
        _audit_result(taker, attempt, note)
        further(taker, attempt, note)
    return counts, found


def audit(takers: list[dict], lesson_key: str) -> dict:
    """What became of each taker of a quiz storm, their progress included, counted."""
    from courses.models import LessonProgress
    from quizzes.models import ReviewCard
    from quizzes.operations.reviewing import first_day

    users = [taker["user"] for taker in takers]
    progress: dict[int, list[LessonProgress]] = {user: [] for user in users}
    for row in LessonProgress.objects.filter(user_id__in=users, lesson_key=lesson_key):
        progress[row.user_id].append(row)
    carded = set(ReviewCard.objects.filter(user_id__in=users).values_list("user_id", flat=True))
    cards: Counter[str] = Counter()

    def further(taker: dict, attempt, note: Note) -> None:
        _audit_progress(taker, attempt, progress[taker["user"]], note)
        missed = attempt.answered and attempt.score < attempt.max_score and first_day(attempt) is not None
        cards["cards_expected"] += bool(missed)
        cards["cards_waiting"] += bool(missed) and taker["user"] not in carded

    counts, found = audit_attempts(takers, further)
    waiting = {kind: cards[kind] for kind in ("cards_expected", "cards_waiting")}
    return {kind: counts[kind] for kind in KINDS} | waiting | {"found": found}


def _audit_result(taker: dict, attempt, note: Note) -> None:
    """One receipt, one row for each answer, and the score the taker worked out."""
    receipts = set(taker["receipts"])
    if receipts != {attempt.receipt_code}:
        extra = len(receipts - {attempt.receipt_code})
        note("duplicates", f"attempt {attempt.uuid} has {attempt.receipt_code}, told {sorted(receipts)}", extra)
    rows = {str(row.question_key): (row.seq, row.value) for row in attempt.answer_rows.all()}
    held = {
        question: (answer["seq"], answer["value"])
        for question, answer in attempt.answers.items()
        if answer["value"] is not None
    }
    if rows != held:
        note("wrong_results", f"attempt {attempt.uuid} has the rows {rows} of the answers {held}")
    if attempt.score != Decimal(taker["score"]) or any(Decimal(str(one)) != attempt.score for one in taker["scores"]):
        note(
            "wrong_results",
            f"attempt {attempt.uuid} scored {attempt.score}, told {taker['scores']}, is {taker['score']}",
        )


def _audit_progress(taker: dict, attempt, progress: list, note: Note) -> None:
    """One line of progress, which tells the score."""
    percent = (attempt.score * 100 / attempt.max_score).quantize(Decimal("0.01"))
    if len(progress) > 1:
        note("duplicates", f"user {taker['user']} has {len(progress)} lines of progress", len(progress) - 1)
    if [(row.quiz_attempts, row.quiz_best) for row in progress[:1]] != [(1, percent)]:
        told = [(row.quiz_attempts, row.quiz_best) for row in progress]
        note("wrong_results", f"user {taker['user']} has the progress {told}, not one attempt of {percent}")


def main(task: str, *arguments: str) -> dict:
    if task == "prepare":
        number, takers, seconds = (int(argument) for argument in arguments)
        return prepare(number, takers, seconds)
    told = json.loads(Path(arguments[0]).read_text())
    return audit(told["takers"], told["lesson_key"])


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.settings")
    django.setup()
    print(json.dumps(main(*sys.argv[1:]), ensure_ascii=False))
