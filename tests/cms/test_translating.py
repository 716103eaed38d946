"""Translating a page: a source that moves, two people on one text, files that come back, rights that end at a language."""

import re
from unicodedata import normalize

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from wagtail_localize.models import StringTranslation, Translation, TranslationSource

from cms.text.direction import runs_against
from cms.translating import exchange
from cms.translating.models import GlossaryTerm, LanguageRole, NativeReview, SegmentEdit
from cms.translating.operations.interface import NotYourLanguage
from cms.translating.operations.segments import (
    SegmentFault,
    SegmentLocked,
    cleaned,
    lock_segment,
    save_segment,
    sign_native,
    start_translation,
)
from cms.translating.queries import queue, to_sign
from cms.translating.segments import segments_of
from cms.vocabulary.models import ContentLanguage
from schools.models import Notification
from tests.factories.cms import EditorFactory, GuidePageFactory, HomePageFactory, LocaleFactory

pytestmark = pytest.mark.django_db
BODY = [("text", "<p>Mở Cổng dịch vụ công.</p><p>Chọn <b>thủ tục</b>.</p><p>Nộp hồ sơ.</p>")]


def language(tag: str) -> ContentLanguage:
    values = {"autonym": tag, "name_vi": tag, "name_en": tag, "fallbacks": ["vi"]}
    return ContentLanguage.objects.get_or_create(tag=tag, defaults=values)[0]


def someone(kind: str, tag: str):
    user = EditorFactory("Translators")
    LanguageRole.objects.create(user=user, language=language(tag), kind=kind)
    return user


@pytest.fixture
def guide():
    HomePageFactory("en")
    return GuidePageFactory(body=BODY, title="Nộp hồ sơ từ nhà", summary="")


@pytest.fixture
def translation(guide) -> Translation:
    source, _made = TranslationSource.update_or_create_from_instance(guide)
    return Translation.objects.create(source=source, target_locale=LocaleFactory("en"))


def segment(translation, words: str):
    (found,) = [one for one in segments_of(translation) if words in one.source]
    return found


def write(translation, words: str, text: str, by, before: str | None = None):
    one = segment(translation, words)
    return save_segment(
        translation=translation,
        context_id=one.context_id,
        string_id=one.string_id,
        text=text,
        before=one.text if before is None else before,
        by=by,
    )


def published(page, html: str):
    """Other words in the same block, as an editor writes them."""
    page = type(page).objects.get(pk=page.pk)
    block = page.body[0]
    page.body = [{"type": "text", "id": block.id, "value": html}]
    page.save_revision().publish()


def test_a_source_that_moves_leaves_the_text_and_says_what_changed(guide, translation):
    translator, native = someone("translator", "en"), someone("reviewer", "en")
    write(translation, "Cổng", "Open the portal.", translator)
    write(translation, "Nộp hồ sơ.", "File it.", translator)
    one = segment(translation, "Nộp hồ sơ.")
    lock_segment(translation=translation, context_id=one.context_id, string_id=one.string_id, locked=True, by=native)
    published(guide, "<p>Mở Cổng dịch vụ công quốc gia.</p><p>Chọn <b>thủ tục</b>.</p><p>Nộp hồ sơ ngay.</p>")
    # Only the text of the block moved place by place: same block, same places.
    guide.refresh_from_db()
    moved = segment(translation, "quốc gia") if translation.source.stringsegment_set.count() else None
    assert moved is not None
    assert (moved.text, moved.state) == ("Open the portal.", "stale")
    assert ("new", "quốc gia") in [(kind, text.strip()) for kind, text in moved.changes]
    held = segment(translation, "ngay")
    assert (held.text, held.state, held.is_locked) == ("File it.", "stale", True)
    # It moves once more: what was translated stays the measure.
    published(guide, "<p>Vào Cổng dịch vụ công quốc gia.</p><p>Chọn <b>thủ tục</b>.</p><p>Nộp hồ sơ ngay.</p>")
    moved = segment(translation, "Vào")
    assert moved.source_before == "Mở Cổng dịch vụ công." and moved.text == "Open the portal."
    # The translator hears of each move once, and finds it first in the list.
    told = Notification.objects.filter(user=translator, kind="source_moved")
    assert told.count() == 2 and "Nộp hồ sơ từ nhà" in told[0].context["title"]
    assert [(row.pk, row.stale) for row in queue(translator)] == [(translation.pk, 2)]
    with pytest.raises(SegmentLocked):
        write(translation, "ngay", "File it now.", translator)
    write(translation, "Vào", "Go to the portal.", translator)
    assert segment(translation, "Vào").state == "done"
    # Published with a text older than its source, the page never falls back to Vietnamese in the middle.
    translation.save_target(user=native, publish=False)
    english = guide.get_translation(LocaleFactory("en")).get_latest_revision_as_object()
    assert "File it." in str(english.body) and "Nộp hồ sơ ngay" not in str(english.body)


def test_of_two_translators_nobody_loses_a_text(translation):
    first, second = someone("translator", "en"), someone("translator", "en")
    assert write(translation, "Cổng", "Open the portal.", first).changed
    assert not write(translation, "Cổng", "Open the portal.", first, before="").changed
    outcome = write(translation, "Cổng", "Go to the portal.", second, before="")
    assert outcome.clash and not outcome.changed
    write(translation, "Cổng", "Go to the portal.", second, before="")
    assert segment(translation, "Cổng").text == "Open the portal."
    assert list(SegmentEdit.objects.values_list("text", "taken").order_by("pk")) == [
        ("Open the portal.", True),
        ("Go to the portal.", False),
    ]
    with pytest.raises(NotYourLanguage):
        write(translation, "Cổng", "Ouvrir", someone("translator", "fr"))
    with pytest.raises(SegmentFault):
        write(translation, "thủ tục", "Choose <script>x</script>.", first)
    assert write(translation, "thủ tục", "Choose a <b>procedure</b>.", first).changed


def test_old_letters_are_put_into_todays_and_shown_before_and_after():
    assert cleaned("Đường") == ("Đường", "")
    apart = normalize("NFD", "Đường")
    assert cleaned(apart)[0] == "Đường" and cleaned(apart)[1] == apart
    assert cleaned("§¨ng ký dÞch vô c«ng trùc tuyÕn")[0] == "Đăng ký dịch vụ công trực tuyến"
    # Gia Rai writes ñ itself, which VNI has for đ.
    assert cleaned("Ñu nao") == ("Ñu nao", "")
    # Signs that turn letters around come along out of messages; they would turn the page.
    assert cleaned("Nộp \u202ehồ sơ\u202c")[0] == "Nộp hồ sơ"
    # The space nobody sees parts words in Khmer: it is no dirt.
    assert cleaned("ភាសា\u200bខ្មែរ") == ("ភាសា\u200bខ្មែរ", "")


def test_a_text_that_runs_the_other_way_is_marked():
    arabic, latin = "اكتب هنا اسمك الكامل", "Nộp hồ sơ trên mạng ngay"
    assert runs_against(arabic, rtl=False) and runs_against(latin, rtl=True)
    assert not runs_against(arabic, rtl=True) and not runs_against(latin, rtl=False)
    assert not runs_against("VNeID", rtl=True) and not runs_against("", rtl=True) and not runs_against("12", rtl=True)


def test_a_text_for_a_source_that_has_moved_is_never_lost(translation, guide):
    """Also where its successor is locked, its marks do not fit, or its letters are old ones."""
    translator = someone("translator", "en")
    write(translation, "Cổng", "Open the portal.", translator)
    write(translation, "thủ tục", "Choose a <b>procedure</b>.", translator)
    one = segment(translation, "Cổng")
    lock_segment(
        translation=translation, context_id=one.context_id, string_id=one.string_id, locked=True, by=translator
    )
    lines = {line.text: line for line in exchange.read(exchange.write(translation, "xlsx"), "t.xlsx")}
    published(guide, "<p>Vào Cổng dịch vụ công.</p><p>Chọn đúng <b>thủ tục</b>.</p><p>Nộp hồ sơ.</p>")
    lines["Open the portal."].text = "Go to the portal."
    lines["Choose a <b>procedure</b>."].text = "Choose <script>one</script>."
    taken = exchange.take(translation, lines.values(), by=translator)
    assert len(taken.flagged) == 2
    assert segment(translation, "Vào").text == "Open the portal."
    assert segment(translation, "đúng").text == "Choose a <b>procedure</b>."
    aside = SegmentEdit.objects.filter(taken=False).values_list("text", flat=True)
    assert set(aside) == {"Go to the portal.", "Choose <script>one</script>."}


@pytest.mark.parametrize("kind", exchange.FORMATS)
def test_a_file_goes_out_and_comes_back(translation, guide, kind):
    translator = someone("translator", "en")
    write(translation, "Cổng", "=Open the portal & more.", translator)
    raw = exchange.write(translation, kind)
    taken = exchange.take(translation, exchange.read(raw, f"t.{kind}"), by=translator)
    assert (taken.changed, taken.flagged, taken.refused) == (0, [], []), "what went out came back as it was"
    # Written at home: a new text, a number that was touched, a number twice, a row of another page.
    lines = exchange.read(raw, f"t.{kind}")
    by_number = {line.number: line for line in lines}
    one, two = segment(translation, "thủ tục"), segment(translation, "Nộp hồ sơ.")
    by_number[one.number].text = "Choose a <b>procedure</b>."
    by_number[two.number].text = "File it."
    touched = exchange.Line("dòng 9", two.number[:-1] + ("0" if two.number[-1] != "0" else "1"), "x")
    twice = exchange.Line("dòng 10", one.number, "Another")
    taken = exchange.take(translation, [*lines, touched, twice], by=translator)
    assert (taken.changed, len(taken.refused)) == (2, 2)
    assert "dòng 9: mã đoạn đã bị sửa" in taken.refused[0]
    assert segment(translation, "thủ tục").text == "Choose a <b>procedure</b>."
    # Taken home again; meanwhile the source moves and somebody else saves a text.
    lines = {line.number: line for line in exchange.read(exchange.write(translation, kind), f"t.{kind}")}
    portal, filing = segment(translation, "Cổng"), segment(translation, "Nộp hồ sơ.")
    write(translation, "Nộp hồ sơ.", "Hand it in.", someone("translator", "en"))
    published(guide, "<p>Vào Cổng dịch vụ công.</p><p>Chọn <b>thủ tục</b>.</p><p>Nộp hồ sơ.</p>")
    lines[portal.number].text = "Enter the portal."
    lines[filing.number].text = "Send it."
    taken = exchange.take(translation, lines.values(), by=translator)
    assert taken.changed == 0 and taken.refused == [] and len(taken.flagged) == 2, taken
    assert segment(translation, "Nộp hồ sơ.").text == "Hand it in."
    moved = segment(translation, "Vào")
    assert (moved.text, moved.state) == ("Enter the portal.", "stale")
    assert SegmentEdit.objects.filter(text="Send it.", taken=False).exists()
    # The same file once more says nothing new.
    again = exchange.take(translation, lines.values(), by=translator)
    assert again.changed == 0 and segment(translation, "Nộp hồ sơ.").text == "Hand it in."


@pytest.mark.parametrize(
    ("name", "raw", "says"),
    [
        ("x.exe", b"MZ", "không phải"),
        ("x.xlsx", b"PK\x03\x04 broken", "Không mở được"),
        ("x.docx", b"no word file", "Không mở được"),
        ("x.po", b"\xff\xfe\x00", "Không mở được"),
        ("x.po", b"hello", "không có bảng"),
        ("x.xlsx", b"0" * (exchange.MAX_BYTES + 1), "5 MB"),
    ],
)
def test_what_is_no_such_file_is_refused_in_words(name, raw, says):
    with pytest.raises(exchange.UnreadableFile, match=says):
        exchange.read(raw, name)


def test_a_translator_at_the_desk(client, translation, guide):
    translator = someone("translator", "en")
    GlossaryTerm.objects.create(term="thủ tục", language=language("en"), translation="procedure")
    client.force_login(translator)
    address = f"/admin/languages/translate/{translation.pk}/"
    page = client.get(address).content.decode()
    assert "procedure" in page and 'lang="en"' in page and 'lang="vi"' in page
    # Saving is the main button, and nothing on the desk deletes.
    assert (
        re.search(r'<button class="button" type="submit">\s*Lưu', page)
        and "Xoá" not in re.sub(r"<script.*?</script>", "", page, flags=re.S).split("<main", 1)[-1]
    )
    one = segment(translation, "Cổng")
    place = f"{one.context_id}-{one.string_id}"
    client.post(address, {f"text:{place}": "Open the portal.", f"before:{place}": ""})
    assert segment(translation, "Cổng").text == "Open the portal."
    answer = client.post(address, {f"text:{place}": "Other", f"before:{place}": ""}, follow=True).content.decode()
    assert "Other" in answer and "Open the portal." in answer and "Có người đã lưu" in answer
    client.post(address, {"lock": place})
    assert segment(translation, "Cổng").is_locked
    client.post(address, {"unlock": place})
    # A file there and back through the browser.
    raw = client.get(f"{address}file.xlsx")
    assert raw["Content-Disposition"].endswith('.xlsx"')
    file = SimpleUploadedFile("t.xlsx", raw.content)
    answer = client.post(f"{address}upload/", {"file": file}, follow=True).content.decode()
    assert "Đã nhận 0 đoạn" in answer
    assert "Hãy chọn tệp" in client.post(f"{address}upload/", follow=True).content.decode()
    # The draft of the page leads back to the desk, and goes to the reviewers from there.
    client.post(address, {"hand_in": "1"})
    english = guide.get_translation(LocaleFactory("en"))
    assert not english.live
    assert client.get(f"/admin/pages/{english.pk}/edit/")["Location"] == address
    # A page in no language of theirs they may not change, by no address.
    assert client.get(f"/admin/pages/{guide.pk}/edit/")["Location"].endswith("/admin/")
    other = Translation.objects.create(source=translation.source, target_locale=LocaleFactory("fr"))
    assert client.post(f"/admin/languages/translate/{other.pk}/", {})["Location"].endswith("/admin/")
    assert client.get(f"/admin/languages/translate/{other.pk}/file.po").status_code == 302
    segment_pk = translation.source.stringsegment_set.first().pk
    tool = f"/admin/localize/translate/{other.pk}/strings/{segment_pk}/edit/"
    assert client.put(tool, {"value": "x"}, content_type="application/json").status_code in {302, 403}
    assert not StringTranslation.objects.filter(locale=LocaleFactory("fr")).exists()


def come_out(translation, page, by) -> None:
    """Published as the back end does it: a revision of its own, made of the texts that stand there."""
    translation.save_target(user=by, publish=False)
    page.refresh_from_db()
    page.get_latest_revision().publish()
    page.refresh_from_db()


def test_a_translator_begins_on_the_board_and_a_native_reviewer_hears_of_the_draft(client, guide):
    translator, native = someone("translator", "en"), someone("reviewer", "en")
    client.force_login(translator)
    board = "/admin/languages/board/?language=en&language=crw"
    address = f"/admin/languages/pages/{guide.pk}/start/"
    shown = client.get(board).content.decode()
    # The site is not switched on in Chơ Ro: there is no page to be written.
    assert f"{address}en/" in shown and f"{address}crw/" not in shown
    desk = client.post(f"{address}en/")["Location"]
    translation = Translation.objects.get()
    assert desk == f"/admin/languages/translate/{translation.pk}/" == client.post(f"{address}en/")["Location"]
    assert f"{address}en/" not in client.get(board).content.decode()
    assert [(row.pk, row.missing > 0) for row in queue(translator)] == [(translation.pk, True)]
    with pytest.raises(SegmentFault):
        start_translation(page=guide, language=language("crw"), by=someone("translator", "crw"))
    with pytest.raises(NotYourLanguage):
        start_translation(page=guide, language=language("en"), by=someone("translator", "fr"))
    write(translation, "Cổng", "Open the portal.", translator)
    told = client.post(desk, {"hand_in": "1"}, follow=True).content.decode()
    assert "đoạn chưa xong" in told
    (heard,) = Notification.objects.filter(kind="translation_handed_in")
    assert (heard.user, heard.url) == (native, desk)
    english = guide.get_translation(LocaleFactory("en"))
    client.force_login(native)
    sign = f"/admin/languages/pages/{english.pk}/sign/"
    mine = client.get("/admin/languages/mine/").content.decode()
    assert sign in mine and f"/admin/pages/{english.pk}/view_draft/" in mine
    assert sign not in client.post(sign, follow=True).content.decode()
    # Publishing makes a revision of its own; the words are those that were signed.
    come_out(translation, english, native)
    # What leads to it is still to be read and signed.
    assert english.pk not in {row.pk for row in to_sign(native)}
    write(translation, "Nộp hồ sơ.", "File it.", translator)
    come_out(translation, english, native)
    assert (english.pk, translation.pk) in [(row.pk, row.desk) for row in to_sign(native)]
    # What falls back is said to readers, for as long as something does.
    notice = "not translated yet: they stand here in Vietnamese"
    assert notice in client.get(english.get_url()).content.decode()
    for one in segments_of(translation):
        save_segment(
            translation=translation, context_id=one.context_id, string_id=one.string_id,
            text=one.text or one.source, before=one.text, by=translator,
        )  # fmt: skip
    come_out(translation, english, native)
    cache.clear()
    assert notice not in client.get(english.get_url()).content.decode()
    # What was written in a language by itself is not written over from the desk.
    own = GuidePageFactory(english.get_parent(), title="Own", locale=english.locale)
    other = GuidePageFactory(guide.get_parent(), title="Riêng", translation_key=own.translation_key)
    with pytest.raises(SegmentFault, match="by itself"):
        start_translation(page=other, language=language("en"), by=translator)


def test_a_native_reviewer_signs_a_page_once(client, translation, guide):
    native, editor = someone("reviewer", "en"), EditorFactory()
    write(translation, "Cổng", "Open the portal.", native)
    translation.save_target(user=native, publish=False)
    english = guide.get_translation(LocaleFactory("en"))
    with pytest.raises(NotYourLanguage):
        sign_native(page=english, by=editor)
    client.force_login(native)
    for _time in range(2):
        assert client.post(f"/admin/languages/pages/{english.pk}/sign/").status_code == 302
    (review,) = NativeReview.objects.all()
    assert (review.signed_by, review.language.tag) == (native, "en")


# --- The board --------------------------------------------------------------------------------------------------------


def counted(client, path: str) -> tuple[int, str]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        page = client.get(path)
    assert page.status_code == 200
    return len(asked), page.content.decode()


def test_the_board_shows_what_is_there_and_what_is_old_at_a_constant_cost(client, translation, guide):
    native = someone("reviewer", "en")
    client.force_login(native)
    write(translation, "Cổng", "Open the portal.", native)
    translation.save_target(user=native, publish=False)
    english = guide.get_translation(LocaleFactory("en"))
    english.get_latest_revision().publish()
    english.refresh_from_db()
    sign_native(page=english, by=native)
    ContentLanguage.objects.filter(pk=language("crw").pk).update(audio_first=True)
    path = "/admin/languages/board/?language=en&language=crw"
    few, page = counted(client, path)

    def cells(page: str) -> str:
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page.split("Nộp hồ sơ từ nhà", 1)[1].split("</tr>", 1)[0]))

    # On a phone each row is a card: its cells say their language themselves.
    labels = re.findall(r'<td class="lb-cell" data-label="([^"]+)"', page)
    assert len(set(labels)) == 2 and all(f'<th scope="col">{label}<br>' in page for label in labels)
    # The guide, its list and the home page: readers meet those first.
    section = guide.get_parent()
    assert len(labels) == 2 * 3 and section.title in page and section.get_parent().title in page
    assert "✓ Chữ" in cells(page) and "✓ Người bản ngữ duyệt" in cells(page) and "cần người thu âm" in cells(page)
    published(guide, "<p>Vào Cổng dịch vụ công.</p><p>Chọn <b>thủ tục</b>.</p><p>Nộp hồ sơ.</p>")
    for number in range(3):
        other = GuidePageFactory(guide.get_parent(), title=f"Thêm {number}")
        source, _made = TranslationSource.update_or_create_from_instance(other)
        made = Translation.objects.create(source=source, target_locale=LocaleFactory("en"))
        made.save_target(user=native, publish=False)
    many, page = counted(client, path)
    assert many == few
    assert "↻ Chữ" in cells(page) and "bản gốc vừa đổi hôm nay" in cells(page)
    assert f"/admin/languages/translate/{translation.pk}/" in page
    assert counted(client, "/admin/languages/mine/")[1].count("/admin/languages/translate/") >= 4


def test_a_room_tells_the_board_of_recordings_in_its_own_languages(guide):
    from cms.translating import board

    board.register_recordings("test", lambda keys: [(key, "crw", "audio") for key in keys])
    try:
        (row,) = board.rows([guide.page_ptr if hasattr(guide, "page_ptr") else guide], [language("crw")])
    finally:
        board._finders.pop("test")
    assert (row.cells[0].audio, row.cells[0].text, row.cells[0].sign) == ("yes", "no", "")
