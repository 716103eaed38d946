"""`make bench-storm` finds what it is there to find, and small storms with kills blow on real servers."""

import json
import os
import subprocess
import sys
from copy import deepcopy
from decimal import Decimal

import pytest
from django.conf import settings
from django.utils import timezone

from quizzes.models import Attempt
from quizzes.operations import save_answers, start_attempt, submit_attempt
from quizzes.papers import paper
from schools.models import User
from support.models import Survey
from tests import starter
from tests.bench import assistant_storm, contest_storm, storm, survey_storm
from tests.bench.storms import closing, ground, opinions, together
from tests.bench.storms.taker import worth
from tests.factories import courses as make
from tests.factories import quizzes as quiz_make
from tests.factories import surveys
from tests.factories.schools import province

CHOICE = {"type": "single", "points": "2", "partial": False, "fractions": {}, "right": ["a"]}
SEVERAL = CHOICE | {"type": "multiple", "right": ["a", "b"]}


@pytest.mark.parametrize(
    ("question", "value", "points"),
    [
        (CHOICE, "a", "2.00"),
        (CHOICE, "b", "0.00"),
        (CHOICE, None, "0"),
        (CHOICE | {"fractions": {"a": "1", "b": "0.333333"}}, "b", "0.67"),
        (SEVERAL, ["b", "a"], "2.00"),
        (SEVERAL, ["a"], "0.00"),
        (SEVERAL | {"partial": True}, ["a"], "1.00"),
        (SEVERAL | {"partial": True}, ["a", "c"], "0.00"),
        (SEVERAL | {"partial": True}, ["c"], "0.00"),
    ],
)
def test_a_taker_knows_what_an_answer_is_worth(question, value, points):
    assert worth(question, value) == Decimal(points)


@pytest.fixture
def taken(db):
    """Two pupils of a prepared ground who did what takers do, and what they would tell the audit."""
    province()
    questions = [quiz_make.question(), quiz_make.true_false(), quiz_make.multiple()]
    make.course(1, quizzes=[quiz_make.quiz(questions)])
    prepared = ground.prepare(1, 2, 600)
    told = []
    for number, account in enumerate(prepared["takers"]):
        user = User.objects.get(pk=account["user"])
        attempt, _new = start_attempt(user=user, quiz_key=prepared["quiz_key"], idempotency_key=f"key {number}")
        asked = paper(attempt.paper_id).asked(attempt.questions)
        values = {one["id"]: [option["id"] for option in one["options"]][:1] for one in asked}
        values = {one["id"]: values[one["id"]] if one["type"] == "multiple" else values[one["id"]][0] for one in asked}
        saves = [(question, 2, value, None) for question, value in values.items()]
        save_answers(user=user, attempt_uuid=attempt.uuid, saves=saves, sent_at=timezone.now())
        ended = submit_attempt(user=user, attempt_uuid=attempt.uuid)
        told.append(
            {
                "user": user.pk,
                "attempt": str(attempt.uuid),
                "acknowledged": {question: {"seq": 2, "value": value} for question, value in values.items()},
                "sent": {question: {"2": {"value": value}} for question, value in values.items()},
                "receipts": [ended.receipt_code] * 2,
                "scores": [float(ended.score)],
                "score": str(sum(worth(prepared["key"][question], value) for question, value in values.items())),
            }
        )
    return prepared, told


@pytest.mark.slow
def test_the_audit_finds_nothing_where_nothing_is_wrong(taken):
    prepared, told = taken
    found = ground.audit(told, prepared["lesson_key"])
    assert found["found"] == []
    assert found["acknowledged"] == 6
    assert not any(found[name] for name in ("acknowledged_lost", "duplicates", "wrong_results", "unfinished", "late"))


def _lower_number(told):
    told["acknowledged"][next(iter(told["acknowledged"]))]["seq"] = 3


def _other_value(told):
    told["acknowledged"][next(iter(told["acknowledged"]))]["value"] = "another"


def _no_attempt(told):
    Attempt.objects.filter(uuid=told["attempt"]).delete()


def _second_receipt(told):
    told["receipts"].append("AAAAA-AAAAA")


def _other_score(told):
    told["score"] = "0.01"


def _other_score_told(told):
    told["scores"].append(0.01)


def _row_is_gone(told):
    Attempt.objects.get(uuid=told["attempt"]).answer_rows.first().delete()


def _no_receipt(told):
    told["receipts"].clear()


def _second_attempt(told):
    ended = Attempt.objects.get(uuid=told["attempt"])
    again = {"pk": None, "uuid": "0" * 32, "number": 2, "idempotency_key": "again", "receipt_code": "BBBBB-BBBBB"}
    for name, value in again.items():
        setattr(ended, name, value)
    ended._state.adding = True
    ended.save()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("spoil", "kind", "times"),
    [
        (_lower_number, "acknowledged_lost", 1),
        (_other_value, "acknowledged_lost", 1),
        (_no_attempt, "acknowledged_lost", 3),
        (_second_receipt, "duplicates", 1),
        (_second_attempt, "duplicates", 1),
        (_other_score, "wrong_results", 1),
        (_other_score_told, "wrong_results", 1),
        (_row_is_gone, "wrong_results", 1),
        (_no_receipt, "unfinished", 1),
    ],
)
def test_the_audit_finds(taken, spoil, kind, times):
    prepared, told = taken
    told = deepcopy(told)
    spoil(told[1])
    found = ground.audit(told, prepared["lesson_key"])
    assert found[kind] == times, found
    assert found["found"]


def test_a_storm_that_lost_something_or_was_slow_is_not_kept():
    kept = dict.fromkeys(storm.FAULTLESS, 0) | {"p95_ms": {"save": 499.9}}
    assert storm.is_kept(kept)
    assert not storm.is_kept(kept | {"acknowledged_lost": 1})
    assert not storm.is_kept(kept | {"p95_ms": {"save": 500.0}})
    assert not storm.is_kept(kept | {"p95_ms": {"save": None}})


def test_an_assistant_that_falls_behind_misses_its_goal(monkeypatch):
    monkeypatch.setenv("RATE", "10")
    options = assistant_storm.Options()
    turns = assistant_storm.Schedule(options.rate, 1, begins=100.0)
    assert [turns.take() for _one in range(11)] == [*((n, 100.0 + n / 10) for n in range(10)), None]
    row = {"faults": {}, "questions_per_second": 10.0, "p95_ms": 500}
    assert assistant_storm.missed(row, options) == []
    late = assistant_storm.missed({"faults": {"status 503": 2}, "questions_per_second": 9.8, "p95_ms": 501}, options)
    assert [text.split(" ")[0] for text in late] == ["2", "9.8", "p95"]
    monkeypatch.setenv("RATE", "0")
    with pytest.raises(ValueError, match="RATE must be a number of at least 1"):
        assistant_storm.Options()


def test_a_closing_storm_counts_who_answered_everything_and_names_what_it_missed():
    answers = {"q1": {"value": "a"}, "q2": {"value": ["b"]}}
    taker = {"user": 1, "receipts": ["R"], "score": "2", "acknowledged": answers, "asked": {"prediction": 7}}
    gap = taker | {"user": 2, "acknowledged": answers | {"q2": {"value": None}}}
    ranked = closing.expected([taker, gap, taker | {"user": 3, "receipts": []}], 2)
    assert ranked == {1: (Decimal(2), 7)}
    row = dict.fromkeys(contest_storm.GOALS, 0) | {"closing": {"p95_ms": {"save": 499.9, "start": 999.9}}}
    assert contest_storm.missed(row) == []
    row |= {"wrong_standings": 1, "closing": {"p95_ms": {"save": 500.0, "start": None}}}
    assert [text.split(":")[0] for text in contest_storm.missed(row)] == [
        "wrong_standings",
        "p95 of a save",
        "p95 of a start",
    ]


def test_a_wrong_number_is_a_usage_error(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("STORM_OUTPUT", str(tmp_path))
    monkeypatch.setenv("TAKERS", "many")
    assert together.main(["survey_storm", "storm"]) == 2, "nothing was measured"
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "TAKERS must be a number of at least 1, not 'many'.\n")
    assert not list(tmp_path.iterdir())


@pytest.mark.slow
@pytest.mark.longest
@pytest.mark.skipif("postgres" in settings.DATABASES["default"]["ENGINE"], reason="it is on SQLite in either run")
def test_small_storms_lose_nothing(django_db_setup, django_db_blocker, tmp_path):
    """A quiz, the close of a contest and a survey, on the same servers, with three kills each.

    How fast they were is not judged here: other tests run beside them.
    """
    with django_db_blocker.unblock():
        template = starter.template(django_db_setup)
    servers = {"BENCH_DB": "sqlite", "BENCH_TEMPLATE": str(template), "STORM_OUTPUT": str(tmp_path)}
    common = {"STORMS": "1", "TAKERS": "6", "DURATION": "8", "KILLS": "3", "SEED": "4"}
    contest = {"ENTRANTS": "10", "WINDOW": "14", "DRIVERS": "2"}
    survey = {"ANSWERS": "40", "WRITERS": "8"}
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "storm", "contest_storm", "survey_storm"],
        cwd=storm.ROOT,
        env=os.environ | servers | common | contest | survey,
        capture_output=True,
        text=True,
        timeout=600,
    )
    told = done.stdout[-3000:] + done.stderr[-3000:]
    assert done.returncode in (0, 1), told
    files = {name: tmp_path / f"{name}.json" for name in ("storm", "contest-storm", "survey-storm")}
    assert all(file.exists() for file in files.values()), told
    rows = {name: json.loads(file.read_text()) for name, file in files.items()}

    (row,) = rows["storm"]["storms"]
    assert {name: row[name] for name in storm.FAULTLESS} == dict.fromkeys(storm.FAULTLESS, 0), row
    assert row["acknowledged"] >= 6
    assert row["calls"]["submit"] >= 6
    assert len(row["kills"]) == 3
    assert "storms kept every goal" in done.stdout

    row = rows["contest-storm"]["storm"]
    assert {name: row[name] for name in contest_storm.GOALS} == dict.fromkeys(contest_storm.GOALS, 0), row
    assert (row["took_part"], len(row["kills"])) == (10, 3)
    assert 3 <= row["ranked"] <= 10
    assert row["script"] == f"OK: {row['ranked']} rows ranked as published"

    row = rows["survey-storm"]["storm"]
    assert {name: row[name] for name in survey_storm.GOALS} == dict.fromkeys(survey_storm.GOALS, 0), row
    assert (row["acknowledged"], row["held"], len(row["kills"])) == (40, 40, 3)


@pytest.mark.django_db
def test_the_audit_of_a_survey_finds_what_was_lost_and_what_is_wrong():
    slug = opinions.prepare()["slug"]
    survey = Survey.objects.get(slug=slug)
    kept = surveys.answer(survey, number="a").answer
    told = {str(kept.key): 5}
    assert opinions.audit(slug, told)["acknowledged_lost"] == opinions.audit(slug, told)["wrong_results"] == 0
    assert opinions.audit(slug, told | {str(survey.uuid): 3})["acknowledged_lost"] == 1
    assert opinions.audit(slug, {str(kept.key): 4})["wrong_results"] == 1
