"""What the tables of reports refuse, whoever writes to them."""

from datetime import date

import pytest
from django.db.models import ProtectedError
from django.utils import timezone

from reports.models import Figure, Indicator, Programme, Target
from schools.models import ReportingYear
from tests.factories.constraints import once, refused
from tests.factories.schools import make_school, make_staff, make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def indicator() -> Indicator:
    programme = Programme.objects.create(code="qd-1588", title="Quyết định 1588/QĐ-TTg")
    return Indicator.objects.create(
        programme=programme,
        code="A1",
        title="Học sinh được phổ biến",
        definition="Số học sinh đã học xong ít nhất một bài trên tổng số học sinh",
        source=Indicator.Source.SYSTEM,
        rule={"from": "coverage", "step": "reached"},
    )


@pytest.fixture
def year(db) -> ReportingYear:
    return ReportingYear.objects.get_or_create(
        code="2026", defaults={"starts_on": date(2025, 12, 1), "ends_on": date(2026, 11, 30)}
    )[0]


def figure(indicator, year, *, signed_by=None, **fields) -> Figure:
    fields = {"numerator": 812, "denominator": 1014, "taken_at": timezone.now()} | fields
    if signed_by:
        fields |= {"signed_by": signed_by, "signed_at": timezone.now()}
    return Figure.objects.create(indicator=indicator, reporting_year=year, **fields)


def test_a_definition_is_changed_by_a_new_version(indicator):
    fields = {
        "title": indicator.title,
        "definition": "Cách đếm mới",
        "source": indicator.source,
        "rule": {"from": "coverage", "step": "passed"},
    }
    Indicator.objects.create(programme=indicator.programme, code="A1", version=2, **fields)
    columns = [f"reports_indicator.{name}" for name in ("programme_id", "code", "version")]
    with refused(once("indicator_version_once", *columns)):
        Indicator.objects.create(programme=indicator.programme, code="A1", version=2, **fields)


@pytest.mark.parametrize("percent", [0, -5, "100.01"])
def test_a_target_is_a_percentage(indicator, percent):
    with refused("target_is_a_percentage"):
        Target.objects.create(indicator=indicator, percent=percent, due_on=date(2030, 12, 31))


def test_there_is_one_target_for_a_date(indicator):
    Target.objects.create(indicator=indicator, percent=80, due_on=date(2025, 12, 31))
    Target.objects.create(indicator=indicator, percent=100, due_on=date(2030, 12, 31))
    with refused(once("target_once_a_date", "reports_target.indicator_id", "reports_target.due_on")):
        Target.objects.create(indicator=indicator, percent=90, due_on=date(2030, 12, 31))


def test_a_figure_is_of_a_unit_or_of_a_school(indicator, year):
    school = make_school()
    with refused("figure_of_a_unit_or_a_school"):
        figure(indicator, year, unit=school.unit, school=school)


@pytest.mark.parametrize("half", ["signed_by", "signed_at"])
def test_a_signature_is_whole(indicator, year, half):
    made = figure(indicator, year, unit=make_unit(), signed_by=make_staff())
    with refused("figure_signature_is_whole"):
        Figure.objects.filter(pk=made.pk).update(**{half: None})


@pytest.mark.parametrize("of", ["unit", "school", "province"])
def test_a_figure_is_signed_once_and_drafted_as_often_as_needed(indicator, year, of):
    place = {"unit": lambda: {"unit": make_unit()}, "school": lambda: {"school": make_school()}, "province": dict}[of]()
    officer = make_staff()
    figure(indicator, year, **place)
    figure(indicator, year, numerator=900, **place)
    figure(indicator, year, numerator=901, signed_by=officer, **place)
    with refused("figure_signed_once"):
        figure(indicator, year, numerator=1000, signed_by=officer, **place)
    figure(indicator, year, signed_by=officer, unit=make_unit())
    figure(indicator, year, numerator=902, **place)


def test_a_share_of_nothing_is_unknown_not_zero(indicator, year):
    assert figure(indicator, year, numerator=3, denominator=4).share == 0.75
    assert figure(indicator, year, numerator=0, denominator=0).share is None


def test_what_was_reported_is_kept(indicator, year):
    made = figure(indicator, year, unit=make_unit())
    for kept in (indicator, year, made.unit):
        with pytest.raises(ProtectedError):
            kept.delete()
