"""The starter content loads whole, once, and leaves editors' work alone."""

import io
import json

import pytest
from django.core.exceptions import ValidationError
from django.core.files.storage import storages
from django.core.management import call_command
from wagtail.models import Site

from cms.blocks import BodyBlock
from cms.models import GuidePage, HomePage, SearchEntry, SearchSynonym, SectionPage
from cms.operations.starter import read_blocks, sync_page
from cms.starter import Run, StarterRefused, _loaders, load_everything
from cms.starter.markdown import rich_text
from cms.starter.reading import read_entries, read_entry
from cms.vocabulary.facts import unproved_facts
from cms.vocabulary.models import Audience, ContentLanguage, Procedure, Topic
from media.models import Picture
from tests.starter import AT_HOME

# On one worker: the content is loaded once.
pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.xdist_group("starter content")]


def load() -> dict:
    out = io.StringIO()
    with AT_HOME:
        call_command("load_starter_content", "--json", stdout=out)
    return json.loads(out.getvalue())


@pytest.fixture
def loaded(starter_site):
    return starter_site


def test_loads_the_tree_the_words_and_the_guides_in_both_languages(loaded, client):
    assert loaded["created"] > 50
    assert Site.objects.get(is_default_site=True).root_page.specific == HomePage.objects.get(locale__language_code="vi")
    for language in ("vi", "en"):
        assert client.get(f"/{language}/").status_code == 200
        for section in SectionPage.objects.filter(locale__language_code=language):
            assert client.get(section.url).status_code == 200
        guides = GuidePage.objects.live().filter(locale__language_code=language)
        assert guides.count() >= 3
        for guide in guides:
            answer = client.get(guide.url)
            assert answer.status_code == 200
            assert guide.procedures_used()
            assert "picture--missing" not in answer.content.decode()
    codes = {
        code: set(Procedure.objects.filter(locale__language_code=code).values_list("code", flat=True))
        for code in ("vi", "en")
    }
    assert len(codes["vi"]) >= 23
    assert {"cap-doi-the-can-cuoc", "dang-ky-tam-tru"} <= codes["en"] <= codes["vi"]


def test_every_fact_that_may_change_has_a_source_and_a_date(loaded):
    assert unproved_facts() == []


def test_a_second_run_changes_nothing(loaded):
    again = load()
    assert (again["created"], again["changed"]) == (0, 0)
    assert again["kept"] > 50
    assert again["edited"] == []


def test_blocks_have_the_same_ids_in_both_languages(loaded):
    vietnamese = GuidePage.objects.get(slug="vneid-muc-2", locale__language_code="vi")
    english = GuidePage.objects.get(slug="vneid-muc-2", locale__language_code="en")
    assert [block.id for block in vietnamese.body] == [block.id for block in english.body]
    assert vietnamese.translation_key == english.translation_key
    assert {topic.slug for topic in vietnamese.topics.all()} == {topic.slug for topic in english.topics.all()}
    assert {topic.locale_id for topic in english.topics.all()} == {english.locale_id}


def test_what_an_editor_changed_is_kept_and_named(loaded):
    guide = GuidePage.objects.get(slug="vneid-muc-2", locale__language_code="vi")
    guide.title = "Tên do biên tập viên đặt"
    guide.save_revision().publish()
    topic = Topic.objects.filter(locale__language_code="vi").first()
    topic.name = "Chủ đề khác"
    topic.save()
    again = load()
    assert (again["created"], again["changed"]) == (0, 0)
    guide.refresh_from_db()
    assert guide.title == "Tên do biên tập viên đặt"
    assert any("Tên do biên tập viên đặt" in label for label in again["edited"]) or len(again["edited"]) == 2


def test_a_changed_source_is_published_anew(loaded, monkeypatch):
    guide = GuidePage.objects.get(slug="vneid-muc-2", locale__language_code="vi")
    GuidePage.objects.filter(pk=guide.pk).update(starter_hash="old")
    again = load()
    assert (again["created"], again["changed"]) == (0, 1)


def test_pictures_are_stored_once_with_public_renditions(loaded):
    pictures = Picture.objects.exclude(starter_key="")
    assert pictures.count() > 5
    assert len(set(pictures.values_list("starter_key", flat=True))) == pictures.count()
    rendition = pictures.first().renditions.first()
    assert storages["public"].exists(rendition.file.name)


def test_what_is_loaded_is_found(loaded):
    assert SearchEntry.objects.filter(language="en", format="guide").count() >= 3
    assert SearchSynonym.objects.count() > 5
    assert ContentLanguage.objects.filter(is_active=True).count() == 2
    assert Audience.objects.filter(locale__language_code="vi").count() > 5


def write(folder, name, text):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("title: {en: A}\n", "file.yaml:1"),
        ("other: x\ntitle: 3.5\n", "file.yaml:2"),
        ("title: {vi: A, en: B}\nsurprise: 1\n", "file.yaml:2"),
        ("title: [\n", "file.yaml:"),
        ("title: {vi: A, en: B}\ntitle: {vi: A, en: B}\n", "file.yaml:2"),
    ],
)
def test_a_fault_names_file_and_line(tmp_path, text, words):
    run = Run()
    entry = read_entry(run, write(tmp_path, "file.yaml", text))
    if entry is not None:
        entry.words("title")
        entry.known("other")
    assert run.faults
    assert words in run.faults[0]


def test_a_missing_language_is_a_missing_translation(tmp_path):
    run = Run()
    entry = read_entry(run, write(tmp_path, "file.yaml", "title: {vi: A}\nblocks:\n- text: {vi: B}\n"))
    (block,) = entry.entries("blocks")
    assert entry.words("title") == {"vi": "A", "en": ""}
    assert block.words("text") == {"vi": "B", "en": ""}
    assert (entry.languages, block.languages, run.faults) == (("vi",), ("vi",), [])


def test_a_half_translated_file_is_a_fault(tmp_path):
    run = Run()
    entry = read_entry(run, write(tmp_path, "file.yaml", "title: {vi: A, en: B}\nblocks:\n- title: {vi: C}\n"))
    (block,) = entry.entries("blocks")
    block.words("title")
    assert len(run.faults) == 1
    assert "file.yaml:3" in run.faults[0]


def test_a_page_written_in_one_language_is_loaded_in_that_one(loaded):
    run, guides = Run(), SectionPage.objects.filter(starter_key="section/guides").select_related("locale")
    parents = {page.locale.language_code: page for page in guides}
    pages = sync_page(run, GuidePage, "guide/chi-tieng-viet", parents, {"vi": {"title": "A", "slug": "a"}})
    assert set(pages) == {"vi"}
    assert run.created == 1
    assert not GuidePage.objects.filter(starter_key="guide/chi-tieng-viet", locale__language_code="en").exists()


@pytest.mark.parametrize(
    ("address", "faults"),
    [("https://phatnguoi.example/nop", 0), ("https://dichvucong.gov.vn.example.vn/nop", 1), ("", 0)],
)
def test_a_made_up_message_shows_no_address_that_can_be_real(tmp_path, address, faults):
    run = Run()
    text = (
        "title: {vi: A}\nblocks:\n  - id: bay\n    type: mockup\n    kind: message\n    sender: {vi: Điện lực}\n"
        f"    lines:\n      - {{vi: Nộp ngay}}\n    address: {address}\n    signs:\n      - {{vi: Thúc giục}}\n"
    )
    body = read_blocks(read_entry(run, write(tmp_path, "file.yaml", text)), "blocks", page_key="x", procedures=set())
    assert len(run.faults) == faults
    value = BodyBlock().to_python(body.raw("vi", lambda file: 0))
    html = value.render_as_block()
    assert "Tự xưng là:" in html
    assert html.count("mockup__band") >= 2
    assert "<a " not in html
    if faults:
        with pytest.raises(ValidationError):
            value[0].block.clean(value[0].value)


def test_the_same_id_twice_is_a_fault(tmp_path):
    run = Run()
    file = write(tmp_path, "file.yaml", "- {slug: a}\n- {slug: a}\n")
    assert len(list(read_entries(run, file, identity="slug"))) == 1
    assert "file.yaml:2" in run.faults[0]


def test_a_fault_in_one_loader_keeps_all_others_from_writing(monkeypatch):
    from cms import starter

    before = (Topic.objects.count(), HomePage.objects.count())

    def broken(run):
        run.fault("guide.yaml", 3, "there is no “x”")

    monkeypatch.setattr(starter, "_loaders", dict(_loaders))
    starter.register("broken", 99, lambda run, found: None, read=broken)
    with pytest.raises(StarterRefused) as refused:
        load_everything()
    assert refused.value.faults == ["guide.yaml:3: there is no “x”"]
    assert (Topic.objects.count(), HomePage.objects.count()) == before


def test_markdown_becomes_the_html_rich_text_keeps():
    html = rich_text(
        "### Mục\n\nChữ **đậm** và *nghiêng*, [liên kết](https://a.vn).\n\n- một\n- hai\n\n<script>x</script>"
    )
    assert html.startswith('<h2>Mục</h2><p>Chữ <b>đậm</b> và <i>nghiêng</i>, <a href="https://a.vn">liên kết</a>.</p>')
    assert "<ul><li>một</li><li>hai</li></ul>" in html
    assert "<script" not in html
