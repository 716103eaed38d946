"""The coverage ledger: the right figures, and the same ones on the screen, in every file and in the API."""

import csv
import io
import json
import re
import subprocess
from copy import deepcopy
from datetime import date
from types import SimpleNamespace

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from docx import Document

from reports.documents import FORMATS
from reports.models import ClassTally, Reach, Target
from reports.operations.ledger import bring_up_to_date
from reports.queries.coverage import coverage, definitions, percent
from reports.queries.gaps import gaps_of
from reports.queries.scopes import Scope, province, scopes_of
from reports.queries.tables import shown, tables_of
from schools.models import Roll, School
from schools.models.rolls import level_of
from tests.factories import courses as make
from tests.factories.schools import (
    make_class,
    make_pupil,
    make_school,
    make_teacher,
    make_unit,
    make_with_role,
    school_year,
)
from tests.reports.test_ledger import opens, takes_the_quiz

pytestmark = pytest.mark.django_db

ON = date(2026, 10, 15)


def enrol(school: School, on=ON, **grades) -> None:
    from django.utils import timezone

    for grade, pupils in grades.items():
        number = int(grade[1:])
        Roll.objects.create(
            school=school, school_year=school_year(), on=on, grade=number, level=level_of(school.kind, number),
            pupils=pupils, frozen_at=timezone.now(),
        )  # fmt: skip


@pytest.fixture(scope="module")
def place_made(shared_database):
    """Two communes: in one a school on the way, in the other a combined one that began and one without class lists."""

    class Place:
        lesson = make.lessons_of(make.course(1, quizzes=[make.quiz(2)]))[0]
        near, far = make_unit("Phường Bến Dừa"), make_unit("Xã Suối Trúc")
        upper = make_school("Trường THPT Bến Dừa", code="BENDUA", unit=near)
        combined = make_school("Trường THCS–THPT Đồi Mây", code="DOIMAY", kind="thcs_thpt", grade_min=6, unit=far)
        empty = make_school("Trường THPT Suối Trúc", code="SUOITRUC", unit=far)
        class_10, class_11 = make_class(upper, "10A1"), make_class(upper, "11A2", grade=11)
        class_9 = make_class(combined, "9A", grade=9)

    # A later neighbour moves a unit's place in the tree.
    Place.near.refresh_from_db()
    Place.far.refresh_from_db()
    enrol(Place.upper, g10=1240, g11=30)
    enrol(Place.combined, g9=40, g10=20)
    enrol(Place.empty, g10=250)
    make_teacher(Place.class_10, "Phạm Thị Sen Trắng")
    make_with_role("school_admin", "Huỳnh Thị Hiệu Vụ", school=Place.combined)
    tens = [make_pupil(Place.class_10, f"Lê Văn Mười {n}") for n in range(4)]
    for pupil in tens[:3]:
        opens(pupil, Place.lesson, "opened", "seen")
    opens(tens[0], Place.lesson, "finished")
    takes_the_quiz(tens[1], Place.lesson)
    opens(make_pupil(Place.class_11, "Trần Mười Một"), Place.lesson, language="en")
    opens(make_pupil(Place.class_9, "Lý Chín"), Place.lesson, "opened", "finished", language="en")
    make_pupil(Place.class_9, "Chưa Học")
    bring_up_to_date(school_year=school_year())
    return SimpleNamespace(**{name: value for name, value in vars(Place).items() if not name.startswith("_")})


@pytest.fixture
def place(db, place_made):
    return deepcopy(place_made)


def ledger_of(scope=None):
    return coverage(scope=scope or province(), school_year=school_year())


def line(lines, key):
    found = next(one for one in lines if one.key == key)
    return (found.roll, found.roster, found.reached, found.started, found.finished, found.passed)


@pytest.mark.slow
def test_the_figures_of_a_province(place):
    ledger = ledger_of()
    assert ledger.roll_on == ON
    assert line([ledger.total], ledger.total.key) == (1580, 7, 5, 4, 2, 1)
    assert line(ledger.units, place.near.code) == (1270, 5, 4, 3, 1, 1)
    assert line(ledger.units, place.far.code) == (310, 2, 1, 1, 1, 0)
    assert line(ledger.schools, "SUOITRUC") == (250, 0, 0, 0, 0, 0)
    assert line(ledger.levels, "thpt") == (1540, 5, 4, 3, 1, 1)
    assert line(ledger.levels, "thcs") == (40, 2, 1, 1, 1, 0)
    assert line(ledger.grades, "thpt-10") == (1510, 4, 3, 3, 1, 1)
    assert [(one.key, one.reached) for one in ledger.languages] == [("vi", 3), ("en", 2)]
    assert [week.so_far for week in ledger.weeks][-1] == 5
    for part in (ledger.units, ledger.schools, ledger.levels, ledger.grades, ledger.languages):
        assert sum(one.reached for one in part) == ledger.total.reached


@pytest.mark.slow
def test_it_leads_down_to_the_class(place):
    unit = ledger_of(Scope(place.near))
    assert (line([unit.total], unit.total.key), [one.key for one in unit.schools]) == (
        (1270, 5, 4, 3, 1, 1),
        ["BENDUA"],
    )
    school = ledger_of(Scope(place.near, place.upper))
    assert [(one.label, one.roster, one.reached) for one in school.classes] == [("10A1", 4, 3), ("11A2", 1, 1)]
    assert school.total.reached == unit.total.reached


@pytest.mark.slow
def test_the_lines_speak_of_the_pupils_of_the_plan_and_both_are_shown(place):
    past, following = ledger_of().lines
    assert (past.percent, past.due_on.year, past.is_past, past.is_next) == (80.0, 2025, True, False)
    assert (following.percent, following.due_on.year, following.is_past, following.is_next) == (
        100.0,
        2030,
        False,
        True,
    )
    assert (past.figures.roll, past.needed, past.missing) == (1540, 1232, 1228)
    Target.objects.filter(due_on__year=2025).update(levels=[])
    assert ledger_of().lines[0].figures.roll == 1580


def test_a_school_without_class_lists_heads_the_gaps_and_counts_in_full(place):
    gaps = gaps_of(ledger_of())
    assert [(one.figures.key, one.reason, one.missing) for one in gaps] == [
        ("SUOITRUC", "no_roster", 250),
        ("BENDUA", "behind", 1266),
        ("DOIMAY", "behind", 59),
    ]
    assert [one.contact for one in gaps] == ["", "Phạm Thị Sen Trắng", "Huỳnh Thị Hiệu Vụ"]
    assert "250" in gaps[0].message
    assert "/schools/SUOITRUC/roster/" in gaps[0].message
    assert "Huỳnh Thị Hiệu Vụ" in gaps[2].message
    classes = gaps_of(ledger_of(Scope(place.near, place.upper)))
    assert [(one.figures.label, one.missing, one.contact) for one in classes] == [("10A1", 1, "Phạm Thị Sen Trắng")]


def test_more_reached_than_the_roll_has_is_a_question_and_no_share(place):
    Roll.objects.filter(school=place.combined).update(pupils=0)
    Roll.objects.filter(school=place.upper, grade=10).update(pupils=2)
    Roll.objects.filter(school=place.upper, grade=11).update(pupils=1)
    ledger = ledger_of()
    over = next(one for one in ledger.schools if one.key == "BENDUA")
    assert (over.reached, over.roll, over.is_over, over.share()) == (4, 3, True, None)
    asked = {one.school.key: one.kind for one in ledger.questions}
    assert asked == {"BENDUA": "over_roll", "DOIMAY": "over_roll"}
    assert ledger.questions[0].kind == "over_roll"
    for table in tables_of(ledger, gaps_of(ledger)):
        for row in table.rows:
            for column, value in zip(table.columns, row.values, strict=True):
                assert column.kind != "percent" or value is None or value <= 100


def test_a_school_missing_from_the_roll_is_asked_about(place):
    make_school("Trường THPT Quên", code="QUEN", unit=place.near)
    Roll.objects.filter(school=place.combined).delete()
    asked = {one.school.key: one.kind for one in ledger_of().questions}
    assert asked["QUEN"] == asked["DOIMAY"] == "no_roll"


def test_a_roll_frozen_later_counts_and_the_earlier_one_is_kept(place):
    enrol(place.upper, on=date(2026, 11, 15), g10=100)
    ledger = ledger_of()
    assert (ledger.roll_on, ledger.total.roll) == (date(2026, 11, 15), 100)
    assert Roll.objects.filter(on=ON).count() == 5


def test_a_year_without_a_roll_counts_people_and_tells_no_share(place):
    Roll.objects.all().delete()
    ledger = ledger_of()
    assert (ledger.roll_on, ledger.total.roll, ledger.total.reached, ledger.total.share()) == (None, None, 5, None)
    assert gaps_of(ledger) == []


def test_a_share_has_one_decimal_and_never_passes_a_hundred():
    assert (percent(1, 3), percent(0, 5), percent(5, 5)) == (33.3, 0.0, 100.0)
    assert (percent(6, 5), percent(1, 0), percent(1, None)) == (None, None, None)


# --- One number everywhere --------------------------------------------------------------------------------------------


def figures_of(ledger, gaps) -> list[tuple[str, list[list[str]]]]:
    """[(table's title, rows of cells as a person reads them)]: what every form must show."""
    return [
        (table.title, [[shown(value, column.kind) for column, value in zip(table.columns, row.values, strict=True)]
                       for row in table.rows])
        for table in tables_of(ledger, gaps)
    ]  # fmt: skip


@pytest.fixture(params=["province", "unit", "school"])
def told(request, place, province_officer, as_user):
    """A place with its ledger, as the page and the API tell it in the same moment."""
    scope = {"province": province(), "unit": Scope(place.far), "school": Scope(place.near, place.upper)}[request.param]
    return scope, ledger_of(scope), as_user(province_officer)


def address(scope) -> str:
    return f"/vi/reports/schools/{scope.code}/" if scope.school else f"/vi/reports/units/{scope.code}/"


def test_the_screen_shows_every_figure(told):
    scope, ledger, client = told
    page = client.get(address(scope)).content.decode()
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page)).replace("&nbsp;", " ")
    for table in tables_of(ledger, gaps_of(ledger)):
        # The gaps stand under «What to do next» as work, not as a table.
        assert table.title in text or table.key == "gaps"
        for row in table.rows:
            for column, value in zip(table.columns, row.values, strict=True):
                if column.kind != "text" and value is not None:
                    assert shown(value, column.kind) in text, (table.key, column.key, value)
    rows = re.findall(r'<tr role="row">(.+?)</tr>', page, re.DOTALL)
    read = [[re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", cell)).strip() for cell in re.findall(r"<t[hd] .+?</t[hd]>", row, re.DOTALL)]
            for row in rows]  # fmt: skip
    for table in tables_of(ledger, []):
        if table.key != "questions":
            for row in table.rows:
                wanted = [shown(value, column.kind) for column, value in zip(table.columns, row.values, strict=True)]
                assert wanted in read, (table.key, wanted)


def test_the_workbook_holds_every_figure(told):
    _scope, ledger, _client = told
    gaps = gaps_of(ledger)
    book = openpyxl.load_workbook(io.BytesIO(FORMATS["xlsx"](ledger, gaps)))
    tables = tables_of(ledger, gaps)
    assert book.sheetnames[:-1] == [table.title for table in tables]
    for table, sheet in zip(tables, book.worksheets, strict=False):
        rows = list(sheet.iter_rows(min_row=5, values_only=True))
        assert len(rows) == len(table.rows)
        for row, cells in zip(table.rows, rows, strict=True):
            for value, cell in zip(row.values, cells, strict=True):
                cell = cell.date() if isinstance(value, date) else cell
                assert (cell if cell is not None else "") == (value if value is not None else ""), (table.key, row.key)


def test_the_word_document_holds_every_figure(told):
    _scope, ledger, _client = told
    gaps = gaps_of(ledger)
    document = Document(io.BytesIO(FORMATS["docx"](ledger, gaps)))
    written = [[[cell.text for cell in row.cells] for row in table.rows[1:]] for table in document.tables]
    assert written == [rows for _title, rows in figures_of(ledger, gaps)]


def test_the_text_table_holds_every_figure(told):
    _scope, ledger, _client = told
    gaps = gaps_of(ledger)
    raw = FORMATS["csv"](ledger, gaps)
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(raw.decode("utf-8-sig"))))
    wanted = [
        (table.key, {c.key: "" if v is None else str(v) for c, v in zip(table.columns, row.values, strict=True)})
        for table in tables_of(ledger, gaps)
        for row in table.rows
    ]
    assert len(rows) == len(wanted)
    for row, (key, values) in zip(rows, wanted, strict=True):
        assert row["table"] == key
        assert {name: row[name] for name in values} == values


def test_the_api_tells_every_figure(told):
    scope, ledger, client = told
    asked = {"school": scope.code} if scope.school else {"unit": scope.code}
    answer = client.get(
        "/api/v1/coverage", {"school_year": "2026-2027", **asked}, headers={"accept-language": "vi"}
    ).json()
    gaps = gaps_of(ledger)
    for table in tables_of(ledger, gaps):
        told_rows = answer["tables"][table.key]["rows"]
        assert told_rows == table.as_json()["rows"], table.key
    assert (answer["roll"], answer["reached"], answer["share"]) == (
        ledger.total.roll, ledger.total.reached, ledger.total.share(),
    )  # fmt: skip
    assert answer["roll_on"] == "2026-10-15"
    assert set(answer["definitions"]) == set(definitions())
    assert json.loads(FORMATS["json"](ledger, gaps))["tables"] == answer["tables"]


@pytest.mark.slow
def test_the_pdf_holds_every_figure(told, tmp_path):
    _scope, ledger, _client = told
    gaps = gaps_of(ledger)
    file = tmp_path / "coverage.pdf"
    file.write_bytes(FORMATS["pdf"](ledger, gaps))
    assert file.read_bytes().startswith(b"%PDF-")
    try:
        text = subprocess.run(["pdftotext", "-layout", str(file), "-"], capture_output=True, text=True).stdout
    except FileNotFoundError:
        pytest.skip("pdftotext (poppler-utils) is not installed")
    for title, rows in figures_of(ledger, gaps):
        assert title in text
        for row in rows:
            for cell in row:
                for word in cell.split():
                    assert word in text


# --- Commands, cost, who may see --------------------------------------------------------------------------------------


@pytest.mark.slow
def test_the_command_writes_each_format_by_place(place, tmp_path):
    def run(*args):
        out = io.StringIO()
        call_command("coverage_report", "--school-year", "2026-2027", "--json", *args, stdout=out)
        return json.loads(out.getvalue())

    for format in FORMATS:
        file = tmp_path / f"coverage.{format}"
        report = run("--format", format, "--output", str(file))
        assert (report["roll"], report["reached"], report["roll_on"]) == (1580, 5, "2026-10-15")
        assert file.stat().st_size > 500
    file = tmp_path / "school.json"
    assert run("--format", "json", "--output", str(file), "--school", "BENDUA")["roll"] == 1270
    assert json.loads(file.read_text())["scope"] == {"kind": "school", "code": "BENDUA", "name": "Trường THPT Bến Dừa"}
    assert run("--format", "json", "--output", str(file), "--unit", place.far.code)["roll"] == 310
    for wrong in (["--unit", "KHONG"], ["--school", "KHONG"]):
        with pytest.raises(CommandError) as error:
            run("--format", "json", "--output", str(file), *wrong)
        assert error.value.returncode == 2


def test_the_command_takes_in_what_no_worker_has(place, tmp_path):
    opens(make_pupil(place.class_10, "Vừa Xong"), place.lesson)
    call_command(
        "coverage_report", "--school-year", "2026-2027", "--format", "json", "--output", str(tmp_path / "a.json")
    )
    assert json.loads((tmp_path / "a.json").read_text())["reached"] == 6


@pytest.mark.slow
def test_the_page_costs_as_much_for_many_schools_as_for_one(place, province_officer, as_user):
    client = as_user(province_officer)
    counted = []
    for number in (0, 12):
        for n in range(number):
            school = make_school(f"Trường THPT Thêm {n}", unit=make_unit())
            enrol(school, g10=100)
            make_class(school, "10A")
        bring_up_to_date(school_year=school_year())
        client.get("/vi/reports/")
        with CaptureQueriesContext(connection) as queries:
            assert client.get("/vi/reports/").status_code == 200
        counted.append(len(queries))
    assert counted[0] == counted[1]
    # session, user, offices; year; the ledger's ten; contacts; the years of the tabs
    assert counted[1] <= 26


def test_nobody_is_read_to_draw_a_page(place, province_officer, as_user):
    with CaptureQueriesContext(connection) as queries:
        as_user(province_officer).get("/vi/reports/")
    assert not [one["sql"] for one in queries if "reports_reach" in one["sql"] or "schools_membership" in one["sql"]]


@pytest.mark.slow
def test_who_sees_which_place(place, province_officer, as_user, pupil, teacher, editor):
    commune = make_with_role("commune_officer", "Lê Thị Sát Sao", unit=place.far)
    admin = make_with_role("school_admin", "Trần Văn Hiệu", school=place.upper)
    pages = {
        "province": f"/vi/reports/units/{province().code}/",
        "near": f"/vi/reports/units/{place.near.code}/",
        "far": f"/vi/reports/units/{place.far.code}/",
        "upper": "/vi/reports/schools/BENDUA/",
        "combined": "/vi/reports/schools/DOIMAY/",
        "roll": "/vi/reports/roll/",
        "file": "/vi/reports/schools/BENDUA/coverage.csv",
        "api": "/api/v1/coverage?school=BENDUA",
    }
    seen = {
        name: {page for page, url in pages.items() if as_user(user).get(url).status_code == 200}
        for name, user in {
            "province": province_officer, "commune": commune, "admin": admin, "pupil": pupil, "teacher": teacher,
            "editor": editor,
        }.items()
    }  # fmt: skip
    assert seen == {
        "province": set(pages),
        "commune": {"far", "combined"},
        "admin": {"upper", "file", "api"},
        "pupil": set(),
        "teacher": set(),
        "editor": set(),
    }
    assert as_user(None).get(pages["upper"]).status_code == 302
    assert [scope.kind for scope in scopes_of(commune)] == ["unit"]
    assert as_user(admin).get("/vi/reports/").status_code == 200
    assert as_user(pupil).get("/vi/reports/").status_code == 404


def test_a_name_of_a_pupil_is_nowhere_in_the_figures(place, province_officer, as_user):
    client = as_user(province_officer)
    for url in ("/vi/reports/", "/vi/reports/schools/BENDUA/", "/vi/reports/schools/BENDUA/coverage.json"):
        text = client.get(url).content.decode()
        assert "Lê Văn Mười" not in text
    assert ClassTally.objects.exists()
    assert Reach.objects.count() == 5


def test_a_line_that_speaks_of_nobody_here_is_not_drawn(place, as_user, province_officer):
    lower = make_school("Trường THCS Xa", code="THCSXA", kind="thcs", grade_min=6, grade_max=9, unit=place.far)
    enrol(lower, g6=31)
    ledger = ledger_of(Scope(lower.unit, lower))
    assert (ledger.lines, ledger.aimed.roll) == ([], 31)
    gap = gaps_of(ledger)[0]
    assert (gap.reason, gap.missing) == ("no_roster", 31)
    page = as_user(province_officer).get("/vi/reports/schools/THCSXA/").content.decode()
    assert "/schools/THCSXA/roster/" in page, "the words to send"
    admin = make_with_role("school_admin", "Trần Văn Hiệu", school=lower)
    page = as_user(admin).get("/vi/reports/").content.decode()
    assert 'href="/vi/schools/THCSXA/roster/"' in page, "the clerk's own next step"


def test_communes_stand_in_the_order_of_the_vietnamese_alphabet(place):
    for name in ("Xã Đồi Mây", "Xã Dốc Cao"):
        enrol(make_school(unit=make_unit(name)), g10=5)
    names = [one.label for one in ledger_of().units]
    assert names == ["Phường Bến Dừa", "Xã Dốc Cao", "Xã Đồi Mây", "Xã Suối Trúc"]
