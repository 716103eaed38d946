"""The pages about the site as files: first steps for those who work here, words old and new, messages to copy."""

import re
import unicodedata
from datetime import date

import pytest
from django.urls import resolve

from cms.blocks import TO_FILL_IN
from tests.content.starter_files import (
    PAGES,
    bilingual,
    by_folder,
    page_files,
    picture_path,
    pictures,
    plain_fields,
    read,
    sentences,
)

pages = pytest.mark.parametrize("path", page_files(), ids=by_folder)
FIRST_STEPS = [PAGES / f"bat-dau-{who}" / "page.yaml" for who in ("giao-vien", "quan-tri", "bien-tap", "can-bo-tinh")]
first_steps = pytest.mark.parametrize("path", FIRST_STEPS, ids=by_folder)


def words(page) -> str:
    return "\n".join(pair["vi"] for block in page["blocks"] for _, pair in bilingual(block))


def messages(path=PAGES / "tin-nhan-mau" / "page.yaml"):
    return [block for block in read(path)["blocks"] if block["type"] == "message"]


@pages
def test_page_is_composed_illustrated_in_words_and_reads_easily(path):
    page = read(path)
    for where, pair in bilingual(page):
        assert set(pair) == set(page["title"]), where
        assert all(text.strip() for text in pair.values()), where
        assert unicodedata.is_normalized("NFC", pair["vi"]), where
    for _, pair in plain_fields(page):
        assert not re.search(r"\*\*|\]\(", pair["vi"]), pair["vi"]
    for name, alt in pictures(page["blocks"]):
        assert picture_path(path, name).is_file(), name
        assert len(alt["vi"]) > 20, name
    plain = re.sub(r"\]\([^)]*\)|[*_#\[]|^\s*(?:-|\d+\.)\s+", " ", words(page), flags=re.M)
    lengths = [len(sentence.split()) for sentence in sentences(plain)]
    assert sum(lengths) / len(lengths) <= 22
    assert max(lengths) <= 45


@pages
def test_links_inside_the_site_lead_somewhere(path):
    slugs = {read(page)["slug"]["vi"] for page in page_files()} | {"hoc", "huong-dan", "video"}
    for address in re.findall(r"\]\(([^)]*)\)", words(read(path))):
        assert address.startswith("/"), address
        assert resolve(address).url_name != "wagtail_serve" or address.strip("/").split("/")[-1] in slugs, address


@first_steps
def test_first_steps_stand_below_their_page_and_fit_a_quarter_of_an_hour(path):
    page = read(path)
    assert page["parent"] == "bat-dau"
    titles = [block["title"]["vi"] for block in page["blocks"] if block["type"] == "steps"]
    ends = [0]
    for title in titles:
        begins, end = map(int, re.match(r"Phút (\d+)–(\d+): ", title).groups())
        assert begins == ends[-1] + 1
        ends.append(end)
    assert ends[-1] == 15
    assert any(block["type"] == "image" for block in page["blocks"])


def test_words_that_may_change_again_are_dated_and_sourced():
    page = read(PAGES / "thuat-ngu" / "page.yaml")
    assert page["checked_on"] < page["review_by"]
    assert len(page["sources"]) >= 5
    assert all(source["url"].startswith("http") and isinstance(source["seen_on"], date) for source in page["sources"])
    for word in ("toàn trình", "một phần", "mức 2", "ký số", "bản sao điện tử", "Trung tâm Phục vụ hành chính công"):
        assert word in words(page), word


@pytest.mark.parametrize("message", messages(), ids=lambda message: message["id"])
def test_a_message_is_short_and_says_what_to_fill_in(message):
    text = message["text"]["vi"]
    assert len(text) <= 600
    assert TO_FILL_IN.search(text)
    assert text.count("[") == text.count("]") == len(TO_FILL_IN.findall(text))
    assert not re.search(r"https?://|\*\*|\b0\d{8,}", text)


def test_teachers_and_teams_both_have_messages():
    assert len(messages()) >= 8
