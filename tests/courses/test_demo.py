"""The demo's week as the whole command makes it: once, and not again."""

import io
import json
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command
from django.utils import timezone

from courses.demo import evenings
from courses.models import ClassSession, LessonProgress
from quizzes.models import Attempt
from schools.demo import accounts
from tests.factories import courses as make

ROOMS = ("schools", "quizzes", "courses")


def load() -> dict:
    out = io.StringIO()
    call_command("load_demo_data", "--json", stdout=out)
    return json.loads(out.getvalue())


def everything() -> dict:
    """Every row of the rooms that the demo writes to, as it is stored."""
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values_list())
        for room in ROOMS
        for model in apps.get_app_config(room).get_models(include_auto_created=True)
    }


@pytest.fixture
def demo_site(db, settings, tmp_path):
    settings.DEMO_ACCOUNTS = True
    settings.VAR_DIR = tmp_path
    make.course(2, slug="cong-dan-so", quizzes=[make.quiz(4, title="Bài 1"), make.quiz(3, title="Bài 2")])
    return Path(tmp_path)


@pytest.mark.slow
def test_the_second_run_changes_nothing(demo_site):
    first = load()
    assert first["created"] > 100
    before = everything()
    assert LessonProgress.objects.filter(state="finished").count() > 20
    assert LessonProgress.objects.filter(state="started").exists()
    assert Attempt.objects.filter(submitted_at=None).count() == 0
    assert ClassSession.objects.count() == 1
    assert json.loads((demo_site / "accounts.json").read_text()) == accounts()

    second = load()
    assert second == {"created": 0, "kept": first["created"] + first["kept"]}
    after = everything()
    assert [label for label in before if before[label] != after[label]] == []


def test_outside_the_demo_nothing_is_made(db, settings, tmp_path):
    settings.DEMO_ACCOUNTS, settings.VAR_DIR = False, tmp_path
    out = io.StringIO()
    with pytest.raises(CommandError, match="DEMO_ACCOUNTS is off") as refused:
        call_command("load_demo_data", "--json", stdout=out)
    assert refused.value.returncode == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("days", range(2, 8))
@pytest.mark.parametrize("minutes", [0, 119])
def test_nobody_learns_tomorrow(days, minutes):
    moments = evenings(days, minutes, 9)
    assert moments == sorted(set(moments))
    assert timezone.localdate(moments[-1]) < timezone.localdate()
    assert moments[-1].astimezone(timezone.get_current_timezone()).hour < 23, "the quiz after it ends that evening too"
