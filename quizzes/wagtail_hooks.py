"""The question bank in Wagtail's admin: banks, questions with their options, quizzes."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.widgets.button import Button
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from quizzes import exchange_views as exchange
from quizzes.models import Question, QuestionBank, Quiz


class QuestionFilters(WagtailFilterSet):
    class Meta:
        model = Question
        fields = ["bank", "topic", "type", "difficulty", "grade_band", "situation", "review"]


class BankViewSet(SnippetViewSet):
    model = QuestionBank
    icon = "folder-open-inverse"
    menu_label = _("Banks")
    list_display = ["title", "slug"]
    search_fields = ["title", "slug"]


class QuestionViewSet(SnippetViewSet):
    model = Question
    icon = "help"
    menu_label = _("Questions")
    list_display = ["__str__", "type", "bank", "topic", "difficulty", "review"]
    list_per_page = 50
    filterset_class = QuestionFilters

    def get_queryset(self, request):
        return Question.objects.select_related("bank", "topic", "locale")


class QuizViewSet(SnippetViewSet):
    model = Quiz
    icon = "clipboard-list"
    menu_label = _("Quizzes")
    list_display = ["title", "time_limit_minutes", "attempts", "pass_percent"]
    search_fields = ["title"]


class QuizViewSetGroup(SnippetViewSetGroup):
    items = (QuizViewSet, QuestionViewSet, BankViewSet)
    menu_icon = "help"
    menu_label = _("Quizzes")
    menu_name = "quizzes"
    menu_order = 300


register_snippet(QuizViewSetGroup)


@hooks.register("register_admin_urls")
def exchange_urls():
    return [
        path("questions/banks/<int:bank_id>/", exchange.exchange, name="quizzes_exchange"),
        path("questions/banks/<int:bank_id>/<slug:format>/", exchange.export, name="quizzes_export"),
        path("questions/template/", exchange.sheet_template, name="quizzes_template"),
        path("questions/imports/<uuid:uuid>/", exchange.preview, name="quizzes_import"),
        path("questions/imports/<uuid:uuid>/progress/", exchange.progress, name="quizzes_import_progress"),
        path("questions/imports/<uuid:uuid>/commit/", exchange.commit, name="quizzes_import_commit"),
        path("questions/imports/<uuid:uuid>/give-up/", exchange.give_up, name="quizzes_import_give_up"),
        path("questions/imports/<uuid:uuid>/undo/", exchange.undo, name="quizzes_import_undo"),
        path("questions/imports/<uuid:uuid>/pictures/<slug:digest>/", exchange.picture, name="quizzes_import_picture"),
    ]


@hooks.register("register_snippet_listing_buttons")
def exchange_button(snippet, user, next_url=None):
    """In the list of banks: the way to a bank's imports and exports."""
    if isinstance(snippet, QuestionBank) and user.has_perm(exchange.ADD):
        yield Button(
            _("Import and export"), url=reverse("quizzes_exchange", args=[snippet.pk]), icon_name="download", priority=5
        )
