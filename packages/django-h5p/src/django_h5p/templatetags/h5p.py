"""`{% h5p content %}`: an exercise on a page."""

from typing import Any
from uuid import UUID

from django import template
from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import get_language

from django_h5p import playing, tokens
from django_h5p.models import Content

register = template.Library()

_NOBODY = UUID(int=0)


def player_values(content: Content, *, context_kind: str = "", context_key: str = "") -> dict[str, Any]:
    """What the player's templates need. The same for everyone, so a page that holds it may be cached."""
    language = get_language() or settings.LANGUAGE_CODE
    return {
        "content": content,
        "language": language,
        "frame": playing.play_url(content, language),
        "place": tokens.sign_place(content=content.uuid, context_kind=context_kind, context_key=context_key),
        "attempts": reverse("h5p:attempts", args=[content.uuid]),
        "statements": reverse("h5p:statements", args=[_NOBODY]),
        "state": reverse("h5p:state", args=[_NOBODY]),
        "csrf_cookie": settings.CSRF_COOKIE_NAME,
        "size": filesizeformat(content.current_version.size if content.current_version else 0),
    }


@register.inclusion_tag("django_h5p/player.html", name="h5p")
def h5p(content: Content, context_kind: str = "", context_key: str = ""):
    """`{% h5p content context_kind="lesson" context_key=lesson.pk %}`. The context comes back with every attempt."""
    return {"h5p": player_values(content, context_kind=context_kind, context_key=str(context_key))}
