from reports.models.indicators import Figure, Indicator, Programme, Target
from reports.models.ledger import ClassTally, Move, Reach, RosterCount, WeekTally
from reports.models.rounds import PlaceReport, ReportingRound

__all__ = [
    "ClassTally",
    "Figure",
    "Indicator",
    "Move",
    "PlaceReport",
    "Programme",
    "Reach",
    "ReportingRound",
    "RosterCount",
    "Target",
    "WeekTally",
]
