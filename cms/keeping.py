"""What is made once and kept in the cache until the content changes.

Everything kept here carries the *content version*: one value in the cache that changes with every publish, unpublish,
move, deletion and change of privacy, so that nothing old is ever served and nothing has to be found to be dropped.
"""

import uuid
from collections.abc import Callable
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.safestring import SafeString, mark_safe

from cms.vocabulary.models import Procedure

VERSION_KEY = "content:version"
BODIES_KEY = "content:bodies"
KEPT_SECONDS = 3600
BODY_SECONDS = 7 * 24 * 3600


def new_version() -> str:
    return uuid.uuid4().hex


def content_version() -> str:
    """The present content version; a lost one is made anew, which drops everything kept."""
    return _version(VERSION_KEY)


def bodies_version() -> str:
    """Changes when something shown inside bodies does, other than their page: a procedure, a picture, a recording."""
    return _version(BODIES_KEY)


def _version(key: str) -> str:
    found = cache.get(key)
    if found is None:
        cache.add(key, new_version(), None)
        found = cache.get(key) or new_version()
    return found


def drop_kept_pages(*, bodies: bool = False) -> None:
    """Forget kept responses, routes and frames once the transaction is committed; with `bodies` also drawn bodies."""

    def drop():
        cache.set_many({key: new_version() for key in ([VERSION_KEY, BODIES_KEY] if bodies else [VERSION_KEY])}, None)

    transaction.on_commit(drop)


def kept(name: str, make: Callable[[], Any], *, keep_if: Callable[[Any], bool] = lambda value: True) -> Any:
    """`make()`, kept under `name` for as long as the content stays as it is. One round trip to the cache on a hit."""
    key = f"content:{name}"
    found = cache.get_many([VERSION_KEY, key])
    version = found.get(VERSION_KEY) or content_version()
    if (entry := found.get(key)) is not None and entry[0] == version:
        return entry[1]
    value = make()
    if keep_if(value):
        cache.set(key, (version, value), KEPT_SECONDS)
    return value


# --- Bodies -----------------------------------------------------------------------------------------------------------


def draw_body(page) -> SafeString:
    """Draw the body of a ContentPage, published or a draft, without looking at the cache."""
    codes = page.procedures_used()
    procedures = (
        {p.code: p for p in Procedure.objects.filter(code__in=codes, locale_id=page.locale_id)} if codes else {}
    )
    with translation.override(page.locale.language_code):
        return mark_safe(
            render_to_string("cms/blocks/body.html", {"value": page.body, "page": page, "procedures": procedures})
        )


def body_html(page) -> SafeString:
    """The drawn body of the page's published revision, made once for each revision and language."""
    if page.live_revision_id is None:
        return draw_body(page)
    today = timezone.localdate()  # a procedure may become stale at midnight
    key = f"content:body:{page.live_revision_id}:{page.locale.language_code}:{today:%Y%m%d}"
    found = cache.get_many([BODIES_KEY, key])
    version = found.get(BODIES_KEY) or bodies_version()
    if (entry := found.get(key)) is not None and entry[0] == version:
        return mark_safe(entry[1])
    drawn = draw_body(page)
    cache.set(key, (version, str(drawn)), BODY_SECONDS)
    return drawn
