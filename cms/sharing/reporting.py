"""The report of what agencies used and stations aired, on screen and as .xlsx, by the same function."""

from datetime import timedelta
from io import BytesIO

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from cms.sharing.register import aired, uses

DAYS = 90


class PeriodForm(forms.Form):
    since = forms.DateField(label=pgettext_lazy("of a period", "From"), widget=forms.DateInput(attrs={"type": "date"}))
    until = forms.DateField(label=gettext_lazy("to and including"), widget=forms.DateInput(attrs={"type": "date"}))

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("since") and cleaned.get("until") and cleaned["since"] > cleaned["until"]:
            self.add_error("until", _("The last day is before the first."))
        return cleaned


def _asked(request: HttpRequest) -> tuple[PeriodForm, dict]:
    """The form, and the period to show: the last three months where none, or a wrong one, is asked for."""
    today = timezone.localdate()
    usual = {"since": today - timedelta(days=DAYS), "until": today}
    form = PeriodForm(request.GET if "since" in request.GET or "until" in request.GET else usual)
    return form, form.cleaned_data if form.is_valid() else usual


def register(request: HttpRequest) -> HttpResponse:
    form, period = _asked(request)
    context = {
        "form": form,
        "period": period,
        "rows": uses(**period),
        "aired": aired(**period),
        "header_title": _("Reuse of materials"),
    }
    return render(request, "sharing/admin/register.html", context)


def _sheets(period: dict) -> list[tuple[str, list[str], list[list]]]:
    """Name, headings and rows of each sheet."""
    version, times = pgettext("of a published text", "Version"), pgettext("how often", "Times")
    of_both = [_("Material"), _("Code"), _("Language"), version]
    return [
        (
            _("Use by agencies"),
            [_("Agency"), *of_both, times, _("Last on"), pgettext("of a material", "Use")],
            [
                [row.agency, row.title, row.code, row.language, row.revision_id, row.count, row.last_day, row.kind]
                for row in uses(**period)
            ],
        ),
        (
            _("On the air"),
            [_("Station"), *of_both, times, _("Last on"), _("Days")],
            [
                [row.station, row.title, row.code, row.language, row.revision_id, row.times, row.last_day, row.days]
                for row in aired(**period)
            ],
        ),
    ]


def spreadsheet(request: HttpRequest) -> HttpResponse:
    from openpyxl import Workbook
    from openpyxl.styles import Font

    from cms.text.sheets import XLSX, cell_of, sheet_name

    _form, period = _asked(request)
    book = Workbook(write_only=True)
    for name, head, rows in _sheets(period):
        sheet = book.create_sheet(sheet_name(name))
        for letter, width in zip("ABCDEFGH", (32, 50, 10, 12, 10, 8, 12, 24), strict=True):
            sheet.column_dimensions[letter].width = width
        sheet.append([cell_of(sheet, word, font=Font(bold=True)) for word in head])
        for row in rows:
            sheet.append([cell_of(sheet, value) for value in row])
    stream = BytesIO()
    book.save(stream)
    response = HttpResponse(stream.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="reuse-{period["since"]}-{period["until"]}.xlsx"'
    return response
