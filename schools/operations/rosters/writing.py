"""Writing the diff of a class list: a few statements per table whatever the number of pupils."""

from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from django.contrib.auth.hashers import make_password
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.jobs.steps import Step
from cms.text.folding import fold, natural_key
from cms.text.names import normalize_name, sort_key
from schools.models import (
    Membership,
    Person,
    RosterChange,
    RosterImport,
    SchoolClass,
    SchoolIdentifier,
    User,
)
from schools.rosters.planning import Entry, Kind, Plan

CHUNK = 800


class Writer:
    """Writes one plan: a few statements per table whatever the number of pupils."""

    def __init__(self, roster_import: RosterImport, plan: Plan, step: Step):
        self.roster_import = roster_import
        self.plan = plan
        self.step = step
        self.today = timezone.localdate()
        self.changes: list[RosterChange] = []

    def write(self) -> None:
        total = len(self.plan.entries)
        self.step(0, total, _("Writing"))
        self.first_day = self._first_day()
        self._create_classes()
        created = [entry for entry in self.plan.entries if Kind.CREATED in entry.kinds]
        self._create_pupils(created)
        self.step(len(created), total, _("Writing"))
        self._change_people([entry for entry in self.plan.entries if entry.changes])
        self._move([entry for entry in self.plan.entries if Kind.MOVED in entry.kinds])
        self._end([entry for entry in self.plan.entries if Kind.LEFT in entry.kinds])
        RosterChange.objects.bulk_create(self.changes, batch_size=CHUNK)
        self.step(total, total, _("Writing"))

    def _first_day(self) -> date:
        """From when a pupil is in the class: the first list of a year speaks from the year's first day, later ones of today."""
        year = self.roster_import.school_year
        earlier = (
            RosterImport.objects.filter(
                kind=RosterImport.Kind.LIST,
                school=self.roster_import.school,
                school_year=year,
                state=RosterImport.State.COMMITTED,
            )
            .exclude(pk=self.roster_import.pk)
            .exists()
        )
        return self.today if earlier else min(self.today, year.starts_on)

    def _note(self, model: type[models.Model], object_id: int, before: dict | None, after: dict | None) -> None:
        self.changes.append(
            RosterChange(
                roster_import=self.roster_import,
                model=model._meta.label_lower,
                object_id=object_id,
                before=before,
                after=after,
            )
        )

    def _create_classes(self) -> None:
        made = SchoolClass.objects.bulk_create(
            SchoolClass(
                school=self.roster_import.school,
                school_year=self.roster_import.school_year,
                name=name,
                name_folded=fold(name),
                name_sort=natural_key(name),
                grade=grade,
            )
            for name, grade in self.plan.new_classes.values()
        )
        for key, school_class in zip(self.plan.new_classes, made, strict=True):
            self.plan.class_ids[key] = school_class.pk
            self._note(SchoolClass, school_class.pk, None, {})

    def _create_pupils(self, entries: list[Entry]) -> None:
        users = User.objects.bulk_create(
            User(username=f"p{uuid4().hex}", password=make_password(None), language="vi") for _entry in entries
        )
        people, identifiers, memberships = [], [], []
        for user, entry in zip(users, entries, strict=True):
            row = entry.line
            person = Person(user=user, birth_date=row.birth_date, gender=row.gender)
            person.set_name(row.full_name)
            people.append(person)
            identifiers.append(
                SchoolIdentifier(
                    user=user,
                    school=self.roster_import.school,
                    code=row.code,
                    code_stripped=SchoolIdentifier.strip_code(row.code),
                    valid_from=self.first_day,
                )
            )
            memberships.append(
                Membership(
                    user=user,
                    school_class_id=self.plan.class_ids[entry.class_key],
                    name_sort=person.name_sort,
                    starts_on=self.first_day,
                )
            )
            self._note(User, user.pk, None, {})
        Person.objects.bulk_create(people)
        SchoolIdentifier.objects.bulk_create(identifiers)
        Membership.objects.bulk_create(memberships)

    def _change_people(self, entries: list[Entry]) -> None:
        people = []
        renamed: dict[int, str] = {}
        for entry in entries:
            pupil = entry.pupil
            values: dict[str, Any] = {
                "full_name": pupil.full_name,
                "birth_date": pupil.birth_date,
                "gender": pupil.gender,
            }
            new = values | {name: after for name, (_before, after) in entry.changes.items()}
            person = Person(user_id=pupil.user_id, birth_date=new["birth_date"], gender=new["gender"])
            person.set_name(new["full_name"])
            people.append(person)
            if "full_name" in entry.changes:
                renamed[pupil.user_id] = person.name_sort
            self._note(
                Person,
                pupil.user_id,
                {name: stored(values[name]) for name in entry.changes},
                {name: stored(getattr(person, name)) for name in entry.changes},
            )
        store_people(people)
        rename_memberships(renamed)

    def _move(self, entries: list[Entry]) -> None:
        ended, started, corrected = [], [], []
        free_from = self._free_from(entries)
        for entry in entries:
            pupil, place = entry.pupil, entry.pupil.place
            class_id = self.plan.class_ids[entry.class_key]
            name = entry.changes.get("full_name", (None, pupil.full_name))[1]
            if place and place.starts_on >= self.today:
                # Placed only today: the list corrects the class, there is no history to keep.
                corrected.append((place, class_id))
                continue
            if place:
                ended.append((place.membership, place.starts_on, self.today))
                starts_on = self.today
            else:
                starts_on = max(self.first_day, free_from.get(pupil.user_id, self.first_day))
            # What still runs of another year ended when this class began.
            ended.extend((pk, began, starts_on) for pk, began in pupil.former)
            started.append(
                Membership(
                    user_id=pupil.user_id,
                    school_class_id=class_id,
                    name_sort=sort_key(normalize_name(name)),
                    starts_on=starts_on,
                )
            )
        self._end_memberships(ended)
        for place, class_id in corrected:
            Membership.objects.filter(pk=place.membership).update(school_class_id=class_id)
            self._note(Membership, place.membership, {"school_class_id": place.class_id}, {"school_class_id": class_id})
        for membership in Membership.objects.bulk_create(started):
            self._note(Membership, membership.pk, None, {})

    def _free_from(self, entries: list[Entry]) -> dict[int, date]:
        """From when pupils who have no class now may be in one: the day after they left the last one."""
        users = [entry.pupil.user_id for entry in entries if entry.pupil.place is None]
        found: dict[int, date] = {}
        for chunk in chunks(users):
            left = Membership.objects.filter(user__in=chunk, is_guest=False, ends_on__isnull=False)
            for user_id, last in left.values_list("user").annotate(last=models.Max("ends_on")):
                found[user_id] = min(self.today, last + timedelta(days=1))
        return found

    def _end(self, entries: list[Entry]) -> None:
        places = [entry.pupil.place for entry in entries]
        self._end_memberships([(place.membership, place.starts_on, self.today) for place in places if place])

    def _end_memberships(self, ended: list[tuple[int, date, date]]) -> None:
        """Close memberships (id, first day, first day without) with the day before, so that lists are without the pupil."""
        by_dates: dict[tuple[date | None, date], list[int]] = {}
        for pk, starts_on, until in ended:
            last = until - timedelta(days=1)
            first = min(starts_on, last)
            by_dates.setdefault((None if first == starts_on else first, last), []).append(pk)
            self._note(
                Membership,
                pk,
                {"state": Membership.State.ACTIVE, "starts_on": starts_on.isoformat(), "ends_on": None},
                {
                    "state": Membership.State.LEFT,
                    "starts_on": first.isoformat(),
                    "ends_on": last.isoformat(),
                },
            )
        for (first, last), keys in by_dates.items():
            values: dict[str, Any] = {"state": Membership.State.LEFT, "ends_on": last}
            if first is not None:
                values["starts_on"] = first
            for chunk in chunks(keys):
                Membership.objects.filter(pk__in=chunk).update(**values)


def stored(value):
    return value.isoformat() if isinstance(value, date) else value


def chunks(keys: Iterable) -> Iterator[list]:
    listed = list(keys)
    for start in range(0, len(listed), CHUNK):
        yield listed[start : start + CHUNK]


def store_people(people: list[Person]) -> None:
    """Update many persons in one statement per batch; all of them exist."""
    Person.objects.bulk_create(
        people,
        update_conflicts=True,
        unique_fields=["user"],
        update_fields=["full_name", "name_sort", "name_folded", "birth_date", "gender"],
    )


def rename_memberships(renamed: dict[int, str]) -> None:
    for chunk in chunks(renamed):
        memberships = list(Membership.objects.filter(user__in=chunk))
        for membership in memberships:
            membership.name_sort = renamed[membership.user_id]
        Membership.objects.bulk_update(memberships, ["name_sort"], batch_size=200)
