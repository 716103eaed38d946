from reports.models.indicators import Figure, Indicator, Programme, Target
from reports.models.ledger import ClassTally, Move, Reach, RosterCount, WeekTally

__all__ = [
    "ClassTally",
    "Figure",
    "Indicator",
    "Move",
    "Programme",
    "Reach",
    "RosterCount",
    "Target",
    "WeekTally",
]
