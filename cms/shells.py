"""Pages drawn once for all who are signed in, with places left for what is each reader's own.

A *shell* is a page as one who is nobody sees it: it is drawn for a request made for the purpose, without cookies, session
or account, and what a page cannot know it cannot keep. Where `{% personal "part.html" name=value %}` stands, the shell has
a place; when the shell is served, the part is drawn there for the reader, with the values it was given (plain data, kept
with the shell) and with `personal_context` of the page's type. The shell is dropped with everything kept (cms.keeping).
"""

import logging
import re
import secrets
from dataclasses import dataclass
from io import BytesIO
from itertools import zip_longest
from typing import Any, NamedTuple

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.handlers.wsgi import WSGIRequest
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template import Context, RequestContext, engines
from django.template.response import TemplateResponse

from cms.models import ContentPage, PageIdentity
from cms.page_cache import meaningful_query

log = logging.getLogger(__name__)

# What tells a place on the site. No cookie, no address of a person, nothing a browser says of itself.
PLACE = {
    "PATH_INFO",
    "REQUEST_METHOD",
    "SCRIPT_NAME",
    "SERVER_NAME",
    "SERVER_PORT",
    "SERVER_PROTOCOL",
    "HTTP_HOST",
    "wsgi.url_scheme",
}


class Part(NamedTuple):
    template: str
    values: dict[str, Any]


@dataclass(frozen=True)
class Shell:
    """`pieces` are one more than `parts`, which stand between them."""

    identity: PageIdentity
    model: str
    pieces: tuple[str, ...]
    parts: tuple[Part, ...]


class Places:
    """What a page being drawn leaves open. The mark cannot be guessed, so that no text of an editor makes a place."""

    def __init__(self) -> None:
        self.mark = f"place-{secrets.token_hex(16)}"
        self.parts: list[Part] = []

    def leave(self, template: str, values: dict[str, Any]) -> str:
        """The text that marks the place of a part. `values` are kept with the shell: rows of the database are refused."""
        if rows := [name for name, value in values.items() if isinstance(value, Model)]:
            raise TypeError(f"{template} is given rows, not plain data: {', '.join(rows)}")
        self.parts.append(Part(template, values))
        return f"<!--{self.mark}:{len(self.parts) - 1}-->"


def places_in(context: Context) -> Places | None:
    """Where the template being drawn leaves its places; None while a page is drawn whole."""
    return getattr(context.get("request"), "places", None)


def draw(page: ContentPage, request: HttpRequest) -> Shell | None:
    """The shell of a published page at the place `request` asks for; None where it does not let itself be kept."""
    nobodys = _nobodys(request)
    response = page.serve(nobodys)
    if response.status_code != 200 or not isinstance(response, TemplateResponse):
        return None
    text = response.render().content.decode()
    if "CSRF_COOKIE" in nobodys.META:
        log.error("a form outside of a personal part: %s is drawn anew for each reader", page._meta.label)
        return None
    cut = re.split(rf"<!--{nobodys.places.mark}:(\d+)-->", text)
    return Shell(
        identity=page.identity,
        model=page._meta.label,
        pieces=tuple(cut[::2]),
        parts=tuple(nobodys.places.parts[int(number)] for number in cut[1::2]),
    )


def as_nobody(page: ContentPage, request: HttpRequest) -> str | None:
    """A published page as a visitor sees it who has no account, drawn whole; None where it does not let itself be drawn.

    `request` tells the site only.
    """
    nobodys = _nobodys(request)
    del nobodys.places
    nobodys.META["QUERY_STRING"], nobodys.META["PATH_INFO"] = "", page.url
    nobodys.path = nobodys.path_info = page.url
    response = page.serve(nobodys)
    if response.status_code != 200 or not isinstance(response, TemplateResponse) or "CSRF_COOKIE" in nobodys.META:
        return None
    return response.render().content.decode()


def _nobodys(request: HttpRequest) -> WSGIRequest:
    """A request for the same place by one who is nobody."""
    environ = {name: value for name, value in request.META.items() if name in PLACE}
    if settings.SECURE_PROXY_SSL_HEADER and (name := settings.SECURE_PROXY_SSL_HEADER[0]) in request.META:
        environ[name] = request.META[name]
    made = WSGIRequest({**environ, "QUERY_STRING": meaningful_query(request) or "", "wsgi.input": BytesIO()})
    made.user = AnonymousUser()
    made.places = Places()
    return made


# --- Serving ----------------------------------------------------------------------------------------------------------


def answer(request: HttpRequest, shell: Shell) -> HttpResponse:
    """The page for the reader who asks."""
    drawn = _parts_of(request, shell)
    return HttpResponse("".join(text for pair in zip_longest(shell.pieces, drawn, fillvalue="") for text in pair))


def _parts_of(request: HttpRequest, shell: Shell) -> list[str]:
    if not shell.parts:
        return []
    engine = engines["django"].engine
    templates = [engine.get_template(part.template) for part in shell.parts]
    own = apps.get_model(shell.model).personal_context(request, shell.identity)
    context = RequestContext(request)
    drawn = []
    with context.bind_template(templates[0]):
        for part, template in zip(shell.parts, templates, strict=True):
            with context.push(**part.values | own):
                drawn.append(template.render(context))
    return drawn
