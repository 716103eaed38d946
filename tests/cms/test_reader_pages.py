"""What every reader meets: the home page, the head with their name, menus, languages, and files named anew."""

import re
from copy import deepcopy
from html import unescape

import pytest
from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import storages
from django.test import Client

from cms import navigation
from tests.factories.cms import GuidePageFactory, HomePageFactory, SectionPageFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def site_made(shared_database):
    """A small site: a guide and a course in the menu, a page about the site; the guide and a lesson in both languages."""
    guides = SectionPageFactory(title="Hướng dẫn", slug="huong-dan", show_in_menus=True)
    courses = SectionPageFactory(title="Khóa học", slug="hoc", kind="courses", show_in_menus=True)
    about = {"kind": "other", "body": [("text", "<p>Nơi để học.</p>")]}
    SectionPageFactory(title="Giới thiệu", slug="gioi-thieu", **about)
    english = SectionPageFactory(HomePageFactory("en"), slug="guides", translation_key=guides.translation_key)
    guide = GuidePageFactory(guides, slug="vneid")
    GuidePageFactory(english, slug="vneid", translation_key=guide.translation_key)
    return {"guide": guide.url, "courses": courses}


@pytest.fixture
def site(db, site_made):
    return deepcopy(site_made)


@pytest.fixture
def hashed_names(settings):
    """Static files as production names them."""
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "cms.static_storage.StaticFilesStorage"}}


def mains(answer) -> int:
    return answer.content.decode().count("<main ")


# --- Files and links --------------------------------------------------------------------------------------------------


def test_the_address_of_a_static_file_is_the_hashed_one_each_time(hashed_names):
    found = {storages["staticfiles"].url("vendor/icons.svg") for _time in range(2)}
    assert len(found) == 1
    assert re.fullmatch(r"/static/vendor/icons\.[0-9a-f]{12}\.svg", found.pop())


# --- Home -------------------------------------------------------------------------------------------------------------


def test_home_of_a_visitor_is_one_page_with_search_and_doors(site, client):
    page = client.get("/vi/").content.decode()
    assert page.count("<main ") == page.count("<h1") == 1
    assert 'role="search"' in page and 'class="hero' in page
    assert "Hướng dẫn" in page and "Vào học cùng lớp" in page


def test_home_of_a_pupil_is_one_page_with_their_work_first(site, as_user, pupil):
    answer = as_user(pupil).get("/vi/")
    page = answer.content.decode()
    assert mains(answer) == page.count("<header class") == page.count("<footer ") == page.count('id="main"') == 1
    assert "Chào Bưởi" in page
    assert page.index("Việc của em hôm nay") < page.index('id="search"') < page.index('class="entries')
    assert 'class="hero' not in page and "Vào học cùng lớp" not in page


def test_home_of_a_teacher_leads_to_the_classes_and_calls_nobody_em(site, as_user, teacher):
    page = as_user(teacher).get("/vi/").content.decode()
    assert '"/vi/teach/"' in page
    assert "Việc của em" not in page


def test_what_is_kept_for_visitors_names_nobody(site, as_user, pupil):
    address = site["guide"]
    for path in ("/vi/", address):
        assert "Bưởi" in as_user(pupil).get(path).content.decode()
        assert "Bưởi" not in Client().get(path).content.decode()
        assert "Bưởi" in as_user(pupil).get(path).content.decode()


# --- The head ---------------------------------------------------------------------------------------------------------


def test_the_head_names_the_reader_and_signs_out_without_a_script(site, pupil):
    client = Client(enforce_csrf_checks=True)
    client.force_login(pupil)
    address = site["guide"]
    page = client.get(address).content.decode()
    assert re.search(r"data-name>Bưởi<", page)
    assert re.search(r"data-signed-out hidden", page)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page[page.index("data-sign-out") :])[1]
    assert client.post("/vi/account/sign-out/", {"csrfmiddlewaretoken": token}).status_code == 302
    assert "Bưởi" not in client.get(address).content.decode()


def test_the_name_in_the_head_costs_nothing_while_it_is_fresh(site, as_user, pupil, django_assert_num_queries):
    client = as_user(pupil)
    client.get(site["guide"])
    with django_assert_num_queries(1):
        # the account; the page, the name and the desks come from the cache
        client.get(site["guide"])


@pytest.mark.slow
def test_everybody_finds_their_own_work_in_the_menu(
    site, as_user, pupil, teacher, editor, school_admin, province_officer
):
    menus = {
        user: {desk["url"] for desk in as_user(user).get("/vi/search/").context["viewer"]["desks"]}
        for user in (pupil, teacher, editor, school_admin, province_officer)
    }
    assert menus[pupil] == {"/vi/learn/"}
    assert "/vi/teach/" in menus[teacher]
    assert "/admin/" in menus[editor]
    assert "/vi/schools/SONGTRONG/" in menus[school_admin]
    assert "/vi/schools/people/" in menus[province_officer]
    for user in (teacher, editor, school_admin, province_officer):
        assert "Việc của em" not in as_user(user).get("/vi/search/").content.decode()
        assert "/admin/" not in menus[user] or user == editor


@pytest.mark.slow
@pytest.mark.parametrize(
    ("role", "lands_at"),
    [
        ("pupil", "/vi/learn/"),
        ("teacher", "/vi/teach/"),
        ("editor", "/admin/"),
        ("school_admin", "/vi/schools/SONGTRONG/"),
        ("province_officer", "/vi/reports/"),
    ],
)
@pytest.mark.parametrize("wanted", ["", "/vi/", "/"])
def test_signing_in_leads_to_ones_own_work(request, client, teacher, role, lands_at, wanted):
    user = request.getfixturevalue(role)
    user.set_password("mat-khau-rieng-7")
    user.save()
    form = {"username": user.username, "password": "mat-khau-rieng-7", "next": wanted}
    if role == "pupil":
        form |= {"username": "0012345", "school": "SONGTRONG"}
    else:
        form["as"] = "staff"
    answer = client.post("/vi/account/sign-in/", form)
    assert answer.url == lands_at
    assert client.get(answer.url).status_code == 200


# --- Menus and languages ----------------------------------------------------------------------------------------------


def test_a_section_without_pages_is_in_no_menu_and_no_door(site, client):
    page = client.get("/vi/").content.decode()
    assert "Hướng dẫn" in page and "Khóa học" not in page
    GuidePageFactory(site["courses"])
    cache.clear()  # what publishing does once the transaction is committed
    assert "Khóa học" in client.get("/vi/").content.decode()


def test_pages_about_the_site_stand_at_its_foot(site, client):
    page = client.get("/vi/search/").content.decode()
    foot = page[page.index("<footer") :]
    assert "/vi/gioi-thieu/" in foot
    assert "Giới thiệu" not in page[: page.index("<main")]


@pytest.mark.parametrize(
    ("address", "other"),
    [
        ("/vi/search/?q=khai+sinh&format=guide&page=2", "/en/search/?q=khai+sinh&format=guide"),
        (
            "/vi/account/sign-in/?school=SONGTRONG&next=/vi/learn/",
            "/en/account/sign-in/?school=SONGTRONG&next=%2Fen%2Flearn%2F",
        ),
        ("/vi/account/sign-in/?next=/vi/huong-dan/", "/en/account/sign-in/?next=%2Fvi%2Fhuong-dan%2F"),
        ("/vi/account/card/", "/en/account/card/"),
        ("/vi/account/join/?code=ABC234", "/en/account/join/?code=ABC234"),
        ("/vi/account/forgotten/", "/en/account/forgotten/"),
    ],
)
def test_the_language_switch_keeps_what_was_asked_for(site, client, school_class, address, other):
    page = unescape(client.get(address).content.decode())
    assert f'href="{other}" lang="en"' in page


def test_the_language_switch_of_a_page_keeps_what_was_asked_for(site, client):
    page = unescape(client.get(f"{site['guide']}?minutes=15&utm_source=zalo").content.decode())
    assert 'href="/en/guides/vneid/?minutes=15" lang="en"' in page


def test_languages_are_called_as_they_call_themselves():
    assert [navigation.language_name(code) for code, _name in settings.LANGUAGES] == ["Tiếng Việt", "English"]


def test_only_those_who_work_on_pages_see_a_draft_called_one(site, as_user, editor, pupil):
    address = site["guide"]
    for user in (None, pupil):
        page = as_user(user).get(address).content.decode()
        assert "Bản nháp" not in page
        assert page.index("</h1>") < page.index("Nội dung đang chờ thẩm định")
    assert "Bản nháp, chưa thẩm định" in as_user(editor).get(address).content.decode()
