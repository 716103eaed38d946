"""Writing a draft step by step, as the wizard does. What was announced is not rewritten: after the opening all refuse."""

import itertools
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from cms.text.folding import fold
from contests.eligibility import Eligibility
from contests.models import Category, Contest, Criterion, Prize, Round, RoundQuiz, Slot
from contests.operations.setting_up import add_rounds, check_way_on, log
from contests.permissions import BARRED_BY_DEFAULT
from contests.problems import OnlyForward, RulesRefused
from contests.slugs import free_key, plain_slug

# What only a category for works says.
OF_TEAMS = ("team_min", "team_max", "same_school", "mentor")


def draft_to_write(contest: Contest) -> Contest:
    """The contest, locked. Raises OnlyForward once it has opened."""
    held = Contest.objects.select_for_update().get(pk=contest.pk)
    if held.state != Contest.State.DRAFT:
        raise OnlyForward(_("The contest is open: what was announced stays. The rules can become a new version."))
    return held


@transaction.atomic
def write_basics(
    *, contest: Contest, by, title: str, summary: str, who_may_enter: str, reference_date: date
) -> Contest:
    """Name, summary and reference date of a draft. Raises OnlyForward."""
    held = draft_to_write(contest)
    held.title, held.summary, held.who_may_enter = title, summary, who_may_enter
    held.reference_date = reference_date
    held.save(update_fields=["title", "summary", "who_may_enter", "reference_date"])
    log(by, "write_contest", held)
    return held


@transaction.atomic
def write_rounds(*, contest: Contest, by, rounds: Iterable[Mapping[str, Any]]) -> list[Round]:
    """Set the rounds of a draft: {"round": a Round to keep or None, "title", "level", "opens_at", "closes_at",
    "quota_per_unit", "way_on"}. In the order of their opening, numbered anew; what is not named goes, its quizzes with it. A round
    with a quota sends its best to the next. Raises OnlyForward, RulesRefused.
    """
    held = draft_to_write(contest)
    wanted = sorted(rounds, key=lambda one: one["opens_at"])
    if not wanted:
        raise RulesRefused(_("There is no round."))
    for one in wanted:
        if one["closes_at"] <= one["opens_at"]:
            raise RulesRefused(_("A round closes after it opens."))
        check_way_on(held, one)
    if wanted[-1].get("quota_per_unit"):
        raise RulesRefused(_("The last round sends nobody on: leave its places empty."))
    kept = [one["round"] for one in wanted if one["round"]]
    own = Round.objects.filter(stage__contest=held)
    own.update(promotes_to=None)
    gone = own.exclude(pk__in=[one.pk for one in kept])
    RoundQuiz.objects.filter(round__in=gone).delete()
    gone.delete()
    # Out of the way first, so that two rounds can change places.
    for place, one in enumerate(kept, 1):
        Round.objects.filter(pk=one.pk).update(number=1000 + place)
    stage = held.stages.order_by("position").first()
    made: list[Round] = []
    for number, values in enumerate(wanted, 1):
        fields = {name: values.get(name) for name in ("level", "opens_at", "closes_at", "quota_per_unit")}
        fields["way_on"] = values.get("way_on") or Round.Way.RANK
        fields |= {"title": values.get("title") or "", "number": number}
        if values["round"]:
            Round.objects.filter(pk=values["round"].pk).update(**fields)
            made.append(Round.objects.get(pk=values["round"].pk))
        else:
            (new,) = add_rounds(stage=stage, rounds=[fields])
            Round.objects.filter(pk=new.pk).update(number=number)
            made.append(new)
    for earlier, following in itertools.pairwise(made):
        if earlier.quota_per_unit:
            Round.objects.filter(pk=earlier.pk).update(promotes_to=following)
    log(by, "write_rounds", held, rounds=len(made))
    return made


@transaction.atomic
def write_categories(*, contest: Contest, by, categories: Iterable[Mapping[str, Any]]) -> list[Category]:
    """Set the categories of a draft: {"category": one to keep or None, "title", "open_track", "eligibility", and of teams
    "team_min", "team_max", "same_school", "mentor"}. What is not named goes, and its quizzes, slots and rubric with it; a new one bars who prepares and judges. Raises OnlyForward, RulesRefused.
    """
    held, wanted = draft_to_write(contest), list(categories)
    if not wanted:
        raise RulesRefused(_("A contest has at least one category."))
    if len({fold(one["title"]) for one in wanted}) < len(wanted):
        raise RulesRefused(_("Two categories have the same name."))
    kept = [one["category"].pk for one in wanted if one["category"]]
    gone = Category.objects.filter(contest=held).exclude(pk__in=kept)
    # In a draft nobody has answered, filled or scored any of these.
    for of_category in (RoundQuiz, Slot, Criterion):
        of_category.objects.filter(category__in=gone).delete()
    gone.delete()
    made: list[Category] = []
    for values in wanted:
        category = values["category"] or Category(contest=held, slug=_free_slug(held, values["title"]))
        barred = {"barred_roles": [str(kind) for kind in BARRED_BY_DEFAULT]} if not category.pk else {}
        conditions = {**barred, **values["eligibility"]}
        Eligibility.read(conditions)
        category.title, category.open_track, category.eligibility = values["title"], values["open_track"], conditions
        for name in OF_TEAMS:
            setattr(category, name, values.get(name, getattr(category, name)))
        if not 1 <= category.team_min <= category.team_max:
            raise RulesRefused(_("A team has at least one member, and at most no fewer than at least."))
        category.save()
        made.append(category)
    log(by, "write_categories", held, categories=len(made))
    return made


@transaction.atomic
def write_slots(*, category: Category, by, slots: Iterable[Mapping[str, Any]]) -> list[Slot]:
    """Set what a category of a draft asks for, in this order: {"slot": a Slot to keep or None, and its fields}. What is not
    named goes. A link is never required. Raises OnlyForward, RulesRefused.
    """
    held = draft_to_write(category.contest)
    wanted = [dict(values) for values in slots]
    own = Slot.objects.filter(category=category)
    own.exclude(pk__in=[one["slot"].pk for one in wanted if one["slot"]]).delete()
    # Out of the way first, so that two places can change.
    own.update(position=F("position") + 1000)
    keys = list(own.values_list("key", flat=True))
    made = []
    for position, values in enumerate(wanted, 1):
        slot = values.pop("slot") or Slot(category=category)
        for name, value in values.items():
            setattr(slot, name, value)
        if not slot.key:
            slot.key = free_key(slot.title, keys, otherwise="muc")
            keys.append(slot.key)
        slot.position = position
        slot.is_required = slot.is_required and slot.kind != Slot.Kind.LINK
        try:
            slot.validate_constraints()
        except ValidationError:
            raise RulesRefused(
                _("“%(slot)s”: the smallest number or length is above the largest.") % {"slot": slot.title}
            ) from None
        slot.save()
        made.append(slot)
    log(by, "write_slots", held, category=category.slug, slots=len(made))
    return made


def _free_slug(contest: Contest, title: str) -> str:
    taken = set(Category.objects.filter(contest=contest).values_list("slug", flat=True))
    plain = plain_slug(title)[:50] or "bang"
    free, number = plain, 1
    while free in taken:
        number += 1
        free = f"{plain}-{number}"
    return free


@transaction.atomic
def write_prizes(*, contest: Contest, by, prizes: Iterable[Mapping[str, Any]]) -> list[Prize]:
    """Set the prizes of a draft, in their order: {"kind", "per_round", "title", "count", "value", "points"}. Raises
    OnlyForward.
    """
    held = draft_to_write(contest)
    Prize.objects.filter(contest=held).delete()
    positions: dict[tuple, int] = {}
    made = []
    for values in prizes:
        place = (values["kind"], values["per_round"])
        positions[place] = positions.get(place, 0) + 1
        made.append(Prize.objects.create(contest=held, position=positions[place], **values))
    log(by, "write_prizes", held, prizes=len(made))
    return made
