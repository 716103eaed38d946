"""Translations that leave the site as a file and come back: .xlsx, .docx or PO, for translators without a line.

Every segment goes out with its number; what comes back is found by it. The same file again changes nothing.
"""

import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from unicodedata import normalize

import polib
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from wagtail_localize.models import StringTranslation, Translation

from cms.problems import Problem
from cms.text.cells import CONTROL
from cms.translating.models import SegmentEdit, SegmentState
from cms.translating.operations.segments import SegmentFault, SegmentLocked, cleaned, marks_fit, save_segment
from cms.translating.segments import Segment, plain, read_number, segments_of, text_hash

FORMATS = ("xlsx", "docx", "po")
MAX_BYTES = 5_000_000
HEADINGS = ("number", "source", "translation")


class UnreadableFile(Problem):
    status = 422
    code = "translation_file_unreadable"
    title = gettext_lazy("This file cannot be taken")


@dataclass
class Line:
    """A segment as it stands in a file. `place` is where, for the person who has to find it."""

    place: str
    number: str
    text: str


@dataclass
class Taken:
    """What became of a file."""

    changed: int = 0
    unchanged: int = 0
    # Kept, but somebody has to look: the source has moved, or another text was saved meanwhile.
    flagged: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    # (as it stood in the file, as it is kept): marks apart, TCVN3, VNI.
    rewritten: list[tuple[str, str]] = field(default_factory=list)


# --- Out --------------------------------------------------------------------------------------------------------------


def write(translation: Translation, kind: str) -> bytes:
    """The segments of a translation as a file of `kind`. Raises KeyError for a kind that is not in FORMATS."""
    return {"xlsx": _xlsx, "docx": _docx, "po": _po}[kind](translation, segments_of(translation))


def _remark(segment: Segment) -> str:
    if segment.state == "stale":
        return _("The source has changed since. It was: %(source)s") % {"source": plain(segment.source_before)}
    return _("needs a translator") if segment.state == "empty" else ""


def _headings() -> list[str]:
    return [
        _("Number (do not change)"),
        _("Source text"),
        _("Translation text"),
        pgettext("in a file for translators", "Remark"),
    ]


def _xlsx(translation: Translation, segments: list[Segment]) -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font

    book = Workbook()
    sheet = book.active
    sheet.append(_headings())
    for segment in segments:
        sheet.append(["", "", "", ""])
        for column, value in enumerate([segment.number, segment.source, segment.text, _remark(segment)], 1):
            cell = sheet.cell(sheet.max_row, column)
            # As text, also where it begins with = or -: what comes back must be what went out.
            cell.value, cell.data_type = CONTROL.sub("", value), "s"
            cell.alignment = Alignment(wrap_text=True, vertical="top")
    for letter, width in zip("ABCD", (26, 60, 60, 30), strict=True):
        sheet.column_dimensions[letter].width = width
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    sheet.freeze_panes = "A2"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _docx(translation: Translation, segments: list[Segment]) -> bytes:
    from cms.word import new_document

    document = new_document(title=translation.source.object_repr, language="vi", size=11)
    document.add_heading(translation.source.object_repr, 1)
    table = document.add_table(rows=1, cols=4)
    table.style = "Table Grid"
    for cell, words in zip(table.rows[0].cells, _headings(), strict=True):
        cell.text = words
    for segment in segments:
        for cell, value in zip(
            table.add_row().cells, [segment.number, segment.source, segment.text, _remark(segment)], strict=True
        ):
            cell.text = CONTROL.sub("", value)
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _po(translation: Translation, segments: list[Segment]) -> bytes:
    book = polib.POFile(wrapwidth=0)
    book.metadata = {
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": translation.target_locale.language_code,
    }
    for segment in segments:
        entry = polib.POEntry(
            msgctxt=segment.number, msgid=segment.source, msgstr=segment.text, comment=_remark(segment)
        )
        if segment.state == "stale":
            entry.flags.append("fuzzy")
        book.append(entry)
    return str(book).encode()


# --- In ---------------------------------------------------------------------------------------------------------------


def read(raw: bytes, name: str) -> list[Line]:
    """The lines of a file that came back. Raises UnreadableFile in words for what is no such file."""
    kind = name.rpartition(".")[2].lower()
    if len(raw) > MAX_BYTES:
        raise UnreadableFile(_("The file is larger than 5 MB: it holds more than the table that was taken home."))
    if kind not in FORMATS:
        raise UnreadableFile(_("This is no .xlsx, .docx or .po file."))
    try:
        lines = {"xlsx": _read_xlsx, "docx": _read_docx, "po": _read_po}[kind](raw)
    except Exception as error:
        # Three libraries, each with a dozen errors of its own for a broken file: to the reader they are one.
        raise UnreadableFile(
            _("The file cannot be opened. Save it once more as .%(kind)s and send it again.") % {"kind": kind}
        ) from error
    if not lines:
        raise UnreadableFile(_("The table with numbers, source and translation is not in this file."))
    return lines


def _read_xlsx(raw: bytes) -> list[Line]:
    from openpyxl import load_workbook

    sheet = load_workbook(io.BytesIO(raw), read_only=True).worksheets[0]
    rows = ((str(number), [str(cell or "") for cell in cells]) for number, cells in enumerate(sheet.values, 1))
    return _lines(rows, _("row %(number)s"))


def _read_docx(raw: bytes) -> list[Line]:
    from docx import Document

    tables = Document(io.BytesIO(raw)).tables
    rows = (
        (str(number), [cell.text for cell in row.cells]) for table in tables for number, row in enumerate(table.rows, 1)
    )
    return _lines(rows, _("row %(number)s"))


def _lines(rows: Iterable[tuple[str, list[str]]], place: str) -> list[Line]:
    found = [
        Line(place % {"number": number}, cells[0].strip(), cells[2])
        for number, cells in rows
        if len(cells) >= 3 and any(cells[:3])
    ]
    # The headings are no segment, in whichever language they were written.
    return found[1:] if found and not any(letter.isdigit() for letter in found[0].number) else found


def _read_po(raw: bytes) -> list[Line]:
    text = raw.decode("utf-8-sig")
    if "msgid" not in text:
        return []
    return [
        Line(_("line %(number)s") % {"number": entry.linenum}, entry.msgctxt or "", entry.msgstr)
        for entry in polib.pofile(text)
        if not entry.obsolete
    ]


@transaction.atomic
def take(translation: Translation, lines: Iterable[Line], *, by) -> Taken:
    """Save what came back. Nothing is overwritten that somebody saved meanwhile, and nothing of the file is lost.

    Raises NotYourLanguage.
    """
    taken, seen = Taken(), set()
    now = {(one.context_id, one.string_id): one for one in segments_of(translation)}
    moved = {
        (state.translation.context_id, state.based_on_id): state.translation
        for state in SegmentState.objects.filter(
            translation__locale=translation.target_locale,
            translation__context__object=translation.source.object_id,
            stale_since__isnull=False,
        ).select_related("translation", "based_on")
    }
    for line in lines:
        found = read_number(translation, line.number)
        if found is None:
            taken.refused.append(
                _("%(place)s: the number was changed or belongs to another page.") % {"place": line.place}
            )
            continue
        context, string, exported = found
        if (context, string) in seen:
            taken.refused.append(_("%(place)s: the number stands twice; the first was taken.") % {"place": line.place})
            continue
        seen.add((context, string))
        if (context, string) in now:
            _take_line(translation, line, now[context, string], exported, taken, by)
        elif line.text.strip():
            _take_moved(translation, line, context, string, exported, moved.get((context, string)), taken, by)
    return taken


def _take_line(translation, line: Line, segment: Segment, exported: str, taken: Taken, by) -> None:
    if not line.text.strip() or normalize("NFC", line.text.strip()) == segment.text:
        # An empty cell is work not done, never a wish to delete.
        taken.unchanged += 1
        return
    if text_hash(line.text.strip()) == exported:
        # The file says what it said when it went out: whoever changed the text since is right.
        taken.unchanged += 1
        return
    before = segment.text if text_hash(segment.text) == exported else "\0"
    try:
        outcome = save_segment(
            translation=translation,
            context_id=segment.context_id,
            string_id=segment.string_id,
            text=line.text,
            before=before,
            by=by,
        )
    except (SegmentLocked, SegmentFault) as problem:
        taken.refused.append(f"{line.place}: {problem}")
        return
    if outcome.before:
        taken.rewritten.append((outcome.before, cleaned(line.text)[0]))
    if outcome.clash:
        words = _("%(place)s: somebody saved another text meanwhile. Yours is kept beside it.")
        taken.flagged.append(words % {"place": line.place})
    elif outcome.changed:
        taken.changed += 1
    else:
        taken.unchanged += 1


def _take_moved(translation, line, context, string, exported, successor, taken: Taken, by) -> None:
    """The source of this line has been rewritten since the file went out."""
    if text_hash(line.text.strip()) == exported:
        taken.unchanged += 1
        return
    kept = {"context_id": context, "locale": translation.target_locale, "source_id": string, "written_by": by}
    text, typed = cleaned(line.text)
    if SegmentEdit.objects.filter(text=text, **kept).exists():
        taken.unchanged += 1
        return
    stands = (
        successor is not None
        and text_hash(successor.data) == exported
        and not successor.state.locked_at
        and marks_fit(successor.state.based_on.data, text)
    )
    SegmentEdit.objects.create(text=text, taken=stands, **kept)
    if typed:
        taken.rewritten.append((typed, text))
    if stands:
        # A better translation of the former words; it stays marked as older than its source.
        StringTranslation.objects.filter(pk=successor.pk).update(data=text, last_translated_by=by)
    words = _("%(place)s: the source has changed since the file went out. Your text is kept; look at the new words.")
    taken.flagged.append(words % {"place": line.place})
