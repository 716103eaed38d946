"""The desk's forms: the wizard from draft to opening, an outage, a cancelled question."""

from datetime import timedelta

import pytest
from django import forms
from django.urls import reverse
from django.utils import timezone

from contests import operations
from contests.jury.rubrics import rubric
from contests.models import Contest, Criterion, Outage, Prize, Slot
from contests.operations.states import name_of
from contests.problems import NoSuchEntry
from contests.queries.contests import rules_in_force
from contests.rules import Rules
from quizzes.models import Allowance, Attempt, Paper
from tests.factories import contests as make
from tests.factories.schools import make_unit

pytestmark = pytest.mark.django_db


def url(name: str, *args) -> str:
    return reverse(f"contests:{name}", args=args)


def filled(page, **changes) -> dict:
    """What a browser would send of the step's forms as they stand."""
    sent: dict = {}
    for one in [page.context["form"], *(page.context["rows"] or [])]:
        for field in one or []:
            value = field.value()
            widget = field.field.widget
            if value is None and type(widget) is forms.Select and field.field.choices:
                # A browser sends the first option of a list of which none is chosen.
                value = field.field.choices[0][0]
            if hasattr(value, "strftime"):
                value = value.strftime("%Y-%m-%dT%H:%M") if hasattr(value, "hour") else value.isoformat()
            if value not in (None, "", False, []):
                sent[field.html_name] = value
    if rows := page.context["rows"]:
        sent |= {field.html_name: field.value() for field in rows.management_form}
    return sent | changes


@pytest.mark.slow
def test_a_draft_is_written_step_by_step_tried_and_opened(as_user):
    by = make.secretary()
    contest = make.draft(by=by, weeks=2)
    commune, client = make_unit(), as_user(by)

    def step(name: str) -> str:
        return url("step", contest.slug, name)

    def save(name: str, **changes):
        return client.post(step(name), filled(client.get(step(name)), **changes))

    late = (timezone.localtime() + timedelta(days=20)).strftime("%Y-%m-%dT%H:%M")
    later = (timezone.localtime() + timedelta(days=27)).strftime("%Y-%m-%dT%H:%M")
    third = {"rounds-2-level": "school", "rounds-2-opens_at": late, "rounds-2-closes_at": later}
    answer = save("name", title="Ngày hội số", **third)
    assert answer["Location"] == step("who")
    contest.refresh_from_db()
    assert contest.title == "Ngày hội số"
    assert [one.level for one in contest.stages.get().rounds.all()] == ["week", "week", "school"]
    assert save("name", **{"rounds-0-closes_at": "2020-01-01T08:00"}).status_code == 422
    save("name", **{"rounds-2-DELETE": "on"})
    assert contest.stages.get().rounds.count() == 2
    answer = save(
        "who",
        **{
            "categories-1-title": "Giáo viên",
            "categories-1-levels": ["teacher"],
            "categories-1-units": [str(commune.uuid)],
        },
    )
    assert answer["Location"] == step("papers")
    teachers = contest.categories.get(slug="giao-vien")
    assert teachers.eligibility["units"] == [str(commune.uuid)]
    assert save("who", **{"categories-0-grade_min": 12, "categories-0-grade_max": 6}).status_code == 422
    quiz = str(Paper.objects.filter(is_current=True).first().quiz_key)
    page = client.get(step("papers"))
    save("papers", **{field.html_name: quiz for field in page.context["form"]})
    # Tie-breaks are a list: a guess must be asked for before it can rank.
    order = {"place_1": "score", "place_2": "prediction_error", "place_3": "duration_ms", "place_4": "draw"}
    assert "không yêu cầu dự đoán" in save("rules", **order).text
    save("rules", prediction="entrants", per_round=2, collective="total", min_entrants=5, **order)
    rules = Rules.of(rules_in_force(contest))
    assert [key for key, _direction in rules.order] == ["score", "prediction_error", "duration_ms", "draw"]
    assert (rules.per_round, rules.collective.order, rules.collective.min_entrants) == (2, ("total",), 5)
    prizes = {"prizes-0-kind": "individual", "prizes-0-title": "Giải Nhất", "prizes-0-count": 1, "prizes-0-points": 10}
    prizes |= {"prizes-1-kind": "collective", "prizes-1-title": "Cờ thi đua", "prizes-1-count": 2}
    save("prizes", **prizes)
    assert {(one.kind, one.title) for one in Prize.objects.all()} == {
        ("individual", "Giải Nhất"),
        ("collective", "Cờ thi đua"),
    }
    tried = client.post(step("try"))
    assert tried.status_code == 200
    assert "50 người giả định" in tried.text
    assert name_of(by) not in client.get(step("open")).text
    client.post(url("move", contest.slug), {"to": "open", "signed_name": name_of(by)})
    # What was announced stays; the rules become a version that is accepted again.
    assert client.get(step("prizes")).status_code == 409
    assert save("rules").status_code == 422
    assert save("rules", per_round=3, changes="Ba lần thay vì hai.")["Location"] == url("manage", contest.slug)
    assert contest.rules_versions.count() == 2
    assert Contest.objects.get().state == "open"
    assert client.get(step("elsewhere")).status_code == 404


@pytest.mark.slow
def test_an_outage_gives_another_attempt_and_is_told_to_everybody(as_user, pupil):
    by = make.secretary()
    contest = make.opened(by=by)
    entry = make.entry(contest, pupil)
    make.take(contest, pupil, seconds=600)
    client, now = as_user(by), timezone.localtime()
    form = {
        "round": contest.stages.get().rounds.get().pk,
        "starts_at": (now - timedelta(minutes=9)).strftime("%Y-%m-%dT%H:%M"),
        "ends_at": (now - timedelta(minutes=4)).strftime("%Y-%m-%dT%H:%M"),
        "entry_codes": f"{entry.code.lower()},",
        "gives": "attempt",
        "until": (now + timedelta(days=10)).strftime("%Y-%m-%dT%H:%M"),
        "reason": "Mất điện ở xã",
        "notice": "Chiều nay mất điện, các em được làm lại.",
    }
    assert client.post(url("outages", contest.slug), form | {"gives": "time"}).status_code == 422
    assert client.post(url("outages", contest.slug), form | {"entry_codes": "KHONGCO"}).status_code == 422
    for _twice in range(2):
        client.post(url("outages", contest.slug), form)
    outage, given = Outage.objects.get(), Allowance.objects.get()
    assert (outage.entry_codes, given.user, given.extra_attempts) == ([entry.code], pupil, 1)
    assert "Mất điện ở xã" in client.get(url("outages", contest.slug)).text
    assert "các em được làm lại" in as_user().get(url("contest", contest.slug)).text
    make.close_rounds(contest)
    own = as_user(pupil)
    assert "Bắt đầu" in own.get(url("contest", contest.slug)).text
    assert client.post(url("freeze", contest.slug)).status_code == 409
    own.post(url("start", contest.slug, 1))
    assert Attempt.objects.filter(user=pupil).count() == 2
    table = operations.compute_table(contest=contest)
    assert table.ranked[0].row.duration_ms <= 300_000
    with pytest.raises(NoSuchEntry):
        operations.record_outage(
            round=outage.round, starts_at=now, ends_at=now, reason="…", by=by, entry_codes=["NIMMER"]
        )


@pytest.mark.slow
def test_a_cancelled_question_makes_a_new_ranking_beside_the_old(as_user, pupil, django_capture_on_commit_callbacks):
    by = make.secretary()
    contest = make.opened(by=by)
    make.entry(contest, pupil)
    attempt = make.take(contest, pupil, right=3)
    make.close_rounds(contest)
    first = operations.freeze_ranking(contest=contest, by=by)
    client = as_user(by)
    page = client.get(url("questions", contest.slug))
    (quiz,) = page.context["quizzes"]
    wrong = attempt.questions[3][0]
    form = {"quiz": str(quiz.key), "question": wrong, "reason": "Câu hỏi có hai đáp án đúng"}
    assert client.post(url("questions", contest.slug), form | {"reason": ""}).status_code == 422
    assert client.post(url("questions", contest.slug), form | {"quiz": wrong}).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url("questions", contest.slug), form)
    attempt.refresh_from_db()
    assert attempt.score == attempt.max_score
    assert "Câu hỏi có hai đáp án đúng" in client.get(url("questions", contest.slug)).text
    client.post(url("freeze", contest.slug), {"reason": "Huỷ một câu"})
    first.refresh_from_db()
    assert not first.is_current
    assert contest.rankings.get(number=2).rows_digest != first.rows_digest


def test_a_category_goes_from_a_draft_with_all_that_it_asked_for(db):
    by = make.secretary()
    contest = make.draft(by=by)
    old = contest.categories.get()
    Slot.objects.create(category=old, key="anh", position=1, kind="poster", title="Áp phích", max_megabytes=9)
    operations.set_rubric(category=old, criteria=rubric("ap-phich"), by=by)
    wanted = [{"category": None, "title": "Bảng mới", "open_track": False, "eligibility": {}}]
    operations.write_categories(contest=contest, by=by, categories=wanted)
    assert [one.title for one in contest.categories.all()] == ["Bảng mới"]
    assert not Slot.objects.exists() and not Criterion.objects.exists()
