"""Published rankings: which one is in force, and one page of it. Reads no attempt."""

from collections.abc import Iterable, Sequence
from itertools import groupby

from django.db.models import Q

from contests import snapshots
from contests.models import Category, Contest, Ranking, Round
from contests.publishing import stamp
from contests.queries.names import unnamed_in


def ranking_in_force(
    contest: Contest, *, round: Round | None = None, category: Category | None = None
) -> Ranking | None:
    """The table to show: the frozen one before the live one. One query.

    Without a round that of the whole contest, else that of the latest round that has one.
    """
    found = Ranking.objects.filter(contest=contest, category=category, is_current=True).select_related(
        "round", "category", "contest"
    )
    if round is not None:
        found = found.filter(round=round)
    best = sorted(
        found,
        key=lambda one: (
            one.round is not None and round is None,
            -(one.round.number if one.round else 0),
            one.kind != Ranking.Kind.FROZEN,
        ),
    )
    if round is None and best and best[0].round is None and best[0].kind != Ranking.Kind.FROZEN:
        return next((one for one in best if one.kind == Ranking.Kind.FROZEN), best[0])
    return best[0] if best else None


def earlier_rankings(ranking: Ranking) -> list[Ranking]:
    """Frozen rankings of the same table that a later one has replaced, the latest first."""
    same = Ranking.objects.filter(contest=ranking.contest_id, round=ranking.round_id, category=ranking.category_id)
    return list(same.filter(Q(kind=Ranking.Kind.FROZEN), ~Q(pk=ranking.pk)).order_by("-number"))


def rows_shown(ranking: Ranking, number: int) -> list[dict]:
    """A page of the table, without the names of those who asked to be left out. One query."""
    unnamed = unnamed_in(ranking.contest)
    rows = snapshots.page_of(ranking, number)
    return [row | {"name": ""} if row["entrant"] in unnamed else row for row in rows] if unnamed else rows


def by_category(rows: Sequence[dict], categories: Iterable[Category]) -> list[dict]:
    """Rows under the category each is ranked in; one group without a title where the table has one ranking."""
    titles = {one.slug: one.title for one in categories}
    groups = groupby(rows, key=lambda row: row.get("category", ""))
    return [{"title": titles.get(slug, slug), "rows": list(found)} for slug, found in groups]


def standings_document(contest: Contest, ranking: Ranking | None, page: int) -> dict:
    """What the API answers (contract: `GET /contests/{slug}/standings`)."""
    if ranking is None:
        return {"contest": contest.slug, "state": "none", "page": page, "pages": 0, "results": []}
    return {
        "contest": contest.slug,
        "round": ranking.round.number if ranking.round else None,
        "category": ranking.category.slug if ranking.category else None,
        "state": ranking.kind,
        "ranking": str(ranking.uuid),
        "number": ranking.number,
        "computed_at": stamp(ranking.computed_at),
        "page": page,
        "pages": ranking.pages,
        "results": rows_shown(ranking, page),
    }


def own_row(ranking: Ranking, code: str, pages: Sequence[int]) -> dict | None:
    """The row of an entry, looked for on the given pages."""
    for number in pages:
        for row in snapshots.page_of(ranking, number):
            if row["entrant"] == code:
                return row
    return None
