"""The simulated portal: what an editor may write, what stands on the page, and where the starter content has it."""

from uuid import uuid4

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError

from cms.blocks import BodyBlock
from cms.practice import accepted, looks_personal
from tests.factories import courses as make

pytestmark = pytest.mark.django_db


def item(value) -> dict:
    return {"type": "item", "id": str(uuid4()), "value": value}


def step(kind: str, part: str, points: int = 2, **more) -> dict:
    return {
        "type": kind,
        "id": str(uuid4()),
        "value": {"part": part, "task": f"Làm {part}", "criterion": f"Đúng {part}", "points": points} | more,
    }


OPTIONS = [
    item({"text": "Đọc mã OTP cho bạn", "correct": False, "feedback": "Không đọc cho ai."}),
    item({"text": "Tự đăng nhập", "correct": True, "feedback": "Của mình thì mình giữ."}),
]
FIELD = item({"label": "Họ và tên", "accepted": "Trần Văn Thử\nTran Van Thu", "hint": "Đủ dấu"})


def simulation(**more) -> dict:
    value = {
        "title": "Nộp một hồ sơ",
        "case": "Anh Thử cần một bản sao.",
        "person": [item({"label": "Mã tập", "value": "TAP-01"})],
        "steps": [step("choose", "sign_in", options=OPTIONS), step("fill", "form", 3, fields=[FIELD])],
        "after": "Tên nút có thể khác.",
    }
    return {"type": "simulation", "value": value | more}


def cleaned(block: dict):
    body = BodyBlock()
    return body.clean(body.to_python([block]))


@pytest.mark.parametrize("text", ["012345678901", "0912 345 678", "0912.345.678", "số 123-456-789"])
def test_a_long_number_could_be_somebodys(text):
    assert looks_personal(text)


@pytest.mark.parametrize("text", ["15/08/2008", "TAP-01", "100.000 đồng", "5 ngày, 2 bản"])
def test_what_an_exercise_needs_is_not_taken_for_one(text):
    assert not looks_personal(text)


def test_capitals_and_lines_of_the_answers():
    assert accepted(" Hai \n\n2\n") == ["Hai", "2"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"case": "Số của anh là 012345678901."},
        {"person": [item({"label": "Điện thoại", "value": "0912 345 678"})]},
        {"steps": [step("choose", "pay", options=[OPTIONS[0], OPTIONS[0]]), step("fill", "form", fields=[FIELD])]},
        {"steps": [step("fill", "form", fields=[item({"label": "Tên", "accepted": " \n ", "hint": ""})])] * 2},
        {"steps": [step("fill", "form", fields=[item({"label": "Tên", "accepted": "0912345678", "hint": ""})])] * 2},
    ],
)
def test_what_looks_real_or_has_no_answer_is_refused(wrong):
    cleaned(simulation())
    with pytest.raises(ValidationError):
        cleaned(simulation(**wrong))


def test_the_page_says_that_it_is_an_exercise_and_holds_every_answer(client):
    lesson = make.lesson(make.course(0), "Tập nộp", body=[simulation()])
    text = client.get(lesson.url).content.decode()
    place = BeautifulSoup(text, "html.parser").select_one("[data-simulation]")
    bands = [band.get_text(" ", strip=True) for band in place.select(".mockup__band")]
    assert len(bands) == 2 and all("BÀI TẬP" in band for band in bands)
    assert place.has_attr("data-nosnippet"), "search engines leave it out"
    assert [one["data-of"] for one in place.select("[data-step]")] == ["2", "3"]
    assert (
        "Tự đăng nhập" in place.select("details")[0].get_text()
        and "Trần Văn Thử" in place.select("details")[1].get_text()
    )
    assert place.select_one("[data-accepted]")["data-accepted"] == "Trần Văn Thử|Tran Van Thu"
    assert [field["type"] for field in place.select("input")] == ["radio", "radio", "text"]
