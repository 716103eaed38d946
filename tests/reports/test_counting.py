"""What other rooms' records tell the indicators, and what is counted through a year that lies across two school years."""

import io
from datetime import date
from types import SimpleNamespace
from uuid import uuid4

import pytest
from django.core.files.storage import storages
from django.urls import reverse
from django.utils import timezone
from docx import Document

from cms.jobs.models import Job
from contests.models import Entry, Work
from courses.operations.readings import Wanted, confirm_reading, require_reading
from courses.operations.trainings import Plan, count_without_account, plan_training, record_trained
from courses.queries.staff import StaffPlace
from reports.models import Indicator, Reach
from reports.operations.rounds import Narrative, RoundRefused, enter_figure, open_round, send_report, write_narrative
from reports.queries import sources
from reports.queries.annual import annual
from reports.queries.coverage import coverage
from reports.queries.indicators import lines_of
from reports.queries.scopes import Scope
from reports.queries.tables import shown, tables_of
from reports.work import COVERAGE_JOB
from schools.models import Roll, School
from support.models import SurveyAnswer, Ticket
from support.operations.desk import answer_ticket, close_ticket, point_to_portal, write_ticket
from support.queries.desk import tally
from tests.factories import contests, surveys, works
from tests.factories import schools as make
from tests.reports.test_rounds import PDF, reporting_year
from tests.support.test_models import visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage(db):
    """A commune with two team members, a school with two teachers, and the round of 2026."""
    unit, year = make.make_unit("Xã Suối Trúc"), make.school_year()
    school = make.make_school("Trường THPT Suối Trúc", unit=unit)
    team = [make.make_with_role("community_member", f"Thành Viên {n}", unit=unit) for n in (1, 2)]
    teachers = [make.make_with_role("teacher", f"Giáo Viên {n}", school=school) for n in (1, 2)]
    officer = make.make_with_role("province_officer", "Đỗ Thị Tỉnh", unit=make.province())
    round_ = open_round(reporting_year=reporting_year(), due_on=date(2026, 11, 27), actor=officer)
    return SimpleNamespace(
        unit=unit, school=school, team=team, teachers=teachers, officer=officer, round=round_, year=year
    )


def of(stage, code: str, scope: Scope) -> tuple | None:
    found = sources.count(
        Indicator.objects.get(code=code), scope=scope, reporting_year=stage.round.reporting_year, school_year=stage.year
    )
    return found and (found.numerator, found.denominator)


def trained(stage, user, kind: str, held_on: date) -> None:
    training = plan_training(
        key=uuid4(), place=StaffPlace(stage.unit), actor=stage.officer,
        plan=Plan(title="Tập huấn", venue="Hội trường", held_on=held_on, kinds=[kind]),
    )  # fmt: skip
    record_trained(training=training, present=[user.pk], among=[user.pk], how="list", actor=stage.officer)


@pytest.mark.slow
def test_trained_and_informed_people_stand_beside_what_is_entered(stage, as_user):
    trained(stage, stage.team[0], "community_member", date(2026, 5, 4))
    trained(stage, stage.team[1], "community_member", date(2025, 11, 30))  # the reporting year before
    trained(stage, stage.teachers[0], "teacher", date(2026, 3, 1))
    reading = require_reading(
        key=uuid4(), place=StaffPlace(stage.unit, stage.school), actor=stage.officer,
        wanted=Wanted(kinds=["teacher"], due_on=timezone.localdate(), title="Thông báo", text="Đọc kỹ."),
    )  # fmt: skip
    for teacher in stage.teachers:  # the first was trained as well and counts once
        confirm_reading(reading=reading, user=teacher)
    commune, school = Scope(stage.unit), Scope(stage.unit, stage.school)
    assert of(stage, "B3", commune) == of(stage, "B3", Scope(make.province())) == (1, 2)
    assert of(stage, "B1", school) == of(stage, "B1", commune) == (2, 2)
    assert of(stage, "B2", school) is None and of(stage, "D3", commune) is None, "nobody to count is not a nought"
    assert of(stage, "A5", commune) == (0, None)

    report = stage.round.reports.get(unit=stage.unit)
    b3 = Indicator.objects.get(code="B3")
    line = next(one for one in lines_of(report) if one.indicator == b3)
    assert (line.numerator, line.here_word) == (None, "1/2"), "it takes no place of the list with signatures"
    page = as_user(stage.officer).get(reverse("reports:report", args=[report.uuid])).content.decode()
    assert "1/2" in page
    for one in lines_of(report):
        if one.numerator is None and not one.is_counted:
            enter_figure(
                report=report, indicator=one.indicator, numerator=20, denominator=24, source_note="Danh sách", raw=PDF,
                file_name="ds.pdf", actor=stage.officer,
            )  # fmt: skip
    write_narrative(report=report, narrative=Narrative("Xong.", "", "", "", "Hồ Thị Xã", "Chủ tịch"))
    report = send_report(report=report, actor=stage.officer)
    trained(stage, stage.team[1], "community_member", date(2026, 6, 1))
    table = annual(report).tables[0]
    row = next(row for row in table.rows if row.key == "B3")
    values = dict(zip([column.key for column in table.columns], row.values, strict=True))
    assert (values["part"], values["whole"], values["here"]) == (20, 24, "1/2"), "signed as it stood"


def test_through_the_year_or_at_its_end(stage):
    """Grade 12 left in June: `snapshot` counts who is there in autumn, `cumulative` everybody there was."""
    before = make.school_year("2025-2026")
    for year, on in ((before, date(2025, 10, 15)), (stage.year, date(2026, 10, 15))):
        Roll.objects.bulk_create(
            Roll(
                school=stage.school,
                school_year=year,
                on=on,
                level="thpt",
                grade=grade,
                pupils=grade * 10,
                frozen_at=timezone.now(),
            )
            for grade in (10, 11, 12)
        )
    leaver = make.make_pupil(make.make_class(stage.school, "12A", year=before, grade=12), starts_on=date(2025, 9, 5))
    stayer = make.make_pupil(
        make.make_class(stage.school, "11A", year=stage.year, grade=11), starts_on=date(2026, 9, 5)
    )
    leaver.memberships.update(ends_on=date(2026, 5, 31), state="left")
    for user, year, grade in ((leaver, before, 12), (stayer, before, 10), (stayer, stage.year, 11)):
        Reach.objects.create(
            user=user, school_year=year, school=stage.school, unit=stage.unit, class_key=uuid4(), grade=grade, level="thpt",
            reached_at=timezone.make_aware(timezone.datetime(2026, 3 if year == before else 10, 10)),
        )  # fmt: skip
    scope, rule = Scope(make.province()), {"from": "coverage", "step": "reached", "levels": ["thpt"]}
    args = (scope, stage.round.reporting_year, stage.year)
    at_the_end = sources.coverage_of(*args, rule)
    through = sources.coverage_of(*args, rule | {"people": "cumulative"})
    assert (at_the_end.numerator, at_the_end.denominator) == (1, 330)
    assert (through.numerator, through.denominator) == (2, 330 + 120)
    assert through.inputs["left"] == 120 and School.objects.count() == 1


def test_an_officer_seated_below_the_province_has_the_report_of_the_own_unit(stage, as_user):
    seated = make.make_with_role("province_officer", "Cán Bộ Xã", unit=stage.unit)
    desk = as_user(seated)
    assert desk.get(reverse("reports:rounds"))["Location"] == reverse("reports:mine")
    page = desk.get(reverse("reports:mine"))
    assert [card["report"].unit for card in page.context["cards"]] == [stage.unit]
    report, standing = page.context["cards"][0]["report"], page.context["cards"][0]["trained"]
    assert (standing.people, standing.holding) == (5, 0), "the team, the teachers and the officer"
    assert page.context["cards"][0]["visits"] == 0 and "mục B4" in page.text
    for on, unit in (
        (date(2026, 11, 20), stage.unit),
        (date(2025, 11, 20), stage.unit),
        (date(2026, 11, 21), make.province()),
    ):
        visit(stage.team[0], on=on, unit=unit)
    assert desk.get(reverse("reports:mine")).context["cards"][0]["visits"] == 1, "of this commune in this year"
    assert page.context["materials"] == [] and "Chưa có gì" in page.content.decode()
    assert desk.get(reverse("reports:report", args=[report.uuid])).context["writes"]
    other = stage.round.reports.exclude(unit=stage.unit).filter(unit__depth__gt=1).first()
    assert other is None or desk.get(reverse("reports:report", args=[other.uuid])).status_code == 404
    assert desk.post(reverse("reports:rounds")).status_code == 302


def test_the_ledger_of_a_province_is_written_by_a_job(stage, as_user, django_capture_on_commit_callbacks):
    """Pages take minutes for a province: a button starts it, the percentage is told, and the figures are the screen's."""
    desk, root = as_user(stage.officer), make.province()
    address = reverse("reports:unit_file", args=[root.code, "docx"])
    assert desk.get(address)["Location"].endswith("#files"), "no request waits for it"
    sent = {"format": "docx", "year": stage.year.code}
    with django_capture_on_commit_callbacks(execute=True):
        answer = desk.post(reverse("reports:coverage_make", args=[root.code]), sent)
    job = Job.objects.get(kind=COVERAGE_JOB)
    assert (job.state, job.percent) == (Job.State.DONE, 100)
    page = desk.get(answer["Location"]).content.decode()
    assert reverse("reports:coverage_job_file", args=[root.code, job.uuid]) in page
    with storages["private"].open(job.result_file) as stored:
        document = Document(io.BytesIO(stored.read()))
    ledger = coverage(scope=Scope(root), school_year=stage.year)
    table = tables_of(ledger, [])[0]
    cells = [[cell.text for cell in row.cells] for row in document.tables[0].rows[1:]]
    assert cells == [
        [shown(value, column.kind) for column, value in zip(table.columns, row.values, strict=True)]
        for row in table.rows
    ]
    other = make.make_with_role("province_officer", "Người Khác", unit=root)
    assert as_user(other).get(answer["Location"]).status_code == 404
    assert desk.post(reverse("reports:coverage_make", args=[root.code]), sent | {"format": "xlsx"}).status_code == 404
    assert desk.get(reverse("reports:unit_file", args=[stage.unit.code, "docx"])).status_code == 200, (
        "a commune's at once"
    )


def test_people_without_an_account_are_added_to_part_and_whole(stage):
    training = plan_training(
        key=uuid4(), place=StaffPlace(stage.unit), actor=stage.officer,
        plan=Plan(title="Tập huấn", venue="Hội trường", held_on=date(2026, 5, 4), kinds=["community_member"]),
    )  # fmt: skip
    who = [stage.team[0].pk]
    record_trained(training=training, present=who, among=who, how="list", actor=stage.officer)
    for kind, number in (("community_member", 5), ("commune_officer", 2)):
        count_without_account(training=training, place=stage.unit, kind=kind, number=number, actor=stage.officer)
    elsewhere = Scope(make.make_unit("Xã Út"))
    stage.unit.refresh_from_db()
    commune = Scope(stage.unit)
    assert of(stage, "B3", commune) == of(stage, "B3", Scope(make.province())) == (1 + 5, 2 + 5)
    assert of(stage, "B2", commune) == (2, 2), "known by number alone"
    assert of(stage, "B3", elsewhere) is None
    assert of(stage, "B1", commune) == (0, 2)


@pytest.mark.slow
def test_entrants_and_works_stand_beside_what_is_entered(stage):
    far = make.make_pupil(make.make_class(name="11B", year=stage.year), "Em Ở Xa")
    stage.unit.refresh_from_db()  # the new commune may have moved it in the tree
    province, commune, school = Scope(make.province()), Scope(stage.unit), Scope(stage.unit, stage.school)
    for code in ("D1", "D2"):
        assert of(stage, code, province) is None, "no contest here is not a nought"
        assert line_of(stage, code).is_counted is False, "and can be entered by hand"
    Roll.objects.create(
        school=stage.school, school_year=stage.year, on=date(2026, 10, 15), level="thpt", grade=10, pupils=20,
        frozen_at=timezone.now(),
    )  # fmt: skip
    own = make.make_class(stage.school, "10A1", grade=10, year=stage.year)
    pupils = [make.make_pupil(own, f"Em Số {number}") for number in (1, 2)]
    for _twice in range(2):
        contest = contests.opened()
        for pupil in (*pupils, far):
            contests.entry(contest, pupil)
    Entry.objects.filter(contest=contest, user=far).update(state="withdrawn")
    work = works.begun(works.poster_contest(), pupils[0])
    works.handed_in(work)
    works.begun(work.contest, far)  # never handed in
    inside = timezone.make_aware(timezone.datetime(2026, 3, 5))
    Entry.objects.update(entered_at=inside)
    Work.objects.filter(state="submitted").update(submitted_at=inside)
    assert of(stage, "D1", province) == (3, 20), "each once"
    assert of(stage, "D1", commune) == of(stage, "D1", school) == (2, 20)
    assert of(stage, "D2", province) == of(stage, "D2", school) == (1, None)
    assert of(stage, "D2", Scope(make.make_unit("Xã Út"))) == (0, None)
    assert line_of(stage, "D1").here_word == "2/20"
    Entry.objects.update(entered_at=inside.replace(year=2025))
    Work.objects.update(submitted_at=inside.replace(year=2025))
    assert of(stage, "D1", province) is None and of(stage, "D2", province) is None


def line_of(stage, code: str):
    report = stage.round.reports.get(school=stage.school)
    return next(one for one in lines_of(report, fresh=True) if one.indicator.code == code)


def test_opinions_are_counted_at_the_desk_and_nobody_types_them_in(stage):
    province, commune = Scope(make.province()), Scope(stage.unit)
    assert of(stage, "E1", commune) is None
    inside = timezone.make_aware(timezone.datetime(2026, 3, 5, 9))
    for number in range(5):
        unit = stage.unit if number < 3 else None
        found = write_ticket(question=f"Hỏi lần thứ {number} về bài học", language="vi", unit=unit)
        if number in {0, 3}:
            answer_ticket(ticket=found, answer="Ra Công an xã.", actor=stage.officer)
        if number == 1:
            point_to_portal(ticket=found, actor=stage.officer)
        if number == 4:
            close_ticket(ticket=found, reason="rubbish", actor=stage.officer)
    assert Ticket.objects.update(received_at=inside) == 5
    assert of(stage, "E1", commune) == (2, 3)
    assert of(stage, "E1", province) == (3, 4), (
        "what was no question is not counted; those of no commune are the province's"
    )
    assert of(stage, "E1", Scope(stage.unit, stage.school)) is None
    told = tally(Ticket.objects.all())
    assert (told["answered"], told["received"], told["in_time"]) == (3, 4, 3), "as the public page tells it"
    report = stage.round.reports.get(unit=stage.unit, school=None)
    line = next(one for one in lines_of(report, fresh=True) if one.indicator.code == "E1")
    assert line.is_counted and line.inputs == {"in_time": 2, "pointed_to_portal": 1, "published": 0}
    with pytest.raises(RoundRefused):
        enter_figure(
            report=report, indicator=line.indicator, numerator=1, denominator=1, source_note="Sổ", raw=PDF,
            file_name="so.pdf", actor=stage.officer,
        )  # fmt: skip
    Ticket.objects.update(received_at=inside.replace(year=2025))
    assert of(stage, "E1", commune) is None


def test_ratings_of_lessons_stand_beside_what_is_entered(stage):
    province, inside = Scope(make.province()), timezone.make_aware(timezone.datetime(2026, 3, 5))
    survey = surveys.open_preset("danh-gia-bai-hoc")
    for number in range(7):
        if number == 4:
            SurveyAnswer.objects.update(received_at=inside)
            assert of(stage, "E2", province) is None, "four people are not told"
        surveys.answer(survey, {"bai-hoc": 5 if number < 5 else 3})
    surveys.answer(surveys.open_preset(), {"da-lam": "tu-lam", "hai-long-chung": 1})
    SurveyAnswer.objects.update(received_at=inside)
    assert of(stage, "E2", province) == (5, 7)
    assert of(stage, "E2", Scope(stage.unit, stage.school)) is None, "who answered is not known"
    assert line_of(stage, "E2").is_counted is False, "and can be entered by hand"
    SurveyAnswer.objects.update(received_at=inside.replace(year=2025))
    assert of(stage, "E2", province) is None
