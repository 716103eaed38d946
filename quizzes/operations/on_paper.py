"""A quiz on paper: printing a sheet for each pupil of a class, and typing in what came back. It counts like any attempt."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.audit.operations import record
from quizzes.models import Answer, Attempt, Opening, Paper, PaperSheet
from quizzes.on_paper import typing
from quizzes.on_paper.asking import VARIANTS, draw_sheet
from quizzes.operations.attempts import mark, new_receipt_code, store_marks
from quizzes.papers import FrozenPaper, marking_paper, paper
from quizzes.problems import NothingForPaper, WronglyTyped
from quizzes.signals import attempt_finished, attempt_reopened
from schools.models import Membership, SchoolClass

Entered = Attempt.Entered


@transaction.atomic
def print_sheets(*, opening: Opening, school_class: SchoolClass, actor) -> list[PaperSheet]:
    """A sheet for everybody who is in the class today, in name order; neighbours on the list get different variants.

    Again it gives the sheets there are, and new ones for who joined since. Three statements, and one insert where
    something is new. The caller has checked that the quiz is open to the class and that `actor` grades in it. Raises
    NothingForPaper.
    """
    members = list(
        Membership.objects.current()
        .filter(school_class=school_class)
        .order_by("name_sort", "pk")
        .values_list("user_id", flat=True)
    )
    known = set(
        PaperSheet.objects.filter(opening=opening, class_key=school_class.uuid).values_list("user_id", flat=True)
    )
    missing = [(place, user_id) for place, user_id in enumerate(dict.fromkeys(members)) if user_id not in known]
    if missing:
        current = Paper.objects.get(quiz_key=opening.quiz_key, is_current=True)
        variants = [draw_sheet(current.document, seed=f"{current.pk}", variant=variant) for variant in range(VARIANTS)]
        if not all(variants):
            raise NothingForPaper()
        PaperSheet.objects.bulk_create(
            [
                PaperSheet(
                    opening=opening,
                    paper=current,
                    user_id=user_id,
                    class_key=school_class.uuid,
                    variant=place % VARIANTS,
                    questions=variants[place % VARIANTS],
                    printed_by=actor,
                )
                for place, user_id in missing
            ],
            ignore_conflicts=True,
        )
        record(
            actor=actor,
            action="print_quiz",
            target_kind="class",
            target_key=str(school_class.uuid),
            target_label=school_class.name,
            detail={"quiz": str(opening.quiz_key), "sheets": len(missing)},
        )
    return sheets_of(opening, school_class)


def sheets_of(opening: Opening, school_class: SchoolClass) -> list[PaperSheet]:
    """The class's sheets of the pupils who are in it today, in name order. One statement."""
    return list(
        PaperSheet.objects.filter(
            opening=opening,
            class_key=school_class.uuid,
            user__in=Membership.objects.current().filter(school_class=school_class).values("user"),
        )
        .select_related("user__person", "attempt", "opening")
        .order_by("user__person__name_sort", "pk")
    )


@transaction.atomic
def enter_sheet(*, sheet: PaperSheet, typed: str, total: bool, actor) -> PaperSheet:
    """Set what came back on a sheet: its answers, or with `total` only the mark out of ten; nothing typed takes it back.

    The line is the truth: the same again changes nothing, another one corrects the attempt, an empty one removes it.
    Every change is logged with the line there was. Raises WronglyTyped, and then nothing changes.
    """
    sheet = (
        PaperSheet.objects.select_for_update(of=("self",)).select_related("attempt", "opening", "user").get(pk=sheet.pk)
    )
    typed = " ".join(typed.split())
    way = Entered.TOTAL if total else Entered.ANSWERS
    if typed == sheet.typed and (sheet.attempt is None or sheet.attempt.entered == way):
        return sheet
    before = {"typed": sheet.typed, "way": sheet.attempt.entered if sheet.attempt else ""}
    if not typed:
        _take_back(sheet)
    else:
        frozen = paper(sheet.paper_id)
        attempt = sheet.attempt or _blank(sheet)
        attempt.entered = way
        rows = _read(attempt, frozen, typed)
        _store(sheet, attempt, rows, typed)
    record(
        actor=actor,
        action="enter_quiz_on_paper",
        target_kind="sheet",
        target_key=str(sheet.uuid),
        detail={"user": str(sheet.user.uuid), "quiz": str(sheet.opening.quiz_key), "before": before, "typed": typed},
    )
    return sheet


def _blank(sheet: PaperSheet) -> Attempt:
    """The attempt that a sheet becomes, not stored yet."""
    place = SchoolClass.objects.select_related("school__unit", "school_year").get(uuid=sheet.class_key)
    latest = Attempt.objects.filter(user=sheet.user_id, opening=sheet.opening_id).aggregate(latest=Max("number"))
    now = timezone.now()
    return Attempt(
        user_id=sheet.user_id,
        quiz_key=sheet.opening.quiz_key,
        paper_id=sheet.paper_id,
        opening_id=sheet.opening_id,
        context_kind=sheet.opening.context_kind,
        context_key=sheet.opening.context_key,
        number=1 + (latest["latest"] or 0),
        state=Attempt.State.SUBMITTED,
        idempotency_key=f"paper:{sheet.uuid}",
        started_at=now,
        submitted_at=now,
        closed_at=now,
        receipt_code=new_receipt_code(),
        questions=sheet.questions,
        school_year=place.school_year.code,
        class_key=place.uuid,
        school_key=place.school.uuid,
        unit_key=place.school.unit.uuid,
    )


def _read(attempt: Attempt, frozen: FrozenPaper, typed: str) -> list[Answer]:
    """Set answers and marks from the line; returns the answer rows, unsaved."""
    asked = frozen.asked(attempt.questions)
    if attempt.entered == Entered.TOTAL:
        try:
            given = typing.read_total(typed)
        except typing.Mistyped:
            raise WronglyTyped(
                _("“%(typed)s” is no mark out of ten. Type for example 7 or 7,5.") % {"typed": typed[:40]}
            ) from None
        attempt.answers, attempt.answered, attempt.needs_marking = {}, 0, False
        attempt.max_score = _most(asked)
        attempt.score = typing.points_for(given, attempt.max_score)
        attempt.passed = attempt.score * 100 >= attempt.max_score * frozen.settings["pass_percent"]
        return []
    try:
        values = typing.read_line(typed, asked, [order for _one, order in attempt.questions])
    except typing.Mistyped as slip:
        raise WronglyTyped(_slip(slip)) from None
    at = timezone.now().isoformat()
    attempt.answers = {one: {"seq": 1, "value": value, "answered_at": at} for one, value in values.items()}
    return mark(attempt, marking_paper(attempt), marked={})


def _most(asked: Sequence[Mapping]) -> Decimal:
    return sum((Decimal(question["points"]) for question in asked), start=Decimal(0)).quantize(typing.CENT)


def _slip(slip: typing.Mistyped) -> str:
    if not slip.number:
        return _("%(wanted)d answers are wanted, %(found)d were typed. A dash stands for no answer.") % {
            "wanted": slip.wanted,
            "found": slip.found,
        }
    return _("Question %(number)d: “%(piece)s” is no answer to it.") % {
        "number": slip.number,
        "piece": slip.piece[:40],
    }


def _store(sheet: PaperSheet, attempt: Attempt, rows: list[Answer], typed: str) -> None:
    change = "submitted" if attempt.pk is None else "regraded"
    attempt.saved_at = timezone.now()
    attempt.save()
    for row in rows:
        row.attempt_id = attempt.pk
    store_marks(attempt, rows)
    sheet.attempt, sheet.typed = attempt, typed
    sheet.save(update_fields=["attempt", "typed"])
    attempt_finished.send(sender=Attempt, attempt=attempt, change=change)


def _take_back(sheet: PaperSheet) -> None:
    """Nobody's answers are lost: they are on paper, and the line that was typed is in the log."""
    attempt, sheet.attempt, sheet.typed = sheet.attempt, None, ""
    sheet.save(update_fields=["attempt", "typed"])
    if attempt is not None:
        attempt.delete()
        attempt_reopened.send(sender=Attempt, attempt=attempt)
