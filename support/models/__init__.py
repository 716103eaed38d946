"""Ask and be heard: the assistant, the desk, surveys, and the visit log of the community teams (product.md §10)."""

from support.models.assistant import Asking, LibraryState, Passage, Quotable, Usefulness, Wording
from support.models.opinions import ChangePage, Honour
from support.models.pages import AnswerPage
from support.models.surveys import Survey, SurveyAnswer, SurveyVersion, SurveyWords
from support.models.tickets import MAX_ANSWER, MAX_QUESTION, CannedAnswer, DeskRoute, Ticket, TicketBatch
from support.models.visits import MAX_NOTE, MOST_PEOPLE, Visit

__all__ = [
    "MAX_ANSWER",
    "MAX_NOTE",
    "MAX_QUESTION",
    "MOST_PEOPLE",
    "AnswerPage",
    "Asking",
    "CannedAnswer",
    "ChangePage",
    "DeskRoute",
    "Honour",
    "LibraryState",
    "Passage",
    "Quotable",
    "Survey",
    "SurveyAnswer",
    "SurveyVersion",
    "SurveyWords",
    "Ticket",
    "TicketBatch",
    "Usefulness",
    "Visit",
    "Wording",
]
