"""The desk at which a teacher types in what came back on paper, and the sheets as they are printed."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from quizzes.models import Attempt, Opening, Paper, PaperSheet
from quizzes.on_paper.asking import VARIANTS, code_of, draw_sheet, left_out, sheet_of
from quizzes.on_paper.typing import is_run
from quizzes.operations.on_paper import sheets_of
from quizzes.papers import paper, words
from quizzes.permissions import opening_for_paper
from schools.models import SchoolClass
from schools.permissions import classes_with_right
from schools.queries.addresses import absolute, qr_svg
from schools.queries.people import valid_identifiers


@dataclass(frozen=True)
class Desk:
    """A quiz on paper in one class. `asked`: how many questions a sheet has; `run`: one letter answers each."""

    quiz_key: UUID
    title: str
    school_class: SchoolClass
    opening: Opening
    sheets: list[PaperSheet]
    asked: int
    run: bool
    left_out: list[str]
    variants: int = VARIANTS


def desk_for(user, class_key: UUID, quiz_key: UUID, language: str) -> Desk | None:
    """The desk, for who grades in the class and where the quiz is open to it; else None. Four statements."""
    school_class = (
        classes_with_right(user, "grade").filter(uuid=class_key).select_related("school__unit", "school_year").first()
    )
    current = Paper.objects.filter(quiz_key=quiz_key, is_current=True).only("pk").first()
    if school_class is None or current is None:
        return None
    opening = opening_for_paper(quiz_key, school_class)
    if opening is None:
        return None
    sheets = sheets_of(opening, school_class)
    # What is typed is read by the sheet's own paper; the words above the table are those of the paper of today.
    frozen = paper(sheets[0].paper_id if sheets else current.pk)
    questions = sheets[0].questions if sheets else draw_sheet(frozen.document, seed="", variant=0)
    asked = frozen.asked(questions)
    return Desk(
        quiz_key=quiz_key,
        title=frozen.title(language),
        school_class=school_class,
        opening=opening,
        sheets=sheets,
        asked=len(asked),
        run=is_run(asked),
        left_out=[words(question["stem"], language)[:120] for question in left_out(frozen.document)],
    )


def line_of(sheet: PaperSheet, *, total: bool) -> dict:
    """One pupil's row: what was typed in this way, and what it came to."""
    attempt = sheet.attempt
    same_way = attempt is not None and (attempt.entered == Attempt.Entered.TOTAL) == total
    return {
        "sheet": sheet,
        "name": sheet.user.get_full_name(),
        "code": code_of(sheet.variant),
        "typed": sheet.typed if same_way else "",
        "result": result_text(attempt) if attempt else "",
        "attempt": attempt,
    }


def result_text(attempt: Attempt) -> str:
    """The mark out of ten, and how it came in."""
    score = attempt.score or Decimal(0)
    most = attempt.max_score or Decimal(1)
    ten = (score * 10 / most).quantize(Decimal("0.01"), ROUND_HALF_UP).normalize()
    told = number_format(f"{ten:f}")
    if attempt.entered == Attempt.Entered.TOTAL:
        return _("%(score)s /10, total only") % {"score": told}
    return _("%(score)s /10") % {"score": told}


def printed(desk: Desk, language: str, pupil: UUID | None = None) -> list[dict]:
    """The sheets as they are printed, of everybody or of one pupil. One statement for the pupils' codes."""
    chosen = [sheet for sheet in desk.sheets if pupil is None or sheet.uuid == pupil]
    codes = dict(
        valid_identifiers()
        .filter(school=desk.school_class.school_id, user__in=[sheet.user_id for sheet in chosen])
        .values_list("user_id", "code")
    )
    drawn: dict[tuple[int, int], list[dict]] = {}
    told = []
    for sheet in chosen:
        key = (sheet.paper_id, sheet.variant)
        if key not in drawn:
            drawn[key] = sheet_of(paper(sheet.paper_id), sheet.questions, language)
        told.append(
            {
                "name": sheet.user.get_full_name(),
                "pupil_code": codes.get(sheet.user_id, ""),
                "code": code_of(sheet.variant),
                "questions": drawn[key],
                "qr": qr_svg(absolute(reverse("quiz_sheet", args=[sheet.uuid]))),
            }
        )
    return told
