"""Pages of works: who sees them, what they say, and how often they ask the database."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from contests import operations
from contests.models import Enquiry, Round, Work, WorkFile
from tests.factories import works
from tests.factories.contests import secretary
from tests.factories.schools import make_class, make_pupil

pytestmark = [pytest.mark.django_db, pytest.mark.s3]


@pytest.mark.slow
def test_a_work_from_its_beginning_to_the_receipt(client, tmp_path):
    by = secretary()
    contest, of_class = works.poster_contest(by=by), make_class()
    leader, mate, stranger = (make_pupil(of_class, code=code) for code in ("L1", "M1", "X1"))
    at = {"slug": contest.slug}
    client.force_login(leader)
    page = client.get(reverse("contests:contest", kwargs=at)).content.decode()
    assert reverse("contests:new_work", kwargs=at) in page
    form = {
        "category": contest.categories.get().pk,
        "title": "Một cửa",
        "pledge": "on",
        "guardian": "Trần Văn Cha",
        "used_ai": "no",
        "rules": "on",
    }
    assert client.post(reverse("contests:new_work", kwargs=at), form | {"guardian": ""}).status_code == 422
    made = client.post(reverse("contests:new_work", kwargs=at), form)
    work = Work.objects.get()
    address = {**at, "uuid": work.uuid}
    assert made["Location"] == reverse("contests:work", kwargs=address)
    change = reverse("contests:change_work", kwargs=address)
    assert client.post(change, {"do": "invite", "code": "không có"}).status_code == 422
    assert client.post(change, {"do": "invite", "code": "M1"}).status_code == 302
    assert client.post(change, {"do": "khác"}).status_code == 404
    lacking = client.get(made["Location"]).context["lacking"]
    assert len(lacking) == 2
    assert (
        client.post(reverse("contests:hand_in", kwargs=address), {"pledge": "on", "used_ai": "no"}).status_code == 422
    )

    # A stranger finds none of it; who is asked sees it and confirms.
    client.force_login(stranger)
    for name in ("work", "join_team"):
        assert client.get(reverse(f"contests:{name}", kwargs=address)).status_code == 404
    for name in ("change_work", "hand_in"):
        assert client.post(reverse(f"contests:{name}", kwargs=address)).status_code == 404
    client.force_login(mate)
    join = reverse("contests:join_team", kwargs=address)
    assert join in client.get(reverse("contests:contest", kwargs=at)).content.decode()
    assert client.post(join, {"rules": "on"}).status_code == 422
    agreed = {key: form[key] for key in ("pledge", "guardian", "used_ai", "rules")}
    assert client.post(join, agreed).status_code == 302

    # The file goes by the API, its parts to the store.
    files = reverse("api:begin_work_file", kwargs=address)
    body = {"slot": "ap-phich", "file_name": "áp phích.png", "size": len(works.png())}
    begun = client.post(files, json.dumps(body), content_type="application/json")
    assert begun.status_code == 201
    assert client.post(files, json.dumps(body), content_type="application/json").status_code == 200
    refused = client.post(files, json.dumps(body | {"file_name": "virus.exe"}), content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (422, "file_not_taken")
    file = works.send(work, mate, works.png())
    state = reverse("api:work_file_state", kwargs={**address, "file": file.uuid})
    assert client.get(state).json() == {"state": "accepted", "messages": []}
    assert (
        client.post(change, {"do": "write", "title": "Một cửa, một lần", "text-loi-binh": "Nhanh"}).status_code == 302
    )
    handed = client.post(reverse("contests:hand_in", kwargs=address), {"pledge": "on", "used_ai": "no"})
    assert handed.status_code == 302
    slip = client.get(handed["Location"])
    assert "áp phích.png" in slip.content.decode()
    paper = client.get(handed["Location"].rstrip("/") + ".pdf")
    (tmp_path / "receipt.pdf").write_bytes(paper.content)
    code = work.counting_version.receipt_code
    assert code in PdfReader(tmp_path / "receipt.pdf").pages[0].extract_text()
    assert client.get(reverse("contests:work_file", kwargs={**at, "uuid": file.uuid})).status_code == 302

    client.logout()
    public = client.get(handed["Location"]).content.decode()
    assert code in public and "áp phích.png" not in public and mate.person.full_name not in public
    client.force_login(stranger)
    assert client.get(handed["Location"].rstrip("/") + ".pdf").status_code == 404
    assert (
        client.get(state).status_code
        == client.get(reverse("contests:work_file", kwargs={**at, "uuid": file.uuid})).status_code
        == 404
    )
    assert client.post(files, json.dumps(body), content_type="application/json").status_code == 404
    for name in ("extend", "enquiries"):
        assert client.get(reverse(f"contests:{name}", kwargs=at)).status_code == 404

    # The secretary gives time and answers; everybody reads it, without a name.
    client.force_login(mate)
    client.post(reverse("contests:ask", kwargs=at), {"text": "Em tên Nam lớp 8A, khổ nào ạ?"})
    client.force_login(by)
    desk = client.get(reverse("contests:extend", kwargs=at)).context["rounds"][0]["form"].initial
    more = {**desk, "hours": 24, "notice": "Mất điện toàn xã"}
    for _press in range(2):
        assert client.post(reverse("contests:extend", kwargs=at), more).status_code == 302
    assert client.post(reverse("contests:extend", kwargs=at), more | {"notice": ""}).status_code == 422
    enquiry = Enquiry.objects.get()
    answer = {"answer": "Khổ A2", "publish": "on", "public_text": "Khổ nào ạ?"}
    assert "Nam" in client.get(reverse("contests:enquiries", kwargs=at)).content.decode()
    client.post(reverse("contests:answer_enquiry", kwargs={**at, "uuid": enquiry.uuid}), answer)
    client.logout()
    page = client.get(reverse("contests:contest", kwargs=at)).content.decode()
    assert "Mất điện toàn xã" in page and "Khổ A2" in page and "Nam lớp" not in page


@pytest.mark.slow
def test_pages_ask_no_more_for_more_rows(client, django_assert_max_num_queries):
    """One work, question and extension, then three of each."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    by = secretary()
    contest, of_class = (
        works.poster_contest(
            by=by,
            slots=[works.SLOTS[0] | {"kind": "photos", "max_files": 3, "print_short_mm": None, "print_long_mm": None}],
        ),
        make_class(),
    )
    leader, asker = make_pupil(of_class, code="L1"), make_pupil(of_class)
    work, at = works.begun(contest, leader), {"slug": contest.slug}
    counts = []
    for number in range(3):
        operations.ask(contest=contest, user=asker, text=f"Câu hỏi {number}")
        WorkFile.objects.create(
            version=work.versions.get(),
            slot=work.category.slots.get(),
            position=number + 1,
            file_name=f"{number}.png",
            size=9,
        )
        counts.append([])
        for user, address in (
            (leader, reverse("contests:work", kwargs={**at, "uuid": work.uuid})),
            (asker, reverse("contests:contest", kwargs=at)),
            (by, reverse("contests:enquiries", kwargs=at)),
        ):
            client.force_login(user)
            client.get(address)
            with CaptureQueriesContext(
                connection,
            ) as asked:
                assert client.get(address).status_code == 200
            counts[-1].append(len(asked))
    assert counts[0] == counts[2]


@pytest.mark.slow
def test_the_page_lets_finish_what_was_begun_in_time_and_then_shows_what_counts(client):
    contest, pupil = works.poster_contest(), make_pupil(make_class(), code="L1")
    work = works.begun(contest, pupil)
    works.send(work, pupil, works.png())
    operations.write_texts(work=work, texts={"loi-binh": "Nhanh"})
    earlier = timezone.now() - timedelta(hours=1)
    work.versions.update(begun_at=earlier)
    WorkFile.objects.update(begun_at=earlier)
    at = {"slug": contest.slug}
    address, hand_in, change = (
        reverse(f"contests:{name}", kwargs=at | {"uuid": work.uuid}) for name in ("work", "hand_in", "change_work")
    )
    client.force_login(pupil)

    def deadline(minutes: int) -> None:
        Round.objects.filter(stage__contest=contest).update(closes_at=timezone.now() + timedelta(minutes=minutes))

    # The file came in while the clock ran out: the button and the words are still there, and nothing new.
    deadline(-1)
    page = client.get(address).text
    assert hand_in in page and "Không bắt đầu thêm" in page and 'name="do" value="invite"' not in page
    assert client.post(hand_in, {"pledge": "on", "used_ai": "no"}).status_code == 302
    assert client.get(reverse("contests:new_work", kwargs=at)).status_code == 409
    # What is begun anew and not handed in is not what counts.
    deadline(60)
    assert client.post(change, {"do": "write", "text-loi-binh": "Bản sau, chưa nộp"}).status_code == 302
    deadline(-120)
    page = client.get(address).text
    assert "Nhanh" in page and "Bản sau, chưa nộp" not in page and hand_in not in page
