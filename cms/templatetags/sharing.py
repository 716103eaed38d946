"""What the head of a material's page tells programs."""

import json

from django import template
from django.urls import reverse
from django.utils.safestring import mark_safe

from cms.feeds.gathering import in_full, pictures_in_full
from cms.feeds.linked import linked_data
from cms.keeping import kept
from cms.models import ContentPage
from cms.sharing.models import SharedMaterial, SharedPack

register = template.Library()

# Inside a script element nothing may look like its end or like a comment (HTML, 4.12.1.3).
_IN_SCRIPT = {ord("<"): "\\u003c", ord(">"): "\\u003e", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


@register.simple_tag(takes_context=True)
def shared(context, page):
    """What is told of `page`: {code, address, pack, picture, linked}; nothing of a draft or of what not everybody may read.

    Made once until any content changes.
    """
    request = context.get("request")
    if getattr(request, "is_preview", False) or not isinstance(page, ContentPage) or not page.is_material:
        return {}
    return kept(f"shared:{page.pk}", lambda: _told(page))


def _told(page: ContentPage) -> dict:
    rows = list(
        SharedMaterial.objects.open().select_related("cover").filter(key=page.translation_key, language=page.language)
    )
    if not rows:
        return {}
    code = rows[0].code
    pack = SharedPack.objects.current().filter(material=rows[0]).first()
    picture = pictures_in_full(rows).get(rows[0].pk, "") or in_full(reverse("share_card", args=[code]))
    linked = json.dumps(linked_data(page, pictures=[picture]), ensure_ascii=False).translate(_IN_SCRIPT)
    return {
        "code": code,
        "address": in_full(page.url),
        "short": in_full(reverse("short_link", args=[code])),
        "pack": {"url": reverse("share_pack", args=[code]), "size": pack.size} if pack else None,
        "picture": picture,
        "linked": mark_safe(linked),
    }
