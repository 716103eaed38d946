"""Teams of a work: made by one, joined by each with their own account."""

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contests.eligibility import Eligibility, judge
from contests.models import Category, Contest, Entry, Round, Stage, Team, TeamMember, Work, WorkVersion
from contests.operations.entries import Agreed, OpenEntry, accept_rules, enter_contest, enter_open_track, new_code
from contests.operations.works import require_changeable
from contests.problems import InAnotherTeam, NotEligible, NotOpen, TeamRefused
from contests.queries.people import standing_for
from contests.queries.works import at_school, teachers_of
from schools.models import SchoolIdentifier


def round_for_works(contest: Contest) -> Round:
    """The round in which new works are handed in now; a later one takes only what was chosen. Raises NotOpen."""
    now = timezone.now()
    found = (
        Round.objects.filter(
            stage__contest=contest, stage__kind=Stage.Kind.SUBMISSION, opens_at__lte=now, closes_at__gt=now
        )
        .filter(promoted_from=None)
        .order_by("number")
        .first()
    )
    if found is None or contest.state != Contest.State.OPEN:
        raise NotOpen()
    return found


def enter_for(contest: Contest, category: Category, user, agreed: Agreed) -> Entry:
    """Take part like any entrant, in the rules' words. A second category is judged by its own conditions."""
    entry = enter_contest(contest=contest, category=category, user=user, agreed=agreed)
    if entry.category_id != category.pk:
        standing, _place = standing_for(user, contest)
        if reasons := judge(Eligibility.read(category.eligibility), standing, contest.reference_date):
            raise NotEligible(reasons)
    accept_rules(entry=entry, agreed=agreed)
    return entry


def confirmed_in(category: Category, user) -> TeamMember | None:
    """Where somebody already makes a work of this category."""
    return (
        TeamMember.objects.filter(
            category=category, user=user, role__in=TeamMember.MAKERS, state=TeamMember.State.CONFIRMED
        )
        .select_related("team__work")
        .first()
    )


@transaction.atomic
def make_team(*, contest: Contest, category: Category, user, agreed: Agreed, title: str, name: str = "") -> Work:
    """Begin a work with oneself as the leader. Again: the same work.

    Raises NotOpen, NotEligible, MustAccept, EntryOut, InAnotherTeam, TeamRefused (no title).
    """
    if not title.strip():
        raise TeamRefused(_("Give the work a title; it can be changed later."))
    round = round_for_works(contest)
    held = confirmed_in(category, user)
    if held is not None:
        if held.role == TeamMember.Role.LEADER:
            return held.team.work
        raise InAnotherTeam()
    entry = enter_for(contest, category, user, agreed)
    now = timezone.now()
    try:
        with transaction.atomic():
            team = Team.objects.create(
                category=category,
                name=name.strip()[:80],
                school_key=entry.school_key,
                unit_key=entry.unit_key,
                unit_name=entry.unit_name,
            )
            TeamMember.objects.create(
                team=team,
                category=category,
                user=user,
                entry=entry,
                role=TeamMember.Role.LEADER,
                state=TeamMember.State.CONFIRMED,
                answered_at=now,
            )
    except IntegrityError:
        # Another press of the same person came first.
        held = confirmed_in(category, user)
        if held is None or held.role != TeamMember.Role.LEADER:
            raise InAnotherTeam() from None
        return held.team.work
    work = _make_work(team, contest, category, round, title)
    WorkVersion.objects.create(work=work, number=1)
    return work


@transaction.atomic
def make_open_team(
    *, contest: Contest, category: Category, agreed: Agreed, title: str, name: str = "", **person
) -> tuple[Work, OpenEntry]:
    """Begin a work as somebody without an account: `person` is what `enter_open_track` asks of them.

    Raises what `enter_open_track` and `make_team` raise.
    """
    entered = enter_open_track(contest=contest, category=category, agreed=agreed, **person)
    work = make_team(contest=contest, category=category, user=entered.user, agreed=agreed, title=title, name=name)
    return work, entered


def _make_work(team: Team, contest: Contest, category: Category, round: Round, title: str) -> Work:
    for _try in range(20):
        try:
            with transaction.atomic():
                return Work.objects.create(
                    team=team,
                    contest=contest,
                    category=category,
                    round=round,
                    code=new_code(),
                    title=title.strip()[:200],
                )
        except IntegrityError:
            continue
    raise RuntimeError("no free entry code")


def as_leader(work: Work, user, *, finishing: bool = False) -> Team:
    """The work's team, locked. Raises TeamRefused unless `user` leads it, TooLate (`finishing`: once the grace is over)."""
    team = Team.objects.select_for_update().get(pk=work.team_id)
    if not team.members.filter(user=user, role=TeamMember.Role.LEADER, state=TeamMember.State.CONFIRMED).exists():
        raise TeamRefused(_("Only the leader of the team can do this."))
    require_changeable(work, finishing=finishing)
    return team


def free_places(team: Team, category: Category) -> int:
    """How many more may be asked: places that an open invitation holds are not free."""
    present = team.members.filter(role__in=TeamMember.MAKERS, state__in=TeamMember.PRESENT).count()
    held = team.invitations.filter(taken_by=None, revoked_at=None).count()
    return category.team_max - present - held


def require_place(team: Team, category: Category) -> None:
    """Raises TeamRefused where the team is full."""
    if free_places(team, category) < 1:
        raise TeamRefused(_("A team has at most %(most)s members here.") % {"most": category.team_max})


@transaction.atomic
def invite_member(*, work: Work, by, code: str) -> TeamMember:
    """Ask somebody by the code they sign in with at the leader's school. Again: the same row.

    Raises TeamRefused (no such pupil of this school, the team is full), InAnotherTeam, TooLate.
    """
    team, category = as_leader(work, by), work.category
    wanted = code.strip()
    found = (
        SchoolIdentifier.objects.filter(
            at_school(team, "school"), code__iexact=wanted, valid_to=None, user__is_active=True
        )
        .select_related("user")
        .first()
        if wanted and "\0" not in wanted and team.school_key
        else None
    )
    if found is None:
        raise TeamRefused(
            _("No pupil of your school signs in with “%(code)s”. Ask your mate for it.") % {"code": wanted}
        )
    held = team.members.filter(user=found.user).first()
    if held is not None and held.state in TeamMember.PRESENT:
        return held
    require_place(team, category)
    if confirmed_in(category, found.user) is not None:
        raise InAnotherTeam(_("This pupil is already in a team of this category."))
    if held is not None:
        held.state, held.answered_at, held.role = TeamMember.State.INVITED, None, TeamMember.Role.MEMBER
        held.save(update_fields=["state", "answered_at", "role"])
        return held
    return TeamMember.objects.create(team=team, category=category, user=found.user, role=TeamMember.Role.MEMBER)


@transaction.atomic
def name_mentor(*, work: Work, by, mentor) -> TeamMember | None:
    """Name a teacher of the school as the mentor, who confirms; None takes the mentor away. Raises TeamRefused, TooLate."""
    team = as_leader(work, by, finishing=True)
    if work.category.mentor == Category.Mentor.NONE:
        raise TeamRefused(_("This category has no mentors."))
    if mentor is not None and not teachers_of(team).filter(pk=mentor.pk).exists():
        raise TeamRefused(_("The mentor is a teacher of your school."))
    now = timezone.now()
    others = team.members.filter(role=TeamMember.Role.MENTOR, state__in=TeamMember.PRESENT)
    if mentor is not None:
        held = others.filter(user=mentor).first()
        if held:
            return held
    others.update(state=TeamMember.State.LEFT, answered_at=now)
    if mentor is None:
        return None
    row, _made = TeamMember.objects.update_or_create(
        team=team,
        user=mentor,
        defaults={
            "category": team.category,
            "role": TeamMember.Role.MENTOR,
            "state": TeamMember.State.INVITED,
            "answered_at": None,
        },
    )
    return row


@transaction.atomic
def confirm_member(*, member: TeamMember, agreed: Agreed | None = None) -> TeamMember:
    """Join: a maker accepts the rules as an entrant does, a mentor says yes. Again: the same.

    Raises TeamRefused (withdrawn meanwhile, another school), NotEligible, MustAccept, InAnotherTeam, TooLate, NotOpen.
    """
    member = (
        TeamMember.objects.select_for_update(of=("self",))
        .select_related("team__work__contest", "category", "user")
        .get(pk=member.pk)
    )
    if member.state == TeamMember.State.CONFIRMED:
        return member
    if member.state != TeamMember.State.INVITED:
        raise TeamRefused(_("This invitation no longer stands. Ask the leader of the team."))
    work, category = member.team.work, member.category
    require_changeable(work)
    if member.role != TeamMember.Role.MENTOR:
        if confirmed_in(category, member.user) is not None:
            raise InAnotherTeam()
        entry = enter_for(work.contest, category, member.user, agreed or Agreed())
        # By the school each belonged to on the reference date: a merger since then parts nobody.
        if category.same_school and entry.school_key != member.team.school_key:
            raise TeamRefused(_("All members of a team belong to one school here."))
        member.entry = entry
    member.state, member.answered_at = TeamMember.State.CONFIRMED, timezone.now()
    try:
        with transaction.atomic():
            member.save(update_fields=["state", "answered_at", "entry"])
    except IntegrityError:
        raise InAnotherTeam() from None
    return member


@transaction.atomic
def leave_team(*, member: TeamMember, by) -> TeamMember:
    """Decline, leave, or as the leader take somebody out. The leader stays: a leader withdraws the work instead.

    Raises TeamRefused, TooLate.
    """
    member = TeamMember.objects.select_for_update(of=("self",)).select_related("team__work__round").get(pk=member.pk)
    if member.state not in TeamMember.PRESENT:
        return member
    if member.role == TeamMember.Role.LEADER:
        raise TeamRefused(_("The leader cannot leave. Withdraw the work instead."))
    if member.user_id != by.pk:
        as_leader(member.team.work, by, finishing=True)
    elif member.state == TeamMember.State.CONFIRMED:
        require_changeable(member.team.work, finishing=True)
    declined = member.state == TeamMember.State.INVITED and member.user_id == by.pk
    member.state = TeamMember.State.DECLINED if declined else TeamMember.State.LEFT
    member.answered_at = timezone.now()
    member.save(update_fields=["state", "answered_at"])
    return member
