"""Makes the people the bench measures with and prints, as one line of JSON, how to reach them.

Three classes of 40, 400 and 2,000 pupils on the same course, half of them somewhere in it; one password hash for all, since
only signing in is measured, not setting passwords. The Vietnamese list of courses has ten, the English one a thousand.
"""

import itertools
import json
import os
import uuid
from datetime import date, timedelta
from importlib import import_module

import django
from django.conf import settings

PASSWORD = "hoc-bai-2026"
SIZES = (40, 400, 2000)
TAKERS = 90
ATTEMPTS = 5
QUIZ_SIZES = (10, 40)
COURSES = {"vi": 10, "en": 40 if os.environ.get("BENCH_QUICK") else 1000}
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ")
MIDDLE = ("Thị", "Văn", "Minh", "Ngọc", "Thanh", "Gia", "Quốc", "Bảo", "Thuỳ", "Hữu")
GIVEN = ("An", "Ánh", "Bình", "Châu", "Dũng", "Đức", "Hà", "Khánh", "Linh", "Quỳnh", "Sơn", "Yến")


def _name(number: int) -> str:
    return f"{FAMILY[number % 10]} {MIDDLE[number // 10 % 10]} {GIVEN[number // 100 % 12]}"


def _pupils(school, school_class, count: int, hashed: str) -> list:
    from schools.models import Membership, Person, SchoolIdentifier, User

    size = count
    users = User.objects.bulk_create(User(username=f"bench-{uuid.uuid4().hex}", password=hashed) for _ in range(size))
    people = []
    for number, user in enumerate(users):
        person = Person(user=user, birth_date=date(2010, 1, 1 + number % 28))
        person.set_name(_name(number * 7))
        people.append(person)
    Person.objects.bulk_create(people)
    SchoolIdentifier.objects.bulk_create(
        SchoolIdentifier(user=user, school=school, code=f"{size:04d}{number:04d}", code_stripped=f"{size}{number:04d}")
        for number, user in enumerate(users)
    )
    Membership.objects.bulk_create(
        Membership(user=person.user, school_class=school_class, name_sort=person.name_sort) for person in people
    )
    return users


def _progress(users, target, school_class) -> None:
    """Half of a class has begun, every second of them has finished."""
    from django.utils import timezone

    from courses.models import CourseProgress, LessonProgress

    now = timezone.now()
    lesson = target.lessons[0]
    place = {
        "class_key": school_class.uuid,
        "school_key": school_class.school.uuid,
        "unit_key": school_class.school.unit.uuid,
        "school_year": school_class.school_year.code,
    }
    begun = users[: len(users) // 2]
    LessonProgress.objects.bulk_create(
        LessonProgress(
            user=user,
            lesson_key=lesson.key,
            course_key=target.course_key,
            state="finished" if number % 2 else "started",
            started_at=now - timedelta(days=1),
            finished_at=now if number % 2 else None,
            last_at=now - timedelta(minutes=number % 600),
            **place,
        )
        for number, user in enumerate(begun)
    )
    CourseProgress.objects.bulk_create(
        CourseProgress(
            user=user,
            course_key=target.course_key,
            school_year=place["school_year"],
            lessons_started=1,
            lessons_done=number % 2,
            started_at=now - timedelta(days=1),
        )
        for number, user in enumerate(begun)
    )


def _courses(language: str, count: int):
    """Fill the list of courses of a language up to `count`; returns the list's page."""
    from django.core.cache import cache

    from cms.models import SectionPage
    from courses.models import CoursePage

    section = SectionPage.objects.live().get(kind=SectionPage.Kind.COURSES, locale__language_code=language)
    for number in range(CoursePage.objects.child_of(section).live().count(), count):
        section.add_child(
            instance=CoursePage(
                title=f"Khóa học số {number + 1}",
                slug=f"khoa-hoc-so-{number + 1}",
                locale=section.locale,
                summary="Em làm quen với một việc trên Cổng Dịch vụ công, từng bước một.",
            )
        )
    # Pages that are added without being published tell nobody.
    cache.clear()
    return section


def _quiz(size: int) -> dict:
    """A quiz open to all, of every type that the machine marks without a picture, in turn, a point each."""
    from tests.factories import quizzes as factory

    types = itertools.cycle(sorted(set(factory.SHAPES) - {"long", "hotspot", "picture_choice"}))
    made = factory.quiz([factory.of_type(next(types)) for _ in range(size)], attempts=ATTEMPTS)
    factory.opening(made)
    return {"key": str(made.quiz_key), "answers": factory.right_answers(made)}


def _session(user) -> str:
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    store["_auth_user_id"] = str(user.pk)
    store["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[0]
    store["_auth_user_hash"] = user.get_session_auth_hash()
    store.create()
    return store.session_key


def make() -> dict:
    from django.contrib.auth.hashers import make_password
    from django.utils import timezone

    from courses.models import CoursePage
    from courses.operations.assignments import assign
    from courses.queries import catalogue
    from schools.models import School, SchoolClass, SchoolYear, Teaching, Unit
    from schools.operations.accounts import create_staff, grant_role

    hashed = make_password(PASSWORD)
    year, _ = SchoolYear.objects.get_or_create(
        code="2026-2027", defaults={"starts_on": date(2026, 9, 5), "ends_on": date(2027, 5, 31)}
    )
    unit = Unit.get_first_root_node() or Unit.add_root(code="bench", name="Tỉnh đo", kind="province")
    school = School.objects.create(code="BENCH", name="Trường đo", kind="thpt", grade_min=10, grade_max=12, unit=unit)
    teacher = create_staff(username="bench-teacher", full_name="Cô Đo", password=PASSWORD)
    grant_role(user=teacher, kind="teacher", school=school)
    editor = create_staff(username="bench-editor", full_name="Người Biên Tập", password=PASSWORD, is_superuser=True)
    lists = {language: _courses(language, count) for language, count in COURSES.items()}
    page = CoursePage.objects.live().child_of(lists["vi"]).order_by("path").first()
    target = catalogue.target(page.translation_key, "vi")
    lesson = target.lessons[0]
    classes, users = {}, {}
    for size in SIZES:
        classes[size] = SchoolClass.objects.create(school=school, school_year=year, name=f"10Đ{size}", grade=10)
        Teaching.objects.create(user=teacher, school_class=classes[size], kind=Teaching.Kind.HOMEROOM)
        users[size] = _pupils(school, classes[size], size, hashed)
        _progress(users[size], target, classes[size])
    due = timezone.now() + timedelta(days=7)
    given = assign(target=target, classes=dict.fromkeys(classes.values(), due), actor=teacher)
    report = {one.school_class_id: one for one in given.class_assignments.all()}
    account = {"school_code": school.code, "password": PASSWORD}
    takers = users[2000][:TAKERS]
    return {
        "catalogue_url": lists["vi"].get_url(),
        "course_title": page.title,
        "many_courses_url": lists["en"].get_url(),
        "many_courses": COURSES["en"],
        "lesson_url": lesson.url,
        "lesson_title": lesson.title,
        "quizzes": {str(size): _quiz(size) for size in QUIZ_SIZES},
        "attempts_each": ATTEMPTS,
        "pupils": [account | {"username": f"0400{number:04d}"} for number in range(400)],
        "takers": [_session(user) for user in takers],
        "writers": [_session(user) for user in users[400][:24]],
        "teacher": {"username": teacher.username, "password": PASSWORD},
        "editor": {"username": editor.username, "password": PASSWORD},
        "reports": {
            str(size): f"/api/v1/classes/{one.uuid}/assignments/{report[one.pk].uuid}/status"
            for size, one in classes.items()
        },
    }


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.bench.settings")
    django.setup()
    print(json.dumps(make(), ensure_ascii=False))
