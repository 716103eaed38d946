"""A believable school week for the demo: courses assigned, pupils at every stage, one lesson held with a projector.

Everything is done by the operations that people's clicks call, with fixed ids, so that a second run changes nothing.
"""

import random
from datetime import datetime, time, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from cms.jobs.steps import Step, untold
from cms.operations.demo import load_demo_movement
from cms.sharing.demo import load_demo_agencies
from cms.translating.demo import load_demo_languages
from courses.demo_staff import load_demo_staff
from courses.forms import next_sunday
from courses.models import Assignment, ClassAssignment, ClassPoll, ClassSession, FamilyTask, LessonEvent, LessonProgress
from courses.operations.assignments import assign
from courses.operations.certificates import issue_course_certificates, revoke_certificate
from courses.operations.family import accept_tasks, confirm_task, device_hash, network_hash, start_task
from courses.operations.lessons import NewEvent, record_events, rework_results
from courses.operations.polls import answer_poll, ask_class, phone_hash, reveal_answer
from courses.operations.sessions import record_attendance
from courses.places import place_of
from courses.queries import catalogue
from courses.queries.catalogue import LessonFacts
from courses.queries.family import services, slot
from courses.queries.polls import questions_of_lesson
from courses.signals import demo_loaded
from quizzes.kinds import kind_of
from quizzes.models import Attempt
from quizzes.operations import save_answers, start_attempt, submit_attempt
from quizzes.operations.on_paper import enter_sheet, print_sheets
from quizzes.papers import paper
from quizzes.permissions import opening_for_paper
from quizzes.problems import NothingForPaper
from schools.demo import BEN_DUA, DOI_MAY, accounts, load_demo_people
from schools.demo_channels import load_demo_channels
from schools.models import Membership, Role, SchoolClass, SchoolIdentifier, User

COURSE_SLUG = "cong-dan-so"
# For the class of grade 6.
YOUNGER_COURSE_SLUG = "em-lam-quen"
COMMUNITY_COURSE_SLUG = "to-cong-nghe-so"
NAMESPACE = uuid5(NAMESPACE_URL, "hoc-dich-vu-cong/demo")
# Of a hundred pupils so many have done all lessons with their quizzes; the first lesson; have begun to read it.
ALL_DONE, DONE, READING = 35, 60, 78


def load_demo_data(*, step: Step = untold) -> dict[str, int]:
    """Make what is missing of the demo's people and of what they did; returns `{"created", "kept"}`.

    `step` hears (done, total, what). Without the starter course there is nothing to assign, and only the people are made.
    """
    step(0, 5, "people")
    counts = load_demo_people()
    course = _starter_course(COURSE_SLUG)
    if course is None:
        return counts
    for loaded in (load_demo_agencies(), load_demo_movement()):
        for name, count in loaded.items():
            counts[name] += count
    younger = _starter_course(YOUNGER_COURSE_SLUG) or course
    for school, class_name, teacher, target, days in (
        (BEN_DUA, "10A1", "co.sen", course.key, None),
        (BEN_DUA, "10A2", "thay.bach", course.lessons[0].key, None),
        (DOI_MAY, "10A1", "co.duong", course.key, None),
        (DOI_MAY, "6A1", "co.duong", younger.key, None),
        (BEN_DUA, "10A2", "thay.bach", course.lessons[-1].key, 3),
    ):
        _give(counts, school, class_name, teacher, target, days)
    for number, (school, class_name) in enumerate(((BEN_DUA, "10A1"), (BEN_DUA, "10A2"), (DOI_MAY, "10A1")), 1):
        step(number, 5, f"class {class_name}")
        _class_works(counts, _class(school, class_name), list(course.lessons))
    for school_class in (_class(BEN_DUA, "10A1"), _class(DOI_MAY, "10A1")):
        _certificates(counts, school_class, course)
    for school, class_name, given in ((BEN_DUA, "10A1", course), (DOI_MAY, "6A1", younger)):
        _families(counts, _class(school, class_name), given)
    step(4, 5, "attendance")
    _held_in_class(counts, _class(DOI_MAY, "6A1"), younger.lessons[0], "co.duong")
    _on_paper(counts, _class(DOI_MAY, "6A1"), younger.lessons[0], "co.duong")
    load_demo_staff(counts, _starter_course(COMMUNITY_COURSE_SLUG))
    _asked_in_class(counts, _class(BEN_DUA, "10A1"), course.lessons[0], "co.sen")
    load_demo_channels(counts)
    counts["created"] += load_demo_languages()
    demo_loaded.send(None, counts=counts)
    return counts


def _starter_course(slug: str) -> catalogue.CourseFacts | None:
    page = catalogue.courses_in(settings.LANGUAGE_CODE).filter(slug=slug).first()
    found = catalogue.course(page.translation_key, settings.LANGUAGE_CODE) if page else None
    return found if found and found.lessons else None


def _class(school: str, name: str) -> SchoolClass:
    return (
        SchoolClass.objects.filter(school__code=school, name=name)
        .select_related("school", "school_year")
        .order_by("-school_year__starts_on")
        .first()
    )


def _id(*parts) -> UUID:
    return uuid5(NAMESPACE, "/".join(str(part) for part in parts))


@transaction.atomic
def _give(counts: dict, school: str, class_name: str, teacher: str, key: UUID, days: int | None) -> None:
    """`days`: how long ago it was due, for one that is overdue."""
    school_class, target = _class(school, class_name), catalogue.target(key, settings.LANGUAGE_CODE)
    if ClassAssignment.objects.in_force().filter(school_class=school_class, target_key=key).exists():
        counts["kept"] += 1
        return
    now = timezone.now()
    given = assign(
        target=target,
        classes={school_class: next_sunday(now)},
        actor=User.objects.get(username=teacher),
        note="Các em làm trước giờ sinh hoạt lớp nhé.",
        uuid=_id("given", school_class.uuid, key),
    )
    Assignment.objects.filter(pk=given.pk).update(opens_at=now - timedelta(days=9), created_at=now - timedelta(days=9))
    if days is not None:
        due = timezone.make_aware(datetime.combine(timezone.localdate() - timedelta(days=days), time(23, 59)))
        given.class_assignments.update(due_at=due)
    counts["created"] += 1


def _class_works(counts: dict, school_class: SchoolClass, lessons: list[LessonFacts]) -> None:
    """Some pupils are done with everything, some with the first lesson, some have begun and some have not; the accounts
    to try have not."""
    codes = dict(SchoolIdentifier.objects.filter(school=school_class.school).values_list("user", "code"))
    to_try = SchoolIdentifier.objects.filter(code__in=[one["username"] for one in accounts()]).values("user")
    members = Membership.objects.current().filter(school_class=school_class).exclude(user__in=to_try)
    for member in members.select_related("user").order_by("name_sort", "pk"):
        # Of each pupil's own: whom a second run leaves alone must not change the luck of those after them.
        chance = random.Random(f"{school_class.school.code}/{codes[member.user_id]}")  # noqa: S311 (no secret)
        stage, score = chance.randrange(100), chance.choice((0.5, 0.7, 0.8, 0.9, 1.0))
        days, minutes = chance.randrange(2, 8), chance.randrange(120)
        if stage >= READING:
            continue
        if LessonProgress.objects.filter(user=member.user, lesson_key=lessons[0].key).exists():
            counts["kept"] += 1
            continue
        taken = lessons if stage < ALL_DONE else lessons[:1]
        for lesson, at in zip(taken, evenings(days, minutes, len(taken)), strict=True):
            _read(member.user, lesson, at, part=1.0 if stage < DONE else 0.4)
            if stage < DONE and lesson.quiz_key:
                _take_quiz(member.user, lesson, at + timedelta(minutes=20), score, chance)
        counts["created"] += 1


def evenings(days: int, minutes: int, count: int) -> list[datetime]:
    """When `count` lessons begin, one after the other in the evenings since `days` ago; the last one is yesterday's at
    the latest, since nobody has learnt tomorrow. `minutes`: how long after half past six this pupil sits down."""
    moments: list[datetime] = []
    for number in range(count):
        ago = days - number * days // count
        evening = datetime.combine(timezone.localdate() - timedelta(days=ago), time(18, 30))
        at = timezone.make_aware(evening) + timedelta(minutes=minutes)
        if moments and at <= moments[-1]:
            at = moments[-1] + timedelta(minutes=35)
        moments.append(at)
    return moments


def _read(user: User, lesson: LessonFacts, began: datetime, *, part: float) -> None:
    blocks = lesson.block_ids[: max(1, int(len(lesson.block_ids) * part))]
    events = [NewEvent(_id("opened", user.uuid, lesson.key), LessonEvent.Kind.OPENED, began)]
    events += [
        NewEvent(_id("seen", user.uuid, block), LessonEvent.Kind.SEEN, began + timedelta(seconds=40 * number), block)
        for number, block in enumerate(blocks, 1)
    ]
    if part == 1.0:
        end = began + timedelta(seconds=40 * (len(blocks) + 1))
        events.append(NewEvent(_id("finished", user.uuid, lesson.key), LessonEvent.Kind.FINISHED, end))
    record_events(user=user, place=place_of(lesson), events=events)


def _take_quiz(user: User, lesson: LessonFacts, began: datetime, score: float, chance: random.Random) -> None:
    key = str(_id("attempt", user.uuid, lesson.key))
    if Attempt.objects.filter(user=user, idempotency_key=key).exists():
        return
    attempt, _new = start_attempt(user=user, quiz_key=lesson.quiz_key, idempotency_key=key)
    questions = {one["id"]: one for one in paper(attempt.paper_id).document["questions"]}
    saves: list[tuple] = []
    for question, options in attempt.questions:
        value = _answer(questions[question], options, knows=chance.random() < score, chance=chance)
        if value is not None:
            saves.append((question, 1, value, None))
    save_answers(user=user, attempt_uuid=attempt.uuid, saves=saves, sent_at=None)
    submit_attempt(user=user, attempt_uuid=attempt.uuid)
    # The week is believable only if its attempts lie in it.
    ended = began + timedelta(minutes=chance.randrange(5, 14), seconds=chance.randrange(60))
    Attempt.objects.filter(pk=attempt.pk).update(
        started_at=began, saved_at=ended, submitted_at=ended, closed_at=ended, deadline=None
    )
    rework_results(user_id=user.pk, lesson_key=lesson.key)


def _answer(question: dict, options: list[str], *, knows: bool, chance: random.Random) -> Any:
    """What a pupil who knows or does not know gives; who does not know leaves out what cannot be guessed by a tap."""
    kind, right = question["type"], kind_of(question).right(question)
    if knows or kind not in {"single", "true_false", "picture_choice", "multiple"}:
        return right if knows else None
    wrong = [option for option in options if option not in ([right] if isinstance(right, str) else right)]
    guess = chance.choice(wrong)
    return [guess] if kind == "multiple" else guess


def _families(counts: dict, school_class: SchoolClass, course: catalogue.CourseFacts) -> None:
    """Pupils have shown a relative something: some are accepted, some wait for the teacher, one looks odd."""
    places = [(lesson, block) for lesson in course.lessons for block in lesson.block_ids]
    place = next((found for one, block in reversed(places) if (found := slot(one.key, block, "vi"))), None)
    if place is None:
        return
    offered = list(services("vi").items())
    teacher = User.objects.filter(teachings__school_class=school_class, teachings__kind="homeroom").first()
    members = Membership.objects.current().filter(school_class=school_class).select_related("user")
    for number, member in enumerate(members.order_by("name_sort", "pk")[:9]):
        service, title = offered[number % 4]
        if FamilyTask.objects.filter(user=member.user, block=place.block).exists():
            counts["kept"] += 1
            continue
        task = start_task(
            user=member.user, lesson_key=place.lesson.key, block=place.block, service=service, service_title=title
        )
        FamilyTask.objects.filter(pk=task.pk).update(started_at=timezone.now() - timedelta(days=2, minutes=number))
        if number < 7:
            confirm_task(
                code=task.code,
                doing=("self", "self", "together", "not")[number % 4],
                age_band=("60_up", "40_59", "60_up", "under_40")[number % 4],
                next_time=("helped", "alone", "no", "alone")[number % 4],
                language="vi",
                device=device_hash(f"demo/{member.user.uuid}"),
                network=network_hash(f"demo/{member.user.uuid}", timezone.localdate()),
                own_account=number == 4,
            )
        if number < 3 and teacher:
            accept_tasks(tasks=[task], actor=teacher)
        counts["created"] += 1


def _certificates(counts: dict, school_class: SchoolClass, course: catalogue.CourseFacts) -> None:
    """Whoever has earned it has it; one of the first class was given by mistake and withdrawn by the school."""
    if course.certificate is None:
        return
    year = school_class.school_year.code
    members = Membership.objects.current().filter(school_class=school_class).values_list("user_id", flat=True)
    made = issue_course_certificates(course_key=course.key, user_ids=members, school_year=year)
    counts["created"] += len(made)
    clerk = User.objects.filter(
        roles__kind=Role.Kind.SCHOOL_ADMIN, roles__school=school_class.school, is_demo=True
    ).first()
    if made and clerk:
        revoke_certificate(
            certificate=made[-1], reason="mistake", note="Điểm danh nhầm một bài học trên lớp.", actor=clerk
        )


def _asked_in_class(counts: dict, school_class: SchoolClass, lesson: LessonFacts, teacher: str) -> None:
    """A question of the lesson was on the wall: most phones chose the first answer, and the teacher has told the right one."""
    questions = questions_of_lesson(lesson)
    key = _id("poll", lesson.key)
    if not questions or ClassPoll.objects.filter(uuid=key).exists():
        counts["kept"] += 1
        return
    poll = ask_class(
        user=User.objects.get(username=teacher),
        question=questions[0].document,
        language=lesson.language,
        key=key,
        school_class=school_class,
        lesson_key=lesson.key,
    )
    options = [option["id"] for option in questions[0].options]
    for number in range(30):
        value = [options[0 if number % 5 else 1]]
        answer_poll(poll=poll, device=phone_hash(poll, str(number)), value=value)
    reveal_answer(poll=poll)
    counts["created"] += 1


def _held_in_class(counts: dict, school_class: SchoolClass, lesson: LessonFacts, teacher: str) -> None:
    """Two days ago the lesson was held with a projector; two pupils were absent."""
    day = timezone.localdate() - timedelta(days=2)
    if ClassSession.objects.filter(school_class=school_class, lesson_key=lesson.key).exists():
        counts["kept"] += 1
        return
    members = Membership.objects.current().filter(school_class=school_class).order_by("name_sort", "pk")
    present = list(members.values_list("user_id", flat=True))[:-2]
    record_attendance(
        school_class=school_class,
        place=place_of(lesson),
        held_on=day,
        present=present,
        actor=User.objects.get(username=teacher),
    )
    counts["created"] += 1


def _on_paper(counts: dict, school_class: SchoolClass, lesson: LessonFacts, teacher: str) -> None:
    """The class without devices wrote the quiz of that lesson on paper; all but five sheets are typed in."""
    opening = opening_for_paper(lesson.quiz_key, school_class) if lesson.quiz_key else None
    if opening is None:
        return
    actor = User.objects.get(username=teacher)
    try:
        sheets = print_sheets(opening=opening, school_class=school_class, actor=actor)
    except NothingForPaper:
        return
    to_try = {one["username"] for one in accounts()}
    codes = dict(SchoolIdentifier.objects.filter(school=school_class.school).values_list("user", "code"))
    for sheet in sheets[:-5]:
        if sheet.attempt_id or codes.get(sheet.user_id) in to_try:
            counts["kept"] += 1
            continue
        chance = random.Random(f"paper/{codes.get(sheet.user_id)}")  # noqa: S311 (no secret)
        total = chance.choice(("5", "6,5", "7", "8", "8,5", "9", "10"))
        enter_sheet(sheet=sheet, typed=total, total=True, actor=actor)
        counts["created"] += 1
