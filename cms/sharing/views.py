"""Short links, and what is needed to pass a material on: message, QR code, poster, card."""

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from cms.feeds.gathering import in_full
from cms.keeping import kept
from cms.navigation import language_name
from cms.sharing.drawing import card_png, poster_pdf, poster_svg
from cms.sharing.models import Agency, SharedMaterial, SharedPack
from cms.sharing.problems import NoLongerShared
from schools.queries.addresses import qr_svg

DAY = 24 * 3600
# Of a frame, unless the other site asks for less.
WIDTH, HEIGHT = 720, 600


def open_material(code: str) -> SharedMaterial:
    """The material with this code. Raises Http404 where there never was one, NoLongerShared where it was taken back."""
    row = SharedMaterial.objects.filter(code=code.lower()).first()
    if row is None:
        raise Http404(code)
    if row.withdrawn:
        raise NoLongerShared()
    return row


def short_address(row: SharedMaterial) -> str:
    return in_full(reverse("short_link", args=[row.code]))


@require_safe
@cache_control(no_cache=True)
def follow(request: HttpRequest, code: str) -> HttpResponse:
    """To the page, wherever it stands today."""
    return HttpResponseRedirect(open_material(code).url)


@require_safe
def share(request: HttpRequest, code: str) -> HttpResponse:
    """Everything needed to pass a material on, in its language."""
    row = open_material(code)
    with translation.override(row.language):
        address = short_address(row)
        versions = SharedMaterial.objects.open().filter(key=row.key).order_by("language")
        context = {
            "material": row,
            "address": address,
            "shown": address.split("://", 1)[-1],
            "qr": qr_svg(address),
            "message": message(row, address),
            "embed_code": embed_code(row),
            "card": reverse("share_card", args=[row.code]),
            "pack": SharedPack.objects.current().filter(material=row).first(),
            "agencies": Agency.objects.filter(is_active=True).only("name"),
            "language_links": [
                {
                    "code": one.language,
                    "name": language_name(one.language),
                    "url": reverse("share", args=[one.code]),
                    "current": one.pk == row.pk,
                }
                for one in versions
            ],
        }
        return HttpResponse(render(request, "sharing/share.html", context).content)


def message(row: SharedMaterial, address: str) -> str:
    """What one pastes into Zalo: the title, a sentence, the link on a line of its own so that its card is shown."""
    said = "\n".join(filter(None, [row.title, row.summary]))
    return f"{said}\n{_('Read it here:')}\n{address}"


def embed_code(row: SharedMaterial, width: int = WIDTH, height: int = HEIGHT) -> str:
    """The line of HTML that another site puts into its page."""
    address = in_full(reverse("embed", args=[row.code]))
    values = {"material": row, "width": width, "height": height, "address": address}
    return render_to_string("sharing/embed_code.html", values).strip()


@require_safe
def poster(request: HttpRequest, code: str, form: str) -> HttpResponse:
    """A4 to print. Kept until any content changes: a PDF takes a second to lay out."""
    row = open_material(code)
    kind, draw = {"svg": ("image/svg+xml", poster_svg), "pdf": ("application/pdf", poster_pdf)}[form]

    def made():
        with translation.override(row.language):
            return draw(row, short_address(row))

    response = HttpResponse(kept(f"poster:{row.code}:{form}", made), content_type=kind)
    # A drawing is handed out to be saved, never to be run as a page of this site.
    response["Content-Disposition"] = f'attachment; filename="poster-{row.code}.{form}"'
    return response


@require_safe
@cache_control(public=True, max_age=DAY)
def card(request: HttpRequest, code: str) -> HttpResponse:
    row = open_material(code)

    def made():
        with translation.override(row.language):
            return card_png(row, short_address(row))

    return HttpResponse(kept(f"card:{row.code}", made), content_type="image/png")
