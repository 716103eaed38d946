"""Works as their teams and the desk see them: slots with what lies in them, deadlines, what is missing."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils import timezone

from contests.eligibility import LEVELS, Eligibility
from contests.jury.scoring import COMBINE_LABELS
from contests.models import Category, Contest, Slot, Team, TeamMember, Work, WorkFile, WorkVersion
from contests.problems import NoSuchWork
from contests.queries.contests import rounds_of, rules_in_force
from contests.queries.criteria import order_words
from contests.rules import Rules
from contests.slots import ENDINGS, sentence
from schools.models import Role, User


def work_for(user, contest: Contest, uuid) -> Work:
    """A work of one of the user's teams. Raises NoSuchWork."""
    found = (
        Work.objects.visible_to(user)
        .select_related("contest", "category", "round", "team")
        .filter(contest=contest, uuid=uuid)
        .first()
    )
    if found is None:
        raise NoSuchWork()
    return found


def at_school(team: Team, field: str) -> Q:
    """The condition that `field` is the team's school, or what it merged into since the team was made."""
    return Q(**{f"{field}__uuid": team.school_key}) | Q(
        **{f"{field}__predecessions__predecessor__uuid": team.school_key}
    )


def teachers_of(team: Team) -> QuerySet[User]:
    """Who may be a team's mentor: the teachers of its school now."""
    today = timezone.localdate()
    held = Role.objects.filter(
        Q(ends_on=None) | Q(ends_on__gte=today),
        at_school(team, "school"),
        kind=Role.Kind.TEACHER,
        starts_on__lte=today,
    )
    if team.school_key is None:
        return User.objects.none()
    return User.objects.filter(pk__in=held.values("user"), is_active=True).select_related("person")


def deadline_of(work: Work) -> datetime:
    """Until when a version may be handed in, by the server's clock: the round's end, or the time given for mending."""
    if work.screening == Work.Screened.RETURNED and work.fix_until:
        return work.fix_until
    return work.round.closes_at


def grace_of(work: Work) -> timedelta:
    """How long after the deadline what was begun before it may still finish."""
    version = rules_in_force(work.contest)
    return timedelta(minutes=Rules.of(version).grace_minutes) if version else timedelta()


@dataclass(frozen=True)
class FileShown:
    file: WorkFile

    @property
    def words(self) -> list[str]:
        return [sentence(reason, facts) for reason, facts in self.file.messages]


@dataclass(frozen=True)
class SlotShown:
    """A slot with what the version holds in it."""

    slot: Slot
    files: list[FileShown] = field(default_factory=list)
    text: str = ""

    @property
    def is_written(self) -> bool:
        return self.slot.kind in Slot.WRITTEN

    @property
    def accept(self) -> str:
        return ", ".join(ENDINGS.get(Slot.Kind(self.slot.kind), ()))

    @property
    def is_sending(self) -> bool:
        return any(one.file.state == WorkFile.State.SENDING for one in self.files)

    @property
    def has_room(self) -> bool:
        return len(self.files) < self.slot.max_files


def slots_of(category: Category, version: WorkVersion | None) -> list[SlotShown]:
    """Every slot of a category in order. Three queries."""
    files: dict[int, list[FileShown]] = {}
    texts: dict[int, str] = {}
    if version is not None:
        for one in version.files.order_by("position"):
            files.setdefault(one.slot_id, []).append(FileShown(one))
        texts = dict(version.texts.values_list("slot_id", "text"))
    return [SlotShown(one, files.get(one.pk, []), texts.get(one.pk, "")) for one in category.slots.order_by("position")]


def lacking_in(shown: list[SlotShown]) -> list[str]:
    """What keeps a version from being handed in, in words."""
    found = []
    has_files = False
    for one in shown:
        name = {"slot": one.slot.title}
        if one.is_written:
            if one.slot.is_required and not one.text:
                found.append(sentence("missing", name))
            continue
        states = [each.file.state for each in one.files]
        has_files = has_files or WorkFile.State.ACCEPTED in states
        if WorkFile.State.REFUSED in states:
            found.append(sentence("refused_file", name))
        elif {WorkFile.State.SENDING, WorkFile.State.CHECKING} & set(states):
            found.append(sentence("still_checked", name))
        elif not states and one.slot.is_required:
            found.append(sentence("missing", name))
        elif states and len(states) < one.slot.min_files:
            found.append(sentence("too_few", name | {"need": one.slot.min_files, "count": len(states)}))
    if any(one.slot.kind == Slot.Kind.LINK and one.text for one in shown) and not has_files:
        found.append(sentence("link_alone", {}))
    return found


def categories_without_files(contest: Contest) -> list[Category]:
    """Those that ask for no file at all: nothing could be handed in there."""
    files = Slot.objects.filter(is_required=True).exclude(kind__in=Slot.WRITTEN)
    return list(Category.objects.filter(contest=contest).exclude(slots__in=files).order_by("pk"))


def overview_of(contest: Contest) -> dict:
    """Everything a secretary has set, to be looked over before the opening. Seven queries."""
    version = rules_in_force(contest)
    rules = Rules.of(version) if version else None
    categories = Category.objects.filter(contest=contest).prefetch_related("slots", "criteria").order_by("pk")
    return {
        "rounds": list(rounds_of(contest)),
        "categories": [
            {"category": one, "levels": [LEVELS[level] for level in Eligibility.read(one.eligibility).levels]}
            for one in categories
        ],
        "rules": rules,
        "version": version,
        "jury": rules.jury_terms if rules else None,
        "combined_by": COMBINE_LABELS[rules.jury_terms.combine] if rules else "",
        "order": order_words(contest, rules),
        "prizes": list(contest.prizes.all()),
    }


def members_of(team: Team) -> list[TeamMember]:
    """Who is in a team or asked to join it, the leader first."""
    rows = team.members.filter(state__in=TeamMember.PRESENT).select_related("user__person")
    order = [TeamMember.Role.LEADER, TeamMember.Role.MEMBER, TeamMember.Role.MENTOR]
    return sorted(rows, key=lambda one: (order.index(TeamMember.Role(one.role)), one.pk))


def works_of(contest: Contest, user) -> list[dict]:
    """A reader's works in a contest, and the invitations that wait for them. One query."""
    if not user.is_authenticated:
        return []
    rows = TeamMember.objects.filter(
        user_id=user.pk, team__work__contest=contest, state__in=TeamMember.PRESENT
    ).select_related("team__work__category")
    return [
        {"work": one.team.work, "is_asked": one.state == TeamMember.State.INVITED, "role": one.role} for one in rows
    ]
