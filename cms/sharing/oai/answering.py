"""The six verbs of OAI-PMH."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as Xml

from django.conf import settings
from django.db.models import Min
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from cms.feeds.gathering import collections, in_full, pictures_in_full
from cms.feeds.writing import SITE_NAME, clean
from cms.sharing.models import SharedMaterial
from cms.sharing.oai import writing
from cms.sharing.oai.asking import (
    FORMATS,
    PER_PAGE,
    TOKEN_DAYS,
    OaiError,
    arguments_of,
    find_row,
    wish_of,
)
from cms.sharing.oai.writing import OAI, XSI, add, add_header, add_record, told

DOCUMENT = '<?xml version="1.0" encoding="UTF-8"?>\n'
PROTOCOL = f"{OAI} http://www.openarchives.org/OAI/2.0/OAI-PMH.xsd"
# With these two the request is not repeated in the answer (protocol, 3.2).
UNREADABLE = {"badVerb", "badArgument"}
ARGUMENTS = {"verb", "identifier", "metadataPrefix", "from", "until", "set", "resumptionToken"}


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def oai(request: HttpRequest) -> HttpResponse:
    """Answer a harvester. An error of the protocol is an answer like any other: 200 with its code."""
    asked = request.POST if request.method == "POST" else request.GET
    top = Xml.Element("OAI-PMH", {"xmlns": OAI, f"{{{XSI}}}schemaLocation": PROTOCOL})
    add(top, "responseDate", told(datetime.now(UTC)))
    address = add(top, "request", in_full(reverse("oai")))
    with translation.override(settings.LANGUAGE_CODE):
        try:
            given = arguments_of(asked)
            part = Xml.Element(given["verb"])
            ANSWERS[given["verb"]](part, given)
            address.attrib.update({name: clean(value) for name, value in given.items()})
            top.append(part)
        except OaiError as error:
            if error.code not in UNREADABLE:
                address.attrib.update({name: clean(str(asked[name])) for name in asked if name in ARGUMENTS})
            add(top, "error", str(error), code=error.code)
    return HttpResponse(DOCUMENT + Xml.tostring(top, encoding="unicode"), content_type="text/xml; charset=utf-8")


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """The XML schema of the `lrmi` records."""
    text = (Path(__file__).parent / "lrmi.xsd").read_text(encoding="utf-8")
    return HttpResponse(text, content_type="application/xml; charset=utf-8")


def _identify(part: Xml.Element, given: dict) -> None:
    add(part, "repositoryName", SITE_NAME)
    add(part, "baseURL", in_full(reverse("oai")))
    add(part, "protocolVersion", "2.0")
    add(part, "adminEmail", settings.DEFAULT_FROM_EMAIL)
    earliest = SharedMaterial.objects.aggregate(first=Min("changed_at"))["first"]
    add(part, "earliestDatestamp", told(earliest or datetime.now(UTC)))
    add(part, "deletedRecord", "persistent")
    add(part, "granularity", "YYYY-MM-DDThh:mm:ssZ")


def _formats(part: Xml.Element, given: dict) -> None:
    if "identifier" in given:
        find_row(given["identifier"])
    known = {
        "oai_dc": ("http://www.openarchives.org/OAI/2.0/oai_dc.xsd", writing.OAI_DC),
        "lrmi": (in_full(reverse("oai_schema")), writing.LRMI),
    }
    for prefix in FORMATS:
        one = add(part, "metadataFormat")
        schema, space = known[prefix]
        add(one, "metadataPrefix", prefix)
        add(one, "schema", schema)
        add(one, "metadataNamespace", space)


def _sets(part: Xml.Element, given: dict) -> None:
    if "resumptionToken" in given:
        raise OaiError("badResumptionToken", "All sets come in one answer.")
    names = dict(settings.LANGUAGES)
    for language in SharedMaterial.objects.order_by("language").values_list("language", flat=True).distinct():
        _set(part, f"language:{language}", names.get(language, language))
    for one in collections(settings.LANGUAGE_CODE):
        if one.kind:
            _set(part, f"{one.kind}:{one.code}", one.name)


def _set(part: Xml.Element, spec: str, name: str) -> None:
    one = add(part, "set")
    add(one, "setSpec", spec)
    add(one, "setName", name)


def _record(part: Xml.Element, given: dict) -> None:
    if given["metadataPrefix"] not in FORMATS:
        raise OaiError("cannotDisseminateFormat", f"There is {' and '.join(FORMATS)}.")
    row = find_row(given["identifier"])
    add_record(part, row, given["metadataPrefix"], pictures_in_full([row]).get(row.pk, ""))


def _list(part: Xml.Element, given: dict) -> None:
    """Headers or records, a page of them; then how to go on. Four queries, however many there are."""
    wish = wish_of(given)
    full = given["verb"] == "ListRecords"
    rows = list(wish.rest().select_related("cover")[: PER_PAGE + 1])
    if not rows and wish.after is None:
        raise OaiError("noRecordsMatch", "Nothing has changed in that time and set.")
    page, more = rows[:PER_PAGE], len(rows) > PER_PAGE
    pictures = pictures_in_full(page) if full else {}
    for row in page:
        if full:
            add_record(part, row, wish.prefix, pictures.get(row.pk, ""))
        else:
            add_header(part, row)
    if more or wish.after is not None:
        # The last page of a list that was cut ends with an empty token (protocol, 3.5).
        expires = datetime.now(UTC) + timedelta(days=TOKEN_DAYS)
        facts = {"completeListSize": str(wish.rows().count()), "cursor": str(wish.delivered)}
        if more:
            facts["expirationDate"] = told(expires)
        add(part, "resumptionToken", wish.token(page[-1], len(page)) if more else "", **facts)


ANSWERS = {
    "Identify": _identify,
    "ListMetadataFormats": _formats,
    "ListSets": _sets,
    "GetRecord": _record,
    "ListIdentifiers": _list,
    "ListRecords": _list,
}
