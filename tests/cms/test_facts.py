"""Facts that may change are found where they are told, and listed while a source or a date is missing."""

import io
import json

import pytest
from django.core.management import call_command

from cms.vocabulary.facts import unproved_facts, volatile_in
from cms.vocabulary.models import Procedure
from tests.factories import quizzes as make
from tests.factories.cms import GuidePageFactory, ProcedureFactory


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("Phí 8.000 đồng một bản. Mang theo thẻ.", ["Phí 8.000 đồng một bản."]),
        ("Trả trong 3 ngày làm việc", ["Trả trong 3 ngày làm việc"]),
        ("Từ đủ 14 tuổi phải có thẻ.\nThẻ có chíp.", ["Từ đủ 14 tuổi phải có thẻ."]),
        ("Từ ngày 1/7/2025 dùng số định danh.", ["Từ ngày 1/7/2025 dùng số định danh."]),
        ("Gọi 18001096 khi cần!", ["Gọi 18001096 khi cần!"]),
        ("The card is free from 14, the fee is 8,000 VND.", ["The card is free from 14, the fee is 8,000 VND."]),
        ("Ba bước: dừng, soi, hỏi. Bài 2 có 5 cái bẫy.", []),
        ("", []),
    ],
)
def test_sentences_that_may_change_are_told_from_the_others(text, facts):
    assert volatile_in(text) == facts


def page_with(text, **fields):
    body = [{"type": "text", "id": "0b6a1b0c-6a3e-4f0d-9b6d-6c8f3f2a1d11", "value": f"<p>{text}</p>"}]
    return GuidePageFactory(body=json.dumps(body), **fields)


def lacks(kind, where):
    return {fact.lacks for fact in unproved_facts() if (fact.kind, fact.where) == (kind, where)}


@pytest.mark.slow
@pytest.mark.django_db
def test_a_page_needs_a_source_and_a_day_only_for_what_may_change():
    bare = page_with("Phí 8.000 đồng.", checked_on=None, review_by=None)
    calm = page_with("Mang theo thẻ.", checked_on=None, review_by=None)
    source = {"type": "source", "value": {"title": "Cổng", "url": "", "seen_on": "2026-11-25"}}
    proved = page_with("Phí 8.000 đồng.", checked_on=None, review_by=None, sources=json.dumps([source]))
    assert lacks("guide", bare.slug) == {"source", "date"}
    assert lacks("guide", calm.slug) == lacks("guide", proved.slug) == set()


@pytest.mark.django_db
def test_a_story_and_a_made_up_message_tell_no_facts():
    said = {"kind": "message", "sender": "Thuế", "lines": ["Hoàn 3.000.000 đồng"], "address": "", "signs": ["Vội"]}
    story = {"kind": "case", "title": "", "text": "<p>Bà mất 5.000.000 đồng.</p>"}
    body = [{"type": "mockup", "value": said}, {"type": "callout", "value": story}]
    page = GuidePageFactory(body=json.dumps(body), checked_on=None, review_by=None)
    assert lacks("guide", page.slug) == set()


@pytest.mark.django_db
def test_a_procedure_needs_sources_and_laws_with_a_number_or_a_date():
    law = {"title": "Luật Cư trú", "number": "", "date": None, "url": None}
    bare = ProcedureFactory("khong-nguon", fee="Miễn phí", sources=[], legal_basis=[])
    unnamed = ProcedureFactory("luat-khong-so", sources=["https://dichvucong.gov.vn/"], legal_basis=[law])
    whole = ProcedureFactory(
        "du-ca", sources=["https://dichvucong.gov.vn/"], legal_basis=[law | {"number": "68/2020/QH14"}]
    )
    assert lacks("procedure", bare.code) == {"source"}
    assert lacks("procedure", unnamed.code) == {"date"}
    assert lacks("procedure", whole.code) == set()


@pytest.mark.django_db
def test_a_question_says_where_its_fact_was_read_and_when():
    keys = []
    for source in ("", "Bài 1", "Bài 1 (xem ngày 25/11/2026)"):
        question = make.question(stem="Ai đủ 14 tuổi?")
        question.source = source
        question.save()
        keys.append(str(question.translation_key))
    assert [lacks("question", key) for key in keys] == [{"source", "date"}, {"date"}, set()]


@pytest.mark.django_db
def test_the_command_lists_what_is_missing_and_fails():
    Procedure.objects.all().delete()
    ProcedureFactory("tam-tru", fee="7.000 đồng", time="", who="", sources=[], legal_basis=[])
    out = io.StringIO()
    with pytest.raises(SystemExit) as stopped:
        call_command("check_facts", stdout=out)
    assert stopped.value.code == 1
    assert "procedure tam-tru (vi): no source: 7.000 đồng" in out.getvalue()
    Procedure.objects.all().delete()
    out = io.StringIO()
    call_command("check_facts", "--json", stdout=out)
    assert json.loads(out.getvalue()) == []


@pytest.mark.parametrize(
    ("url", "on_portal"),
    [
        ("https://dichvucong.gov.vn/", True),
        ("https://hotro.dichvucong.gov.vn/x", True),
        ("https://thisinh.thitotnghiepthpt.edu.vn/", False),
        ("https://dichvucong.gov.vn.nophoso.example/", False),
        ("", False),
    ],
)
def test_a_link_is_called_the_portals_only_where_it_leads_there(url, on_portal):
    assert Procedure(portal_url=url).is_on_portal is on_portal
