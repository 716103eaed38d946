"""The demo's round: a school that has sent its report, a commune at its own, and once only."""

import pytest

from reports.demo import load_demo_round
from reports.models import Figure, PlaceReport
from reports.queries.indicators import lines_of
from schools.models import Role, SchoolYear
from tests.factories.schools import make_school, make_with_role, province, school_year
from tests.reports.test_rounds import reporting_year

pytestmark = pytest.mark.django_db


@pytest.mark.slow
def test_the_round_of_the_demo_lives_and_is_made_once():
    school_year()
    make_with_role("province_officer", "Đặng Văn Tỉnh Táo", unit=province(), username="canbotinh")
    school = make_school("Trường THPT Đồi Mây")
    make_with_role(Role.Kind.SCHOOL_ADMIN, "Trần Văn Quản", school=school)
    reporting_year()
    assert load_demo_round()
    sent = PlaceReport.objects.get(school=school)
    assert sent.state == PlaceReport.State.SENT
    whole = {line.indicator.code: line for line in lines_of(PlaceReport.objects.get(unit=province()))}
    assert (whole["B1"].numerator, whole["B1"].denominator) == (52, 58)
    assert whole["A1"].share_before == 1.3
    figures = Figure.objects.count()
    assert not load_demo_round()
    assert Figure.objects.count() == figures
    assert SchoolYear.objects.count() == 1
