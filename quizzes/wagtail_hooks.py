"""The question bank in Wagtail's admin: banks, questions with their options, quizzes."""

from urllib.parse import urlencode

from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.widgets.button import Button
from wagtail.snippets.bulk_actions.snippet_bulk_action import SnippetBulkAction
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import CreateView, EditView, SnippetViewSet, SnippetViewSetGroup

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


class SavedByHand:
    """No saving while one types: a question has no drafts beside it, so a half-typed one would be asked as it is, and
    «Lưu» pressed in that moment would make a second one."""

    def setup(self, request, *args, **kwargs):
        super().setup(request, *args, **kwargs)
        self.autosave_enabled = False


class QuestionCreateView(SavedByHand, CreateView):
    pass


class QuestionEditView(SavedByHand, EditView):
    pass


class QuestionViewSet(SnippetViewSet):
    model = Question
    icon = "help"
    menu_label = _("Questions")
    list_display = ["__str__", "type", "bank", "topic", "difficulty", "review", "approved_by"]
    list_per_page = 50
    filterset_class = QuestionFilters
    add_view_class = QuestionCreateView
    edit_view_class = QuestionEditView

    def get_queryset(self, request):
        return Question.objects.select_related("bank", "topic", "locale", "approved_by__person")


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
        path("questions/selection/<slug:format>/", exchange.export_selection, name="quizzes_export_selection"),
        path("questions/quizzes/<uuid:key>/<slug:format>/", exchange.export_quiz, name="quizzes_export_quiz"),
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
    """In the list of banks the way to a bank's imports and exports, in that of quizzes to their file."""
    if isinstance(snippet, QuestionBank) and user.has_perm(exchange.ADD):
        yield Button(
            _("Import and export"), url=reverse("quizzes_exchange", args=[snippet.pk]), icon_name="download", priority=5
        )
    if isinstance(snippet, Quiz) and user.has_perm(exchange.VIEW):
        url = reverse("quizzes_export_quiz", args=[snippet.quiz_key, "h5p"])
        yield Button(_("Export as .h5p"), url=url, icon_name="download", priority=5)


@hooks.register("register_bulk_action")
class ExportChosen(SnippetBulkAction):
    """In the list of questions: the chosen ones as one .h5p file. What does not fit is told before it is made."""

    display_name = _("Export as .h5p")
    aria_label = _("Export the chosen questions as one .h5p file")
    action_type = "export_h5p"
    action_priority = 20
    models = [Question]

    def check_perm(self, question):
        return self.request.user.has_perm(exchange.VIEW)

    def get(self, request):
        chosen, _refused = self.get_actionable_objects()
        query = urlencode([("question", one.pk) for one in chosen])
        return redirect(f"{reverse('quizzes_export_selection', args=['h5p'])}?{query}")
