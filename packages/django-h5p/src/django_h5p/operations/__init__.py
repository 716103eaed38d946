"""Everything that writes: importing, exporting, attempts, deleting."""

from django_h5p.operations.attempts import record_statements, save_state, start_attempt
from django_h5p.operations.cleaning import delete_content, delete_unused_libraries
from django_h5p.operations.exporting import write_package
from django_h5p.operations.importing import ImportReport, import_package

__all__ = [
    "ImportReport",
    "delete_content",
    "delete_unused_libraries",
    "import_package",
    "record_statements",
    "save_state",
    "start_attempt",
    "write_package",
]
