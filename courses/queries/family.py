"""Family tasks on screens, and how many people were helped: the figure of indicator A5."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db.models import Count, F, Prefetch, Q, QuerySet
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cms.vocabulary.models import Procedure
from courses.models import FamilyAnswer, FamilyTask, LessonPage
from courses.queries import catalogue
from courses.queries.catalogue import LessonFacts
from schools.models import Membership, SchoolClass

# What needs no sign-in and nobody's secret: offered first (product.md §5).
WITHOUT_SIGN_IN = {
    "find": _("Find a service on the National Portal and read what it asks for"),
    "follow": _("See how far a file is that was handed in"),
    "fake-link": _("Tell a fake link from a true one"),
    "large-text": _("Make the letters on the phone larger"),
    "report": _("Send praise, a complaint or a suggestion to an office"),
}
OFFERED_PROCEDURES = 40


class Slot(NamedTuple):
    """A family task's place in a published lesson."""

    lesson: LessonFacts
    block: str
    title: str
    steps: tuple[str, ...]


def slot(lesson_key: UUID, block: str, language: str) -> Slot | None:
    """The family task `block` of a published lesson in the nearest language; None where there is none."""
    lesson = catalogue.lesson(lesson_key, language)
    if lesson is None or block not in lesson.block_ids:
        return None
    page = LessonPage.objects.get(pk=lesson.page_id)
    for one in page.body:
        if str(one.id) == block and one.block_type == "family_task":
            return Slot(lesson, block, one.value["title"], tuple(one.value["steps"]))
    return None


def services(language: str) -> dict[str, str]:
    """{key: title} of what can be shown to a relative: first what needs no sign-in, then the procedures by name."""
    here = Procedure.objects.filter(locale__language_code=language).values_list("code", "name").order_by("name")
    found = list(here[:OFFERED_PROCEDURES]) or list(
        Procedure.objects.filter(locale__language_code=settings.LANGUAGE_CODE)
        .values_list("code", "name")
        .order_by("name")[:OFFERED_PROCEDURES]
    )
    return {key: str(title) for key, title in WITHOUT_SIGN_IN.items()} | dict(found)


def service_words(task: FamilyTask) -> str:
    """The service in the active language where it is known in it, else as it was called when the task began."""
    if task.service in WITHOUT_SIGN_IN:
        return str(WITHOUT_SIGN_IN[task.service])
    here = Procedure.objects.filter(code=task.service, locale__language_code=get_language()).values_list(
        "name", flat=True
    )
    return here.first() or task.service_title


def _with_answer(tasks: QuerySet[FamilyTask]) -> QuerySet[FamilyTask]:
    """Each with `answered`: the list of its answer in force, or an empty one."""
    return tasks.prefetch_related(
        Prefetch("answers", FamilyAnswer.objects.filter(set_aside_at=None), to_attr="answered")
    )


def own_tasks(user) -> QuerySet[FamilyTask]:
    return _with_answer(FamilyTask.objects.filter(user_id=user.pk)).order_by("-started_at", "-pk")


def class_tasks(school_class: SchoolClass) -> QuerySet[FamilyTask]:
    """Of the pupils of a class in its year: what waits for the teacher first, then the newest; two statements."""
    members = Membership.objects.current().filter(school_class=school_class).values("user")
    return (
        _with_answer(FamilyTask.objects.filter(user__in=members, school_year=school_class.school_year.code))
        .select_related("user__person")
        .annotate(waits=Q(state=FamilyTask.State.CONFIRMED))
        .order_by("-waits", "-started_at", "-pk")
    )


def classes_waiting(classes: Iterable[SchoolClass]) -> dict[int, int]:
    """{class id: tasks confirmed by a relative that wait for the teacher}, in one statement."""
    rows = (
        Membership.objects.current()
        .filter(
            school_class__in=[one.pk for one in classes],
            user__family_tasks__state=FamilyTask.State.CONFIRMED,
            user__family_tasks__school_year=F("school_class__school_year__code"),
        )
        .values_list("school_class_id")
        .annotate(waiting=Count("user__family_tasks", distinct=True))
        .order_by()
    )
    return dict(rows)


# --- Figures ----------------------------------------------------------------------------------------------------------


class Helped(NamedTuple):
    """So many people of an age band were shown a service by pupils of a commune."""

    unit_key: UUID | None
    service: str
    age_band: str
    people: int


@dataclass(frozen=True)
class FamilyFigures:
    """`rows` add up to `people`; `pupils` are the distinct pupils behind them; `self_done` held the phone themselves."""

    rows: list[Helped]
    people: int
    pupils: int
    self_done: int
    waiting: int
    taken_at: datetime


def people_helped(
    *,
    school_year: str = "",
    since: date | None = None,
    until: date | None = None,
    unit_keys: Iterable[UUID] | None = None,
    school_key: UUID | None = None,
) -> FamilyFigures:
    """Relatives helped, by commune, service and age band (indicator A5), in two statements.

    Definition: family tasks that a relative has confirmed and a teacher has accepted, each one person; counted on the day
    of the confirmation, for the commune of the pupil's school when the task was begun. `since` and `until` are local days,
    both counted. What the relative says was not done is never accepted, and a task given back is not counted.
    """
    tasks = FamilyTask.objects.all()
    if school_year:
        tasks = tasks.filter(school_year=school_year)
    if unit_keys is not None:
        tasks = tasks.filter(unit_key__in=list(unit_keys))
    if school_key is not None:
        tasks = tasks.filter(school_key=school_key)
    answers = FamilyAnswer.objects.filter(set_aside_at=None, task__in=tasks.values("pk"))
    if since:
        answers = answers.filter(confirmed_at__date__gte=since)
    if until:
        answers = answers.filter(confirmed_at__date__lte=until)
    accepted = answers.filter(task__state=FamilyTask.State.ACCEPTED)
    rows = [
        Helped(*row)
        for row in accepted.values_list("task__unit_key", "task__service", "age_band")
        .annotate(people=Count("pk"))
        .order_by("task__unit_key", "task__service", "age_band")
    ]
    totals = answers.aggregate(
        pupils=Count("task__user", distinct=True, filter=Q(task__state=FamilyTask.State.ACCEPTED)),
        self_done=Count("pk", filter=Q(task__state=FamilyTask.State.ACCEPTED, doing=FamilyAnswer.Doing.SELF)),
        waiting=Count("pk", filter=Q(task__state=FamilyTask.State.CONFIRMED)),
    )
    return FamilyFigures(rows=rows, people=sum(row.people for row in rows), taken_at=timezone.now(), **totals)
