"""The short way from an address to a published page."""

from dataclasses import dataclass

from django.apps import apps
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import translation
from wagtail import hooks
from wagtail.models import Page, Site
from wagtail.views import serve as wagtail_serve
from wagtail.wagtail_hooks import check_request_method, check_view_restrictions

from cms import shells
from cms.keeping import kept
from cms.models import ContentPage
from cms.page_cache import place_of

HOOKS = ("before_serve_page", "on_serve_page")


@dataclass(frozen=True)
class Route:
    """Where an address leads. `restricted` pages take Wagtail's own, fully checked way."""

    page_id: int
    model: str
    revision_id: int | None
    restricted: bool


def find_route(request: HttpRequest, path: str) -> Route | None:
    """The published page at `path` in the active language, from the cache or by walking the tree.

    Only pages that answer at exactly their own address are kept; what a page routes further is left to Wagtail.
    """
    site, route = kept(
        f"route:{request.get_host()}:{translation.get_language()}:{path}",
        lambda: _walk(request, path),
        # Addresses without a page are endless: they are looked up each time.
        keep_if=lambda found: found[1] is not None,
    )
    if site is not None:
        request._wagtail_site = site
    return route


def _walk(request: HttpRequest, path: str) -> tuple[Site | None, Route | None]:
    result = Page.route_for_request(request, path)
    site = Site.find_for_request(request)
    if result is None or result[1] or result[2]:
        return site, None
    page = result[0]
    return site, Route(
        page_id=page.pk,
        model=page.specific_class._meta.label,
        revision_id=page.live_revision_id,
        restricted=page.get_view_restrictions().exists(),
    )


def serve(request: HttpRequest, path: str) -> HttpResponse:
    """The page view. An open, published page costs one query for itself, and none for a reader who is signed in and
    gets its shell; all else goes the way of Wagtail's `serve`."""
    if shell := _kept_shell(request, path):
        return shells.answer(request, shell)
    route = find_route(request, path)
    if route is None or route.restricted:
        return wagtail_serve(request, path)
    page = _open_page(route)
    if page is None:
        raise Http404
    for hook in hooks.get_hooks("before_serve_page"):
        result = hook(page, request, (), {})
        if isinstance(result, HttpResponse):
            return result
    chain = _last_link
    for hook in reversed(hooks.get_hooks("on_serve_page")):
        # The route already says that no restriction applies: Wagtail's check would ask the database again.
        if hook is not check_view_restrictions:
            chain = hook(chain)
    response = chain(page, request, (), {})
    response.same_for_everyone = request.method in {"GET", "HEAD"} and getattr(page, "same_for_everyone", True)
    return response


def _kept_shell(request: HttpRequest, path: str) -> shells.Shell | None:
    """The shell of the open page asked for, for a reader who is signed in and a page type that has one."""
    if not request.user.is_authenticated or not (place := place_of(request)) or _others_answer():
        return None

    def make() -> shells.Shell | None:
        route = find_route(request, path)
        page = None if route is None or route.restricted else _open_page(route)
        return shells.draw(page, request) if isinstance(page, ContentPage) and page.has_shell else None

    return kept(f"shell:{place}", make, keep_if=lambda made: made is not None)


def _open_page(route: Route) -> Page | None:
    model = apps.get_model(route.model)
    return model._default_manager.select_related("locale").filter(pk=route.page_id, live=True).first()


def _others_answer() -> bool:
    """Whether somebody hooked in who wants to see every request of a page; Wagtail's own two ask nothing of a GET."""
    known = {check_request_method, check_view_restrictions}
    return any(hook not in known for name in HOOKS for hook in hooks.get_hooks(name))


def _last_link(page, request, args, kwargs):
    return page.check_request_method(request, *args, **kwargs) or page.serve(request, *args, **kwargs)
