"""The report of what agencies used, on screen and as .xlsx, by the same function."""

from datetime import timedelta
from io import BytesIO

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from cms.sharing.register import lines, uses

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
        "header_title": _("Use by agencies"),
    }
    return render(request, "sharing/admin/register.html", context)


def spreadsheet(request: HttpRequest) -> HttpResponse:
    from openpyxl import Workbook
    from openpyxl.styles import Font

    from cms.text.sheets import XLSX, cell_of, sheet_name

    _form, period = _asked(request)
    book = Workbook(write_only=True)
    sheet = book.create_sheet(sheet_name(_("Use by agencies")))
    head = [
        _("Agency"),
        _("Material"),
        _("Code"),
        _("Language"),
        pgettext("of a published text", "Version"),
        pgettext("of a material", "Use"),
        pgettext("how often", "Times"),
        _("Last on"),
    ]
    for letter, width in zip("ABCDEFGH", (32, 50, 10, 12, 10, 24, 8, 12), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.append([cell_of(sheet, word, font=Font(bold=True)) for word in head])
    for line in lines(uses(**period)):
        sheet.append([cell_of(sheet, value) for value in line])
    stream = BytesIO()
    book.save(stream)
    response = HttpResponse(stream.getvalue(), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="agencies-{period["since"]}-{period["until"]}.xlsx"'
    return response
