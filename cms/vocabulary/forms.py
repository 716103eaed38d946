"""The form in which an editor adds a language, without a deploy."""

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm

from cms.vocabulary.models import ContentLanguage
from cms.vocabulary.speaking import FONTS


class TagsField(forms.CharField):
    """A list of tags, written with commas between them."""

    def prepare_value(self, value):
        return ", ".join(value) if isinstance(value, list) else value

    def to_python(self, value) -> list[str]:  # type: ignore[override]  # the stubs know only text
        return [tag for part in (value or "").split(",") if (tag := part.strip())]

    def has_changed(self, initial, data) -> bool:
        return list(initial or []) != self.to_python(data)


class ContentLanguageForm(WagtailAdminModelForm):
    fallbacks = TagsField(
        label=_("Fallback chain"),
        required=False,
        help_text=_(
            "Tags of this table in the order in which they are tried, with commas: zh-Hans, vi. The last is vi."
        ),
    )
    font = forms.ChoiceField(label=_("Font"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        own = [self.instance.font] if self.instance.font and self.instance.font not in FONTS else []
        names = [(name, name) for name in [*FONTS, *own]]
        self.fields["font"].choices = [("", _("The reader's own")), *names]
        if self.instance.pk:
            # Content is kept under the tag.
            self.fields["tag"].disabled = True

    class Meta:
        model = ContentLanguage
        fields: list[str] = []
