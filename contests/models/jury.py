"""The jury of a contest: who judges, by what, with which copies, what they gave, and what the meeting decided."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contests.models.contests import Category, Contest
from contests.models.works import Work, WorkFile


class Criterion(models.Model):
    """A line of a category's rubric. `anchors` say what how many points look like: [{"points": 10, "text": "…"}]."""

    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="criteria")
    key = models.SlugField(max_length=40)
    position = models.PositiveSmallIntegerField()
    title = models.CharField(_("what is looked at"), max_length=200)
    # In percent of the whole.
    weight = models.DecimalField(_("weight"), max_digits=5, decimal_places=2, validators=[MinValueValidator(1)])
    top = models.PositiveSmallIntegerField(_("most points"), default=10)
    anchors = models.JSONField(default=list, blank=True)

    class Meta:
        verbose_name = pgettext_lazy("jury", "criterion")
        verbose_name_plural = pgettext_lazy("jury", "criteria")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["category", "key"], name="jury_criterion_key_once"),
            models.UniqueConstraint(fields=["category", "position"], name="jury_criterion_position_once"),
            models.CheckConstraint(condition=Q(weight__gt=0, top__gte=1), name="jury_criterion_has_weight_and_points"),
        ]

    def __str__(self):
        return self.title


class JurorQuerySet(models.QuerySet):
    def active(self):
        """Those who accepted and have not stood down."""
        return self.filter(accepted_at__isnull=False, left_at=None)

    def judges(self):
        """Those of them who give points."""
        return self.active().filter(task=Juror.Task.JUDGE)

    def of(self, user):
        """`user` as a juror, while they hold the office that asks for a second factor."""
        from schools.models import Role
        from schools.permissions import has_role

        return self.active().filter(user_id=user.pk) if has_role(user, Role.Kind.JUROR) else self.none()


class Juror(models.Model):
    """A seat on the jury of one contest: first an invitation by a link, then the person who accepted it."""

    class Task(models.TextChoices):
        JUDGE = "judge", pgettext_lazy("jury", "Judge")
        TIMEKEEPER = "timekeeper", pgettext_lazy("jury", "Timekeeper")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="jurors")
    # Empty: every category.
    category = models.ForeignKey(Category, null=True, blank=True, on_delete=models.PROTECT, related_name="jurors")
    name = models.CharField(_("full name"), max_length=120)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="jury_seats"
    )
    # On a stage somebody keeps the time and gives no points.
    task = models.CharField(pgettext_lazy("jury", "task"), max_length=10, choices=Task, default=Task.JUDGE)
    # Steps in where somebody declines or is late.
    is_reserve = models.BooleanField(_("reserve"), default=False)
    most = models.PositiveSmallIntegerField(_("works at most"), null=True, blank=True)
    token_digest = models.CharField(max_length=64, unique=True, editable=False)
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)

    objects = JurorQuerySet.as_manager()

    class Meta:
        verbose_name = _("juror")
        verbose_name_plural = _("jurors")
        ordering = ["is_reserve", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["contest", "user"], name="one_seat_of_a_person_on_a_jury"),
            models.CheckConstraint(
                condition=Q(user=None, accepted_at=None) | Q(user__isnull=False, accepted_at__isnull=False),
                name="seat_is_taken_by_who_accepted",
            ),
        ]

    def __str__(self):
        return self.name


class Conflict(models.Model):
    """A conflict of interest somebody told of. Those that follow from schools and classes are never stored."""

    class Kind(models.TextChoices):
        KIN = "kin", _("a relative takes part")
        MENTOR = "mentor", _("helped with the work")
        KNOWN = "known", _("knows who made it")
        OTHER = "other", pgettext_lazy("conflict of interest", "something else")

    juror = models.ForeignKey(Juror, on_delete=models.PROTECT, related_name="conflicts")
    work = models.ForeignKey(Work, on_delete=models.PROTECT, related_name="conflicts")
    kind = models.CharField(max_length=6, choices=Kind)
    note = models.CharField(_("remark"), max_length=300, blank=True)
    told_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    told_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["juror", "work"], name="conflict_told_once")]

    def __str__(self):
        return f"{self.juror_id} × {self.work_id}"


class Copy(models.Model):
    """What a jury sees of a file: made anew without metadata, named after nothing. Somebody has looked for names in it."""

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("copy", "Being made")
        READY = "ready", pgettext_lazy("copy", "Ready")
        FAILED = "failed", pgettext_lazy("copy", "Cannot be made")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    file = models.OneToOneField(WorkFile, on_delete=models.PROTECT, related_name="copy")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    key = models.CharField(max_length=255, blank=True)
    content_type = models.CharField(max_length=120, blank=True)
    # Of a PDF: its first page as a picture.
    page_key = models.CharField(max_length=255, blank=True)
    size = models.PositiveBigIntegerField(default=0)
    made_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="ready") | (Q(made_at__isnull=False) & ~Q(key="") & ~Q(content_type="")),
                name="ready_copy_is_kept",
            )
        ]

    def __str__(self):
        return f"{self.file_id} · {self.state}"


class ReviewQuerySet(models.QuerySet):
    def of_juror(self, juror: Juror):
        """The one gate to what a juror sees: nothing of a work with a conflict of interest, in no list and no count."""
        return self.filter(juror=juror, state__in=Review.STANDING, work__in=Work.objects.visible_to_juror(juror))

    def standing(self):
        return self.filter(state__in=Review.STANDING)


class Review(models.Model):
    """One juror's look at one work. Points may be changed until it is handed in; afterwards only the meeting adds rulings."""

    class State(models.TextChoices):
        ASSIGNED = "assigned", pgettext_lazy("review", "To be scored")
        SUBMITTED = "submitted", pgettext_lazy("review", "Handed in")
        DECLINED = "declined", pgettext_lazy("review", "Declined")
        REPLACED = "replaced", pgettext_lazy("review", "Taken over by another")

    STANDING = [State.ASSIGNED, State.SUBMITTED]

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    work = models.ForeignKey(Work, on_delete=models.PROTECT, related_name="reviews")
    juror = models.ForeignKey(Juror, on_delete=models.PROTECT, related_name="reviews")
    state = models.CharField(max_length=9, choices=State, default=State.ASSIGNED)
    comment = models.TextField(_("comment"), max_length=2000, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    assigned_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField()
    reminded_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("jury", "review")
        verbose_name_plural = pgettext_lazy("jury", "reviews")
        ordering = ["pk"]
        indexes = [models.Index(fields=["juror", "state"], name="reviews_of_a_juror")]
        constraints = [
            models.UniqueConstraint(fields=["work", "juror"], name="one_review_of_a_juror"),
            models.CheckConstraint(
                condition=Q(state="submitted", submitted_at__isnull=False)
                | (~Q(state="submitted") & Q(submitted_at=None)),
                name="review_handed_in_at_some_time",
            ),
            models.CheckConstraint(condition=~Q(state="declined") | ~Q(reason=""), name="declined_review_says_why"),
        ]

    def __str__(self):
        return f"{self.work} · {self.juror_id}"

    @property
    def is_open(self) -> bool:
        return self.state == Review.State.ASSIGNED

    def is_late(self, hours: int) -> bool:
        return self.is_open and timezone.now() > self.due_at + timedelta(hours=hours)


class Score(models.Model):
    """The points of one criterion in one review, as the juror last saved them before handing in."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="scores")
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="scores")
    points = models.DecimalField(_("points"), max_digits=5, decimal_places=2, validators=[MinValueValidator(0)])
    saved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["review", "criterion"], name="score_of_a_criterion_once"),
            models.CheckConstraint(condition=Q(points__gte=0), name="jury_score_not_below_zero"),
        ]

    def __str__(self):
        return f"{self.review_id} · {self.points}"


class Ruling(models.Model):
    """What the meeting decided about a work, with the reason: new points in place of a score, or that all stands.

    Never changed and never deleted: the last ruling on a score counts, what the juror gave stays where it is.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    work = models.ForeignKey(Work, on_delete=models.PROTECT, related_name="rulings")
    review = models.ForeignKey(Review, null=True, blank=True, on_delete=models.PROTECT, related_name="rulings")
    criterion = models.ForeignKey(Criterion, null=True, blank=True, on_delete=models.PROTECT, related_name="rulings")
    points = models.DecimalField(_("points"), max_digits=5, decimal_places=2, null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("ruling")
        verbose_name_plural = _("rulings")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="ruling_says_why"),
            models.CheckConstraint(
                condition=Q(review=None, criterion=None, points=None)
                | Q(review__isnull=False, criterion__isnull=False, points__gte=0),
                name="ruling_changes_one_score_or_none",
            ),
        ]

    def __str__(self):
        return f"{self.work_id} · {self.reason[:40]}"


class Meeting(models.Model):
    """The moderation meeting, as its minutes tell it."""

    contest = models.OneToOneField(Contest, on_delete=models.PROTECT, related_name="meeting")
    held_at = models.DateTimeField(_("held at"))
    place = models.CharField(_("place"), max_length=200)
    chair = models.CharField(_("chair"), max_length=120)
    clerk = models.CharField(_("clerk"), max_length=120)
    conclusions = models.TextField(_("conclusions"), max_length=5000, blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(place="") & ~Q(chair="") & ~Q(clerk=""), name="minutes_name_who_met")
        ]

    def __str__(self):
        return f"{self.contest} · {self.held_at:%d/%m/%Y}"
