from contests.models.contests import Category, Contest, ContestStep, Round, RoundQuiz, RulesVersion, Stage
from contests.models.entries import Acceptance, Entry, IdentityKey, Outage, Promotion, RoundAttempt
from contests.models.jury import Conflict, Copy, Criterion, Juror, Meeting, Review, Ruling, Score
from contests.models.rankings import Appeal, Award, Prize, Ranking
from contests.models.showing import Exhibit, TakeDown
from contests.models.teams import Team, TeamMember
from contests.models.works import Enquiry, Extension, Screening, Slot, Work, WorkFile, WorkText, WorkVersion

__all__ = [
    "Acceptance",
    "Appeal",
    "Award",
    "Category",
    "Conflict",
    "Contest",
    "ContestStep",
    "Copy",
    "Criterion",
    "Enquiry",
    "Entry",
    "Exhibit",
    "Extension",
    "IdentityKey",
    "Juror",
    "Meeting",
    "Outage",
    "Prize",
    "Promotion",
    "Ranking",
    "Review",
    "Round",
    "RoundAttempt",
    "RoundQuiz",
    "RulesVersion",
    "Ruling",
    "Score",
    "Screening",
    "Slot",
    "Stage",
    "TakeDown",
    "Team",
    "TeamMember",
    "Work",
    "WorkFile",
    "WorkText",
    "WorkVersion",
]
