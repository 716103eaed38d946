"""Class lists: staging, committing, and taking back."""

from schools.operations.rosters.committing import (
    choose,
    close_staged,
    commit_import,
    commit_staged,
    read_staged,
    stage_file,
    summary_of,
)
from schools.operations.rosters.problems import FileGone, NothingToImport, UndoRefused
from schools.operations.rosters.province import import_province
from schools.operations.rosters.undoing import can_be_undone, forget_old_imports, undo_import

__all__ = [
    "FileGone",
    "NothingToImport",
    "UndoRefused",
    "can_be_undone",
    "choose",
    "close_staged",
    "commit_import",
    "commit_staged",
    "forget_old_imports",
    "import_province",
    "read_staged",
    "stage_file",
    "summary_of",
    "undo_import",
]
