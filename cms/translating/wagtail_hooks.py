"""The work on languages in the editors' back end."""

from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import Menu, MenuItem, SubmenuMenuItem
from wagtail.admin.ui.tables import Column
from wagtail.models import Locale
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup
from wagtail_localize.models import Translation

from cms.translating.models import GlossaryTerm, LanguageRole
from cms.translating.permissions import is_editorial, is_only_translator, may_translate
from cms.translating.views import board, interface, translate


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
        path("languages/mine/", translate.mine, name="cms_my_translations"),
        path("languages/translate/<int:translation_id>/", translate.translate, name="cms_translate"),
        path(
            "languages/translate/<int:translation_id>/file.<slug:kind>",
            translate.download,
            name="cms_translate_download",
        ),
        path("languages/translate/<int:translation_id>/upload/", translate.upload, name="cms_translate_upload"),
        path("languages/pages/<int:page_id>/start/<str:tag>/", translate.start, name="cms_translation_start"),
        path("languages/pages/<int:page_id>/sign/", translate.sign, name="cms_native_sign"),
        path("languages/board/", board.board, name="cms_language_board"),
        path("languages/<str:tag>/words/", interface.interface, name="cms_interface"),
        path("languages/<str:tag>/take-in/", interface.take_in, name="cms_interface_take_in"),
        path("languages/<str:tag>/sign/", interface.signing, name="cms_language_signing"),
    ]


class EditorialItem(MenuItem):
    def is_shown(self, request):
        return is_editorial(request.user)


@hooks.register("register_admin_menu_item")
def languages_menu():
    items = [
        EditorialItem(_("My translations"), reverse("cms_my_translations"), icon_name="tasks", order=10),
        EditorialItem(_("Language board"), reverse("cms_language_board"), icon_name="table", order=20),
        EditorialItem(_("Languages of the site"), reverse("cms_languages"), icon_name="globe", order=30),
    ]
    return SubmenuMenuItem(
        _("Languages and translations"), Menu(None, items=items), icon_name="wagtail-localize-language", order=260
    )


# --- A translator's rights end at their languages ---------------------------------------------------------------------


def _not_theirs(request, instance) -> bool:
    locale = getattr(instance, "locale", None)
    return (
        locale is not None
        and is_only_translator(request.user)
        and not may_translate(request.user, locale.language_code)
    )


@hooks.register("before_edit_page", order=-10)
@hooks.register("before_delete_page", order=-10)
@hooks.register("before_unpublish_page", order=-10)
@hooks.register("before_copy_page", order=-10)
@hooks.register("before_move_page", order=-10)
def only_in_their_languages(request, page, *more):
    """A translator of Khmer changes no Vietnamese and no Chinese page. Their desk is the side-by-side view."""
    if _not_theirs(request, page):
        raise PermissionDenied
    return


@hooks.register("before_edit_page", order=-5)
def desk_of_a_translator(request, page):
    """Who may not publish works at the desk. In the library's editor the last action is the main button, and without the
    right to publish that was «Xoá»; at the desk it is «Lưu», and nothing can be deleted."""
    if request.method != "GET" or page.locale_id == Locale.get_default().pk:
        return None
    if page.permissions_for_user(request.user).can_publish():
        return None
    found = Translation.objects.filter(
        source__object_id=page.translation_key, target_locale=page.locale_id, enabled=True
    ).first()
    return redirect("cms_translate", found.pk) if found else None


@hooks.register("before_create_page", order=-10)
def writes_no_new_page(request, parent, page_class):
    if _not_theirs(request, parent):
        raise PermissionDenied


@hooks.register("before_edit_snippet", order=-10)
def only_snippets_in_their_languages(request, instance):
    if _not_theirs(request, instance):
        raise PermissionDenied
