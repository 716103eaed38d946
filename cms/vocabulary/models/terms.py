"""Words by which content is found: topics, audiences, digital competences."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.models import TranslatableMixin

from cms.vocabulary.models.starter import Started


class Term(Started, TranslatableMixin, models.Model):
    slug = models.SlugField(_("code"), max_length=60)
    name = models.CharField(_("name"), max_length=120)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta(TranslatableMixin.Meta):
        abstract = True
        ordering = ["position", "name"]

    def __str__(self):
        return self.name


class Topic(Term):
    class Meta(Term.Meta):
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        constraints = [models.UniqueConstraint(fields=["slug", "locale"], name="topic_slug_once_per_language")]


class Audience(Term):
    class Meta(Term.Meta):
        verbose_name = _("audience")
        verbose_name_plural = _("audiences")
        constraints = [models.UniqueConstraint(fields=["slug", "locale"], name="audience_slug_once_per_language")]


class Competence(Term):
    """A domain or competence of Thông tư 02/2025/TT-BGDĐT, such as M4 (safety)."""

    class Meta(Term.Meta):
        verbose_name = _("competence")
        verbose_name_plural = _("competences")
        constraints = [models.UniqueConstraint(fields=["slug", "locale"], name="competence_slug_once_per_language")]
