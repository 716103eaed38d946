"""Every real set of rules is a file, and runs: set up, opened, taken by made-up entrants, ranked, checked by the script."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from contests import operations, problems
from contests.models import Contest, Entry, Prize, Round
from contests.operations import rehearsal
from contests.presets import presets, rule_set, rule_sets
from quizzes.models import Attempt, Opening
from schools.models import User
from tests.factories import contests as make
from tests.factories import quizzes
from tests.factories.schools import province

pytestmark = pytest.mark.django_db
SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "recompute_ranking.py"
REAL = {
    "hue-2025",
    "quang-ninh-2023",
    "lang-son-2023",
    "hai-phong-2025",
    "cong-doan-2023",
    "bo-tu-phap-2021",
    "doan-thanh-nien-2025",
    "viet-lao-2022",
    "nghe-an-2018",
    "da-nang-2025",
    "quang-nam-2022",
    "bac-tra-my-2021",
}


def set_up(name: str, by, quiz) -> Contest:
    document = rule_set(name).begun(timezone.now() - timedelta(hours=1))
    contest = operations.set_up_contest(document=document, organiser=province(), by=by)
    for round in Round.objects.filter(stage__contest=contest):
        for category in contest.categories.all():
            operations.choose_quiz(round=round, category=category, quiz_key=quiz.quiz_key, by=by)
    return contest


def test_every_real_contest_has_its_file_and_the_weekly_preset_comes_first():
    assert rule_sets().keys() >= REAL
    assert next(one.name for one in presets()) == "tuan"


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", sorted(name for name, one in rule_sets().items() if not one.is_of_works and "parts" not in one.document)
)
def test_a_rule_set_runs(name, tmp_path):
    contest = set_up(name, make.secretary(), quizzes.signed(quizzes.quiz(5, feedback="score_only")))
    assert operations.lacking(contest) == []
    rehearsal._rehearse(contest, 12, 1)
    contest.refresh_from_db()
    table = operations.compute_table(contest=contest, round=contest.stages.get().rounds.get(number=1))
    assert table.entrants == 12
    assert (table.actual is None) == (not table.rules.prediction)
    files = [tmp_path / "ranking.csv", tmp_path / "rules.json"]
    files[0].write_bytes(table.csv)
    files[1].write_bytes(table.document)
    done = subprocess.run([sys.executable, str(SCRIPT), *map(str, files)], capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, "OK: 12 rows ranked as published")


@pytest.mark.slow
def test_a_rehearsal_leaves_nothing_behind():
    contest = set_up("tuan", make.secretary(), quizzes.signed(quizzes.quiz(5, feedback="score_only")))
    counts = [model.objects.count() for model in (User, Entry, Attempt, Opening)]
    found = operations.rehearse(contest=contest)
    assert (found.entrants, len(found.rows), found.shared) == (50, 10, 0)
    assert next(one["prize"] for one in found.winners) == "Giải Nhất tuần"
    assert [model.objects.count() for model in (User, Entry, Attempt, Opening)] == counts
    contest.refresh_from_db()
    assert contest.state == Contest.State.DRAFT
    assert set(contest.stages.get().rounds.values_list("lot_seed", flat=True)) == {""}


def test_a_rehearsal_finds_what_is_missing():
    contest = set_up("mot-luot", make.secretary(), quizzes.quiz(5, feedback="score_only"))
    with pytest.raises(problems.NotReady):
        operations.rehearse(contest=contest)


def test_what_made_these_contests_what_they_are():
    """Figures of domain.md 4.1, from the files."""
    rules = {name: rule_set(name).document["rules"] for name in REAL}
    assert rules["hue-2025"]["prediction"] == "entrants"
    assert len(rule_set("hue-2025").document["categories"]) == 2
    assert rules["quang-ninh-2023"]["all_answered"]
    assert rules["hai-phong-2025"]["per_contest"] == 1
    assert rules["cong-doan-2023"]["per_round"] == 2
    assert rules["bo-tu-phap-2021"]["per_contest"] == 3
    assert len(rule_set("viet-lao-2022").begun(timezone.now())["rounds"]) == 12
    assert len(rule_set("doan-thanh-nien-2025").begun(timezone.now())["rounds"]) == 23
    first = {name: [key for key, _way in rule_set(name).document["order"]] for name in REAL}
    assert first["quang-nam-2022"].index("prediction_error") < first["quang-nam-2022"].index("duration_ms")
    assert first["bac-tra-my-2021"].index("duration_ms") < first["bac-tra-my-2021"].index("prediction_error")
    assert [one["points"] for one in rule_set("quang-nam-2022").document["prizes"][:3]] == [10, 8, 6]
    assert Prize.objects.count() == 0
