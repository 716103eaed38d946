"""The pages of contests, as everybody meets them."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contests import operations, snapshots
from contests.models import Appeal, Contest, Entry, Ranking
from contests.operations.states import name_of
from quizzes.models import Attempt
from tests.factories import contests as make
from tests.factories import quizzes
from tests.factories.schools import make_pupil, make_unit, make_with_role

pytestmark = pytest.mark.django_db


@pytest.fixture
def by():
    return make.secretary()


def url(name: str, *args) -> str:
    return reverse(f"contests:{name}", args=args)


@pytest.mark.slow
def test_a_pupil_enters_guesses_takes_a_round_and_comes_back(pupil, as_user):
    contest = make.opened(rules={"prediction": "entrants", "pledge": "Em tự làm bài."})
    client = as_user(pupil)
    assert "Đăng ký dự thi" in client.get(url("contest", contest.slug)).text
    page = client.get(url("enter", contest.slug)).text
    assert "Em tự làm bài." in page
    category = contest.categories.get().pk
    assert client.post(url("enter", contest.slug), {"category": category, "rules": "on"}).status_code == 422
    answer = client.post(url("enter", contest.slug), {"category": category, "rules": "on", "pledge": "on"}, follow=True)
    entry = Entry.objects.get()
    assert entry.code in answer.text
    assert "có bao nhiêu người dự thi" in answer.text
    start = url("start", contest.slug, 1)
    assert "Chưa có số dự đoán" in client.post(start, {"prediction": "nhiều"}, follow=True).text
    answer = client.post(start, {"prediction": "1.200"})
    attempt = Attempt.objects.get()
    assert answer["Location"] == reverse("quiz_attempt", args=[attempt.uuid])
    assert entry.attempts.get().prediction == 1200
    assert "Làm tiếp" in client.get(url("contest", contest.slug)).text
    client.post(reverse("quiz_attempt", args=[attempt.uuid]), {"submit": "yes"})
    result = client.get(reverse("quiz_result", args=[attempt.uuid])).text
    assert url("contest", contest.slug) in result


@pytest.mark.slow
def test_a_draft_is_nobodys_but_its_managers(pupil, as_user, by, province_officer):
    contest = make.draft(by=by)
    assert as_user().get(url("contest", contest.slug)).status_code == 404
    assert as_user(pupil).get(url("contest", contest.slug)).status_code == 404
    for office in (by, province_officer):
        assert as_user(office).get(url("contest", contest.slug)).status_code == 200
    assert contest.title not in as_user().get(url("list")).text


def test_a_secretary_of_one_commune_does_not_see_another(as_user, by):
    contest = make.draft(by=by)
    other = make_with_role("contest_secretary", unit=make_unit())
    assert as_user(other).get(url("manage", contest.slug)).status_code == 404


@pytest.mark.slow
def test_somebody_without_an_account_enters_and_is_given_a_code(as_user, client):
    category = {"slug": "dan", "title": "Người dân", "open_track": True}
    contest = make.opened(categories=[category], rules={"identity": True})
    unit = make_unit()
    form = {
        "full_name": "Bà Năm Chợ",
        "unit": unit.pk,
        "category": contest.categories.get().pk,
        "birth_date": "01/05/1980",
        "identity": "079 123 456 789",
        "rules": "on",
    }
    answer = client.post(url("enter", contest.slug), form)
    assert answer.status_code == 200
    assert Entry.objects.get().code in answer.text
    assert "079" not in answer.text
    assert "Bắt đầu" in client.get(url("contest", contest.slug)).text
    assert "Số này đã đăng ký dự thi" in as_user().post(url("enter", contest.slug), form).text
    # Who comes back by that code is no «em» to the site.
    code = re.search(r"<strong>([A-Z0-9]{8})</strong>", answer.text)[1]
    again = as_user().post(reverse("schools:card"), {"code": code}, follow=True).text
    assert "Bạn là Bà Năm Chợ?" in again and "Đúng là tôi" in again


def test_a_visitor_signs_in_where_no_track_is_open(client):
    contest = make.opened()
    answer = client.get(url("enter", contest.slug))
    assert answer.status_code == 302
    assert "sign-in" in answer["Location"]


def test_who_may_not_enter_reads_why(teacher, as_user):
    contest = make.opened(categories=[{"slug": "hs", "title": "Học sinh", "eligibility": {"levels": ["thpt"]}}])
    page = as_user(teacher).get(url("enter", contest.slug)).text
    assert "trung học phổ thông" in page
    assert 'name="rules"' not in page


@pytest.mark.slow
def test_changed_rules_are_accepted_before_going_on(pupil, as_user, by):
    contest = make.opened(by=by)
    make.entry(contest, pupil)
    operations.change_rules(
        contest=contest, by=by, text="Bản hai", terms={"per_round": 2}, order=make.ORDER, changes="Hai lần thay vì một."
    )
    client = as_user(pupil)
    answer = client.post(url("start", contest.slug, 1), follow=True)
    assert "Hai lần thay vì một." in answer.text
    assert client.post(url("accept", contest.slug), {}).status_code == 422
    client.post(url("accept", contest.slug), {"rules": "on"})
    assert client.post(url("start", contest.slug, 1))["Location"].endswith("/")
    assert Attempt.objects.count() == 1


def test_a_crowd_gets_a_page_that_tries_again(pupil, as_user):
    contest = make.opened(rules={"starts_per_second": 1})
    make.entry(contest, pupil)
    import time

    from django.core.cache import cache

    from contests.operations import attempts

    now = int(time.time()) // attempts.CROWD_SECONDS
    for moment in (now, now + 1):
        cache.set(f"contest-starts:{contest.pk}:{moment}", 1000, 60)
    answer = as_user(pupil).post(url("start", contest.slug, 1))
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert 'data-again="5"' in answer.text


@pytest.mark.slow
def test_a_teacher_sees_who_of_the_class_has_entered(pupil, teacher, other_teacher, school_class, as_user):
    contest = make.opened()
    make.entry(contest, pupil)
    make.take(contest, pupil)
    address = url("class", contest.slug, school_class.uuid)
    page = as_user(teacher).get(address).text
    assert "Trần Thị Bưởi" in page
    assert "1/1 em đã đăng ký, 1 em đã làm bài" in page
    assert url("class", contest.slug, school_class.uuid) in as_user(teacher).get(url("contest", contest.slug)).text
    assert as_user(other_teacher).get(address).status_code == 404
    assert as_user(pupil).get(address).status_code == 404


@pytest.mark.slow
def test_a_secretary_sets_a_contest_up_tries_it_and_opens_it(as_user, by):
    make_unit()
    quiz = quizzes.signed(quizzes.quiz(5, title="Đề tuần một", feedback="score_only"))
    client = as_user(by)
    assert "Cuộc thi kiến thức hằng tuần" in client.get(url("presets")).text
    page = client.get(url("set_up", "tuan")).text
    assert "Đề tuần một" in page
    from tests.factories.schools import province

    form = {
        "title": "Cuộc thi của tỉnh",
        "organiser": province().pk,
        "begins": "2027-01-04T08:00",
        "reference_date": "2027-01-01",
        "quiz": str(quiz.quiz_key),
        "per_round": "1",
        "keep": "best",
        "results": "now",
        "text": "Thể lệ đầy đủ.",
    }
    assert client.post(url("set_up", "tuan"), form | {"begins": "hôm nào đó"}).status_code == 422
    client.post(url("set_up", "tuan"), form)
    contest = Contest.objects.get(slug="cuoc-thi-cua-tinh")
    assert contest.stages.get().rounds.count() == 4
    desk = client.get(url("manage", contest.slug)).text
    assert "50 người dự thi giả định" in desk
    tried = client.post(url("try_out", contest.slug)).text
    assert "50 người giả định" in tried
    assert Entry.objects.count() == 0
    refused = client.post(url("move", contest.slug), {"to": "open", "signed_name": "Ai đó"})
    assert refused.status_code == 422
    client.post(url("move", contest.slug), {"to": "open", "signed_name": name_of(by)})
    contest.refresh_from_db()
    assert contest.state == "open"
    assert name_of(by) in client.get(url("manage", contest.slug)).text


@pytest.mark.slow
def test_the_desk_freezes_disqualifies_and_answers_appeals(pupil, as_user, by):
    contest = make.opened(by=by)
    entry = make.entry(contest, pupil)
    make.take(contest, pupil)
    client = as_user(by)
    assert client.post(url("freeze", contest.slug)).status_code == 409
    make.close_rounds(contest)
    client.post(url("freeze", contest.slug))
    ranking = Ranking.objects.get(kind="frozen")
    own = as_user(pupil)
    assert "T.T.B." in own.get(url("standings", contest.slug)).text
    own.post(url("appeal", contest.slug), {"text": "Em bị mất mạng."})
    appeal = Appeal.objects.get()
    client.post(url("decide_appeal", contest.slug, appeal.uuid), {"uphold": "1", "decision": "Đúng là mất mạng."})
    assert "Đúng là mất mạng." in own.get(url("contest", contest.slug)).text
    client.post(url("decide_entry", contest.slug, entry.uuid), {"reason": "Thi hộ"})
    entry.refresh_from_db()
    assert (entry.state, entry.reason) == ("disqualified", "Thi hộ")
    table = as_user().get(url("file", contest.slug, ranking.uuid, "ranking.csv"))
    assert table.content.startswith(b"\xef\xbb\xbfrank,entrant")
    assert as_user().get(url("file", contest.slug, ranking.uuid, "rows-0.json")).status_code == 404


@pytest.mark.slow
def test_an_answered_appeal_stays_to_be_read_beside_both_rankings(pupil, school_class, as_user, by):
    contest = make.opened(by=by)
    other = make_pupil(school_class, "Lê Văn Ổi", password=None)
    for one, right in ((pupil, 1), (other, 3)):
        make.entry(contest, one)
        make.take(contest, one, right=right)
    make.close_rounds(contest)
    first = operations.freeze_ranking(contest=contest, by=by)
    appeal = operations.file_appeal(entry=contest.entries.get(user=pupil), ranking=first, text="Bạn ấy thi hộ.")
    operations.decide_appeal(appeal=appeal, upheld=True, decision="Đúng: một bài bị loại.", by=by)
    operations.disqualify_entry(entry=contest.entries.get(user=other), reason="Thi hộ", by=by)
    operations.freeze_ranking(contest=contest, by=by, reason="Khiếu nại")
    client = as_user(pupil)
    page = client.get(url("contest", contest.slug)).text
    earlier = f"{url('standings', contest.slug)}?ranking={first.uuid}"
    assert "Đúng: một bài bị loại." in page and earlier in page
    # The new ranking can be objected to as well.
    assert 'name="text"' in page.split('id="appeal"')[1].split("</section>")[0]
    now, before = client.get(url("standings", contest.slug)).text, client.get(earlier).text
    code = contest.entries.get(user=other).code
    assert code not in now and code in before
    assert f"?ranking={first.uuid}" in now and "Đây là bảng xếp hạng trước" in before
    for wrong in ("x", str(contest.uuid)):
        assert client.get(f"{url('standings', contest.slug)}?ranking={wrong}").status_code == 404
    Ranking.objects.update(computed_at=timezone.now() - timedelta(days=20))
    Appeal.objects.all().delete()
    assert "Đã hết hạn khiếu nại" in client.get(url("contest", contest.slug)).text


@pytest.mark.slow
def test_who_has_not_begun_withdraws_on_the_page_of_the_contest(pupil, as_user):
    contest = make.opened()
    entry, client = make.entry(contest, pupil), as_user(pupil)
    withdraw = url("withdraw", contest.slug)
    assert withdraw in client.get(url("contest", contest.slug)).text
    client.post(withdraw)
    entry.refresh_from_db()
    assert entry.state == "withdrawn"
    make.entry(contest, pupil)
    make.take(contest, pupil)
    assert withdraw not in client.get(url("contest", contest.slug)).text
    answer = client.post(withdraw, follow=True)
    assert "Một lần làm bài đã được ghi nhận" in answer.text or answer.status_code == 200
    entry.refresh_from_db()
    assert entry.state == "entered"


@pytest.mark.slow
def test_a_table_keeps_its_category_from_page_to_page_and_ends_at_its_last(school_class, as_user, by, monkeypatch):
    two = [{"slug": name, "title": name.upper()} for name in ("thcs", "thpt")]
    contest = make.opened(by=by, categories=two)
    for number, category in enumerate(contest.categories.order_by("pk")):
        for place in range(2 + number):
            pupil = make_pupil(school_class, f"Phạm Thị Mận {place}", password=None)
            make.entry(contest, pupil, category)
            make.take(contest, pupil, right=place)
    make.close_rounds(contest)
    monkeypatch.setattr(snapshots, "PAGE", 1)
    operations.freeze_ranking(contest=contest, by=by)
    page = as_user().get(f"{url('standings', contest.slug)}?category=thpt&page=99").text
    assert "category=thpt&amp;page=2" in page and "Trang 3/3" in page
    # Nobody was asked to guess: no empty column.
    assert "Đoán lệch" not in page


@pytest.mark.slow
def test_what_came_out_of_a_contest_is_a_score_and_no_pass_mark(pupil, as_user):
    contest = make.opened(quiz=quizzes.signed(quizzes.quiz(4, feedback="score_only")))
    make.entry(contest, pupil)
    attempt = make.take(contest, pupil, right=1)
    page = as_user(pupil).get(reverse("quiz_result", args=[attempt.uuid])).text
    assert "1/4" in page and "chưa đạt" not in page


@pytest.mark.slow
@pytest.mark.parametrize("name", ["list", "contest", "class", "entries", "manage", "desk", "standings"])
def test_queries_do_not_grow_with_rows(name, school_class, teacher, by, as_user):
    counts = []
    client = as_user(teacher if name == "class" else by)
    contest = make.opened(by=by)
    for _round in range(2):
        for _pupil in range(1 if not counts else 3):
            pupil = make_pupil(school_class, password=None)
            make.entry(contest, pupil)
            make.take(contest, pupil)
        if counts and name in {"list", "desk"}:
            make.opened(by=by, title="Một cuộc thi khác")
        operations.refresh_standings()
        args = {"list": (), "desk": (), "class": (contest.slug, school_class.uuid)}.get(name, (contest.slug,))
        client.get(url(name, *args))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url(name, *args)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1], [one["sql"][:150] for one in queries]
    assert timezone.now()
