from contests.models.contests import Category, Contest, ContestStep, Round, RoundQuiz, RulesVersion, Stage
from contests.models.entries import Acceptance, Entry, IdentityKey, Outage, Promotion, RoundAttempt
from contests.models.rankings import Appeal, Award, Prize, Ranking

__all__ = [
    "Acceptance",
    "Appeal",
    "Award",
    "Category",
    "Contest",
    "ContestStep",
    "Entry",
    "IdentityKey",
    "Outage",
    "Prize",
    "Promotion",
    "Ranking",
    "Round",
    "RoundAttempt",
    "RoundQuiz",
    "RulesVersion",
    "Stage",
]
