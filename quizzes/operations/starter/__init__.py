from quizzes.operations.starter.quizzes import Loaded, load_quiz

__all__ = ["Loaded", "load_quiz"]
