"""Questions to a class: what a lesson or a quiz has to ask, what the wall shows, what was asked before."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from courses.models import ClassPoll, LessonPage
from courses.queries.catalogue import LessonFacts, title_here
from quizzes.queries.asking import questions_to_ask, stem_of, told_options, typed_question
from schools.models import Membership, SchoolClass, User


@dataclass(frozen=True)
class Asked:
    """A question that may go on the wall, and what its teacher reads before she asks it."""

    key: str
    stem: str
    options: list[dict]
    document: dict


def questions_of_lesson(facts: LessonFacts) -> list[Asked]:
    """The self-checks of a published lesson, which tell their answers to every reader. One query."""
    page = LessonPage.objects.get(pk=facts.page_id)
    documents = []
    for block in page.body:
        if block.block_type == "self_check":
            options = [
                (f"{block.id}:{place}", option["text"], bool(option["correct"]), option["feedback"])
                for place, option in enumerate(block.value["options"])
            ]
            documents.append(
                typed_question(
                    key=str(block.id), stem=block.value["question"], options=options, language=facts.language
                )
            )
    return _asked(documents, facts.language)


def questions_of_quiz(quiz_key: UUID, language: str) -> list[Asked]:
    """Those of a quiz whose key the caller may have."""
    return _asked(questions_to_ask(quiz_key), language)


def _asked(documents: Iterable[dict], language: str) -> list[Asked]:
    return [Asked(one["id"], stem_of(one, language), told_options(one, language), one) for one in documents]


def polls_of(user: User) -> QuerySet[ClassPoll]:
    """What `user` has asked, the latest first."""
    return ClassPoll.objects.visible_to(user).select_related("school_class__school").order_by("-opened_at", "-pk")


def pupils_in(school_class: SchoolClass | None) -> int:
    """How many phones there can be at most where each pupil has one; 0 without a class."""
    return Membership.objects.current().filter(school_class=school_class).count() if school_class else 0


def answered_so_far(poll: ClassPoll) -> int:
    """One query while it is open, none after."""
    return poll.answered if poll.closed_at else poll.answers.count()


def bars_of(poll: ClassPoll) -> list[dict]:
    """The options of a closed question with how many chose each; which is right only after the teacher has shown it."""
    revealed = poll.revealed_at is not None
    rows = []
    for option in told_options(poll.question, poll.language):
        count = poll.counts.get(option["id"], 0)
        percent = round(100 * count / poll.answered) if poll.answered else 0
        shown = {"letter": option["letter"], "text": option["text"], "count": count, "percent": percent}
        rows.append(shown | {"right": revealed and option["right"], "why": option["why"] if revealed else ""})
    return rows


def seconds_left(poll: ClassPoll) -> int:
    return max(0, int((poll.expires_at - timezone.now()).total_seconds()))


def titled(polls: Iterable[ClassPoll]) -> list[ClassPoll]:
    """`polls` with their words and the title of their lesson in the reader's language."""
    found = list(polls)
    titles: dict[UUID, str] = {}
    for poll in found:
        poll.words = stem_of(poll.question, poll.language)
        poll.lesson = ""
        if poll.lesson_key:
            if poll.lesson_key not in titles:
                titles[poll.lesson_key] = title_here(poll.lesson_key, "")
            poll.lesson = titles[poll.lesson_key]
    return found
