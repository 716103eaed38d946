"""The starter content as files: whole, in both languages, illustrated, dated, and a quiz nobody passes by its pattern."""

import re
import uuid
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
import yaml
from defusedxml import ElementTree

ROOT = Path(__file__).resolve().parents[2]
COURSE = ROOT / "courses" / "starter" / "cong-dan-so"
GUIDES = ROOT / "cms" / "starter" / "guides"
PICTURES = ROOT / "cms" / "starter" / "pictures"
VOCABULARY = ROOT / "cms" / "vocabulary" / "starter"

BLOCK_TYPES = {"text", "image", "video", "steps", "callout", "procedure", "self_check", "family_task"}
CALLOUTS = {"tip", "warning", "remember", "case"}


def read(path: Path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def lesson_files():
    return [COURSE / name / "lesson.yaml" for name in read(COURSE / "course.yaml")["lessons"]]


def quiz_files():
    return [path.with_name("quiz.yaml") for path in lesson_files()]


def guide_files():
    return sorted(GUIDES.glob("*/guide.yaml"))


def by_folder(path: Path) -> str:
    return path.parent.name


pages = pytest.mark.parametrize("path", [*lesson_files(), *guide_files()], ids=by_folder)
lessons = pytest.mark.parametrize("path", lesson_files(), ids=by_folder)
guides = pytest.mark.parametrize("path", guide_files(), ids=by_folder)
quizzes = pytest.mark.parametrize("path", quiz_files(), ids=by_folder)


def bilingual(node, where=""):
    """Every {vi, en} pair below `node`, with the place where it stands."""
    if isinstance(node, dict):
        if "vi" in node or "en" in node:
            yield where, node
        else:
            for key, value in node.items():
                yield from bilingual(value, f"{where}/{key}")
    elif isinstance(node, list):
        for place, value in enumerate(node):
            yield from bilingual(value, f"{where}/{value.get('id', place) if isinstance(value, dict) else place}")


def pictures(node):
    """Every (file, alt) of a page."""
    if isinstance(node, dict):
        name = node.get("file") or node.get("image")
        if isinstance(name, str) and name.endswith(".svg"):
            yield name, node.get("alt")
        for value in node.values():
            yield from pictures(value)
    elif isinstance(node, list):
        for value in node:
            yield from pictures(value)


def vietnamese(page) -> str:
    """What a reader reads of a page in Vietnamese, without Markdown marks."""
    text = []
    for block in page["blocks"]:
        for _, pair in bilingual(block):
            text.append(pair["vi"])
    return re.sub(r"https?://\S+|[*_#]|^\s*(?:[-–]|\d+\.)\s+", " ", "\n".join(text), flags=re.M)


def sentences(text: str) -> list[str]:
    """Sentences with at least one word; a line break ends one, a full stop inside an address does not."""
    return [part for part in re.split(r"[.?!…]+(?:[\s”»)]|$)|\n", text) if re.search(r"\w", part)]


def picture_path(page_path: Path, name: str) -> Path:
    own = page_path.parent / name
    return own if own.exists() else PICTURES / name


# ---------------------------------------------------------------- every page


@pages
def test_every_text_is_in_vietnamese_and_english(path):
    for where, pair in bilingual(read(path)):
        assert set(pair) == {"vi", "en"}, where
        assert pair["vi"].strip(), where
        assert pair["en"].strip(), where


@pages
def test_vietnamese_is_composed_and_english_has_no_vietnamese_left(path):
    import unicodedata

    for where, pair in bilingual(read(path)):
        assert unicodedata.is_normalized("NFC", pair["vi"]), where
        assert pair["vi"] != pair["en"] or not re.search(r"[a-z]{3,} [a-z]{3,}", pair["en"]), where


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
    assert sum(lengths) / len(lengths) <= 22
    assert max(lengths) <= 45


@pages
def test_addresses_that_are_not_real_lead_nowhere(path):
    """A made-up address in a lesson must not be one that somebody can register."""
    real = {"dichvucong.gov.vn", "hotro.dichvucong.gov.vn"}
    for _, pair in bilingual(read(path)["blocks"]):
        for host in re.findall(r"https?://([^/”\s]+)", pair["vi"] + " " + pair["en"]):
            assert host in real or host.endswith(".example"), host


# ---------------------------------------------------------------- lessons


def test_course_names_its_lessons_and_plan_rows():
    course = read(COURSE / "course.yaml")
    assert uuid.UUID(str(course["key"])).version == 4
    assert 10 <= course["grade_min"] <= course["grade_max"] <= 12
    assert "II.1.q" in course["plan_ids"]
    assert (COURSE / course["cover"]["file"]).is_file()
    for where, pair in bilingual(course):
        assert pair["vi"], where
        assert pair["en"], where


@lessons
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


def test_there_is_a_family_task_in_which_the_relative_types():
    blocks = [block for path in lesson_files() for block in read(path)["blocks"] if block["type"] == "family_task"]
    assert len(blocks) == 1
    assert len(blocks[0]["steps"]) >= 4
    assert "tự gõ" in blocks[0]["text"]["vi"]


# ---------------------------------------------------------------- quizzes


def test_no_identity_is_used_twice():
    keys = [str(read(COURSE / "course.yaml")["key"])]
    for path in lesson_files():
        keys.append(str(read(path)["key"]))
        quiz = read(path.with_name("quiz.yaml"))
        keys.append(str(quiz["key"]))
        for question in quiz["questions"]:
            keys.append(str(question["id"]))
            keys.extend(str(option["id"]) for option in question["options"])
    assert len(keys) == len(set(keys))
    assert all(uuid.UUID(key).version == 4 for key in keys)


@quizzes
def test_quiz_is_a_quiz_of_ten(path):
    quiz = read(path)
    questions = quiz["questions"]
    assert len(questions) == 10
    assert quiz["attempts"] >= 5
    assert 0 < quiz["pass_percent"] <= 100
    assert {question["type"] for question in questions} == {"single", "multiple", "true_false"}
    assert sum(question["situation"] for question in questions) >= 0.6 * len(questions)
    topics = {record["slug"] for record in read(VOCABULARY / "topics.yaml")}
    codes = {record["code"] for record in read(VOCABULARY / "procedures.yaml")} | {None}
    for question in questions:
        assert question["topic"] in topics
        assert question["procedure"] in codes
        assert question["difficulty"] in (1, 2, 3)
        assert re.search(r"\d{1,2}/\d{1,2}/\d{4}", question["source"])


@quizzes
def test_every_option_says_why_and_types_have_the_right_number_of_answers(path):
    for question in read(path)["questions"]:
        right = sum(option["correct"] for option in question["options"])
        count = len(question["options"])
        if question["type"] == "multiple":
            assert 2 <= right < count
        else:
            assert right == 1
        assert count == 2 if question["type"] == "true_false" else count >= 4
        for where, pair in bilingual(question, question["stem"]["vi"]):
            assert pair["vi"] and pair["en"], where
        assert all(option["why"]["vi"] for option in question["options"])
        assert question["explanation"]["vi"]


@quizzes
def test_right_answers_follow_no_pattern(path):
    """Choosing always one place, or always the longest or shortest text, stays well below the pass mark."""
    for language in ("vi", "en"):
        singles = [question for question in read(path)["questions"] if question["type"] == "single"]
        places, longest, shortest = Counter(), 0, 0
        for question in singles:
            lengths = [len(option["text"][language]) for option in question["options"]]
            right = next(place for place, option in enumerate(question["options"]) if option["correct"])
            places[right] += 1
            longest += lengths[right] == max(lengths) and lengths.count(max(lengths)) == 1
            shortest += lengths[right] == min(lengths) and lengths.count(min(lengths)) == 1
            assert max(lengths) <= 2.6 * min(lengths), question["stem"][language]
        assert max(places.values()) <= len(singles) / 2, places
        assert longest <= len(singles) / 2, (language, longest)
        assert shortest <= len(singles) / 2, (language, shortest)
    true_false = [question for question in read(path)["questions"] if question["type"] == "true_false"]
    assert {question["options"][0]["correct"] for question in true_false} == {True, False}


@quizzes
def test_no_question_asks_for_decree_numbers_dates_or_amounts(path):
    for question in read(path)["questions"]:
        asked = question["stem"]["vi"] + " ".join(option["text"]["vi"] for option in question["options"])
        assert not re.search(r"\d+/\d{4}|NĐ-CP|Nghị định|\d[\d.]* đồng|Thông tư|ngày làm việc", asked), asked


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


# ---------------------------------------------------------------- vocabulary


def test_procedures_are_dated_sourced_and_fit_their_columns():
    records = read(VOCABULARY / "procedures.yaml")
    assert len({record["code"] for record in records}) == len(records) >= 5
    for record in records:
        assert record["level"] in ("full", "partial")
        assert record["checked_on"] < record["review_by"]
        assert record["sources"]
        assert record["documents"]
        assert isinstance(record["volatile"], bool)
        for name in ("name", "authority", "fee", "time"):
            assert all(0 < len(record[name][language]) <= 255 for language in ("vi", "en")), record["code"]
        for law in record["legal_basis"]:
            assert set(law) == {"title", "number", "date", "url"}


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
        assert record["name"]["en"]


# ---------------------------------------------------------------- pictures


def drawings():
    folders = (ROOT / "courses" / "starter", ROOT / "cms" / "starter")
    return sorted(path for folder in folders for path in folder.rglob("*.svg"))


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


def test_every_drawing_is_used():
    used = {COURSE / read(COURSE / "course.yaml")["cover"]["file"]}
    for path in (*lesson_files(), *guide_files()):
        used |= {picture_path(path, name) for name, _ in pictures(read(path))}
    assert set(drawings()) == used
