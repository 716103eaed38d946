"""The question bank in Wagtail's admin: banks, questions with their options, quizzes."""

from django.utils.translation import gettext_lazy as _
from wagtail.admin.filters import WagtailFilterSet
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

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
