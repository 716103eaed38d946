"""Rankings of stored attempts: frozen, kept, published, served without a look at the attempts."""

import csv
import io
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from contests import operations, problems, snapshots
from contests.models import Appeal, Award, Promotion, Ranking, Round, RoundAttempt
from contests.operations.states import name_of
from contests.queries.standings import earlier_rankings, ranking_in_force
from quizzes.models import Attempt
from quizzes.operations import cancel_question, regrade
from schools.models import Consent, Notification, Roll
from tests.factories import contests as make
from tests.factories.constraints import refused
from tests.factories.schools import make_class, make_pupil, school_year

pytestmark = pytest.mark.django_db
SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "recompute_ranking.py"


@pytest.fixture
def by():
    return make.secretary()


def crowd(contest, school_class, count: int, **more) -> list:
    """`count` pupils with different scores and times."""
    people = []
    for number in range(count):
        pupil = make_pupil(school_class, f"Trần Thị Em {number}", password=None)
        make.entry(contest, pupil)
        guess = {"prediction": 10 + number} if more.get("guess") else {}
        make.take(contest, pupil, right=number % 5, seconds=60 + number, **guess)
        people.append(pupil)
    return people


def rows_of(ranking: Ranking) -> list[dict]:
    return snapshots.page_of(ranking, 1)


def codes(contest, people) -> list[str]:
    return [contest.entries.get(user=one).code for one in people]


@pytest.mark.slow
def test_a_round_is_frozen_when_it_has_closed_and_every_attempt_has_ended(school_class, by):
    contest = make.opened(by=by)
    people = crowd(contest, school_class, 6)
    round = contest.stages.get().rounds.get()
    with pytest.raises(problems.RoundStillOpen):
        operations.freeze_ranking(contest=contest, round=round, by=by)
    late = make_pupil(school_class, password=None)
    make.entry(contest, late)
    attempt, _new = operations.start_round_attempt(user=late, contest=contest, number=1, idempotency_key="late")
    make.close_rounds(contest)
    with pytest.raises(problems.RoundStillOpen):
        operations.freeze_ranking(contest=contest, by=by)
    RoundAttempt.objects.filter(attempt=attempt).delete()
    ranking = operations.freeze_ranking(contest=contest, by=by)
    expected = codes(contest, [people[4], people[3], people[2], people[1], people[0], people[5]])
    assert [row["entrant"] for row in rows_of(ranking)] == expected
    assert [row["rank"] for row in rows_of(ranking)] == [1, 2, 3, 4, 5, 6]
    assert (ranking.entrants, ranking.number) == (6, 1)


@pytest.mark.slow
def test_names_are_initials_unless_their_owner_said_otherwise(school_class, by):
    contest = make.opened(by=by)
    _one, two, three = crowd(contest, school_class, 3)
    for user, giver in ((two, "representative"), (two, "pupil"), (three, "representative")):
        Consent.objects.create(
            user=user,
            purpose="leaderboard",
            giver=giver,
            text_version="1",
            evidence="phiếu",
            given_at=timezone.now(),
        )
    make.close_rounds(contest)
    told = {row["name"] for row in rows_of(operations.freeze_ranking(contest=contest, by=by))}
    # Of a child it takes the child and a parent.
    assert told == {"T.T.E.0.", "Trần Thị Em 1", "T.T.E.2."}


@pytest.mark.slow
def test_a_cancelled_question_makes_a_new_ranking_and_the_old_one_is_kept(school_class, by, editor):
    contest = make.opened(by=by)
    crowd(contest, school_class, 4)
    make.close_rounds(contest)
    first = operations.freeze_ranking(contest=contest, by=by)
    before = snapshots.read_file(first, snapshots.TABLE)
    attempt = Attempt.objects.first()
    cancel_question(quiz_key=attempt.quiz_key, question_key=attempt.questions[-1][0], reason="Sai đề", actor=editor)
    regrade(quiz_key=attempt.quiz_key, change_key=contest.uuid, reason="Sai đề")
    with pytest.raises(problems.ReasonMissing):
        operations.freeze_ranking(contest=contest, by=by)
    second = operations.freeze_ranking(contest=contest, by=by, reason="Huỷ một câu sai đề")
    first.refresh_from_db()
    assert (first.is_current, second.is_current, second.number) == (False, True, 2)
    assert snapshots.read_file(first, snapshots.TABLE) == before
    assert snapshots.read_file(second, snapshots.TABLE) != before
    assert earlier_rankings(second) == [first]
    assert ranking_in_force(contest) == second


@pytest.mark.slow
def test_the_database_keeps_one_table_in_force(by, school_class):
    contest = make.opened(by=by)
    crowd(contest, school_class, 1)
    make.close_rounds(contest)
    ranking = operations.freeze_ranking(contest=contest, by=by)
    ranking.pk, ranking.uuid = None, contest.uuid
    with refused("one_current_ranking_of_a_table"):
        ranking.save()


def test_guesses_are_measured_against_the_entrants_with_a_valid_attempt(school_class, by):
    order = [["score", "desc"], ["prediction_error", "asc"], ["duration_ms", "asc"], ["draw", "asc"]]
    rules = {"prediction": "entrants", "all_answered": True}
    contest = make.opened(by=by, rules=rules, order=order)
    people = []
    for number, guess in enumerate((50, 3, 4)):
        pupil = make_pupil(school_class, f"Em {number}", password=None)
        make.entry(contest, pupil)
        make.take(contest, pupil, right=4, seconds=30 + number, prediction=guess)
        people.append(pupil)
    idle = make_pupil(school_class, "Em Bỏ Dở", password=None)
    make.entry(contest, idle)
    from quizzes.operations import submit_attempt

    attempt, _new = operations.start_round_attempt(
        user=idle, contest=contest, number=1, idempotency_key="idle", prediction=3
    )
    submit_attempt(user=idle, attempt_uuid=attempt.uuid)
    make.close_rounds(contest)
    ranking = operations.freeze_ranking(contest=contest, by=by)
    assert (ranking.entrants, ranking.actual) == (3, 3)
    assert [row["entrant"] for row in rows_of(ranking)] == codes(contest, [people[1], people[2], people[0]])


def test_an_outage_is_taken_off_the_time_and_counts_once(school_class, by):
    contest = make.opened(by=by)
    pupil = make_pupil(school_class, password=None)
    make.entry(contest, pupil)
    attempt = make.take(contest, pupil, seconds=600)
    round = contest.stages.get().rounds.get()
    begins = attempt.started_at + timedelta(seconds=100)
    school = {"school_key": school_class.school.uuid}
    for start, end, where in ((0, 200, school), (100, 250, {}), (0, 200, {"school_key": contest.uuid})):
        operations.record_outage(
            round=round,
            starts_at=begins + timedelta(seconds=start),
            ends_at=begins + timedelta(seconds=end),
            reason="Đứt cáp",
            by=by,
            **where,
        )
    assert operations.compute_table(contest=contest).ranked[0].row.duration_ms == 350_000


@pytest.mark.slow
def test_prizes_go_down_the_ranking_and_schools_earn_points(school_class, by):
    prizes = [
        {"kind": "individual", "title": "Giải Nhất", "count": 1, "points": 10},
        {"kind": "individual", "title": "Giải Nhì", "count": 2, "points": 8},
        {"kind": "collective", "title": "Tập thể Nhất", "count": 1},
    ]
    contest = make.opened(by=by, prizes=prizes, rules={"collective": {"order": ["total"], "min_entrants": 2}})
    crowd(contest, school_class, 5)
    other = make_class()
    crowd(contest, other, 2)
    Roll.objects.create(
        school=school_class.school,
        school_year=school_year(),
        on="2026-10-15",
        level="thpt",
        grade=10,
        pupils=50,
        frozen_at=timezone.now(),
    )
    make.close_rounds(contest)
    ranking = operations.freeze_ranking(contest=contest, by=by)
    titles = [(one.prize.title, one.rank) for one in Award.objects.filter(ranking=ranking, entry__isnull=False)]
    assert titles == [("Giải Nhất", 1), ("Giải Nhì", 2), ("Giải Nhì", 3)]
    with_roll, without = ranking.collective
    assert (with_roll["name"], with_roll["rate"], with_roll["points"]) == (school_class.school.name, "10.00", 26)
    assert (with_roll["rank"], with_roll["total"]) == (1, "36.00")
    assert (without["name"], without["rank"], without["why"]) == (other.school.name, None, "no_roll")
    assert Award.objects.get(ranking=ranking, prize__kind="collective").school_key == school_class.school.uuid


@pytest.mark.slow
def test_the_best_of_each_school_go_on_and_only_they_take_the_next_round(school_class, by):
    now = timezone.now()
    rounds = [
        {
            "level": "school",
            "opens_at": now - timedelta(hours=2),
            "closes_at": now + timedelta(hours=1),
            "quota_per_unit": 2,
            "promotes": True,
        },
        {"level": "province", "opens_at": now - timedelta(minutes=1), "closes_at": now + timedelta(days=1)},
    ]
    contest = make.opened(by=by, rounds=rounds)
    people = crowd(contest, school_class, 4)
    first, second = Round.objects.filter(stage__contest=contest).order_by("number")
    with pytest.raises(problems.NotPromoted):
        make.take(contest, people[3], number=2)
    first.closes_at = timezone.now()
    first.save()
    operations.freeze_ranking(contest=contest, round=first, by=by)
    assert {one.entry.user for one in Promotion.objects.filter(round=second)} == {people[3], people[2]}
    assert make.take(contest, people[3], number=2)
    with pytest.raises(problems.NotPromoted):
        make.take(contest, people[0], number=2)


@pytest.mark.slow
def test_live_standings_are_made_anew_only_when_something_changed(school_class, by, django_capture_on_commit_callbacks):
    contest = make.opened(by=by)
    assert operations.refresh_standings() == 0
    crowd(contest, school_class, 3)
    assert operations.refresh_standings() == 1
    assert operations.refresh_standings() == 0
    for _again in range(3):
        crowd(contest, school_class, 1)
        assert operations.refresh_standings() == 1
    assert Ranking.objects.filter(kind="live").count() == 2
    assert len(rows_of(ranking_in_force(contest))) == 6


def test_what_is_to_be_guessed_is_not_told_while_it_can_be_guessed(school_class, by, client):
    contest = make.opened(by=by, rules={"prediction": "entrants"})
    crowd(contest, school_class, 2, guess=True)
    operations.refresh_standings()
    answer = client.get(f"/api/v1/contests/{contest.slug}/standings").json()
    assert answer["state"] == "live"
    assert not {"entrants", "actual", "count"} & set(answer)
    assert {row["prediction"] for row in answer["results"]} == {None}


@pytest.mark.slow
def test_a_page_of_the_standings_asks_no_attempt(school_class, by, client, monkeypatch):
    monkeypatch.setattr(snapshots, "PAGE", 2)
    monkeypatch.setattr(snapshots, "CHUNK", 4)
    contest = make.opened(by=by)
    crowd(contest, school_class, 5)
    make.close_rounds(contest)
    ranking = operations.freeze_ranking(contest=contest, by=by)
    address = f"/api/v1/contests/{contest.slug}/standings"
    seen = []
    for page in (1, 2, 3):
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address, {"page": page}).json()
        assert len(queries) == 3  # the contest, its rankings in force, who is not to be named
        assert not any("attempt" in one["sql"] for one in queries)
        seen += answer["results"]
    assert [row["rank"] for row in seen] == [1, 2, 3, 4, 5]
    assert (answer["pages"], answer["ranking"]) == (3, str(ranking.uuid))
    assert client.get(address, {"page": 4}).json()["results"] == []
    assert client.get(address, {"round": 7}).status_code == 404
    assert client.get("/api/v1/contests/khong-co/standings").status_code == 404


def test_before_anything_is_ranked_the_standings_are_empty(by, client):
    contest = make.opened(by=by)
    answer = client.get(f"/api/v1/contests/{contest.slug}/standings")
    assert answer.json() == {"contest": contest.slug, "state": "none", "page": 1, "pages": 0, "results": []}
    hidden = make.draft(by=by, title="Bản nháp")
    assert client.get(f"/api/v1/contests/{hidden.slug}/standings").status_code == 404


def test_the_api_starts_and_resumes_an_attempt(pupil, as_user):
    contest = make.opened(rules={"prediction": "entrants"})
    client, address = as_user(pupil), f"/api/v1/contests/{contest.slug}/rounds/1/attempts"

    def start(key="one", **body):
        headers = {"Idempotency-Key": key} if key else {}
        return client.post(address, json.dumps(body), content_type="application/json", headers=headers)

    assert start(prediction=3).json()["code"] == "not_entered"
    make.entry(contest, pupil)
    assert start(key=None, prediction=3).status_code == 422
    assert start().json()["code"] == "prediction_missing"
    first = start(prediction=3)
    assert first.status_code == 201
    assert set(first.json()) >= {"attempt", "number", "started_at", "deadline", "grace_seconds", "questions"}
    assert not {"correct", "right", "fraction", "feedback", "explanation"} & set(
        str(first.json()).replace("'", " ").split()
    )
    again = start(key="two", prediction=9)
    assert (again.status_code, again.json()["attempt"]) == (200, first.json()["attempt"])
    assert RoundAttempt.objects.get().prediction == 3
    assert (
        client.post(f"/api/v1/contests/{contest.slug}/rounds/2/attempts", headers={"Idempotency-Key": "x"}).status_code
        == 404
    )
    assert as_user().post(address).status_code == 401


# --- What is published ------------------------------------------------------------------------------------------------


@pytest.mark.slow
@pytest.mark.parametrize("which", [[], ["--round", "1"]])
def test_rank_contest_writes_what_the_script_computes(school_class, by, tmp_path, which):
    order = [["score", "desc"], ["prediction_error", "asc"], ["duration_ms", "asc"], ["draw", "asc"]]
    contest = make.opened(by=by, rules={"prediction": "entrants"}, order=order)
    crowd(contest, school_class, 12, guess=True)
    out = io.StringIO()
    call_command("rank_contest", contest.slug, *which, output=str(tmp_path), json=True, stdout=out)
    assert json.loads(out.getvalue())["ranked"] == 12
    table = (tmp_path / "ranking.csv").read_bytes()
    assert table.startswith(
        b"\xef\xbb\xbfrank,entrant,unit,score,prediction,prediction_error,duration_ms,submitted_at,draw,attempt\r\n"
    )
    rows = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"))))
    rules = json.loads((tmp_path / "rules.json").read_text())
    assert set(rules) == {"version", "valid_entrants", "actual", "seed", "order"}
    assert (rules["valid_entrants"], rules["actual"], len(rows)) == (12, 12, 12)
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(tmp_path / "ranking.csv"), str(tmp_path / "rules.json")],
        capture_output=True,
        text=True,
    )
    assert (done.returncode, done.stdout.strip()) == (0, "OK: 12 rows ranked as published")


def test_rank_contest_says_why_it_cannot(by, tmp_path):
    with pytest.raises(CommandError, match="no contest"):
        call_command("rank_contest", "khong-co", output=str(tmp_path))
    contest = make.opened(by=by)
    for more in ([], ["--round", "9"]):
        with pytest.raises(CommandError):
            call_command("rank_contest", contest.slug, *more, output=str(tmp_path))
    assert not list(tmp_path.iterdir())


def test_results_are_published_after_they_are_frozen(school_class, by):
    contest = make.opened(by=by)
    crowd(contest, school_class, 2)
    make.close_rounds(contest)
    move = {"contest": contest, "by": by, "signed_name": name_of(by)}
    operations.move_contest(to="closed", **move)
    with pytest.raises(problems.NotReady):
        operations.move_contest(to="published", **move)
    operations.freeze_ranking(contest=contest, by=by)
    assert operations.move_contest(to="published", **move)


# --- Appeals ----------------------------------------------------------------------------------------------------------


def test_an_appeal_is_made_in_time_once_and_decided_with_reasons(school_class, by):
    contest = make.opened(by=by)
    one, two = crowd(contest, school_class, 2)
    make.close_rounds(contest)
    ranking = operations.freeze_ranking(contest=contest, by=by)
    entry = contest.entries.get(user=one)
    appeal = operations.file_appeal(entry=entry, ranking=ranking, text="Em bị mất mạng.")
    assert operations.file_appeal(entry=entry, ranking=ranking, text="Lần nữa.") == appeal
    with pytest.raises(problems.ReasonMissing):
        operations.decide_appeal(appeal=appeal, upheld=True, decision=" ", by=by)
    operations.decide_appeal(appeal=appeal, upheld=True, decision="Có biên bản mất mạng.", by=by)
    assert [(told.user, told.kind) for told in Notification.objects.all()] == [(one, "contest_appeal")]
    with pytest.raises(problems.AlreadyDecided):
        operations.decide_appeal(appeal=appeal, upheld=False, decision="Thôi.", by=by)
    Ranking.objects.update(computed_at=timezone.now() - timedelta(days=12))
    ranking.refresh_from_db()
    with pytest.raises(problems.AppealsClosed):
        operations.file_appeal(entry=contest.entries.get(user=two), ranking=ranking, text="Muộn rồi.")
    assert Appeal.objects.count() == 1


def test_a_ranking_takes_as_many_queries_whatever_the_crowd(school_class, by):
    contest = make.opened(by=by)
    counts = []
    for size in (1, 3):
        crowd(contest, school_class, size)
        with CaptureQueriesContext(connection) as queries:
            assert operations.compute_table(contest=contest).ranked
        counts.append(len(queries))
    assert counts == [4, 4]  # the rules, outages, attempts, the rounds' seeds
