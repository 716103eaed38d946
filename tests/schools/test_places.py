"""Schools and units renamed, merged and split; nobody in two classes at once; the calendars."""

from datetime import date, timedelta

import pytest
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils import timezone

from courses.models import LessonProgress
from courses.operations.lessons import record_events
from schools.models import (
    FormerName,
    Membership,
    ReportingYear,
    Role,
    School,
    SchoolClass,
    SchoolIdentifier,
    SchoolSuccession,
    SchoolYear,
    Teaching,
    Unit,
)
from schools.operations import places
from schools.operations.joining import open_join_code
from schools.operations.rosters import commit_import, stage_file
from schools.operations.years import YearRefused, set_reporting_year, set_school_year
from schools.queries.people import find_pupil
from schools.queries.places import history_of, name_on
from schools.rosters.reading import read_roster
from tests.factories import courses
from tests.factories import schools as make
from tests.schools.workbooks import pupils as class_list

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
DAY = timedelta(days=1)
DECISION = "12/QĐ-UBND 01/11/2026"


def member(user, school_class, starts_on, ends_on=None, **fields):
    state = Membership.State.LEFT if ends_on else Membership.State.ACTIVE
    return Membership.objects.create(
        user=user, school_class=school_class, starts_on=starts_on, ends_on=ends_on, state=state, **fields
    )


def finish(pupil, page) -> LessonProgress:
    record_events(user=pupil, place=courses.place(page), events=[courses.event("opened"), courses.event("finished")])
    return LessonProgress.objects.get(user=pupil, lesson_key=page.translation_key)


# One class at a time


def test_nobody_is_in_two_classes_on_one_day(pupil, school_class):
    other = make.make_class(school_class.school, "10A2")
    with pytest.raises(IntegrityError, match="membership_in_one_class_at_a_time"), transaction.atomic():
        member(pupil, other, date(2026, 10, 1))
    with pytest.raises(IntegrityError, match="membership_in_one_class_at_a_time"), transaction.atomic():
        member(pupil, other, date(2026, 8, 1), date(2026, 9, 1))
    before = member(pupil, other, date(2026, 8, 1), date(2026, 8, 31))
    with pytest.raises(IntegrityError, match="membership_in_one_class_at_a_time"), transaction.atomic():
        Membership.objects.filter(pk=before.pk).update(ends_on=date(2026, 9, 1))


def test_a_guest_may_be_a_pupil_elsewhere_and_one_day_may_be_taken_back(pupil, school_class):
    other = make.make_class(school_class.school, "10A2")
    assert member(pupil, other, date(2026, 10, 1), is_guest=True).pk
    assert member(pupil, other, date(2026, 10, 2), date(2026, 10, 2)).pk


def test_a_list_of_the_next_year_ends_what_still_runs_of_the_last(school_class, pupil):
    """The first list of a year speaks from its first day: the class of the year before must have ended by then."""
    old_year = make.school_year("2025-2026")
    old = make.make_class(school_class.school, "9A1", year=old_year, grade=10)
    someone = make.make_pupil(old, "Phạm Văn Cũ", code="0088", starts_on=date(2025, 9, 1))
    read = read_roster(class_list(("0088", "Phạm Văn Cũ", "05/09/2010", "Nam", "10A1")))
    commit_import(
        school=school_class.school, school_year=school_class.school_year, read=read, actor=None, file_name="x.xlsx"
    )
    rows = list(Membership.objects.filter(user=someone).order_by("starts_on").values_list("starts_on", "ends_on"))
    assert rows == [(date(2025, 9, 1), date(2026, 8, 31)), (date(2026, 9, 1), None)]


def test_who_comes_back_is_in_the_class_from_the_day_after_leaving(school_class, pupil):
    Membership.objects.filter(user=pupil).update(state="left", ends_on=date(2026, 10, 5))
    read = read_roster(class_list(("0012345", "Trần Thị Bưởi", "05/09/2010", "Nữ", "10A1")))
    commit_import(
        school=school_class.school, school_year=school_class.school_year, read=read, actor=None, file_name="x.xlsx"
    )
    assert Membership.objects.get(user=pupil, ends_on=None).starts_on == date(2026, 10, 6)


# Names


def test_a_new_name_leaves_the_old_one_to_its_time(school_class, province_officer):
    school = school_class.school
    on = date(2026, 11, 1)
    places.rename(place=school, name="Trường THPT Sông Ngoài", on=on, decision=DECISION, actor=province_officer)
    places.rename(place=school, name="Trường THPT Sông Ngoài", on=on, decision=DECISION, actor=province_officer)
    school.refresh_from_db()
    assert FormerName.objects.filter(school=school).count() == 1
    assert name_on(school, on - DAY) == "Trường THPT Sông Trong"
    assert name_on(school, on) == school.name == "Trường THPT Sông Ngoài"
    assert history_of(school)[0]["decision"] == DECISION


@pytest.mark.parametrize(("name", "on"), [("", date(2026, 11, 1)), ("Tên khác", TODAY + DAY)])
def test_an_empty_name_and_a_day_to_come_are_refused(school_class, name, on):
    with pytest.raises(places.ClosingRefused):
        places.rename(place=school_class.school, name=name, on=on, decision=DECISION, actor=None)
    assert not FormerName.objects.exists()


# Mergers


@pytest.fixture
def merged(school_class, other_class, pupil, other_pupil, teacher, other_teacher, school_admin):
    """SONGTRONG goes into NUIXA on 1 November; both have a 10A1."""
    done = places.close_school(
        school=school_class.school,
        successors=[other_class.school],
        on=date(2026, 11, 1),
        decision=DECISION,
        actor=None,
    )
    school_class.school.refresh_from_db()
    return done


def test_a_merger_takes_classes_pupils_and_teachers_along(merged, school_class, other_class, pupil, teacher):
    after = SchoolClass.objects.get(school=other_class.school, name="10A1 (SONGTRONG)")
    assert (merged.classes, merged.pupils) == (1, 1)
    now = Membership.objects.get(user=pupil, ends_on=None)
    before = Membership.objects.get(user=pupil, school_class=school_class)
    assert (now.school_class, now.starts_on) == (after, date(2026, 11, 1))
    assert (before.state, before.ends_on) == ("left", date(2026, 10, 31))
    assert Teaching.objects.get(user=teacher, ends_on=None).school_class == after
    assert Role.objects.get(user=teacher, ends_on=None).school == other_class.school
    assert SchoolSuccession.objects.get().decision == DECISION


def test_the_administrator_goes_along_only_where_there_is_none(merged, other_class, school_admin):
    assert Role.objects.get(user=school_admin, ends_on=None).school == other_class.school


def test_an_administrator_does_not_get_a_second_school_by_a_merger(school_class, other_class, school_admin):
    make.make_with_role("school_admin", "Cao Thị Xa", school=other_class.school)
    places.close_school(
        school=school_class.school, successors=[other_class.school], on=TODAY, decision=DECISION, actor=None
    )
    assert not Role.objects.filter(user=school_admin, ends_on=None).exists()


def test_pupils_sign_in_with_the_code_of_either_school(merged, pupil, other_pupil):
    assert find_pupil(school_code="songtrong", code="12345") == pupil
    assert find_pupil(school_code="NUIXA", code="0012345") == pupil
    assert find_pupil(school_code="NUIXA", code="0077777") == other_pupil
    assert find_pupil(school_code="SONGTRONG", code="0077777") is None


def test_a_code_that_is_taken_gets_the_school_in_front(school_class, other_class, pupil):
    make.make_pupil(other_class, "Lâm Văn Trùng", code="0012345")
    done = places.close_school(
        school=school_class.school, successors=[other_class.school], on=TODAY, decision=DECISION, actor=None
    )
    assert done.changed_codes == [("0012345", "SONGTRONG-0012345")]
    assert find_pupil(school_code="SONGTRONG", code="0012345") == pupil
    assert SchoolIdentifier.objects.get(user=pupil, valid_to=None).code == "SONGTRONG-0012345"


def test_a_merger_twice_is_once(merged, school_class, other_class):
    again = places.close_school(
        school=school_class.school,
        successors=[other_class.school],
        on=date(2026, 11, 1),
        decision=DECISION,
        actor=None,
    )
    assert (again.classes, SchoolSuccession.objects.count()) == (0, 1)


@pytest.mark.slow
def test_no_past_result_moves(school_class, other_class, pupil, teacher):
    """What was learnt before the merger stays with the class and school of its moment; what comes after does not."""
    lesson = courses.lessons_of(courses.course(2))
    given = courses.assignment(lesson[0], school_class, teacher)
    before = finish(pupil, lesson[0])
    kept = (before.class_key, before.school_key, before.unit_key, before.school_year)
    assert kept[:2] == (school_class.uuid, school_class.school.uuid)
    places.close_school(
        school=school_class.school, successors=[other_class.school], on=TODAY, decision=DECISION, actor=None
    )
    places.rename(place=other_class.school, name="Trường Mới", on=TODAY, decision=DECISION, actor=None)
    before.refresh_from_db()
    assert (before.class_key, before.school_key, before.unit_key, before.school_year) == kept
    cache.clear()  # where somebody is, is kept for five minutes
    after = finish(pupil, lesson[1])
    goes_on = Membership.objects.get(user=pupil, ends_on=None).school_class
    assert (after.class_key, after.school_key) == (goes_on.uuid, other_class.school.uuid)
    # The class goes on with what it was given to do.
    assert goes_on.class_assignments.get().assignment == given.assignment


@pytest.mark.slow
def test_a_merged_school_is_no_target(merged, school_class, teacher, other_class, tmp_path):
    school = school_class.school
    raw = class_list(("0999", "Lê Thị Mới", "05/09/2010", "Nữ", "10A1"))
    year = school_class.school_year
    word = "Trường THPT Núi Xa \\(NUIXA\\)"
    with pytest.raises(places.SchoolClosed, match=word):
        stage_file(school=school, school_year=year, raw=raw, file_name="x.xlsx", actor=None)
    with pytest.raises(places.SchoolClosed, match=word):
        commit_import(school=school, school_year=year, read=read_roster(raw), actor=None, file_name="x.xlsx")
    with pytest.raises(places.SchoolClosed, match=word):
        open_join_code(school_class=school_class, actor=teacher)
    page = courses.lessons_of(courses.course(1))[0]
    with pytest.raises(places.SchoolClosed, match=word):
        courses.assignment(page, school_class, teacher)
    file = tmp_path / "x.xlsx"
    file.write_bytes(raw)
    for how in ([], ["--dry-run"]):
        with pytest.raises(CommandError, match=word) as told:
            call_command("import_roster", str(file), "--school", school.code, "--school-year", year.code, *how)
        assert told.value.returncode == 1


# Splits


def test_a_split_sends_each_class_where_it_was_told(school_class, pupil, teacher):
    school = school_class.school
    second = make.make_class(school, "11A1", grade=11)
    someone = make.make_pupil(second, "Hà Văn Hai", code="0055")
    left, right = make.make_school("Trường Trái", code="TRAI"), make.make_school("Trường Phải", code="PHAI")
    everything = {"school": school, "successors": [left, right], "on": TODAY, "decision": DECISION, "actor": None}
    with pytest.raises(places.ClosingRefused, match="11A1"):
        places.close_school(**everything, places={school_class.pk: left})
    assert School.objects.get(pk=school.pk).valid_to is None
    places.close_school(**everything, places={school_class.pk: left, second.pk: right})
    now = {row.user_id: row.school_class.school for row in Membership.objects.filter(ends_on=None)}
    assert now == {pupil.pk: left, someone.pk: right}
    assert {row.successor for row in SchoolSuccession.objects.all()} == {left, right}
    assert Role.objects.get(user=teacher, ends_on=None).school == left


@pytest.mark.parametrize("case", ["itself", "closed", "to come", "wrong grades", "nowhere"])
def test_what_cannot_follow_is_refused(school_class, pupil, case):
    school, other = school_class.school, make.make_school("Trường Kia", code="KIA")
    on, successors = TODAY, [other]
    if case == "itself":
        successors = [school]
    elif case == "closed":
        School.objects.filter(pk=other.pk).update(valid_to=date(2026, 1, 1))
    elif case == "to come":
        on = TODAY + DAY
    elif case == "wrong grades":
        School.objects.filter(pk=other.pk).update(grade_min=6, grade_max=9)
    else:
        successors = []
    with pytest.raises(places.ClosingRefused):
        places.close_school(school=school, successors=successors, on=on, decision=DECISION, actor=None)
    assert not SchoolSuccession.objects.exists()


def test_a_units_schools_and_offices_go_to_the_one_that_follows(school_class):
    unit = school_class.school.unit
    officer = make.make_with_role("commune_officer", "Tô Văn Xã", unit=unit)
    after = make.make_unit("Xã Mới")
    places.close_unit(unit=unit, successors=[after], on=TODAY, decision=DECISION, actor=None)
    school_class.school.refresh_from_db()
    assert school_class.school.unit == after
    assert Role.objects.get(user=officer, ends_on=None).unit == after
    with pytest.raises(places.ClosingRefused):
        places.close_unit(unit=make.province(), successors=[after], on=TODAY, decision=DECISION, actor=None)


# Calendars


def test_the_two_calendars_know_nothing_of_each_other():
    set_school_year(code="2027-2028", starts_on=date(2027, 9, 5), ends_on=date(2028, 5, 31), actor=None)
    set_school_year(code="2027-2028", starts_on=date(2027, 9, 1), ends_on=date(2028, 5, 31), actor=None)
    set_reporting_year(code="2028", starts_on=date(2027, 12, 1), ends_on=date(2028, 11, 30), actor=None)
    assert SchoolYear.objects.get(code="2027-2028").starts_on == date(2027, 9, 1)
    assert ReportingYear.objects.get().code == "2028"


@pytest.mark.parametrize(
    ("code", "starts_on", "ends_on"),
    [
        ("2027-2029", date(2027, 9, 5), date(2028, 5, 31)),
        ("2027", date(2027, 9, 5), date(2028, 5, 31)),
        ("2027-2028", date(2027, 9, 5), date(2027, 9, 5)),
        ("2027-2028", date(2026, 9, 5), date(2027, 5, 31)),
        ("2025-2026", date(2025, 9, 5), date(2026, 9, 30)),
    ],
)
def test_a_year_that_does_not_fit_is_refused(code, starts_on, ends_on):
    make.school_year("2026-2027")
    with pytest.raises(YearRefused):
        set_school_year(code=code, starts_on=starts_on, ends_on=ends_on, actor=None)


# Screens


@pytest.mark.slow
def test_the_officer_renames_and_merges_on_screen(as_user, province_officer, school_class, other_class, pupil):
    client = as_user(province_officer)
    page = client.get("/vi/schools/places/?q=song").content.decode()
    assert "Trường THPT Sông Trong" in page and "Núi Xa" not in page
    url = "/vi/schools/places/schools/SONGTRONG/"
    answer = client.post(url, {"name": "Trường THPT Sông Ngoài", "on": "2026-11-01", "decision": DECISION})
    assert answer.status_code == 302
    assert "Trường THPT Sông Trong" in client.get(url).content.decode()
    chosen = {"successors": "nuixa", "on": "2026-11-01", "decision": DECISION}
    step = client.get(url + "close/", chosen).content.decode()
    assert "Trường THPT Núi Xa" in step and "10A1" in step
    assert SchoolSuccession.objects.count() == 0
    assert client.post(url + "close/", {**chosen, "sure": "1"}).status_code == 302
    assert Membership.objects.get(user=pupil, ends_on=None).school_class.school == other_class.school
    assert "Trường THPT Núi Xa (NUIXA)" in client.get(url).content.decode()


def test_a_code_nobody_has_is_told(as_user, province_officer, school_class):
    data = {"successors": "KHONGCO", "on": "2026-11-01", "decision": DECISION, "sure": "1"}
    answer = as_user(province_officer).post("/vi/schools/places/schools/SONGTRONG/close/", data)
    assert answer.status_code == 422 and "KHONGCO" in answer.content.decode()
    assert not SchoolSuccession.objects.exists()


def test_an_officer_of_a_commune_keeps_its_places_only(as_user, school_class, other_class):
    officer = make.make_with_role("province_officer", "Kha Thị Một", unit=school_class.school.unit)
    client = as_user(officer)
    assert client.get("/vi/schools/places/schools/SONGTRONG/").status_code == 200
    assert client.get("/vi/schools/places/schools/NUIXA/").status_code == 404
    assert client.get("/vi/schools/places/calendars/").status_code == 404


def test_the_calendar_on_screen(as_user, province_officer):
    client = as_user(province_officer)
    data = {"which": "school", "school-code": "2027-2028", "school-starts_on": "2027-09-05"}
    assert client.post("/vi/schools/places/calendars/", {**data, "school-ends_on": "2028-05-31"}).status_code == 302
    answer = client.post("/vi/schools/places/calendars/", {**data, "school-ends_on": "2027-01-31"})
    assert answer.status_code == 422
    assert SchoolYear.objects.get(code="2027-2028").ends_on == date(2028, 5, 31)


@pytest.mark.parametrize("kind", ["schools", "units"])
def test_the_list_asks_no_more_for_three_than_for_one(as_user, province_officer, kind, django_assert_max_num_queries):
    client = as_user(province_officer)
    url = f"/vi/schools/places/{kind}/"

    def queries() -> int:
        client.get(url)
        with django_assert_max_num_queries(30) as found:
            assert client.get(url).status_code == 200
        return len(found)

    make.make_school()
    one = queries()
    make.make_school()
    make.make_school()
    assert queries() == one


def test_units_and_schools_are_found_by_a_former_name(as_user, province_officer, school_class):
    places.rename(place=school_class.school, name="Hoàn Toàn Khác", on=TODAY, decision=DECISION, actor=None)
    assert "Hoàn Toàn Khác" in as_user(province_officer).get("/vi/schools/places/?q=Sông Trong").content.decode()
    assert Unit.objects.count() > 1
