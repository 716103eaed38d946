"""Moodle XML: read as Moodle's importer reads it, written so that Moodle and we read it back."""

from quizzes.exchange.moodle.reading import read
from quizzes.exchange.moodle.writing import write

__all__ = ["read", "write"]
