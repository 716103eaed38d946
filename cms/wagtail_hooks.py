"""The editors' admin: panels of the first page, urgent publication, pages from Word files, synonyms."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import get_language, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin import widgets
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.menu import MenuItem
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.components import Component
from wagtail.admin.ui.sidebar import LinkMenuItem
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn
from wagtail.snippets.bulk_actions.snippet_bulk_action import SnippetBulkAction
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet

from cms.models import ContentPage, HandbookPage, Honour, SearchSynonym, check_slug
from cms.navigation import help_page
from cms.operations.editorial import EDITORS, REVIEWERS, TRANSLATORS, is_reviewer
from cms.people import PersonField
from cms.pictures import pictures_without_words
from cms.queries import (
    amber_pages,
    amber_procedures,
    translations_to_publish,
    urgent_unreviewed,
    waiting_for_review,
)
from cms.views import editing, handbooks
from cms.vocabulary.places import stale_points
from quizzes.models import Question
from quizzes.operations import approve_questions

SHOWN = 10


class SearchSynonymViewSet(SnippetViewSet):
    model = SearchSynonym
    icon = "search"
    list_display = ["__str__", "slug"]
    search_fields = ["words", "slug"]
    add_to_settings_menu = True


register_snippet(SearchSynonymViewSet)


class HonourForm(WagtailAdminModelForm):
    person = PersonField()


class HonourViewSet(SnippetViewSet):
    model = Honour
    icon = "success"
    list_display = [
        "title",
        Column("place", label=_("Unit, school or team")),
        DateColumn("awarded_on", label=_("Given on")),
        BooleanColumn("is_shown", label=_("Shown to readers")),
    ]
    list_filter = ["whom", "is_shown", "awarded_on"]
    search_fields = ["title", "reason", "organisation", "decision", "serial"]
    ordering = ["-awarded_on", "pk"]
    copy_view_enabled = False
    add_to_admin_menu = True
    menu_order = 255
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [
                    FieldPanel("whom"),
                    FieldRowPanel([FieldPanel("person"), FieldPanel("initials")]),
                    FieldPanel("organisation"),
                    FieldRowPanel([FieldPanel("school"), FieldPanel("unit")]),
                ],
                heading=_("Who is honoured"),
            ),
            MultiFieldPanel(
                [
                    FieldPanel("title"),
                    FieldPanel("reason"),
                    FieldRowPanel([FieldPanel("awarded_on"), FieldPanel("given_by")]),
                    FieldRowPanel([FieldPanel("decision"), FieldPanel("serial")]),
                ],
                heading=pgettext_lazy("of an honour", "What for"),
            ),
            MultiFieldPanel(
                [FieldPanel("photo"), FieldPanel("photo_alt"), FieldPanel("story"), FieldPanel("is_shown")],
                heading=_("What readers see"),
            ),
        ],
        base_form_class=HonourForm,
    )


register_snippet(HonourViewSet)


def is_editorial(user) -> bool:
    return user.is_superuser or user.groups.filter(name__in=[EDITORS, TRANSLATORS, REVIEWERS]).exists()


class FreshnessPanel(Component):
    """What readers are warned about, and the procedures behind it."""

    name = "freshness"
    template_name = "cms/admin/freshness_panel.html"
    order = 90

    def get_context_data(self, parent_context=None):
        flags = amber_pages()
        return {
            "procedures": amber_procedures(),
            "flags": flags[:SHOWN],
            "points": stale_points()[:SHOWN],
            "more": max(0, len(flags) - SHOWN),
            "list_url": reverse("cms_freshness"),
        }


class ReviewPanel(Component):
    """Drafts and translations that wait for a reviewer, and what was published in a hurry without one."""

    name = "review"
    template_name = "cms/admin/review_panel.html"
    order = 95

    def get_context_data(self, parent_context=None):
        return {
            "waiting": waiting_for_review(SHOWN),
            "translations": translations_to_publish(SHOWN),
            "urgent": urgent_unreviewed(SHOWN),
        }


@hooks.register("construct_homepage_panels")
def add_panels(request, panels):
    if is_editorial(request.user):
        panels += [FreshnessPanel(), ReviewPanel()]


@hooks.register("register_admin_urls")
def admin_urls():
    return [
        path("freshness/", editing.freshness, name="cms_freshness"),
        path("freshness/<int:page_id>/confirm/", editing.confirm, name="cms_confirm_page"),
        path("urgent/<int:page_id>/", editing.urgent, name="cms_publish_urgently"),
        path("review/<int:page_id>/sign/", editing.sign, name="cms_sign_review"),
        path("help-points/import/", editing.import_help_points, name="cms_import_help_points"),
        path("word/<int:parent_id>/", editing.word, name="cms_page_from_word"),
        path("handbooks/<int:page_id>/files/", handbooks.files, name="cms_handbook_files"),
        path("handbooks/<int:page_id>/files/make/", handbooks.make_again, name="cms_make_handbook_files"),
    ]


class ImportPointsItem(MenuItem):
    def is_shown(self, request):
        return request.user.has_perm("vocabulary.add_helppoint")


@hooks.register("register_reports_menu_item")
def import_points_item():
    return ImportPointsItem(
        _("Help points from a table"), reverse("cms_import_help_points"), icon_name="table", order=710
    )


@hooks.register("register_reports_menu_item")
def freshness_menu_item():
    return MenuItem(_("Freshness of facts"), reverse("cms_freshness"), icon_name="calendar-check", order=700)


class FirstStepsItem(MenuItem):
    """The editors' «fifteen minutes to begin» in the help menu, for as long as there is such a page."""

    def is_shown(self, request):
        return bool(_first_steps())

    def render_component(self, request):
        return LinkMenuItem(self.name, self.label, _first_steps(), icon_name=self.icon_name)


def _first_steps() -> str:
    """Asked anew each time: pages move."""
    return help_page("bat-dau-bien-tap", get_language())


@hooks.register("register_help_menu_item")
def first_steps_item():
    return FirstStepsItem(_("Fifteen minutes to begin"), "", name="first-steps", icon_name="help", order=50)


@hooks.register("register_page_listing_more_buttons")
def more_buttons(page, user, next_url=None, **kwargs):
    page = page.specific_deferred
    permissions = page.permissions_for_user(user)
    if permissions.can_add_subpage() and page.specific_class.creatable_subpage_models():
        yield widgets.Button(
            _("New page from a Word file"),
            reverse("cms_page_from_word", args=[page.pk]),
            icon_name="doc-full",
            priority=60,
        )
    if issubclass(page.specific_class, HandbookPage) and permissions.can_edit():
        yield widgets.Button(
            _("Files and languages"), reverse("cms_handbook_files", args=[page.pk]), icon_name="download", priority=65
        )
    if issubclass(page.specific_class, ContentPage):
        if user.has_perm("cms.publish_urgently") and page.has_unpublished_changes:
            yield widgets.Button(
                _("Publish urgently"), reverse("cms_publish_urgently", args=[page.pk]), icon_name="warning", priority=70
            )
        if page.live and is_reviewer(user):
            yield widgets.Button(
                _("Sign as reviewed"), reverse("cms_sign_review", args=[page.pk]), icon_name="success", priority=71
            )


def _name_pictures(request, page) -> None:
    """Which pictures of what was written have no words. An empty text is right for decoration only, so nobody is stopped."""
    names = pictures_without_words(page)
    if names:
        text = ngettext(
            "%(count)d picture has no alternative text: %(names)s. Whoever cannot see it learns nothing from it. Leave it so only if it is decoration.",
            "%(count)d pictures have no alternative text: %(names)s. Whoever cannot see them learns nothing from them. Leave it so only for decoration.",
            len(names),
        )
        messages.warning(request, text % {"count": len(names), "names": "; ".join(f"“{one}”" for one in names[:SHOWN])})


@hooks.register("after_create_page")
@hooks.register("after_edit_page")
def pictures_of_what_was_saved(request, page):
    """The writer reads it with every draft that is saved, handed in or published."""
    _name_pictures(request, page)


@hooks.register("before_edit_page")
def pictures_of_what_is_reviewed(request, page):
    """The reviewer reads it on opening what was handed in, before signing it."""
    if request.method == "GET" and page.current_workflow_state and is_reviewer(request.user):
        _name_pictures(request, page)


@hooks.register("register_page_header_buttons")
def header_buttons(page, user, view_name, next_url=None, **kwargs):
    yield from more_buttons(page, user, next_url)


@hooks.register("before_create_snippet")
@hooks.register("before_edit_snippet")
def only_reviewers_approve(request, model_or_instance):
    """What anybody else saves is a draft, also where it was approved before: other words want another look."""
    model = model_or_instance if isinstance(model_or_instance, type) else type(model_or_instance)
    if request.method != "POST" or model is not Question or is_reviewer(request.user):
        return
    if request.POST.get("review") == Question.Review.APPROVED:
        request.POST = request.POST.copy()
        request.POST["review"] = Question.Review.DRAFT
        messages.warning(
            request, _("Only reviewers approve questions. What you save here is a draft that waits for them.")
        )


@hooks.register("after_create_snippet")
@hooks.register("after_edit_snippet")
def who_approves_signs(request, question):
    """A reviewer who saves a question as approved answers for it from then on."""
    if isinstance(question, Question) and question.review == Question.Review.APPROVED:
        approve_questions(questions=[question], by=request.user)


@hooks.register("register_bulk_action")
class ApproveChosen(SnippetBulkAction):
    """In the list of questions: a reviewer approves the chosen ones, which are read once more on the way."""

    display_name = _("Approve")
    aria_label = _("Approve the chosen questions")
    action_type = "approve"
    action_priority = 10
    template_name = "cms/admin/approve_questions.html"
    models = [Question]

    def check_perm(self, question):
        return is_reviewer(self.request.user)

    def get_queryset(self, model, object_ids):
        return (
            model.objects.filter(pk__in=object_ids)
            .select_related("approved_by")
            .prefetch_related("options__picture", "targets")
        )

    def get_execution_context(self):
        return {"user": self.request.user}

    @classmethod
    def execute_action(cls, objects, *, user, **kwargs):
        return approve_questions(questions=objects, by=user), 0

    def get_success_message(self, num_parent_objects, num_child_objects):
        return ngettext(
            "%(count)d question approved in your name.",
            "%(count)d questions approved in your name.",
            num_parent_objects,
        ) % {"count": num_parent_objects}


def _refused_move(request, pages, destination) -> bool:
    """Say why one of `pages`, or a translation that goes along, may not be moved below `destination`."""
    for page in pages:
        for moved in [page, *page.get_translations()]:
            try:
                check_slug(moved.slug, destination)
            except ValidationError as error:
                messages.error(request, " ".join(error.messages))
                return True
    return False


@hooks.register("before_move_page")
def may_be_moved(request, page, destination):
    return redirect("wagtailadmin_pages:move", page.pk) if _refused_move(request, [page], destination) else None


@hooks.register("before_bulk_action")
def may_be_moved_together(request, action_type, objects, action):
    refused = action_type == "move" and _refused_move(request, objects, action.cleaned_form.cleaned_data["chooser"])
    return redirect(request.get_full_path()) if refused else None
