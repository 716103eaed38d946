"""The demo's contests: as the contract names them, and unchanged by a second run."""

import io
import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone

from contests.demo import CLOSED, OPEN, QUIZ, load_demo_contests
from contests.demo_stage import SLUG as STAGE
from contests.demo_works import CLOSED_SLUG as CLOSED_POSTERS
from contests.demo_works import SLUG as POSTERS
from contests.models import Contest, Ranking, Review, Round, Work
from contests.queries.judging import boards_of
from contests.queries.stage import evening_of
from contests.queries.standings import ranking_in_force
from quizzes.models import Paper, Quiz
from schools.demo import load_demo_people
from tests.factories import quizzes
from tests.starter import AT_HOME

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "recompute_ranking.py"


def test_without_questions_there_is_no_contest():
    load_demo_people()
    assert load_demo_contests() == {"created": 0, "kept": 0}


def test_the_closed_contest_is_ranked_and_published_and_the_open_one_runs(tmp_path):
    load_demo_people()
    quizzes.quiz(10)
    assert load_demo_contests() == {"created": 8, "kept": 0}
    assert load_demo_contests() == {"created": 0, "kept": 8}
    closed, running = Contest.objects.get(slug=CLOSED), Contest.objects.get(slug=OPEN)
    assert (closed.state, running.state) == ("published", "open")
    ranking = ranking_in_force(closed)
    assert (ranking.kind, ranking.entrants) == (Ranking.Kind.FROZEN, 64)
    assert ranking.awards.filter(entry__isnull=False).count() == 6
    assert {one["why"] for one in ranking.collective} == {""}
    assert ranking_in_force(running).kind == Ranking.Kind.LIVE
    posters = Work.objects.in_the_running().filter(contest__slug=POSTERS)
    assert [one.counting_version.files.get().probe for one in posters] == [{"width_mm": 420, "height_mm": 594}] * 3
    judged = Contest.objects.get(slug=CLOSED_POSTERS)
    (board,) = boards_of(judged)
    assert (judged.state, len(board.works), board.waiting) == ("judging", 6, 3)
    assert not Work.objects.filter(contest=judged, submitted_at__gt=timezone.now() - timedelta(days=9)).exists()
    assert Review.objects.filter(work__contest=judged).count() == 18
    evening = evening_of(Round.objects.get(stage__contest__slug=STAGE, stage__kind="live"))
    assert [one.turn.state for one in evening.turns] == ["done", "on", "waiting", "waiting"]
    assert evening.turns[0].result and evening.turns[0].penalty and len(evening.turns[1].missing) == 2
    call_command("rank_contest", CLOSED, output=str(tmp_path), json=True, stdout=io.StringIO())
    rules = json.loads((tmp_path / "rules.json").read_text())
    assert (rules["valid_entrants"], rules["actual"]) == (64, 64)
    files = [str(tmp_path / "ranking.csv"), str(tmp_path / "rules.json")]
    assert subprocess.run([sys.executable, str(SCRIPT), *files], capture_output=True).returncode == 0


def test_the_starter_content_is_asked_and_stays_as_it_was(starter_site):
    load_demo_people()
    assert load_demo_contests()["created"] == 8
    assert (
        len(Paper.objects.get(quiz_key=Quiz.objects.get(title=QUIZ).quiz_key, is_current=True).document["questions"])
        == 15
    )
    out = io.StringIO()
    with AT_HOME:
        call_command("load_starter_content", "--json", stdout=out)
    again = json.loads(out.getvalue())
    assert (again["created"], again["changed"]) == (0, 0)
