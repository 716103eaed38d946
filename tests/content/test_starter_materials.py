"""The starter materials and news as files: what is drawn is told in words too, fits its sheet, and has its sources."""

import re
import unicodedata
from datetime import date
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as Xml

import pytest
from PIL import ImageFont

from tests.content.starter_files import ROOT, VOCABULARY, bilingual, read

MATERIALS = sorted((ROOT / "cms/starter/materials").glob("*/material.yaml"))
NEWS = sorted((ROOT / "cms/starter/news").glob("*/news.yaml"))
FONTS = ROOT / "cms/static/vendor/fonts"
# Of the sheet itself, not of its message.
ABOUT_THE_SHEET = re.compile(r"\{address\}|CC BY 4\.0|Học Dịch vụ công|^\d+$")
MARGIN = 6


def words(text: str) -> list[str]:
    found = re.findall(r"[\w.–]+", unicodedata.normalize("NFC", text).lower())
    return [word.strip(".") for word in found if word.strip(".")]


def said_in(document: dict) -> set[str]:
    return {word for _place, pair in bilingual(document) for word in words(pair["vi"])}


@pytest.mark.parametrize("file", [*MATERIALS, *NEWS], ids=lambda path: path.parent.name)
def test_it_has_sources_that_were_seen_and_a_day_to_check_it_again(file):
    document = read(file)
    assert document["slug"] == file.parent.name
    assert document["checked_on"] >= date(2026, 11, 22) and document["review_by"] > document["checked_on"]
    assert document["sources"] and all(source["seen_on"] for source in document["sources"])
    assert any(source["url"].startswith("https://") for source in document["sources"])
    known = {row["code"] for row in read(VOCABULARY / "procedures.yaml")}
    assert set(document.get("procedures", [])) <= known


@pytest.mark.parametrize("file", MATERIALS, ids=lambda path: path.parent.name)
def test_what_is_drawn_is_told_in_words_and_fits_its_sheet(file):
    document = read(file)
    told = said_in(document)
    for name in {name for sheet in document["sheets"] for name in sheet["drawings"]}:
        text = (file.parent / name).read_text(encoding="utf-8")
        assert not re.search(r"<(script|image|foreignObject|style)|href|data:", text)
        for picture in re.findall(r"<!-- PICTURE (\S+)", text):
            assert any((place / picture).is_file() for place in (file.parent, ROOT / "cms/starter/pictures", ROOT))
        drawing = Xml.fromstring(text)  # noqa: S314  (our own file)
        width, height = map(float, drawing.get("viewBox").split()[2:])
        for line in drawing.iter("{http://www.w3.org/2000/svg}text"):
            shown = "".join(line.itertext())
            x, y, size = (float(line.get(part)) for part in ("x", "y", "font-size"))
            # A long address of a province's site in the place of the sign.
            printed = shown.replace("{address}", "hocdichvucong.tinh.gov.vn/s/k7m3qx")
            length = font(int(line.get("font-weight"))).getlength(printed) / 200 * size
            left = x - length / 2 if line.get("text-anchor") == "middle" else x
            assert left >= MARGIN and left + length <= width - MARGIN and y < height - MARGIN, shown
            if not ABOUT_THE_SHEET.search(shown):
                missing = [word for word in words(shown) if word not in told]
                assert not missing, f"{name}: “{shown}” is not told in words: {missing}"
    assert any(
        "<!-- QR " in (file.parent / name).read_text() for sheet in document["sheets"] for name in sheet["drawings"]
    )


@cache
def font(weight: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(Path(FONTS) / f"be-vietnam-pro-{weight}.ttf"), 200)
