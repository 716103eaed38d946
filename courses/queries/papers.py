"""A lesson's papers and screens: made once for each published revision where they are the same for everyone."""

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import override

from cms.keeping import kept
from courses.models import LessonPage
from courses.models.pages import CUTS
from courses.queries import catalogue
from courses.queries.catalogue import LessonFacts
from courses.queries.outlines import chosen_cut
from courses.slides import screens_of
from schools.models import School, User
from schools.permissions import PAPER_ROLES, current_roles
from schools.queries.addresses import absolute, qr_svg

if TYPE_CHECKING:
    from courses.papers.sheets import Made


def _page(facts: LessonFacts) -> LessonPage:
    return LessonPage.objects.select_related("locale", "quiz").get(pk=facts.page_id)


def forms_of(facts: LessonFacts) -> list[int]:
    """In how many minutes the lesson can be given."""
    return list(facts.cuts) or [facts.minutes]


def plan_of(facts: LessonFacts, asked: str, teacher: User) -> "Made":
    """The lesson plan in the form asked for, with the teacher's name and school at its head; made anew each time."""
    from courses.papers.plan import write_plan
    from courses.papers.sheets import Sheet

    sheet = Sheet(_page(facts), facts, minutes=chosen_cut(facts, asked))
    school = School.objects.filter(roles__in=current_roles(teacher).filter(kind__in=PAPER_ROLES)).first()
    return write_plan(sheet, school=school.name if school else "", teacher=teacher.get_full_name())


def worksheet_of(facts: LessonFacts) -> "Made":
    """The worksheet; the same for everyone, kept until any content changes."""
    from courses.papers.sheets import Made

    name = f"courses:worksheet:{facts.page_id}:{facts.revision_id}"
    data, file = kept(name, lambda: _worksheet(facts))
    return Made(data, file)


def _worksheet(facts: LessonFacts) -> tuple[bytes, str]:
    from courses.papers.sheets import Sheet
    from courses.papers.worksheet import write_worksheet

    made = write_worksheet(Sheet(_page(facts), facts, minutes=max(facts.cuts, default=0)))
    return made.data, made.name


def slides_of(facts: LessonFacts, asked: str) -> dict:
    """What the page of slides shows, the same for everyone."""
    cut = chosen_cut(facts, asked)
    return kept(f"courses:slides:{facts.page_id}:{facts.revision_id}:{cut}", lambda: _slides(facts, cut))


def _slides(facts: LessonFacts, cut: int) -> dict:
    page = _page(facts)
    course = catalogue.course(facts.course_key, facts.language)
    with override(facts.language):
        screens = screens_of(page, facts, cut)
        found = {
            "lesson": facts,
            "course": {"title": course.title} if course else None,
            "screens": screens,
            "count": len(screens) + 2,
            "objectives": [str(block.value) for block in page.objectives],
            "cut": cut,
            "segments": [
                {"minutes": minutes, "url": f"?minutes={minutes}", "current": minutes == cut}
                for minutes in CUTS
                if minutes in facts.cuts
            ],
            "back": facts.url,
            "domain": absolute("").split("://", 1)[-1],
            "quiz_address": "",
        }
        if facts.quiz_key:
            address = absolute(reverse("quiz", args=[facts.quiz_key]))
            found |= {"quiz_address": address.split("://", 1)[-1], "quiz_qr": qr_svg(address)}
    return found
