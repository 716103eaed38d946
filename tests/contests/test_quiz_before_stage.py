"""Communicators: a quiz online says who goes on to the stage, and the stage says who wins."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from contests import operations, problems
from contests.models import Category, Promotion, Round, Stage, TeamMember
from contests.operations.states import name_of
from contests.presets import rule_set
from tests.factories import contests as make
from tests.factories import quizzes
from tests.factories.schools import make_class, make_pupil, make_school, province

pytestmark = pytest.mark.django_db
SCRIPT = Path(__file__).resolve().parents[2] / "docs" / "recompute_ranking.py"


@pytest.mark.slow
def test_the_best_of_each_school_make_its_team_on_the_stage(as_user, tmp_path):
    by = make.secretary()
    document = rule_set("hoi-thi-tuyen-truyen-vien").begun(timezone.now() - timedelta(hours=1))
    document["rounds"][0]["quota_per_unit"] = 3
    contest = operations.set_up_contest(document=document, organiser=province(), by=by)
    assert list(contest.stages.values_list("kind", flat=True)) == [Stage.Kind.QUIZ, Stage.Kind.LIVE]
    first, final = Round.objects.filter(stage__contest=contest).order_by("number")
    assert first.promotes_to == final and operations.lacking(contest)
    category, quiz = Category.objects.get(contest=contest), quizzes.signed(quizzes.quiz(4, feedback="after_close"))
    desk, address = as_user(by), {"slug": contest.slug}
    asked = desk.get(reverse("contests:manage", kwargs=address)).context["slots"]
    assert [one["round"] for one in asked] == [first], "nobody is asked a quiz on the stage"
    operations.choose_quiz(round=first, category=category, quiz_key=quiz.quiz_key, by=by)
    assert operations.lacking(contest) == []
    assert operations.rehearse(contest=contest).entrants == 50
    operations.move_contest(contest=contest, to="open", by=by, signed_name=name_of(by))
    contest.refresh_from_db()

    # Four of one school, one of another, one who comes late.
    near, far = make_class(make_school("Trường Gần"), "10A"), make_class(make_school("Trường Xa"), "11B")
    pupils = [make_pupil(near, f"Em Gần {number}", code=f"G{number}") for number in range(4)]
    alone = make_pupil(far, "Em Xa", code="X1")
    mates = [make_pupil(far, f"Bạn Xa {number}", code=f"X{number}") for number in (2, 3)]
    page = as_user(pupils[0]).get(reverse("contests:contest", kwargs=address)).text
    assert (
        reverse("contests:enter", kwargs=address) in page and reverse("contests:board", args=[contest.slug, 2]) in page
    )
    for place, pupil in enumerate([*pupils, alone]):
        make.entry(contest, pupil)
        make.take(contest, pupil, right=4 if place in {1, 3} else 2, seconds=90 - place)
    page = as_user(pupils[0]).get(reverse("contests:contest", kwargs=address)).context["page"]
    assert [(one.may_start, one.is_live) for one in page.rounds] == [(False, False), (False, True)]
    with pytest.raises(problems.TeamRefused):
        operations.register_team(round=final, category=category, school=far.school, codes=["X1", "X2", "X3"], by=by)

    Round.objects.filter(pk=first.pk).update(closes_at=timezone.now() - timedelta(seconds=1))
    first.refresh_from_db()
    ranking = operations.freeze_ranking(contest=contest, round=first, by=by)
    assert ranking.entrants == 5
    table = operations.compute_table(contest=contest, round=first)
    assert [key for key, _way in table.rules.order] == ["score", "duration_ms", "submitted_at", "draw"]
    for name, content in (("ranking.csv", table.csv), ("rules.json", table.document)):
        (tmp_path / name).write_bytes(content)
    command = [sys.executable, str(SCRIPT), str(tmp_path / "ranking.csv"), str(tmp_path / "rules.json")]
    assert subprocess.run(command, capture_output=True, text=True, check=True).stdout.startswith("OK: 5")
    assert Promotion.objects.filter(round=final).count() == 4

    # The desk takes them in; who is too few for a team is named, and completed from the paper of the school.
    stage = reverse("contests:stage_desk", args=[contest.slug, 2])
    assert desk.get(stage).context["promoted"] == 4
    for _press in range(2):
        told = desk.post(reverse("contests:stage_act", args=[contest.slug, 2]), {"do": "promoted"}, follow=True)
    assert "Trường Xa" in told.text and told.context["promoted"] == 1
    (turn,) = final.turns.all()
    assert turn.entry.user == pupils[3], "the best of the school leads"
    assert set(turn.team.members.values_list("user", flat=True)) == {pupils[1].pk, pupils[2].pk, pupils[3].pk}
    register = {"round": final, "category": category, "school": far.school, "by": by}
    with pytest.raises(problems.TeamRefused):
        operations.register_team(codes=["X2", "X3"], **register)
    with pytest.raises(problems.InAnotherTeam):
        operations.register_team(codes=["G1", "G0", "G2"], **(register | {"school": near.school}))
    late = operations.register_team(codes=["X1", "X2", "X3"], **register)
    assert late.team.members.filter(role=TeamMember.Role.LEADER).get().user == alone
    assert {one.pk for one in mates} < set(late.team.members.values_list("user", flat=True))
    assert operations.draw_order(round=final, by=by).codes and final.turns.count() == 2

    # A new ranking after a mistake takes nobody off the list who stands on it.
    operations.freeze_ranking(contest=contest, round=first, by=by, reason="Huỷ một câu")
    assert Promotion.objects.filter(round=final).count() == 4
    # Whoever wins, wins on the stage: before it the contest has no ranking.
    assert operations.compute_table(contest=contest).ranked == []
    with pytest.raises(problems.StillJudging):
        operations.freeze_ranking(contest=contest, by=by)
