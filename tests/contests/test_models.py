"""What the tables of contests refuse, whoever writes to them."""

from datetime import timedelta

import pytest
from django.db.models import ProtectedError
from django.utils import timezone

from contests.models import Category, Contest, Round, RulesVersion, Stage
from tests.factories.constraints import once, refused
from tests.factories.schools import make_unit

pytestmark = pytest.mark.django_db


def contest(slug: str = "tim-hieu", **fields) -> Contest:
    fields = {"title": "Tìm hiểu dịch vụ công", "kind": Contest.Kind.KNOWLEDGE, "organiser": make_unit()} | fields
    return Contest.objects.create(slug=slug, **fields)


def stage(of: Contest, position: int = 1) -> Stage:
    return Stage.objects.create(contest=of, position=position, kind=Stage.Kind.QUIZ, title="Vòng trắc nghiệm")


def a_round(of: Stage, number: int = 1, *, hours: float = 24) -> Round:
    opens = timezone.now()
    closes = opens + timedelta(hours=hours)
    return Round.objects.create(stage=of, number=number, level=Round.Level.WEEK, opens_at=opens, closes_at=closes)


def test_a_contest_begins_as_a_draft_and_has_an_address_of_its_own():
    made = contest()
    assert made.state == Contest.State.DRAFT
    with refused(once("contests_contest_slug_.*", "contests_contest.slug")):
        contest()
    assert contest("cuoc-thi-khac").uuid != made.uuid


def test_a_version_of_the_rules_is_written_once():
    first, second = contest(), contest("khac")
    RulesVersion.objects.create(contest=first, number=1, text="Thể lệ")
    RulesVersion.objects.create(contest=first, number=2, text="Thể lệ sửa đổi")
    RulesVersion.objects.create(contest=second, number=1, text="Thể lệ")
    with refused(
        once("rules_version_once", "contests_rulesversion.contest_id", "contests_rulesversion.number"),
    ):
        RulesVersion.objects.create(contest=first, number=1, text="Một bản khác")


def test_stages_and_rounds_have_their_places():
    made = contest()
    first = stage(made)
    stage(made, 2)
    with refused(once("stage_position_once", "contests_stage.contest_id", "contests_stage.position")):
        stage(made, 2)
    a_round(first)
    a_round(first, 2)
    with refused(once("round_number_once", "contests_round.stage_id", "contests_round.number")):
        a_round(first, 2)


@pytest.mark.parametrize("hours", [0, -1])
def test_a_round_closes_after_it_opens(hours):
    with refused("round_closes_after_it_opens"):
        a_round(stage(contest()), hours=hours)


@pytest.mark.parametrize(("low", "high"), [(3, 2), (0, 4), (0, 0)])
def test_a_team_has_one_member_at_least_and_no_more_than_its_most(low, high):
    with refused("team_size_in_order"):
        Category.objects.create(contest=contest(), slug="clip", title="Clip", team_min=low, team_max=high)


def test_a_category_is_named_once_in_a_contest():
    first, second = contest(), contest("khac")
    Category.objects.create(contest=first, slug="clip", title="Clip", team_min=1, team_max=5)
    Category.objects.create(contest=second, slug="clip", title="Clip")
    with refused(once("category_slug_once", "contests_category.contest_id", "contests_category.slug")):
        Category.objects.create(contest=first, slug="clip", title="Tiểu phẩm")


def test_what_a_contest_holds_keeps_it():
    made = contest()
    a_round(stage(made))
    for kept in (made, made.organiser):
        with pytest.raises(ProtectedError):
            kept.delete()
