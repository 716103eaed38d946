from quizzes.models.attempts import Allowance, Answer, Attempt, EarlierReceipt, Opening, Paper
from quizzes.models.bank import Option, Question, QuestionBank, Target
from quizzes.models.imports import QuestionImport
from quizzes.models.marking import CreditTable, Criterion, Rubric
from quizzes.models.pictures import QuestionPicture
from quizzes.models.quizzes import Quiz, QuizDraw, QuizQuestion, QuizSection
from quizzes.models.results import Cancellation, EarlierResult, Marking, ReviewCard
from quizzes.models.sheets import PaperSheet

__all__ = [
    "Allowance",
    "Answer",
    "Attempt",
    "Cancellation",
    "CreditTable",
    "Criterion",
    "EarlierReceipt",
    "EarlierResult",
    "Marking",
    "Opening",
    "Option",
    "Paper",
    "PaperSheet",
    "Question",
    "QuestionBank",
    "QuestionImport",
    "QuestionPicture",
    "Quiz",
    "QuizDraw",
    "QuizQuestion",
    "QuizSection",
    "ReviewCard",
    "Rubric",
    "Target",
]
