"""What a survey found, as .xlsx: the figures of the screen and nothing else."""

import io
from collections.abc import Sequence

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from cms.text.sheets import cell_of, sheet_name
from support.models import Survey, SurveyWords
from support.queries.survey_figures import SurveyFigures, WaveLine
from support.surveys.document import WORDS

BOLD = Font(bold=True)
WRAP = Alignment(wrap_text=True, vertical="top")


def survey_workbook(
    found: SurveyFigures,
    compared: Sequence[Survey],
    lines: Sequence[WaveLine],
    words: Sequence[SurveyWords],
) -> bytes:
    """Sheets: the figures by question, by group where asked, over the waves, and the words people wrote."""
    book = Workbook(write_only=True)
    _questions(book, found)
    if found.groups:
        _groups(book, found)
    if lines:
        _waves(book, compared, lines)
    if words:
        _words(book, found, words)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _sheet(book: Workbook, title: str, widths: Sequence[int]):
    sheet = book.create_sheet(sheet_name(title))
    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    return sheet


def _line(sheet, values: Sequence, *, bold: bool = False) -> None:
    sheet.append([cell_of(sheet, value, font=BOLD if bold else None, alignment=WRAP) for value in values])


def _questions(book: Workbook, found: SurveyFigures) -> None:
    sheet = _sheet(book, _("Results"), (60, 40, 12, 12, 12))
    _line(sheet, [found.survey.title], bold=True)
    taken = f"{timezone.localtime(found.taken_at):%d/%m/%Y %H:%M}"
    _line(sheet, [_("Figures of %(at)s") % {"at": taken}, _("Answers"), found.answers])
    if not found.is_told:
        _line(sheet, [_("Fewer than five people have answered; so few are not told.")])
        return
    _line(sheet, [_("Question"), _("Answer"), _("People"), _("Percent"), _("Mean")], bold=True)
    for one in found.questions:
        if one.question.kind in WORDS:
            continue
        if one.answered is None:
            _line(sheet, [one.text, _("fewer than five"), None, None, None])
            continue
        _line(sheet, [one.text, _("All who answered it"), one.answered, None, one.mean])
        for bar in one.bars:
            _line(sheet, ["", bar.label, _("fewer than five") if bar.count is None else bar.count, bar.percent, None])


def _groups(book: Workbook, found: SurveyFigures) -> None:
    heads = [one for one, _told in found.groups[0].cells]
    sheet = _sheet(book, _("By group"), (30, 12, *(28 for _head in heads)))
    _line(sheet, [pgettext("of people who answered", "Group"), _("Answers"), *(one.text for one in heads)], bold=True)
    for group in found.groups:
        _line(sheet, [group.name, group.answers, *(told for _one, told in group.cells)])
    if found.hidden:
        _line(sheet, [_("Groups left out because they are small: %(count)s") % {"count": found.hidden}])


def _waves(book: Workbook, compared: Sequence[Survey], lines: Sequence[WaveLine]) -> None:
    sheet = _sheet(book, _("Over the waves"), (60, *(26 for _wave in compared)))
    heads = [_("Wave %(number)s") % {"number": one.wave} for one in compared]
    _line(sheet, [_("Question"), *heads], bold=True)
    for line in lines:
        _line(sheet, [line.text, *(told for _survey, _count, told in line.cells)])


def _words(book: Workbook, found: SurveyFigures, words: Sequence[SurveyWords]) -> None:
    texts = {one.question.key: one.text for one in found.questions}
    sheet = _sheet(book, _("In people's words"), (40, 90, 20))
    _line(sheet, [_("Question"), _("Answer"), _("State")], bold=True)
    for one in words:
        _line(sheet, [texts.get(one.question, ""), one.text, one.get_state_display()])
