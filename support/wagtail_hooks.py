"""The assistant's words and the ways of the desk, in the editors' admin."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.ui.tables import Column
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from support.models import CannedAnswer, DeskRoute, Wording


class WordingViewSet(SnippetViewSet):
    model = Wording
    icon = "tag"
    list_display = ["slug", "kind", Column("said", label=_("What people type"))]
    list_filter = ["kind"]
    search_fields = ["slug", "said", "meant"]
    ordering = ["kind", "slug"]


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
    items = (WordingViewSet, DeskRouteViewSet, CannedAnswerViewSet)


register_snippet(DeskViewSetGroup)
