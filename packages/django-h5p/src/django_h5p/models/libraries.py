"""Libraries: code written by others, stored once for each name, version and hash, and never changed."""

from django.conf import settings
from django.db import models
from django.db.models import Count, Q, Sum
from django.utils.translation import gettext_lazy as _


class LibraryQuerySet(models.QuerySet):
    def of_line(self, name: str, major: int, minor: int):
        """The installed libraries that answer to `name major.minor`, the newest first."""
        return self.filter(machine_name=name, major=major, minor=minor).order_by("-patch", "-pk")

    def newest(self, name: str):
        """The newest installed library called `name`, or None."""
        return self.filter(machine_name=name).order_by("-major", "-minor", "-patch", "-pk").first()

    def with_usage(self):
        """Adds `used_by`: how many contents are pinned to the library, counting each once."""
        return self.annotate(used_by=Count("pins__version__content", distinct=True))

    def unused(self):
        return self.filter(pins=None)

    def total_bytes(self) -> int:
        return self.aggregate(total=Sum("size"))["total"] or 0


class Library(models.Model):
    """One library at one version with one content. Another package with the same bytes uses this very row and files.

    `prefix` names its folder in the storage: unique for the row, so that no other import or deletion ever touches it.
    `files` is {path: [size, sha256]} of everything in it.
    """

    machine_name = models.CharField(_("machine name"), max_length=255)
    major = models.PositiveIntegerField()
    minor = models.PositiveIntegerField()
    patch = models.PositiveIntegerField()
    title = models.CharField(_("title"), max_length=255)
    runnable = models.BooleanField(_("can be played by itself"), default=False)
    definition = models.JSONField(default=dict)
    sha256 = models.CharField(max_length=64)
    prefix = models.CharField(max_length=60, unique=True)
    files = models.JSONField(default=dict)
    size = models.PositiveBigIntegerField(_("size"), default=0)
    trusted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("installed"), auto_now_add=True)

    objects = LibraryQuerySet.as_manager()

    class Meta:
        verbose_name = _("H5P library")
        verbose_name_plural = _("H5P libraries")
        permissions = [("install_library", "Can install and upgrade H5P libraries, which are code")]
        constraints = [
            # The same bytes are stored once, also when two imports bring them in the same moment.
            models.UniqueConstraint(
                fields=["machine_name", "major", "minor", "patch", "sha256"], name="h5p_library_once"
            ),
            models.CheckConstraint(condition=~Q(machine_name=""), name="h5p_library_has_a_name"),
        ]

    def __str__(self):
        return f"{self.machine_name} {self.major}.{self.minor}.{self.patch}"

    @property
    def line(self) -> str:
        """`H5P.Name-1.2`, by which other libraries ask for it."""
        return f"{self.machine_name}-{self.major}.{self.minor}"

    @property
    def directory(self) -> str:
        """The library's folder below `libs/`. Its last part is the line, as the H5P core wants it."""
        return f"{self.prefix}/{self.line}"

    def paths(self, kind: str) -> list[str]:
        """Paths of its scripts (`preloadedJs`) or styles (`preloadedCss`), in loading order."""
        return [entry["path"].strip().removeprefix("./") for entry in self.definition.get(kind) or []]
