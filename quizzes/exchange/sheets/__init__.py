"""Excel and CSV tables: one row a question; a template with examples and explanations."""

from quizzes.exchange.sheets.reading import read
from quizzes.exchange.sheets.writing import template, write

__all__ = ["read", "template", "write"]
