from quizzes.models.attempts import Allowance, Answer, Attempt, EarlierReceipt, Opening, Paper
from quizzes.models.bank import Option, Question, QuestionBank, Quiz, QuizDraw, QuizQuestion

__all__ = [
    "Allowance",
    "Answer",
    "Attempt",
    "EarlierReceipt",
    "Opening",
    "Option",
    "Paper",
    "Question",
    "QuestionBank",
    "Quiz",
    "QuizDraw",
    "QuizQuestion",
]
