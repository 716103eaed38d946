"""Ways of asking: a page is found by what people say who never name it, and by nothing else for that."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from cms.audit.models import AuditEvent
from cms.models import GuidePage
from support.assistant.answering import answer
from support.assistant.indexing import index_everything
from support.models import Asking, Quotable, Wording
from support.operations.desk import write_ticket
from support.queries.asking import thing_quoted
from tests.factories import schools as make
from tests.factories.cms import GuidePageFactory, HomePageFactory, SectionPageFactory

pytestmark = pytest.mark.django_db

STAY, CARD = "Đăng ký tạm trú", "Làm thẻ căn cước"
SAID = "trường tôi nằm xa, thuê phòng có phải báo công an không\nký túc xá thì khai gì"


@pytest.fixture(scope="module")
def pages_made(shared_database):
    section = SectionPageFactory()
    stay = GuidePageFactory(section, title=STAY, slug="tam-tru", summary="Nộp tờ khai trên Cổng.", body=[])
    GuidePageFactory(section, title=CARD, slug="can-cuoc", summary="Đủ 14 tuổi thì làm thẻ.", body=[])
    Wording.objects.create(
        slug="aside", kind="aside", said="thì\nở đâu\nem\ntôi\nkhông\ncó\nphải\ngì\nnằm\nI\nmy\na\nto\nthe\nmust"
    )
    Wording.objects.create(slug="else", kind="elsewhere", said="phòng hát\nphòng khám")
    index_everything()
    return stay.pk


@pytest.fixture
def stay(db, pages_made):
    return GuidePage.objects.get(pk=pages_made)


@pytest.fixture
def asked(stay):
    return Asking.objects.create(kind="page", key=stay.translation_key, language="vi", said=SAID)


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def first(question: str, language: str = "vi") -> str:
    found = answer(question, language)
    return found.passages[0].title if found.known else ""


QUESTIONS = [
    "em thuê phòng gần trường, có phải báo công an không",
    "thue phong co phai bao cong an khong",
    "ky tuc xa khai gi",
    "o ky tuc xa thi em phai khai gi",
]


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_page_is_found_by_what_it_does_not_say(stay, question):
    assert first(question) == ""
    Asking.objects.create(kind="page", key=stay.translation_key, language="vi", said=SAID)
    found = answer(question, "vi")
    assert [quoted.title for quoted in found.passages] == [STAY]
    assert found.passages[0].text == "Nộp tờ khai trên Cổng.", "what is quoted is the page, never the way of asking"


@pytest.mark.parametrize(
    "question",
    [
        "thuê phòng hát có phải đặt cọc không",
        "phòng khám ở đâu",
        "công an bắt trộm ở đâu",
        "trường tôi nằm xa có xe buýt không",
        "báo công an vụ trộm xe",
    ],
)
def test_a_word_or_two_in_common_are_no_question_in_common(asked, question):
    assert first(question) == ""


def test_what_is_typed_wrongly_is_mended_by_them_too(asked):
    assert first("kys tucs xas thì khai gì") == STAY


def test_every_process_hears_of_a_change(asked):
    assert first(QUESTIONS[0]) == STAY
    asked.said = "đi học xa phải làm giấy gì"
    asked.save()
    assert first(QUESTIONS[0]) == ""
    assert first("em đi học xa phải làm giấy gì") == STAY
    asked.delete()
    assert first("em đi học xa phải làm giấy gì") == ""


def test_words_of_another_language_find_the_page_in_the_main_one(stay):
    HomePageFactory("en")
    question = "I rent a room near my school, must I register"
    assert first(question, "en") == ""
    Asking.objects.create(
        kind="page",
        key=stay.translation_key,
        language="en",
        said="rent a room near school do I register\nregister where I live",
    )
    found = answer(question, "en")
    assert found.passages[0].title == STAY and found.in_other_language


def test_they_go_with_the_page(asked, stay):
    stay.unpublish()
    assert first(QUESTIONS[0]) == "" and Asking.objects.exists(), "it may come back"
    stay.save_revision().publish()
    index_everything()
    assert first(QUESTIONS[0]) == STAY
    stay.delete()
    assert not Asking.objects.exists()


def test_what_is_asked_of_help_anywhere_is_asked_of_each_commune(stay):
    for key, title in (("*", "Nơi giúp bà con"), ("BD01", "Nơi giúp bà con: Phường Bến Dừa")):
        made = Quotable.objects.create(
            kind="place", key=key, language="vi", version=0, format="help_point", title=title, url="/vi/help-points/"
        )
        made.passages.create(position=0, text=f"{title}. Mở cửa buổi sáng.")
    Asking.objects.create(kind="place", key="*", language="vi", said="chỗ nào chỉ tận tay cho người không rành mạng")
    assert first("chỗ nào chỉ tận tay người không rành mạng") == "Nơi giúp bà con"
    assert first("Bến Dừa chỗ nào chỉ tận tay người không rành mạng") == "Nơi giúp bà con: Phường Bến Dừa"


def test_a_row_says_something_once(asked):
    for values in ({"said": ""}, {"key": ""}, {}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Asking.objects.create(**{"kind": "page", "key": asked.key, "language": "vi", "said": "x", **values})


def test_an_editor_adds_ways_of_asking(stay, django_user_model):
    client = Client()
    client.force_login(django_user_model.objects.create_superuser("editor-askings", password="x"))
    choose = client.get(reverse("quotable_chooser:choose_results"), {"q": "tam tru"}).content.decode()
    assert STAY in choose and CARD not in choose
    thing = Quotable.objects.get(key=str(stay.translation_key), language="vi")
    add = reverse("wagtailsnippets_support_asking:add")
    sent = {"thing": thing.pk, "language": "vi", "said": "ở trọ phải báo ai"}
    assert client.post(add, sent).status_code == 302
    made = Asking.objects.get()
    assert (made.kind, made.key, made.said) == ("page", str(stay.translation_key), "ở trọ phải báo ai")
    assert client.post(add, sent).status_code == 200, "there is a row already"
    edit = reverse("wagtailsnippets_support_asking:edit", args=[made.pk])
    assert STAY in client.get(edit).content.decode()
    assert client.post(edit, {"said": "thuê trọ báo ai"}).status_code == 302
    made.refresh_from_db()
    assert (made.key, made.said) == (str(stay.translation_key), "thuê trọ báo ai")
    for typed in ("thue tro", "ĐĂNG KÝ tam tru"):
        assert STAY in client.get(reverse("wagtailsnippets_support_asking:list"), {"q": typed}).content.decode()
    wordings = reverse("wagtailsnippets_support_wording:list")
    assert "phòng hát · phòng khám" in client.get(wordings, {"q": "phong HAT"}).content.decode()
    assert "phòng hát" not in client.get(wordings, {"q": "phong tam"}).content.decode()


def test_a_question_at_the_desk_teaches_the_assistant(stay):
    editor = make.make_with_role("editor", "Hồ Thị Biên", username="bien-day")
    officer = make.make_with_role("province_officer", "Đỗ Thị Tỉnh", unit=make.province(), username="cb-day")
    asked = write_ticket(question="Bạn Hoa trọ nhà bà Tư, ai phải báo với công an?", language="vi")
    page, settle = reverse("support:ticket", args=[asked.uuid]), reverse("support:settle", args=[asked.uuid])
    thing = Quotable.objects.get(key=str(stay.translation_key), language="vi")
    said = "bạn trọ nhà người ta, ai phải báo với công an"
    sent = {"as": "teach", "thing": thing.pk, "said": said, "redacted": "on"}
    assert 'value="teach"' not in signed_in(officer).get(page).content.decode()
    assert signed_in(officer).post(settle, sent).status_code == 404, "who writes no pages teaches none"
    client = signed_in(editor)
    assert 'value="teach"' in client.get(page).content.decode()
    unread = client.post(settle, sent | {"redacted": ""})
    assert unread.status_code == 422 and said in unread.content.decode() and not Asking.objects.exists()
    for _twice in range(2):
        assert client.post(settle, sent).status_code == 302
    assert Asking.objects.get().said == said
    client.post(settle, sent | {"said": "  thuê trọ\nmấy ngày thì báo "})
    assert Asking.objects.get().said.splitlines() == [said, "thuê trọ mấy ngày thì báo"]
    assert first("trọ nhà người ta thì ai báo với công an") == STAY
    assert AuditEvent.objects.filter(action="teach_asking").count() == 2


def test_whoever_teaches_is_told_when_it_is_not_found_for_all_that(stay):
    asked = write_ticket(question="em ở phòng hát thì báo ai", language="vi")
    client = signed_in(make.make_with_role("editor", "Hồ Thị Biên", username="bien-bao"))
    thing = Quotable.objects.get(key=str(stay.translation_key), language="vi")
    sent = {"as": "teach", "thing": thing.pk, "said": asked.question, "redacted": "on"}
    told = client.post(reverse("support:settle", args=[asked.uuid]), sent, follow=True)
    assert [message.level_tag for message in told.context["messages"]] == ["warning"]
    assert Asking.objects.get().said == asked.question
    Wording.objects.get(slug="else").delete()
    assert first(asked.question) == STAY


def test_a_question_in_another_language_is_taught_to_the_page_in_the_main_one(asked):
    Asking.objects.create(kind="page", key=asked.key, language="en", said="rented room police")
    found = thing_quoted("rented room police", "en")
    assert (found.language, found.title) == ("vi", STAY)
