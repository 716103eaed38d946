"""The pages of schools at scale cost as many statements for 5 pupils as for 2,000, and for 3 schools as for 1,000."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from reports.models import ClassTally, RosterCount
from schools.models import Roll, School, SchoolClass, Unit
from schools.operations.loads.people import Size, generate
from tests.factories.schools import make_with_role, school_year
from tests.factories.schools import province as root

pytestmark = pytest.mark.django_db


def statements(client, url: str, text: str) -> int:
    """Of a visit after a first one; the page must be the one that is meant."""
    assert client.get(url).status_code == 200
    with CaptureQueriesContext(
        connection,
    ) as seen:
        page = client.get(url)
    assert text in page.content.decode()
    return len(seen)


@pytest.mark.slow
def test_a_class_and_a_school_of_2000_cost_what_those_of_5_cost(as_user):
    officer = as_user(make_with_role("province_officer", "Đỗ Thị Tỉnh", unit=root()))
    costs = []
    for number, pupils in ((1, 5), (2, 2000)):
        generate(Size(number, 1, pupils, 0, 1))
        school = School.objects.get(code=f"LD{number - 1:05d}")
        school_class = SchoolClass.objects.get(school=school, school_year__code="2026-2027")
        admin = as_user(school.roles.get(kind="school_admin").user)
        costs.append(
            [
                statements(admin, f"/vi/schools/{school.code}/", school_class.name),
                statements(admin, f"/vi/teach/classes/{school_class.uuid}/pupils/", school_class.name),
                statements(officer, f"/vi/reports/schools/{school.code}/", school_class.name),
            ]
        )
    assert costs[0] == costs[1]


@pytest.mark.slow
def test_a_province_of_1000_schools_costs_what_one_of_3_costs(as_user):
    year, top = school_year(), root()
    unit = top.add_child(code="Q1", name="Xã Một", kind=Unit.Kind.COMMUNE)
    officer = as_user(make_with_role("province_officer", "Đỗ Thị Tỉnh", unit=top))

    def grow(*numbers):
        schools = School.objects.bulk_create(
            School(code=f"P{n:04d}", name=f"Trường {n}", kind="thpt", grade_min=10, grade_max=12, unit=unit)
            for n in numbers
        )
        for model, fields in (
            (Roll, {"on": date(2026, 10, 15), "frozen_at": timezone.now(), "pupils": 50}),
            (RosterCount, {"class_key": unit.uuid, "pupils": 45}),
            (ClassTally, {"class_key": unit.uuid, "language": "vi", "reached": 20}),
        ):
            place = {"school_year": year, "grade": 10, "level": "thpt"}
            model.objects.bulk_create((model(school=one, **place, **fields) for one in schools), batch_size=500)

    grow(*range(3))
    few = statements(officer, "/vi/reports/", "60/150")
    grow(*range(3, 1000))
    assert statements(officer, "/vi/reports/", "20.000/50.000") == few
