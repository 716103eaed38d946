"""Imports a class list of 2,000 pupils into a new school, and one with 200 wrong rows; prints seconds as JSON."""

import io
import json
import os
import time
from datetime import date

import django
from openpyxl import Workbook

from tests.bench.data import _name

ROWS = 2000
WRONG = 200


def workbook(*, rows: int = ROWS, wrong: int = 0, prefix: str = "1") -> bytes:
    """A list as a school's own program exports it; `wrong` of its rows, spread over the list, have no name."""
    book = Workbook()
    sheet = book.active
    sheet.append(["DANH SÁCH HỌC SINH"])
    sheet.append(["STT", "Mã học sinh", "Họ và tên", "Ngày sinh", "Giới tính", "Lớp", "Dân tộc"])
    for number in range(rows):
        bad = number % (rows // wrong) == 0 if wrong else False
        name = "" if bad else _name(number)
        born = date(2010, 1 + number % 12, 1 + number % 28).strftime("%d/%m/%Y")
        sheet.append(
            [
                number + 1,
                f"{prefix}{number:07d}",
                name,
                born,
                "Nữ" if number % 2 else "Nam",
                f"10A{number // 40 + 1}",
                "Kinh",
            ]
        )
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def import_one(code: str, content: bytes) -> dict:
    """Seconds of wall and CPU time of reading, comparing and writing a file into a new school, and what became of it."""
    from schools.models import School, SchoolYear, Unit
    from schools.operations.rosters import commit_import
    from schools.rosters.reading import read_roster

    school = School.objects.create(
        code=code, name=f"Trường {code}", kind="thpt", grade_min=10, grade_max=12, unit=Unit.get_first_root_node()
    )
    year = SchoolYear.objects.get(code="2026-2027")
    wall, cpu = time.perf_counter(), time.process_time()
    _, plan = commit_import(
        school=school, school_year=year, read=read_roster(content), actor=None, file_name="lop.xlsx"
    )
    return {
        "wall_s": round(time.perf_counter() - wall, 2),
        "cpu_s": round(time.process_time() - cpu, 2),
        "created": plan.counts()["created"],
        "rejected": len(plan.rejected),
    }


def main(rows: int = ROWS, wrong: int = WRONG) -> dict:
    """A first import of a right list and one with wrong rows; raises where one of them did not do what it says."""
    import_one("BENCH-W", workbook(rows=rows, prefix="9"))  # What a process pays for once is not measured.
    clean = import_one("BENCH-R", workbook(rows=rows))
    dirty = import_one("BENCH-E", workbook(rows=rows, wrong=wrong, prefix="2"))
    if (clean["created"], clean["rejected"]) != (rows, 0):
        raise AssertionError(f"A list of {rows} right rows gave {clean}")
    if (dirty["created"], dirty["rejected"]) != (rows - wrong, wrong):
        raise AssertionError(f"A list of {rows} rows with {wrong} wrong ones gave {dirty}")
    return clean | {"with_200_errors": dirty}


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.settings")
    django.setup()
    print(json.dumps(main()))
