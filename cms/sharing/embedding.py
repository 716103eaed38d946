"""A material inside another agency's site: always the approved version, only where the register of agencies says so."""

from urllib.parse import urlsplit
from uuid import UUID
from xml.etree import ElementTree as Xml

from csp.decorators import csp_update
from django.conf import settings
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from cms.feeds.gathering import in_full, pictures_in_full
from cms.feeds.writing import SITE_NAME, clean
from cms.keeping import body_html, kept
from cms.sharing.models import Agency, MaterialUse, SharedMaterial, SharedPack, origin_of
from cms.sharing.operations import record_use
from cms.sharing.problems import NoLongerShared
from cms.sharing.views import HEIGHT, WIDTH, embed_code, open_material, short_address

LEAST = 240


def agencies() -> dict[str, int]:
    """{origin: id of the agency} of everybody who may embed; kept until content changes."""

    def read():
        active = Agency.objects.filter(is_active=True).values_list("pk", "origins")
        return {origin: pk for pk, origins in active for origin in origins}

    return kept("agencies", read)


def asking_site(request: HttpRequest) -> str:
    """The origin of the page that shows or asks; empty where the browser does not say, or it is ourselves."""
    try:
        origin = origin_of(request.META.get("HTTP_REFERER", ""))
    except ValueError:
        return ""
    return "" if origin in {origin_of(settings.SITE_URL), f"{request.scheme}://{request.get_host()}"} else origin


def find_material(key: str) -> SharedMaterial:
    """By its code, or by the key of its page (then in the language that is active, else the main one).

    Raises Http404, NoLongerShared.
    """
    try:
        named = Q(key=UUID(key))
    except ValueError:
        named = Q(code=key.lower())
    rows = list(SharedMaterial.objects.filter(named).select_related("cover"))
    if not rows:
        raise Http404(key)
    held = [row for row in rows if not row.withdrawn]
    if not held:
        raise NoLongerShared()
    order = [translation.get_language(), settings.LANGUAGE_CODE]
    return min(held, key=lambda row: order.index(row.language) if row.language in order else len(order))


@require_safe
@xframe_options_exempt
def embed(request: HttpRequest, key: str) -> HttpResponse:
    """The material for a frame. Which sites may show it, the policy tells the browser and the register tells us.

    A site that is not in the register gets a page that says so and leads to the material itself: a frame that stays
    white would tell its editor nothing.
    """
    known, site = agencies(), asking_site(request)
    try:
        material = find_material(key)
    except NoLongerShared as gone:
        told = render(request, "sharing/embed_gone.html", {"problem": gone}, status=gone.status)
        return _framed(request, told, ["*"])
    with translation.override(material.language):
        address = in_full(material.url)
        if site and site not in known:
            context = {"site": site, "material": material, "address": address}
            return _framed(request, render(request, "sharing/embed_refused.html", context, status=403), ["*"])
        page = material.page.specific
        context = {
            "material": material,
            "address": address,
            "short": short_address(material),
            "body": body_html(page),
            "page": page,
            "freshness": list(page.freshness_flags.filter(resolved_at=None).values("reason", "since")),
        }
        response = render(request, "sharing/embed.html", context)
    if site:
        record_use(agency=Agency(pk=known[site]), material=material, kind=MaterialUse.Kind.EMBED)
    return _framed(request, response, ["'self'", *known])


def _framed(request: HttpRequest, response: HttpResponse, ancestors: list[str]) -> HttpResponse:
    """Let these sites, and no others, show the answer in a frame."""

    def answer(_request: HttpRequest) -> HttpResponse:
        return response

    csp_update({"frame-ancestors": ancestors})(answer)(request)
    response["Cache-Control"] = "no-cache"
    return response


@require_safe
def pack(request: HttpRequest, code: str) -> HttpResponse:
    """To the material's pack; whoever takes it for an agency is counted for it.

    An agency's own page that links here is known by its address; on the page for passing on one says it (`for`). Raises
    Http404 while no pack of the present text has been made.
    """
    material = open_material(code)
    found = get_object_or_404(SharedPack.objects.current(), material=material)
    known, asked = agencies(), request.GET.get("for", "")
    agency = known.get(asking_site(request))
    if agency is None and asked.isdigit() and len(asked) < 10:
        agency = Agency.objects.filter(is_active=True, pk=int(asked)).values_list("pk", flat=True).first()
    if agency is not None and request.method == "GET":
        record_use(agency=Agency(pk=agency), material=material, kind=MaterialUse.Kind.PACK)
    response = HttpResponseRedirect(found.url)
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def oembed(request: HttpRequest) -> HttpResponse:
    """oEmbed 1.0 (oembed.com): 404 for an address of no open material, 501 for another format than json and xml."""
    form = request.GET.get("format", "json")
    if form not in {"json", "xml"}:
        return HttpResponse(status=501, content_type="text/plain")
    material = material_at(request.GET.get("url", ""))
    if material is None:
        raise Http404(request.GET.get("url", ""))
    document = _oembed(material, _size(request, "maxwidth", WIDTH), _size(request, "maxheight", HEIGHT))
    if (site := asking_site(request)) and (agency := agencies().get(site)):
        record_use(agency=Agency(pk=agency), material=material, kind=MaterialUse.Kind.OEMBED)
    if form == "json":
        response: HttpResponse = JsonResponse(document, json_dumps_params={"ensure_ascii": False})
    else:
        top = Xml.Element("oembed")
        for name, value in document.items():
            Xml.SubElement(top, name).text = clean(str(value))
        text = '<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n' + Xml.tostring(top, encoding="unicode")
        response = HttpResponse(text, content_type="text/xml; charset=utf-8")
    return response


def material_at(address: str) -> SharedMaterial | None:
    """The open material at an address of this site: its page, its short link or its embed; None for any other."""
    try:
        if origin_of(address) != origin_of(settings.SITE_URL):
            return None
    except ValueError:
        return None
    path = urlsplit(address).path
    open_ones = SharedMaterial.objects.open().select_related("cover")
    parts = path.strip("/").split("/")
    if len(parts) == 2 and parts[0] in {"s", "embed"}:
        return open_ones.filter(code=parts[1].lower()).first()
    return open_ones.filter(url=path if path.endswith("/") else f"{path}/").first()


def _size(request: HttpRequest, name: str, most: int) -> int:
    asked = request.GET.get(name, "")
    return max(LEAST, min(int(asked), most)) if asked.isdigit() and len(asked) < 6 else most


def _oembed(material: SharedMaterial, width: int, height: int) -> dict:
    document = {
        "type": "rich",
        "version": "1.0",
        "title": material.title,
        "author_name": SITE_NAME,
        "provider_name": SITE_NAME,
        "provider_url": in_full(f"/{material.language}/"),
        "cache_age": 3600,
        "html": embed_code(material, width, height),
        "width": width,
        "height": height,
    }
    picture = pictures_in_full([material]).get(material.pk)
    if picture is None:
        picture = in_full(reverse("share_card", args=[material.code]))
        document |= {"thumbnail_url": picture, "thumbnail_width": 1200, "thumbnail_height": 630}
    return document
