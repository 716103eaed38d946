"""The official roll: read from the tables a Sở has, drafted, frozen for a date, and never moved again."""

import json
from datetime import date

import pytest
from django.core.management import CommandError, call_command

from cms.audit.models import AuditEvent
from schools.enrolment.planning import plan_roll
from schools.enrolment.reading import NoRoll, read_roll
from schools.models import Roll, School, SchoolSuccession
from schools.operations.rolls import (
    FrozenOtherwise,
    NoRollToFreeze,
    OutsideTheYear,
    apply_roll,
    freeze_roll,
    stage_roll,
    staged_plan,
)
from schools.queries.rolls import roster_by_school
from tests.factories.schools import make_class, make_pupil, make_school, school_year
from tests.schools.workbooks import workbook

pytestmark = pytest.mark.django_db

WIDE = ["TT", "Mã trường", "Tên trường", "Khối 10", "Khối 11", "Khối 12", "Tổng số"]
LONG = ["Mã trường", "Khối", "Số học sinh"]


@pytest.fixture
def upper():
    return make_school("Trường THPT Bến Dừa", code="0701")


@pytest.fixture
def combined():
    return make_school("Trường THCS–THPT Đồi Mây", code="0702", kind="thcs_thpt", grade_min=6, grade_max=12)


@pytest.fixture
def year():
    return school_year()


def take(year, *rows):
    return apply_roll(
        staged=stage_roll(school_year=year, raw=workbook(*rows), file_name="si-so.xlsx", actor=None), actor=None
    )


def figures(**fields) -> dict:
    return {
        (row.school.code, row.level, row.grade): row.pupils
        for row in Roll.objects.filter(**fields).select_related("school")
    }


def reasons(year, *rows) -> dict[int, str]:
    return {one.number: one.reason for one in plan_roll(school_year=year, read=read_roll(workbook(*rows))).rejected}


def test_a_line_of_a_school_with_a_column_for_each_grade(upper, combined, year):
    take(
        year,
        ["SỞ GIÁO DỤC VÀ ĐÀO TẠO"],
        ["Quy mô đầu năm học 2026-2027"],
        WIDE,
        ["1", "2", "3", "4", "5", "6", "7"],
        [1, "0701", "Trường THPT Bến Dừa", 420, "1.012", 398.0, 1830],
        [2, 702, "Trường THCS–THPT Đồi Mây", 80, None, 71, 151],
        [None, "Tổng cộng", None, 500, 1012, 469, 1981],
    )
    assert figures() == {
        ("0701", "thpt", 10): 420,
        ("0701", "thpt", 11): 1012,
        ("0701", "thpt", 12): 398,
        ("0702", "thpt", 10): 80,
        ("0702", "thpt", 12): 71,
    }
    assert not Roll.objects.frozen().exists()


def test_a_line_of_a_school_and_grade_and_levels_of_their_own(combined, year):
    centre = make_school("Trung tâm GDNN–GDTX", code="TT1", kind="gdtx", grade_min=10, grade_max=12)
    college = make_school("Cao đẳng Nghề", code="CD1", kind="college", grade_min=None, grade_max=None)
    take(year, LONG, ["0702", "Khối 9", "60"], ["702", 10, 55], [centre.code, 10, 31], [college.code, None, 900])
    assert figures() == {
        ("0702", "thcs", 9): 60,
        ("0702", "thpt", 10): 55,
        ("TT1", "gdtx", 10): 31,
        ("CD1", "college", 0): 900,
    }


def test_a_bad_row_is_told_with_its_reason_and_the_others_are_taken(upper, combined, year):
    wrong = reasons(
        year,
        LONG,
        ["0701", 10, 420],
        ["KHONGCO", 10, 5],
        ["0701", 9, 12],
        ["0701", 11, "nhiều"],
        ["0701", 12, -3],
        ["0701", "mười", 8],
        ["0702", 6, 40],
        ["0702", 6, 41],
        ["0702", None, 300],
        ["0702", 7, 250_000],
        ["0702", 8, 12.5],
    )
    assert sorted(wrong) == [3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    assert "KHONGCO" in wrong[3]
    assert "9" in wrong[4]
    assert wrong[8] == wrong[9]
    assert "8, 9" in wrong[8]
    take(year, LONG, ["0701", 10, 420], ["KHONGCO", 10, 5])
    assert figures() == {("0701", "thpt", 10): 420}


def test_grades_that_do_not_add_up_are_not_taken(upper, year):
    assert "1000" in reasons(year, WIDE, [1, "0701", "", 400, 300, 200, 1000])[2]


def test_a_merged_school_is_refused_by_naming_its_successor(upper, year):
    gone = make_school("Trường THPT Cũ", code="OLD", valid_to=date(2026, 7, 1))
    assert "01/07/2026" in reasons(year, LONG, ["OLD", 10, 5])[2]
    SchoolSuccession.objects.create(predecessor=gone, successor=upper, on=date(2026, 7, 2))
    assert "Bến Dừa (0701)" in reasons(year, LONG, ["OLD", 10, 5])[2]


def test_a_school_without_its_code_is_found_by_its_name_alone(upper, year):
    other = make_school("Trường THPT Chung Tên", code="A1")
    assert not reasons(year, ["Tên trường", "Khối 10"], ["TRƯỜNG THPT CHUNG TÊN", 10])
    make_school("Trường THPT Chung Tên", code="A2", unit=other.unit)
    assert "Chung Tên" in reasons(year, ["Tên trường", "Khối 10"], ["Trường THPT Chung Tên", 10])[2]


def test_a_table_that_is_no_roll_is_refused(year):
    with pytest.raises(NoRoll):
        read_roll(workbook(["STT", "Mã học sinh", "Họ và tên"], [1, "0001", "Trần Thị Mận"]))


def test_the_same_list_again_changes_nothing_and_a_second_clerk_finds_it_applied(upper, year):
    first = stage_roll(school_year=year, raw=workbook(LONG, ["0701", 10, 420]), file_name="a.xlsx", actor=None)
    second = stage_roll(school_year=year, raw=workbook(LONG, ["0701", 10, 420]), file_name="a.xlsx", actor=None)
    assert apply_roll(staged=first, actor=None).summary["created"] == 1
    when = apply_roll(staged=first, actor=None).applied_at
    assert apply_roll(staged=first, actor=None).applied_at == when
    assert staged_plan(second).counts()["unchanged"] == 1
    assert apply_roll(staged=second, actor=None).summary == {
        "created": 0, "changed": 0, "unchanged": 1, "schools": 1, "pupils": 420,
    }  # fmt: skip
    assert AuditEvent.objects.filter(action="import_roll").count() == 1


def test_what_is_frozen_never_moves_and_a_later_date_carries_it_on(upper, combined, year):
    with pytest.raises(NoRollToFreeze):
        freeze_roll(school_year=year, on=date(2026, 10, 15), actor=None)
    take(year, LONG, ["0701", 10, 420], ["0702", 10, 80])
    done = freeze_roll(school_year=year, on=date(2026, 10, 15), actor=None)
    assert done == {"frozen": 2, "schools": 2, "pupils": 500}
    assert freeze_roll(school_year=year, on=date(2026, 10, 15), actor=None)["frozen"] == 0
    take(year, LONG, ["0702", 10, 85])
    with pytest.raises(FrozenOtherwise):
        freeze_roll(school_year=year, on=date(2026, 10, 15), actor=None)
    assert freeze_roll(school_year=year, on=date(2026, 11, 15), actor=None)["pupils"] == 505
    assert figures(on=date(2026, 10, 15)) == {("0701", "thpt", 10): 420, ("0702", "thpt", 10): 80}
    assert figures(on=date(2026, 11, 15)) == {("0701", "thpt", 10): 420, ("0702", "thpt", 10): 85}
    assert not Roll.objects.drafts().exists()


def test_a_roll_is_frozen_inside_its_year(upper, year):
    take(year, LONG, ["0701", 10, 420])
    for on in (date(2026, 5, 1), date(2027, 6, 30)):
        with pytest.raises(OutsideTheYear):
            freeze_roll(school_year=year, on=on, actor=None)


def test_the_roster_beside_it_counts_members_once_and_no_guests(upper, year):
    school_class = make_class(upper, "10A1")
    make_pupil(school_class, "Trần Thị Mận")
    guest = make_pupil(school_class, "Khách Một")
    guest.memberships.update(is_guest=True)
    assert roster_by_school(year) == {upper.pk: 1}


def run(*args) -> dict:
    from io import StringIO

    out = StringIO()
    try:
        call_command(*args, "--json", stdout=out)
    except CommandError as error:
        return json.loads(out.getvalue()) | {"status": error.returncode}
    return json.loads(out.getvalue())


def test_the_commands_report_as_the_contract_says(upper, year, tmp_path):
    file = tmp_path / "si-so.csv"
    file.write_text("Mã trường;Khối;Số học sinh\n0701;10;420\nKHONG;10;4\n", encoding="utf-8")
    dry = run("import_roll", str(file), "--school-year", year.code, "--dry-run")
    assert (dry["created"], dry["pupils"], dry["rejected"][0]["row"]) == (1, 420, 3)
    assert not Roll.objects.exists()
    assert run("import_roll", str(file), "--school-year", year.code)["created"] == 1
    assert run("import_roll", str(file), "--school-year", year.code)["unchanged"] == 1
    frozen = run("freeze_roll", "--school-year", year.code, "--on", "2026-10-15")
    assert frozen == {"school_year": year.code, "on": "2026-10-15", "frozen": 1, "schools": 1, "pupils": 420}
    file.write_text("Mã trường;Khối;Số học sinh\nKHONG;10;4\n", encoding="utf-8")
    mend = tmp_path / "can-sua.xlsx"
    refused = run("import_roll", str(file), "--school-year", year.code, "--refused", str(mend))
    assert [(row.code, row.grade, row.pupils) for row in read_roll(mend.read_bytes()).rows] == [("KHONG", 10, 4)]
    assert (refused["status"], len(refused["rejected"])) == (1, 1)
    assert School.objects.count() == 1
