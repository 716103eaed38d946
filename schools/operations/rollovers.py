"""Taking a school, or all of them, into the next school year: one transaction a school, undone for seven days."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms.audit.operations import record
from cms.jobs.steps import Step, untold
from cms.problems import Problem
from cms.text.folding import fold, natural_key
from schools.models import Membership, RosterChange, RosterImport, School, SchoolClass, SchoolYear, Teaching, User
from schools.operations.places import SchoolClosed, require_open
from schools.operations.rosters.writing import CHUNK, chunks, stored
from schools.rollovers.planning import FINISHED, LEAVING, REPEATING, UP, Pupil, RollPlan, first_day, plan_roll_over
from schools.rosters.planning import class_key

DAY = timedelta(days=1)


class RollOverRefused(Problem):
    status = 422
    code = "roll_over_refused"
    title = gettext_lazy("The year was not turned")


@dataclass(frozen=True, slots=True)
class Decisions:
    """What a person decided about a roll-over (see `plan_roll_over`); `teachers_follow`: they go up with their class."""

    repeaters: tuple[str, ...] = ()
    leavers: tuple[str, ...] = ()
    names: Mapping[int, str] | None = None
    teachers_follow: bool = True

    def as_options(self) -> dict:
        return {
            "repeaters": list(self.repeaters),
            "leavers": list(self.leavers),
            "names": {str(key): name for key, name in (self.names or {}).items()},
            "teachers_follow": self.teachers_follow,
        }

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> "Decisions":
        return cls(
            tuple(options.get("repeaters", ())),
            tuple(options.get("leavers", ())),
            {int(key): name for key, name in options.get("names", {}).items()},
            options.get("teachers_follow", True),
        )


def plan_for(school: School, from_year: SchoolYear, to_year: SchoolYear, decisions: Decisions) -> RollPlan:
    """The dry run. Raises `RollOverRefused` where there is nothing to take over, `SchoolClosed` for a merged school."""
    require_open(school)
    if to_year.starts_on <= from_year.starts_on:
        raise RollOverRefused(_("%(to)s does not come after %(from)s.") % {"to": to_year.code, "from": from_year.code})
    plan = plan_roll_over(
        school=school,
        from_year=from_year,
        to_year=to_year,
        repeaters=decisions.repeaters,
        leavers=decisions.leavers,
        names=decisions.names,
    )
    if not any(line.pupils for line in plan.lines):
        raise RollOverRefused(
            _("%(school)s has no pupils in %(year)s. Bring in its class list.")
            % {"school": school.name, "year": from_year.code}
        )
    return plan


def stage_roll_over(
    *, school: School, from_year: SchoolYear, to_year: SchoolYear, decisions: Decisions, actor: User | None
) -> RosterImport:
    """Keep what was decided for the preview. Raises as `plan_for` does."""
    plan_for(school, from_year, to_year, decisions)
    return RosterImport.objects.create(
        kind=RosterImport.Kind.ROLL_OVER,
        school=school,
        from_year=from_year,
        school_year=to_year,
        actor=actor,
        file_name=f"{from_year.code} → {to_year.code}",
        options=decisions.as_options(),
    )


@transaction.atomic
def decide(*, staged: RosterImport, decisions: Decisions) -> RosterImport:
    """Change what was decided while nothing has been written yet."""
    staged = RosterImport.objects.select_for_update().get(pk=staged.pk)
    if staged.state == RosterImport.State.PLANNED:
        staged.options = decisions.as_options()
        staged.save(update_fields=["options"])
    return staged


@transaction.atomic
def roll_over(
    *,
    school: School,
    from_year: SchoolYear,
    to_year: SchoolYear,
    decisions: Decisions,
    actor: User | None,
    staged: RosterImport | None = None,
    step: Step = untold,
) -> tuple[RosterImport | None, RollPlan]:
    """Take a school into its next year. Whoever does it again finds everybody placed and changes nothing.

    The plan is made anew under a lock on the school. Returns what was written, or what an earlier run wrote when
    nothing is left to do. `step` hears (done, total, what). Raises as `plan_for` does; then nothing is written.
    """
    school = School.objects.select_for_update().get(pk=school.pk)
    if staged is not None:
        staged = RosterImport.objects.select_for_update().get(pk=staged.pk)
    step(0, 3, _("Looking at the classes"))
    plan = plan_for(school, from_year, to_year, decisions)
    if staged is not None and staged.state != RosterImport.State.PLANNED:
        return staged, plan
    if plan.is_empty:
        return (staged or _earlier(school, from_year, to_year)), plan
    done = staged or RosterImport(
        kind=RosterImport.Kind.ROLL_OVER,
        school=school,
        from_year=from_year,
        school_year=to_year,
        actor=actor,
        file_name=f"{from_year.code} → {to_year.code}",
    )
    done.summary = summary_of(plan)
    done.state, done.committed_at = RosterImport.State.COMMITTED, timezone.now()
    # The codes of pupils are not needed any more; the diff says what was done.
    done.options = {"teachers_follow": decisions.teachers_follow}
    done.save()
    _Writer(done, plan, decisions, step).write()
    record(
        actor=actor,
        action="roll_over",
        target_kind="school",
        target_key=school.code,
        target_label=school.name,
        detail={"import": str(done.uuid), "from": from_year.code, "to": to_year.code, **plan.counts()},
    )
    return done, plan


def _earlier(school: School, from_year: SchoolYear, to_year: SchoolYear) -> RosterImport | None:
    return RosterImport.objects.filter(
        kind=RosterImport.Kind.ROLL_OVER,
        school=school,
        from_year=from_year,
        school_year=to_year,
        state=RosterImport.State.COMMITTED,
    ).last()


def summary_of(plan: RollPlan) -> dict:
    """The counts of a roll-over as stored and printed; no names of pupils in it."""
    return {
        **plan.counts(),
        "guests": plan.guests,
        "left_before": plan.left_before,
        "new_classes": sorted(name for name, _grade in plan.new_classes.values()),
        "classes": [
            {
                "from": line.before.name,
                "to": line.name,
                "up": line.up,
                "repeating": line.repeating,
                "gone": line.gone,
            }
            for line in plan.lines
        ],
        "grades": plan.grades,
        "rejected": len(plan.rejected),
    }


class _Writer:
    def __init__(self, done: RosterImport, plan: RollPlan, decisions: Decisions, step: Step):
        self.done, self.plan, self.decisions, self.step = done, plan, decisions, step
        self.changes: list[RosterChange] = []

    def write(self) -> None:
        self._classes()
        self.step(1, 3, _("Taking the pupils over"))
        self._pupils()
        self.step(2, 3, _("Taking the teachers over"))
        if self.decisions.teachers_follow:
            self._teachers()
        RosterChange.objects.bulk_create(self.changes, batch_size=CHUNK)
        self.step(3, 3, _("Done"))

    def _note(self, model: type[models.Model], object_id: int, before: dict | None, after: dict) -> None:
        label = model._meta.label_lower
        self.changes.append(
            RosterChange(roster_import=self.done, model=label, object_id=object_id, before=before, after=after)
        )

    def _classes(self) -> None:
        made = SchoolClass.objects.bulk_create(
            SchoolClass(
                school=self.done.school,
                school_year=self.done.school_year,
                name=name,
                name_folded=fold(name),
                name_sort=natural_key(name),
                grade=grade,
            )
            for name, grade in self.plan.new_classes.values()
        )
        for key, one in zip(self.plan.new_classes, made, strict=True):
            self.plan.class_ids[key] = one.pk
            self._note(SchoolClass, one.pk, None, {})

    def _pupils(self) -> None:
        year, started = self.done.school_year, []
        ends: dict[date, list[Pupil]] = {}
        for line in self.plan.lines:
            for pupil in line.pupils:
                if pupil.kind in {UP, REPEATING}:
                    starts_on = first_day(pupil, year)
                    name = line.name if pupil.kind == UP else line.before.name
                    started.append(
                        Membership(
                            user_id=pupil.user_id,
                            school_class_id=self.plan.class_ids[class_key(name)],
                            name_sort=pupil.name_sort,
                            starts_on=starts_on,
                        )
                    )
                    ends.setdefault(starts_on - DAY, []).append(pupil)
                elif pupil.kind in {FINISHED, LEAVING}:
                    last = max(pupil.starts_on, self.done.from_year.ends_on)
                    ends.setdefault(last, []).append(pupil)
        for last, pupils in ends.items():
            running = [pupil for pupil in pupils if pupil.ends_on is None or pupil.ends_on > last]
            for chunk in chunks(pupil.membership for pupil in running):
                Membership.objects.filter(pk__in=chunk).update(state=Membership.State.LEFT, ends_on=last)
            for pupil in running:
                before = {"state": "left" if pupil.ends_on else "active", "ends_on": stored(pupil.ends_on)}
                self._note(Membership, pupil.membership, before, {"state": "left", "ends_on": last.isoformat()})
        for row in Membership.objects.bulk_create(started, batch_size=CHUNK):
            self._note(Membership, row.pk, None, {})

    def _teachers(self) -> None:
        """Whoever teaches a class goes up with it, and is done with the class of the year before."""
        first = self.done.school_year.starts_on
        lines = {line.before.pk: line for line in self.plan.lines if line.up or line.gone}
        running = Teaching.objects.filter(school_class__in=lines, ends_on=None, starts_on__lt=first)
        headed = set(
            Teaching.objects.filter(
                school_class__in=self.plan.class_ids.values(), kind=Teaching.Kind.HOMEROOM, ends_on=None
            ).values_list("school_class", flat=True)
        )
        started, ended = [], []
        for row in running:
            line = lines[row.school_class_id]
            target = self.plan.class_ids.get(class_key(line.name)) if line.name and line.up else None
            ended.append(row.pk)
            self._note(Teaching, row.pk, {"ends_on": None}, {"ends_on": (first - DAY).isoformat()})
            if target is None or (row.kind == Teaching.Kind.HOMEROOM and target in headed):
                continue
            if row.kind == Teaching.Kind.HOMEROOM:
                headed.add(target)
            started.append(
                Teaching(
                    user_id=row.user_id,
                    school_class_id=target,
                    kind=row.kind,
                    subject=row.subject,
                    can_assign=row.can_assign,
                    can_grade=row.can_grade,
                    can_edit_roster=row.can_edit_roster,
                    starts_on=first,
                )
            )
        for chunk in chunks(ended):
            Teaching.objects.filter(pk__in=chunk).update(ends_on=first - DAY)
        # Two classes may become one: somebody who teaches both teaches it once.
        once = {(row.user_id, row.school_class_id, row.kind, row.subject): row for row in started}
        held = set(
            Teaching.objects.filter(school_class__in=self.plan.class_ids.values(), ends_on=None).values_list(
                "user", "school_class", "kind", "subject"
            )
        )
        for row in Teaching.objects.bulk_create(row for key, row in once.items() if key not in held):
            self._note(Teaching, row.pk, None, {})


def roll_over_all(
    *,
    schools: Iterable[School],
    from_year: SchoolYear,
    to_year: SchoolYear,
    actor: User | None,
    dry_run: bool = False,
    step: Step = untold,
) -> list[dict]:
    """Every school by the defaults of `plan_roll_over`, each in a transaction of its own: one that cannot does not stop
    the others. Returns a line for each: {"school", "name", counts…} or with "error", the reason."""
    listed = list(schools)
    lines = []
    for number, school in enumerate(listed):
        step(number, len(listed), school.name)
        line: dict[str, Any] = {"school": school.code, "name": school.name}
        try:
            if dry_run:
                plan = plan_for(school, from_year, to_year, Decisions())
            else:
                _done, plan = roll_over(
                    school=school, from_year=from_year, to_year=to_year, decisions=Decisions(), actor=actor
                )
        except (RollOverRefused, SchoolClosed) as problem:
            line["error"] = str(problem)
        else:
            line |= plan.counts()
        lines.append(line)
    step(len(listed), len(listed), _("Done"))
    return lines
