"""Questions as an H5P question set (.h5p), and question sets as questions."""

from quizzes.exchange.h5p.reading import read
from quizzes.exchange.h5p.writing import write

__all__ = ["read", "write"]
