"""A picture, document or recording that is used somewhere is not deleted: whoever tries is told where."""

from collections.abc import Callable
from functools import wraps

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.models import ReferenceIndex
from wagtail.permission_policies.collections import CollectionPermissionPolicy

MOST_PLACES = 100


def places_of(asset: models.Model, user) -> list[dict]:
    """Where an asset is used: what it is, its kind, and its page in the admin where `user` may open it."""
    finder = AdminURLFinder(user)
    found = []
    for place, _references in list(ReferenceIndex.get_grouped_references_to(asset))[:MOST_PLACES]:
        url = finder.get_edit_url(place)
        # A title that one may not open may not be read either.
        found.append({"label": str(place) if url else "", "kind": place._meta.verbose_name, "url": url})
    return found


def unless_used(model: type[models.Model], argument: str, view: Callable) -> Callable:
    """`view`, which deletes an asset named by `argument`, for an asset that nothing uses; else a page with the places."""

    # It stays Wagtail's view: who may open it is asked as of all of those.
    @wraps(view)
    def guarded(request: HttpRequest, pk: int) -> HttpResponse:
        asset = get_object_or_404(model, pk=pk)
        if CollectionPermissionPolicy(model).user_has_permission_for_instance(request.user, "delete", asset) and (
            places := places_of(asset, request.user)
        ):
            return render(request, "media/admin/still_used.html", {"asset": asset, "places": places}, status=409)
        return view(request, **{argument: pk})

    return guarded
