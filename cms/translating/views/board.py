"""The language board in the editors' back end."""

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cms.translating import board as boards
from cms.translating.permissions import is_editorial, may_translate
from cms.vocabulary.models import ContentLanguage
from cms.vocabulary.speaking import site_code

KINDS = {
    "text": pgettext_lazy("on the language board", "Text"),
    "audio": pgettext_lazy("on the language board", "Audio"),
    "video": pgettext_lazy("on the language board", "Video"),
    "captions": pgettext_lazy("on the language board", "Captions"),
    "sign": pgettext_lazy("on the language board", "Sign language"),
    "review": pgettext_lazy("on the language board", "Native speaker"),
}
STATES = {
    "yes": gettext_lazy("is there"),
    "old": gettext_lazy("older than the source"),
    "draft": gettext_lazy("draft, not published"),
    "no": gettext_lazy("is missing"),
}
# A word and a sign: nobody has to tell colours apart.
SIGNS = {"yes": "✓", "old": "↻", "draft": "…", "no": "–"}


def board(request: HttpRequest) -> HttpResponse:
    """Contents × languages. `language` may be given several times; without it those that are in use."""
    if not is_editorial(request.user):
        raise PermissionDenied
    # What everything is written in first is the row itself, not a column.
    others = ContentLanguage.objects.filter(content_allowed=True).exclude(tag=settings.LANGUAGE_CODE)
    everything = list(others.order_by("name_vi"))
    asked = request.GET.getlist("language")
    shown = [one for one in everything if one.tag in asked] or _in_use(everything)
    sought = request.GET.get("q", "")[:80]
    page = Paginator(boards.contents(sought), boards.PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "languages": shown,
        "everything": everything,
        "asked": {one.tag for one in shown},
        "sought": sought,
        "page": page,
        "rows": boards.rows(list(page.object_list), shown),
        "startable": {one.tag for one in shown if site_code(one.tag) and may_translate(request.user, one.tag)},
        "mine": {one.tag for one in shown if may_translate(request.user, one.tag)},
        "kinds": KINDS,
        "signs": [(SIGNS[state], words) for state, words in STATES.items()],
        "header_title": _("Language board"),
    }
    for row in context["rows"]:
        for cell in row.cells:
            cell.shown = [(KINDS[kind], SIGNS[state], STATES[state], state) for kind, state in cell.kinds]
    return render(request, "cms/admin/languages/board.html", context)


def _in_use(everything: list[ContentLanguage]) -> list[ContentLanguage]:
    """Languages offered to readers, and those of the site; the first few of the table where there is none."""
    used = ContentLanguage.objects.filter(Q(is_active=True) | Q(site_allowed=True), content_allowed=True)
    tags = set(used.values_list("tag", flat=True))
    return [one for one in everything if one.tag in tags] or everything[:6]
