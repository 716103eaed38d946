"""What was ever open to everybody, and under which lasting code it is given away."""

import re
import secrets
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.files.storage import storages
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from schools.permissions import units_spoken_for

# Without letters and digits that are taken for each other when they are read out or typed from paper.
CODE_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
CODE_LENGTH = 6


def new_code() -> str:
    """A code nobody has yet, as far as chance goes: 31⁶ of them; the constraint says the rest."""
    return "".join(secrets.choice(CODE_LETTERS) for _place in range(CODE_LENGTH))


def origin_of(address: str) -> str:
    """Scheme, host and port of a site: `https://thixa.example.gov.vn`. Raises ValueError where it has none.

    Only what may stand in a policy's list: no blanks, quotes or wildcards.
    """
    parts = urlsplit(address.strip().lower())
    host = parts.hostname or ""
    if parts.scheme not in {"http", "https"} or not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*", host):
        raise ValueError(address)
    return f"{parts.scheme}://{host}{f':{parts.port}' if parts.port else ''}"


class SharedMaterialQuerySet(models.QuerySet):
    def open(self):
        """What everybody may read now."""
        return self.filter(withdrawn=False)

    def of_collection(self, collection: str):
        """What belongs to `collection`: a kind of material, or the code of an audience or a topic; `all` is all."""
        if collection == "all":
            return self
        padded = f" {collection} "
        return self.filter(Q(format=collection) | Q(audiences__contains=padded) | Q(topics__contains=padded))


class SharedMaterial(models.Model):
    """One material in one language, from the day it was first open to everybody; the row outlives its page.

    A projection of the published page, like a search entry, with what must never change: the code of its short link,
    and since when and until when it was there. Withdrawn, it keeps neither its words nor its address.
    """

    wagtail_reference_index_ignore = True

    code = models.CharField(max_length=12, unique=True, default=new_code)
    key = models.UUIDField()
    language = models.CharField(max_length=20)
    page = models.ForeignKey("wagtailcore.Page", null=True, on_delete=models.SET_NULL, related_name="+")
    revision_id = models.PositiveBigIntegerField(null=True)
    cover = models.ForeignKey("media.Picture", null=True, on_delete=models.SET_NULL, related_name="+")
    format = models.CharField(max_length=30)
    title = models.CharField(max_length=255, blank=True)
    summary = models.CharField(max_length=300, blank=True)
    url = models.CharField(max_length=500, blank=True)
    # Codes between blanks, such as " hoc-sinh-thpt nguoi-dan ": kept after the withdrawal, so that who harvests one set
    # hears of it.
    audiences = models.CharField(max_length=500, blank=True)
    topics = models.CharField(max_length=500, blank=True)
    facts = models.JSONField(default=dict, blank=True)
    opened_at = models.DateTimeField()
    # To the second, as OAI-PMH tells time: what is asked for «from» a second includes it.
    changed_at = models.DateTimeField()
    withdrawn = models.BooleanField(default=False)

    objects = SharedMaterialQuerySet.as_manager()

    class Meta:
        verbose_name = _("shared material")
        verbose_name_plural = _("shared materials")
        constraints = [
            models.UniqueConstraint(fields=["key", "language"], name="shared_once_per_language"),
            # What is no longer public says nothing any more.
            models.CheckConstraint(
                condition=Q(withdrawn=False) & ~Q(title="") & ~Q(url="")
                | Q(withdrawn=True, title="", summary="", url="", facts={}),
                name="withdrawn_material_is_silent",
            ),
        ]
        indexes = [
            models.Index(fields=["changed_at", "id"], name="shared_harvest"),
            models.Index(fields=["language", "withdrawn", "-opened_at"], name="shared_feed"),
        ]

    def __str__(self):
        return f"{self.code} {self.title}"


class SharedPackQuerySet(models.QuerySet):
    def current(self):
        """Those of the text that readers see: an older pack may tell what is no longer so."""
        return self.filter(material__withdrawn=False, revision_id=F("material__revision_id"))


class SharedPack(models.Model):
    """A material as one file to take away, made by a worker when it is published. Kept with the public files."""

    wagtail_reference_index_ignore = True

    material = models.OneToOneField(SharedMaterial, on_delete=models.CASCADE, related_name="pack")
    revision_id = models.PositiveBigIntegerField()
    # Of everything that stands in it: while it stays the same, nothing is made anew.
    fingerprint = models.CharField(max_length=64)
    name = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    # Besides the words and the licence.
    files = models.PositiveSmallIntegerField(default=0)
    made_at = models.DateTimeField(auto_now=True)

    objects = SharedPackQuerySet.as_manager()

    class Meta:
        verbose_name = _("pack of a material")
        verbose_name_plural = _("packs of materials")
        constraints = [models.CheckConstraint(condition=~Q(name="") & Q(size__gt=0), name="shared_pack_is_there")]

    def __str__(self):
        return self.name

    @property
    def url(self) -> str:
        return storages["public"].url(self.name)


class Agency(models.Model):
    """Another body that may show our materials inside its own site (III.6.b/c: one master, reused by every portal)."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    contact = models.CharField(
        _("whom to ask there"), max_length=200, blank=True, help_text=_("An office, not a person: a desk, a hotline.")
    )
    origins = models.JSONField(
        _("its sites"),
        default=list,
        help_text=_("One on each line, such as https://thixa.example.gov.vn; nothing after the name of the site."),
    )
    is_active = models.BooleanField(_("may embed"), default=True)

    class Meta:
        verbose_name = _("agency that reuses materials")
        verbose_name_plural = _("agencies that reuse materials")
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="agency_has_a_name")]

    def __str__(self):
        return self.name

    def clean(self):
        super().clean()
        try:
            self.origins = list(dict.fromkeys(origin_of(one) for one in self.origins))
        except ValueError as error:
            raise ValidationError(
                {"origins": _("“%(site)s” is not the address of a site.") % {"site": error}}
            ) from error


class MaterialUse(models.Model):
    """How often an agency's site showed or fetched a material on a day, and in which version. Tells of no reader."""

    wagtail_reference_index_ignore = True

    class Kind(models.TextChoices):
        EMBED = "embed", _("shown inside its site")
        OEMBED = "oembed", _("asked for its embed code")
        PACK = "pack", _("took the pack away")

    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="uses", verbose_name=_("agency"))
    material = models.ForeignKey(SharedMaterial, on_delete=models.PROTECT, related_name="uses")
    # Kept here too: a withdrawn material says nothing any more, and the report still names what was used.
    title = models.CharField(max_length=255)
    revision_id = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=6, choices=Kind)
    day = models.DateField()
    count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("use of a material")
        verbose_name_plural = _("uses of materials")
        constraints = [
            models.UniqueConstraint(
                fields=["agency", "material", "revision_id", "kind", "day"], name="one_row_a_version_and_day"
            ),
        ]
        indexes = [models.Index(fields=["day", "agency"], name="material_use_report")]

    def __str__(self):
        return f"{self.agency_id} {self.day} {self.title}: {self.count}"


class StationQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Stations whose log `user` keeps: those of the places under their office."""
        if user.is_authenticated and user.is_superuser:
            return self
        return self.filter(unit__in=units_spoken_for(user))


class Station(models.Model):
    """A commune's loudspeakers or a radio station that reads our bulletins out (II.1.đ)."""

    name = models.CharField(_("name"), max_length=200, unique=True)
    place = models.CharField(pgettext_lazy("of a station", "where it is heard"), max_length=200, blank=True)
    unit = models.ForeignKey(
        "schools.Unit",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
        verbose_name=pgettext_lazy("of a station", "commune"),
        help_text=_("Its officers and community team note themselves what was read out."),
    )

    objects = StationQuerySet.as_manager()

    class Meta:
        verbose_name = _("radio station")
        verbose_name_plural = _("radio stations")
        ordering = ["name"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="station_has_a_name")]

    def __str__(self):
        return self.name


class BroadcastQuerySet(models.QuerySet):
    def visible_to(self, user):
        return self.filter(station__in=Station.objects.visible_to(user))


class Broadcast(models.Model):
    """A station read a material out on a day, in a language and a version, so many times."""

    wagtail_reference_index_ignore = True

    station = models.ForeignKey(
        Station, on_delete=models.PROTECT, related_name="broadcasts", verbose_name=_("radio station")
    )
    code = models.CharField(
        _("short address of the material"),
        max_length=200,
        help_text=_("As it stands on the poster; its last six letters and digits are enough."),
    )
    material = models.ForeignKey(SharedMaterial, on_delete=models.PROTECT, related_name="broadcasts", editable=False)
    # As it was when it was aired: a withdrawn material says nothing any more.
    title = models.CharField(max_length=255, editable=False)
    language = models.CharField(max_length=20, editable=False)
    revision_id = models.PositiveBigIntegerField(editable=False)
    aired_on = models.DateField(_("aired on"))
    times = models.PositiveSmallIntegerField(_("how many times"), default=1, validators=[MinValueValidator(1)])

    objects = BroadcastQuerySet.as_manager()

    class Meta:
        verbose_name = _("broadcast")
        verbose_name_plural = _("broadcast log")
        ordering = ["-aired_on", "station"]
        constraints = [
            # The same line typed twice is one: whoever aired it again that day raises its number.
            models.UniqueConstraint(fields=["station", "material", "aired_on"], name="one_line_a_station_and_day"),
            models.CheckConstraint(condition=Q(times__gte=1), name="aired_at_least_once"),
        ]

    def __str__(self):
        return f"{self.station} {self.aired_on:%d/%m/%Y}: {self.title}"

    def clean(self):
        """Find the material by what was typed, and write down the version that is public now."""
        super().clean()
        typed = self.code.strip().rstrip("/").lower()[-CODE_LENGTH:]
        if self.material_id is None or self.material.code != typed:
            found = SharedMaterial.objects.open().filter(code=typed).first()
            if found is None:
                raise ValidationError({"code": _("There is no material with this short address.")})
            self.material, self.title, self.language = found, found.title, found.language
            self.revision_id = found.revision_id or 0
        self.code = typed
        if self.aired_on and self.aired_on > timezone.localdate():
            raise ValidationError({"aired_on": _("This day has not come yet.")})

    def validate_unique(self, exclude=None):
        """For the back end. On a commune's own page the same line is written again (`operations.log_broadcast`)."""
        super().validate_unique(exclude)
        twin = Broadcast.objects.filter(station=self.station_id, material=self.material_id, aired_on=self.aired_on)
        if twin.exclude(pk=self.pk).exists():
            raise ValidationError(_("This is in the log already; raise its number instead."))
