"""The officer brings the official roll in: upload, preview, use, freeze; then the shares appear."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from schools.models import Roll, RollImport
from tests.factories.schools import make_class, make_pupil, make_school, make_unit, school_year
from tests.schools.workbooks import workbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(province_officer, as_user):
    school_year()
    make_school("Trường THPT Bến Dừa", code="0701")
    return as_user(province_officer)


def upload(client, *rows):
    raw = workbook(["Mã trường", "Khối", "Số học sinh"], *rows)
    return client.post(
        reverse("reports:roll"), {"year": "2026-2027", "file": SimpleUploadedFile("si-so.xlsx", raw)}, follow=True
    )


def test_from_the_empty_ledger_to_the_first_share(officer):
    page = officer.get("/vi/reports/").content.decode()
    assert "Năm học này chưa chốt sĩ số" in page
    assert reverse("reports:roll") in page
    preview = upload(officer, ["0701", 10, 1420], ["KHONG", 10, 5])
    text = preview.content.decode()
    assert preview.status_code == 200
    assert "KHONG" in text
    assert not Roll.objects.exists(), "nothing is entered before the officer says so"
    staged = RollImport.objects.get()
    done = officer.post(reverse("reports:roll_apply", args=[staged.uuid]), follow=True)
    assert "1.420" in done.content.decode()
    assert Roll.objects.drafts().get().pupils == 1420
    done = officer.post(reverse("reports:roll_freeze"), {"year": "2026-2027", "on": "2026-10-15"}, follow=True)
    assert "Đã chốt sĩ số ngày 15/10/2026" in done.content.decode()
    assert Roll.objects.frozen().get().on == date(2026, 10, 15)
    page = officer.get("/vi/reports/").content.decode()
    assert "0,0 %" in page
    assert "Chưa có danh sách lớp" in page


def test_a_wrong_file_and_a_wrong_day_say_what_to_do(officer):
    answer = officer.post(
        reverse("reports:roll"), {"year": "2026-2027", "file": SimpleUploadedFile("a.xlsx", b"<html>")}, follow=True
    )
    assert answer.status_code == 422
    assert officer.post(reverse("reports:roll")).status_code == 422
    upload(officer, ["0701", 10, 1420])
    officer.post(reverse("reports:roll_apply", args=[RollImport.objects.get().uuid]))
    answer = officer.post(reverse("reports:roll_freeze"), {"year": "2026-2027", "on": "2029-01-01"})
    assert answer.status_code == 422
    assert "nằm ngoài năm học 2026-2027" in answer.content.decode()


def test_a_list_without_a_good_row_cannot_be_entered(officer):
    text = upload(officer, ["KHONG", 10, 5]).content.decode()
    assert "Không nhận được dòng nào" in text
    staged = RollImport.objects.get()
    officer.post(reverse("reports:roll_apply", args=[staged.uuid]))
    assert not Roll.objects.exists()


def test_the_preview_stands_the_class_lists_beside_the_roll(officer):
    school_class = make_class(make_school("Trường THPT Hai", code="0702"), "10A1")
    for n in range(3):
        make_pupil(school_class, f"Lê Văn Số {n}")
    text = upload(officer, ["0702", 10, 2]).content.decode()
    assert "nhiều hơn sĩ số" in text


@pytest.mark.parametrize("schools", [1, 3])
def test_the_preview_costs_the_same_for_one_and_three_schools(officer, schools, django_assert_max_num_queries):
    codes = [make_school(code=f"KT{n}", unit=make_unit()).code for n in range(schools)]
    upload(officer, *([code, 10, 40] for code in codes))
    url = reverse("reports:roll_preview", args=[RollImport.objects.get().uuid])
    officer.get(url)
    with django_assert_max_num_queries(12):
        officer.get(url)


def test_the_empty_list_comes_back_filled_in(officer):
    import io

    import openpyxl

    raw = officer.get(reverse("reports:roll_template")).content
    book = openpyxl.load_workbook(io.BytesIO(raw))
    sheet = book.active
    assert [cell.value for cell in sheet[2]][:2] == ["0701", "Trường THPT Bến Dừa"]
    sheet["G2"], sheet["H2"] = 40, 30
    filled = io.BytesIO()
    book.save(filled)
    officer.post(
        reverse("reports:roll"), {"year": "2026-2027", "file": SimpleUploadedFile("a.xlsx", filled.getvalue())}
    )
    assert sorted(row[2:] for row in RollImport.objects.get().rows) == [[10, 40], [11, 30]]


def test_refused_rows_come_back_as_a_file_that_is_mended_and_brought_in(officer):
    import io

    import openpyxl

    make_school("Trường THPT Hai", code="0702")
    raw = workbook(
        ["Mã trường", "Tên trường", "Khối 10", "Khối 11", "Tổng số"],
        ["0701", "Trường THPT Bến Dừa", 40, 30, 70],
        ["KHONG", "@Trường Lạ", 20, "-", 20],
        ["0702", "Trường THPT Hai", 20, 10, 99],
    )
    officer.post(reverse("reports:roll"), {"year": "2026-2027", "file": SimpleUploadedFile("si-so.xlsx", raw)})
    staged = RollImport.objects.get()
    url = reverse("reports:roll_refused", args=[staged.uuid])
    assert url in officer.get(reverse("reports:roll_preview", args=[staged.uuid])).content.decode()
    book = openpyxl.load_workbook(io.BytesIO(officer.get(url).content))
    rows = [[cell.value or "" for cell in row] for row in book.active.iter_rows()]
    assert rows[0][:5] == ["Mã trường", "Tên trường", "Khối 10", "Khối 11", "Tổng số"]
    assert [row[:5] + row[7:] for row in rows[1:]] == [
        ["KHONG", "'@Trường Lạ", "20", "", "20", "3"],
        ["0702", "Trường THPT Hai", "20", "10", "99", "4"],
    ]
    assert "KHONG" in rows[1][5] and "30 ≠ 99" in rows[2][5]
    book.active["A2"], book.active["E3"] = "0702", "30"
    book.active.delete_rows(2)
    mended = io.BytesIO()
    book.save(mended)
    upload = SimpleUploadedFile("sua.xlsx", mended.getvalue())
    officer.post(reverse("reports:roll"), {"year": "2026-2027", "file": upload})
    again = RollImport.objects.first()
    assert (again.rejected, sorted(row[2:] for row in again.rows)) == ([], [[10, 20], [11, 10]])
    assert officer.get(reverse("reports:roll_refused", args=[again.uuid])).status_code == 404


def test_two_layouts_never_share_a_sheet(officer):
    from schools.enrolment.reading import read_roll
    from schools.enrolment.refusing import refused_roll

    def refused(cells, row):
        return {"row": row, "sheet": "A", "shown": "", "reason": "x", "cells": cells}

    raw = refused_roll(
        [
            refused([["code", "0701"], ["grade", "10"], ["pupils", "nhiều"]], 2),
            refused([["code", "0701"], [10, "40"], ["total", "40"]], 3),
        ]
    )
    assert [(row.grade, row.pupils, row.reason) for row in read_roll(raw).rows] == [
        (10, 40, ""), (10, None, "not_a_number"),
    ]  # fmt: skip
