"""Setting a contest up from a document, as the wizard and the rule sets in `contests/rule_sets` write it."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.audit.operations import record
from contests.eligibility import Eligibility
from contests.models import Category, Contest, Criterion, Prize, Round, RoundQuiz, RulesVersion, Slot, Stage
from contests.permissions import BARRED_BY_DEFAULT
from contests.problems import OnlyForward, RulesRefused
from contests.rules import Rules
from contests.slugs import free_key, plain_slug
from schools.models import Unit

# Addresses of the room that no contest may take.
RESERVED = {"desk", "jury", "new"}


def log(actor, action: str, contest: Contest, **detail) -> None:
    """One event of a contest in the audit log."""
    record(
        actor=actor,
        action=action,
        target_kind="contest",
        target_key=contest.slug,
        target_label=contest.title,
        detail=detail,
    )


def slug_of(title: str) -> str:
    """An address that is still free."""
    plain = plain_slug(title)[:70] or "cuoc-thi"
    free, number = plain, 1
    while free in RESERVED or Contest.objects.filter(slug=free).exists():
        number += 1
        free = f"{plain}-{number}"
    return free


@transaction.atomic
def set_up_contest(*, document: Mapping[str, Any], organiser: Unit, by, slug: str = "") -> Contest:
    """A draft with stages, rounds, categories, prizes and a first version of the rules.

    `document` is {"title", "summary", "who", "reference_date", "text", "rules": {…}, "order": […], "categories": [{"slug",
    "title", "open_track", "eligibility": {…}, "team_min", "team_max", "same_school", "mentor", "slots": [{fields of
    Slot}], "rubric": [{"title", "weight", "top", "anchors"}]}], "rounds": [{"level", "title", "opens_at", "closes_at", "quota_per_unit",
    "way_on", "promotes", "stage": "quiz" for one before a performance}], "parts": [{as of `set_parts`}], "prizes": [{"kind", "title", "count", "value", "points", "per_round"}]}. Raises RulesRefused.
    """
    Rules.read(document.get("rules", {}), document["order"])
    contest = Contest(
        slug=slug or slug_of(document["title"]),
        title=document["title"],
        kind=document.get("kind", Contest.Kind.KNOWLEDGE),
        organiser=organiser,
        summary=document.get("summary", ""),
        who_may_enter=document.get("who", ""),
        reference_date=_day(document.get("reference_date")),
        created_by=by,
    )
    contest.save()
    RulesVersion.objects.create(
        contest=contest,
        number=1,
        text=document.get("text", ""),
        order=[list(pair) for pair in Rules.read(document.get("rules", {}), document["order"]).order],
        terms=document.get("rules", {}),
    )
    for values in document.get("categories") or [{"slug": "chung", "title": _("All entrants")}]:
        conditions = {"barred_roles": [str(kind) for kind in BARRED_BY_DEFAULT]} | values.get("eligibility", {})
        Eligibility.read(conditions)
        category = Category.objects.create(
            contest=contest,
            slug=values["slug"],
            title=values["title"],
            open_track=values.get("open_track", False),
            eligibility=conditions,
            team_min=values.get("team_min", 1),
            team_max=values.get("team_max", 1),
            same_school=values.get("same_school", True),
            mentor=values.get("mentor", Category.Mentor.OPTIONAL),
        )
        for position, slot in enumerate(values.get("slots", ()), 1):
            Slot.objects.create(category=category, position=position, **slot)
        if rubric := values.get("rubric"):
            write_criteria(category, rubric)
    _add_stages(contest, document, by)
    positions: dict[tuple, int] = {}
    for values in document.get("prizes", ()):
        place = (values.get("kind", Prize.Kind.INDIVIDUAL), values.get("per_round", False))
        positions[place] = positions.get(place, 0) + 1
        Prize.objects.create(contest=contest, position=positions[place], **values)
    log(by, "set_up_contest", contest)
    return contest


def _add_stages(contest: Contest, document: Mapping[str, Any], by) -> None:
    """One stage, or a quiz before a performance: its rounds are those that say «stage: quiz», and come first."""
    rounds, parts = list(document.get("rounds", ())), document.get("parts")
    kind, title = Stage.Kind.QUIZ, _("Knowledge quiz")
    if _takes_works(contest, document):
        kind, title = Stage.Kind.SUBMISSION, _("Handing in works")
    elif parts:
        kind, title = Stage.Kind.LIVE, _("On stage")
    quizzes = [one for one in rounds if one.get("stage") == Stage.Kind.QUIZ] if parts else []
    if quizzes:
        first = Stage.objects.create(contest=contest, position=1, kind=Stage.Kind.QUIZ, title=_("Knowledge quiz"))
        before = add_rounds(stage=first, rounds=quizzes)
        rounds = [one for one in rounds if one not in quizzes]
    stage = Stage.objects.create(contest=contest, position=2 if quizzes else 1, kind=kind, title=title)
    if parts:
        from contests.operations.stage import set_parts

        set_parts(stage=stage, parts=parts, by=by)
    made = add_rounds(stage=stage, rounds=rounds)
    if quizzes and made and quizzes[-1].get("promotes"):
        before[-1].promotes_to = made[0]
        before[-1].save(update_fields=["promotes_to"])


def _takes_works(contest: Contest, document: Mapping[str, Any]) -> bool:
    if contest.kind == Contest.Kind.COMMUNICATOR:
        return any(values.get("slots") for values in document.get("categories", ()))
    return contest.kind == Contest.Kind.WORKS


def write_criteria(category: Category, criteria: Sequence[Mapping[str, Any]]) -> list[Criterion]:
    """Put these criteria in place of those a category has. Raises RulesRefused where the weights are not 100 together."""
    if not criteria:
        raise RulesRefused(_("A rubric has at least one criterion."))
    whole = sum((Decimal(str(values["weight"])) for values in criteria), Decimal(0))
    if whole != 100:
        raise RulesRefused(
            _("The weights are %(whole)s together; they must be 100.") % {"whole": f"{whole.normalize():f}"}
        )
    Criterion.objects.filter(category=category).delete()
    made: list[Criterion] = []
    for place, values in enumerate(criteria, 1):
        key = free_key(values.get("key") or values["title"], [one.key for one in made], otherwise="tieu-chi")
        made.append(
            Criterion.objects.create(
                category=category,
                key=key,
                position=place,
                title=values["title"],
                weight=Decimal(str(values["weight"])),
                top=values.get("top", 10),
                anchors=list(values.get("anchors", ())),
            )
        )
    return made


def _day(value) -> date:
    if isinstance(value, date):
        return value
    return date.fromisoformat(value) if value else timezone.localdate()


def _moment(value) -> datetime:
    """A moment of a document: with its zone, or by the clock of the province."""
    found = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return found if timezone.is_aware(found) else timezone.make_aware(found)


def add_rounds(*, stage: Stage, rounds) -> list[Round]:
    """Rounds in their order, numbered through the contest; one that «promotes» sends its best to the next one."""
    number = Round.objects.filter(stage__contest=stage.contest_id).count()
    made: list[Round] = []
    for values in rounds:
        check_way_on(stage.contest, values)
        number += 1
        made.append(
            Round.objects.create(
                stage=stage,
                number=number,
                level=values.get("level", Round.Level.WEEK),
                title=values.get("title", ""),
                opens_at=_moment(values["opens_at"]),
                closes_at=_moment(values["closes_at"]),
                quota_per_unit=values.get("quota_per_unit"),
                way_on=values.get("way_on") or Round.Way.RANK,
            )
        )
    for one, following, values in zip(made, made[1:], rounds, strict=False):
        if values.get("promotes"):
            one.promotes_to = following
            one.save(update_fields=["promotes_to"])
    return made


def check_way_on(contest: Contest, values: Mapping[str, Any]) -> None:
    """Whether those who are to choose can. Raises RulesRefused."""
    chosen, level = values.get("way_on") == Round.Way.UNIT, values.get("level", Round.Level.WEEK)
    if chosen and level not in {Round.Level.CLASS, Round.Level.SCHOOL}:
        raise RulesRefused(_("Only schools and classes choose who goes on: set the level of the round to one of them."))
    if chosen and not values.get("quota_per_unit"):
        raise RulesRefused(_("Say how many places each school or class has in the next round."))
    if contest.takes_works and values.get("quota_per_unit") and not chosen:
        raise RulesRefused(
            _("Works are judged at the end: from an earlier round schools or classes choose what goes on.")
        )


def weekly_rounds(*, first: datetime, weeks: int, pause: timedelta = timedelta(0)) -> list[dict]:
    """`weeks` rounds of seven days, one after the other."""
    starts = [first + number * timedelta(days=7) for number in range(weeks)]
    return [
        {"level": Round.Level.WEEK, "opens_at": start, "closes_at": start + timedelta(days=7) - pause}
        for start in starts
    ]


@transaction.atomic
def choose_quiz(*, round: Round, category: Category, quiz_key: UUID, by) -> RoundQuiz:
    """What a category is asked in a round. Only before the contest opens. Raises OnlyForward."""
    contest = Contest.objects.select_for_update().get(pk=category.contest_id)
    if contest.state != Contest.State.DRAFT:
        raise OnlyForward(
            _("The contest is open: what it asks can no longer be exchanged. A wrong question is cancelled.")
        )
    chosen, _made = RoundQuiz.objects.update_or_create(round=round, category=category, defaults={"quiz_key": quiz_key})
    log(by, "choose_quiz", contest, round=round.number, category=category.slug, quiz=str(quiz_key))
    return chosen
