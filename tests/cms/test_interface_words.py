"""The interface in a language whose words are rows: nothing is read that no native speaker has signed."""

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.utils import timezone, translation
from django.utils.translation import trans_real

from cms.audit.models import AuditEvent
from cms.translating import gettexts
from cms.translating.models import InterfaceString, LanguageRole
from cms.translating.operations.interface import (
    NotYourLanguage,
    SignOffRefused,
    Written,
    save_texts,
    sign_off,
    take_strings,
    withdraw_sign_off,
)
from cms.vocabulary.models import ContentLanguage
from tests.factories.cms import EditorFactory, GuidePageFactory, HomePageFactory

pytestmark = pytest.mark.django_db
# Plain Khmer letters, no translation: what matters here is who sees them.
KHMER = "កខគ"


def language(tag: str, **values) -> ContentLanguage:
    values = {"autonym": tag, "name_vi": tag, "name_en": tag, "fallbacks": ["vi"], "site_allowed": True} | values
    return ContentLanguage.objects.create(tag=tag, **values)


def someone(kind: str, *languages: ContentLanguage):
    user = EditorFactory("Translators")
    for one in languages:
        LanguageRole.objects.create(user=user, language=one, kind=kind)
    return user


@pytest.fixture
def khmer(settings):
    """A site that also speaks Khmer, as a start with SITE_LANGUAGES=vi,en,km would leave it."""
    settings.LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English"), ("km", "ភាសាខ្មែរ")]
    before = trans_real._translations.pop("km", None)
    gettexts.install()
    yield language("km", autonym="ភាសាខ្មែរ", script="Khmr")
    trans_real._translations.pop("km", None)
    if before is not None:
        trans_real._translations["km"] = before


def string(of: ContentLanguage, msgid: str, **values) -> InterfaceString:
    from cms.translating.operations.interface import digest_of

    return InterfaceString.objects.create(
        language=of, digest=digest_of(values.get("context", ""), msgid), msgid=msgid, room="cms", **values
    )


def as_other_processes_see_it():
    """They look again after some seconds, and once the transaction is committed; a test waits for neither."""
    cache.set(gettexts.VERSION_KEY, timezone.now().isoformat(), None)
    for code in ("km",):
        found = trans_real._translations.get(code)
        if found is not None:
            found._looked = -100.0


@pytest.mark.slow
def test_strings_are_taken_from_the_catalogues_and_libraries_only_offer(khmer):
    counts = take_strings(language=khmer)
    assert counts["created"] > 1000 and counts["changed"] == 0
    rows = InterfaceString.objects.filter(language=khmer)
    assert not rows.exclude(text="").exists(), "nothing is taken for a translation that nobody made"
    offered = rows.exclude(proposal="")
    assert offered.exists() and offered.first().proposal_from
    assert rows.filter(for_readers=False).exists() and rows.filter(for_readers=True, msgid="Contests").exists()
    row = rows.get(msgid="Contests", context="")
    row.text = KHMER
    row.save()
    string(khmer, "Said by no code any more", text=KHMER)
    again = take_strings(language=khmer)
    assert (again["created"], again["changed"], again["kept"]) == (0, 1, counts["created"])
    row.refresh_from_db()
    assert row.text == KHMER
    assert not rows.get(msgid="Said by no code any more").is_used


def test_readers_see_vietnamese_until_a_native_speaker_has_signed(khmer):
    translator, native = someone("translator", khmer), someone("reviewer", khmer)
    contests, minutes = string(khmer, "Contests"), string(khmer, "%(count)d question approved in your name.")

    def seen(msgid="Contests"):
        as_other_processes_see_it()
        with translation.override("km"):
            return translation.gettext(msgid)

    assert seen() == "Cuộc thi"
    # What a library says in Khmer is no more signed than our own.
    assert seen("Search") == "Tìm kiếm" or seen("Search") == "Tìm"
    save_texts(language=khmer, texts=[Written(contests.pk, KHMER, "")], by=translator)
    assert seen() == "Cuộc thi"
    with pytest.raises(NotYourLanguage):
        save_texts(language=khmer, texts=[], by=translator, review=[contests.pk])
    save_texts(language=khmer, texts=[], by=native, review=[contests.pk])
    assert seen() == KHMER
    # Another text waits for its own signature; readers keep the signed one meanwhile.
    save_texts(language=khmer, texts=[Written(contests.pk, KHMER * 2, KHMER)], by=translator)
    assert seen() == KHMER
    # Two people on one string: the second keeps what was typed and overwrites nothing.
    saved = save_texts(language=khmer, texts=[Written(contests.pk, "ឃ", KHMER)], by=native)
    contests.refresh_from_db()
    assert saved.clashes == {contests.pk: "ឃ"} and contests.text == KHMER * 2
    # A place for a number that the text forgets, or invents, would be a hole in the sentence.
    saved = save_texts(
        language=khmer, texts=[Written(minutes.pk, KHMER, ""), Written(contests.pk, "%(x)s", KHMER * 2)], by=native
    )
    assert "%(count)d" in saved.faults[minutes.pk] and "%(x)s" in saved.faults[contests.pk]


def test_a_translator_writes_in_the_languages_given_and_no_other(client, khmer):
    chinese = language("zh-Hant")
    translator = someone("translator", khmer)
    mine, other = string(khmer, "Contests"), string(chinese, "Contests")
    client.force_login(translator)
    assert (
        client.post("/admin/languages/km/words/", {f"text-{mine.pk}": KHMER, f"before-{mine.pk}": ""}).status_code
        == 302
    )
    answer = client.post("/admin/languages/zh-Hant/words/", {f"text-{other.pk}": "競賽", f"before-{other.pk}": ""})
    assert answer.status_code == 302 and answer["Location"].endswith("/admin/")
    mine.refresh_from_db()
    other.refresh_from_db()
    assert (mine.text, other.text) == (KHMER, "")
    assert "readonly" in client.get("/admin/languages/zh-Hant/words/").content.decode()
    assert client.get("/admin/languages/km/sign/").status_code == 302
    # A row of another language is not reached through one's own.
    client.post("/admin/languages/km/words/", {f"text-{other.pk}": "x", f"before-{other.pk}": ""})
    other.refresh_from_db()
    assert other.text == ""


def test_what_two_people_type_comes_back_beside_each_other(client, khmer):
    row = string(khmer, "Contests", text="ឃ", written_by=EditorFactory())
    client.force_login(someone("translator", khmer))
    answer = client.post(
        "/admin/languages/km/words/", {f"text-{row.pk}": KHMER, f"before-{row.pk}": ""}, follow=True
    ).content.decode()
    assert KHMER in answer and "ឃ" in answer and "trong lúc" in answer
    assert 'lang="km"' in answer


def test_a_language_opens_with_a_native_speakers_signature_and_closes_again(client, khmer, settings):
    home = HomePageFactory("km")
    GuidePageFactory()
    editor, native = EditorFactory(), someone("reviewer", khmer)
    row = string(khmer, "Contests")
    string(khmer, "Courses")

    def seen(by=None):
        cache.clear()
        client.logout()
        if by:
            client.force_login(by)
        page = client.get("/vi/").content.decode()
        return client.get("/km/").status_code, 'hreflang="km"' in page

    assert home.live and seen() == (404, False)
    # Those who work on it see it; search engines are told to look away.
    assert seen(editor)[0] == 200 and client.get("/km/")["X-Robots-Tag"] == "noindex"
    with pytest.raises(NotYourLanguage):
        sign_off(language=khmer, by=editor)
    with pytest.raises(SignOffRefused):
        sign_off(language=khmer, by=native)
    save_texts(language=khmer, texts=[Written(row.pk, KHMER, "")], by=native, review=[row.pk])
    client.logout()
    client.force_login(native)
    # One string of many: only with the reason, which stands in the log.
    assert 'name="reason"' in client.get("/admin/languages/km/sign/").content.decode()
    assert client.post("/admin/languages/km/sign/", {"reason": " "}).url == "/admin/languages/km/sign/"
    khmer.refresh_from_db()
    assert khmer.signed_off_at is None
    told = "Bà con Khmer chờ trang lịch thi"
    assert client.post("/admin/languages/km/sign/", {"reason": told}).status_code == 302
    assert AuditEvent.objects.get(action="sign_off_language").detail["reason"] == told
    khmer.refresh_from_db()
    assert khmer.signed_off_by == native
    first = khmer.signed_off_at
    assert sign_off(language=khmer, by=native).signed_off_at == first
    assert seen() == (200, True)
    withdraw_sign_off(language=khmer, by=native)
    assert seen() == (404, False)


def test_what_is_written_in_a_closed_language_is_in_no_search_and_no_catalogue(
    client, khmer, django_capture_on_commit_callbacks
):
    from cms.models import SearchEntry
    from cms.search.indexing import index_page

    native = someone("reviewer", khmer)
    guide = GuidePageFactory(HomePageFactory("km"))
    row = string(khmer, "Contests")
    save_texts(language=khmer, texts=[Written(row.pk, KHMER, "")], by=native, review=[row.pk])

    def found() -> list[bool]:
        return [
            SearchEntry.objects.filter(language="km").exists(),
            client.get("/api/v1/courses?language=km").status_code == 200,
        ]

    index_page(guide.pk)
    assert found() == [False] * 2
    for change, seen in ((sign_off, True), (withdraw_sign_off, False)):
        with django_capture_on_commit_callbacks(execute=True):
            change(language=khmer, by=native)
        assert found() == [seen] * 2, change


def test_lists_cost_the_same_for_one_row_and_for_many(client, khmer, django_assert_num_queries, settings):
    client.force_login(someone("reviewer", khmer))

    def costs(path):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        client.get(path)
        with CaptureQueriesContext(connection) as asked:
            assert client.get(path).status_code == 200
        return len(asked)

    string(khmer, "Contests", text=KHMER)
    few = costs("/admin/languages/"), costs("/admin/languages/km/words/")
    for number in range(3):
        language(f"q{'abc'[number]}a")
        string(khmer, f"Text {number}", text=KHMER, written_by=EditorFactory())
    assert (costs("/admin/languages/"), costs("/admin/languages/km/words/")) == few


def test_the_command_names_what_it_does_not_know():
    from django.core.management import CommandError

    with pytest.raises(CommandError, match="xx"):
        call_command("interface_strings", "xx")
