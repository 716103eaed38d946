"""What the closing storm of a contest needs of the database, each as a program of its own that prints one line of JSON.

`prepare NUMBER ENTRANTS SECONDS` opens a contest whose only round closes that many seconds later, with entrants who are
signed in; `audit FILE DIRECTORY` compares what they were told with what the instance holds, closes the contest, freezes
its ranking, writes the two published files into DIRECTORY and has docs/recompute_ranking.py rank them again.
"""

import csv
import json
import os
import random
import subprocess
import sys
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import django

from tests.bench.instance import ROOT
from tests.bench.storms.ground import KINDS, audit_attempts, key_of

QUESTIONS = 5
SCHOOLS = 20
STARTS_PER_SECOND = 1000


def _secretary():
    from schools.models import Person, User

    found, made = User.objects.get_or_create(username="bao-thu-ky", defaults={"is_superuser": True})
    if made:
        Person.objects.create(user=found, full_name="Thư Ký Bão")
    return User.objects.select_related("person").get(pk=found.pk)


def _quiz(by):
    """Five questions of the starter content that can be answered by a tap, signed."""
    from wagtail.models import Locale

    from quizzes.models import Paper, Question, Quiz, QuizQuestion
    from quizzes.operations import approve_questions, freeze_paper

    locale = Locale.objects.get(language_code="vi")
    kinds = [Question.Type.SINGLE, Question.Type.TRUE_FALSE, Question.Type.MULTIPLE]
    questions = list(Question.objects.filter(locale=locale, type__in=kinds).order_by("pk")[:QUESTIONS])
    quiz = Quiz(
        title="Đề bão",
        locale=locale,
        live=True,
        time_limit_minutes=15,
        feedback=Quiz.Feedback.SCORE_ONLY,
        shuffle_questions=True,
        shuffle_options=True,
    )
    quiz.quiz_questions = [
        QuizQuestion(question=one, points=1, sort_order=place) for place, one in enumerate(questions)
    ]
    quiz.save()
    approve_questions(questions=questions, by=by)
    freeze_paper(quiz_key=quiz.quiz_key)
    return Paper.objects.get(quiz_key=quiz.quiz_key, is_current=True)


def _people(number: int, entrants: int) -> list:
    """Pupils of twenty schools, or of fewer where there are not enough."""
    from schools.models import School, SchoolClass, SchoolYear, Unit
    from tests.bench.data import _pupils

    year, _ = SchoolYear.objects.get_or_create(
        code="2026-2027", defaults={"starts_on": date(2026, 9, 5), "ends_on": date(2027, 5, 31)}
    )
    unit = Unit.get_first_root_node() or Unit.add_root(code="bench", name="Tỉnh đo", kind="province")
    users: list = []
    schools = min(SCHOOLS, entrants)
    for place in range(schools):
        school = School.objects.create(
            code=f"THI{number:03d}{place:02d}",
            name=f"Trường thi {number}-{place}",
            kind="thpt",
            grade_min=10,
            grade_max=12,
            unit=unit,
        )
        school_class = SchoolClass.objects.create(school=school, school_year=year, name="10A1", grade=10)
        size = entrants // schools + (place < entrants % schools)
        users += [(user, school) for user in _pupils(school, school_class, size, "!")]
    return users


def prepare(number: int, entrants: int, seconds: int) -> dict:
    """A contest by the rules of the weekly preset. Entering is no part of the storm: its rows are written at once."""
    from django.utils import timezone

    from contests import operations
    from contests.models import Acceptance, Entry
    from contests.operations.entries import new_code
    from contests.operations.states import name_of
    from contests.presets import rule_set
    from contests.queries.contests import categories_of, rounds_of, rules_in_force
    from schools.models import Unit
    from tests.bench.data import _session

    by, users = _secretary(), _people(number, entrants)
    paper = _quiz(by)
    now = timezone.now()
    document = {**rule_set("tuan").begun(now), "title": f"Bão thi {number}"}
    document["rounds"] = [{"level": "week", "opens_at": now, "closes_at": now + timedelta(seconds=seconds)}]
    document["rules"] = {**document["rules"], "starts_per_second": STARTS_PER_SECOND}
    contest = operations.set_up_contest(document=document, organiser=Unit.get_first_root_node(), by=by)
    round, category = rounds_of(contest)[0], categories_of(contest)[0]
    operations.choose_quiz(round=round, category=category, quiz_key=paper.quiz_key, by=by)
    operations.move_contest(contest=contest, to="open", by=by, signed_name=name_of(by))
    entries = Entry.objects.bulk_create(
        [
            Entry(
                contest=contest,
                category=category,
                user=user,
                code=new_code(),
                snapshot={"level": "thpt", "grade": 10},
                school_key=school.uuid,
                unit_key=school.unit.uuid,
                unit_name=school.name,
            )
            for user, school in users
        ],
        batch_size=1000,
    )
    version = rules_in_force(contest)
    Acceptance.objects.bulk_create(
        [Acceptance(entry=entry, rules=version, pledged=True) for entry in entries], batch_size=1000
    )
    chance = random.Random(number)
    return {
        "contest": contest.slug,
        "closes_at": round.closes_at.timestamp(),
        "key": key_of(paper),
        "takers": [
            {
                "user": entry.user_id,
                "session": _session(entry.user),
                "asked": {"prediction": max(0, int(chance.gauss(entrants, entrants / 10)))},
            }
            for entry in entries
        ],
    }


def expected(takers: list[dict], questions: int) -> dict[int, tuple[Decimal, int]]:
    """{user: (score, guess)} of those whose attempt counts: ended, and every question answered."""
    return {
        taker["user"]: (Decimal(taker["score"]), taker["asked"]["prediction"])
        for taker in takers
        if taker["receipts"]
        and sum(answer["value"] not in (None, []) for answer in taker["acknowledged"].values()) == questions
    }


def audit(told: dict, directory: Path) -> dict:
    """What became of each entrant, and whether the published ranking is that of what they were told."""
    from cms.problems import Problem
    from contests import operations, snapshots
    from contests.models import Contest, Entry, RoundAttempt
    from contests.operations.states import name_of
    from contests.queries.contests import rounds_of

    contest, by = Contest.objects.get(slug=told["contest"]), _secretary()
    codes = dict(Entry.objects.filter(contest=contest).values_list("user_id", "code"))
    rows: dict[int, list[tuple[str, int | None]]] = {}
    for user, attempt, guess in RoundAttempt.objects.filter(entry__contest=contest).values_list(
        "entry__user_id", "attempt__uuid", "prediction"
    ):
        rows.setdefault(user, []).append((str(attempt), guess))

    def further(taker: dict, attempt, note) -> None:
        held, right = rows.get(taker["user"], []), (str(attempt.uuid), taker["asked"]["prediction"])
        if held != [right]:
            note("wrong_results", f"user {taker['user']} has {held} in the round, not {right}")

    counts, found = audit_attempts(told["takers"], further)
    wanted = {codes[user]: right for user, right in expected(told["takers"], len(told["key"])).items()}
    try:
        operations.move_contest(contest=contest, to="closed", by=by, signed_name=name_of(by))
        ranking = operations.freeze_ranking(contest=contest, round=rounds_of(contest)[0], by=by)
    except Problem as problem:
        return _told(counts, [*found, f"not ranked: {problem}"], len(told["takers"]), 0, str(problem))
    for name in (snapshots.TABLE, snapshots.RULES):
        (directory / name).write_bytes(snapshots.read_file(ranking, name))
    with (directory / snapshots.TABLE).open(encoding="utf-8-sig") as table:
        ranked = {row["entrant"]: (Decimal(row["score"]), int(row["prediction"])) for row in csv.DictReader(table)}
    wrong = [code for code in wanted.keys() | ranked.keys() if wanted.get(code) != ranked.get(code)]
    for code in wrong[:5]:
        found.append(f"wrong_standings: {code} is ranked with {ranked.get(code)}, was told {wanted.get(code)}")
    script = [sys.executable, str(ROOT / "docs" / "recompute_ranking.py")]
    files = [str(directory / snapshots.TABLE), str(directory / snapshots.RULES)]
    checked = subprocess.run([*script, *files], capture_output=True, text=True)
    wrong_count = len(wrong) + (ranking.actual != len(wanted)) + bool(checked.returncode)
    return _told(counts, found, wrong_count, len(ranked), checked.stdout.strip()[-300:])


def _told(counts, found: list[str], wrong: int, ranked: int, script: str) -> dict:
    figures = {kind: counts[kind] for kind in KINDS}
    return figures | {"wrong_standings": wrong, "ranked": ranked, "script": script, "found": found[:20]}


def main(task: str, *arguments: str) -> dict:
    if task == "prepare":
        number, entrants, seconds = (int(argument) for argument in arguments)
        return prepare(number, entrants, seconds)
    return audit(json.loads(Path(arguments[0]).read_text()), Path(arguments[1]))


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.settings")
    django.setup()
    print(json.dumps(main(*sys.argv[1:]), ensure_ascii=False))
