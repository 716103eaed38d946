"""The ledger as a PDF: the tables of the page, laid out for A4 across."""

from django.template.loader import render_to_string
from django.utils.translation import get_language

from cms.pdf import laid_out
from reports.queries.coverage import Ledger
from reports.queries.gaps import Gap
from reports.queries.tables import heading, meanings, shown, tables_of


def as_pdf(ledger: Ledger, gaps: list[Gap]) -> bytes:
    """Raises `NoPdf` where Pango is missing."""
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
    return laid_out(html, "reports/paper.css").write_pdf()
