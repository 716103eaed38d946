"""Short addresses and their QR codes; what an editor sees of a handbook's files."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_POST, require_safe
from wagtail.models import Page

from cms.jobs.models import Job
from cms.models import HandbookFile, HandbookPage, ShortAddress
from cms.operations.books.content import qr_file
from cms.operations.books.making import BOOKS_JOB, request_files
from cms.queries import page_behind
from schools.codes import tidy_code
from schools.queries.addresses import absolute


def _address(code: str) -> ShortAddress:
    return get_object_or_404(ShortAddress, code=tidy_code(code))


@require_safe
@never_cache
def follow(request: HttpRequest, code: str) -> HttpResponse:
    """To the page behind a short address, in the reader's language where it is there in it; gone = 404."""
    address = _address(code)
    page = page_behind(address, get_language())
    if page is None:
        raise Http404
    return redirect(f"{page.url}#block-{address.part}" if address.part else page.url)


@require_safe
@cache_control(public=True, max_age=7 * 24 * 3600)
def qr(request: HttpRequest, code: str) -> HttpResponse:
    """The QR code of a short address, to show or to print. It tells nothing but the address."""
    address = _address(code)
    return HttpResponse(qr_file(absolute(address.path)), content_type="image/svg+xml")


# --- For editors ------------------------------------------------------------------------------------------------------


def _handbook(request: HttpRequest, page_id: int) -> HandbookPage:
    page = get_object_or_404(HandbookPage.objects.select_related("locale"), pk=page_id)
    rights = Page.objects.get(pk=page_id).permissions_for_user(request.user)
    if not rights.can_edit():
        raise Http404
    return page


@require_safe
@never_cache
def files(request: HttpRequest, page_id: int) -> HttpResponse:
    """The files of a handbook, how far their making is, what it still needs in other languages."""
    page = _handbook(request, page_id)
    job = Job.objects.filter(kind=BOOKS_JOB, params__page=page.pk).order_by("-created_at", "-pk").first()
    shown = {
        "page": page,
        "job": job,
        "is_open": job is not None and job.state in {Job.State.WAITING, Job.State.RUNNING},
        "files": list(HandbookFile.objects.current(page)),
        "slots": page.slots(),
        "unread": [card for card in page.read() if not card.sounds],
    }
    return render(request, "cms/admin/handbook_files.html", shown)


@require_POST
def make_again(request: HttpRequest, page_id: int) -> HttpResponse:
    page = _handbook(request, page_id)
    request_files(page=page, owner=request.user)
    return redirect("cms_handbook_files", page.pk)
