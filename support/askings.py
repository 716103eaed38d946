"""Choosing a thing and writing how people ask for it, in the editors' admin."""

from collections.abc import Sequence

from django import forms
from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic.chooser import BaseFilterForm, ChooseResultsView, ChooseView
from wagtail.admin.viewsets.chooser import ChooserViewSet

from cms.search.folding import folded
from cms.vocabulary.models import ContentLanguage
from support.models import Asking, Quotable
from support.queries.asking import asked_for


def holding(rows: QuerySet, typed: str, fields: Sequence[str]) -> QuerySet:
    """Those of some hundred `rows` that hold what was `typed` in one of `fields`, whatever its accents and case."""
    wanted = folded(typed)
    if not wanted:
        return rows
    texts = rows.values_list("pk", *fields)
    return rows.filter(pk__in=[pk for pk, *held in texts if any(wanted in folded(text) for text in held)])


class _FilterForm(BaseFilterForm):
    q = forms.CharField(label=_("Search"), required=False)

    def filter(self, objects):
        typed = self.cleaned_data.get("q") or ""
        self.is_searching, self.search_query = bool(typed), typed
        return holding(objects, typed, ["title"])


class _Things:
    filter_form_class = _FilterForm

    @property
    def columns(self):
        return [*super().columns, Column("get_kind_display", label=_("Kind"))]

    def get_object_list(self):
        return asked_for()


class _Choose(_Things, ChooseView):
    pass


class _ChooseResults(_Things, ChooseResultsView):
    pass


class QuotableChooserViewSet(ChooserViewSet):
    model = Quotable
    icon = "help"
    choose_one_text = _("Choose a page")
    choose_another_text = _("Choose another of these")
    choose_view_class = _Choose
    choose_results_view_class = _ChooseResults


quotable_chooser = QuotableChooserViewSet("quotable_chooser", url_prefix="quotable-chooser")


class AskingForm(WagtailAdminModelForm):
    thing = forms.ModelChoiceField(
        Quotable.objects.none(), label=_("What it asks for"), widget=quotable_chooser.widget_class
    )
    language = forms.ChoiceField(label=_("Language of the words"))

    class Meta:
        model = Asking
        fields = ["language", "said"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["thing"].queryset = asked_for()
        self.fields["language"].choices = [
            *(
                dict(settings.LANGUAGES)
                | dict(ContentLanguage.objects.order_by("name_vi").values_list("tag", "autonym"))
            ).items()
        ]
        if self.instance.pk:
            self.initial["thing"] = asked_for().filter(kind=self.instance.kind, key=self.instance.key).first()
            # A row is what is asked of one thing in one language; another is another row.
            self.fields["thing"].disabled = self.fields["language"].disabled = True
            self.fields["thing"].required = False
        else:
            self.initial.setdefault("language", settings.LANGUAGE_CODE)

    def clean(self):
        cleaned = super().clean()
        thing = cleaned.get("thing")
        if thing and not self.instance.pk:
            self.instance.kind, self.instance.key = thing.kind, thing.key
            same = Asking.objects.filter(kind=thing.kind, key=thing.key, language=cleaned.get("language"))
            if same.exists():
                self.add_error("thing", _("This has a row already: add your lines there."))
        return cleaned
