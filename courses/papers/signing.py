"""The list to sign at a training, A4, with room for those who come without being on it."""

from django.utils.translation import gettext as _
from django.utils.translation import override

from cms import word
from courses.models import Training
from courses.papers.sheets import Made
from courses.queries.trainings import attendee_rows, attendees

EMPTY_ROWS = 5


def write_signing_sheet(training: Training, language: str) -> Made:
    """Everybody who is invited in the order of names, a column to sign in, and empty rows."""
    with override(language):
        title = _("List of those present")
        document = word.new_document(title=f"{title}: {training.title}", language=language, margin=1.8)
        word.number_pages(document.sections[0], f"{training.title} · ")
        word.add_heading(document, title.upper(), 1, centred=True)
        word.add_line(document, training.title, bold=True, centred=True)
        when = f"{training.held_on:%d/%m/%Y}"
        if training.starts_at:
            when = f"{training.starts_at:%H:%M}, {when}"
        word.add_line(document, f"{training.place} · {when} · {training.venue}", centred=True)
        heads = [_("No."), _("Name"), _("Office"), _("School or unit"), _("Signature")]
        rows = [
            [str(number), one.user.get_full_name(), one.office.word, one.office.place, ""]
            for number, one in enumerate(attendee_rows(training, attendees(training)), start=1)
        ]
        rows += [[str(len(rows) + number), "", "", "", ""] for number in range(1, EMPTY_ROWS + 1)]
        word.add_table(document, heads, rows, widths=[1, 5, 3.4, 5, 3.6], size=11, row_height=0.9)
        word.add_line(document)
        word.add_blanks(document, _("Present:"), _("Signed by whoever held the training:"))
        return Made(word.as_bytes(document), word.file_name(title, training.title))
