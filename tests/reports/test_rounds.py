"""The reporting round: forms filled with a place's own figures, evidence, sending, returning, adding up, signing off."""

from copy import deepcopy
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.core.files.storage import storages
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from reports.evidence import EvidenceRefused, EvidenceTooLarge
from reports.models import Figure, Indicator, PlaceReport, ReportingRound
from reports.operations.ledger import bring_up_to_date
from reports.operations.rounds import (
    Narrative,
    ReportSent,
    RoundClosed,
    RoundRefused,
    enter_figure,
    open_round,
    return_report,
    revise_indicator,
    send_report,
    sign_off,
    write_narrative,
)
from reports.queries.indicators import asked_in, lines_of
from reports.queries.sources import is_counted, stretch
from schools.models import Membership, ReportingYear
from tests.factories import courses as make
from tests.factories.schools import (
    make_class,
    make_pupil,
    make_school,
    make_unit,
    make_with_role,
    province,
    school_year,
)
from tests.reports.test_coverage import enrol
from tests.reports.test_ledger import opens

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.7\n" + b"1 0 obj\n" * 20
TEXT = Narrative("Đã dạy ở mọi lớp.", "Thiếu máy.", "Kinh phí.", "Bổ sung máy.", "Đỗ Thị Sen", "Hiệu trưởng")


def reporting_year(code: str = "2026") -> ReportingYear:
    year = int(code)
    return ReportingYear.objects.get_or_create(
        code=code, defaults={"starts_on": date(year - 1, 12, 1), "ends_on": date(year, 11, 30)}
    )[0]


def enter_all(report: PlaceReport, actor, number: int = 3, whole: int = 4) -> None:
    for one in asked_in(report):
        if not is_counted(one):
            enter_figure(
                report=report, indicator=one, numerator=number, denominator=whole, source_note="Danh sách 12/5", raw=PDF,
                file_name="danh-sach.pdf", actor=actor,
            )  # fmt: skip


def send(report: PlaceReport, actor, **figures) -> PlaceReport:
    enter_all(report, actor, **figures)
    write_narrative(report=report, narrative=TEXT)
    return send_report(report=report, actor=actor)


@pytest.fixture(scope="module")
def stage_made(shared_database):
    """A commune with an upper secondary school of 40 on the roll; two of three pupils opened a lesson."""

    officer = make_with_role("province_officer", "Đỗ Thị Tỉnh", unit=province(), username="cb.tinh")
    stage = SimpleNamespace(officer=officer, commune=make_unit("Xã Suối Trúc"))
    stage.school = make_school("Trường THPT Bến Dừa", code="BENDUA", unit=stage.commune)
    school_class = make_class(stage.school, "10A1")
    stage.pupils = [make_pupil(school_class, f"Lê Văn Số {n}") for n in range(3)]
    stage.lesson = make.lessons_of(make.course(1, quizzes=[make.quiz(2)]))[0]
    enrol(stage.school, g10=40)
    for pupil in stage.pupils[:2]:
        opens(pupil, stage.lesson)
    bring_up_to_date(school_year=school_year())
    stage.admin = make_with_role("school_admin", "Đặng Văn Trường", school=stage.school)
    stage.commune_officer = make_with_role("commune_officer", "Hồ Thị Xã", unit=stage.commune)
    stage.round = open_round(reporting_year=reporting_year(), due_on=date(2026, 11, 20), actor=stage.officer)
    stage.of_school = PlaceReport.objects.get(school=stage.school)
    stage.of_commune = PlaceReport.objects.get(unit=stage.commune)
    stage.of_province = PlaceReport.objects.get(unit=province())
    return stage


@pytest.fixture
def stage(db, stage_made):
    return deepcopy(stage_made)


def line(report: PlaceReport, code: str):
    return next(one for one in lines_of(report, fresh=True) if one.indicator.code == code)


def test_every_indicator_of_the_plan_is_a_row_with_a_definition():
    codes = set(Indicator.objects.values_list("code", flat=True))
    assert codes == {
        *("A1", "A2", "A3", "A4", "A5", "A6", "B1", "B2", "B3", "B4", "C1", "C2", "C3", "C4"),
        *("D1", "D2", "D3", "E1", "E2", "X"),
    }
    assert not Indicator.objects.filter(definition="").exists()
    assert not Indicator.objects.filter(asked_of=[]).exists()


@pytest.mark.slow
def test_opening_gives_every_place_a_form_and_again_only_new_ones(stage):
    assert stage.round.reports.count() == 3
    new = make_school("Trường THPT Mới")
    again = open_round(reporting_year=reporting_year(), due_on=date(2026, 11, 25), actor=stage.officer)
    assert again.pk == stage.round.pk
    assert again.due_on == date(2026, 11, 25)
    assert again.reports.filter(school=new).count() == 1
    assert again.reports.count() == 5  # with the new commune


@pytest.mark.slow
def test_the_form_is_filled_with_the_place_s_own_figures(stage):
    for report in (stage.of_school, stage.of_commune, stage.of_province):
        found = line(report, "A1")
        assert (found.numerator, found.denominator, found.share) == (2, 40, 5.0)
        assert found.is_counted
        assert found.taken_at is not None
    assert line(stage.of_school, "A3").numerator is None, "the school has no lower secondary pupils"
    elsewhere = make_school("Trường THPT Khác")
    open_round(reporting_year=reporting_year(), due_on=date(2026, 11, 20), actor=stage.officer)
    assert line(PlaceReport.objects.get(school=elsewhere), "A1").numerator is None


@pytest.mark.slow
def test_only_what_happened_in_the_reporting_year_counts_and_each_person_once(stage):
    from reports.models import Reach

    start, end = stretch(reporting_year())
    Reach.objects.filter(user=stage.pupils[0]).update(
        reached_at=end + timedelta(minutes=1), started_at=None, finished_at=None, passed_at=None
    )
    assert line(stage.of_school, "A1").numerator == 1
    Reach.objects.filter(user=stage.pupils[0]).update(reached_at=end)
    assert line(stage.of_school, "A1").numerator == 2
    Reach.objects.filter(user=stage.pupils[0]).update(reached_at=start)
    assert line(stage.of_school, "A1").numerator == 2
    # A pupil who moves counts where they are last, and only there.
    other = make_class(make_school("Trường THPT Kế Bên", unit=stage.commune), "10B1")
    Membership.objects.filter(user=stage.pupils[0]).update(ends_on=date(2026, 10, 1), state=Membership.State.LEFT)
    Membership.objects.create(user=stage.pupils[0], school_class=other, starts_on=date(2026, 10, 2), name_sort="a")
    assert line(stage.of_school, "A1").numerator == 1
    assert line(stage.of_commune, "A1").numerator == 2


def test_the_definition_counts_another_step_from_the_next_round_on(stage):
    indicator = stage.round.indicators.get(code="A1")
    newer = revise_indicator(
        indicator=indicator, title=indicator.title, definition="Học xong một bài.", step="finished", actor=stage.officer
    )
    assert newer.version == 2
    assert newer.rule["step"] == "finished"
    assert line(stage.of_school, "A1").numerator == 2, "the open round keeps its version"
    next_round = open_round(reporting_year=reporting_year("2027"), due_on=date(2027, 11, 20), actor=stage.officer)
    assert next_round.indicators.get(code="A1") == newer
    again = revise_indicator(
        indicator=newer, title=newer.title, definition=newer.definition, step="finished", actor=stage.officer
    )
    assert again == newer


def test_a_figure_by_hand_needs_evidence_and_sense(stage):
    indicator = Indicator.objects.get(code="B1")
    given = {
        "report": stage.of_school, "indicator": indicator, "numerator": 3, "denominator": 4, "source_note": "Danh sách",
        "raw": PDF, "file_name": "ds.pdf", "actor": stage.admin,
    }  # fmt: skip
    for wrong in (
        {"raw": None},
        {"denominator": None},
        {"numerator": 5},
        {"indicator": Indicator.objects.get(code="A1")},
        {"indicator": Indicator.objects.get(code="X")},
    ):
        with pytest.raises(RoundRefused):
            enter_figure(**(given | wrong))
    with pytest.raises(EvidenceRefused):
        enter_figure(**(given | {"raw": b"<html><script>1</script>"}))
    with pytest.raises(EvidenceTooLarge):
        enter_figure(**(given | {"raw": PDF + b"0" * 11_000_000}))
    assert not Figure.objects.exists()
    figure = enter_figure(**given)
    assert figure.evidence_name == "ds.pdf"
    assert storages["private"].open(figure.evidence_key).read() == PDF
    again = enter_figure(**(given | {"numerator": 4, "raw": None}))
    assert (again.pk, again.numerator, again.evidence_key) == (figure.pk, 4, figure.evidence_key)


def test_the_old_evidence_goes_when_a_new_one_comes(stage, django_capture_on_commit_callbacks):
    given = {
        "report": stage.of_school, "indicator": Indicator.objects.get(code="B1"), "numerator": 3, "denominator": 4,
        "source_note": "", "raw": PDF, "file_name": "ds.exe", "actor": stage.admin,
    }  # fmt: skip
    first = enter_figure(**given).evidence_key
    with django_capture_on_commit_callbacks(execute=True):
        second = enter_figure(**given)
    assert second.evidence_name == "ds.pdf", "named by what it is"
    assert not storages["private"].exists(first)
    assert storages["private"].exists(second.evidence_key)


@pytest.mark.slow
def test_a_report_is_sent_whole_or_not_at_all(stage):
    with pytest.raises(RoundRefused, match="B1"):
        send_report(report=stage.of_school, actor=stage.admin)
    report = send(stage.of_school, stage.admin)
    assert report.state == PlaceReport.State.SENT
    figure = report.figures.get(indicator__code="A1")
    assert (figure.numerator, figure.denominator) == (2, 40)
    assert figure.inputs["roll_on"] == "2026-10-15"
    assert figure.inputs["version"] == 1
    assert figure.signed_by == stage.admin
    with pytest.raises(ReportSent):
        write_narrative(report=report, narrative=TEXT)
    with pytest.raises(ReportSent):
        enter_all(report, stage.admin)


def test_what_was_sent_stays_whatever_happens_later(stage):
    report = send(stage.of_school, stage.admin)
    opens(stage.pupils[2], stage.lesson)
    bring_up_to_date(school_year=school_year())
    assert line(report, "A1").numerator == 2
    assert line(stage.of_commune, "A1").numerator == 3


def test_returning_needs_a_reason_and_counts_again(stage):
    report = send(stage.of_school, stage.admin)
    with pytest.raises(RoundRefused):
        return_report(report=report, reason=" ", actor=stage.officer)
    report = return_report(report=report, reason="Số B1 chưa khớp danh sách.", actor=stage.officer)
    assert report.state == PlaceReport.State.RETURNED
    assert not Figure.objects.filter(signed_at__isnull=False).exists()
    assert report.figures.filter(indicator__code="B1").exists(), "what was entered by hand stays"
    opens(stage.pupils[2], stage.lesson)
    bring_up_to_date(school_year=school_year())
    report = send_report(report=report, actor=stage.admin)
    assert report.figures.get(indicator__code="A1").numerator == 3
    with pytest.raises(RoundRefused):
        return_report(report=stage.of_commune, reason="x", actor=stage.officer)


@pytest.mark.slow
def test_the_province_adds_up_what_was_sent_and_nobody_twice(stage):
    enter_all(stage.of_commune, stage.commune_officer, 1, 2)
    assert line(stage.of_province, "B3").numerator is None, "a report that was not sent does not count"
    write_narrative(report=stage.of_commune, narrative=TEXT)
    send_report(report=stage.of_commune, actor=stage.commune_officer)
    send(stage.of_school, stage.admin)
    found = line(stage.of_province, "B3")
    assert (found.numerator, found.denominator, found.share) == (1, 2, 50.0)
    assert line(stage.of_province, "B1").numerator == 3
    assert "D1" not in {one.code for one in asked_in(stage.of_commune)}, "the schools enter it"
    own = Indicator.objects.get(code="B3")
    enter_figure(
        report=stage.of_province, indicator=own, numerator=4, denominator=8, source_note="", raw=PDF, file_name="t.pdf",
        actor=stage.officer,
    )  # fmt: skip
    found = line(stage.of_province, "B3")
    assert (found.numerator, found.denominator) == (5, 10)
    assert len(found.inputs["places"]) == 2


@pytest.mark.slow
def test_the_sign_off_freezes_everything_and_keeps_what_it_was_made_from(stage):
    send(stage.of_school, stage.admin)
    with pytest.raises(RoundRefused):
        sign_off(round_=stage.round, actor=stage.officer)
    enter_all(stage.of_province, stage.officer, 1, 2)
    write_narrative(report=stage.of_province, narrative=TEXT)
    closed = sign_off(round_=stage.round, actor=stage.officer)
    assert closed.signed_by == stage.officer
    figure = Figure.objects.get(report=stage.of_province, indicator__code="B1")
    assert (figure.numerator, figure.denominator) == (4, 6)
    assert [one["numerator"] for one in figure.inputs["places"]] == [3, 1]
    assert figure.inputs["own"] == {"numerator": 1, "denominator": 2}
    for act in (
        lambda: send(stage.of_commune, stage.commune_officer),
        lambda: return_report(report=stage.of_school, reason="muộn", actor=stage.officer),
        lambda: sign_off(round_=stage.round, actor=stage.officer),
        lambda: open_round(reporting_year=reporting_year(), due_on=date(2026, 11, 29), actor=stage.officer),
    ):
        with pytest.raises(RoundClosed):
            act()


def test_the_year_before_stands_beside(stage):
    old = Figure.objects.create(
        indicator=Indicator.objects.get(code="A1"), reporting_year=reporting_year("2025"), school=stage.school, numerator=1,
        denominator=50, taken_at=timezone.now(), signed_at=timezone.now(), signed_by=stage.officer,
    )  # fmt: skip
    found = line(stage.of_school, "A1")
    assert found.before == old
    assert (found.share_before, found.change) == (2.0, 3.0)
    assert line(stage.of_commune, "A1").before is None


@pytest.mark.parametrize(
    "wrong",
    [{"state": "sent"}, {"state": "returned", "returned_at": timezone.now()}, {"unit": None, "school": None}],
    ids=["unsigned", "without a reason", "of nobody"],
)
def test_the_database_refuses_half_a_report(stage, wrong):
    with pytest.raises(IntegrityError), transaction.atomic():
        PlaceReport.objects.filter(pk=stage.of_commune.pk).update(**wrong)


# --- On the screen --------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_from_the_desk_of_the_commune_to_the_sent_report(stage, as_user):
    client = as_user(stage.commune_officer)
    page = client.get("/vi/reports/mine/").content.decode()
    assert "Xã của tôi" in page
    form = reverse("reports:report", args=[stage.of_commune.uuid])
    assert form in page
    for one in asked_in(stage.of_commune):
        if is_counted(one):
            continue
        url = reverse("reports:figure", args=[stage.of_commune.uuid, one.code])
        assert url in client.get(form).content.decode()
        data = {"numerator": 1, "source_note": "Sổ", "evidence": SimpleUploadedFile("a.pdf", PDF)}
        answer = client.post(url, data | ({"denominator": 2} if one.measure == "share" else {}))
        assert answer.status_code == 302, one.code
    texts = {name: getattr(TEXT, name) for name in TEXT.__dataclass_fields__}
    client.post(form, texts)
    stage.of_commune.refresh_from_db()
    assert stage.of_commune.state == "draft"
    client.post(form, texts | {"send": "1"})
    stage.of_commune.refresh_from_db()
    assert stage.of_commune.state == "sent"
    assert "Đã gửi" in client.get(form).content.decode()


@pytest.mark.slow
def test_the_officer_returns_and_the_school_sees_why(stage, as_user):
    send(stage.of_school, stage.admin)
    officer = as_user(stage.officer)
    url = reverse("reports:report_return", args=[stage.of_school.uuid])
    assert officer.post(url, {"reason": ""}).status_code == 422
    assert officer.post(url, {"reason": "Số B1 chưa khớp."}).status_code == 302
    school = as_user(stage.admin)
    assert "Số B1 chưa khớp." in school.get(reverse("reports:report", args=[stage.of_school.uuid])).content.decode()
    assert "Số B1 chưa khớp." in school.get("/vi/reports/mine/").content.decode()


def test_a_wrong_file_is_told_beside_its_field(stage, as_user):
    url = reverse("reports:figure", args=[stage.of_school.uuid, "B1"])
    data = {"numerator": 1, "denominator": 2, "source_note": "Sổ", "evidence": SimpleUploadedFile("a.pdf", b"<html>")}
    answer = as_user(stage.admin).post(url, data)
    assert answer.status_code == 422
    assert "id_evidence_error" in answer.content.decode()


@pytest.mark.slow
def test_not_yours_is_not_there(stage, as_user, school_admin, teacher, pupil):
    urls = [reverse("reports:report", args=[stage.of_school.uuid]), reverse("reports:round", args=["2026"])]
    urls.append(reverse("reports:figure", args=[stage.of_school.uuid, "B1"]))
    for person in (school_admin, teacher, pupil):
        for url in urls:
            assert as_user(person).get(url).status_code == 404
    commune = as_user(stage.commune_officer)
    assert commune.get(urls[0]).status_code == 200, "an office above reads"
    assert commune.post(urls[0], {"results": "x"}).status_code == 404, "and writes nothing in another's name"
    assert commune.get(urls[2]).status_code == 404
    assert as_user(stage.officer).get(urls[2]).status_code == 404


@pytest.mark.slow
@pytest.mark.parametrize("places", [1, 3])
def test_the_round_costs_the_same_for_one_and_three_places(stage, as_user, places, django_assert_max_num_queries):
    for _n in range(places):
        make_school()
    open_round(reporting_year=reporting_year(), due_on=date(2026, 11, 20), actor=stage.officer)
    client, url = as_user(stage.officer), reverse("reports:round", args=["2026"])
    client.get(url)
    # Session, user, roles (3), round, counts, page and its count, own report, figures, the sums below and the year before.
    with django_assert_max_num_queries(22):
        assert client.get(url).status_code == 200
    assert ReportingRound.objects.count() == 1
