"""One pupil a row."""

from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from schools.rosters import values
from schools.rosters.columns import PUPILS, Field, Header
from schools.rosters.lines import (
    Line,
    Texts,
    cell_of,
    data_lines,
    ignored_labels,
    missing_or_uncalculated,
    read_name_cells,
    spread_merges,
    unlabelled_given_name,
)
from schools.rosters.reasons import Reason, reason
from schools.rosters.records import Choices, MappedSheet, Question, ReadFile, Row
from schools.rosters.tables import Sheet
from schools.rosters.values import PartialDate, Status


def read_pupils(sheet: Sheet, header: Header, choices: Choices, today: date, result: ReadFile) -> None:
    columns = {f: column.index for f, column in header.columns.items()}
    lines, above = data_lines(sheet, header, PUPILS)
    codes = [values.read_code(cell_of(line, columns[Field.CODE])) for line in lines]
    texts = Texts(sheet, lines, header, (Field.FULL_NAME, Field.FAMILY, Field.MIDDLE, Field.GIVEN, Field.CLASS,
                                          Field.GENDER, Field.STATUS, Field.NOTE), result)  # fmt: skip
    dates = [_date_cell(line, columns) for line in lines]
    judged = values.judge_dates(dates)
    citizen_ids = sum(
        values.looks_like_citizen_id(code, _certain_date(cell)) for (code, _), cell in zip(codes, dates, strict=True)
    )
    split_at = unlabelled_given_name(header, lines)
    merged_classes = spread_merges(sheet, columns.get(Field.CLASS))
    female_marked = _is_marked(lines, columns.get(Field.FEMALE))
    male_marked = _is_marked(lines, columns.get(Field.MALE))
    fields = _fields_present(columns, judged, female_marked or male_marked, bool(above))
    unknown_statuses: set[str] = set()
    unread_genders = 0
    asked: dict[str, list[str]] = {}
    for line, (code, code_problem), date_cell in zip(lines, codes, dates, strict=True):
        row = Row(sheet.title, line.number, fields, code=code)
        _read_code_cell(row, line, columns, code_problem, refuse=citizen_ids > len(lines) / 2)
        read_name_cells(row, line, columns, texts, split_at)
        born, problem = values.read_date(date_cell, judged, order=choices.order, century=choices.century, today=today)
        if isinstance(born, PartialDate):
            row.partial_birth_date = born
        else:
            row.birth_date = born
        if problem is not None:
            row.reasons.append(problem)
            if kind := _QUESTIONS.get(problem.code):
                asked.setdefault(kind, []).append(date_cell.text)
            elif problem.code == "no_such_month" and judged.asks_order:
                asked.setdefault("order", []).append(date_cell.text)
        if Field.GENDER in columns:
            value = texts.get(Field.GENDER, line, columns[Field.GENDER])
            row.gender = values.read_gender(value)
            unread_genders += bool(value is not None and not row.gender)
        elif female_marked or male_marked:
            row.gender = _marked_gender(line, columns, female_marked, male_marked)
        value = texts.get(Field.CLASS, line, columns.get(Field.CLASS))
        if value is None:
            value = merged_classes.get(line.number)
        row.class_name, problem = values.read_class(value, cell_of(line, columns.get(Field.GRADE)))
        row.class_name = row.class_name or line.class_name
        if Field.SCHOOL in columns:
            row.school_code = "".join(values.text_of(cell_of(line, columns[Field.SCHOOL])).split())
        if problem is not None:
            row.reasons.append(problem)
        status = values.read_status(texts.get(Field.STATUS, line, columns.get(Field.STATUS)))
        if status is Status.UNKNOWN:
            unknown_statuses.add(values.text_of(cell_of(line, columns[Field.STATUS]))[:40])
        if status is Status.SILENT:
            status = values.read_note(texts.get(Field.NOTE, line, columns.get(Field.NOTE)))
        row.has_left = status is Status.LEFT
        if Field.CLASS in fields and not row.class_name and not row.has_left and problem is None:
            row.reasons.append(reason("missing_class"))
        if row.reasons:
            row.shown = _shown(line, columns, texts)
        result.rows.append(row)
    result.questions.extend(Question(kind, len(found), tuple(found[:3])) for kind, found in asked.items())
    result.sheets.append(
        MappedSheet(
            sheet.title,
            header.last_row,
            {f: column.label for f, column in header.columns.items() if f is not Field.NUMBER},
            ignored_labels(header),
            above,
            len(lines),
        )
    )
    _warn(result, judged, unknown_statuses, unread_genders)


_QUESTIONS = {"ambiguous_year": "century", "ambiguous_order": "order", "perhaps_swapped": "swapped"}
REASONS_OF_QUESTIONS = {
    "century": {"ambiguous_year"},
    "order": {"ambiguous_order", "no_such_month"},
    "swapped": {"perhaps_swapped"},
}
"""The reasons under which rows wait for the answer to each kind of question."""


def _certain_date(cell: values.DateCell) -> date | None:
    born, _problem = values.read_date(cell, values.DateColumn(), order=None, century=None, today=timezone.localdate())
    return born if isinstance(born, date) else None


def _date_cell(line: Line, columns: dict[Field, int]) -> values.DateCell:
    if Field.BIRTH_YEAR in columns and Field.BIRTH_MONTH in columns and Field.BIRTH_DAY in columns:
        parts = [
            values.text_of(cell_of(line, columns[f])) for f in (Field.BIRTH_DAY, Field.BIRTH_MONTH, Field.BIRTH_YEAR)
        ]
        return values.examine_date("/".join(parts) if any(parts) else None)
    return values.examine_date(cell_of(line, columns.get(Field.BIRTH_DATE)))


def _fields_present(
    columns: dict[Field, int], judged: values.DateColumn, gender_marked: bool, class_above: bool
) -> frozenset[Field]:
    present = {Field.CODE}
    if Field.FULL_NAME in columns or Field.GIVEN in columns:
        present.add(Field.FULL_NAME)
    if (Field.BIRTH_DATE in columns or Field.BIRTH_YEAR in columns) and not judged.only_years:
        present.add(Field.BIRTH_DATE)
    if Field.GENDER in columns or gender_marked:
        present.add(Field.GENDER)
    if Field.CLASS in columns or class_above:
        present.add(Field.CLASS)
    if Field.STATUS in columns:
        present.add(Field.STATUS)
    return frozenset(present)


def _read_code_cell(row: Row, line: Line, columns: dict, problem: Reason | None, *, refuse: bool) -> None:
    if problem is not None:
        row.reasons.append(problem)
    elif not row.code:
        row.reasons.append(missing_or_uncalculated(cell_of(line, columns[Field.CODE]), "missing_code", "Mã học sinh"))
    elif refuse:
        row.code = ""
        row.reasons.append(reason("code_is_citizen_id"))


def _is_marked(lines: list[Line], index: int | None) -> bool:
    return index is not None and any(values.is_ticked(cell_of(line, index)) for line in lines)


def _marked_gender(line: Line, columns: dict[Field, int], female_marked: bool, male_marked: bool) -> str:
    female = female_marked and values.is_ticked(cell_of(line, columns.get(Field.FEMALE)))
    male = male_marked and values.is_ticked(cell_of(line, columns.get(Field.MALE)))
    if female and male:
        return ""
    if female or (male_marked and not male and Field.FEMALE not in columns):
        return "female"
    return "male" if male or Field.MALE not in columns else ""


def _shown(line: Line, columns: dict[Field, int], texts: Texts) -> dict[Field, str]:
    shown = {}
    names = [f for f in (Field.FULL_NAME, Field.FAMILY, Field.MIDDLE, Field.GIVEN) if f in columns]
    shown[Field.FULL_NAME] = " ".join(filter(None, (values.text_of(texts.get(f, line, columns[f])) for f in names)))
    for f in (Field.SCHOOL, Field.CODE, Field.GENDER, Field.STATUS):
        if f in columns:
            shown[f] = values.text_of(texts.get(f, line, columns[f]))
    shown[Field.BIRTH_DATE] = _date_cell(line, columns).text
    shown[Field.CLASS] = values.text_of(texts.get(Field.CLASS, line, columns.get(Field.CLASS))) or line.class_name
    return {f: text[:200] for f, text in shown.items()}


def _warn(result: ReadFile, judged, unknown_statuses: set[str], unread_genders: int) -> None:
    if judged.only_years:
        result.warnings.append(_("The dates of birth hold only years and were not taken."))
    if unknown_statuses:
        result.warnings.append(
            _("Statuses that are not known were taken as “studying”: %(list)s")
            % {"list": ", ".join(sorted(unknown_statuses)[:5])}
        )
    if unread_genders:
        result.warnings.append(
            _("The gender of %(count)s rows could not be read and was left as it is.") % {"count": unread_genders}
        )


def joined_questions(questions: list[Question]) -> list[Question]:
    kinds: dict[str, Question] = {}
    for question in questions:
        held = kinds.get(question.kind)
        if held is not None:
            question = Question(question.kind, held.rows + question.rows, (held.examples + question.examples)[:3])
        kinds[question.kind] = question
    return list(kinds.values())
