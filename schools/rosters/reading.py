"""Reading a school's own list of pupils or staff: every sheet, header wherever it is, rows with their reasons.

Nothing here touches the database. Cells of columns outside the map are dropped before a row is made.
"""

from collections.abc import Iterator
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cms.text import legacy
from schools.rosters.columns import PROVINCE, PUPILS, STAFF, Field, Header, Vocabulary, find_header
from schools.rosters.merged import check_merged_headers
from schools.rosters.pupil_rows import joined_questions, read_pupils
from schools.rosters.records import Choices, ReadFile
from schools.rosters.staff_rows import read_staff_rows
from schools.rosters.tables import MAX_PROVINCE_ROWS, MAX_ROWS, MissingKey, Sheet, UnreadableFile, read_tables


def read_roster(raw: bytes, *, choices: Choices | None = None, today: date | None = None) -> ReadFile:
    """Read the pupils of every sheet. Raises `UnreadableFile` when there is no list of pupils in the file."""
    choices = choices or Choices()
    today = today or timezone.localdate()
    result = ReadFile([])
    for sheet, header in _lists(raw, PUPILS, choices, result):
        read_pupils(sheet, header, choices, today, result)
    result.questions = joined_questions(result.questions)
    result.repairs = result.repairs[:8]
    return result


def read_province(raw: bytes, *, choices: Choices | None = None, today: date | None = None) -> ReadFile:
    """Read the pupils of many schools, each row with the code of its school; up to 60,000 rows.

    Raises `UnreadableFile` when there is no list of pupils in the file, or none that names the school.
    """
    choices = choices or Choices()
    today = today or timezone.localdate()
    result = ReadFile([])
    for sheet, header in _lists(raw, PROVINCE, choices, result, max_rows=MAX_PROVINCE_ROWS):
        if Field.SCHOOL not in header.columns:
            raise UnreadableFile(
                _("The table has no column with the code of the school (Mã trường). Add it, one code in each row.")
            )
        read_pupils(sheet, header, choices, today, result)
    result.questions = joined_questions(result.questions)
    result.repairs = result.repairs[:8]
    return result


def read_staff(raw: bytes, *, choices: Choices | None = None) -> ReadFile:
    """Read the staff of every sheet. Raises `UnreadableFile` when there is no list of staff in the file."""
    result = ReadFile([])
    for sheet, header in _lists(raw, STAFF, choices or Choices(), result):
        read_staff_rows(sheet, header, result)
    result.repairs = result.repairs[:8]
    return result


def _lists(
    raw: bytes, vocabulary: Vocabulary, choices: Choices, result: ReadFile, *, max_rows: int = MAX_ROWS
) -> Iterator[tuple[Sheet, Header]]:
    tables = read_tables(raw, max_rows=max_rows)
    if tables.encoding is not None:
        result.warnings.append(
            _("The file is written in an old encoding (%(name)s) and was converted. Please look at the names.")
            % {"name": _ENCODING_NAMES[tables.encoding]}
        )
    found = False
    for sheet in tables.sheets:
        header = find_header(sheet, vocabulary, choices.columns)
        if header is None:
            continue
        if sheet.hidden:
            result.warnings.append(_("The hidden sheet “%(title)s” was not read.") % {"title": sheet.title})
            continue
        found = True
        check_merged_headers(sheet, header)
        yield sheet, header
    if not found:
        raise _no_list(tables.sheets, vocabulary, choices)


_ENCODING_NAMES = {
    legacy.Encoding.TCVN3: "TCVN3 (ABC)",
    legacy.Encoding.VNI: "VNI",
    legacy.Encoding.WINDOWS_1258: "Windows-1258",
    legacy.Encoding.MISREAD_UTF8: "UTF-8 / Windows-1252",
}


def _no_list(sheets: list[Sheet], vocabulary: Vocabulary, choices: Choices) -> UnreadableFile:
    if not any(sheet.rows for sheet in sheets):
        return UnreadableFile(_("The file is empty. Choose another one."))
    for sheet in sheets:
        header = find_header(sheet, vocabulary, choices.columns, needs_key=False)
        if header is not None:
            text = (
                _(
                    "The table has no column with the sign-in names (Tên đăng nhập). Add the column, or choose which one "
                    "holds them."
                )
                if vocabulary is STAFF
                else _(
                    "The table has no column with the pupil code (Mã học sinh). Export the list again with the code, "
                    "or choose which column holds it."
                )
            )
            return MissingKey(text, tuple(label for label in header.labels if label))
    if vocabulary is STAFF:
        return UnreadableFile(
            _(
                "No list of staff was found. The first row of the table must name its columns: Họ và tên, Tên đăng nhập, "
                "Môn dạy, Lớp chủ nhiệm, Lớp dạy."
            )
        )
    return UnreadableFile(
        _(
            "No list of pupils was found. One row of the table must name its columns, among them Mã học sinh, Họ và tên "
            "and Lớp."
        )
    )
