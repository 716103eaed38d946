"""OAI-PMH 2.0, harvested by Sickle: records, deleted ones, cut lists, sets, and requests that are wrong."""

from copy import deepcopy
from datetime import timedelta
from time import process_time
from uuid import uuid4

import pytest
from django.conf import settings
from django.core import signing
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from lxml import etree
from sickle import oaiexceptions
from wagtail.models import PageViewRestriction

from cms.sharing.models import SharedMaterial
from cms.sharing.oai import answering, asking
from tests.factories.cms import GuidePageFactory
from tests.factories.sharing import ClientSickle, small_library

pytestmark = pytest.mark.django_db

OAI = "{http://www.openarchives.org/OAI/2.0/}"


@pytest.fixture(scope="module")
def _made(shared_database):
    return small_library()


@pytest.fixture
def library(_made, db):
    return deepcopy(_made)


@pytest.fixture
def harvester(client):
    return ClientSickle(client)


@pytest.fixture
def by_twos(monkeypatch):
    monkeypatch.setattr(answering, "PER_PAGE", 2)


def identifier(page) -> str:
    return f"oai:127.0.0.1:{page.translation_key}/{page.locale.language_code}"


def test_the_repository_says_what_it_is_and_what_it_holds(harvester, library):
    told = harvester.Identify()
    assert told.protocolVersion == "2.0"
    assert told.deletedRecord == "persistent"
    assert told.granularity == "YYYY-MM-DDThh:mm:ssZ"
    assert told.baseURL == f"{settings.SITE_URL}/oai"
    assert told.adminEmail and told.earliestDatestamp.endswith("Z")
    assert [one.metadataPrefix for one in harvester.ListMetadataFormats()] == ["oai_dc", "lrmi"]
    sets = {one.setSpec: one.setName for one in harvester.ListSets()}
    assert sets["topic:cu-tru"] == "Cư trú" and sets["audience:nguoi-dan"] == "Người dân"
    assert {"language:vi", "language:en", "format:guide"} <= sets.keys()


def test_records_in_dublin_core_and_lrmi(harvester, client, library):
    record = harvester.GetRecord(identifier=identifier(library["full"]), metadataPrefix="oai_dc")
    told = record.metadata
    assert told["title"] == ["Đăng ký tạm trú & <khai báo>"]
    assert told["subject"] == ["Cư trú"] and told["language"] == ["vi"]
    assert told["identifier"][0] == settings.SITE_URL + library["full"].url
    assert told["source"] == ["https://dichvucong.gov.vn/"]
    assert "https://creativecommons.org/licenses/by/4.0/" in told["rights"]
    assert set(record.header.setSpecs) == {"language:vi", "format:guide", "audience:nguoi-dan", "topic:cu-tru"}

    answer = client.get("/oai", {"verb": "ListRecords", "metadataPrefix": "lrmi"})
    top = etree.fromstring(answer.content)
    schema = etree.XMLSchema(etree.fromstring(client.get("/oai/lrmi.xsd").content))
    resources = list(top.iter("{http://purl.org/dcx/lrmi-terms/}resource"))
    assert len(resources) == 3
    for resource in resources:
        schema.assertValid(resource)
    assert "PT6M" in [one.text for one in top.iter("{http://purl.org/dcx/lrmi-terms/}timeRequired")]


def test_a_list_in_pieces_is_complete_whatever_happens_in_between(harvester, library, by_twos):
    """Taken back while a harvest runs: what was not handed out yet comes as deleted, what was comes once more."""
    extra = [GuidePageFactory(library["section"], title=f"Thêm {number}") for number in range(3)]
    SharedMaterial.objects.update(changed_at=timezone.now() - timedelta(hours=1))
    records = harvester.ListRecords(metadataPrefix="oai_dc")
    got = [next(records), next(records)]
    assert records.resumption_token.complete_list_size == "6" and records.resumption_token.cursor == "0"
    first = next(page for page in (library["full"], library["plain"]) if identifier(page) == got[0].header.identifier)
    first.unpublish()  # handed out already
    PageViewRestriction.objects.create(page=extra[2], restriction_type="login")  # not yet
    got += list(records)
    last = {record.header.identifier: record for record in got}
    assert last.keys() == {identifier(page) for page in (library["full"], library["plain"], library["english"], *extra)}
    gone = {name for name, record in last.items() if record.header.deleted}
    assert gone == {identifier(first), identifier(extra[2])}
    assert len(got) == 7, "one record twice: as it was, then as deleted"
    assert not [one for one in harvester.ListRecords(metadataPrefix="oai_dc", ignore_deleted=True)
                if one.header.identifier in gone]  # fmt: skip


def test_what_changed_since_and_in_a_set(harvester, library):
    SharedMaterial.objects.update(changed_at=timezone.now() - timedelta(days=10))
    yesterday = (timezone.now() - timedelta(days=1)).strftime("%Y-%m-%d")
    with pytest.raises(oaiexceptions.NoRecordsMatch):
        harvester.ListIdentifiers(metadataPrefix="oai_dc", **{"from": yesterday})
    library["plain"].unpublish()
    found = list(harvester.ListIdentifiers(metadataPrefix="oai_dc", **{"from": yesterday}))
    assert [(one.identifier, one.deleted) for one in found] == [(identifier(library["plain"]), True)]
    english = harvester.ListIdentifiers(metadataPrefix="oai_dc", set="language:en")
    assert [one.identifier for one in english] == [identifier(library["english"])]
    assert len(list(harvester.ListIdentifiers(metadataPrefix="oai_dc", set="topic:cu-tru"))) == 1


def test_a_deleted_page_stays_deleted_in_the_register(harvester, library):
    name = identifier(library["plain"])
    library["plain"].delete()
    record = harvester.GetRecord(identifier=name, metadataPrefix="oai_dc")
    assert record.header.deleted and "Khai sinh" not in record.raw


def error(client, query: str, post: bool = False) -> str:
    answer = client.post("/oai", query, "application/x-www-form-urlencoded") if post else client.get(f"/oai?{query}")
    assert answer.status_code == 200 and answer["Content-Type"] == "text/xml; charset=utf-8"
    return etree.fromstring(answer.content).find(f"{OAI}error").get("code")


def test_wrong_requests_are_answered_in_the_words_of_the_protocol(client, library, by_twos):
    cases = {
        "": "badVerb",
        "verb=Nonsense": "badVerb",
        "verb=Identify&verb=Identify": "badVerb",
        "verb=Identify&set=a": "badArgument",
        "verb=ListRecords": "badArgument",
        "verb=ListRecords&metadataPrefix=oai_dc&metadataPrefix=lrmi": "badArgument",
        "verb=ListRecords&metadataPrefix=marc21": "cannotDisseminateFormat",
        "verb=ListRecords&metadataPrefix=oai_dc&set=shoe:size": "noRecordsMatch",
        "verb=ListRecords&metadataPrefix=oai_dc&from=yesterday": "badArgument",
        "verb=ListRecords&metadataPrefix=oai_dc&from=2026-13-01": "badArgument",
        "verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-02&until=2026-01-01": "badArgument",
        "verb=ListRecords&metadataPrefix=oai_dc&from=2026-01-02&until=2026-01-03T00:00:00Z": "badArgument",
        "verb=ListRecords&metadataPrefix=oai_dc&until=1999-01-01": "noRecordsMatch",
        "verb=GetRecord&metadataPrefix=oai_dc&identifier=oai:127.0.0.1:none": "idDoesNotExist",
        "verb=GetRecord&metadataPrefix=oai_dc&identifier=%00": "idDoesNotExist",
        "verb=ListMetadataFormats&identifier=oai:elsewhere:1/vi": "idDoesNotExist",
        "verb=ListSets&resumptionToken=x": "badResumptionToken",
        "verb=ListRecords&resumptionToken=made-up": "badResumptionToken",
        "verb=ListRecords&resumptionToken=x&metadataPrefix=oai_dc": "badArgument",
    }
    assert {query: error(client, query) for query in cases} == cases
    assert error(client, "verb=Nonsense", post=True) == "badVerb"
    # Cut about, signed for something else, and too old.
    top = etree.fromstring(client.get("/oai?verb=ListRecords&metadataPrefix=oai_dc").content)
    token = top.findtext(f".//{OAI}resumptionToken")
    assert error(client, f"verb=ListRecords&resumptionToken={token[:-2]}") == "badResumptionToken"
    foreign = signing.dumps(["oai_dc", "", "", "", "2026-01-01T00:00:00Z", 1, 0], salt="elsewhere")
    assert error(client, f"verb=ListRecords&resumptionToken={foreign}") == "badResumptionToken"
    odd = signing.dumps(["oai_dc"], salt="oai")
    assert error(client, f"verb=ListRecords&resumptionToken={odd}") == "badResumptionToken"
    asking.TOKEN_DAYS, days = -1, asking.TOKEN_DAYS
    try:
        assert error(client, f"verb=ListRecords&resumptionToken={token}") == "badResumptionToken"
    finally:
        asking.TOKEN_DAYS = days


def test_a_page_of_records_costs_the_same_with_any_number(client, library):
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get("/oai?verb=ListRecords&metadataPrefix=oai_dc")
        return len(captured)

    SharedMaterial.objects.exclude(page=library["full"]).delete()
    assert cost() == 1  # the records with their covers; none has one
    for _number in range(2):
        GuidePageFactory(library["section"])
    assert cost() == 1


@pytest.mark.slow
def test_a_page_of_a_large_register_is_ready_in_a_fifth_of_a_second(client, library):
    """Issue 7: feed and OAI page < 200 ms warm. The processor's time, for other work must not fail a test."""
    row = SharedMaterial.objects.get(page=library["full"])
    values = {name: getattr(row, name) for name in ("page_id", "revision_id", "format", "title", "summary", "url", "facts",
              "audiences", "topics", "language", "opened_at", "changed_at")}  # fmt: skip
    SharedMaterial.objects.bulk_create(
        SharedMaterial(key=uuid4(), code=f"{number:06}", **values) for number in range(3_000)
    )
    for address in ("/oai?verb=ListRecords&metadataPrefix=oai_dc", "/oai?verb=ListRecords&metadataPrefix=lrmi&set=topic:cu-tru",
                    "/vi/feeds/cu-tru.rss"):  # fmt: skip
        taken = []
        for _try in range(4):
            begun = process_time()
            assert client.get(address).status_code == 200
            taken.append(process_time() - begun)
        assert min(taken) < 0.2, f"{address}: {min(taken):.3f} s"
