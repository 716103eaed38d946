from contests.models.contests import Category, Contest, ContestStep, Round, RoundQuiz, RulesVersion, Stage
from contests.models.entries import Acceptance, Entry, IdentityKey, Outage, Promotion, RoundAttempt
from contests.models.rankings import Appeal, Award, Prize, Ranking
from contests.models.teams import Team, TeamMember
from contests.models.works import Enquiry, Extension, Screening, Slot, Work, WorkFile, WorkText, WorkVersion

__all__ = [
    "Acceptance",
    "Appeal",
    "Award",
    "Category",
    "Contest",
    "ContestStep",
    "Enquiry",
    "Entry",
    "Extension",
    "IdentityKey",
    "Outage",
    "Prize",
    "Promotion",
    "Ranking",
    "Round",
    "RoundAttempt",
    "RoundQuiz",
    "RulesVersion",
    "Screening",
    "Slot",
    "Stage",
    "Team",
    "TeamMember",
    "Work",
    "WorkFile",
    "WorkText",
    "WorkVersion",
]
