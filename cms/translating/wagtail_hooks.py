"""The work on languages in the editors' back end."""

from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.ui.tables import Column
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from cms.translating.models import GlossaryTerm, LanguageRole
from cms.translating.permissions import is_editorial
from cms.translating.views import interface


class LanguageRoleViewSet(SnippetViewSet):
    """Who works in which language; an administrator gives languages out."""

    model = LanguageRole
    icon = "user"
    list_display = ["user", "language", Column("get_kind_display", label=_("Kind"))]
    list_filter = ["language", "kind"]
    copy_view_enabled = False


class GlossaryTermViewSet(SnippetViewSet):
    model = GlossaryTerm
    icon = "openquote"
    list_display = ["term", "translation", "language"]
    list_filter = ["language"]
    search_fields = ["term", "translation", "note"]


class TranslatingGroup(SnippetViewSetGroup):
    menu_label = _("Translators and terms")
    menu_icon = "openquote"
    menu_order = 261
    items = (GlossaryTermViewSet, LanguageRoleViewSet)


register_snippet(TranslatingGroup)


@hooks.register("register_admin_urls")
def admin_urls():
    return [
        path("languages/", interface.languages, name="cms_languages"),
        path("languages/<str:tag>/words/", interface.interface, name="cms_interface"),
        path("languages/<str:tag>/take-in/", interface.take_in, name="cms_interface_take_in"),
        path("languages/<str:tag>/sign/", interface.signing, name="cms_language_signing"),
    ]


class LanguagesItem(MenuItem):
    def is_shown(self, request):
        return is_editorial(request.user)


@hooks.register("register_admin_menu_item")
def languages_item():
    return LanguagesItem(_("Languages of the site"), reverse("cms_languages"), icon_name="globe", order=260)
