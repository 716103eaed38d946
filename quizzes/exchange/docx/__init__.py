"""Word papers in, as Vietnamese teachers write them (design: standards, "Question files")."""

from quizzes.exchange.docx.reading import read

__all__ = ["read"]
