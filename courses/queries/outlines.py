"""What course and lesson pages show: a frame that is the same for all and kept, and one light query for the reader."""

from uuid import UUID, uuid4

from django.urls import reverse
from wagtail.blocks import StreamValue

from cms.keeping import draw_body, kept
from cms.models import PageIdentity
from cms.navigation import language_name
from courses.address import as_adult
from courses.models import ClassAssignment, CourseProgress, LessonProgress
from courses.models.pages import CUTS, CoursePage, LessonPage
from courses.moment import moment_of
from courses.queries import catalogue
from courses.queries.catalogue import CourseFacts, LessonFacts
from schools.queries.addresses import absolute, qr_svg
from schools.queries.desks import viewer_of

# What a lesson page shows of its reader: a model of all columns would take as long to make as everything around it.
SHOWN_OF_PROGRESS = (
    "finished_at",
    "attended_on",
    "blocks_seen",
    "position",
    "quiz_attempts",
    "quiz_passed",
    "quiz_best",
)


def course_frame(page: CoursePage) -> dict:
    """The outline as the components take it; nobody's progress in it."""
    outline = catalogue.course(page.translation_key, page.locale.language_code)
    return {
        "outline": outline,
        "objectives": [str(block.value) for block in page.objectives],
        "steps": steps_of(outline, {}) if outline else [],
    }


def steps_of(outline: CourseFacts, progress: dict[UUID, LessonProgress]) -> list[dict]:
    """The lessons for components/path.html, with the state each has in `progress`."""
    return [
        {
            "key": lesson.key,
            "title": lesson.title,
            "url": lesson.url,
            "minutes": lesson.minutes,
            "quiz": lesson.quiz_key is not None,
            "state": state_of(progress.get(lesson.key)),
            **_other_language(lesson, outline),
        }
        for lesson in outline.lessons
    ]


def _other_language(lesson: LessonFacts, outline: CourseFacts) -> dict:
    """The lesson's language and its own name for it, where that is not the outline's."""
    if lesson.language == outline.language:
        return {}
    return {"language": lesson.language, "language_name": language_name(lesson.language)}


def state_of(row: LessonProgress | None) -> str:
    if row is None:
        return "todo"
    return "done" if row.state == LessonProgress.State.FINISHED else "doing"


def my_course(page: PageIdentity, user) -> dict:
    """The reader's progress in the course and what a teacher wants of it: two queries."""
    outline = catalogue.course(page.key, page.language)
    if outline is None:
        return {}
    moment = moment_of(user)
    rows = {
        row.lesson_key: row
        for row in LessonProgress.objects.filter(
            user_id=user.pk,
            school_year=moment.school_year,
            lesson_key__in=[lesson.key for lesson in outline.lessons],
        ).defer("blocks_seen")
    }
    steps = steps_of(outline, rows)
    return {
        "steps": steps,
        "lessons_done": sum(step["state"] == "done" for step in steps),
        "go_on": next((step for step in steps if step["state"] != "done"), None),
        "assigned": given_to(moment.class_key, page.key) if moment.class_key else None,
        "is_reader": True,
        "adult": as_adult(user, outline),
        "certificate": outline.certificate,
    }


def given_to(class_key: UUID, target_key: UUID) -> ClassAssignment | None:
    """The assignment in force of a lesson or course to a class, with who gave it."""
    return (
        ClassAssignment.objects.in_force()
        .filter(school_class__uuid=class_key, target_key=target_key)
        .select_related("assignment__created_by__person", "school_class")
        .first()
    )


def lesson_frame(page: LessonPage) -> dict:
    outline = catalogue.course(page.get_parent().translation_key, page.locale.language_code)
    facts = outline.lesson(page.translation_key) if outline else None
    if facts is None:
        return {"lesson": None}
    before, after = outline.around(facts.key)
    return {
        "lesson": facts,
        "course": {
            "title": outline.title,
            "url": outline.url,
            "lessons": len(outline.lessons),
            "outline": [
                {
                    "title": one.title,
                    "url": one.url,
                    "current": one.key == facts.key,
                    **_other_language(one, outline),
                }
                for one in outline.lessons
            ],
        },
        **_way_to_quiz(facts),
        "before": before and {"title": before.title, "url": before.url},
        "after": after and {"title": after.title, "url": after.url},
        "objectives": [str(block.value) for block in page.objectives],
        "laws": [{key: block.value[key] for key in ("title", "number", "date", "url")} for block in page.legal_basis],
    }


def _way_to_quiz(facts: LessonFacts) -> dict:
    """The quiz's address for a link, and for paper: in full and as a QR code."""
    if not facts.quiz_key:
        return {"quiz_url": ""}
    url = reverse("quiz", args=[facts.quiz_key])
    return {
        "quiz_url": url,
        "quiz_address": absolute(url).split("://", 1)[-1],
        "quiz_qr": qr_svg(absolute(url)),
    }


def chosen_cut(facts: LessonFacts, asked: str) -> int:
    """The form of the lesson to show, in minutes; 0 is the whole of it."""
    wanted = int(asked) if asked in {str(minutes) for minutes in CUTS} else facts.minutes
    return wanted if wanted in facts.cuts else 0


def blocks_of(facts: LessonFacts, cut: int) -> list[str]:
    """Ids of the blocks that make up a form, in the order of the lesson."""
    chosen = set(facts.cuts.get(cut, ())) or set(facts.block_ids)
    return [block for block in facts.block_ids if block in chosen]


def cut_of_lesson(page: LessonPage, asked: str, context: dict) -> dict:
    """The body of the chosen form, the switch between forms."""
    facts = context.get("lesson")
    if facts is None:
        return {"body_blocks": page.block_ids, "shown_minutes": page.minutes}
    cut = chosen_cut(facts, asked)
    blocks = blocks_of(facts, cut)
    found = {
        "shown_minutes": cut or page.minutes,
        "slides_url": reverse("courses:slides", args=[facts.key]) + (f"?minutes={cut}" if cut else ""),
        "body_blocks": blocks,
        "sections": [one for one in context["sections"] if one["id"] in blocks],
        "segments": [
            {"minutes": minutes, "url": f"?minutes={minutes}", "current": minutes == cut} for minutes in facts.cuts
        ],
    }
    if cut and len(blocks) < len(facts.block_ids):
        found["body"] = _drawn_cut(page, cut, blocks)
    return found


def _drawn_cut(page: LessonPage, cut: int, blocks: list[str]):
    def draw():
        part = LessonPage.objects.select_related("locale").get(pk=page.pk)
        wanted = set(blocks)
        chosen = [(block.block_type, block.value, block.id) for block in page.body if str(block.id) in wanted]
        part.body = StreamValue(page.body.stream_block, chosen)
        return draw_body(part)

    return kept(f"lesson:{page.pk}:{page.live_revision_id}:{cut}", draw)


def my_lesson(page: PageIdentity, user) -> dict:
    """The reader's progress in the lesson, as a dict of what the page shows, or None: one query.

    Whether the teacher's papers are offered is known from the cache.
    """
    rows = LessonProgress.objects.filter(
        user_id=user.pk, lesson_key=page.key, school_year=moment_of(user).school_year
    ).values(*SHOWN_OF_PROGRESS)
    return {
        "is_reader": True,
        "takes_papers": viewer_of(user)["takes_papers"],
        "adult": as_adult(user, catalogue.course_of(page.key, page.language)),
        "event_id": uuid4(),
        "progress": next(iter(rows[:1]), None),
    }


def my_courses(user) -> dict[UUID, CourseProgress]:
    """The reader's progress in every course of the year, by key."""
    rows = CourseProgress.objects.filter(user_id=user.pk, school_year=moment_of(user).school_year)
    return {row.course_key: row for row in rows}
