"""Accounts and persons. The account is opaque; everything personal is in one `Person` row that erasure can blank."""

import uuid

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Coalesce, Lower
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from cms.text.folding import fold
from cms.text.names import normalize_name, sort_key


class User(AbstractUser):
    """An account. `username` is opaque for pupils (they sign in by school and pupil code) and chosen for staff.

    The name columns of Django's user stay empty: a person's name is `person.full_name`.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    language = models.CharField(_("language"), max_length=12, default="vi")
    must_change_password = models.BooleanField(default=False)
    # Made by the demo, with a password everybody knows: production refuses to start beside it.
    is_demo = models.BooleanField(default=False, editable=False)
    # Part of what a session is checked against: raising it signs the account out everywhere.
    session_number = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        constraints = [
            # A phone writes the first letter large: Co.Sen and co.sen must be one account.
            models.UniqueConstraint(Lower("username"), name="username_once_in_any_case"),
        ]

    def __str__(self):
        return self.get_full_name() or self.username

    def _get_session_auth_hash(self, secret=None):
        key_salt = f"schools.User.session:{self.session_number}"
        return salted_hmac(key_salt, self.password, secret=secret, algorithm="sha256").hexdigest()

    def get_full_name(self):
        person = getattr(self, "person", None)
        return person.full_name if person else ""

    def get_short_name(self):
        """The given name (tên), by which a Vietnamese person is addressed."""
        return self.get_full_name().rsplit(" ", 1)[-1]


class Person(models.Model):
    """The personal data of one account, and nothing that is not needed (docs: data map)."""

    class Gender(models.TextChoices):
        FEMALE = "female", _("Female")
        MALE = "male", _("Male")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.PROTECT, related_name="person"
    )
    full_name = models.CharField(_("full name"), max_length=120, blank=True)
    name_sort = models.CharField(max_length=400, editable=False, db_index=True)
    name_folded = models.CharField(max_length=120, editable=False, db_index=True)
    birth_date = models.DateField(_("date of birth"), null=True, blank=True)
    gender = models.CharField(_("gender"), max_length=6, choices=Gender, blank=True)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(
                condition=Q(erased_at=None) | Q(full_name="", birth_date=None, gender=""),
                name="erased_person_is_blank",
            )
        ]

    def __str__(self):
        return self.full_name

    def set_name(self, full_name: str) -> None:
        """Set the name in NFC together with its stored sort and search forms."""
        self.full_name = normalize_name(full_name)
        self.name_sort = sort_key(self.full_name)
        # A letter such as ß folds into two.
        self.name_folded = fold(self.full_name)[:120]

    def save(self, *args, **kwargs):
        self.set_name(self.full_name)
        super().save(*args, **kwargs)


class SchoolIdentifier(models.Model):
    """The code under which a school knows a pupil, and with which the pupil signs in."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="identifiers")
    school = models.ForeignKey("schools.School", on_delete=models.PROTECT, related_name="identifiers")
    code = models.CharField(_("pupil code"), max_length=40)
    code_stripped = models.CharField(max_length=40, editable=False)
    valid_from = models.DateField(default=timezone.localdate)
    valid_to = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("pupil code")
        verbose_name_plural = _("pupil codes")
        indexes = [
            models.Index(fields=["school", "code_stripped"], name="identifier_lookup"),
            # For a class list: without it SQLite looks through all codes of the school for each of its pupils.
            models.Index(fields=["user", "school"], name="identifier_of_pupil"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["school", "code"], condition=Q(valid_to=None), name="identifier_unique_while_valid"
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                name="identifier_ends_after_it_starts",
            ),
        ]

    def __str__(self):
        return self.code

    @staticmethod
    def strip_code(code: str) -> str:
        """The code as it is looked up: upper case without spaces and leading zeros, which spreadsheets eat."""
        return "".join(code.upper().split()).lstrip("0")

    def save(self, *args, **kwargs):
        self.code_stripped = self.strip_code(self.code)
        super().save(*args, **kwargs)


class Role(models.Model):
    """A dated office of a person: what it allows is decided in `permissions`, where it applies by school or unit."""

    class Kind(models.TextChoices):
        TEACHER = "teacher", _("Teacher")
        SCHOOL_ADMIN = "school_admin", _("School administrator")
        EDITOR = "editor", _("Editor")
        TRANSLATOR = "translator", _("Translator")
        REVIEWER = "reviewer", _("Reviewer")
        JUROR = "juror", _("Juror")
        CONTEST_SECRETARY = "contest_secretary", _("Contest secretary")
        COMMUNITY_MEMBER = "community_member", _("Community team member")
        COMMUNE_OFFICER = "commune_officer", _("Commune officer")
        PROVINCE_OFFICER = "province_officer", _("Province officer")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="roles")
    kind = models.CharField(_("kind"), max_length=20, choices=Kind)
    school = models.ForeignKey("schools.School", null=True, blank=True, on_delete=models.PROTECT, related_name="roles")
    unit = models.ForeignKey("schools.Unit", null=True, blank=True, on_delete=models.PROTECT, related_name="roles")
    subject = models.CharField(_("subject"), max_length=80, blank=True)
    starts_on = models.DateField(default=timezone.localdate)
    ends_on = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("role")
        verbose_name_plural = _("roles")
        constraints = [
            # Coalesced because a null differs from every other null.
            models.UniqueConstraint(
                F("user"),
                F("kind"),
                Coalesce("school", 0),
                Coalesce("unit", 0),
                condition=Q(ends_on=None),
                name="role_held_once",
            ),
            models.CheckConstraint(
                condition=~Q(kind__in=["teacher", "school_admin"]) | Q(school__isnull=False),
                name="school_role_has_school",
            ),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="role_ends_after_it_starts"
            ),
        ]

    def __str__(self):
        return self.get_kind_display()
