"""How answers earn marks where that is data: credit tables, and rubrics for texts that a person marks."""

from decimal import Decimal, InvalidOperation
from uuid import uuid4

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalKey
from modelcluster.models import ClusterableModel
from wagtail.admin.panels import FieldPanel, FieldRowPanel, InlinePanel
from wagtail.models import Orderable


def validate_credit(fractions) -> None:
    """A credit table grows from 0…1 to 1; raises ValidationError."""
    try:
        steps = [Decimal(str(one)) for one in fractions]
    except (InvalidOperation, TypeError):
        steps = []
    if not steps or steps != sorted(steps) or steps[0] < 0 or steps[-1] != 1:
        raise ValidationError(_("Give a list of fractions that grow up to 1, such as 0.1, 0.25, 0.5, 1."))


class CreditTable(models.Model):
    """What so many right statements of one question earn. Data, because the examination's rules change."""

    name = models.CharField(_("name"), max_length=120, unique=True)
    fractions = models.JSONField(
        _("earned by one, two, three … right"),
        help_text=_('A list of fractions, the last one 1: ["0.1", "0.25", "0.5", "1"]'),
        validators=[validate_credit],
    )

    panels = [FieldPanel("name"), FieldPanel("fractions")]

    class Meta:
        verbose_name = _("credit table")
        verbose_name_plural = _("credit tables")
        ordering = ["name"]

    def __str__(self):
        return self.name


class Rubric(ClusterableModel):
    """How a person marks a text: criteria, each worth so many points."""

    title = models.CharField(_("title"), max_length=160, unique=True)

    panels = [FieldPanel("title"), InlinePanel("criteria", heading=_("Criteria"), label=_("criterion"), min_num=1)]

    class Meta:
        verbose_name = _("rubric")
        verbose_name_plural = _("rubrics")
        ordering = ["title"]

    def __str__(self):
        return self.title


class Criterion(Orderable):
    """One line of a rubric. `anchors` says in words what few, some and all points look like."""

    rubric = ParentalKey(Rubric, on_delete=models.CASCADE, related_name="criteria")
    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    title = models.CharField(_("what is looked at"), max_length=200)
    anchors = models.TextField(_("what earns how much"), blank=True)
    points = models.DecimalField(
        _("points"), max_digits=5, decimal_places=2, default=1, validators=[MinValueValidator(Decimal("0.01"))]
    )

    panels = [FieldRowPanel([FieldPanel("title"), FieldPanel("points")]), FieldPanel("anchors")]

    class Meta(Orderable.Meta):
        constraints = [models.CheckConstraint(condition=Q(points__gt=0), name="criterion_has_points")]

    def __str__(self):
        return self.title
