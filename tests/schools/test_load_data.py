"""A made-up province: as many as asked, the same for the same seed, believable, and true to its own records."""

import json
import random
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import override_settings

from courses.models import LessonProgress
from courses.operations.projections import rebuild_all
from reports.models import ClassTally, RosterCount
from schools.models import Membership, Person, Roll, School, SchoolClass, SchoolIdentifier, Teaching, User
from schools.operations.accounts import create_pupil
from schools.operations.loads.names import Names
from schools.queries.people import find_pupil
from tests.factories import courses
from tests.factories import schools as make

pytestmark = pytest.mark.django_db


def generate(*args) -> dict:
    out = StringIO()
    sizes = ("--schools", "3", "--classes-per-school", "6", "--pupils-per-class", "10", "--courses", "2")
    call_command("generate_load_data", *sizes, *args, "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture
def report():
    courses.section()
    return generate()


@pytest.mark.slow
def test_as_many_as_asked_with_two_years(report):
    assert (report["schools"], report["classes"], report["pupils"]) == (3, 18, 180)
    now = Membership.objects.filter(school_class__school_year__code="2026-2027", ends_on=None)
    before = Membership.objects.filter(school_class__school_year__code="2025-2026", state="left")
    assert now.count() == 180 and 0 < before.count() < 180
    assert Teaching.objects.filter(kind="homeroom").count() == 18
    assert sum(Roll.objects.values_list("pupils", flat=True)) > 180
    years = set(LessonProgress.objects.values_list("school_year", flat=True))
    assert years == {"2025-2026", "2026-2027"} and report["results"] == LessonProgress.objects.count()


@pytest.mark.slow
def test_results_are_what_the_records_say(report):
    assert not any(step.differences for step in rebuild_all(check=True))
    reached = sum(ClassTally.objects.filter(school_year__code="2026-2027").values_list("reached", flat=True))
    assert reached == LessonProgress.objects.filter(school_year="2026-2027").values("user").distinct().count() > 0
    assert sum(RosterCount.objects.values_list("pupils", flat=True)) == 180
    keys = set(SchoolClass.objects.values_list("uuid", flat=True))
    assert set(LessonProgress.objects.values_list("class_key", flat=True)) <= keys


@pytest.mark.slow
def test_people_are_found_and_sorted_as_others(report):
    code = SchoolIdentifier.objects.filter(school__code="LD00000").order_by("pk").first()
    assert find_pupil(school_code="ld00000", code=code.code) == code.user
    person = Person.objects.get(user=code.user)
    stored = (person.full_name, person.name_sort, person.name_folded)
    person.set_name(person.full_name)
    assert (person.full_name, person.name_sort, person.name_folded) == stored
    assert not any(user.has_usable_password() for user in User.objects.all()[:20])
    assert Person.objects.filter(full_name__startswith="Nguyễn").count() > 30


@pytest.mark.slow
def test_a_broken_run_is_continued_and_new_people_fit_in(report):
    names = sorted(Person.objects.values_list("full_name", flat=True))
    again = generate()
    assert (again["schools"], again["kept"]) == (0, 3)
    assert sorted(Person.objects.values_list("full_name", flat=True)) == names
    school_class = SchoolClass.objects.filter(school_year__code="2026-2027").first()
    assert create_pupil(full_name="Người Mới", school=school_class.school, code="M1", school_class=school_class).pk


def test_the_same_seed_gives_the_same_people():
    one, other, third = (
        [Names(random.Random(seed)).take(20), Names(random.Random(seed)).take(20)] for seed in (1, 1, 2)
    )
    assert one == other and one[0] == one[1] and one != third


def test_never_beside_real_schools():
    make.make_school()
    with override_settings(DEBUG=False), pytest.raises(CommandError) as refused:
        generate()
    assert refused.value.returncode == 2
    assert School.objects.count() == 1
