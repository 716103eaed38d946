"""A picture, document or recording that is used somewhere is not deleted: whoever tries is told where."""

from collections.abc import Callable
from functools import wraps

from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from wagtail.admin.admin_url_finder import AdminURLFinder
from wagtail.admin.auth import permission_denied
from wagtail.models import ReferenceIndex
from wagtail.permissions import policy_registry
from wagtailmedia import get_permission_policy as recording_policy

from media.models import Recording

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
    """`view`, which deletes an asset named by `argument`, for an asset that nothing uses; else a page with the places.

    Whoever may not delete it is told neither. What is used never reaches `view`.
    """

    @wraps(view)
    def guarded(request: HttpRequest, **arguments: int) -> HttpResponse:
        asset = get_object_or_404(model, pk=arguments[argument])
        places = places_of(asset, request.user)
        if not places:
            return view(request, **arguments)
        # The policy that Wagtail's own view asks: whoever added a file may delete it without the right to delete others'.
        policy = recording_policy() if model is Recording else policy_registry.get_by_type(model)
        if not policy.user_has_permission_for_instance(request.user, "delete", asset):
            return permission_denied(request)
        return render(request, "media/admin/still_used.html", {"asset": asset, "places": places}, status=409)

    return guarded
