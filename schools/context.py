"""The context processor behind `viewer`, which every page may use."""

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from schools.queries.desks import viewer_of


def viewer(request: HttpRequest) -> dict:
    """`viewer` is who is signed in (`schools.queries.desks.Viewer`), or None; worked out when a template first asks.

    Responses kept for everyone are made for visitors only (`cms.page_cache`), so a page may always name its reader.
    """

    def find():
        user = getattr(request, "user", None)
        return viewer_of(user) if user is not None and user.is_authenticated else None

    return {"viewer": SimpleLazyObject(find)}
