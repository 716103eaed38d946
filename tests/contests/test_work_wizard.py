"""The wizard for contests of works: presets, slots, the rubric, the jury, the dry run, and the opening."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contests import operations, problems
from contests.models import Contest, Criterion, Entry, Juror, RulesVersion, Score, Slot, Work
from contests.operations.states import name_of
from contests.presets import presets, rule_set
from contests.queries.contests import rules_in_force
from contests.rules import Rules
from schools.models import Membership, School, User
from tests.contests.test_desk_forms import filled
from tests.factories import contests as make
from tests.factories.schools import make_class, make_school, make_teacher, province, school_year

pytestmark = pytest.mark.django_db
OF_WORKS = ["ap-phich", "mo-hinh", "tuyen-truyen-vien", "video"]


def url(name: str, *args) -> str:
    return reverse(f"contests:{name}", args=args)


def draft(name: str, by) -> Contest:
    document = rule_set(name).begun(timezone.now())
    return operations.set_up_contest(document=document, organiser=province(), by=by)


def rows(page) -> dict:
    """What a browser would send of a step with rows, as they stand."""
    found: dict = {}
    for form in page.context["rows"].forms:
        for field in form:
            value = field.value()
            if value is not False:
                found[field.html_name] = "" if value is None else value
    return found | {one.html_name: one.value() for one in page.context["rows"].management_form}


@pytest.mark.slow
@pytest.mark.parametrize("name", OF_WORKS)
def test_a_preset_lacks_nothing_and_stands_a_dry_run(name):
    by = make.secretary()
    school_year()
    for kind, low, high in (("thcs", 6, 9), ("thpt", 10, 12)):
        for _number in range(3):
            make_school(kind=kind, grade_min=low, grade_max=high)
    contest = draft(name, by)
    assert operations.lacking(contest) == []
    models = (User, Entry, Work, Juror, Score, Membership)
    counts = [model.objects.count() for model in models]
    found = operations.rehearse_works(contest=contest, by=by)
    assert [model.objects.count() for model in models] == counts
    assert found.people == 50 and found.works >= 10
    assert found.load_most - found.load_least <= found.works
    for one in found.categories:
        assert one.works and one.rows and one.winners and one.shared == 0
    contest.refresh_from_db()
    assert (contest.state, contest.takes_works) == ("draft", True)


@pytest.mark.slow
def test_a_contest_of_works_is_set_up_by_form_alone(as_user):
    by = make.secretary()
    school_year()
    make_school(kind="thcs", grade_min=6, grade_max=9)
    client = as_user(by)
    page = client.get(url("presets")).text
    for title in ("Cuộc thi áp phích", "Cuộc thi video", "Tuyên truyền viên giỏi", "Cuộc thi mô hình"):
        assert title in page
    form = {"title": "Áp phích của tỉnh", "organiser": province().pk, "begins": "2027-01-04T08:00"}
    assert client.post(url("set_up", "ap-phich"), form | {"begins": "bao giờ"}).status_code == 422
    assert "Đề thi" not in client.get(url("set_up", "ap-phich")).text
    made = client.post(url("set_up", "ap-phich"), form)
    contest = Contest.objects.get(slug="ap-phich-cua-tinh")

    def step(name: str) -> str:
        return url("step", contest.slug, name)

    def save(name: str, **changes):
        return client.post(step(name), filled(client.get(step(name)), **changes))

    assert made["Location"] == step("name")
    assert client.get(step("papers")).status_code == 404
    # Rounds: a quota means that schools choose; only schools and classes can.
    assert save("name", **{"rounds-0-level": "province"}).status_code == 422
    assert save("name", **{"rounds-0-quota_per_unit": 2})["Location"] == step("who")
    first, last = contest.stages.get().rounds.order_by("number")
    assert (first.way_on, first.quota_per_unit, first.promotes_to) == ("unit", 2, last)
    # Categories: the teams.
    assert save("who", **{"categories-0-team_min": 4}).status_code == 422
    assert save("who", **{"categories-0-team_max": 2, "categories-1-DELETE": "on"})["Location"] == step("files")
    category = contest.categories.get()
    assert (category.team_max, category.same_school, category.open_track) == (2, True, False)

    # Slots: a press changes the page alone, saving writes; the checks of each kind are asked.
    def press(name: str, do: str, **typed):
        page = client.get(step(name))
        answer = client.post(step(name), rows(page) | typed | {"do": do})
        assert answer.status_code == 200
        return answer

    page = press("files", "add:video")
    assert "Chưa có gì được lưu" in page.text and category.slots.count() == 2
    sent = rows(page) | {"slots-0-paper": "A2", "slots-0-min_dpi": 150, "slots-2-title": "Phim ngắn"}
    answer = client.post(step("files"), sent | {"slots-2-max_seconds": "3 phút"})
    assert answer.status_code == 422 and category.slots.count() == 2
    assert client.post(step("files"), sent | {"slots-2-max_seconds": "2:30"})["Location"] == step("rubric")
    poster, text, film = category.slots.order_by("position")
    assert (poster.print_short_mm, poster.print_long_mm, poster.min_dpi) == (420, 594, 150)
    assert (film.key, film.max_seconds, film.min_pixels, film.is_required) == ("phim-ngan", 150, 720, True)
    sent = rows(press("files", "up:2"))
    client.post(step("files"), sent)
    assert [one.pk for one in category.slots.order_by("position")] == [poster.pk, film.pk, text.pk]
    client.post(step("files"), rows(press("files", "remove:1")))
    assert [one.key for one in category.slots.order_by("position")] == ["ap-phich", "loi-binh"]

    # The rubric: rows added, moved, taken out; anchors; the weights must be 100.
    sent = rows(press("rubric", "remove:3"))
    answer = client.post(step("rubric"), sent)
    assert answer.status_code == 422 and "90" in answer.text and category.criteria.count() == 4
    page = press("rubric", "anchor:0")
    assert len(page.context["rows"].forms[0].pairs) == 6
    page = client.post(step("rubric"), rows(page) | {"do": "add:criterion"})
    sent = rows(page) | {"criteria-4-title": "Chữ dễ đọc", "criteria-4-weight": "10", "criteria-3-weight": "0"}
    assert client.post(step("rubric"), sent).status_code == 422
    sent |= {"criteria-3-weight": "5", "criteria-4-weight": "5", "criteria-4-points_0": "11"}
    assert client.post(step("rubric"), sent | {"criteria-4-text_0": "Đọc được"}).status_code == 422
    sent |= {"criteria-4-points_0": "7.5", "criteria-4-text_0": "Đọc được từ ba mét"}
    assert client.post(step("rubric"), sent)["Location"] == step("jury")
    last_line = category.criteria.last()
    assert (last_line.title, last_line.anchors) == ("Chữ dễ đọc", [{"points": 7.5, "text": "Đọc được từ ba mét"}])
    page = client.post(step("rubric"), rows(client.get(step("rubric"))) | {"do": "load:rubric", "rubric": "video"})
    assert page.context["rows"].forms[1]["title"].value() == "Kịch bản, sáng tạo"
    assert category.criteria.last() == last_line

    # The jury, the rules, the prizes.
    assert save("jury", who="so_many", jurors="").status_code == 422
    assert save("jury", who="so_many", jurors=2, combine="trimmed")["Location"] == step("rules")
    left_empty = {f"place_{number}": "" for number in range(3, 9)}
    named = save("rules", grace_minutes=30, **left_empty | {"place_2": "criterion:khong-co"})
    assert named.status_code == 422, "only criteria of the rubric are offered"
    assert save("rules", grace_minutes=30, **left_empty | {"place_2": "draw"}).status_code == 302
    rules = Rules.of(rules_in_force(contest))
    assert (rules.jury_terms.jurors, rules.jury_terms.combine, rules.grace_minutes) == (2, "trimmed", 30)
    assert [key for key, _direction in rules.order] == ["score", "draw"]
    save("prizes", **{"prizes-0-title": "Giải Đặc biệt"})
    assert contest.prizes.first().title == "Giải Đặc biệt"

    # Tried: one school alone has no jurors from elsewhere.
    tried = client.post(step("try"), {"jurors": 2})
    assert tried.status_code == 200 and "giám khảo không vướng xung đột lợi ích" in tried.text
    for _more in range(2):
        make_school(kind="thcs", grade_min=6, grade_max=9)
    assert client.post(step("try"), {"jurors": 9}).context["rehearsal"].load_most != 0
    assert client.post(url("try_out", contest.slug))["Location"] == step("try")
    look = client.get(step("open"))
    for words in ("Chữ dễ đọc", "Giải Đặc biệt", "mỗi bài có 2 giám khảo"):
        assert words in look.text
    client.post(url("move", contest.slug), {"to": "open", "signed_name": name_of(by)})
    contest.refresh_from_db()
    assert contest.state == "open"
    assert client.get(step("files")).status_code == 409
    assert "Chữ dễ đọc" in as_user().get(url("contest", contest.slug)).text

    # Announced, the rubric changes only with words that everybody accepts again.
    sent = rows(client.get(step("rubric"))) | {"criteria-0-title": "Nội dung đúng"}
    assert client.post(step("rubric"), sent).status_code == 422
    client.post(step("rubric"), sent | {"changes": "Nói rõ hơn tiêu chí đầu."})
    assert contest.rules_versions.count() == 2
    assert "Nói rõ hơn tiêu chí đầu." in rules_in_force(contest).changes
    assert category.criteria.first().title == "Nội dung đúng"
    Contest.objects.filter(pk=contest.pk).update(state="judging")
    held = client.get(step("rubric")).text
    assert "giữ nguyên như đã công bố" in held and "fieldset" in held
    assert client.post(step("rubric"), sent | {"criteria-0-title": "Khác"}).status_code == 409


def test_an_announced_rubric_stays_once_works_are_in_and_a_scored_one_always(db):
    by = make.secretary()
    contest = draft("video", by)
    category = contest.categories.get()
    held = [vars(one) for one in category.criteria.all()]
    other = [{"title": "Tất cả", "weight": 100}]
    Contest.objects.filter(pk=contest.pk).update(state="closed")
    with pytest.raises(problems.RubricFixed):
        operations.set_rubric(category=category, criteria=other, by=by)
    # The same again is no change, and a rubric that was never announced may still be written.
    assert len(operations.set_rubric(category=category, criteria=held, by=by)) == 4
    Criterion.objects.all().delete()
    operations.set_rubric(category=category, criteria=other, by=by)
    Contest.objects.filter(pk=contest.pk).update(state="open")
    RulesVersion.objects.update(published_at=timezone.now())
    with pytest.raises(problems.ReasonMissing):
        operations.set_rubric(category=category, criteria=held, by=by)
    assert category.criteria.get().title == "Tất cả"


def test_steps_ask_the_same_however_many_rows(as_user):
    by = make.secretary()
    contest = draft("video", by)
    category, client, asked = contest.categories.get(), as_user(by), []
    for start in (10, 20):
        for name in ("files", "rubric", "open"):
            client.get(url("step", contest.slug, name))
            with CaptureQueriesContext(connection) as queries:
                assert client.get(url("step", contest.slug, name)).status_code == 200
            asked.append(len(queries))
        for place in range(start, start + 3):
            Slot.objects.create(category=category, key=f"m{place}", position=place, kind="text", title="Mục")
            Criterion.objects.create(category=category, key=f"c{place}", position=place, title="T", weight=1)
    assert asked[:3] == asked[3:]


def test_a_dry_run_tells_who_can_never_enter(db):
    by = make.secretary()
    school_year()
    school = make_school(kind="thpt", grade_min=10, grade_max=12)
    contest = draft("ap-phich", by)
    # No lower secondary school, one upper secondary school: one category is empty, the other has no jury.
    juror = make_teacher(make_class(school), "Bùi Thị Khảo")
    Juror.objects.create(
        contest=contest,
        name="Bùi Thị Khảo",
        user=juror,
        token_digest="a",
        expires_at=timezone.now(),
        accepted_at=timezone.now(),
    )
    found = operations.rehearse_works(contest=contest, by=by, jurors=1)
    told = " ".join(found.warnings)
    assert "“Áp phích – THCS”" in told and "“Áp phích – THPT, GDTX”" in told
    assert [one.works > 0 for one in found.categories] == [False, True]
    assert (found.made_up_jurors, found.load_most) == (0, 0)
    assert found.categories[1].jurors_most == 0
    assert next(one.name for one in presets()) == "tuan" and School.objects.count() == 1
    # Before the first school year nobody is in a class: said, and nothing breaks.
    Contest.objects.filter(pk=contest.pk).update(reference_date="2020-01-01")
    contest.refresh_from_db()
    found = operations.rehearse_works(contest=contest, by=by)
    assert "năm học" in found.warnings[0] and found.works == 0
    Contest.objects.filter(pk=contest.pk).update(state="open")
    contest.refresh_from_db()
    with pytest.raises(problems.OnlyForward):
        operations.rehearse_works(contest=contest, by=by)
