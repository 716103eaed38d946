from contests.models.contests import Category, Contest, ContestStep, Round, RoundQuiz, RulesVersion, Stage
from contests.models.entries import Acceptance, Entry, IdentityKey, Outage, Promotion, RoundAttempt
from contests.models.jury import Conflict, Copy, Criterion, Juror, Meeting, Review, Ruling, Score
from contests.models.rankings import Appeal, Award, Prize, Ranking
from contests.models.showing import Exhibit, TakeDown
from contests.models.stage import Correction, Mark, Part, Points, Sheet, Timing, Turn, TurnConflict, TurnOrder
from contests.models.teams import Team, TeamInvitation, TeamMember
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
    "Correction",
    "Criterion",
    "Enquiry",
    "Entry",
    "Exhibit",
    "Extension",
    "IdentityKey",
    "Juror",
    "Mark",
    "Meeting",
    "Outage",
    "Part",
    "Points",
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
    "Sheet",
    "Slot",
    "Stage",
    "TakeDown",
    "Team",
    "TeamInvitation",
    "TeamMember",
    "Timing",
    "Turn",
    "TurnConflict",
    "TurnOrder",
    "Work",
    "WorkFile",
    "WorkText",
    "WorkVersion",
]
