"""The starter content as files: whole in every language it is in, illustrated, dated, and no quiz passed by its pattern."""

import re
import uuid
from collections import Counter
from datetime import date

import pytest
from defusedxml import ElementTree

from cms.starter import Run
from courses.loading import read_courses
from tests.content.starter_files import (
    COURSES,
    FINAL,
    ROOT,
    VOCABULARY,
    bilingual,
    by_folder,
    course_files,
    guide_files,
    handbook_files,
    languages,
    lesson_files,
    page_files,
    picture_path,
    pictures,
    plain_fields,
    quiz_files,
    read,
    sentences,
    teaching_files,
    vietnamese,
)

BLOCK_TYPES = {
    "text",
    "image",
    "video",
    "steps",
    "callout",
    "procedure",
    "self_check",
    "mockup",
    "family_task",
    "simulation",
}
CALLOUTS = {"tip", "warning", "remember", "case"}
# Words a sentence has on average, at most: grades 6 to 9 read shorter ones.
LONGEST_AVERAGE = {"hoc-sinh-thcs": 18}
# The rows of the province's plan that ask for a course of theirs; of a course for pupils: reach them, teach them.
TASKS_OF = {"to-cong-nghe-so-cong-dong": {"II.1.g", "V.11.c"}, "can-bo-cong-chuc": {"II.1.a"}}

pages = pytest.mark.parametrize("path", [*lesson_files(), *guide_files()], ids=by_folder)
courses = pytest.mark.parametrize("path", course_files(), ids=by_folder)
lessons = pytest.mark.parametrize("path", lesson_files(), ids=by_folder)
teaching = pytest.mark.parametrize("path", teaching_files(), ids=by_folder)
guides = pytest.mark.parametrize("path", guide_files(), ids=by_folder)


# ---------------------------------------------------------------- every page


@pages
def test_every_text_is_in_all_languages_of_its_page(path):
    page = read(path)
    for where, pair in bilingual(page):
        assert set(pair) == languages(page), where
        assert all(text.strip() for text in pair.values()), where


@pages
@pytest.mark.slow
def test_vietnamese_is_composed_and_english_has_no_vietnamese_left(path):
    import unicodedata

    for where, pair in bilingual(read(path)):
        assert unicodedata.is_normalized("NFC", pair["vi"]), where
        english = pair.get("en", "")
        assert pair["vi"] != english or not re.search(r"[a-z]{3,} [a-z]{3,}", english), where


@pytest.mark.slow
@pages
def test_plain_fields_hold_no_markdown(path):
    """Only texts are drawn with marks; in a title or an answer the reader would see the asterisks."""
    for _, pair in plain_fields(read(path)):
        assert not re.search(r"\*\*|\]\(", pair["vi"]), pair["vi"]


@pages
def test_blocks_have_known_types_and_unique_ids(path):
    blocks = read(path)["blocks"]
    ids = [block["id"] for block in blocks]
    assert len(ids) == len(set(ids))
    for block in blocks:
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", block["id"])
        assert block["type"] in BLOCK_TYPES
        if block["type"] == "callout":
            assert block["kind"] in CALLOUTS
        if block["type"] == "self_check":
            assert sum(option["correct"] for option in block["options"]) == 1
            assert all(option["feedback"]["vi"] for option in block["options"])


@pages
def test_every_picture_exists_and_is_described(path):
    page = read(path)
    found = list(pictures(page))
    assert len(found) >= 3
    for name, alt in found:
        assert picture_path(path, name).is_file(), name
        assert alt, name
        assert len(alt["vi"]) > 20, name
    assert picture_path(path, page["cover"]["file"]).is_file()


@pages
def test_procedures_topics_and_audiences_exist(path):
    page = read(path)
    codes = {record["code"] for record in read(VOCABULARY / "procedures.yaml")}
    assert {block["code"] for block in page["blocks"] if block["type"] == "procedure"} <= codes
    assert set(page.get("procedures", [])) <= codes
    assert set(page.get("topics", [])) <= {record["slug"] for record in read(VOCABULARY / "topics.yaml")}
    assert set(page.get("audiences", [])) <= {record["slug"] for record in read(VOCABULARY / "audiences.yaml")}


@pages
def test_every_source_has_a_title_an_address_and_a_day(path):
    sources = read(path)["sources"]
    assert len(sources) >= 2
    for source in sources:
        assert source["title"]
        assert source["url"].startswith(("https://", "http://"))
        assert isinstance(source["seen_on"], date)


@pages
def test_sentences_are_short(path):
    lengths = [len(sentence.split()) for sentence in sentences(vietnamese(read(path)))]
    course = path.parent.parent / "course.yaml"
    audience = read(course)["audience"] if course.is_file() else ""
    assert sum(lengths) / len(lengths) <= LONGEST_AVERAGE.get(audience, 22)
    assert max(lengths) <= 45


@pytest.mark.slow
@pages
def test_addresses_that_are_not_real_lead_nowhere(path):
    """A made-up address in a lesson must not be one that somebody can register."""
    real = {"dichvucong.gov.vn", "hotro.dichvucong.gov.vn"}
    for _, pair in bilingual(read(path)["blocks"]):
        for host in re.findall(r"https?://([^/”\s]+)", " ".join(pair.values())):
            assert host in real or host.endswith(".example"), host


# ---------------------------------------------------------------- lessons


@courses
def test_course_names_its_lessons_its_readers_and_plan_rows(path):
    course = read(path)
    assert uuid.UUID(str(course["key"])).version == 4
    assert course["slug"] == path.parent.name
    assert course["lessons"]
    assert course["audience"] in {record["slug"] for record in read(VOCABULARY / "audiences.yaml")}
    assert course.get("grade_min", 1) <= course.get("grade_max", 12)
    assert TASKS_OF.get(course["audience"], {"II.1.q", "V.3.a"}) & set(course["plan_ids"])
    assert (path.parent / course["cover"]["file"]).is_file()
    for where, pair in bilingual(course):
        assert set(pair) == languages(course), where
        assert all(pair.values()), where


@pytest.mark.slow
def test_courses_stand_in_an_order_that_is_theirs_alone():
    orders = {path.parent.name: read(path)["order"] for path in course_files()}
    assert len(set(orders.values())) == len(orders)
    listed = [course.name for course in read_courses(Run())]
    assert listed == sorted(orders, key=orders.__getitem__)
    assert listed[:4] == ["em-lam-quen", "cong-dan-so", "bai-rut-gon", "sinh-vien"]


def test_the_upper_secondary_course_has_eight_lessons_and_ends_in_its_test():
    course = read(COURSES / "cong-dan-so" / "course.yaml")
    assert (course["grade_min"], course["grade_max"]) == (10, 12)
    assert course["lessons"] == [*(f"bai-{number}" for number in range(1, 9)), FINAL]


@teaching
def test_lesson_is_complete(path):
    lesson = read(path)
    kinds = Counter(block["type"] for block in lesson["blocks"])
    assert uuid.UUID(str(lesson["key"])).version == 4
    assert lesson["license"] == "CC BY 4.0"
    assert lesson["objectives"]
    assert kinds["self_check"] >= 2
    assert any(block.get("kind") == "case" for block in lesson["blocks"])
    assert len(vietnamese(lesson).split()) >= 500
    assert set(lesson["competences"]) <= {record["slug"] for record in read(VOCABULARY / "competences.yaml")}


@lessons
def test_cuts_name_blocks_in_their_order(path):
    lesson = read(path)
    order = [block["id"] for block in lesson["blocks"]]
    assert set(lesson["cuts"]) == {15, 30, 45}
    for chosen in lesson["cuts"].values():
        assert [name for name in order if name in chosen] == chosen
    assert set(lesson["cuts"][15]) <= set(lesson["cuts"][30]) <= set(lesson["cuts"][45])
    assert lesson["cuts"][45] == order


@courses
def test_a_course_has_a_family_task_in_which_the_relative_types(path):
    blocks = [b for lesson in lesson_files([path]) for b in read(lesson)["blocks"] if b["type"] == "family_task"]
    assert blocks
    for block in blocks:
        assert len(block["steps"]) >= 4
        assert "tự gõ" in block["text"]["vi"]


# ---------------------------------------------------------------- guides


@guides
def test_guide_covers_what_a_reader_needs(path):
    guide = read(path)
    assert guide["slug"] == path.parent.name
    assert guide["checked_on"] < guide["review_by"]
    assert guide["procedures"]
    kinds = Counter(block["type"] for block in guide["blocks"])
    assert kinds["procedure"] == 1
    assert kinds["steps"] == 1
    steps = next(block for block in guide["blocks"] if block["type"] == "steps")["steps"]
    assert sum(bool(step["image"]) for step in steps) >= 2
    warnings = [block for block in guide["blocks"] if block.get("kind") == "warning"]
    assert warnings, "scams to avoid"
    assert any(block.get("kind") == "tip" for block in guide["blocks"]), "common errors"


# The procedures whose guides come first: rows 1–5, 7, 10, 11, 13, 17, 18 and 20–23 of the list of services.
FIRST_GUIDES = {
    "cap-doi-the-can-cuoc",
    "cap-tai-khoan-dinh-danh-dien-tu-muc-2",
    "dang-ky-thi-tot-nghiep-thpt",
    "xet-tuyen-dai-hoc",
    "tuyen-sinh-dau-cap-lop-10",
    "dang-ky-tam-tru",
    "cap-ban-sao-trich-luc-ho-tich",
    "ban-sao-van-bang-tu-so-goc",
    "dang-ky-nghia-vu-quan-su-lan-dau",
    "the-bhyt-dien-tu",
    "thue-ca-nhan-etax-mobile",
    "phan-anh-kien-nghi",
    "tro-cap-huu-tri-xa-hoi",
    "chung-thuc-ban-sao-dien-tu",
    "thanh-toan-tra-cuu-danh-gia-ho-so",
}


def test_the_first_fifteen_guides_are_there():
    told = {code for path in guide_files() for code in read(path)["procedures"]}
    assert told >= FIRST_GUIDES
    assert len(FIRST_GUIDES) == 15


@guides
def test_a_guide_has_a_drawing_of_its_own(path):
    assert list(path.parent.glob("*.svg"))


# ---------------------------------------------------------------- vocabulary


def test_procedures_are_dated_sourced_and_fit_their_columns():
    records = read(VOCABULARY / "procedures.yaml")
    assert len({record["code"] for record in records}) == len(records) >= 23
    for record in records:
        assert record["level"] in ("full", "partial")
        assert record["checked_on"] < record["review_by"]
        assert record["sources"]
        assert record["documents"]
        assert isinstance(record["volatile"], bool)
        for name in ("name", "authority", "fee", "time"):
            assert set(record[name]) == set(record["name"]), record["code"]
            assert all(0 < len(text) <= 255 for text in record[name].values()), record["code"]
        for law in record["legal_basis"]:
            assert set(law) == {"title", "number", "date", "url"}
            assert law["number"] or law["date"], record["code"]


def test_languages_fall_back_on_one_another_and_end_in_vietnamese():
    records = {record["tag"]: record for record in read(VOCABULARY / "languages.yaml")}
    assert len(records) == 25
    for tag, record in records.items():
        assert record["direction"] == ("rtl" if record["script"] == "Arab" else "ltr")
        assert re.fullmatch(r"[A-Z][a-z]{3}", record["script"])
        assert tag not in record["fallbacks"]
        assert set(record["fallbacks"]) <= set(records)
        assert record["fallbacks"][-1:] == ([] if tag == "vi" else ["vi"])


@pytest.mark.parametrize("name", ["topics", "audiences", "competences"])
def test_terms_have_one_slug_and_two_names(name):
    records = read(VOCABULARY / f"{name}.yaml")
    assert len({record["slug"] for record in records}) == len(records)
    assert all(record["name"]["vi"] and record["name"]["en"] for record in records)
    if name == "competences":
        assert [record["slug"] for record in records] == ["M1", "M2", "M3", "M4", "M5", "M6"]


def test_portal_links_are_dated():
    for record in read(VOCABULARY / "portal_links.yaml"):
        assert isinstance(record["checked_on"], date)
        assert record["name"]["vi"]


# ---------------------------------------------------------------- pictures


def drawings():
    folders = (ROOT / "courses" / "starter", ROOT / "cms" / "starter")
    # Sheets to print have sizes of their own (tests/content/test_starter_materials.py).
    found = (path for folder in folders for path in folder.rglob("*.svg"))
    return sorted(path for path in found if "materials" not in path.parts)


@pytest.mark.parametrize("path", drawings(), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_drawing_is_small_plain_and_says_nothing_but_illustration(path):
    source = path.read_text(encoding="utf-8")
    assert len(source.encode()) <= 12 * 1024
    picture = ElementTree.fromstring(source)
    assert picture.get("viewBox") == "0 0 800 500"
    for node in picture.iter():
        assert node.tag.rpartition("}")[2] in {"svg", "g", "rect", "circle", "ellipse", "path", "text"}, node.tag
        assert not any(name.startswith("on") or name.endswith("href") or name == "style" for name in node.attrib)
        assert not (node.text or "").strip() or node.text == "minh hoạ"


@pytest.mark.slow
def test_every_drawing_is_used():
    used = {path.parent / read(path)["cover"]["file"] for path in course_files()}
    for path in (*lesson_files(), *guide_files(), *page_files(), *handbook_files()):
        used |= {picture_path(path, name) for name, _ in pictures(read(path))}
    for path in quiz_files():
        for question in read(path)["questions"]:
            names = [question.get("picture"), *(option.get("picture") for option in question.get("options", []))]
            used |= {picture_path(path, name) for name in names if name}
    assert set(drawings()) == used
