"""The year turns: who goes where, what is written, taken back, repeated, refused; the wizard and the run over all."""

import json
import time
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from cms.jobs.models import Job
from cms.jobs.operations import run_job
from courses.operations.lessons import record_events
from schools.models import Membership, Role, Roll, RosterImport, School, SchoolClass, Teaching
from schools.operations.places import SchoolClosed, close_school
from schools.operations.rollovers import Decisions, RollOverRefused, plan_for, roll_over, roll_over_all
from schools.operations.rosters import UndoRefused, commit_import, undo_import
from schools.rollovers.planning import next_name
from schools.rosters.reading import read_roster
from schools.work import ROLL_ALL_JOB, ROLL_OVER_JOB
from tests.factories import courses
from tests.factories import schools as make
from tests.schools.workbooks import pupils as class_list

pytestmark = pytest.mark.django_db
OLD, NEW = "2026-2027", "2027-2028"


@pytest.fixture
def years(db):
    return {"from_year": make.school_year(OLD), "to_year": make.school_year(NEW)}


@pytest.fixture
def school(years, school_class, pupil, teacher):
    """10A1 (three pupils), 11A1, 12A1 (one each); a guest; one who left during the year."""
    for name, grade in (("11A1", 11), ("12A1", 12)):
        made = make.make_class(school_class.school, name, grade=grade)
        make.make_pupil(made, f"Học Sinh Lớp {grade}", code=f"00{grade}")
    make.make_pupil(school_class, "Lê Văn Lại", code="0022")
    make.make_pupil(school_class, "Lê Văn Đi", code="0033")
    guest = make.make_pupil(school_class, "Khách Lạ", code="K12345", is_guest=True)
    gone = make.make_pupil(school_class, "Đi Giữa Năm", code="0044")
    Membership.objects.filter(user=gone).update(state="left", ends_on=date(2026, 10, 1))
    assert guest.pk
    return school_class.school


def turn(school, years, **decided):
    return roll_over(school=school, decisions=Decisions(**decided), actor=None, **years)


def placed(school, year=NEW) -> dict[str, str]:
    rows = Membership.objects.filter(school_class__school_year__code=year, ends_on=None, school_class__school=school)
    return dict(rows.values_list("user__person__full_name", "school_class__name"))


def state() -> list:
    """All that a roll-over may write."""
    fields = ("pk", "user", "school_class", "state", "starts_on", "ends_on")
    return [
        sorted(Membership.objects.values_list(*fields)),
        sorted(SchoolClass.objects.values_list("pk", "name")),
        sorted(Teaching.objects.values_list("pk", "user", "school_class", "starts_on", "ends_on"), key=str),
    ]


@pytest.mark.parametrize(
    ("name", "grade", "after"),
    [("10A1", 10, "11A1"), ("6/3", 6, "7/3"), ("9A1", 9, "10A1"), ("11 Tin", 11, "12 Tin"), ("Tin K5", None, "Tin K5")],
)
def test_a_class_keeps_the_rest_of_its_name(name, grade, after):
    assert next_name(name, grade) == after


def test_classes_go_up_and_the_highest_has_finished(school, years, pupil, school_class):
    done, plan = turn(school, years)
    assert plan.counts() == {"up": 4, "repeating": 0, "finished": 1, "leaving": 0, "already": 0}
    assert (plan.guests, plan.left_before) == (1, 1)
    assert placed(school) == {
        "Trần Thị Bưởi": "11A1",
        "Lê Văn Lại": "11A1",
        "Lê Văn Đi": "11A1",
        "Học Sinh Lớp 11": "12A1",
    }
    before = Membership.objects.get(user=pupil, school_class=school_class)
    after = Membership.objects.get(user=pupil, ends_on=None)
    assert (before.state, before.ends_on, after.starts_on) == ("left", date(2027, 8, 31), date(2027, 9, 1))
    finished = Membership.objects.get(user__person__full_name="Học Sinh Lớp 12")
    assert (finished.state, finished.ends_on) == ("left", years["from_year"].ends_on)
    assert done.summary["new_classes"] == ["11A1", "12A1"]


def test_until_the_new_year_begins_everybody_is_in_the_old_class(school, years, pupil, school_class):
    turn(school, years)
    summer = Membership.objects.current(date(2027, 7, 1)).get(user=pupil)
    assert summer.school_class == school_class


def test_repeaters_stay_and_leavers_go(school, years):
    _done, plan = turn(school, years, repeaters=("22", "KHONGCO"), leavers=("0033",))
    assert plan.counts() == {"up": 2, "repeating": 1, "finished": 1, "leaving": 1, "already": 0}
    assert placed(school)["Lê Văn Lại"] == "10A1"
    assert "Lê Văn Đi" not in placed(school)
    assert [code for code, _reason in plan.rejected] == ["KHONGCO"]


def test_a_code_in_both_lists_and_of_nobody_here_is_told(school, years):
    _done, plan = turn(school, years, repeaters=("0022", "0044"), leavers=("0022",))
    assert [code for code, _reason in plan.rejected] == ["0044", "0022"]
    assert plan.counts()["repeating"] == 1


def test_a_class_may_become_another_or_end(school, years, school_class):
    eleven = SchoolClass.objects.get(name="11A1")
    turn(school, years, names={school_class.pk: "11 Tin", eleven.pk: ""})
    assert set(placed(school).values()) == {"11 Tin"}


def test_teachers_go_up_with_their_class_or_stay(school, years, teacher, school_class):
    turn(school, years)
    now = Teaching.objects.get(user=teacher, ends_on=None)
    assert (now.school_class.name, now.school_class.school_year.code, now.kind) == ("11A1", NEW, "homeroom")
    assert Teaching.objects.get(user=teacher, school_class=school_class).ends_on == date(2027, 8, 31)


def test_teachers_stay_when_told(school, years, teacher, school_class):
    turn(school, years, teachers_follow=False)
    assert Teaching.objects.get(user=teacher).school_class == school_class


def test_twice_is_once(school, years):
    first, _plan = turn(school, years, repeaters=("0022",))
    after = state()
    second, plan = turn(school, years)
    assert (plan.is_empty, second, state()) == (True, first, after)
    assert RosterImport.objects.count() == 1


def test_a_pupil_placed_already_is_left_alone(school, years, pupil):
    """A transfer in, or a list brought in before: the roll-over moves nobody twice."""
    other = make.make_class(school, "11B7", grade=11, year=years["to_year"])
    Membership.objects.filter(user=pupil).update(state="left", ends_on=date(2027, 8, 31))
    Membership.objects.create(user=pupil, school_class=other, starts_on=date(2027, 9, 1))
    _done, plan = turn(school, years)
    assert plan.counts()["already"] == 1
    assert placed(school)["Trần Thị Bưởi"] == "11B7"


def test_the_new_grade_comes_by_import_and_nobody_else_moves(school, years):
    turn(school, years)
    before = placed(school)
    read = read_roster(
        class_list(("0777", "Mới Vào Trường", "05/09/2012", "Nữ", "10A1"), ("0012345", "Trần Thị Bưởi", "", "", "11A1"))
    )
    _done, plan = commit_import(school=school, school_year=years["to_year"], read=read, actor=None, file_name="x.xlsx")
    assert plan.counts()["created"] == 1 and plan.counts()["moved"] == 0
    assert placed(school) == {**before, "Mới Vào Trường": "10A1"}


def test_counts_stand_beside_the_roll(school, years):
    for year, grade, pupils in ((OLD, 10, 5), (NEW, 11, 3), (NEW, 10, 40)):
        Roll.objects.create(
            school=school,
            school_year=make.school_year(year),
            on=date(2026, 10, 15),
            level="thpt",
            grade=grade,
            pupils=pupils,
        )
    plan = plan_for(school, years["from_year"], years["to_year"], Decisions())
    rows = {row["grade"]: row for row in plan.grades}
    assert rows[10] == {"grade": 10, "now": 3, "roll_now": 5, "next": 0, "roll_next": 40}
    assert rows[11] == {"grade": 11, "now": 1, "roll_now": None, "next": 3, "roll_next": 3}


# Taking it back


def test_undo_puts_everything_back(school, years):
    before = state()
    done, _plan = turn(school, years, repeaters=("0022",), leavers=("0033",))
    assert state() != before
    undone = undo_import(roster_import=done, actor=None)
    assert (undone.state, state()) == ("undone", before)
    assert undo_import(roster_import=done, actor=None).state == "undone"
    assert turn(school, years)[1].counts()["up"] == 4


@pytest.mark.slow
def test_undo_is_refused_with_what_would_be_lost(school, years, pupil, teacher):
    done, _plan = turn(school, years)
    after = Membership.objects.get(user=pupil, ends_on=None)
    # As if the new year had begun: what the pupil does now belongs to the new class.
    Membership.objects.filter(user=pupil).exclude(pk=after.pk).update(is_guest=True)
    Membership.objects.filter(pk=after.pk).update(starts_on=date(2026, 9, 1))
    page = courses.lessons_of(courses.course(1))[0]
    record_events(user=pupil, place=courses.place(page), events=[courses.event("opened")])
    courses.assignment(page, after.school_class, teacher)
    written = state()
    with pytest.raises(UndoRefused) as refused:
        undo_import(roster_import=done, actor=None)
    told = " ".join(refused.value.extra["hindrances"])
    assert "11A1" in told and len(refused.value.extra["hindrances"]) >= 2
    assert state() == written


def test_undo_is_refused_after_somebody_was_moved(school, years, pupil):
    done, _plan = turn(school, years)
    other = make.make_class(school, "11B7", grade=11, year=years["to_year"])
    Membership.objects.filter(user=pupil, ends_on=None).update(state="left", ends_on=date(2027, 10, 1))
    Membership.objects.create(user=pupil, school_class=other, starts_on=date(2027, 10, 2))
    with pytest.raises(UndoRefused) as refused:
        undo_import(roster_import=done, actor=None)
    assert any("Trần Thị Bưởi" in text for text in refused.value.extra["hindrances"])


def test_undo_is_possible_for_seven_days(school, years):
    done, _plan = turn(school, years)
    RosterImport.objects.filter(pk=done.pk).update(committed_at=timezone.now() - timedelta(days=8))
    with pytest.raises(UndoRefused):
        undo_import(roster_import=done, actor=None)


# Refusals


def test_a_merged_school_and_an_empty_one_are_refused(school, years, other_class):
    empty = make.make_school()
    with pytest.raises(RollOverRefused):
        turn(empty, years)
    with pytest.raises(RollOverRefused):
        roll_over(
            school=school, from_year=years["to_year"], to_year=years["from_year"], decisions=Decisions(), actor=None
        )
    close_school(school=school, successors=[other_class.school], on=timezone.localdate(), decision="1/QĐ", actor=None)
    School.objects.filter(pk=school.pk).update(valid_to=timezone.localdate() - timedelta(days=1))
    school.refresh_from_db()
    with pytest.raises(SchoolClosed, match="NUIXA"):
        turn(school, years)
    assert not RosterImport.objects.exists()


# All schools


def test_one_school_that_cannot_does_not_stop_the_others(school, years, other_class, other_pupil):
    make.make_school("Trường Trống", code="TRONG")
    lines = roll_over_all(schools=School.objects.open_on().order_by("code"), actor=None, **years)
    by_code = {line["school"]: line for line in lines}
    assert by_code["SONGTRONG"]["up"] == 4 and by_code["NUIXA"]["up"] == 1
    assert "error" in by_code["TRONG"]
    assert roll_over_all(schools=School.objects.filter(code="NUIXA"), actor=None, **years)[0]["already"] == 1


# The command


def command(*args) -> dict:
    out = StringIO()
    call_command("roll_over", *args, "--from", OLD, "--to", NEW, "--json", stdout=out)
    return json.loads(out.getvalue())


def test_the_command_dry_and_wet(school, years, tmp_path):
    repeaters = tmp_path / "luu-ban.txt"
    repeaters.write_text("\ufeff0022\tLê Văn Lại\n\nKHONG\n", encoding="utf-8")
    before = state()
    dry = command("--school", "songtrong", "--repeaters", str(repeaters), "--dry-run")
    assert (state(), dry["import_id"], dry["up"], dry["repeating"]) == (before, None, 3, 1)
    assert dry["rejected"][0]["code"] == "KHONG"
    wet = command("--school", "songtrong", "--repeaters", str(repeaters))
    assert {key: wet[key] for key in ("up", "repeating", "finished")} == {"up": 3, "repeating": 1, "finished": 1}
    call_command("undo_roster_import", wet["import_id"], verbosity=0)
    assert state() == before


def test_the_command_for_all_schools(school, years):
    make.make_school("Trường Trống", code="TRONG")
    report = command("--all")
    assert (report["schools"], report["up"], [row["school"] for row in report["refused"]]) == (2, 4, ["TRONG"])


def test_the_command_says_why_nothing_was_done(years):
    make.make_school("Trường Trống", code="TRONG")
    with pytest.raises(CommandError) as refused:
        command("--school", "TRONG")
    assert refused.value.returncode == 1
    with pytest.raises(CommandError) as usage:
        command("--school", "KHONGCO")
    assert usage.value.returncode == 2


# The wizard


@pytest.fixture
def wizard(as_user, school, school_admin):
    client = as_user(school_admin)

    def begin(**data) -> str:
        answer = client.post(
            "/vi/schools/SONGTRONG/next-year/",
            {"from_year": OLD, "to_year": NEW, "teachers_follow": "on", **data},
        )
        assert answer.status_code == 302, answer.content.decode()[-2000:]
        return answer["Location"]

    return client, begin


@pytest.mark.slow
def test_the_wizard_from_preview_to_undo(wizard, school, pupil, django_capture_on_commit_callbacks):
    client, begin = wizard
    url = begin(repeaters="0022 Lê Văn Lại\n")
    page = client.get(url).content.decode()
    assert "12A1" in page and "11A1" in page
    assert not placed(school)
    # One class becomes another, decided on the preview.
    classes = {f"class-{one.pk}": next_name(one.name, one.grade) for one in SchoolClass.objects.all()}
    twelve = SchoolClass.objects.get(name="12A1")
    classes[f"class-{twelve.pk}"] = ""
    changed = {"repeaters": "0022", "teachers_follow": "on", **classes}
    assert client.post(url, changed).status_code == 302
    with django_capture_on_commit_callbacks():
        assert client.post(url + "commit/").status_code == 302
        assert client.post(url + "commit/").status_code == 302
    job = Job.objects.get(kind=ROLL_OVER_JOB)
    assert run_job(job_id=job.pk).state == "done"
    assert placed(school)["Lê Văn Lại"] == "10A1"
    result = client.get(url + "result/").content.decode()
    assert "7 ngày" in page or result
    assert client.post(url + "undo/").status_code == 302
    assert not placed(school)


def test_a_refused_undo_says_what_would_be_lost(wizard, school, years, pupil):
    client, begin = wizard
    url = begin()
    done, _plan = roll_over(
        school=school, decisions=Decisions(), actor=None, staged=RosterImport.objects.get(), **years
    )
    commit_import(
        school=school,
        school_year=years["to_year"],
        read=read_roster(class_list(("0777", "Mới Vào Trường", "05/09/2012", "Nữ", "11A1"))),
        actor=None,
        file_name="x.xlsx",
    )
    answer = client.post(url + "undo/", follow=True)
    assert "11A1" in answer.content.decode()
    done.refresh_from_db()
    assert done.state == "committed"


def test_the_province_runs_all_schools(as_user, school, years, province_officer, django_capture_on_commit_callbacks):
    client = as_user(province_officer)
    page = client.get("/vi/schools/places/next-year/").content.decode()
    assert "Trường THPT Sông Trong" in page
    with django_capture_on_commit_callbacks():
        answer = client.post("/vi/schools/places/next-year/", {"from_year": OLD, "to_year": NEW})
    assert answer.status_code == 302
    job = Job.objects.get(kind=ROLL_ALL_JOB)
    assert run_job(job_id=job.pk).state == "done"
    assert len(placed(school)) == 4
    assert "Trường THPT Sông Trong" in client.get("/vi/schools/places/next-year/").content.decode()


def test_the_province_page_asks_no_more_for_three_schools(
    as_user, school, years, province_officer, django_assert_max_num_queries
):
    client = as_user(province_officer)

    def queries() -> int:
        client.get("/vi/schools/places/next-year/")
        with django_assert_max_num_queries(30) as found:
            assert client.get("/vi/schools/places/next-year/").status_code == 200
        return len(found)

    one = queries()
    make.make_class(make.make_school(), "10A1")
    make.make_class(make.make_school(), "10A1")
    assert queries() == one


# Size


@pytest.mark.slow
def test_a_school_of_two_thousand_takes_seconds(years, school_class):
    """Acceptance: under 60 seconds; the statements do not grow with the pupils."""
    school = school_class.school
    courses.crowd(school_class, 2025)
    classes = [
        make.make_class(school, f"{grade}B{number}", grade=grade) for number in range(15) for grade in (10, 11, 12)
    ]
    rows = list(Membership.objects.order_by("pk"))
    for number, row in enumerate(rows):
        row.school_class = classes[number % 45]
    Membership.objects.bulk_update(rows, ["school_class"], batch_size=200)
    began = time.monotonic()
    done, plan = turn(school, years)
    seconds = time.monotonic() - began
    assert plan.counts() == {"up": 1350, "repeating": 0, "finished": 675, "leaving": 0, "already": 0}
    assert seconds < 60
    undo_import(roster_import=done, actor=None)
    print(f"roll-over of 2,025 pupils: {seconds:.1f} s, undo {time.monotonic() - began - seconds:.1f} s")
    assert Role.objects.count() == 0
