"""What is read of the visit log: a member's own entries and totals, and the table of the places somebody oversees.

Every figure of a place comes from `figures_of`: the table, its .xlsx, the reports (B4) and what the public sees.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.conf import settings
from django.db.models import Aggregate, Count, Q, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from cms.vocabulary.models import Procedure
from cms.vocabulary.speaking import registry
from courses.queries.listings import Column, Listing
from schools.models import ReportingYear, Unit, User
from schools.permissions import units_overseen
from support.models import Visit
from support.queries.desk import FEWEST

# People are also helped with what is no procedure of the list: putting an app on the phone, a bill.
OTHER_SERVICE = "khac"
# A table of more columns is read by nobody.
MOST_COLUMNS = 7
OTHERS = "_others"


def service_names(language: str = settings.LANGUAGE_CODE, *, own: bool = True) -> dict[str, str]:
    """{code: name} of what people are guided in, by name; in the main language what has none in this one. `own`: with the
    entry for what is not on the list."""
    known = Procedure.objects.filter(locale__language_code__in=[language, settings.LANGUAGE_CODE]).order_by("name")
    rows = list(known.values_list("locale__language_code", "code", "name"))
    here = {code for tag, code, _name in rows if tag == language}
    found = {code: name for tag, code, name in rows if tag == language or code not in here}
    return {**found, OTHER_SERVICE: _("Something else")} if own else found


def language_names() -> dict[str, str]:
    """{code: name} of the languages of the registry in which people may have been guided, the main one first."""
    in_vietnamese = (get_language() or "vi").startswith("vi")
    found = {code: row.name_vi if in_vietnamese else row.name_en for code, row in registry().items()}
    found.setdefault(settings.LANGUAGE_CODE, "Tiếng Việt")
    main = {settings.LANGUAGE_CODE: found.pop(settings.LANGUAGE_CODE)}
    return {**main, **dict(sorted(found.items(), key=lambda one: one[1]))}


def language_codes() -> set[str]:
    return {settings.LANGUAGE_CODE, *registry()}


# --- A stretch of time --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Period:
    key: str
    label: str
    since: date
    until: date

    @property
    def days(self) -> tuple[date, date]:
        return self.since, self.until


def periods(today: date | None = None) -> list[Period]:
    """What one may choose from, the usual one first: the reporting year, the one before, this month, the last one."""
    today = today or timezone.localdate()
    first = today.replace(day=1)
    last_month = (first - timedelta(days=1)).replace(day=1)
    found = [
        Period("month", _("This month"), first, today),
        Period("last-month", _("Last month"), last_month, first - timedelta(days=1)),
        Period("90", _("The last 90 days"), today - timedelta(days=89), today),
    ]
    years = list(ReportingYear.objects.filter(starts_on__lte=today).order_by("-starts_on")[:2])
    labels = [
        Period(f"y{year.code}", _("Reporting year %(code)s") % {"code": year.code}, year.starts_on, year.ends_on)
        for year in years
    ]
    return [*labels, *found]


def period_of(key: str, *, since: str = "", until: str = "") -> Period:
    """The period chosen; with `since` and `until` (ISO days) any stretch; what makes no sense is the usual one."""
    if since or until:
        try:
            begin, end = date.fromisoformat(since), date.fromisoformat(until)
        except ValueError:
            begin, end = date.max, date.min
        if begin <= end:
            return Period("days", f"{begin:%d/%m/%Y} – {end:%d/%m/%Y}", begin, end)
    choices = periods()
    return next((one for one in choices if one.key == key), choices[0])


# --- Figures of places --------------------------------------------------------------------------------------------------


@dataclass
class Figures:
    """`people` were guided in `visits`; `by`: people by the codes of one question; `members` wrote something down."""

    visits: int = 0
    people: int = 0
    asked: int = 0
    members: int = 0
    by: Counter = field(default_factory=Counter)


# What a table may be cut by: the column it is kept in.
BY = {"service": "procedure_code", "difficulty": "difficulty", "age": "age_band", "language": "language"}


def visits_in(units: Iterable[Unit] | QuerySet[Unit] | None, period: Period | tuple[date, date]) -> QuerySet[Visit]:
    """Visits that count, in some units (None: everywhere) and days."""
    days = period.days if isinstance(period, Period) else period
    rows = Visit.objects.counted().filter(on__range=days)
    return rows if units is None else rows.filter(unit__in=units)


def figures_of(rows: QuerySet[Visit], by: str = "service") -> dict[int, Figures]:
    """{unit: figures} of visits, in two statements however many units there are."""
    found: dict[int, Figures] = {}
    totals = (
        rows.order_by()
        .values("unit")
        .annotate(
            visits=Count("pk"),
            guided=Sum("people"),
            asked=Count("pk", filter=Q(ticket__isnull=False)),
            who=Count("member", distinct=True),
        )
    )
    for row in totals:
        found[row["unit"]] = Figures(row["visits"], row["guided"] or 0, row["asked"], row["who"])
    column = BY[by]
    for row in rows.order_by().values("unit", column).annotate(guided=Sum("people")):
        found[row["unit"]].by[row[column]] += row["guided"] or 0
    return found


def sum_of(figures: Iterable[Figures]) -> Figures:
    whole = Figures()
    for one in figures:
        whole.visits += one.visits
        whole.people += one.people
        whole.asked += one.asked
        whole.members += one.members
        whole.by.update(one.by)
    return whole


def words_of(by: str, language: str | None = None) -> dict[str, str]:
    """{code: word} for one question of the table."""
    if by == "service":
        return service_names(language or get_language() or settings.LANGUAGE_CODE)
    if by == "difficulty":
        return {"": _("It went well"), **{code: str(label) for code, label in Visit.Difficulty.choices}}
    if by == "age":
        return {code: str(label) for code, label in Visit.Age.choices}
    return language_names()


@dataclass(frozen=True)
class Table:
    """The table of a period: a row a commune, the widest figures first."""

    period: Period
    by: str
    columns: list[tuple[str, str]]
    rows: list[tuple[Unit, Figures]]
    whole: Figures
    listing: Listing

    def lines(self) -> list[dict]:
        """For the screen: each row with its commune and the cells of the listing."""
        return [
            {"unit": unit, "cells": row["cells"]}
            for (unit, _figures), row in zip(self.rows, self.listing.table_rows(), strict=False)
        ]


def table(user: User, period: Period, by: str = "service") -> Table:
    """People guided, by commune under the units `user` oversees and by one question. The same for screen and .xlsx."""
    by = by if by in BY else "service"
    units = {one.pk: one for one in units_overseen(user)}
    found = figures_of(visits_in(list(units), period), by)
    # A commune in which nobody writes anything down is what an officer looks for.
    shown = [one for one in units.values() if one.valid_to is None and one.is_leaf() and one.depth > 1]
    shown += [one for pk, one in units.items() if pk in found and one not in shown]
    rows = [(one, found.get(one.pk, Figures())) for one in shown]
    rows.sort(key=lambda row: (-row[1].people, row[0].name_folded))
    whole = sum_of(figures for _unit, figures in rows)
    columns = _columns(whole.by, words_of(by), by)
    return Table(period, by, columns, rows, whole, _listing(rows, whole, columns, period))


def _columns(counted: Counter, words: dict[str, str], by: str) -> list[tuple[str, str]]:
    if by in {"age", "difficulty"}:
        return [(code, word) for code, word in words.items() if by == "age" or counted[code]]
    there = [code for code, _number in counted.most_common() if counted[code]]
    columns = [(code, words.get(code, code)) for code in there[:MOST_COLUMNS]]
    return columns + ([(OTHERS, _("All others"))] if len(there) > MOST_COLUMNS else [])


def _cells(figures: Figures, columns: list[tuple[str, str]]) -> list[int]:
    named = [code for code, _word in columns if code != OTHERS]
    rest = figures.people - sum(figures.by[code] for code in named)
    return [rest if code == OTHERS else figures.by[code] for code, _word in columns]


def _listing(rows: list, whole: Figures, columns: list[tuple[str, str]], period: Period) -> Listing:
    lines = [[unit.name, one.people, one.visits, one.members, one.asked, *_cells(one, columns)] for unit, one in rows]
    if len(rows) > 1:
        cells = _cells(whole, columns)
        lines.append([_("All together"), whole.people, whole.visits, whole.members, whole.asked, *cells])
    return Listing(
        title=_("People guided by community teams"),
        about=[
            _("People guided by community teams"),
            f"{period.label}: {period.since:%d/%m/%Y} – {period.until:%d/%m/%Y}",
            _("People guided are counted by visit: whoever was guided twice counts twice. No names are kept."),
        ],
        columns=[
            Column(_("Commune or ward"), 28),
            Column(_("People guided"), 14, True),
            Column(_("Visits"), 10, True),
            Column(_("Members who wrote"), 14, True),
            Column(_("Asked of the desk"), 14, True),
            *[Column(word, 18, True) for _code, word in columns],
        ],
        rows=lines,
        taken_at=timezone.now(),
    )


# --- One commune --------------------------------------------------------------------------------------------------------


def overseen_unit(user: User, code: str) -> Unit | None:
    return units_overseen(user).filter(code=code).first()


def by_member(unit: Unit, period: Period) -> list[dict]:
    """Who of the team wrote down how much, the most first: {uuid, name, visits, people}."""
    rows = (
        visits_in([unit], period)
        .order_by()
        .values("member", "member__uuid", "member__username", "member__person__full_name")
        .annotate(visits=Count("pk"), guided=Sum("people"))
        .order_by("-guided", "member")
    )
    return [
        {
            "uuid": row["member__uuid"],
            "name": row["member__person__full_name"] or row["member__username"],
            "visits": row["visits"],
            "people": row["guided"],
        }
        for row in rows
    ]


def members_in(unit: Unit, period: Period) -> list[User]:
    """Who wrote something down there in that time."""
    return list(User.objects.filter(pk__in=visits_in([unit], period).values("member")))


def entries(unit: Unit, period: Period, *, service: str = "", difficulty: str = "") -> QuerySet[Visit]:
    """The visits behind a figure, the newest first."""
    rows = visits_in([unit], period).select_related("ticket")
    if service:
        rows = rows.filter(procedure_code=service)
    if difficulty:
        rows = rows.filter(difficulty=difficulty)
    return rows.order_by("-on", "-pk")


# --- A member's own -----------------------------------------------------------------------------------------------------


def own(user: User) -> QuerySet[Visit]:
    return Visit.objects.counted().filter(member=user).select_related("unit", "ticket").order_by("-on", "-pk")


def own_totals(user: User) -> list[dict]:
    """{label, visits, people} of this month, the reporting year and always."""
    today = timezone.localdate()
    stretches = {one.key: one for one in periods(today)}
    year = next((one for key, one in stretches.items() if key.startswith("y")), None)
    asked = {"month": Q(on__range=stretches["month"].days), "always": Q()}
    labels = {"month": _("This month"), "always": _("Since the beginning")}
    if year is not None:
        asked["year"], labels["year"] = Q(on__range=year.days), year.label
    sums: dict[str, Aggregate] = {}
    for name, condition in asked.items():
        sums[f"{name}_visits"] = Count("pk", filter=condition) if condition else Count("pk")
        sums[f"{name}_people"] = Sum("people", filter=condition) if condition else Sum("people")
    found = Visit.objects.counted().filter(member=user).aggregate(**sums)
    return [
        {"label": labels[name], "visits": found[f"{name}_visits"], "people": found[f"{name}_people"] or 0}
        for name in ("month", "year", "always")
        if name in labels
    ]


# --- For everybody ------------------------------------------------------------------------------------------------------


def public_figures(period: Period) -> dict:
    """People guided, in all and by commune. Under five people are not told, and where one commune's are not, the smallest
    other's are not either, so that nobody subtracts."""
    found = figures_of(visits_in(None, period))
    names = dict(Unit.objects.filter(pk__in=list(found)).values_list("pk", "name"))
    whole = sum_of(found.values())
    rows = [{"unit": names[pk], "people": one.people, "visits": one.visits} for pk, one in found.items()]
    told = sorted((row for row in rows if row["people"] >= FEWEST), key=lambda row: (-row["people"], row["unit"]))
    hidden = len(rows) - len(told)
    if hidden == 1 and told:
        told.pop()
        hidden = 2
    return {
        "people": whole.people if whole.people >= FEWEST else None,
        "visits": whole.visits,
        "rows": told,
        "hidden": hidden,
        "period": period,
    }
