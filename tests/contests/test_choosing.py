"""A school and a class choose who goes on to the next round, within their places."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contests import operations, problems
from contests.models import Promotion, Round, Work
from contests.queries.choosing import Group, candidates_in
from quizzes.models import Opening
from schools.models import Notification
from tests.factories import contests as make
from tests.factories import works
from tests.factories.schools import make_class, make_pupil, make_school

pytestmark = pytest.mark.django_db


def url(name: str, *args) -> str:
    return reverse(f"contests:{name}", args=args)


def rounds(level: str = "school") -> list[dict]:
    now = timezone.now()
    return [
        {
            "level": level,
            "opens_at": now - timedelta(hours=2),
            "closes_at": now + timedelta(hours=1),
            "quota_per_unit": 2,
            "way_on": "unit",
            "promotes": True,
        },
        {"level": "province", "opens_at": now + timedelta(days=2), "closes_at": now + timedelta(days=3)},
    ]


def close_first(contest) -> tuple[Round, Round]:
    first, second = Round.objects.filter(stage__contest=contest).order_by("number")
    first.closes_at = timezone.now()
    first.save()
    return first, second


@pytest.mark.slow
def test_nobody_enters_what_only_those_let_on_may_still_take(school_class, pupil, teacher, as_user):
    contest = make.opened(rounds=rounds())
    enter = url("enter", contest.slug)
    assert enter in as_user(pupil).get(url("contest", contest.slug)).text
    close_first(contest)
    assert enter not in as_user(pupil).get(url("contest", contest.slug)).text
    assert as_user(pupil).get(enter).status_code == 409
    with pytest.raises(problems.NotOpen):
        make.entry(contest, pupil)
    page = as_user(teacher).get(url("class", contest.slug, school_class.uuid)).text
    assert "Đăng ký cả lớp" not in page and 'name="remind"' in page


def test_who_chooses_is_said_and_possible():
    for wrong in ({"level": "province"}, {"quota_per_unit": None}):
        with pytest.raises(problems.RulesRefused):
            make.draft(rounds=[rounds()[0] | wrong, rounds()[1]])
    contest = make.draft(rounds=rounds())
    with pytest.raises(IntegrityError), transaction.atomic():
        Round.objects.filter(stage__contest=contest, number=1).update(level="commune")


@pytest.mark.slow
def test_a_school_sends_its_own_within_its_places_until_the_next_round_opens(
    school_class, school_admin, teacher, as_user
):
    by, far = make.secretary(), make_class(make_school("Trường THPT Xa", code="XA"), "11B")
    contest = make.opened(by=by, rounds=rounds())
    people = [make_pupil(school_class, f"Trần Thị Em {place}", password=None) for place in range(3)]
    stranger = make_pupil(far, "Sùng A Páo")
    for place, one in enumerate([*people, stranger]):
        make.entry(contest, one)
        make.take(contest, one, right=place)
    codes = {one.user_id: one.code for one in contest.entries.all()}
    client, address = as_user(school_admin), url("choose_of_school", contest.slug, school_class.school.uuid, 1)
    assert client.post(address, {"entry": [codes[people[0].pk]]}).status_code == 409
    first, second = close_first(contest)
    # By rank nobody goes on: the school chooses.
    operations.freeze_ranking(contest=contest, round=first, by=by)
    assert not Promotion.objects.exists()
    assert address in client.get(url("school", contest.slug, school_class.school.uuid)).text
    page = client.get(address).text
    assert page.index("Trần Thị Em 2") < page.index("Trần Thị Em 0")
    assert "Sùng A Páo" not in page
    assert client.post(address, {"entry": [codes[one.pk] for one in people]}).status_code == 422
    for _twice in range(2):
        client.post(address, {"entry": [codes[people[0].pk], codes[people[2].pk], codes[stranger.pk]]})
    assert {one.entry.user for one in Promotion.objects.filter(round=second)} == {people[0], people[2]}
    assert set(Notification.objects.filter(kind="contest_chosen").values_list("user", flat=True)) == {
        people[0].pk,
        people[2].pk,
    }
    client.post(address, {"entry": [codes[people[1].pk]]})
    assert [one.entry.user for one in Promotion.objects.all()] == [people[1]]
    assert as_user(teacher).get(address).status_code == 404
    assert as_user(people[0]).get(address).status_code == 404
    assert client.get(url("choose_of_school", contest.slug, far.school.uuid, 1)).status_code == 404
    assert client.get(address.replace("/1/", "/2/")).status_code == 404
    with pytest.raises(IntegrityError), transaction.atomic():
        Promotion.objects.update(chosen_by=None)
    second.opens_at = timezone.now() - timedelta(seconds=1)
    second.save()
    Opening.objects.filter(context_key=str(second.uuid)).update(opens_at=second.opens_at)
    assert client.post(address, {"entry": []}).status_code == 409
    with pytest.raises(problems.NotPromoted):
        make.take(contest, people[0], number=2)
    assert make.take(contest, people[1], number=2)


@pytest.mark.slow
def test_a_teacher_chooses_in_a_class_round_and_the_queries_do_not_grow(school_class, teacher, other_teacher, as_user):
    contest, counts = make.opened(rounds=rounds("class")), []
    client, address = as_user(teacher), url("choose_of_class", contest.slug, school_class.uuid, 1)
    for added in (1, 2):
        for _pupil in range(added):
            one = make_pupil(school_class, password=None)
            make.entry(contest, one)
            make.take(contest, one)
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1], [one["sql"][:150] for one in queries]
    close_first(contest)
    code = contest.entries.first().code
    assert client.post(address, {"entry": [code]}).status_code == 302
    assert Promotion.objects.get().chosen_by == teacher
    assert as_user(other_teacher).get(address).status_code == 404
    assert client.get(url("choose_of_school", contest.slug, school_class.school.uuid, 1)).status_code == 404


def test_of_works_only_those_chosen_are_judged_and_may_be_handed_in_anew(school_class):
    by = make.secretary()
    contest = works.poster_contest(by=by)
    first = Round.objects.get(stage__contest=contest)
    first.level, first.way_on, first.quota_per_unit = "school", "unit", 1
    now = timezone.now()
    first.promotes_to = Round.objects.create(
        stage=first.stage,
        number=2,
        level="province",
        opens_at=now + timedelta(days=8),
        closes_at=now + timedelta(days=9),
    )
    first.save()
    made = []
    for name in ("Trần Thị Em", "Lê Văn Ổi"):
        work = works.begun(contest, make_pupil(school_class, name), title=f"Bài của {name}")
        works.handed_in(work)
        made.append(Work.objects.get(pk=work.pk))
    assert not Work.objects.in_the_running().exists()
    first.closes_at = timezone.now()
    first.save()
    group = Group.of_school(school_class.school)
    choose = {"contest": contest, "round": first, "group": group, "by": by}
    with pytest.raises(problems.TooManyChosen):
        operations.choose_for_next_round(codes=[one.code for one in made], **choose)
    assert operations.choose_for_next_round(codes=[made[1].code], **choose) == 1
    assert list(Work.objects.in_the_running()) == [made[1]]
    assert Work.objects.get(pk=made[1].pk).round == first.promotes_to
    assert operations.choose_for_next_round(codes=[made[0].code], **choose) == 1
    assert list(Work.objects.in_the_running()) == [made[0]]
    assert {one.work: one.is_chosen for one in candidates_in(contest, first, group)} == {made[0]: True, made[1]: False}
    # The final takes no new works.
    Round.objects.filter(pk=first.promotes_to_id).update(opens_at=now - timedelta(minutes=1))
    with pytest.raises(problems.NotOpen):
        works.begun(contest, make_pupil(school_class, "Đến Muộn"))
