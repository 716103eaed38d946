"""The table of languages: what an editor may enter, how a text in a language is marked, counted, printed and served."""

import json
import os
import shutil
import subprocess
import sys
from unicodedata import normalize

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.template import Context, Template
from django.utils import timezone, translation

from cms import frontend, pdf, scripts
from cms.languages import presets
from cms.text.length import count
from cms.vocabulary.models import ContentLanguage
from cms.vocabulary.speaking import chain, is_open, open_languages, spoken
from tests.factories.cms import EditorFactory

built = pytest.mark.skipif(
    not (frontend.VENDOR / "fonts/noto-sans-sc.css").exists(), reason="browser code is not built"
)


def language(tag, **values) -> ContentLanguage:
    values = {"autonym": tag, "name_vi": tag, "name_en": tag, "fallbacks": ["vi"]} | values
    return ContentLanguage.objects.create(tag=tag, **values)


@pytest.mark.parametrize(
    ("text", "counting", "length"),
    [
        ("Nộp hồ sơ, rồi chờ.", "words", 5),
        ("một — hai", "words", 2),
        ("人人生而自由，在尊嚴。", "characters", 9),
        # Four written places: ក្ន is one, ខ្មែ one; the letter below takes none of its own, nor do vowels and U+200B.
        ("ក្នុង", "clusters", 2),
        ("ខ្មែរ", "clusters", 2),
        ("ភាសា\u200bខ្មែរ", "clusters", 4),
        ("", "clusters", 0),
    ],
)
def test_a_text_is_counted_as_its_script_can_be(text, counting, length):
    assert count(text, counting) == length


def test_what_cannot_be_counted_is_an_error():
    with pytest.raises(ValueError, match="pages"):
        count("x", "pages")


@pytest.mark.django_db
@pytest.mark.any_database
def test_an_editor_adds_a_language_without_a_deploy(client):
    language("vi", fallbacks=[])
    language("tyz")
    client.force_login(EditorFactory())
    form = {
        "tag": "hmn",
        "autonym": "Hmoob",
        "name_vi": "Tiếng Mông",
        "name_en": "Hmong",
        "script": "Latn",
        "direction": "ltr",
        "font": "Noto Sans",
        "counting": "words",
        "per_word": "1.3",
        "content_allowed": "on",
    }

    def saved(**changes):
        return client.post("/admin/snippets/vocabulary/contentlanguage/add/", form | changes)

    # The form begins with the chain most languages have.
    assert (
        'name="fallbacks" value="vi"' in client.get("/admin/snippets/vocabulary/contentlanguage/add/").content.decode()
    )
    # What would leave a reader without an answer is refused, in words.
    for fallbacks, said in [
        ("tyz", "kết thúc bằng tiếng Việt"),
        ("xxx, vi", "xxx"),
        ("tyz, tyz, vi", "hai lần"),
        ("hmn, vi", "hmn"),
    ]:
        answer = saved(fallbacks=fallbacks)
        assert answer.status_code == 200 and said in answer.content.decode(), fallbacks
    assert "BCP-47" in saved(fallbacks="vi", tag="Tiếng Mông").content.decode()
    assert saved(fallbacks="tyz, vi").status_code == 302
    row = ContentLanguage.objects.get(tag="hmn")
    assert (row.fallbacks, row.limit(60), row.length("ib ob peb")) == (["tyz", "vi"], 78, 3)
    assert chain("hmn") == ["hmn", "tyz", "vi"] and spoken("HMN").autonym == "Hmoob"
    with translation.override("vi"):
        drawn = Template("{% load languages %}<p {% said_in 'hmn' 'card' %}>{{ 'hmn'|language_called }}</p>").render(
            Context()
        )
    assert drawn == '<p lang="hmn" class="card letters-noto">Tiếng Mông</p>'


@pytest.mark.django_db
def test_a_text_is_marked_with_language_direction_and_letters():
    language("cja-Arab", script="Arab", direction="rtl", font="Noto Naskh Arabic")
    language("km", script="Khmr", font="Noto Sans Khmer")

    def marked(tag, reader="vi"):
        with translation.override(reader):
            return Template("{% load languages %}{% said_in tag %}").render(Context({"tag": tag}))

    assert marked("cja-arab") == 'lang="cja-Arab" dir="rtl" class="letters-tall"'
    assert marked("km") == 'lang="km" class="letters-tall"'
    assert marked("km", reader="ar") == 'lang="km" dir="ltr" class="letters-tall"'
    assert marked('x"><script>') == 'lang="x&quot;&gt;&lt;script&gt;"'
    assert marked("") == ""
    assert marked("vi") == 'lang="vi"' and marked("vi", reader="ar") == 'lang="vi" dir="ltr"'


@pytest.mark.django_db
def test_readers_are_offered_what_a_native_speaker_has_signed_for(settings, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert [code for code, _name in open_languages()] == ["vi", "en"]
    settings.LANGUAGES = [*settings.LANGUAGES, ("km", "ភាសាខ្មែរ"), ("cjm", "Cam")]
    khmer = language("km", site_allowed=True)
    assert [code for code, _name in open_languages()] == ["vi", "en"]
    khmer.signed_off_at = timezone.now()
    with translation.override("vi"):
        khmer.save()
    # The test's transaction is never committed, so what is dropped then is dropped here.
    from django.core.cache import cache

    cache.clear()
    assert [code for code, _name in open_languages()] == ["vi", "en", "km"] and not is_open("cjm")
    with pytest.raises(IntegrityError), transaction.atomic():
        ContentLanguage.objects.filter(pk=khmer.pk).update(site_allowed=False)
    with pytest.raises(ValidationError, match="fallbacks"):
        ContentLanguage(tag="vi", fallbacks=["km"]).clean()


# --- Letters ----------------------------------------------------------------------------------------------------------


@built
def test_every_preset_has_its_letters():
    """Each font of the table is built, and holds the language's own name."""
    from fontTools.ttLib import TTFont

    files = {"Be Vietnam Pro": "be-vietnam-pro", "Noto Sans": "noto-sans"}
    files |= {script.family: script.package for script in scripts.SCRIPTS.values()}
    for tag, entry in presets().items():
        if entry["font"] in {"Noto Sans TC", "Noto Sans SC"}:
            printed = [pdf.han_faces(f'<i lang="{tag}">{letter}') for letter in entry["autonym"]]
            assert all(f"'{entry['font']} 0'" in rules for rules in printed), tag
            continue
        held = TTFont(frontend.VENDOR / "fonts" / f"{files[entry['font']]}-400.woff2").getBestCmap()
        latin = TTFont(frontend.VENDOR / "fonts/noto-sans-400.woff2").getBestCmap()
        name = normalize("NFC", entry["autonym"]).replace(" ", "")
        assert [x for x in name if ord(x) not in held and ord(x) not in latin] == [], tag
    for package in scripts.HAN_FACES.values():
        pieces = (frontend.VENDOR / f"fonts/{package}.css").read_text().splitlines()
        assert len(pieces) > 80 and all("unicode-range" in piece for piece in pieces)


@built
def test_a_page_in_vietnamese_pays_nothing_for_other_scripts():
    vietnamese = "Đường đến trường · “nghĩa” 1.000 ₫"
    assert pdf.families_for(vietnamese) == pdf.TEXT and pdf.han_faces(vietnamese) == ""
    assert [family for family, _file in pdf.families_for("Ê Đê: ŏ")] == ["Be Vietnam Pro", "Noto Sans Whole"]
    assert [family for family, _file in pdf.families_for("ខ្មែរ và ꨌꩌ")][-2:] == [
        "Noto Sans Khmer Whole",
        "Noto Sans Cham Whole",
    ]
    # Of a hundred pieces those few that hold the text.
    assert 0 < pdf.han_faces("人人生而自由").count("@font-face") <= 6
    with translation.override("vi"):
        assert Template("{% load languages %}{% letters_for %}").render(Context()) == ""
    for code, sheets in (("zh-hant", ["tc"]), ("zh-hans", ["sc"]), ("yue", ["tc"]), ("km", [])):
        with translation.override(code):
            told = Template("{% load languages %}{% letters_for %}").render(Context())
        assert [name for name in ("tc", "sc") if f"noto-sans-{name}.css" in told] == sheets
    assert (
        Template('{% load languages %}{% letters_for "zh-Hant" "zh-Hans" "yue" %}').render(Context()).count("<link")
        == 2
    )


SAMPLE = {
    "vi": normalize("NFD", "Đường đến trường, nghĩa tình"),
    "rad": "Klei hriăm kơ anak čô: ŏ ĭ ŭ ĕ ƀ ê̆ ô̆ ơ̆ ư̆",
    "km": "មនុស្សទាំងអស់កើតមកមានសេរីភាព",
    "cjm-Cham": "ꨀꨁꨂꨃ ꨆꨩꨆꨪ",
    "zh-Hant": "人人生而自由，在尊嚴和權利上一律平等。",
    "zh-Hans": "人人生而自由，在尊严和权利上一律平等。",
}


@built
@pytest.mark.slow
def test_every_script_is_printed_in_a_face_of_ours_and_read_back():
    """The PDF holds our own faces (no box, no font of the machine), and its text is found again."""
    import io

    from pypdf import PdfReader

    html = "".join(f'<p lang="{tag}">{text}</p>' for tag, text in SAMPLE.items())
    made = pdf.laid_out(
        f"<html lang=vi><body style=\"font-family:'Be Vietnam Pro','Noto Sans Whole'\">{html}"
    ).write_pdf()
    (page,) = PdfReader(io.BytesIO(made)).pages
    faces = {font.get_object()["/BaseFont"].split("+")[-1] for font in page["/Resources"]["/Font"].values()}
    told = " ".join(sorted(faces))
    for family in (
        "Be-Vietnam-Pro",
        "Noto-Sans",
        "Noto-Sans-Khmer",
        "Noto-Sans-Cham",
        "Noto-Sans-TC-",
        "Noto-Sans-SC-",
    ):
        assert family in told, told
    text = normalize("NFC", page.extract_text()).replace("\n", "")
    # A vowel drawn before its consonant comes back at another place in Khmer; the word without one is whole.
    for part in ("nghĩa tình", "មនុស្ស", "人人生而自由", "尊嚴", "尊严和权利"):
        assert part in text, text


# --- A site in languages Django has never heard of --------------------------------------------------------------------

ASK = """
import json, django
django.setup()
from django.conf import settings
from django.utils import translation
from wagtail.models import Locale
told = {}
for code, name in settings.LANGUAGES:
    with translation.override(code):
        told[code] = [name, translation.get_supported_language_variant(code), translation.get_language_bidi(),
                      translation.gettext("Contests"), Locale(language_code=code).get_display_name(),
                      Locale(language_code=code).language_name, translation.get_language_from_path(f"/{code}/x/")]
print(json.dumps(told))
"""


@pytest.mark.slow
@pytest.mark.skipif("postgres" in settings.DATABASES["default"]["ENGINE"], reason="the copied template is SQLite's")
def test_any_preset_is_switched_on_by_configuration(django_db_setup, tmp_path):
    shutil.copy(django_db_setup.template, tmp_path / "db.sqlite3")
    environment = os.environ | {
        "SITE_LANGUAGES": "vi,en,km,zh-hant,cjm,crw,cja-arab",
        "DJANGO_SETTINGS_MODULE": "cms.settings.demo",
        "DEMO_DIR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
    }
    done = subprocess.run([sys.executable, "-c", ASK], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert [told[code][0] for code in ("km", "zh-hant", "cjm", "crw", "cja-arab")] == [
        "ភាសាខ្មែរ", "繁體中文", "ꨌꩌ", "Chrau", "Cam",
    ]  # fmt: skip
    for code, (_name, variant, bidi, contests, _display, called, path) in told.items():
        assert variant == path == code and called, code
        assert bidi is (code == "cja-arab"), code
        # What nobody has translated is Vietnamese.
        assert contests == ("Contests" if code == "en" else "Cuộc thi"), code
