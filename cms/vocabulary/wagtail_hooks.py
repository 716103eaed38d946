"""The words content is found by, and the facts it tells, in the editors' admin."""

from django.forms import CheckboxSelectMultiple
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel, ObjectList
from wagtail.admin.ui.tables import BooleanColumn, Column, DateColumn, LocaleColumn
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from cms.vocabulary.forms import ContentLanguageForm, HelpPointForm
from cms.vocabulary.models import Audience, Competence, ContentLanguage, HelpPoint, PortalLink, Procedure, Topic


class ProcedureViewSet(SnippetViewSet):
    model = Procedure
    icon = "clipboard-list"
    list_display = [
        "name",
        "code",
        LocaleColumn(),
        DateColumn("checked_on", label=_("Checked on")),
        DateColumn("review_by", label=_("Review by")),
        BooleanColumn("is_stale", label=_("Due to be checked again")),
    ]
    list_filter = ["level", "locale", "review_by"]
    search_fields = ["name", "code", "official_code", "authority"]
    ordering = ["review_by", "name"]
    inspect_view_enabled = True
    copy_view_enabled = False


class TermViewSet(SnippetViewSet):
    list_display = ["name", Column("slug", label=_("Code")), LocaleColumn(), "position"]
    list_filter = ["locale"]
    search_fields = ["name", "slug"]
    ordering = ["position", "name"]


class TopicViewSet(TermViewSet):
    model = Topic
    icon = "tag"


class AudienceViewSet(TermViewSet):
    model = Audience
    icon = "group"


class CompetenceViewSet(TermViewSet):
    model = Competence
    icon = "success"


class ContentLanguageViewSet(SnippetViewSet):
    model = ContentLanguage
    icon = "globe"
    list_display = [
        "name_vi",
        "autonym",
        "tag",
        "script",
        BooleanColumn("content_allowed", label=_("May be written")),
        BooleanColumn("site_allowed", label=_("May be a site language")),
        DateColumn("signed_off_at", label=_("Signed by a native speaker")),
        BooleanColumn("is_active", label=_("Offered to readers")),
        BooleanColumn("audio_first", label=_("Audio first")),
    ]
    list_filter = ["is_active", "content_allowed", "site_allowed", "audio_first", "script"]
    search_fields = ["autonym", "tag", "name_vi", "name_en"]
    ordering = ["name_vi"]
    copy_view_enabled = False
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [FieldPanel("tag"), FieldPanel("autonym"), FieldPanel("name_vi"), FieldPanel("name_en")],
                heading=_("What it is called"),
            ),
            MultiFieldPanel(
                [FieldPanel("script"), FieldPanel("direction"), FieldPanel("font")], heading=_("How it is written")
            ),
            MultiFieldPanel(
                [FieldPanel("counting"), FieldPanel("per_word")], heading=_("What a limit of words means in it")
            ),
            MultiFieldPanel(
                [
                    FieldPanel("content_allowed"),
                    FieldPanel("audio_first"),
                    FieldPanel("is_active"),
                    FieldPanel("site_allowed"),
                    FieldPanel("signed_off_at", read_only=True),
                    FieldPanel("fallbacks"),
                ],
                heading=_("What it is used for"),
            ),
        ],
        base_form_class=ContentLanguageForm,
    )


class PortalLinkViewSet(SnippetViewSet):
    model = PortalLink
    icon = "link-external"
    list_display = ["key", "name_vi", "url", DateColumn("checked_on", label=_("Checked on"))]
    search_fields = ["key", "name_vi", "name_en", "url"]


class HelpPointViewSet(SnippetViewSet):
    model = HelpPoint
    icon = "home"
    list_display = [
        "name",
        Column("get_kind_display", label=_("Kind"), sort_key="kind"),
        "unit",
        DateColumn("checked_on", label=_("Checked on")),
        DateColumn("review_by", label=_("Review by")),
        BooleanColumn("is_stale", label=_("Due to be checked again")),
    ]
    list_filter = ["kind", "unit", "review_by"]
    search_fields = ["name", "name_folded", "address", "unit__name_folded"]
    ordering = ["review_by", "name_folded"]
    copy_view_enabled = False
    edit_handler = ObjectList(
        [
            MultiFieldPanel(
                [
                    FieldPanel("kind"),
                    FieldPanel("name"),
                    FieldPanel("unit"),
                    FieldPanel("address"),
                    FieldPanel("directions"),
                ],
                heading=_("What and where"),
            ),
            MultiFieldPanel(
                [FieldPanel("hours"), FieldPanel("hours_note"), FieldPanel("phone")],
                heading=_("When and how to reach it"),
            ),
            MultiFieldPanel(
                [
                    FieldPanel("languages", widget=CheckboxSelectMultiple),
                    FieldPanel("access"),
                    FieldPanel("access_note"),
                ],
                heading=_("For whom it is easy"),
            ),
            MultiFieldPanel(
                [
                    FieldPanel("checked_on"),
                    FieldPanel("review_by"),
                    FieldPanel("owner"),
                    FieldPanel("valid_from"),
                    FieldPanel("valid_to"),
                ],
                heading=_("Freshness"),
            ),
        ],
        base_form_class=HelpPointForm,
    )


class VocabularyViewSetGroup(SnippetViewSetGroup):
    menu_label = _("Vocabulary")
    menu_icon = "tag"
    menu_order = 250
    items = (
        ProcedureViewSet,
        HelpPointViewSet,
        TopicViewSet,
        AudienceViewSet,
        CompetenceViewSet,
        ContentLanguageViewSet,
        PortalLinkViewSet,
    )


register_snippet(VocabularyViewSetGroup)
