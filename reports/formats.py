"""The kinds of file a ledger is given away as. The libraries that write them are loaded only when one is asked for."""

from reports.queries.coverage import Ledger

TYPES = {
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
}


def file_name(ledger: Ledger, format: str) -> str:
    """A name any device can hold."""
    return f"coverage-{ledger.scope.code or 'all'}-{ledger.school_year.code}.{format}".lower()
