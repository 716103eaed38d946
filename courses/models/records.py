"""What teachers ask for and what learners do. No row here points at a page: lessons and courses are known by the
`translation_key` their pages share in every language (docs/decisions/0001), so deleting or translating content moves no
result."""

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Assignment(models.Model):
    """One act of a teacher: this lesson or course, for some classes. `uuid` may be made by the form, so that a repeated
    post is the same act."""

    class Kind(models.TextChoices):
        LESSON = "lesson", _("Lesson")
        COURSE = "course", _("Course")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=6, choices=Kind)
    target_key = models.UUIDField()
    title_at_the_time = models.CharField(_("title"), max_length=255)
    note = models.CharField(_("note"), max_length=500, blank=True)
    school_year = models.ForeignKey("schools.SchoolYear", on_delete=models.PROTECT, related_name="assignments")
    opens_at = models.DateTimeField(_("opens"))
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="assignments")
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        indexes = [models.Index(fields=["created_by", "-created_at"], name="assignment_given_by")]

    def __str__(self):
        return self.title_at_the_time


class ClassAssignmentQuerySet(models.QuerySet):
    def in_force(self):
        return self.filter(withdrawn_at=None)

    def visible_to(self, user):
        """What `user` may follow: all of a class as its homeroom, co- or substitute teacher or as the school's
        administrator; as a subject teacher of the class, what they gave it themselves."""
        from schools.models import Teaching
        from schools.permissions import schools_administered

        if not user.is_authenticated:
            return self.none()
        taught = Teaching.objects.current().filter(
            ~Q(kind=Teaching.Kind.SUBJECT) | Q(user=OuterRef("assignment__created_by")),
            user=user,
            school_class=OuterRef("school_class"),
        )
        return self.filter(Exists(taught) | Q(school_class__school__in=schools_administered(user)))


class ClassAssignment(models.Model):
    """The assignment as one class has it. Withdrawing it hides it from the pupils and keeps what they did."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    assignment = models.ForeignKey(Assignment, on_delete=models.PROTECT, related_name="class_assignments")
    school_class = models.ForeignKey("schools.SchoolClass", on_delete=models.PROTECT, related_name="class_assignments")
    # Repeats the assignment's, for the rule that a class has a lesson or course once at a time.
    target_key = models.UUIDField()
    due_at = models.DateTimeField(_("due"))
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = ClassAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment to a class")
        verbose_name_plural = _("assignments to classes")
        indexes = [models.Index(fields=["school_class", "due_at"], name="class_assignment_due")]
        constraints = [
            models.UniqueConstraint(fields=["assignment", "school_class"], name="class_assignment_once"),
            # Progress belongs to the lesson: a second one would be done at once. Its due date is changed instead.
            models.UniqueConstraint(
                fields=["school_class", "target_key"],
                condition=Q(withdrawn_at=None),
                name="class_assignment_once_in_force",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_at=None) | Q(withdrawn_by__isnull=False), name="class_assignment_withdrawn_by"
            ),
        ]

    def __str__(self):
        return f"{self.assignment_id} → {self.school_class_id}"


class DueExtension(models.Model):
    """A later due date for one pupil, with the reason; each earlier one stays in the audit log."""

    class_assignment = models.ForeignKey(ClassAssignment, on_delete=models.PROTECT, related_name="extensions")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="due_extensions")
    due_at = models.DateTimeField(_("due"))
    reason = models.CharField(_("reason"), max_length=300)
    granted_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("extension")
        verbose_name_plural = _("extensions")
        constraints = [
            models.UniqueConstraint(fields=["class_assignment", "user"], name="due_extension_once"),
            models.CheckConstraint(condition=~Q(reason=""), name="due_extension_has_a_reason"),
        ]

    def __str__(self):
        return f"{self.user_id} → {self.due_at:%Y-%m-%d}"


class LessonEvent(models.Model):
    """One thing a learner did in a lesson, as it arrived. Append-only; nothing points here, so that the table can be
    partitioned by school year.

    `event_id` is made by the client: the same id of the same learner in the same year is the same event. `at` is when it happened by the
    server's reckoning, `received_at` when it arrived. `school_year` is that of the arrival.
    """

    class Kind(models.TextChoices):
        OPENED = "opened", _("Opened")
        SEEN = "seen", _("Block seen")
        SELF_CHECK = "self_check", _("Self-check answered")
        FINISHED = "finished", _("Finished")
        # Written by the server when the last lesson of the course is done, and when that turns out untrue.
        COURSE_FINISHED = "course_finished", _("Course finished")
        COURSE_REOPENED = "course_reopened", _("Course reopened")

    event_id = models.UUIDField(default=uuid.uuid4)
    school_year = models.CharField(max_length=9)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", db_index=False)
    lesson_key = models.UUIDField()
    course_key = models.UUIDField(null=True)
    block = models.CharField(max_length=40, blank=True)
    kind = models.CharField(max_length=16, choices=Kind)
    at = models.DateTimeField()
    received_at = models.DateTimeField(default=timezone.now)
    revision_id = models.IntegerField(null=True)
    language = models.CharField(max_length=12)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("lesson event")
        verbose_name_plural = _("lesson events")
        indexes = [models.Index(fields=["user", "lesson_key"], name="lesson_event_of_learner")]
        constraints = [
            # With the user: an id that somebody else has used must not swallow an event.
            models.UniqueConstraint(fields=["school_year", "user", "event_id"], name="lesson_event_once"),
            models.CheckConstraint(condition=~Q(kind="seen") | ~Q(block=""), name="lesson_event_seen_has_a_block"),
        ]

    def __str__(self):
        return f"{self.kind} {self.lesson_key}"


class LessonProgress(models.Model):
    """A learner's state in a lesson: a projection of events, quiz attempts and attendance (courses.progress).

    One row per learner, lesson **and school year**: a class that takes the lesson again next year begins afresh, the
    officials' training is renewed yearly, and the row of the earlier year keeps the class it was earned in.
    `quiz_at` and `quiz_seconds` tell when the latest attempt ended and how long it took; `quiz_best` is a percentage.
    `events_at` is the time of the latest event folded in, `revision_id` and `language` are those of that event. The
    course, class, school and unit are of the moment the row was made (product.md §2.6); a rebuild leaves them alone.
    """

    class State(models.TextChoices):
        STARTED = "started", _("In progress")
        FINISHED = "finished", _("Done")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="lesson_progress", db_index=False
    )
    school_year = models.CharField(max_length=9)
    lesson_key = models.UUIDField()
    course_key = models.UUIDField(null=True)
    state = models.CharField(max_length=8, choices=State)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    last_at = models.DateTimeField()
    events_at = models.DateTimeField(null=True)
    attended_on = models.DateField(null=True)
    blocks_seen = models.JSONField(default=list)
    position = models.CharField(max_length=40, blank=True)
    quiz_best = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    quiz_passed = models.BooleanField(default=False)
    quiz_attempts = models.PositiveSmallIntegerField(default=0)
    quiz_at = models.DateTimeField(null=True)
    quiz_seconds = models.PositiveIntegerField(null=True)
    revision_id = models.IntegerField(null=True)
    language = models.CharField(max_length=12, blank=True)
    class_key = models.UUIDField(null=True)
    school_key = models.UUIDField(null=True)
    unit_key = models.UUIDField(null=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("lesson progress")
        verbose_name_plural = _("lesson progress")
        indexes = [
            models.Index(fields=["lesson_key", "user"], name="lesson_progress_status"),
            models.Index(fields=["user", "-last_at"], name="lesson_progress_continue"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["user", "lesson_key", "school_year"], name="lesson_progress_once_a_year"),
            models.CheckConstraint(
                condition=Q(state="finished", finished_at__isnull=False) | Q(state="started", finished_at=None),
                name="lesson_progress_finished_has_a_time",
            ),
            models.CheckConstraint(
                condition=Q(attended_on=None) | Q(state="finished"), name="lesson_progress_attended_is_finished"
            ),
            models.CheckConstraint(
                condition=Q(quiz_best=None) | Q(quiz_best__range=(0, 100)), name="lesson_progress_quiz_in_percent"
            ),
        ]

    def __str__(self):
        return f"{self.user_id} · {self.lesson_key} · {self.state}"


class CourseProgress(models.Model):
    """A learner's state in a course: a projection of their `LessonProgress` rows of the year and of the course events.

    `finished_at` is a fact of its moment (every lesson then published was done): a lesson added later takes nothing
    away.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="course_progress", db_index=False
    )
    school_year = models.CharField(max_length=9)
    course_key = models.UUIDField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    lessons_started = models.PositiveSmallIntegerField()
    lessons_done = models.PositiveSmallIntegerField()

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("course progress")
        verbose_name_plural = _("course progress")
        indexes = [models.Index(fields=["course_key", "user"], name="course_progress_status")]
        constraints = [
            models.UniqueConstraint(fields=["user", "course_key", "school_year"], name="course_progress_once_a_year"),
            models.CheckConstraint(
                condition=Q(lessons_done__lte=F("lessons_started")), name="course_progress_done_were_started"
            ),
        ]

    def __str__(self):
        return f"{self.user_id} · {self.course_key} · {self.lessons_done}"


class ClassSession(models.Model):
    """A lesson held in class with one projector. Its attendance counts like taking the lesson online."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    school_class = models.ForeignKey("schools.SchoolClass", on_delete=models.PROTECT, related_name="class_sessions")
    lesson_key = models.UUIDField()
    course_key = models.UUIDField(null=True)
    revision_id = models.IntegerField(null=True)
    language = models.CharField(max_length=12, blank=True)
    held_on = models.DateField(_("held on"), default=timezone.localdate)
    held_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="class_sessions")
    created_at = models.DateTimeField(default=timezone.now)

    # Of a session just saved: the moment by which its change can be undone. No column.
    saved_at: datetime | None = None

    class Meta:
        verbose_name = _("lesson held in class")
        verbose_name_plural = _("lessons held in class")
        constraints = [
            models.UniqueConstraint(fields=["school_class", "lesson_key", "held_on"], name="class_session_once_a_day"),
        ]

    def __str__(self):
        return f"{self.school_class_id} {self.held_on}"


class Attendance(models.Model):
    """«Có mặt, đã học trên lớp». An untick keeps the row, so that the log of what was entered stays whole."""

    session = models.ForeignKey(ClassSession, on_delete=models.PROTECT, related_name="attendances")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="attendances")
    recorded_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    wagtail_reference_index_ignore = True

    class Meta:
        verbose_name = _("attendance")
        verbose_name_plural = _("attendance")
        constraints = [models.UniqueConstraint(fields=["session", "user"], name="attendance_once")]

    def __str__(self):
        return f"{self.session_id} {self.user_id}"
