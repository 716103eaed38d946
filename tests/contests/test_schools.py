"""Classes registered and reminded, figures without anybody to pick out, the media kit, certificates."""

import io
from datetime import timedelta

import pytest
from defusedxml import ElementTree
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from contests import operations
from contests.models import Entry, Ranking
from contests.operations.states import name_of
from contests.problems import NotReady
from contests.queries.statistics import grouped
from courses.models import Certificate
from schools.models import Notification
from tests.factories import contests as make
from tests.factories.schools import make_pupil


def url(name: str, *args) -> str:
    return reverse(f"contests:{name}", args=args)


def test_small_places_are_told_together_and_never_by_subtraction():
    assert [(one.name, one.entered) for one in grouped([("A", 30, 20), ("B", 5, 5)])] == [("A", 30), ("B", 5)]
    # One small place would follow from the total: the smallest shown one joins it.
    (shown, rest) = grouped([("A", 30, 20), ("B", 6, 5), ("C", 2, 1)])
    assert (shown.name, rest.name, rest.entered, rest.places) == ("A", "", 8, 2)
    assert grouped([("C", 2, 1)]) == []


@pytest.mark.slow
@pytest.mark.django_db
def test_a_teacher_registers_and_reminds_and_the_school_sees_its_classes(
    pupil, teacher, other_teacher, school_class, school_admin, as_user
):
    contest = make.opened(categories=[{"slug": "hs", "title": "Học sinh", "eligibility": {"levels": ["thpt", "thcs"]}}])
    second = make_pupil(school_class, password=None)
    client, address = as_user(teacher), url("register", contest.slug, school_class.uuid)
    assert "Đăng ký các em đã chọn" in client.get(url("class", contest.slug, school_class.uuid)).text
    for _twice in range(2):
        client.post(address, {"pupil": [pupil.pk, "x"]})
    entry = Entry.objects.get()
    assert (entry.user, entry.acceptances.count()) == (pupil, 0)
    # The pupil agrees, not the teacher.
    answer = as_user(pupil).post(url("start", contest.slug, 1), follow=True)
    assert answer.redirect_chain[-1][0] == url("accept", contest.slug)
    for _twice in range(2):
        client.post(address, {"remind": "1"})
    assert set(Notification.objects.filter(kind="contest_reminder").values_list("user", flat=True)) == {
        pupil.pk,
        second.pk,
    }
    assert as_user(other_teacher).post(address, {"remind": "1"}).status_code == 404
    # The whole class at one press: 40 ticks on a telephone are too many.
    assert 'name="all"' in client.get(url("class", contest.slug, school_class.uuid)).text
    client.post(address, {"all": "1"})
    assert set(Entry.objects.values_list("user", flat=True)) == {pupil.pk, second.pk}
    assert 'name="all"' not in client.get(url("class", contest.slug, school_class.uuid)).text
    school = url("school", contest.slug, school_class.school.uuid)
    page = as_user(school_admin).get(school)
    assert [(row["entered"], row["taken"]) for row in page.context["rows"] if row["entered"]] == [(2, 0)]
    assert as_user(teacher).get(school).status_code == 404
    assert "Ít hơn năm người" in as_user().get(url("statistics", contest.slug)).text
    share = as_user().get(url("share", contest.slug))
    assert contest.title in share.text
    assert as_user().get(url("poster", contest.slug, "qr.svg")).content.startswith(b"<svg")
    assert as_user().get(url("poster", contest.slug, "a5.pdf")).status_code == 404
    drawing = ElementTree.fromstring(as_user().get(url("poster", contest.slug, "poster.svg")).content)
    told = " ".join(one.text for one in drawing.iter("{http://www.w3.org/2000/svg}text"))
    assert contest.title in told
    assert "Quét mã để dự thi" in told


@pytest.mark.django_db
@pytest.mark.slow
def test_a_poster_is_one_sheet_of_paper():
    from pypdf import PdfReader

    from contests.printing import poster_pdf

    title = "Tìm hiểu dịch vụ công trực tuyến của tỉnh dành cho học sinh trung học"
    contest = make.opened(title=title, weeks=4, prizes=[{"title": f"Giải {n}", "count": 3} for n in range(6)])
    for size, width in (("a3", 842), ("a4", 595)):
        (sheet,) = PdfReader(io.BytesIO(poster_pdf(contest, size))).pages
        assert round(sheet.mediabox.width) == width


@pytest.mark.slow
@pytest.mark.django_db
def test_winners_get_certificates_when_nobody_can_object_any_more(pupil, as_user):
    by = make.secretary()
    prizes = [{"kind": "individual", "title": "Giải Nhất", "count": 1}]
    contest = make.opened(by=by, prizes=prizes)
    make.entry(contest, pupil)
    make.take(contest, pupil)
    make.close_rounds(contest)
    operations.move_contest(contest=contest, to="closed", by=by, signed_name=name_of(by))
    operations.freeze_ranking(contest=contest, by=by)
    with pytest.raises(NotReady):
        operations.issue_contest_certificates(contest=contest, by=by)
    contest.refresh_from_db()
    operations.move_contest(contest=contest, to="published", by=by, signed_name=name_of(by))
    client = as_user(by)
    assert client.post(url("certify", contest.slug)).status_code == 409
    Ranking.objects.update(computed_at=timezone.now() - timedelta(days=20))
    for _twice in range(2):
        client.post(url("certify", contest.slug))
    certificate = Certificate.objects.get()
    assert (certificate.user, certificate.kind, certificate.award) == (pupil, "contest", "Giải Nhất")
    page = as_user().get(reverse("verify", args=[certificate.serial]))
    assert "Giải Nhất" in page.text
    assert contest.title in page.text
    paper = as_user(pupil).get(reverse("courses:certificate_pdf", args=[certificate.serial]))
    assert paper.content.startswith(b"%PDF")


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["statistics", "school", "outages", "questions"])
def test_queries_do_not_grow_with_rows(name, school_class, school_admin, as_user):
    by, counts = make.secretary(), []
    contest = make.opened(by=by)
    args = (contest.slug, school_class.school.uuid) if name == "school" else (contest.slug,)
    client = as_user(school_admin if name == "school" else by)
    for added in (1, 2):
        for _pupil in range(added):
            pupil = make_pupil(school_class, password=None)
            make.entry(contest, pupil)
            round, now = contest.stages.get().rounds.get(), timezone.now()
            operations.record_outage(
                round=round, starts_at=now - timedelta(minutes=pupil.pk), ends_at=now, reason="Mất điện", by=by
            )
        client.get(url(name, *args))
        with CaptureQueriesContext(connection) as queries:
            assert client.get(url(name, *args)).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1], [one["sql"][:150] for one in queries]
