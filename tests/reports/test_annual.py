"""The annual report: the same figures on the screen, in the official document and in the workbook; made by a job and by hand."""

import io
import json
import re
from html import unescape

import openpyxl
import pytest
from django.core.files.storage import storages
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import translation
from docx import Document

from cms.jobs.models import Job
from cms.jobs.operations import run_job
from reports.operations.rounds import sign_off, write_narrative
from reports.queries.annual import annual
from reports.queries.tables import shown
from reports.work import province_report, writer
from tests.reports.test_rounds import TEXT, enter_all, send, stage, stage_made  # noqa: F401 (fixtures)

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(stage):  # noqa: F811
    """A year signed off: school and commune have sent, the province has added its own."""
    send(stage.of_school, stage.admin)
    send(stage.of_commune, stage.commune_officer, number=1, whole=2)
    enter_all(stage.of_province, stage.officer, 5, 1240)
    write_narrative(report=stage.of_province, narrative=TEXT)
    stage.round = sign_off(round_=stage.round, actor=stage.officer)
    return stage


def tables_on_screen(html: str) -> list[list[list[str]]]:
    found = []
    for table in re.findall(r"<table.*?</table>", html, re.S):
        rows = []
        for row in re.findall(r"<tr.*?</tr>", table, re.S):
            cells = re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S)
            rows.append([unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in cells])
        found.append(rows)
    return found


def test_screen_document_and_workbook_hold_the_same_figures(closed, as_user):
    html = as_user(closed.officer).get("/vi/reports/rounds/2026/annual/").content.decode()
    screen = tables_on_screen(html)
    with translation.override("vi"):
        found = annual(province_report(closed.round))
        document = Document(io.BytesIO(writer("docx")(found)))
        book = openpyxl.load_workbook(io.BytesIO(writer("xlsx")(found)))
        ruled = [table for table in document.tables if table.style.name == "Table Grid"]
        word = [[[cell.text for cell in row.cells] for row in table.rows] for table in ruled]
        sheets = [
            [
                [shown(cell.value, column.kind) for cell, column in zip(row, table.columns, strict=True)]
                for row in book.worksheets[number].iter_rows(min_row=5, max_col=len(table.columns))
            ]
            for number, table in enumerate(found.tables)
        ]
    assert len(screen) == len(word) == len(sheets) == len(found.tables)
    for on_screen, in_word, in_sheet in zip(screen, word, sheets, strict=True):
        assert on_screen == in_word
        assert on_screen[1:] == in_sheet
    lines = {row[0]: row for row in screen[0][1:]}
    assert lines["A1"][2:5] == ["2", "40", "5,0 %"]
    assert lines["B1"][2:4] == ["8", "1.244"]


def test_the_document_has_the_official_layout(closed):
    with translation.override("vi"):
        document = Document(io.BytesIO(writer("docx")(annual(province_report(closed.round)))))
    section = document.sections[0]
    assert (round(section.page_width.cm, 1), round(section.page_height.cm, 1)) == (21, 29.7)
    assert round(section.left_margin.cm, 1) == 3
    head = [cell.text for cell in document.tables[0].rows[0].cells]
    assert "SỞ VĂN HÓA, THỂ THAO VÀ DU LỊCH" in head[0]
    assert re.search(r"Số: +/BC-SVHTTDL", head[0])
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc" in head[1]
    assert re.search(r"Hòa Hiệp, ngày +tháng +năm 2026", head[1])
    foot = [cell.text for cell in document.tables[-1].rows[0].cells]
    assert foot[0].startswith("Nơi nhận:")
    assert "HIỆU TRƯỞNG" in foot[1]
    assert "Đỗ Thị Sen" in foot[1]
    words = "\n".join(paragraph.text for paragraph in document.paragraphs)
    for text in ("BÁO CÁO", "I. Kết quả", "III. Tồn tại, hạn chế", "IV. Nguyên nhân", "V. Kiến nghị", "Thiếu máy."):
        assert text in words
    assert "Dự thảo" not in words


@pytest.mark.slow
def test_a_report_that_is_not_signed_says_so(stage, as_user):  # noqa: F811
    with translation.override("vi"):
        document = Document(io.BytesIO(writer("docx")(annual(province_report(stage.round)))))
    assert any("Dự thảo" in paragraph.text for paragraph in document.paragraphs)
    url = reverse("reports:report_file", args=[stage.of_school.uuid, "docx"])
    school = Document(io.BytesIO(as_user(stage.admin).get(url).content))
    assert "TRƯỜNG THPT BẾN DỪA" in school.tables[0].rows[0].cells[0].text
    assert as_user(stage.admin).get(url.replace(".docx", ".exe")).status_code == 404


@pytest.mark.slow
def test_the_job_makes_the_file_and_tells_how_far_it_is(closed, as_user):
    client = as_user(closed.officer)
    for format, head in (("docx", b"PK"), ("xlsx", b"PK")):
        answer = client.post(reverse("reports:annual_make", args=["2026"]), {"format": format})
        job = Job.objects.latest("pk")
        assert answer["Location"] == reverse("reports:annual_job", args=["2026", job.uuid])
        job = run_job(job_id=job.pk)
        assert (job.state, job.done, job.total) == ("done", 22, 22), "twenty indicators, their sum and the writing"
        assert storages["private"].open(job.result_file).read(2) == head
        assert client.get(answer["Location"]).status_code == 200
        assert client.get(reverse("reports:annual_file", args=["2026", job.uuid])).status_code == 302
    assert client.post(reverse("reports:annual_make", args=["2026"]), {"format": "exe"}).status_code == 404


def test_the_command_writes_both_files(closed, tmp_path, capsys):
    for format in ("docx", "xlsx"):
        target = tmp_path / f"bao-cao.{format}"
        call_command("annual_report", "--reporting-year=2026", f"--format={format}", f"--output={target}", "--json")
        report = json.loads(capsys.readouterr().out)
        assert report["signed_off"] is True
        assert report["figures"]["A1"] == [2, 40]
        assert target.read_bytes()[:2] == b"PK"


@pytest.mark.parametrize("given", [["--reporting-year=1999"], ["--reporting-year=2026", "--output=/nowhere/x.docx"]])
def test_a_wrong_question_ends_with_two(stage, tmp_path, given):  # noqa: F811
    with pytest.raises(CommandError) as caught:
        call_command("annual_report", "--format=docx", f"--output={tmp_path / 'a.docx'}", *given)
    assert caught.value.returncode == 2


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_page_reads_in_both_languages(closed, as_user, language):
    text = as_user(closed.officer).get(f"/{language}/reports/rounds/2026/annual/").content.decode()
    assert ("Report of the year 2026" if language == "en" else "Báo cáo năm 2026") in text
