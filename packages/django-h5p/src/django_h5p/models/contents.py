"""Packages as they came, and the contents made of them. A version never changes: attempts are pinned to one."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from django_h5p.models.libraries import Library


class Package(models.Model):
    """An uploaded .h5p file, kept byte for byte; `name` is its name in the storage `H5P_PACKAGE_STORAGE`."""

    sha256 = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=255, unique=True)
    file_name = models.CharField(_("file name"), max_length=255)
    size = models.PositiveBigIntegerField(_("size"))
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("uploaded"), auto_now_add=True)

    class Meta:
        verbose_name = _("H5P package")
        verbose_name_plural = _("H5P packages")
        constraints = [models.CheckConstraint(condition=Q(size__gt=0), name="h5p_package_is_not_empty")]

    def __str__(self):
        return self.file_name


class Content(models.Model):
    """Something to play: what pages and attempts point at. Its present version is what new attempts get."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=255)
    language = models.CharField(_("language"), max_length=20, blank=True)
    current_version = models.ForeignKey(
        "h5p.ContentVersion", null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="+"
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(_("added"), auto_now_add=True)
    updated_at = models.DateTimeField(pgettext_lazy("time", "changed"), auto_now=True)

    class Meta:
        verbose_name = _("H5P content")
        verbose_name_plural = _("H5P contents")
        indexes = [models.Index(fields=["-updated_at"], name="h5p_content_list")]

    def __str__(self):
        return self.title


class ContentVersion(models.Model):
    """What a package held, by the hash of it: questions, files and the exact libraries it plays with.

    `params` is content.json, `metadata` is h5p.json. `size` is what a first visitor loads: content and libraries.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    content = models.ForeignKey(Content, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    package = models.ForeignKey(Package, on_delete=models.PROTECT, related_name="versions")
    sha256 = models.CharField(max_length=64, unique=True)
    prefix = models.CharField(max_length=60, unique=True)
    files = models.JSONField(default=dict)
    size = models.PositiveBigIntegerField(_("size"), default=0)
    params = models.JSONField(default=dict)
    metadata = models.JSONField(default=dict)
    main_library = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="+")
    libraries = models.ManyToManyField(Library, through="h5p.PinnedLibrary", related_name="versions")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("H5P content version")
        verbose_name_plural = _("H5P content versions")
        constraints = [
            models.UniqueConstraint(fields=["content", "number"], name="h5p_version_numbered"),
            models.CheckConstraint(condition=Q(number__gte=1), name="h5p_version_from_one"),
        ]

    def __str__(self):
        return f"{self.content_id} v{self.number}"

    def save(self, *args, **kwargs):
        """Write it once. Attempts rely on their version staying as it was."""
        if not self._state.adding:
            raise TypeError("A content version never changes; import a new one.")
        super().save(*args, **kwargs)


class PinnedLibrary(models.Model):
    """A library a version plays with, in loading order. While it stands the library cannot be deleted."""

    version = models.ForeignKey(ContentVersion, on_delete=models.CASCADE, related_name="pins")
    library = models.ForeignKey(Library, on_delete=models.PROTECT, related_name="pins")
    position = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("library of a version")
        verbose_name_plural = _("libraries of versions")
        constraints = [
            models.UniqueConstraint(fields=["version", "library"], name="h5p_pin_once"),
            models.UniqueConstraint(fields=["version", "position"], name="h5p_pin_position"),
        ]

    def __str__(self):
        return f"{self.version_id} {self.library_id}"
