"""«Phiếu học tập»: what a pupil gets on paper. No right answer stands on it."""

from django.utils.translation import gettext as _
from django.utils.translation import override, pgettext

from cms import word
from courses.papers.sheets import Made, Sheet, Task
from courses.papers.texts import lines_of


def write_worksheet(sheet: Sheet) -> Made:
    """The worksheet of a lesson in its own language, A4, to be copied for each pupil."""
    page = sheet.page
    with override(page.language):
        name = _("Worksheet")
        document = word.new_document(title=f"{name}: {page.title}", language=page.language)
        word.number_pages(document.sections[0], f"{sheet.address} · {page.license} · ".replace(" ·  ·", " ·"))
        if sheet.for_adults:
            word.add_blanks(document, pgettext("adult", "School:"), pgettext("adult", "Class:"))
        else:
            word.add_blanks(document, _("School:"), _("Class:"))
        word.add_blanks(document, _("Full name:"), _("Date:"))
        word.add_heading(document, name.upper(), 1, centred=True)
        word.add_line(document, page.title, bold=True, centred=True, keep=True)
        number = 0
        for number, task in enumerate(sheet.tasks, start=1):
            word.add_heading(document, _("Task %(number)d") % {"number": number})
            _task(document, task)
        if sheet.checks:
            word.add_heading(document, _("Check yourself"))
            _checks(document, sheet.checks)
        if sheet.family_task:
            word.add_heading(document, _("At home: %(title)s") % {"title": sheet.family_task["title"]})
            _family(document, sheet.family_task)
        if sheet.objectives:
            word.add_heading(document, _("How far am I?"))
            heads = [_("I can …"), _("not sure yet"), _("nearly"), _("yes")]
            rows = [[objective, *[word.TICK_BOX] * 3] for objective in sheet.objectives]
            table = word.add_table(document, heads, rows, widths=[10, 2.4, 2.2, 1.6], size=11)
            _centre_ticks(table)
            word.keep_whole(table)
        return Made(word.as_bytes(document), word.file_name(name, page.title))


def _centre_ticks(table) -> None:
    for row in table.rows[1:]:
        for cell in row.cells[1:]:
            cell.paragraphs[0].alignment = 1


def _task(document, task: Task) -> None:
    paragraphs = task.text.split("\n")
    for line in paragraphs:
        if line.strip():
            word.add_line(document, line.strip(), keep=True)
    if task.kind == "choose":
        for option in task.options:
            word.add_point(document, option, mark=word.TICK_BOX, indent=0.7)
    elif task.kind == "number":
        for option in task.options:
            word.add_point(document, option, mark="____", indent=1.2)
    elif task.kind == "table":
        rows = [[row, *[""] * (len(task.columns) - 1)] for row in task.rows]
        widths = [1.4 if any(task.rows) else 1.0, *[1.0] * (len(task.columns) - 1)]
        word.add_table(document, task.columns, rows, widths=widths, size=11, row_height=0.9)
    word.add_writing_lines(document, task.lines)


def _checks(document, checks: list) -> None:
    for number, check in enumerate(checks, start=1):
        word.add_line(document, f"**{number}.** {' '.join(check['question'].split())}", keep=True)
        for letter, option in zip("ABCDEFGH", check["options"], strict=False):
            word.add_point(document, f"{letter}. {option['text']}", mark=word.TICK_BOX, indent=0.7, keep=True)
        word.add_blanks(document, _("Because:"))


def _family(document, task) -> None:
    for line in lines_of(task["text"].source) if task["text"] else []:
        word.add_line(document, line)
    for step in task["steps"]:
        word.add_point(document, " ".join(str(step).split()), mark=word.TICK_BOX, indent=0.7)
    word.add_line(
        document, _("What was easy for your relative, what was hard? No name, no number of any paper."), keep=True
    )
    word.add_writing_lines(document, 3)
