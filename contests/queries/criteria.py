"""Criteria that a tie-break can name: of the rubrics of a contest of works by their key, of a stage by part and place."""

from django.utils.translation import gettext as _

from contests.models import Contest, Criterion, Mark, Part
from contests.rules import NAMED, ORDER_LABELS, Rules


def criteria_of(contest: Contest) -> dict[str, str]:
    """{key: title}, the weightiest of a rubric and the first part of a stage first. Two queries.

    A part of a stage is «2», the first thing looked at in it «2.1».
    """
    found: dict[str, str] = {}
    for one in Criterion.objects.filter(category__contest=contest).order_by("category", "-weight", "position"):
        found.setdefault(one.key, one.title)
    for part in Part.objects.filter(stage__contest=contest).prefetch_related("marks").order_by("position"):
        found[str(part.position)] = part.title
        marks = list(part.marks.all())
        if len(marks) > 1:
            found |= {mark_key(part, mark): f"{part.title}: {mark.title}" for mark in marks}
    return found


def mark_key(part: Part, mark: Mark) -> str:
    return f"{part.position}.{mark.position}"


def words_of(key: str, titles: dict[str, str]) -> str:
    """What a key of the order says to people; `titles` are those of `criteria_of`."""
    named = NAMED.fullmatch(key)
    if named is None:
        return str(ORDER_LABELS[key])
    return _("the higher points in “%(criterion)s”") % {"criterion": titles.get(named[1], named[1])}


def order_words(contest: Contest, rules: Rules | None) -> list[str]:
    """The tie-breaks in order, in words. Two queries where a criterion is named, else none."""
    if rules is None:
        return []
    titles = criteria_of(contest) if rules.named_criteria else {}
    return [words_of(key, titles) for key, _direction in rules.order]


def unknown_criteria(contest: Contest, rules: Rules) -> list[str]:
    """Criteria that the tie-breaks name and nobody scores."""
    return [one for one in rules.named_criteria if one not in criteria_of(contest)]
