"""Printed cards: what is on them, that reprinting voids, and the whole school as a job."""

import io

import pytest
from django.core.files.storage import storages
from pypdf import PdfReader

from cms.audit.models import AuditEvent
from cms.jobs.models import Job
from schools.models import SignInCard
from schools.operations.cards import issue_cards
from schools.work import forget_card_files
from tests.factories.schools import make_class, make_pupil


@pytest.fixture
def pupils(school_class):
    return [make_pupil(school_class, f"Ưng Hoàng Phúc {'ABCDEFGHIJ'[n]}", code=f"00{n}") for n in range(10)]


@pytest.fixture
def url(school_class):
    return f"/vi/schools/classes/{school_class.uuid}/cards/"


@pytest.mark.slow
def test_a_class_in_one_pdf_of_eight_a_page(as_user, teacher, pupils, url):
    client = as_user(teacher)
    assert len(client.get(url).context["ticked"]) == 10
    response = client.post(url, {"pupil": [str(p.uuid) for p in pupils], "pdf": "1"})
    assert response["Content-Type"] == "application/pdf"
    reader = PdfReader(io.BytesIO(response.content))
    assert len(reader.pages) == 2
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    for number, pupil in enumerate(pupils):
        assert pupil.person.full_name in text
        assert f"00{number}" in text
    assert "Trường THPT Sông Trong" in text
    assert SignInCard.objects.filter(voided_at=None).count() == 10
    assert AuditEvent.objects.get(action="print_cards").detail == {"cards": 10}


@pytest.mark.slow
def test_the_codes_on_paper_open_and_a_reprint_voids_them(as_user, client, teacher, pupils, url):
    chosen = {"pupil": [str(pupils[0].uuid)], "page": "1"}
    page = as_user(teacher).post(url, chosen)
    html = page.content.decode()
    code = html.split('sheet__code">')[1].split("<")[0]
    assert "style=" not in html
    assert "no-store" in page["Cache-Control"]
    assert client.post("/vi/account/card/", {"code": code}).status_code == 302
    as_user(teacher).post(url, chosen)
    assert client.post("/vi/account/card/", {"code": code}).status_code == 422
    everybody = {"pupil": [str(pupil.uuid) for pupil in pupils], "page": "1"}
    as_user(teacher).post(url, everybody)
    assert "Em nào cũng đã có thẻ dùng được" in as_user(teacher).get(url).content.decode(), "not «0 are ticked»"
    assert SignInCard.objects.filter(user=pupils[0], voided_at=None).count() == 1


def test_nobody_ticked_and_strangers_ticked_print_nothing(as_user, teacher, pupils, other_pupil, url):
    for picked in ([], [str(other_pupil.uuid)], ["nonsense"]):
        assert as_user(teacher).post(url, {"pupil": picked, "pdf": "1"}).context["nobody"]
    assert not SignInCard.objects.exists()


@pytest.mark.parametrize("number", [1, 3])
def test_issuing_costs_the_same_for_one_and_three(pupils, teacher, number, django_assert_num_queries):
    with django_assert_num_queries(7):
        # savepoint; school year; void the old; insert the new; the log: its school year, its row; release
        issue_cards(users=pupils[:number], actor=teacher)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_the_whole_school_as_a_job(as_user, school_admin, other_teacher, pupils, school_class):
    second = make_class(school_class.school, "11A2", grade=11)
    make_pupil(second, "Lê Thị Ở Lớp Khác")
    empty = make_class(school_class.school, "12A9", grade=12)
    issue_cards(users=pupils[:1], actor=None)
    client = as_user(school_admin)
    response = client.post("/vi/schools/SONGTRONG/cards/", {"only_without": "on"})
    job = Job.objects.get()
    assert (job.state, job.result) == ("done", {"cards": 10})
    page = client.get(response.url)
    assert page.context["job"] == job
    with storages["private"].open(job.result_file) as stored:
        reader = PdfReader(io.BytesIO(stored.read()))
    text = "\n".join(page.extract_text() for page in reader.pages)
    assert "Lê Thị Ở Lớp Khác" in text
    assert empty.name not in text
    assert client.get(f"{response.url}file/").status_code == 302
    assert as_user(other_teacher).get(response.url).status_code == 404
    assert forget_card_files(now=job.finished_at.replace(year=job.finished_at.year + 1)) == 1
    assert not storages["private"].exists(job.result_file)
    assert client.get(f"{response.url}file/").status_code == 404


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_second_press_leads_to_the_file_of_the_first_and_says_what_to_untick(as_user, school_admin, pupils):
    client = as_user(school_admin)
    first = client.post("/vi/schools/SONGTRONG/cards/", {"only_without": "on"})
    second = client.post("/vi/schools/SONGTRONG/cards/", {"only_without": "on"})
    page = client.get(second.url).content.decode()
    assert "bỏ dấu" in page
    assert f"{first.url}file/" in page
