"""A lesson on the wall: every block has its screens, long texts are cut, answers are behind a press."""

from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.urls import reverse

from courses.slides.screens import FULL_SCREEN, length_of, pieces_of
from tests.courses.test_papers import CASE, CHECK, FAMILY, STEPS, TEXT
from tests.factories import courses as make


def body(*blocks) -> list[dict]:
    return [{"id": str(uuid4()), **block} for block in blocks]


# --- Cutting ---


def test_a_heading_begins_a_screen_and_a_long_text_goes_on():
    sentence = "Một câu dài vừa phải để đếm chữ cho đủ. "
    html = f"<p>Đầu.</p><h2>Một</h2><p>{sentence * 5}</p><p>{sentence * 5}</p><h2>Hai</h2><p>Cuối.</p>"
    pieces = pieces_of(html)
    assert [(heading, len(screens)) for heading, screens in pieces] == [("", 1), ("Một", 2), ("Hai", 1)]
    assert "".join(screen for _heading, screens in pieces for screen in screens) == html.replace("<h2>Một</h2>", "").replace("<h2>Hai</h2>", "")  # fmt: skip


def test_a_long_list_is_cut_and_counts_on():
    items = "".join(f"<li>{'chữ ' * 20}{number}</li>" for number in range(1, 8))
    ((_heading, screens),) = pieces_of(f"<h2>Sáu</h2><ol>{items}</ol>")
    assert len(screens) > 1
    assert all(length_of(screen) <= FULL_SCREEN for screen in screens)
    starts = [int(screen.split('start="')[1].split('"')[0]) for screen in screens]
    counts = [screen.count("<li>") for screen in screens]
    assert starts == [1 + sum(counts[:place]) for place in range(len(counts))]
    assert sum(counts) == 7


def test_words_that_lead_up_to_a_list_stay_with_it():
    items = "".join(f"<li>{'chữ ' * 9}</li>" for _number in range(8))
    ((_heading, screens),) = pieces_of(f"<p>Ba điều:</p><ul>{items}</ul>")
    assert screens[0].startswith("<p>Ba điều:</p><ul>")


# --- The page ---


@pytest.fixture
def lesson(db):
    made = make.lesson(
        make.course(0),
        "Bài có đủ",
        body=body({"type": "text", "value": "<p>Mở đầu.</p>"}, CASE, TEXT, STEPS, CHECK, FAMILY),
        quiz=make.quiz(1),
        objectives=[{"type": "objective", "value": "Nói được dịch vụ công là gì"}],
        minutes=45,
        plan=[{"type": "discussion", "value": {"question": "Vì sao nên tự gõ?", "listen_for": "Giả được.", "least": "45"}}],
    )  # fmt: skip
    ids = [block["id"] for block in made.body.raw_data]
    made.cut_15 = [ids[0], ids[4]]
    made.save_revision().publish()
    cache.clear()
    return made


def page_of(client, lesson, **query) -> BeautifulSoup:
    response = client.get(reverse("courses:slides", args=[lesson.translation_key]), query)
    assert response.status_code == 200
    return BeautifulSoup(response.content, "html.parser")


@pytest.mark.slow
def test_everything_of_the_lesson_is_on_a_screen_in_its_order(client, lesson):
    page = page_of(client, lesson)
    slides = page.select("section.slide")
    titles = [slide.find(["h1", "h2"]).get_text(strip=True) if slide.find(["h1", "h2"]) else "" for slide in slides]
    assert titles == [
        "Bài có đủ",
        "",
        "Chuyện nhà An",
        "Dịch vụ công là gì?",
        "Bước tìm",
        "Bước điền",
        "Bước trả phí",
        "Tự kiểm tra",
        "Cùng bàn",
        "Bà bấm, em chỉ",
        lesson.quiz.title,
    ]
    assert len({slide["id"] for slide in slides}) == len(slides)
    assert "Vì sao nên tự gõ?" in page.text
    assert "Giả được." not in page.text, "what to listen for is for the teacher"
    assert page.select_one(".slide__qr svg")
    assert page.select_one("[data-slides]")["data-back"] == lesson.url


@pytest.mark.slow
def test_the_answer_is_behind_a_press(client, lesson):
    question = page_of(client, lesson).select_one(".slide--check")
    reveal = question.select_one("details")
    assert not reveal.has_attr("open")
    assert "A. Toàn trình" in reveal.text
    reveal.extract()
    assert "Toàn trình" in question.text
    assert "Không phải đến quầy" not in question.text


@pytest.mark.slow
def test_the_short_form_shows_its_parts_only(client, lesson):
    page = page_of(client, lesson, minutes="15")
    assert [slide["class"][1] for slide in page.select("section.slide")] == [
        "slide--title",
        "slide--text",
        "slide--check",
        "slide--end",
    ]


@pytest.mark.slow
def test_slides_are_made_once(client, lesson, django_assert_num_queries):
    where = reverse("courses:slides", args=[lesson.translation_key])
    client.get(where)
    with django_assert_num_queries(0):
        assert client.get(where).status_code == 200
