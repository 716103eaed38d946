"""Works of a contest: what a category asks for, what was handed in, version by version, and where it stands."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contests.models.contests import Category, Contest, Round, RulesVersion
from contests.models.teams import Team, TeamMember


class Slot(models.Model):
    """One thing a category asks for. Which limits mean something depends on the kind; an empty one is no limit."""

    class Kind(models.TextChoices):
        POSTER = "poster", _("Poster (PDF, PNG or JPG)")
        PHOTOS = "photos", _("Photos")
        TEXT = "text", pgettext_lazy("kind of a slot", "Text")
        SHAPE = "shape", _("3D model (GLB or STL)")
        VIDEO = "video", pgettext_lazy("kind of a slot", "Video")
        LINK = "link", pgettext_lazy("kind of a slot", "Link")

    WRITTEN = [Kind.TEXT, Kind.LINK]

    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="slots")
    key = models.SlugField(max_length=40)
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    title = models.CharField(_("title"), max_length=120)
    help = models.CharField(_("what to know"), max_length=300, blank=True)
    is_required = models.BooleanField(_("must be there"), default=True)
    min_files = models.PositiveSmallIntegerField(default=1)
    max_files = models.PositiveSmallIntegerField(default=1)
    max_megabytes = models.PositiveSmallIntegerField(null=True, blank=True)
    # Of a poster: the size it is printed in, either way round, and how fine at least.
    print_short_mm = models.PositiveSmallIntegerField(null=True, blank=True)
    print_long_mm = models.PositiveSmallIntegerField(null=True, blank=True)
    min_dpi = models.PositiveSmallIntegerField(null=True, blank=True)
    # Of a photo the longer side, of a video the shorter one.
    min_pixels = models.PositiveIntegerField(null=True, blank=True)
    max_words = models.PositiveSmallIntegerField(null=True, blank=True)
    min_seconds = models.PositiveSmallIntegerField(null=True, blank=True)
    max_seconds = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        verbose_name = _("slot")
        verbose_name_plural = _("slots")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["category", "key"], name="slot_key_once"),
            models.UniqueConstraint(fields=["category", "position"], name="slot_position_once"),
            models.CheckConstraint(
                condition=Q(max_files__gte=F("min_files"), min_files__gte=1, max_files__lte=20),
                name="slot_takes_files_in_order",
            ),
            models.CheckConstraint(
                condition=Q(print_short_mm=None, print_long_mm=None)
                | Q(
                    print_short_mm__isnull=False,
                    print_short_mm__gte=1,
                    print_long_mm__isnull=False,
                    print_long_mm__gte=F("print_short_mm"),
                ),
                name="slot_print_size_has_two_sides",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["text", "link"], max_megabytes=None)
                | (~Q(kind__in=["text", "link"]) & Q(max_megabytes__isnull=False, max_megabytes__gte=1)),
                name="slot_of_files_has_a_size",
            ),
            models.CheckConstraint(
                condition=Q(max_seconds=None) | Q(min_seconds=None) | Q(max_seconds__gte=F("min_seconds")),
                name="slot_seconds_in_order",
            ),
            # A link shows nothing once it is dead: it goes with a copy that is kept, and is never asked for alone.
            models.CheckConstraint(condition=~Q(kind="link", is_required=True), name="link_only_beside_a_copy"),
        ]

    def __str__(self):
        return self.title


class WorkQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Works of one's own teams. A jury's view goes through `contests.permissions`."""
        return self.filter(team__in=Team.objects.visible_to(user))

    def in_the_running(self):
        """Handed in, not withdrawn, not disqualified, not refused at screening, and not left behind in a round from which
        schools or classes chose others.
        """
        there = self.filter(state=Work.State.SUBMITTED).exclude(screening=Work.Screened.REFUSED)
        return there.exclude(round__way_on=Round.Way.UNIT, round__promotes_to__isnull=False)

    def visible_to_juror(self, juror):
        """Works a juror has been given and has no conflict of interest with; of others no list and no count shows a trace."""
        from contests.queries.conflicts import visible_to_juror

        return visible_to_juror(self, juror)

    def with_counting_version(self):
        """Annotates `counting`, the key of the version that counts: the last complete one."""
        complete = WorkVersion.objects.filter(work=OuterRef("pk"), submitted_at__isnull=False).order_by("-number")
        return self.annotate(counting=Subquery(complete.values("pk")[:1]))


class Work(models.Model):
    """A work under its code. It names nobody: who made it stands with the team."""

    class State(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("work", "Not handed in")
        SUBMITTED = "submitted", pgettext_lazy("work", "Handed in")
        WITHDRAWN = "withdrawn", pgettext_lazy("work", "Withdrawn")
        DISQUALIFIED = "disqualified", pgettext_lazy("work", "Disqualified")

    class Screened(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("screening", "Not looked at yet")
        IN = "in", pgettext_lazy("screening", "Admitted")
        RETURNED = "returned", pgettext_lazy("screening", "Returned to be mended")
        REFUSED = "refused", pgettext_lazy("screening", "Refused")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.OneToOneField(Team, on_delete=models.PROTECT, related_name="work")
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="works")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="works")
    # Its deadline is the work's, unless the work was returned to be mended.
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="works")
    code = models.CharField(_("entry code"), max_length=20)
    title = models.CharField(_("title of the work"), max_length=200)
    state = models.CharField(max_length=12, choices=State, default=State.DRAFT)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    # Where screening stands; each decision is a row of `Screening`.
    screening = models.CharField(max_length=8, choices=Screened, default=Screened.WAITING)
    screening_reason = models.CharField(_("reason"), max_length=500, blank=True)
    fix_until = models.DateTimeField(_("to be mended until"), null=True, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True, blank=True)

    objects = WorkQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("contest", "work")
        verbose_name_plural = pgettext_lazy("contest", "works")
        indexes = [models.Index(fields=["contest", "state", "screening"], name="works_to_screen")]
        constraints = [
            models.UniqueConstraint(fields=["contest", "code"], name="work_code_once"),
            models.CheckConstraint(
                condition=~Q(state="submitted") | Q(submitted_at__isnull=False), name="handed_in_at_some_time"
            ),
            models.CheckConstraint(
                condition=~Q(state="disqualified") | ~Q(reason=""), name="disqualified_work_says_why"
            ),
            models.CheckConstraint(
                condition=~Q(screening__in=["returned", "refused"]) | ~Q(screening_reason=""),
                name="screened_work_says_why",
            ),
            models.CheckConstraint(
                condition=Q(screening="returned", fix_until__isnull=False)
                | (~Q(screening="returned") & Q(fix_until=None)),
                name="returned_work_has_a_deadline",
            ),
        ]

    def __str__(self):
        return self.code

    @property
    def counting_version(self) -> "WorkVersion | None":
        """The last complete version; None before the first."""
        return self.versions.filter(submitted_at__isnull=False).order_by("-number").first()


class WorkVersion(models.Model):
    """One handing-in, numbered. While `submitted_at` is empty it is being put together; complete, it never changes."""

    work = models.ForeignKey(Work, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    begun_at = models.DateTimeField(default=timezone.now)
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(
        TeamMember, null=True, blank=True, on_delete=models.PROTECT, related_name="submitted_versions"
    )
    # Agreed to with this handing-in.
    rules = models.ForeignKey(RulesVersion, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    pledged = models.BooleanField(default=False)
    used_ai = models.BooleanField(null=True)
    ai_note = models.CharField(_("what AI was used for"), max_length=300, blank=True)
    # SHA-256 over the list of what was handed in; the receipt tells it.
    digest = models.CharField(max_length=64, blank=True)
    receipt_code = models.CharField(max_length=12, null=True, blank=True, unique=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["work", "number"], name="work_version_once"),
            models.UniqueConstraint(fields=["work"], condition=Q(submitted_at=None), name="one_version_in_the_making"),
            models.CheckConstraint(condition=Q(number__gte=1), name="work_version_counts_from_one"),
            models.CheckConstraint(
                condition=Q(submitted_at=None, receipt_code=None)
                | (
                    Q(
                        submitted_at__isnull=False,
                        submitted_by__isnull=False,
                        rules__isnull=False,
                        receipt_code__isnull=False,
                        pledged=True,
                    )
                    & ~Q(digest="")
                ),
                name="complete_version_has_its_receipt",
            ),
            models.CheckConstraint(condition=~Q(used_ai=True) | ~Q(ai_note=""), name="ai_used_is_ai_told"),
        ]

    def __str__(self):
        return f"{self.work} · {self.number}"

    @property
    def is_complete(self) -> bool:
        return self.submitted_at is not None


class WorkFile(models.Model):
    """A file in a slot of a version. It lies in the private store under `key`, named after nobody.

    A later version names the same object again: objects are shared, rows are not.
    """

    class State(models.TextChoices):
        SENDING = "sending", pgettext_lazy("file", "On its way")
        CHECKING = "checking", pgettext_lazy("file", "Being checked")
        ACCEPTED = "accepted", pgettext_lazy("file", "Accepted")
        REFUSED = "refused", pgettext_lazy("file", "Cannot be taken")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    version = models.ForeignKey(WorkVersion, on_delete=models.PROTECT, related_name="files")
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="files")
    position = models.PositiveSmallIntegerField(default=1)
    upload = models.ForeignKey(
        "media.Upload", null=True, blank=True, on_delete=models.PROTECT, related_name="work_files"
    )
    # As the entrant called it: it may tell a name, so no juror sees it.
    file_name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.SENDING)
    key = models.CharField(max_length=255, blank=True)
    content_type = models.CharField(max_length=120, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    # What the check read out of it: pixels, millimetres, seconds, codecs.
    probe = models.JSONField(default=dict, blank=True)
    # Pairs of a reason of `contests.slots.REASONS` and what its sentence names.
    messages = models.JSONField(default=list, blank=True)
    # By the server's clock: what was begun before the deadline may finish within the grace.
    begun_at = models.DateTimeField(default=timezone.now)
    checked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["slot__position", "position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "slot", "position"], name="file_place_once"),
            models.UniqueConstraint(fields=["version", "upload"], name="upload_once_in_a_version"),
            models.CheckConstraint(condition=Q(position__gte=1, position__lte=20), name="file_place_in_order"),
            models.CheckConstraint(condition=Q(size__gte=1), name="work_file_is_not_empty"),
            models.CheckConstraint(
                condition=~Q(state="accepted")
                | (Q(checked_at__isnull=False) & ~Q(key="") & ~Q(sha256="") & ~Q(content_type="")),
                name="accepted_file_is_kept_and_summed",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | (Q(checked_at__isnull=False) & ~Q(messages=[])),
                name="refused_file_says_why",
            ),
        ]

    def __str__(self):
        return str(self.uuid)


class WorkText(models.Model):
    """What was written into a slot of a version: a description, or a link beside an uploaded copy."""

    version = models.ForeignKey(WorkVersion, on_delete=models.PROTECT, related_name="texts")
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="texts")
    text = models.TextField(max_length=10_000)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "slot"], name="text_of_a_slot_once"),
            models.CheckConstraint(condition=~Q(text=""), name="work_text_is_not_empty"),
        ]

    def __str__(self):
        return f"{self.version_id} · {self.slot_id}"


class Screening(models.Model):
    """One decision on a work at screening, never changed: a later one stands beside it. `Work.screening` is the last."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    work = models.ForeignKey(Work, on_delete=models.PROTECT, related_name="screenings")
    # What was looked at.
    version = models.ForeignKey(WorkVersion, on_delete=models.PROTECT, related_name="screenings")
    verdict = models.CharField(max_length=8, choices=Work.Screened)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    fix_until = models.DateTimeField(_("to be mended until"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(verdict="waiting"), name="screening_decides"),
            models.CheckConstraint(condition=Q(verdict="in") | ~Q(reason=""), name="screening_says_why"),
            models.CheckConstraint(
                condition=Q(verdict="returned", fix_until__isnull=False, fix_until__gt=F("at"))
                | (~Q(verdict="returned") & Q(fix_until=None)),
                name="returned_until_some_later_time",
            ),
        ]

    def __str__(self):
        return f"{self.work_id} · {self.verdict}"


class Extension(models.Model):
    """More time for everybody in a round, with the notice everybody reads. Pressed twice it is one extension."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="extensions")
    closed_at = models.DateTimeField(_("deadline before"))
    closes_at = models.DateTimeField(_("deadline after"))
    notice = models.CharField(_("notice to everybody"), max_length=500)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["round", "closed_at"], name="a_deadline_is_extended_once"),
            models.CheckConstraint(condition=Q(closes_at__gt=F("closed_at")), name="extension_gives_time"),
            models.CheckConstraint(condition=~Q(notice=""), name="extension_is_told"),
        ]

    def __str__(self):
        return f"{self.round_id} → {self.closes_at:%d/%m %H:%M}"


class EnquiryQuerySet(models.QuerySet):
    def published(self):
        return self.filter(state=Enquiry.State.PUBLISHED)

    def visible_to(self, user):
        """One's own; published ones are read by everybody, without names, through `published`."""
        return self.filter(asked_by_id=user.pk) if user.is_authenticated else self.none()


class Enquiry(models.Model):
    """An entrant's question about a contest and the secretary's answer. Published, it names nobody."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        ANSWERED = "answered", pgettext_lazy("enquiry", "Answered to the asker alone")
        PUBLISHED = "published", pgettext_lazy("enquiry", "Answered for everybody")

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="enquiries")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="contest_enquiries")
    asked_at = models.DateTimeField(default=timezone.now)
    text = models.TextField(_("question"), max_length=1000)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    # As everybody reads it: the secretary takes out what names somebody.
    public_text = models.TextField(_("question as published"), max_length=1000, blank=True)
    answer = models.TextField(_("answer"), max_length=2000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    answered_at = models.DateTimeField(null=True, blank=True)

    objects = EnquiryQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("contest", "enquiry")
        verbose_name_plural = pgettext_lazy("contest", "enquiries")
        ordering = ["-asked_at"]
        indexes = [models.Index(fields=["contest", "state"], name="enquiries_of_a_contest")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", answered_by=None, answered_at=None, answer="")
                | (~Q(state="waiting") & Q(answered_by__isnull=False, answered_at__isnull=False) & ~Q(answer="")),
                name="enquiry_answered_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | ~Q(public_text=""), name="published_enquiry_has_its_words"
            ),
        ]

    def __str__(self):
        return self.text[:60]
