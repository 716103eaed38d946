"""The starter handbook as a file: ten short cards with a picture each, a script of a minute, facts with their sources."""

import re
import unicodedata
from datetime import date
from pathlib import Path

import pytest

from cms.text.lengths import WORDS, length_of
from tests.content.starter_files import ROOT, VOCABULARY, bilingual, read, sentences

FILE = ROOT / "cms" / "starter" / "handbooks" / "cam-nang-ong-ba-va-ba-con" / "handbook.yaml"
BOOK = read(FILE)
CARDS = [card for card in BOOK["cards"] if "id" in card]
card = pytest.mark.parametrize("card", CARDS, ids=lambda one: one["id"])


def test_it_is_whole():
    assert len(CARDS) == 10
    assert [next(iter(part)) for part in BOOK["cards"]].count("chapter") == 3
    assert BOOK["checked_on"] == date(2026, 11, 26)
    assert 90 <= (BOOK["review_by"] - BOOK["checked_on"]).days <= 200
    assert all(source["url"].startswith("https://") and source["seen_on"] for source in BOOK["sources"])
    # Places for other languages, and not a word made up in any of them.
    tags = {row["tag"] for row in read(VOCABULARY / "languages.yaml")}
    assert len(BOOK["languages"]) == len(set(BOOK["languages"])) >= 8 and set(BOOK["languages"]) <= tags
    assert {language for _, pair in bilingual(BOOK) for language in pair} == {"vi"}
    assert all(unicodedata.is_normalized("NFC", pair["vi"]) for _, pair in bilingual(BOOK))


@card
def test_a_card_is_short_and_its_script_lasts_a_minute(card):
    words = " ".join([*(one["vi"] for one in card["paragraphs"]), card["action"]["vi"]])
    assert 30 <= length_of(words).count <= WORDS
    script = card["script"]["vi"]
    assert 150 <= length_of(script).count <= 220
    # Made for the ear: short sentences, no brackets, numbers in words, a greeting and an end.
    assert max(len(sentence.split()) for sentence in sentences(script)) <= 32
    assert not re.search(r"[()\[\]/%]|\d", script)
    assert script.startswith("Thưa bà con cô bác.") and script.rstrip().endswith("Xin cảm ơn bà con.")
    assert "Hôm nay bà con làm một việc" in script


@card
def test_a_card_is_drawn_by_us_in_the_hand_of_the_house(card):
    path: Path = FILE.parent / card["image"]
    drawing = path.read_text(encoding="utf-8")
    assert len(card["alt"]["vi"]) > 40
    assert 'viewBox="0 0 800 500"' in drawing and len(drawing) < 30_000
    assert not re.search(r"<(script|image|foreignObject|style)|href|data:", drawing)
    # People doing it: more than one head, and hands.
    assert drawing.count("rotate(") + drawing.count("#e6b58d") + drawing.count("#d29b72") > 4
