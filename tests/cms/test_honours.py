"""Good models and the honour roll: a full name or a photo only while consents hold, and off at once when they do not."""

from copy import deepcopy
from datetime import date
from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.test.utils.form_data import nested_form_data, rich_text, streamfield

from cms.audit.models import AuditEvent
from cms.models import GoodModelPage, Honour, HonourRollPage
from cms.people import PersonField
from cms.pictures import make_renditions
from schools.models import Consent, Person
from schools.operations.privacy import erase_person, export_person, record_consent, withdraw_consent
from tests.factories import schools as make
from tests.factories.cms import (
    GoodModelPageFactory,
    HomePageFactory,
    PictureFactory,
    SectionPageFactory,
    published,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def made(shared_database):
    section = SectionPageFactory(HomePageFactory(), title="Phong trào", slug="phong-trao", kind="other")
    school_class = make.make_class(make.make_school("Trường THCS Sông Trong", code="SONGTRONG"), "8A1")
    pupil = make.make_pupil(school_class, "Trần Thị Bưởi", code="0012345")
    Person.objects.filter(user=pupil).update(birth_date=date(2014, 5, 1))
    secretary = make.make_with_role("editor", "Hồ Thị Biên", username="bientap")
    roll = published(section, HonourRollPage(title="Bảng vàng", slug="bang-vang", locale=section.locale))
    story = GoodModelPageFactory(
        section,
        title="Buổi tối ở nhà văn hóa",
        body=[("text", "<p>Tổ mượn nhà văn hóa.</p>")],
        results=[
            (
                "result",
                {"figure": "312 hộ", "what": "Hộ tự nộp", "source": "Sổ của tổ", "url": "", "as_of": date(2026, 11, 1)},
            )
        ],
        how_to_copy="<p>Chọn hai tối cố định.</p>",
        unit=school_class.school.unit,
    )
    given = {"title": "Giấy khen", "given_by": "UBND xã", "awarded_on": date(2026, 11, 20)}
    photo = PictureFactory()
    make_renditions(photo)
    of_pupil = Honour.objects.create(
        whom="person",
        person=pupil,
        school=school_class.school,
        reason="Chỉ cho ba người thân",
        photo=photo,
        photo_alt="Em đứng cạnh bà",
        serial="ABC123",
        **given,
    )
    Honour.objects.create(
        whom="person", initials="N.V.A.", unit=school_class.school.unit, reason="Giúp khu phố", **given
    )
    Honour.objects.create(whom="group", organisation="Tổ khu phố 3", reason="Hai tối mỗi tuần", story=story, **given)
    Honour.objects.create(whom="group", organisation="Tổ còn giấu", reason="x", is_shown=False, **given)
    cache.clear()
    return {"section": section, "pupil": pupil, "by": secretary, "roll": roll, "story": story, "honour": of_pupil}


@pytest.fixture
def site(db, made):
    return deepcopy(made)


def page_of(client, address: str) -> BeautifulSoup:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return BeautifulSoup(answer.content, "html.parser")


def words(soup) -> str:
    return " ".join(soup.get_text(" ").split())


def consent(site, purpose: str, *givers: str) -> list[Consent]:
    return [
        record_consent(
            user=site["pupil"], purpose=purpose, giver=giver, text_version="1", evidence="Hồ sơ lớp", actor=site["by"]
        )
        for giver in givers
    ]


BOTH = (Consent.Giver.PUPIL, Consent.Giver.REPRESENTATIVE)


def test_a_child_stands_on_the_roll_by_initials_until_child_and_parent_agree(
    site, client, django_capture_on_commit_callbacks
):
    """Each step is seen at once, though the page is kept for everybody."""

    def shown() -> tuple[str, bool]:
        page = page_of(client, site["roll"].url)
        line = page.select_one(f"#honour-{site['honour'].uuid}")
        return line.h3.get_text(), line.img is not None

    assert shown() == ("T.T.B.", False)
    with django_capture_on_commit_callbacks(execute=True):
        consent(site, "leaderboard", Consent.Giver.PUPIL)
    assert shown() == ("T.T.B.", False)
    with django_capture_on_commit_callbacks(execute=True):
        consent(site, "leaderboard", Consent.Giver.REPRESENTATIVE)
    assert shown() == ("Trần Thị Bưởi", False)
    with django_capture_on_commit_callbacks(execute=True):
        given = consent(site, "publish", *BOTH)
    assert shown() == ("Trần Thị Bưởi", True)
    with django_capture_on_commit_callbacks(execute=True):
        withdraw_consent(consent=given[1], actor=site["by"])
    assert shown() == ("Trần Thị Bưởi", False)


def test_the_roll_tells_what_for_by_whom_and_where_to_check_it(site, client):
    page = page_of(client, site["roll"].url)
    text = words(page.main)
    assert "Trường THCS Sông Trong" in text and "UBND xã trao ngày 20/11/2026" in text and "N.V.A." in text
    assert "Tổ còn giấu" not in text
    assert page.select_one(f"a[href='{reverse('verify', args=['ABC123'])}']") is not None
    assert page.select_one(f"a[href='{site['story'].url}']") is not None


def test_whoever_is_erased_stands_nowhere_and_gets_what_was_kept(site, client, django_capture_on_commit_callbacks):
    pupil = site["pupil"]
    assert export_person(user=pupil, actor=site["by"])["cms"]["honours"][0]["title"] == "Giấy khen"
    page = GoodModelPageFactory(site["section"], subject="person", person=pupil, who="học sinh lớp 8")
    with django_capture_on_commit_callbacks(execute=True):
        erase_person(user=pupil, reason="Gia đình yêu cầu", actor=site["by"])
    cache.clear()
    assert page_of(client, site["roll"].url).select_one(f"#honour-{site['honour'].uuid}") is None
    row = Honour.objects.get(pk=site["honour"].pk)
    assert row.photo is None and not row.is_shown
    page.refresh_from_db()
    assert page.person is None and not page.live


def test_the_roll_costs_the_same_with_three_lines_and_with_six(site, client):
    def statements() -> int:
        cache.clear()
        with CaptureQueriesContext(connection) as asked:
            page_of(client, site["roll"].url)
        return len(asked)

    consent(site, "publish", *BOTH)
    few = statements()
    for number in range(3):
        copy = deepcopy(site["honour"])
        copy.pk, copy.uuid, copy.reason, copy.story = None, uuid4(), f"Lần {number}", site["story"]
        copy.save()
    assert statements() == few


# --- Stories ----------------------------------------------------------------------------------------------------------


def test_a_story_tells_who_did_what_what_came_of_it_and_how_to_do_the_same(site, client):
    text = words(page_of(client, site["story"].url).main)
    for said in (
        "Tổ công nghệ số khu phố 3",
        "Tổ mượn nhà văn hóa",
        "312 hộ",
        "Sổ của tổ",
        "Tính đến 01/11/2026",
        "Chọn hai tối cố định",
    ):
        assert said in text
    assert "312 hộ" in site["story"].search_text()


def test_a_page_that_names_or_shows_a_child_waits_for_both_consents(site):
    page = GoodModelPage(title="Em Bưởi", slug="em-buoi", subject="person", person=site["pupil"], who="học sinh lớp 8")
    page.clean()
    assert page.person_shown() == "T.T.B."
    # Accents and case hide nobody.
    page.body = [("text", "<p>Bạn TRẦN THỊ BƯỞI chỉ cho bà.</p>")]
    with pytest.raises(ValidationError, match=r"T\.T\.B\."):
        page.clean()
    consent(site, "publish", Consent.Giver.PUPIL)
    with pytest.raises(ValidationError):
        page.clean()
    consent(site, "publish", Consent.Giver.REPRESENTATIVE)
    page.clean()
    assert page.person_shown() == "Trần Thị Bưởi"


def test_a_story_goes_off_the_moment_a_consent_is_withdrawn(site, client, django_capture_on_commit_callbacks):
    given = consent(site, "publish", *BOTH)
    story = GoodModelPageFactory(
        site["section"],
        subject="person",
        person=site["pupil"],
        who="học sinh lớp 8",
        shows_person=True,
        title="Em Bưởi",
    )
    plain = GoodModelPageFactory(site["section"], subject="person", person=site["pupil"], who="học sinh lớp 8")
    cache.clear()
    assert "Trần Thị Bưởi" in words(page_of(client, story.url).main)
    with django_capture_on_commit_callbacks(execute=True):
        withdraw_consent(consent=given[0], actor=site["by"])
    assert client.get(story.url).status_code == 404
    assert "T.T.B., học sinh lớp 8" in words(page_of(client, plain.url).main)
    assert AuditEvent.objects.filter(action="story_taken_off", target_key=str(story.translation_key)).count() == 1


def test_rules_are_the_databases(site):
    story, given = site["story"], {"title": "A", "reason": "B", "given_by": "C", "awarded_on": date(2026, 1, 1)}
    for values in ({"initials": "N.V.A."}, {"person": site["pupil"]}, {"shows_person": True}):
        with pytest.raises(IntegrityError), transaction.atomic():
            GoodModelPage.objects.filter(pk=story.pk).update(**values)
    wrong = [
        {"whom": "person"},
        {"whom": "person", "person": site["pupil"], "initials": "T.B."},
        {"whom": "group"},
        {"whom": "group", "organisation": "Tổ", "initials": "T.B."},
        {"whom": "person", "initials": "T.B.", "photo": site["honour"].photo},
    ]
    for values in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            Honour.objects.create(**given, **values)
        with pytest.raises(ValidationError):
            Honour(**given, **values).full_clean()
    with pytest.raises(ValidationError):
        Honour(**given, whom="person", initials="Trần Thị Bưởi").full_clean()


def test_an_editor_names_an_account_by_its_codes(site, client):
    field = PersonField()
    assert (
        field.clean("SONGTRONG/0012345") == site["pupil"]
        and field.clean("bientap") == site["by"]
        and field.clean("") is None
    )
    assert (
        field.prepare_value(site["pupil"].pk) == "SONGTRONG/0012345" and field.prepare_value(site["by"].pk) == "bientap"
    )
    assert not field.has_changed(site["pupil"].pk, "SONGTRONG/0012345")
    with pytest.raises(ValidationError):
        field.clean("SONGTRONG/9")
    client.force_login(site["by"])
    fields = {
        "whom": "person",
        "person": "SONGTRONG/0012345",
        "title": "Giấy khen",
        "reason": "x",
        "given_by": "y",
        "awarded_on": "2026-11-01",
        "is_shown": "on",
    }
    assert client.post("/admin/snippets/cms/honour/add/", fields).status_code == 302
    made = Honour.objects.latest("pk")
    assert made.person == site["pupil"]
    assert "SONGTRONG/0012345" in client.get(f"/admin/snippets/cms/honour/edit/{made.pk}/").content.decode()
    page = client.get(f"/admin/pages/add/cms/goodmodelpage/{site['section'].pk}/").content.decode()
    assert 'name="person"' in page and '<select name="person"' not in page


def test_an_editor_chooses_photo_story_and_day_as_everywhere(site, client):
    """Not from a list of the names of all pictures; and the list of honours speaks the editor's language."""
    client.force_login(site["by"])
    form = client.get("/admin/snippets/cms/honour/add/").content.decode()
    assert 'id="id_photo-chooser"' in form and 'id="id_story-chooser"' in form
    assert "AdminDateInput" in form or 'data-controller="w-date"' in form
    listed = client.get("/admin/snippets/cms/honour/").content.decode()
    assert "Đang hiện cho người đọc" in listed and "Is shown" not in listed


def test_a_model_is_published_with_its_story_and_begun_without(site, client):
    client.force_login(make.make_staff("Quản Trị", username="quan.tri", is_superuser=True))
    address = f"/admin/pages/add/cms/goodmodelpage/{site['section'].pk}/"
    fields = nested_form_data(
        {
            "title": "Tổ mẫu",
            "slug": "to-mau",
            "subject": "group",
            "who": "Tổ mẫu",
            "body": streamfield([]),
            "results": streamfield([]),
            "sources": streamfield([]),
            "how_to_copy": rich_text("<p></p>"),
        }
    )
    answer = client.post(address, fields | {"action-publish": "1"})
    assert "Hãy kể đã làm những gì" in str(answer.context["form"].errors["body"])
    assert client.post(address, fields).status_code == 302
