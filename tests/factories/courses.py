"""Courses as an editor publishes them, and classes that take them."""

import itertools
import random
from datetime import date, timedelta
from uuid import uuid4

from django.core.cache import cache
from django.utils import timezone
from django.utils.text import slugify
from wagtail.models import Locale, Page, Site

from cms.models import HomePage, SectionPage
from courses.models import CoursePage, LessonPage, LessonProgress
from courses.operations.assignments import assign
from courses.operations.lessons import NewEvent, Place
from courses.queries import catalogue
from schools.models import Membership, Person, SchoolIdentifier, User
from tests.factories.quizzes import pupil, quiz, school_class, teacher

__all__ = ["assignment", "classroom", "course", "event", "place", "pupil", "quiz", "school_class", "section", "teacher"]

_numbers = itertools.count(1)


def section(language: str = "vi") -> SectionPage:
    """The section of courses of a language, with the home page above it."""
    locale = Locale.objects.get_or_create(language_code=language)[0]
    found = SectionPage.objects.filter(locale=locale, kind=SectionPage.Kind.COURSES).first()
    if found:
        return found
    home = HomePage.objects.filter(locale=locale).first()
    main = HomePage.objects.filter(locale__language_code="vi").first()
    if home is None:
        home = HomePage(title=f"Home {language}", slug=f"home-{language}", locale=locale)
        if main:
            home.translation_key = main.translation_key
        Page.get_first_root_node().add_child(instance=home)
        if not main:
            _site(home)
    made = SectionPage(title="Khóa học", slug="khoa-hoc", kind=SectionPage.Kind.COURSES, locale=locale)
    home.add_child(instance=made)
    return made


def _site(home: Page) -> None:
    site = Site.objects.filter(is_default_site=True).first() or Site(hostname="testserver", is_default_site=True)
    site.root_page = home
    site.save()


def text_block(words: str = "Em đọc kỹ tên trang.") -> dict:
    return {"type": "text", "id": str(uuid4()), "value": f"<p>{words}</p>"}


def lesson(parent: CoursePage, title: str = "Bài 1", *, quiz=None, blocks: int = 3, **fields) -> LessonPage:
    body = fields.pop("body", None) or [text_block(f"Đoạn {number}.") for number in range(1, blocks + 1)]
    made = LessonPage(
        title=title,
        slug=fields.pop("slug", f"{slugify(title)}-{next(_numbers)}"),
        locale=parent.locale,
        summary="Em đọc tên trang.",
        body=body,
        quiz=quiz,
        **fields,
    )
    parent.add_child(instance=made)
    made.save_revision().publish()
    made.refresh_from_db()
    return made


def course(lessons: int = 2, *, title: str = "Công dân số", language: str = "vi", quizzes=(), **fields) -> CoursePage:
    """A published course; `quizzes` are given to its lessons in order."""
    parent = section(language)
    made = CoursePage(
        title=title,
        slug=fields.pop("slug", f"khoa-{next(_numbers)}"),
        locale=parent.locale,
        summary="Khóa học mẫu.",
        objectives=[{"type": "objective", "id": str(uuid4()), "value": "Nhận ra địa chỉ giả"}],
        **fields,
    )
    parent.add_child(instance=made)
    made.save_revision().publish()
    made.refresh_from_db()
    quizzes = list(quizzes)
    for number in range(1, lessons + 1):
        lesson(made, f"Bài {number}", quiz=quizzes[number - 1] if number <= len(quizzes) else None)
    cache.clear()  # what is kept is dropped on commit, and a test does not commit
    return made


def shelf(count: int, *, language: str = "vi") -> SectionPage:
    """The section of courses filled up to `count` published courses without lessons: fast, and telling nobody."""
    parent = section(language)
    for number in range(CoursePage.objects.child_of(parent).count(), count):
        parent.add_child(
            instance=CoursePage(
                title=f"Khóa học số {number + 1}",
                slug=f"khoa-hoc-so-{number + 1}",
                locale=parent.locale,
                summary="Em làm quen với một việc trên Cổng Dịch vụ công.",
            )
        )
    cache.clear()
    return parent


def lessons_of(made: CoursePage) -> list[LessonPage]:
    return list(LessonPage.objects.child_of(made).order_by("path"))


def english(made: CoursePage) -> CoursePage:
    """The English translation of a course and its lessons: the same keys, the same blocks."""
    parent = section("en")
    translated = made.copy(
        to=parent,
        recursive=False,
        update_attrs={"slug": f"{made.slug}-en", "title": "Digital citizens", "locale": parent.locale},
        reset_translation_key=False,
    )
    for page in lessons_of(made):
        page.copy(
            to=translated,
            recursive=False,
            update_attrs={"slug": f"{page.slug}-en", "title": f"{page.title} (en)", "locale": parent.locale},
            reset_translation_key=False,
        )
    cache.clear()  # what is kept is dropped on commit, and a test does not commit
    return translated


def place(page: LessonPage) -> Place:
    return Place(
        page.translation_key, page.get_parent().translation_key, page.live_revision_id, page.locale.language_code
    )


def event(kind: str = "opened", *, at=None, block: str = "", id=None) -> NewEvent:
    return NewEvent(id=id or uuid4(), kind=kind, at=at or timezone.now(), block=block)


def classroom(pupils: int = 3, *, name: str = "10A1"):
    """A class with its homeroom teacher and pupils: (class, teacher, pupils)."""
    made = school_class(name)
    names = ["Nguyễn Văn An", "Trần Thị Bình", "Lò Văn Cương", "Hoàng Thị Dung", "Phạm Đức Giang"]
    people = [pupil(made, names[number] if number < len(names) else f"Lê Văn Số {number}") for number in range(pupils)]
    return made, teacher(made, can_edit_roster=True), people


def assignment(page, school_class, actor, *, due_in: timedelta = timedelta(days=5), **fields):
    """The class assignment of a lesson or course page."""
    due_at = timezone.now() + due_in
    given = assign(
        target=catalogue.target(page.translation_key, "vi"),
        classes={school_class: max(due_at, timezone.now() + timedelta(minutes=5))},
        actor=actor,
        **fields,
    )
    made = given.class_assignments.get(school_class=school_class)
    if due_in < timedelta(0):
        type(made).objects.filter(pk=made.pk).update(due_at=due_at)
        made.refresh_from_db()
    return made


def leave(user, school_class, on=None):
    """The pupil leaves the class: yesterday was the last day."""
    last = on or timezone.localdate() - timedelta(days=1)
    Membership.objects.filter(user=user, school_class=school_class).update(state="left", ends_on=last)


GIVEN = "An Bình Châu Dũng Đạt Giang Hà Hiếu Hoa Hùng Khánh Lan Linh Long Mai Minh Nam Ngân Ngọc Nhung Phúc Quân Thảo"
MIDDLE = "Văn Thị Đức Minh Ngọc Thanh Hữu Quang Thu Kim"
FAMILY = "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Lò Quàng Sùng Giàng"


def crowd(school_class, size: int, *, lesson=None, seed: int = 1) -> list:
    """Many pupils at once with believable names and codes; with `lesson` four in five have begun and half are done."""
    draw = random.Random(seed)
    people = User.objects.bulk_create([User(username=f"crowd-{next(_numbers)}-{n}") for n in range(size)])
    persons = []
    for user in people:
        person = Person(user=user, birth_date=date(2010, 1, 1) + timedelta(days=draw.randrange(700)))
        person.set_name(" ".join(draw.choice(words.split()) for words in (FAMILY, MIDDLE, GIVEN)))
        persons.append(person)
    Person.objects.bulk_create(persons)
    Membership.objects.bulk_create(
        [
            Membership(
                user=person.user, school_class=school_class, name_sort=person.name_sort, starts_on=date(2026, 9, 5)
            )
            for person in persons
        ]
    )
    SchoolIdentifier.objects.bulk_create(
        [
            SchoolIdentifier(
                user=user,
                school=school_class.school,
                code=f"26{number:06d}",
                code_stripped=f"26{number:06d}",
                valid_from=date(2026, 9, 5),
            )
            for number, user in enumerate(people, 1)
        ]
    )
    if lesson is not None:
        now, rows = timezone.now(), []
        for user in people:
            if draw.random() < 0.2:
                continue
            started = now - timedelta(seconds=draw.randrange(600_000))
            done = started + timedelta(seconds=draw.randrange(300, 3000)) if draw.random() < 0.6 else None
            rows.append(
                LessonProgress(
                    user=user,
                    school_year=school_class.school_year.code,
                    lesson_key=lesson.translation_key,
                    course_key=lesson.get_parent().translation_key,
                    state="finished" if done else "started",
                    started_at=started,
                    finished_at=done,
                    last_at=done or started,
                    events_at=done or started,
                    quiz_best=draw.randrange(3, 11) * 10 if done else None,
                    quiz_attempts=draw.randrange(1, 4) if done else 0,
                    quiz_at=done,
                    quiz_seconds=draw.randrange(90, 900) if done else None,
                    class_key=school_class.uuid,
                )
            )
        LessonProgress.objects.bulk_create(rows)
    return people


def identify(user, school, code: str) -> SchoolIdentifier:
    """Give the pupil a code at a school."""
    return SchoolIdentifier.objects.create(user=user, school=school, code=code)
