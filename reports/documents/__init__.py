"""The ledger as files. Each is made from the same tables as the page (reports.queries.tables)."""

from collections.abc import Callable

from reports.documents.paper import as_pdf
from reports.documents.sheets import as_csv, as_workbook
from reports.documents.structured import as_json
from reports.documents.word import as_word
from reports.queries.coverage import Ledger
from reports.queries.gaps import Gap

FORMATS: dict[str, Callable[[Ledger, list[Gap]], bytes]] = {
    "json": as_json,
    "csv": as_csv,
    "xlsx": as_workbook,
    "docx": as_word,
    "pdf": as_pdf,
}
