"""The published courses and lessons as the rest of the room needs them: small, cached, by key and language.

What is kept here is dropped as a whole whenever the content changes (cms.keeping).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from django.conf import settings
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.utils.translation import get_language

from cms.keeping import kept
from cms.models import SectionPage
from courses.models.pages import CUTS, CoursePage, LessonPage


@dataclass(frozen=True)
class LessonFacts:
    key: UUID
    page_id: int
    language: str
    title: str
    url: str
    summary: str
    minutes: int
    revision_id: int | None
    quiz_key: UUID | None
    quiz_title: str
    block_ids: tuple[str, ...]
    cuts: dict[int, tuple[str, ...]]
    course_key: UUID
    number: int


@dataclass(frozen=True)
class CertificateRule:
    """What a course asks before it gives a certificate; `mark` in percent, `months` how long it is valid."""

    finished: bool
    mark: int | None
    months: int | None = None


@dataclass(frozen=True)
class CourseFacts:
    """A course in one language; where it does not exist in the language asked for, `language` says which this is.

    A lesson that is not translated yet stands in its place in the site's main language, as its `language` says.
    """

    key: UUID
    page_id: int
    language: str
    title: str
    url: str
    summary: str
    for_adults: bool
    lessons: tuple[LessonFacts, ...]
    certificate: CertificateRule | None = None

    def lesson(self, key: UUID) -> LessonFacts | None:
        return next((lesson for lesson in self.lessons if lesson.key == key), None)

    def around(self, key: UUID) -> tuple[LessonFacts | None, LessonFacts | None]:
        """The lessons before and after this one."""
        keys = [lesson.key for lesson in self.lessons]
        place = keys.index(key)
        return (
            self.lessons[place - 1] if place else None,
            self.lessons[place + 1] if place + 1 < len(keys) else None,
        )

    @property
    def minutes(self) -> int:
        return sum(lesson.minutes for lesson in self.lessons)


def _in_language(pages: QuerySet, language: str) -> QuerySet:
    """The page in `language` first, then in the site's main language, then in any."""
    return (
        pages.select_related("locale")
        .annotate(
            closeness=Case(
                When(locale__language_code=language, then=Value(0)),
                When(locale__language_code=settings.LANGUAGE_CODE, then=Value(1)),
                default=Value(2),
                output_field=IntegerField(),
            )
        )
        .order_by("closeness", "pk")
    )


def readable_by_all(pages: QuerySet) -> QuerySet:
    return pages.live().public()


def course(key: UUID, language: str) -> CourseFacts | None:
    """A published course in `language` or the nearest one; None when it is not published."""
    return kept(f"courses:course:{language}:{key}", lambda: _course(key, language))


def _course(key: UUID, language: str) -> CourseFacts | None:
    page = _in_language(readable_by_all(CoursePage.objects).filter(translation_key=key), language).first()
    if page is None:
        return None
    facts = CourseFacts(
        key=key,
        page_id=page.pk,
        language=page.locale.language_code,
        title=page.title,
        url=page.url or "",
        summary=page.summary,
        for_adults=page.for_adults,
        lessons=(),
        certificate=_rule(page),
    )
    return replace(facts, lessons=tuple(_lesson(one, facts, n) for n, one in enumerate(_lessons(page), 1)))


def _rule(page: CoursePage) -> CertificateRule | None:
    if not page.certificate_finished and page.certificate_mark is None:
        return None
    return CertificateRule(page.certificate_finished, page.certificate_mark, page.certificate_months)


def _lessons(course: CoursePage) -> list[LessonPage]:
    """The course's lessons in the order of the main language, whose own stand in for those not translated yet."""
    own = _lessons_below(course)
    if course.locale.language_code == settings.LANGUAGE_CODE:
        return own
    translated = {one.translation_key: one for one in own}
    main = readable_by_all(CoursePage.objects).filter(
        translation_key=course.translation_key, locale__language_code=settings.LANGUAGE_CODE
    )
    originals = [one for original in main for one in _lessons_below(original)]
    known = {one.translation_key for one in originals}
    return [translated.get(one.translation_key, one) for one in originals] + [
        one for one in own if one.translation_key not in known
    ]


def _lessons_below(course: CoursePage) -> list[LessonPage]:
    return list(LessonPage.objects.child_of(course).live().select_related("quiz", "locale").order_by("path"))


def _lesson(page: LessonPage, course: CourseFacts, number: int) -> LessonFacts:
    return LessonFacts(
        key=page.translation_key,
        page_id=page.pk,
        language=page.locale.language_code,
        title=page.title,
        url=page.url or "",
        summary=page.summary,
        minutes=page.minutes,
        revision_id=page.live_revision_id,
        quiz_key=page.quiz.translation_key if page.quiz else None,
        quiz_title=page.quiz.title if page.quiz else "",
        block_ids=tuple(page.block_ids),
        cuts={minutes: tuple(page.cut(minutes)) for minutes in CUTS if page.cut(minutes)},
        course_key=course.key,
        number=number,
    )


def course_key_of(lesson_key: UUID) -> UUID | None:
    """The course a published lesson belongs to."""

    def find():
        page = readable_by_all(LessonPage.objects).filter(translation_key=lesson_key).first()
        return page.get_parent().translation_key if page else None

    return kept(f"courses:course_of:{lesson_key}", find)


def lesson(key: UUID, language: str) -> LessonFacts | None:
    """A published lesson in `language` or the nearest one; None when it is not published. No query once warm."""
    found = course_of(key, language)
    return found.lesson(key) if found else None


def course_of(lesson_key: UUID, language: str) -> CourseFacts | None:
    """The published course of a published lesson. No query once warm."""
    course_key = course_key_of(lesson_key)
    return course(course_key, language) if course_key else None


def lesson_keys_of(course_key: UUID) -> list[UUID]:
    """Keys of a course's published lessons in order, as the site's main language has them."""
    found = course(course_key, settings.LANGUAGE_CODE)
    return [lesson.key for lesson in found.lessons] if found else []


def courses_in(language: str) -> QuerySet[CoursePage]:
    """The published courses of one language, in the order of the page tree."""
    return readable_by_all(CoursePage.objects).filter(locale__language_code=language).order_by("path")


def courses_to_choose(language: str) -> QuerySet[CoursePage]:
    """Every published course once: in `language`, or in the main language where that is all there is."""
    here = readable_by_all(CoursePage.objects).filter(locale__language_code=language)
    fallback = Q(locale__language_code=main_language()) & ~Q(translation_key__in=here.values("translation_key"))
    return (
        readable_by_all(CoursePage.objects)
        .filter(Q(locale__language_code=language) | fallback)
        .order_by("locale", "path")
    )


def outlines(keys: Iterable[UUID], language: str) -> dict[UUID, CourseFacts]:
    """Several courses at once; costs queries only for those that are not warm."""
    found = {key: course(key, language) for key in keys}
    return {key: facts for key, facts in found.items() if facts}


@dataclass(frozen=True)
class Target:
    """What can be assigned: a published lesson or course."""

    kind: str
    key: UUID
    language: str
    title: str
    url: str
    minutes: int
    lessons: tuple[LessonFacts, ...]
    course_key: UUID

    @property
    def quiz_keys(self) -> dict[UUID, UUID]:
        """{lesson key: quiz key} of the lessons with a quiz."""
        return {one.key: one.quiz_key for one in self.lessons if one.quiz_key}


def target(key: UUID, language: str) -> Target | None:
    """The published course or lesson with this key, or None."""
    found = course(key, language)
    if found:
        return Target("course", key, found.language, found.title, found.url, found.minutes, found.lessons, key)
    one = lesson(key, language)
    if one:
        return Target("lesson", key, one.language, one.title, one.url, one.minutes, (one,), one.course_key)
    return None


def main_language() -> str:
    return settings.LANGUAGE_CODE


def section_url(language: str) -> str:
    """Address of the section of courses in a language; empty where there is none."""

    def find():
        found = readable_by_all(SectionPage.objects).filter(
            kind=SectionPage.Kind.COURSES, locale__language_code=language
        )
        page = found.select_related("locale").order_by("path").first()
        return (page.url or "") if page else ""

    return kept(f"courses:section:{language}", find)


def title_here(key: UUID, otherwise: str) -> str:
    """The title of a lesson or course in the active language; `otherwise` when it is not published any more."""
    found = target(key, get_language())
    return found.title if found else otherwise


def in_readers_language(context: dict) -> dict:
    """The context of a message about an assignment, its title in the active language."""
    key = context.get("target")
    return context | {"title": title_here(UUID(key), context["title"])} if key else context
