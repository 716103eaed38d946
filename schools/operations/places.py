"""Schools and units that are renamed, merged or split. Rows are closed and followed by others; no past result moves."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.audit.operations import record
from cms.problems import Problem
from cms.text.folding import fold, natural_key, normalize
from schools.models import (
    FormerName,
    Membership,
    Role,
    School,
    SchoolClass,
    SchoolIdentifier,
    SchoolSuccession,
    SchoolYear,
    Teaching,
    Unit,
    UnitSuccession,
    User,
)
from schools.signals import class_continued, rosters_changed

CHUNK = 800
DAY = timedelta(days=1)


class SchoolClosed(Problem):
    """`extra["successors"]` are the codes to use instead."""

    status = 409
    code = "school_closed"
    title = gettext_lazy("This school is closed")


class ClosingRefused(Problem):
    status = 422
    code = "closing_refused"
    title = gettext_lazy("Nothing was changed")


@dataclass(slots=True)
class Closing:
    """What went where: numbers, and the pupils whose code had to be changed as (old code, new code)."""

    classes: int = 0
    pupils: int = 0
    staff: int = 0
    schools: int = 0
    changed_codes: list[tuple[str, str]] = field(default_factory=list)


def require_open(school: School, day: date | None = None) -> None:
    """Raises `SchoolClosed`, with the names and codes of the schools that followed, for a school that is no more."""
    day = day or timezone.localdate()
    if school.valid_to is None or school.valid_to >= day:
        return
    followers = list(School.objects.filter(predecessions__predecessor=school).order_by("name_folded"))
    words = {"school": school.name, "day": f"{school.valid_to + DAY:%d/%m/%Y}"}
    if followers:
        words["followers"] = ", ".join(f"{one.name} ({one.code})" for one in followers)
        text = _("%(school)s is closed since %(day)s. Use the school that followed it: %(followers)s.") % words
    else:
        text = _("%(school)s is closed since %(day)s, and no school followed it.") % words
    raise SchoolClosed(text, successors=[one.code for one in followers])


def require_open_classes(classes: Iterable[SchoolClass]) -> None:
    """`require_open` for the schools of some classes."""
    keys = {one.school_id for one in classes}
    for school in School.objects.filter(pk__in=keys, valid_to__lt=timezone.localdate()):
        require_open(school)


@transaction.atomic
def rename(*, place: School | Unit, name: str, on: date, decision: str, actor: User | None) -> School | Unit:
    """Give a school or unit a new name from `on`, keeping the old one as that of the time before. Again is a no-op.

    Raises `ClosingRefused` for an empty name, a day to come, and a day on or before that of an earlier renaming.
    """
    place = type(place).objects.select_for_update().get(pk=place.pk)
    name = normalize(name)
    if not name:
        raise ClosingRefused(_("Give the new name."))
    if name == place.name:
        return place
    _check_day(on)
    own = {"school": place} if isinstance(place, School) else {"unit": place}
    if FormerName.objects.filter(used_until__gte=on - DAY, **own).exists():
        raise ClosingRefused(_("There is a renaming of the same or a later day already."))
    FormerName.objects.create(name=place.name, used_until=on - DAY, decision=decision.strip(), **own)
    before, place.name = place.name, name
    place.save()
    _log(actor, "rename", place, {"before": before, "after": name, "on": on.isoformat(), "decision": decision})
    return place


@transaction.atomic
def close_school(
    *,
    school: School,
    successors: Collection[School],
    on: date,
    decision: str,
    actor: User | None,
    places: Mapping[int, School] | None = None,
) -> Closing:
    """Close a school at the end of the day before `on`; its classes of the running year go on in `successors`.

    One successor is a merger (done once for every school that goes into it), several a split: then `places` says, by
    the id of the class, where each class goes. The classes at the successor are new rows: who was where before that
    day, and every result, stays with the school that is closed. Pupils keep their account and, where it is free, their
    code; teachers go with their classes. Again with the same successors is a no-op. Raises `ClosingRefused`.
    """
    keys = {school.pk, *(one.pk for one in successors)}
    # In one order for everybody: two officers who merge crosswise must not wait for each other.
    locked = {one.pk: one for one in School.objects.select_for_update().filter(pk__in=keys).order_by("pk")}
    school, successors = locked[school.pk], [locked[one.pk] for one in successors]
    present = set(SchoolSuccession.objects.filter(predecessor=school).values_list("successor", flat=True))
    if school.valid_to == on - DAY and present == {one.pk for one in successors}:
        return Closing()
    _check_day(on)
    _check_successors(school, successors, on)
    year = SchoolYear.objects.current(on)
    classes = list(SchoolClass.objects.filter(school=school, school_year=year)) if year else []
    target = _targets(classes, successors, places or {})
    SchoolSuccession.objects.bulk_create(
        SchoolSuccession(predecessor=school, successor=one, on=on, decision=decision.strip()) for one in successors
    )
    school.valid_to = on - DAY
    school.save(update_fields=["valid_to"])
    done = Closing()
    if classes and target:
        followers = _continue_classes(classes, target, school)
        done.classes = len(followers)
        _move_pupils(done, school, followers, on)
        _move_teachings(followers, on)
        for before, after in followers.values():
            class_continued.send(sender=SchoolClass, before=before, after=after)
        rosters_changed.send(sender=Membership, class_ids=[one.pk for pair in followers.values() for one in pair])
    done.staff = _move_staff(school, successors, on)
    _log(
        actor,
        "close_school",
        school,
        {
            "successors": [one.code for one in successors],
            "on": on.isoformat(),
            "decision": decision,
            "classes": done.classes,
            "pupils": done.pupils,
        },
    )
    return done


def _check_day(on: date) -> None:
    if on > timezone.localdate():
        raise ClosingRefused(_("Record it on the day it takes effect or later, not before."))


def _check_successors(place: School | Unit, successors: list, on: date) -> None:
    if place.valid_to is not None:
        raise ClosingRefused(_("%(name)s is closed already.") % {"name": place.name})
    if place.valid_from is not None and on <= place.valid_from:
        raise ClosingRefused(
            _("%(name)s exists only since %(day)s.") % {"name": place.name, "day": f"{place.valid_from:%d/%m/%Y}"}
        )
    for one in successors:
        if one.pk == place.pk:
            raise ClosingRefused(_("%(name)s cannot follow itself.") % {"name": place.name})
        if one.valid_to is not None:
            raise ClosingRefused(_("%(name)s is closed itself and cannot follow.") % {"name": one.name})


def _targets(classes: list[SchoolClass], successors: list[School], places: Mapping[int, School]) -> dict[int, School]:
    if not successors:
        full = [one.name for one in classes if one.memberships.filter(ends_on=None).exists()]
        if full:
            raise ClosingRefused(
                _("There are pupils in %(classes)s. Say which school they go to.") % {"classes": ", ".join(full)}
            )
        return {}
    only = successors[0] if len(successors) == 1 else None
    target, lost, misfits = {}, [], []
    for one in classes:
        goes_to = places.get(one.pk, only)
        if goes_to is None or goes_to.pk not in {school.pk for school in successors}:
            lost.append(one.name)
            continue
        if one.grade is not None and not goes_to.has_grade(one.grade):
            misfits.append(f"{one.name} → {goes_to.name}")
        target[one.pk] = goes_to
    if lost:
        raise ClosingRefused(_("Say where these classes go: %(classes)s.") % {"classes": ", ".join(lost)})
    if misfits:
        raise ClosingRefused(
            _("The school that follows does not have this grade: %(classes)s.") % {"classes": ", ".join(misfits)}
        )
    return target


def _continue_classes(
    classes: list[SchoolClass], target: dict[int, School], school: School
) -> dict[int, tuple[SchoolClass, SchoolClass]]:
    """{id before: (before, after)}; where the name is taken, the code of the closed school stands behind it."""
    taken = set(
        SchoolClass.objects.filter(
            school__in={one.pk for one in target.values()}, school_year=classes[0].school_year_id
        ).values_list("school", "name_folded")
    )
    made = []
    for one in classes:
        name = one.name
        if (target[one.pk].pk, fold(name)) in taken:
            name = f"{one.name} ({school.code})"[:40]
        taken.add((target[one.pk].pk, fold(name)))
        made.append(
            SchoolClass(
                school=target[one.pk],
                school_year_id=one.school_year_id,
                name=name,
                name_folded=fold(name),
                name_sort=natural_key(name),
                grade=one.grade,
            )
        )
    SchoolClass.objects.bulk_create(made)
    return {before.pk: (before, after) for before, after in zip(classes, made, strict=True)}


def _move_pupils(done: Closing, school: School, followers: dict, on: date) -> None:
    running = list(
        Membership.objects.filter(models.Q(ends_on=None) | models.Q(ends_on__gte=on), school_class__in=followers)
    )
    later, ended, started = [], [], []
    for row in running:
        after = followers[row.school_class_id][1]
        if row.starts_on >= on:
            row.school_class = after
            later.append(row)
            continue
        started.append(
            Membership(
                user_id=row.user_id,
                school_class=after,
                is_guest=row.is_guest,
                state=row.state,
                starts_on=on,
                ends_on=row.ends_on,
                name_sort=row.name_sort,
            )
        )
        row.state, row.ends_on = Membership.State.LEFT, on - DAY
        ended.append(row)
    Membership.objects.bulk_update(later, ["school_class"], batch_size=200)
    Membership.objects.bulk_update(ended, ["state", "ends_on"], batch_size=200)
    Membership.objects.bulk_create(started, batch_size=CHUNK)
    moved = {row.user_id: followers[before][1].school for row, before in _with_class(started, later, followers)}
    done.pupils = len(moved)
    _move_codes(done, school, moved, on)


def _with_class(started: list[Membership], later: list[Membership], followers: dict):
    before_of = {after.pk: before.pk for before, after in followers.values()}
    for row in [*started, *later]:
        yield row, before_of[row.school_class_id]


def _move_codes(done: Closing, school: School, moved: dict[int, School], on: date) -> None:
    """Each pupil's code holds at the new school; one that is taken there gets the old school's code in front."""
    taken: dict[int, set[str]] = {}
    for target in set(moved.values()):
        rows = SchoolIdentifier.objects.filter(school=target, valid_to=None)
        taken[target.pk] = set(rows.values_list("code_stripped", flat=True))
    started, ended = [], []
    for row in SchoolIdentifier.objects.filter(school=school, valid_to=None).order_by("pk").iterator():
        target = moved.get(row.user_id)
        if target is None:
            continue
        code = row.code
        if SchoolIdentifier.strip_code(code) in taken[target.pk]:
            code = f"{school.code}-{row.code}"[:40]
            done.changed_codes.append((row.code, code))
        stripped = SchoolIdentifier.strip_code(code)
        taken[target.pk].add(stripped)
        started.append(
            SchoolIdentifier(user_id=row.user_id, school=target, code=code, code_stripped=stripped, valid_from=on)
        )
        row.valid_from, row.valid_to = min(row.valid_from, on - DAY), on - DAY
        ended.append(row)
    SchoolIdentifier.objects.bulk_update(ended, ["valid_from", "valid_to"], batch_size=200)
    SchoolIdentifier.objects.bulk_create(started, batch_size=CHUNK)


def _move_teachings(followers: dict, on: date) -> None:
    running = Teaching.objects.filter(models.Q(ends_on=None) | models.Q(ends_on__gte=on), school_class__in=followers)
    for row in running:
        after = followers[row.school_class_id][1]
        if row.starts_on >= on:
            row.school_class = after
            row.save(update_fields=["school_class"])
            continue
        last, row.ends_on = row.ends_on, on - DAY
        row.save(update_fields=["ends_on"])
        row.pk, row._state.adding, row.school_class, row.starts_on, row.ends_on = None, True, after, on, last
        row.save()


def _move_staff(school: School, successors: list[School], on: date) -> int:
    """Teachers hold their office where their classes went, or everywhere when they have none; an administrator only
    where nobody has that office yet, because it opens the accounts of other schools' pupils too."""
    managed = set(
        Role.objects.filter(kind=Role.Kind.SCHOOL_ADMIN, school__in=successors, ends_on=None).values_list(
            "school", flat=True
        )
    )
    moved = set()
    for role in Role.objects.filter(school=school, ends_on=None):
        targets = successors
        if role.kind == Role.Kind.TEACHER:
            taught = Teaching.objects.filter(
                user=role.user_id, school_class__school__in=successors, ends_on=None
            ).values_list("school_class__school", flat=True)
            targets = [one for one in successors if one.pk in set(taught)] or successors
        elif role.kind == Role.Kind.SCHOOL_ADMIN:
            targets = [one for one in successors if one.pk not in managed]
        starts_on, role.starts_on, role.ends_on = role.starts_on, min(role.starts_on, on - DAY), on - DAY
        role.save()
        for one in targets:
            Role.objects.get_or_create(
                user_id=role.user_id,
                kind=role.kind,
                school=one,
                unit=role.unit,
                ends_on=None,
                defaults={"subject": role.subject, "starts_on": max(starts_on, on)},
            )
        moved.add(role.user_id)
    return len(moved)


@transaction.atomic
def close_unit(
    *,
    unit: Unit,
    successors: Collection[Unit],
    on: date,
    decision: str,
    actor: User | None,
    places: Mapping[int, Unit] | None = None,
) -> Closing:
    """Close an administrative unit; its open schools belong to a successor from `on`, by `places` where there are several.

    Results keep the unit of their moment. Offices held in the unit go to its only successor; after a split they stay
    where they are until the officer gives them anew. Again with the same successors is a no-op. Raises `ClosingRefused`.
    """
    keys = {unit.pk, *(one.pk for one in successors)}
    locked = {one.pk: one for one in Unit.objects.select_for_update().filter(pk__in=keys).order_by("pk")}
    unit, successors = locked[unit.pk], [locked[one.pk] for one in successors]
    present = set(UnitSuccession.objects.filter(predecessor=unit).values_list("successor", flat=True))
    if unit.valid_to == on - DAY and present == {one.pk for one in successors}:
        return Closing()
    _check_day(on)
    _check_successors(unit, successors, on)
    if unit.is_root():
        raise ClosingRefused(_("The province itself cannot be closed here."))
    if unit.get_descendants().filter(valid_to=None).exists():
        raise ClosingRefused(_("Close or move the units below %(name)s first.") % {"name": unit.name})
    only = successors[0] if len(successors) == 1 else None
    schools, lost = [], []
    for school in School.objects.filter(unit=unit).open_on(on):
        goes_to = (places or {}).get(school.pk, only)
        if goes_to is None or goes_to.pk not in {one.pk for one in successors}:
            lost.append(school.name)
            continue
        school.unit = goes_to
        schools.append(school)
    if lost:
        raise ClosingRefused(_("Say where these schools go: %(schools)s.") % {"schools": ", ".join(lost)})
    UnitSuccession.objects.bulk_create(
        UnitSuccession(predecessor=unit, successor=one, on=on, decision=decision.strip()) for one in successors
    )
    unit.valid_to = on - DAY
    unit.save()
    School.objects.bulk_update(schools, ["unit"], batch_size=200)
    done = Closing(schools=len(schools))
    for role in Role.objects.filter(unit=unit, ends_on=None) if only else ():
        starts_on, role.starts_on, role.ends_on = role.starts_on, min(role.starts_on, on - DAY), on - DAY
        role.save()
        Role.objects.get_or_create(
            user_id=role.user_id,
            kind=role.kind,
            school=role.school,
            unit=only,
            ends_on=None,
            defaults={"subject": role.subject, "starts_on": max(starts_on, on)},
        )
        done.staff += 1
    _log(
        actor,
        "close_unit",
        unit,
        {"successors": [one.code for one in successors], "on": on.isoformat(), "decision": decision},
    )
    return done


def _log(actor: User | None, action: str, place: School | Unit, detail: dict) -> None:
    kind = "school" if isinstance(place, School) else "unit"
    record(actor=actor, action=action, target_kind=kind, target_key=place.code, target_label=place.name, detail=detail)
