"""Who fills in, sends, returns and signs off reports."""

from reports.models import PlaceReport
from schools.models import Role, User
from schools.permissions import current_roles, keeps_calendar, schools_administered


def runs_rounds(user: User) -> bool:
    """Opens a round, returns reports and signs off: the officer of the whole province, or a superuser."""
    return user.is_superuser or (user.is_authenticated and keeps_calendar(user))


def reports_to_fill(user: User):
    """Reports that are this person's to write: of the school they administer, of the commune they are an officer of, of the
    province for its officer. An office above reads and returns, and writes nothing in another's name."""
    if not user.is_authenticated:
        return PlaceReport.objects.none()
    if user.is_superuser:
        return PlaceReport.objects.all()
    # A province officer who is seated at a unit below the root is the officer of that unit: its report is theirs.
    offices = [Role.Kind.COMMUNE_OFFICER, Role.Kind.PROVINCE_OFFICER]
    units = current_roles(user).filter(kind__in=offices).values("unit")
    mine = PlaceReport.objects.filter(school__in=schools_administered(user).values("pk")) | PlaceReport.objects.filter(
        unit__in=units, unit__depth__gt=1
    )
    if runs_rounds(user):
        mine |= PlaceReport.objects.filter(unit__depth=1)
    return mine


def may_fill(user: User, report: PlaceReport) -> bool:
    return reports_to_fill(user).filter(pk=report.pk).exists()
