from schools.models.access import JoinCode, JoinRequest, PasswordRequest, SignInCard
from schools.models.channels import Channel, ChannelChoice, Delivery
from schools.models.classes import Membership, SchoolClass, Teaching
from schools.models.consents import Consent
from schools.models.moves import PersonMerge, Transfer
from schools.models.notifications import Notification
from schools.models.people import Person, Role, SchoolIdentifier, User
from schools.models.rolls import Level, Roll, RollImport
from schools.models.rosters import RosterChange, RosterImport
from schools.models.units import (
    FormerName,
    ReportingYear,
    School,
    SchoolSuccession,
    SchoolYear,
    Unit,
    UnitSuccession,
)

__all__ = [
    "Channel",
    "ChannelChoice",
    "Consent",
    "Delivery",
    "FormerName",
    "JoinCode",
    "JoinRequest",
    "Level",
    "Membership",
    "Notification",
    "PasswordRequest",
    "Person",
    "PersonMerge",
    "ReportingYear",
    "Role",
    "Roll",
    "RollImport",
    "RosterChange",
    "RosterImport",
    "School",
    "SchoolClass",
    "SchoolIdentifier",
    "SchoolSuccession",
    "SchoolYear",
    "SignInCard",
    "Teaching",
    "Transfer",
    "Unit",
    "UnitSuccession",
    "User",
]
