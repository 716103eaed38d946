"""The ledger as a PDF: the tables of the page, laid out for A4 across."""

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from cms.problems import Problem
from reports.queries.coverage import Ledger
from reports.queries.gaps import Gap
from reports.queries.tables import heading, meanings, shown, tables_of


class NoPdf(Problem):
    status = 503
    code = "no_pdf"
    detail = _("PDFs cannot be made on this server (Pango is missing). Use the page to print instead.")


def _faces() -> str:
    """One full file a weight: subsets split by script print wrong letters."""
    return "".join(
        f"@font-face{{font-family:'Be Vietnam Pro';font-weight:{weight};src:url('file://{found}')}}"
        for weight in (400, 600)
        if (found := finders.find(f"vendor/fonts/be-vietnam-pro-{weight}.ttf"))
    )


def as_pdf(ledger: Ledger, gaps: list[Gap]) -> bytes:
    """Raises `NoPdf` where Pango is missing."""
    try:
        from weasyprint import CSS, HTML
        from weasyprint.text.fonts import FontConfiguration
    except OSError as error:
        raise NoPdf from error
    title, when = heading(ledger)
    html = render_to_string(
        "reports/coverage_pdf.html",
        {
            "language": get_language(),
            "title": title,
            "when": when,
            "meanings": meanings(),
            "tables": [
                {
                    "table": table,
                    "rows": [
                        [
                            (column, shown(value, column.kind))
                            for column, value in zip(table.columns, row.values, strict=True)
                        ]
                        for row in table.rows
                    ],
                }
                for table in tables_of(ledger, gaps)
            ],
        },
    )
    fonts = FontConfiguration()
    style = [
        CSS(string=_faces(), font_config=fonts),
        CSS(filename=finders.find("reports/paper.css"), font_config=fonts),
    ]
    return HTML(string=html).write_pdf(stylesheets=style, font_config=fonts)
