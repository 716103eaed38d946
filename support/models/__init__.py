"""Ask and be heard: the assistant, the desk, surveys, and the visit log of the community teams (product.md §10)."""

from support.models.assistant import LibraryState, Passage, Quotable, Usefulness, Wording
from support.models.surveys import Survey
from support.models.tickets import Ticket
from support.models.visits import Visit

__all__ = ["LibraryState", "Passage", "Quotable", "Survey", "Ticket", "Usefulness", "Visit", "Wording"]
