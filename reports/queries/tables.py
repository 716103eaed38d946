"""The ledger as tables: one form for the screen, .xlsx, .csv, .docx, .pdf and the API, so that no figure is told twice."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils import numberformat, timezone
from django.utils.formats import date_format, get_format
from django.utils.translation import gettext as _

from reports.queries.coverage import Figures, Ledger, definitions
from reports.queries.gaps import Gap

Value = str | int | float | date | None


@dataclass(frozen=True)
class Column:
    """`kind`: text, number, percent or date. `key` names the value in the API and in .csv."""

    key: str
    label: str
    kind: str = "number"

    @property
    def is_number(self) -> bool:
        return self.kind in {"number", "percent"}


@dataclass(frozen=True)
class Row:
    """`key` leads on to the place the row is about; `bar` is its share for the chart, from 0 to 100."""

    key: str
    values: list[Value]
    bar: float | None = None
    is_over: bool = False


@dataclass(frozen=True)
class Table:
    """`note` is the sentence that says what the table shows."""

    key: str
    title: str
    note: str
    columns: list[Column]
    rows: list[Row] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "title": self.title,
            "columns": [{"key": column.key, "label": column.label, "kind": column.kind} for column in self.columns],
            "rows": [
                {
                    column.key: value.isoformat() if isinstance(value, date) else value
                    for column, value in zip(self.columns, row.values, strict=True)
                }
                for row in self.rows
            ],
        }


def shown(value: Value, kind: str = "number") -> str:
    """A value as a person reads it, the same on the screen and on paper; a dash where there is none."""
    if value is None or value == "":
        return "—"
    if isinstance(value, date):
        return date_format(value, "d/m/Y")
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return str(value)
    # A page of a province has thousands of them.
    if type(value) is int and kind == "number":
        return f"{value:,}".replace(",", get_format("THOUSAND_SEPARATOR")) if abs(value) > 999 else str(value)
    # Django groups no digits in Vietnamese of its own accord.
    places = 1 if kind == "percent" else None
    text = numberformat.format(
        value, get_format("DECIMAL_SEPARATOR"), places, 3, get_format("THOUSAND_SEPARATOR"), force_grouping=True
    )
    return f"{text} %" if kind == "percent" else text


def _figures_columns(first: str, *, base: str = "roll", unit: bool = False) -> list[Column]:
    columns = [Column("name", first, "text")]
    if unit:
        columns.append(Column("unit", _("Commune or ward"), "text"))
    if base == "roll":
        columns.append(Column("roll", _("Roll")))
    if base in {"roll", "roster"}:
        columns.append(Column("roster", _("On class lists")))
    columns += [Column("reached", _("Reached"))]
    if base == "roll":
        columns += [Column("share", _("Share of the roll"), "percent")]
    columns += [
        Column("started", _("Started a lesson")),
        Column("finished", _("Finished a lesson")),
        Column("passed", _("Passed a quiz")),
    ]
    if base == "roll":
        columns.append(Column("missing", _("Not reached yet")))
    return columns


GET: dict[str, Callable[[Figures], Value]] = {
    "name": lambda one: one.label,
    "unit": lambda one: one.parent,
    "share": lambda one: one.share(),
}


def _figures_table(key: str, title: str, note: str, columns: list[Column], lines: list[Figures]) -> Table:
    most = max((one.reached or 0 for one in lines), default=0)
    has_roll = any(column.key == "roll" for column in columns)
    rows = []
    for one in lines:
        values = [GET[column.key](one) if column.key in GET else getattr(one, column.key) for column in columns]
        bar = one.share() if has_roll else _part(one, most)
        rows.append(Row(one.key, values, bar, one.is_over))
    return Table(key, title, note, columns, rows)


def _part(one: Figures, most: int) -> float | None:
    """The bar of a line without a roll: against its class list, else against the longest line."""
    whole = one.roster if one.roster is not None else most
    return round(min(100.0, 100 * (one.reached or 0) / whole), 1) if whole else None


def tables_of(ledger: Ledger, gaps: list[Gap]) -> list[Table]:
    """Every table of a ledger, in the order of the page; those that have nothing to tell are left out."""
    tables = [
        _figures_table(
            "total",
            _("In all"),
            _("All pupils of the place, and those the target speaks of."),
            _figures_columns(_("Which pupils")),
            [_named(ledger.total, _("All levels")), *([] if _same(ledger) else [ledger.aimed])],
        ),
        *([_targets(ledger)] if ledger.lines else []),
    ]
    parts = [
        ("units", _("By commune"), _("Which commune has reached which share of its pupils."), ledger.units,
         _figures_columns(_("Commune or ward"))),
        ("levels", _("By level"), _("How far each level of schooling is."), ledger.levels, _figures_columns(_("Level"))),
        ("grades", _("By grade"), _("How far each grade is."), ledger.grades, _figures_columns(_("Grade"))),
        ("schools", _("By school"), _("How far each school is."), ledger.schools,
         _figures_columns(_("School"), unit=True)),
        ("classes", _("By class"), _("How far each class is, against its class list."), ledger.classes,
         _figures_columns(_("Class"), base="roster")),
        ("languages", _("By language of the lesson"), _("In which language people were reached first."),
         ledger.languages, _figures_columns(_("Language"), base="")),
    ]  # fmt: skip
    tables += [_figures_table(key, title, note, columns, lines) for key, title, note, lines, columns in parts if lines]
    if ledger.weeks:
        tables.append(_weeks(ledger))
    if gaps:
        tables.append(_gaps(ledger, gaps))
    if ledger.questions:
        tables.append(_questions(ledger))
    return tables


def _same(ledger: Ledger) -> bool:
    """Whether the target speaks of all pupils of the place."""
    return (ledger.aimed.roll, ledger.aimed.reached) == (ledger.total.roll, ledger.total.reached)


def _named(figures: Figures, label: str) -> Figures:
    return replace(figures, label=label)


def _targets(ledger: Ledger) -> Table:
    columns = [
        Column("percent", _("Target"), "percent"),
        Column("due_on", _("By"), "date"),
        Column("state", _("State"), "text"),
        Column("who", _("Which pupils"), "text"),
        Column("roll", _("Roll")),
        Column("reached", _("Reached")),
        Column("share", _("Share of the roll"), "percent"),
        Column("needed", _("Needed")),
        Column("missing", _("Still missing")),
    ]
    rows = []
    for line in ledger.lines:
        state = _("Its date has passed") if line.is_past else _("The next one") if line.is_next else _("A later one")
        values: list[Value] = [
            line.percent, line.due_on, state, line.figures.label, line.figures.roll, line.figures.reached,
            line.figures.share(), line.needed, line.missing,
        ]  # fmt: skip
        rows.append(Row(line.due_on.isoformat(), values, line.figures.share(), line.figures.is_over))
    note = _("The lines of the plan, the one whose date has passed and the next.")
    return Table("targets", _("Targets"), note, columns, rows)


def _weeks(ledger: Ledger) -> Table:
    columns = [
        Column("week", _("Week from"), "date"),
        Column("reached", _("Newly reached")),
        Column("started", _("Started a lesson")),
        Column("finished", _("Finished a lesson")),
        Column("passed", _("Passed a quiz")),
        Column("so_far", _("Reached so far")),
    ]
    most = max(week.reached for week in ledger.weeks)
    rows = [
        Row(
            week.starts_on.isoformat(),
            [week.starts_on, week.reached, week.started, week.finished, week.passed, week.so_far],
            round(100 * week.reached / most, 1) if most else None,
        )
        for week in ledger.weeks
    ]
    return Table(
        "weeks", _("Week by week"), _("How many people were reached for the first time in each week."), columns, rows
    )


def _gaps(ledger: Ledger, gaps: list[Gap]) -> Table:
    of_school = ledger.scope.kind == "school"
    columns = [
        Column("name", _("Class") if of_school else _("School"), "text"),
        Column("reason", _("State"), "text"),
        *([] if of_school else [Column("roll", _("Roll"))]),
        Column("roster", _("On class lists")),
        Column("reached", _("Reached")),
        Column("missing", _("Not reached yet")),
        Column("contact", _("Contact"), "text"),
    ]
    rows = []
    for gap in gaps:
        found: dict[str, Value] = {
            "name": gap.figures.label,
            "reason": gap.reason_word,
            "missing": gap.missing,
            "contact": gap.contact,
        }
        values: list[Value] = [found[one.key] if one.key in found else getattr(gap.figures, one.key) for one in columns]
        rows.append(Row(gap.figures.key, values))
    note = (
        _("Classes with pupils not reached yet, the most first.")
        if of_school
        else _("Schools without class lists first, then by how many pupils are missing.")
    )
    return Table("gaps", _("Gaps"), note, columns, rows)


def _questions(ledger: Ledger) -> Table:
    columns = [
        Column("name", _("School"), "text"),
        Column("question", _("Question"), "text"),
        Column("roll", _("Roll")),
        Column("roster", _("On class lists")),
        Column("reached", _("Reached")),
    ]
    rows = [
        Row(one.school.key, [one.school.label, one.text, one.school.roll, one.school.roster, one.school.reached])
        for one in ledger.questions
    ]
    note = _("Figures that cannot both be right. Please settle them with the school.")
    return Table("questions", _("Questions about the data"), note, columns, rows)


def heading(ledger: Ledger) -> list[str]:
    """What stands above the tables in every file: which place, which year, which roll, and when the figures were taken."""
    taken = date_format(timezone.localtime(ledger.taken_at), "H:i d/m/Y")
    roll = _("Roll frozen on %(on)s") % {"on": shown(ledger.roll_on)} if ledger.roll_on else _("No roll is frozen yet")
    return [
        _("Coverage of %(name)s") % {"name": ledger.scope.name},
        _("School year %(year)s · %(roll)s · figures of %(at)s")
        % {"year": ledger.school_year.code, "roll": roll, "at": taken},
    ]


def meanings() -> list[tuple[str, str]]:
    """The definitions under the words the tables use."""
    words = {
        "roll": _("Roll"),
        "roster": _("On class lists"),
        "reached": _("Reached"),
        "started": _("Started a lesson"),
        "finished": _("Finished a lesson"),
        "passed": _("Passed a quiz"),
        "missing": _("Not reached yet"),
        "share": _("Share of the roll"),
        "language": _("By language of the lesson"),
        "week": _("Week by week"),
    }
    return [(words[key], text) for key, text in definitions().items()]


def document(ledger: Ledger, gaps: list[Gap]) -> dict[str, Any]:
    """The ledger as the API and `coverage_report --format json` tell it."""
    return {
        "scope": {"kind": ledger.scope.kind, "code": ledger.scope.code, "name": ledger.scope.name},
        "school_year": ledger.school_year.code,
        "roll_on": ledger.roll_on.isoformat() if ledger.roll_on else None,
        "taken_at": ledger.taken_at.isoformat(),
        "definitions": definitions(),
        "roll": ledger.total.roll,
        "roster": ledger.total.roster,
        "reached": ledger.total.reached,
        "started": ledger.total.started,
        "finished": ledger.total.finished,
        "passed": ledger.total.passed,
        "share": ledger.total.share(),
        "missing": ledger.total.missing,
        "tables": {table.key: table.as_json() for table in tables_of(ledger, gaps)},
    }
