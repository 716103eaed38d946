"""The assistant's words and the ways of the desk, in the editors' admin."""

from django.conf import settings
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.ui.tables import Column
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import IndexView, SnippetViewSet, SnippetViewSetGroup

from support.askings import AskingForm, holding, quotable_chooser
from support.models import Asking, CannedAnswer, DeskRoute, Quotable, Wording

SHOWN_WAYS = 3


class _FoldedIndexView(IndexView):
    """Finds rows by what is typed without accents or case, as everything else here is found."""

    def search_queryset(self, queryset):
        return holding(queryset, self.search_query if self.is_searching else "", self.search_fields)


def _first_lines(row) -> str:
    """Enough of a row's lines to know it by: some have fifty."""
    lines = row.said.splitlines()
    return " · ".join(lines[:SHOWN_WAYS]) + (" …" if len(lines) > SHOWN_WAYS else "")


class WordingViewSet(SnippetViewSet):
    model = Wording
    icon = "tag"
    list_display = ["slug", "kind", Column("said", label=_("What people type"), accessor=_first_lines)]
    index_view_class = _FoldedIndexView
    list_filter = ["kind"]
    search_fields = ["slug", "said", "meant"]
    ordering = ["kind", "slug"]


class AskingViewSet(SnippetViewSet):
    model = Asking
    icon = "help"
    list_display = [
        Column("title", label=_("What it asks for")),
        "language",
        Column("said", label=_("How people ask"), accessor=_first_lines),
    ]
    index_view_class = _FoldedIndexView
    list_filter = ["language"]
    search_fields = ["title", "said"]
    ordering = ["kind", "key", "language"]
    copy_view_enabled = False

    def get_queryset(self, request):
        told = Quotable.objects.filter(kind=OuterRef("kind"), key=OuterRef("key"), language=settings.LANGUAGE_CODE)
        return Asking.objects.annotate(title=Coalesce(Subquery(told.values("title")), "key"))

    edit_handler = ObjectList(
        [FieldPanel("thing"), FieldPanel("language"), FieldPanel("said")], base_form_class=AskingForm
    )


class DeskRouteViewSet(SnippetViewSet):
    model = DeskRoute
    icon = "arrow-right"
    list_display = ["procedure_code", "unit", "owner", "days"]


class CannedAnswerViewSet(SnippetViewSet):
    model = CannedAnswer
    icon = "copy"
    list_display = ["title", "language", "procedure_code"]
    search_fields = ["title", "text"]


class DeskViewSetGroup(SnippetViewSetGroup):
    menu_label = _("Questions and answers")
    menu_icon = "help"
    menu_order = 260
    items = (WordingViewSet, AskingViewSet, DeskRouteViewSet, CannedAnswerViewSet)


@hooks.register("register_admin_viewset")
def choose_what_is_asked_for():
    return quotable_chooser


register_snippet(DeskViewSetGroup)
