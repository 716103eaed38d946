"""Who is where, for the screens of a class and of a school."""

from django.db.models import Case, Count, IntegerField, Prefetch, Q, QuerySet, Value, When
from django.utils import timezone

from cms.text.folding import fold, normalize
from schools.models import (
    JoinCode,
    JoinRequest,
    Membership,
    PasswordRequest,
    Role,
    School,
    SchoolClass,
    SchoolIdentifier,
    SchoolYear,
    SignInCard,
    Teaching,
    User,
)
from schools.queries.notifications import unread_count


def valid_identifiers(day=None) -> QuerySet[SchoolIdentifier]:
    day = day or timezone.localdate()
    return SchoolIdentifier.objects.filter(Q(valid_to=None) | Q(valid_to__gte=day))


def find_schools(text: str, *, limit: int = 8) -> list[School]:
    """Open schools whose name or code holds every word of `text`, accents ignored; names typed exactly come first."""
    words = fold(text).split()
    if not words:
        return []
    found = School.objects.open_on().select_related("unit")
    for word in words:
        found = found.filter(
            Q(name_folded__contains=word) | Q(code__icontains=word) | Q(unit__name_folded__contains=word)
        )
    return list(found.order_by(_closeness("name", "name_folded", text), "name_folded")[:limit])


def _closeness(name: str, folded: str, text: str) -> Case:
    """0 where the letters are the very ones typed, 1 where the folded name begins so, else 2.

    SQLite compares only ASCII without regard to case, so the usual ways to write a name are named here.
    """
    typed = normalize(text)
    exact = Q()
    for spelling in {typed, typed.lower(), typed.title()}:
        exact |= Q(**{f"{name}__icontains": spelling})
    return Case(
        When(exact, then=Value(0)),
        When(**{f"{folded}__startswith": fold(text)}, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )


def find_pupil(*, school_code: str, code: str) -> User | None:
    """The active pupil of a school with this code; zeros at the start may be missing where only one pupil fits.

    One query; more only where nobody is found and the school is closed: its pupils may go on typing its code and their
    own of that time, and are found at the school that followed.
    """
    here = Q(school__code__iexact=school_code.strip())
    pupil = _only_pupil(valid_identifiers().filter(here), code)
    if pupil is None and School.objects.filter(code__iexact=school_code.strip(), successions__isnull=False).exists():
        former = _only_pupil(SchoolIdentifier.objects.filter(here), code)
        followers = School.objects.filter(predecessions__predecessor__code__iexact=school_code.strip())
        now = valid_identifiers().filter(user=former, school__in=followers).select_related("school").first()
        if former and now:
            former.signed_in_school = now.school
            pupil = former
    return pupil


def _only_pupil(identifiers: QuerySet[SchoolIdentifier], code: str) -> User | None:
    typed = "".join(code.upper().split())
    found = list(
        identifiers.filter(code_stripped=SchoolIdentifier.strip_code(code), user__is_active=True).select_related(
            "user__person", "school"
        )[:10]
    )
    exact = [identifier for identifier in found if identifier.code.upper() == typed]
    chosen = exact if exact else found
    if len(chosen) != 1:
        return None
    user = chosen[0].user
    user.signed_in_school = chosen[0].school
    return user


def classes_of(user: User) -> QuerySet[SchoolClass]:
    """The classes a pupil is in today."""
    return SchoolClass.objects.filter(pk__in=Membership.objects.current().filter(user=user).values("school_class"))


def teachers_in_care_of(school_class: SchoolClass) -> QuerySet[User]:
    """Those who may reset passwords in a class: its homeroom teachers and whoever may edit its roster."""
    teachings = Teaching.objects.current().filter(
        Q(kind=Teaching.Kind.HOMEROOM) | Q(can_edit_roster=True), school_class=school_class
    )
    return User.objects.filter(pk__in=teachings.values("user"), is_active=True)


def class_pupils(school_class: SchoolClass, *, text: str = "") -> QuerySet[Membership]:
    """Today's pupils of a class in Vietnamese name order with their code and card; `text` searches without accents."""
    found = (
        Membership.objects.current()
        .filter(school_class=school_class)
        .select_related("user__person")
        .prefetch_related(
            Prefetch(
                "user__identifiers",
                valid_identifiers().filter(school=school_class.school_id),
                to_attr="codes",
            ),
            Prefetch(
                "user__cards",
                SignInCard.objects.filter(voided_at=None, expires_at__gt=timezone.now()),
                to_attr="working_cards",
            ),
        )
    )
    if fold(text):
        closeness = _closeness("user__person__full_name", "user__person__name_folded", text)
        found = found.filter(
            Q(user__person__name_folded__contains=fold(text))
            | Q(user__identifiers__school=school_class.school_id, user__identifiers__code__icontains=text.strip())
        ).distinct()
        return found.annotate(closeness=closeness).order_by("closeness", "name_sort", "pk")
    return found.order_by("name_sort", "pk")


def open_password_requests(classes: QuerySet[SchoolClass]) -> QuerySet[PasswordRequest]:
    pupils = Membership.objects.current().filter(school_class__in=classes).values("user")
    return (
        PasswordRequest.objects.filter(handled_at=None, user__in=pupils)
        .select_related("user__person")
        .order_by("requested_at")
    )


def waiting_guests(classes: QuerySet[SchoolClass]) -> QuerySet[JoinRequest]:
    return (
        JoinRequest.objects.filter(state=JoinRequest.State.WAITING, join_code__school_class__in=classes)
        .select_related("user__person", "join_code__school_class")
        .order_by("created_at")
    )


def open_join_codes(school_class: SchoolClass) -> QuerySet[JoinCode]:
    return JoinCode.objects.filter(school_class=school_class, closed_at=None, expires_at__gt=timezone.now()).order_by(
        "-created_at"
    )


def school_classes(school: School, year: SchoolYear | None) -> QuerySet[SchoolClass]:
    """Classes of a year with the numbers of pupils and guests of today, and their homeroom teachers."""
    today = timezone.localdate()
    here = Q(memberships__starts_on__lte=today) & (Q(memberships__ends_on=None) | Q(memberships__ends_on__gte=today))
    return (
        SchoolClass.objects.filter(school=school, school_year=year)
        .annotate(
            pupils=Count("memberships", filter=here & Q(memberships__is_guest=False)),
            guests=Count("memberships", filter=here & Q(memberships__is_guest=True)),
        )
        .prefetch_related(
            Prefetch(
                "teachings",
                Teaching.objects.current().filter(kind=Teaching.Kind.HOMEROOM).select_related("user__person"),
                to_attr="homeroom",
            )
        )
        .order_by("grade", "name_sort")
    )


def school_staff(school: School) -> QuerySet[User]:
    """People with a role at a school today, in name order, with those roles in `roles_here`."""
    today = timezone.localdate()
    roles = Role.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), school=school, starts_on__lte=today)
    return (
        User.objects.filter(pk__in=roles.values("user"))
        .select_related("person")
        .prefetch_related(Prefetch("roles", roles, to_attr="roles_here"), "authenticator_set")
        .order_by("person__name_sort", "pk")
    )


def find_staff(people: QuerySet[User], text: str, *, limit: int = 30) -> list[User]:
    """Those of `people` who sign in by username and whose name or username holds `text`, accents ignored."""
    return list(
        people.filter(identifiers=None)
        .filter(Q(person__name_folded__contains=fold(text)) | Q(username__icontains=text.strip()))
        .select_related("person")
        .order_by(_closeness("person__full_name", "person__name_folded", text), "person__name_sort")[:limit]
    )


def find_people(people: QuerySet[User], text: str, *, limit: int = 30) -> list[User]:
    """Those of `people` whose name, pupil code or username holds `text`, accents ignored, exact names first. Two queries."""
    code = SchoolIdentifier.objects.filter(code__icontains=text.strip()).values("user")
    return list(
        people.filter(
            Q(person__name_folded__contains=fold(text))
            | Q(pk__in=code)
            | Q(username__icontains=text.strip(), identifiers=None)
        )
        .select_related("person")
        .prefetch_related("identifiers__school")
        .order_by(_closeness("person__full_name", "person__name_folded", text), "person__name_sort", "pk")[:limit]
    )


def who(user: User, steps: list[str]) -> dict:
    """Who is signed in, for the session API and the head of a page. `steps` is what must be done before anything else."""
    today = timezone.localdate()
    roles = list(
        Role.objects.filter(Q(ends_on=None) | Q(ends_on__gte=today), user=user, starts_on__lte=today).select_related(
            "school"
        )
    )
    kinds = list(dict.fromkeys(role.kind for role in roles))
    if user.is_superuser:
        kinds.insert(0, "admin")
    school = next((role.school for role in roles if role.school), None)
    if not kinds:
        kinds = ["pupil"]
        school = getattr(user, "signed_in_school", None) or _school_of_pupil(user)
    return {
        "uuid": str(user.uuid),
        "name": user.get_full_name() or user.username,
        "role": kinds[0],
        "roles": kinds,
        "language": user.language,
        "school": {"code": school.code, "name": school.name} if school else None,
        "unread": unread_count(user),
        "steps": steps,
    }


def _school_of_pupil(user: User) -> School | None:
    identifier = valid_identifiers().filter(user=user).select_related("school").order_by("-valid_from", "-pk").first()
    return identifier.school if identifier else None
