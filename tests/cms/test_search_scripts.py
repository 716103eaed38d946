"""Searching texts whose scripts set no blanks between words: article 1 of the Universal Declaration of Human Rights."""

import pytest

from cms.models import SearchSynonym
from cms.search.folding import folded, words
from cms.search.grams import clusters
from cms.search.indexing import Found, index
from cms.search.queries import entries, marked_title, page_of, search, snippet

# https://www.ohchr.org/en/human-rights/universal-declaration/translations
ARTICLE = {
    "km": "មនុស្សទាំងអស់ កើតមកមានសេរីភាព និងសមភាព ក្នុងផ្នែកសេចក្ដីថ្លៃថ្នូរនិងសិទ្ធិ។ មនុស្ស មានវិចារណញ្ញាណនិងសតិសម្បជញ្ញៈជាប់ពីកំណើត",
    "zh-hant": "人人生而自由,在尊嚴和權利上一律平等。他們賦有理性和良心,並應以兄弟關係的精神相對待。",
    "zh-hans": "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。",
    "lo": "ມະນຸດທຸກຄົນເກີດມາມີກຽດສັກສີ, ສິດທິ, ເສລີພາບ ແລະ ຄວາມສະເໝີພາບເທົ່າທຽມກັນ.",
    "th": "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ",
}
FREEDOM = {"km": "សេរីភាព", "zh-hant": "自由", "zh-hans": "自由", "lo": "ເສລີພາບ", "th": "อิสระ"}
RIGHTS = {"km": "សិទ្ធិ", "zh-hant": "權利", "zh-hans": "权利", "lo": "ສິດທິ", "th": "สิทธิ"}
# A word of the same script that does not stand in it: "school".
SCHOOL = {"km": "សាលារៀន", "zh-hant": "學校", "zh-hans": "学校", "lo": "ໂຮງຮຽນ", "th": "โรงเรียน"}


@pytest.fixture
def article(db):
    return {
        code: index(
            Found(kind="page", key="1", language=code, format="page", title=text[:20], text=text, url=f"/{code}/1/")
        )
        for code, text in ARTICLE.items()
    }


def test_a_khmer_letter_keeps_its_signs_and_what_is_written_below_it():
    assert clusters("សេចក្ដីថ្លៃថ្នូរ") == ["សេ", "ច", "ក្ដី", "ថ្លៃ", "ថ្នូ", "រ"]
    assert words("សិទ្ធិ") == ["សិទ្ធិ"]
    assert words("និងសិទ្ធិ") == ["និង", "ងសិ", "សិទ្ធិ"]


def test_chinese_is_cut_into_pairs_and_other_words_stay_whole():
    assert words("人人生而") == ["人人", "人生", "生而"]
    assert words("人人生而", indexing=True) == ["人人", "人生", "生而", "而"]
    assert words("VNeID 身份證 2 級") == ["vneid", "身份", "份證", "2", "級"]
    assert words("Căn cước") == ["can", "cuoc"]
    # Cham sets blanks: a word stays whole, its signs with it.
    assert len(words("ꨨꨤꨣ ꨌꩌ")) == 2


def test_a_word_in_the_midst_of_a_run_is_found_and_marked_in_every_script(article):
    for code in ARTICLE:
        for word in (FREEDOM[code], RIGHTS[code], f"{RIGHTS[code]} {FREEDOM[code]}"):
            assert search(word, entries(language=code)).ids == [article[code].pk], (code, word)
        assert search(SCHOOL[code], entries(language=code)).ids == [], code
        assert f"<mark>{RIGHTS[code]}</mark>" in snippet(article[code], RIGHTS[code], {}), code
    assert search("自", entries(language="zh-hant")).ids, "a single letter"
    assert search("待", entries(language="zh-hant")).ids, "the last letter"
    assert marked_title(article["zh-hant"], "生而自由", {}) == "人人<mark>生而自由</mark>,在尊嚴和權利上一律平等。他"


def test_unseen_blanks_between_khmer_words_change_nothing(article):
    typed = "សេរី\u200bភាព"
    assert folded(typed) == "សេរីភាព"
    assert search(typed, entries(language="km")).ids == [article["km"].pk]
    parted = index(
        Found(
            kind="page", key="2", language="km", format="page", title="ក", url="/km/2/", text="ខ្ញុំ\u200bមាន\u200bសេរីភាព"
        )
    )
    assert search("សេរីភាពនិងសមភាព", entries(language="km")).ids == [article["km"].pk], "a blank that is not typed"
    assert search("ខ្ញុំមានសេរីភាព", entries(language="km")).ids == [parted.pk]


def test_what_stands_together_comes_first_and_a_question_finds_what_comes_near(db):
    for key, title in (("a", "由自己申請身份證"), ("b", "身份證"), ("c", "份額與證書")):
        index(Found(kind="page", key=key, language="zh-hant", format="guide", title=title, url=f"/zh-hant/{key}/"))

    def found(query):
        results = search(query, entries(language="zh-hant"))
        return [entry.key for entry in page_of(results.ids)], results.loose

    assert found("身份證") == (["b", "a"], False)
    assert found("申請身份證怎麼辦") == (["a"], True)


def test_synonyms_of_such_scripts_stand_in_for_each_other(db):
    SearchSynonym.objects.create(slug="id", words="身份證\n公民證\nCCCD")
    index(Found(kind="page", key="a", language="zh-hant", format="guide", title="如何申請公民證", url="/zh-hant/a/"))
    results = search("身份證", entries(language="zh-hant"))
    entry = page_of(results.ids)[0]
    assert entry.key == "a"
    assert marked_title(entry, "cccd", results.same) == "如何申請<mark>公民證</mark>"
