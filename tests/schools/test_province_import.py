"""One list of many schools: each row to its school, each school by itself, wrong rows with why."""

import csv
import io
import json
import random
from datetime import timedelta
from io import StringIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.utils import timezone

from cms.jobs.models import Job
from cms.jobs.operations import run_job
from schools.models import Membership, RosterImport, School, SchoolClass, SchoolIdentifier
from schools.operations.places import close_school
from schools.operations.rosters import NothingToImport, import_province, undo_import
from schools.rosters.reading import read_province, read_roster
from schools.rosters.tables import UnreadableFile
from schools.rosters.workbooks import PROVINCE_FIELDS, refused_rows
from schools.work import forget_province_lists
from tests.factories import schools as make
from tests.schools.workbooks import workbook

pytestmark = pytest.mark.django_db
HEADER = ["STT", "Mã trường", "Mã học sinh", "Họ và tên", "Ngày sinh", "Giới tính", "Lớp"]


def a_list(*rows, header=HEADER) -> bytes:
    return workbook(header, *([number, *row] for number, row in enumerate(rows, 1)))


LINES = [
    ("SONGTRONG", "0001", "Nguyễn Thị Minh Khai", "05/09/2010", "Nữ", "10A1"),
    ("songtrong", "0002", "Trần Văn Suối", "06/09/2010", "Nam", "10A2"),
    ("NUIXA", "0001", "Lê Thị Núi", "07/09/2010", "Nữ", "10A1"),
    ("KHONGCO", "0003", "Phạm Văn Lạc", "08/09/2010", "Nam", "10A1"),
    ("", "0004", "Hồ Thị Thiếu", "09/09/2010", "Nữ", "10A1"),
    ("NUIXA", "0005", "Võ Văn Sai", "31/02/2010", "Nam", "10A1"),
]


@pytest.fixture
def places(school_class, other_class):
    return {one.school.code: one.school for one in (school_class, other_class)}


def bring(raw: bytes, **options):
    return import_province(
        read=read_province(raw),
        schools=options.pop("schools", None) or School.objects.all(),
        school_year=make.school_year(),
        actor=None,
        file_name="toan-tinh.xlsx",
        **options,
    )


def test_each_row_goes_to_its_school(places):
    report = bring(a_list(*LINES))
    assert report.counts()["created"] == 3
    assert {line["school"]: line["created"] for line in report.schools} == {"SONGTRONG": 2, "NUIXA": 1}
    assert set(SchoolIdentifier.objects.values_list("school__code", "code")) == {
        ("SONGTRONG", "0001"),
        ("SONGTRONG", "0002"),
        ("NUIXA", "0001"),
    }
    assert SchoolClass.objects.filter(name="10A2", school=places["SONGTRONG"]).exists()


def test_wrong_rows_are_told_in_the_order_of_the_file(places):
    report = bring(a_list(*LINES))
    assert [row.number for row in report.rejected] == [5, 6, 7]
    words = [" ".join(str(one) for one in row.reasons) for row in report.rejected]
    assert "KHONGCO" in words[0] and all(words)
    again = read_province(refused_rows(report.rejected, PROVINCE_FIELDS))
    assert [row.school_code for row in again.rows] == ["KHONGCO", "", "NUIXA"]


def test_a_closed_school_is_told_with_its_follower(places):
    close_school(
        school=places["SONGTRONG"],
        successors=[places["NUIXA"]],
        on=make.school_year().starts_on,
        decision="1/QĐ",
        actor=None,
    )
    report = bring(a_list(*LINES))
    assert [row.number for row in report.rejected] == [2, 3, 5, 6, 7]
    assert "Trường THPT Núi Xa (NUIXA)" in str(report.rejected[0].reasons[0])


def test_a_dry_run_writes_nothing_and_twice_is_once(places):
    assert bring(a_list(*LINES), dry_run=True).counts()["created"] == 3
    assert not RosterImport.objects.exists()
    bring(a_list(*LINES))
    second = bring(a_list(*LINES))
    assert (second.counts()["created"], second.counts()["unchanged"]) == (0, 3)


@pytest.mark.slow
def test_each_school_can_be_taken_back_by_itself(places):
    report = bring(a_list(*LINES))
    one = next(line for line in report.schools if line["school"] == "SONGTRONG")
    undo_import(roster_import=RosterImport.objects.get(uuid=one["import_id"]), actor=None)
    assert set(Membership.objects.values_list("school_class__school__code", flat=True)) == {"NUIXA"}


def test_complete_ends_only_in_the_schools_of_the_file(places, pupil, other_pupil):
    report = bring(a_list(*LINES[:2]), complete=True)
    assert report.counts()["left"] == 1
    assert not Membership.objects.filter(user=pupil, ends_on=None).exists()
    assert Membership.objects.filter(user=other_pupil, ends_on=None).exists()


def test_nothing_is_written_where_the_actor_may_not(places):
    report = bring(a_list(*LINES), schools=School.objects.filter(code="NUIXA"))
    assert [line["school"] for line in report.schools] == ["NUIXA"]
    with pytest.raises(NothingToImport):
        bring(a_list(LINES[0]), schools=School.objects.filter(code="NUIXA"))


def test_a_list_without_the_schools_is_refused(places):
    with pytest.raises(UnreadableFile):
        read_province(a_list(*(row[1:] for row in LINES), header=[HEADER[0], *HEADER[2:]]))


def test_in_a_list_of_one_school_the_column_stays_foreign():
    read = read_roster(a_list(*LINES))
    assert [row.code for row in read.rows][:3] == ["0001", "0002", "0001"]
    assert not any(row.school_code for row in read.rows)


def test_the_command(places, tmp_path):
    file = tmp_path / "toan-tinh.xlsx"
    file.write_bytes(a_list(*LINES))
    out = StringIO()
    call_command("import_rosters", str(file), "--school-year", "2026-2027", "--json", stdout=out)
    report = json.loads(out.getvalue())
    assert (report["created"], len(report["schools"]), [row["row"] for row in report["rejected"]]) == (3, 2, [5, 6, 7])
    file.write_bytes(a_list(LINES[3]))
    with pytest.raises(CommandError) as refused:
        call_command("import_rosters", str(file), "--school-year", "2026-2027", "--json", stdout=StringIO())
    assert refused.value.returncode == 1


@pytest.mark.slow
def test_the_officer_looks_first_and_brings_in_once(
    as_user, places, province_officer, django_capture_on_commit_callbacks
):
    client = as_user(province_officer)
    file = SimpleUploadedFile("toan-tinh.xlsx", a_list(*LINES))
    answer = client.post("/vi/schools/places/roster/", {"file": file, "year": "2026-2027"})
    assert answer.status_code == 302
    look = Job.objects.get()
    assert run_job(job_id=look.pk).state == "done"
    page = client.get(answer["Location"]).content.decode()
    assert "Trường THPT Sông Trong" in page and not RosterImport.objects.exists()
    assert client.get(answer["Location"] + "refused/").status_code == 302
    with django_capture_on_commit_callbacks():
        assert client.post(answer["Location"]).status_code == 302
        second = client.post(answer["Location"], follow=True)
    assert "không làm lại lần nữa" in second.content.decode()
    commit = Job.objects.exclude(pk=look.pk).get()
    assert run_job(job_id=commit.pk).result["created"] == 3
    commit.refresh_from_db()
    assert commit.params["file"] == ""
    assert SchoolIdentifier.objects.count() == 3
    # A school without an administrator has nobody else to take its part back.
    done = second.redirect_chain[-1][0]
    parts = {one.school.code: str(one.uuid) for one in RosterImport.objects.select_related("school")}
    assert client.get(done).text.count('name="undo"') == 2
    Membership.objects.filter(user__identifiers__school=places["NUIXA"]).update(
        state="left", ends_on=timezone.localdate()
    )
    refused = client.post(done, {"undo": parts["NUIXA"]}, follow=True).text
    assert "Lê Thị Núi" in refused and "hoàn tác sẽ mất" in refused
    assert "Đã hoàn tác" not in refused and SchoolIdentifier.objects.count() == 3
    back = client.post(done, {"undo": parts["SONGTRONG"]}, follow=True).text
    assert "Trường THPT Sông Trong: đã hoàn tác" in back and back.count('name="undo"') == 1
    assert SchoolIdentifier.objects.get().school == places["NUIXA"]
    assert client.post(done, {"undo": str(look.uuid)}).status_code == 404


def test_a_list_of_nobody_here_says_why(as_user, places, province_officer):
    client = as_user(province_officer)
    file = SimpleUploadedFile("toan-tinh.xlsx", a_list(LINES[3]))
    answer = client.post("/vi/schools/places/roster/", {"file": file, "year": "2026-2027"})
    job = run_job(job_id=Job.objects.get().pk)
    assert job.state == "failed" and job.error_file
    assert client.get(answer["Location"]).status_code == 200


def test_uploaded_lists_are_forgotten_after_a_day(as_user, places, province_officer):
    file = SimpleUploadedFile("toan-tinh.xlsx", a_list(*LINES))
    as_user(province_officer).post("/vi/schools/places/roster/", {"file": file, "year": "2026-2027"})
    assert forget_province_lists() == 0
    assert forget_province_lists(timezone.now() + timedelta(hours=25)) == 1
    assert Job.objects.get().params["file"] == ""


@pytest.mark.slow
def test_many_rows_of_many_schools(db):
    """As many as make more than one piece of work; `make bench-province` times fifty thousand."""
    make.school_year()
    for number in range(50):
        make.make_school(f"Trường Thử {number}", code=f"TT{number:03d}")
    draw = random.Random(1)
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(HEADER)
    for number in range(3_000):
        name = f"{draw.choice(['Nguyễn', 'Trần', 'Lê'])} {draw.choice(['Thị', 'Văn'])} {draw.choice(['An', 'Bình'])}"
        place, born = number % 50, f"{1 + number % 28:02d}/{1 + number % 12:02d}/2010"
        school_class = f"{10 + number // 50 % 3}A{number // 150 % 12}"
        writer.writerow([number, f"TT{place:03d}", f"{number // 50:05d}", name, born, "Nữ", school_class])
    raw = ("\ufeff" + stream.getvalue()).encode()
    assert bring(raw).counts()["created"] == 3_000
