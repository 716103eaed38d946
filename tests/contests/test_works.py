"""A work's way: a team, its files, versions and receipts, and what is refused in plain words."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from contests import operations, problems
from contests.checking import check_file
from contests.models import Contest, Extension, Round, Slot, TeamMember, Work, WorkFile, WorkText
from contests.operations import Agreed, Declared
from contests.operations.works import digest_of, lacking_of
from contests.problems import FileNotTaken
from media import storage
from media.operations import check_upload, complete_upload
from schools.operations.places import close_school
from tests.factories import works
from tests.factories.media import clip
from tests.factories.schools import make_class, make_pupil, make_school, make_teacher
from tests.factories.works import AGREED, DECLARED

pytestmark = [pytest.mark.django_db, pytest.mark.s3]


def test_a_team_is_confirmed_by_each_member():
    contest, school = works.poster_contest(mentor="required"), make_school()
    of_class = make_class(school, "8A")
    leader, mate, third, fourth = (make_pupil(of_class, code=f"M{number}") for number in range(4))
    stranger = make_pupil(make_class(make_school(), "8B"), code="X9")
    teacher = make_teacher(of_class)
    with pytest.raises(problems.MustAccept):
        operations.make_team(
            contest=contest,
            category=contest.categories.get(),
            user=leader,
            agreed=Agreed(rules=True, pledge=True, used_ai=False),
            title="Không có phụ huynh",
        )
    work = works.begun(contest, leader)
    assert works.begun(contest, leader) == work
    member = operations.invite_member(work=work, by=leader, code=" m1 ")
    assert operations.invite_member(work=work, by=leader, code="M1") == member
    for code in ("X9", "", "M\0"):
        with pytest.raises(problems.TeamRefused):
            operations.invite_member(work=work, by=leader, code=code)
    with pytest.raises(problems.TeamRefused, match=r"trưởng nhóm|leader"):
        operations.invite_member(work=work, by=mate, code="M2")
    operations.invite_member(work=work, by=leader, code="M2")
    with pytest.raises(problems.TeamRefused, match="3"):
        operations.invite_member(work=work, by=leader, code="M3")
    waiting = lacking_of(work)
    assert len(waiting) == 3, "a member, the mentor and the poster are missing"

    with pytest.raises(problems.MustAccept):
        operations.confirm_member(member=member, agreed=Agreed(rules=True))
    operations.confirm_member(member=member, agreed=AGREED)
    assert operations.confirm_member(member=member, agreed=AGREED).entry.user == mate
    # In two teams of a category: refused for who is in one, whichever side begins.
    other = works.begun(contest, fourth)
    with pytest.raises(problems.InAnotherTeam):
        operations.invite_member(work=other, by=fourth, code="M1")
    with pytest.raises(problems.InAnotherTeam):
        works.begun(contest, mate)
    twice = operations.invite_member(work=other, by=fourth, code="M2")
    operations.confirm_member(member=twice, agreed=AGREED)
    asked = work.team.members.get(user=third)
    with pytest.raises(problems.InAnotherTeam):
        operations.confirm_member(member=asked, agreed=AGREED)
    operations.leave_team(member=asked, by=third)
    asked.refresh_from_db()
    assert asked.state == TeamMember.State.DECLINED

    # Somebody of another school got in by a mistake of the table: the rule is looked at again when they confirm.
    foreign = TeamMember.objects.create(team=other.team, category=other.category, user=stranger, role="member")
    with pytest.raises(problems.TeamRefused):
        operations.confirm_member(member=foreign, agreed=AGREED)
    with pytest.raises(problems.TeamRefused):
        operations.name_mentor(work=work, by=leader, mentor=make_teacher())
    mentor = operations.name_mentor(work=work, by=leader, mentor=teacher)
    operations.confirm_member(member=mentor)
    with pytest.raises(problems.TeamRefused):
        operations.leave_team(member=works.leader_of(work), by=leader)
    assert len(lacking_of(work)) == 1, "the poster alone is missing"


def test_a_school_that_merges_parts_no_team():
    contest, school, into = works.poster_contest(), make_school(), make_school()
    Contest.objects.update(reference_date=date(2026, 10, 15))
    contest.refresh_from_db()
    of_class = make_class(school, "8A")
    leader, mate = make_pupil(of_class, code="L1"), make_pupil(of_class, code="M1")
    make_pupil(code="N1")
    work = works.begun(contest, leader)
    close_school(school=school, successors=[into], on=date(2026, 11, 1), decision="Sáp nhập", actor=None)
    member = operations.invite_member(work=work, by=leader, code="M1")
    operations.confirm_member(member=member, agreed=AGREED)
    assert member.team.members.get(user=mate).entry.school_key == work.team.school_key == school.uuid
    with pytest.raises(problems.TeamRefused):
        operations.invite_member(work=work, by=leader, code="N1")
    works.send(work, leader, works.png())
    assert operations.submit_work(work=work, member=works.leader_of(work), declared=DECLARED).receipt_code


def test_a_poster_is_handed_in_version_by_version_until_the_deadline():
    contest, pupil = works.poster_contest(), make_pupil(code="L1")
    work = works.begun(contest, pupil)
    leader = works.leader_of(work)
    with pytest.raises(problems.WorkIncomplete):
        operations.submit_work(work=work, member=leader, declared=DECLARED)
    file = works.send(work, pupil, works.png())
    assert (file.state, file.probe) == ("accepted", {"width": 300, "height": 420})
    assert "phich" not in file.key and file.key.startswith("private/contests/works/")
    assert storage.size(key=file.key) == file.size
    assert storage.size(key=file.upload.key) is None, "quarantine is emptied"
    operations.write_texts(work=work, texts={"loi-binh": "Một cửa cho mọi nhà", "lien-ket": ""})
    with pytest.raises(FileNotTaken, match="11"):
        operations.write_texts(work=work, texts={"loi-binh": "từ " * 11})
    with pytest.raises(FileNotTaken):
        operations.write_texts(work=work, texts={"lien-ket": "javascript:alert(1)"})
    for declared in (Declared(), Declared(pledge=True), Declared(pledge=True, used_ai=True, ai_note=" ")):
        with pytest.raises(problems.MustAccept):
            operations.submit_work(work=work, member=leader, declared=declared)
    first = operations.submit_work(work=work, member=leader, declared=DECLARED)
    assert operations.submit_work(work=work, member=leader, declared=DECLARED).receipt_code == first.receipt_code
    assert first.digest == digest_of(first)

    second = works.send(work, pupil, works.pdf(), name="bản in.pdf")
    assert (second.state, second.probe) == ("accepted", {"width_mm": 50, "height_mm": 70})
    work.refresh_from_db()
    assert work.counting_version == first, "what is not complete does not count"
    later = operations.submit_work(work=work, member=leader, declared=DECLARED)
    assert (later.number, work.counting_version) == (2, later)
    assert [one.file_name for one in first.files.all()] == ["áp phích.png"], "a complete version never changes"
    assert later.texts.get().text == "Một cửa cho mọi nhà"

    operations.withdraw_work(work=work, by=pupil)
    assert not Work.objects.in_the_running().exists()
    assert operations.submit_work(work=work, member=leader, declared=DECLARED).number == 3
    assert Work.objects.in_the_running().get() == work


def test_the_deadline_is_the_servers_and_what_was_begun_in_time_finishes_within_the_grace():
    contest, pupil = works.poster_contest(), make_pupil()
    work = works.begun(contest, pupil)
    works.send(work, pupil, works.png())
    round = work.round

    def closes(ago: timedelta) -> None:
        Round.objects.filter(pk=round.pk).update(
            opens_at=timezone.now() - timedelta(days=9), closes_at=timezone.now() - ago
        )

    closes(timedelta(minutes=59))
    WorkFile.objects.update(begun_at=timezone.now() - timedelta(minutes=70))
    work.versions.update(begun_at=timezone.now() - timedelta(minutes=80))
    slot = Slot.objects.get(key="ap-phich")
    with pytest.raises(problems.TooLate):
        operations.begin_file(work=work, slot=slot, user=pupil, file_name="x.png", content_type="", size=9)
    late = works.WorkFile.objects.get()
    WorkFile.objects.update(begun_at=timezone.now())
    with pytest.raises(problems.TooLate):
        operations.submit_work(work=work, member=works.leader_of(work), declared=DECLARED)
    WorkFile.objects.filter(pk=late.pk).update(begun_at=timezone.now() - timedelta(minutes=70))
    closes(timedelta(minutes=61))
    with pytest.raises(problems.TooLate):
        operations.submit_work(work=work, member=works.leader_of(work), declared=DECLARED)
    closes(timedelta(minutes=59))
    version = operations.submit_work(work=work, member=works.leader_of(work), declared=DECLARED)
    assert version.is_complete

    # Everybody gets more time, once, with a notice.
    round.refresh_from_db()
    seen, by = round.closes_at, works.secretary()
    for wrong in ({"notice": " "}, {"hours": 0}, {"hours": 10_000}):
        values = {"hours": 24, "notice": "Mất điện toàn xã"} | wrong
        with pytest.raises((problems.ReasonMissing, problems.RulesRefused)):
            operations.extend_deadline(round=round, closed_at=seen, by=by, **values)
    for _press in range(2):
        operations.extend_deadline(round=round, closed_at=seen, hours=24, notice="Mất điện toàn xã", by=by)
    extension = Extension.objects.get()
    round.refresh_from_db()
    assert round.closes_at == extension.closes_at > timezone.now() + timedelta(hours=23)
    with pytest.raises(problems.OnlyForward):
        operations.extend_deadline(round=round, closed_at=seen - timedelta(1), hours=1, notice="x", by=by)

    # Returned to be mended: a deadline of its own, and back to screening when handed in again.
    closes(timedelta(days=2))
    until = timezone.now() + timedelta(days=1)
    Work.objects.update(screening="returned", screening_reason="Thiếu chú thích nguồn ảnh", fix_until=until)
    work = Work.objects.select_related("contest", "category", "round", "team").get()
    operations.write_texts(work=work, texts={"loi-binh": "Ảnh: tự chụp"})
    operations.submit_work(work=work, member=works.leader_of(work), declared=DECLARED)
    work.refresh_from_db()
    assert (work.screening, work.fix_until) == ("waiting", None)
    with pytest.raises(problems.TooLate):
        operations.write_texts(work=work, texts={"loi-binh": "Muộn rồi"})


def test_the_grace_is_the_same_for_words_and_files(as_user):
    contest = works.poster_contest(slots=[works.SLOTS[0] | {"max_files": 2}, *works.SLOTS[1:]])
    of_class = make_class(make_school(), "8A")
    pupil, _mate, stranger = (make_pupil(of_class, code=f"L{number}") for number in (1, 2, 3))
    work = works.begun(contest, pupil)
    asked = operations.invite_member(work=work, by=pupil, code="L2")
    works.send(work, pupil, works.png())
    refused = works.send(work, pupil, b"no picture", name="x.png")
    assert refused.state == "refused"
    now = timezone.now()
    begun, closes = now - timedelta(minutes=80), now - timedelta(minutes=59)
    Round.objects.filter(pk=work.round_id).update(opens_at=now - timedelta(days=9), closes_at=closes)
    WorkFile.objects.update(begun_at=begun)
    work.versions.update(begun_at=begun)
    work = Work.objects.select_related("contest", "category", "round", "team").get()

    client = as_user(pupil)
    address = reverse("contests:work", args=[contest.slug, work.uuid])
    change = reverse("contests:change_work", args=[contest.slug, work.uuid])
    page = client.get(address).text
    until = timezone.localtime(closes + timedelta(minutes=60)).strftime("%H:%M")
    assert f"vẫn được làm nốt và nộp đến {until}" in page
    assert 'name="text-loi-binh"' in page and 'value="remove"' in page and 'value="withdraw"' not in page
    assert client.post(change, {"do": "write", "title": "Một cửa", "text-loi-binh": "Cho mọi nhà"}).status_code == 302
    assert client.post(change, {"do": "remove", "file": str(refused.uuid)}).status_code == 302
    assert client.post(change, {"do": "leave", "member": str(asked.uuid)}).status_code == 302
    # Nothing new: no file, no mate, and what is good is not taken out.
    assert client.post(change, {"do": "invite", "code": "L3"}).status_code == 409
    assert not work.team.members.filter(user=stranger).exists()
    assert client.post(change, {"do": "withdraw"}).status_code == 409
    good = WorkFile.objects.get()
    assert client.post(change, {"do": "remove", "file": str(good.uuid)}).status_code == 409
    work.refresh_from_db()
    assert (work.title, lacking_of(work)) == ("Một cửa", [])
    assert WorkText.objects.get().text == "Cho mọi nhà"

    # Once the grace is over everything is.
    Round.objects.filter(pk=work.round_id).update(closes_at=now - timedelta(minutes=61))
    assert client.post(change, {"do": "write", "text-loi-binh": "Muộn rồi"}).status_code == 409
    assert 'name="text-loi-binh"' not in client.get(address).text


def test_nothing_is_begun_within_the_grace():
    contest, pupil = works.poster_contest(), make_pupil()
    work = works.begun(contest, pupil)
    Round.objects.filter(pk=work.round_id).update(
        opens_at=timezone.now() - timedelta(days=9), closes_at=timezone.now() - timedelta(minutes=5)
    )
    # The version was begun after the deadline by the server's clock.
    work = Work.objects.select_related("contest", "category", "round", "team").get()
    for change in (
        lambda: operations.write_texts(work=work, texts={"loi-binh": "Muộn rồi"}),
        lambda: operations.rename_work(work=work, title="Muộn rồi"),
    ):
        with pytest.raises(problems.TooLate):
            change()


def test_an_upload_goes_on_and_is_compared_with_what_was_sent():
    contest, pupil = works.poster_contest(), make_pupil()
    work, data = works.begun(contest, pupil), works.png()
    slot = Slot.objects.get(key="ap-phich")
    begin = {"work": work, "slot": slot, "user": pupil, "file_name": "a.png", "content_type": "", "size": len(data)}
    file, new = operations.begin_file(**begin)
    again, renewed = operations.begin_file(**begin)
    assert (again, new, renewed) == (file, True, False)
    other, new = operations.begin_file(**begin, anew=True)
    assert new and other.upload != file.upload and WorkFile.objects.count() == 1
    for name, size, reason in (
        ("a.exe", 9, "wrong_ending"),
        ("a.png", 0, "empty"),
        ("a.png", 21 * 1024 * 1024, "too_large"),
    ):
        with pytest.raises(FileNotTaken) as refused:
            operations.begin_file(**begin | {"file_name": name, "size": size})
        assert refused.value.reason == reason

    other.upload.part_sums = {"1": "0" * 64}
    other.upload.save()
    storage_put(other.upload, data)
    complete_upload(upload=other.upload)
    for _time in range(2):
        check_upload(upload_id=other.upload.pk)
    other.refresh_from_db()
    assert (other.state, other.messages) == ("refused", [["changed_on_the_way", {}]])
    assert len(lacking_of(work)) == 1
    operations.remove_file(work=work, file=other)
    assert not WorkFile.objects.exists()


def storage_put(upload, data: bytes) -> None:
    import requests

    from media.operations import sign_upload_part

    assert requests.put(sign_upload_part(upload=upload, number=1), data=data, timeout=20).ok


POSTER = Slot(kind="poster", print_short_mm=50, print_long_mm=70, min_dpi=150)
PHOTOS, SHAPE = Slot(kind="photos", min_pixels=400), Slot(kind="shape")
VIDEO = Slot(kind="video", min_seconds=1, max_seconds=60, min_pixels=48)
HTML = b"<html><script>alert(1)</script></html>"


@pytest.mark.parametrize(
    ("slot", "ending", "made", "reason"),
    [
        (POSTER, ".png", lambda: works.png(120, 160), "too_coarse"),
        (POSTER, ".png", lambda: works.png()[:500], "damaged_picture"),
        (POSTER, ".png", lambda: works.pdf(), "other_content"),
        (POSTER, ".jpg", lambda: works.png(), "other_content"),
        (POSTER, ".pdf", lambda: HTML, "web_page"),
        (POSTER, ".pdf", lambda: works.pdf(40, 70), "print_too_small"),
        (POSTER, ".pdf", lambda: works.pdf(pages=2), "several_pages"),
        (POSTER, ".pdf", lambda: works.pdf(script=True), "active_pdf"),
        (POSTER, ".pdf", lambda: works.pdf(password="bimat"), "locked_pdf"),
        (POSTER, ".pdf", lambda: works.pdf()[:200], "damaged_document"),
        (POSTER, ".pdf", lambda: works.pdf(70, 50), None),
        (PHOTOS, ".png", lambda: works.png(300, 200), "too_few_pixels"),
        (PHOTOS, ".png", lambda: works.png(300, 420), None),
        (SHAPE, ".glb", lambda: works.glb(), None),
        (SHAPE, ".glb", lambda: works.glb()[:-4], "damaged_shape"),
        (SHAPE, ".glb", lambda: works.glb("https://noi-khac.vn/a.bin"), "outside_shape"),
        (SHAPE, ".glb", lambda: works.stl(), "other_content"),
        (SHAPE, ".stl", lambda: works.stl(), None),
        (SHAPE, ".stl", lambda: works.stl()[:-1], "other_content"),
        (SHAPE, ".stl", lambda: works.png(), "other_content"),
        (VIDEO, ".mp4", lambda: works.film(), None),
        (Slot(kind="video", min_seconds=30), ".mp4", lambda: clip(), "too_short"),
        (VIDEO, ".mp4", lambda: clip(), "other_codec"),
        (Slot(kind="video", max_seconds=2), ".mp4", lambda: works.film(4), "too_long"),
        (Slot(kind="video", min_pixels=720), ".mp4", lambda: clip(), "too_low"),
        (VIDEO, ".mp4", lambda: works.png(), "other_content"),
        (VIDEO, ".mp4", lambda: works.film()[:900], "damaged_video"),
    ],
)
def test_what_a_file_really_is_decides(slot, ending, made, reason, tmp_path):
    path = tmp_path / f"work{ending}"
    path.write_bytes(made())
    if reason is None:
        check_file(slot, path, ending)
        return
    with pytest.raises(FileNotTaken) as refused:
        check_file(slot, path, ending)
    assert refused.value.reason == reason
    assert "%(" not in str(refused.value) and str(refused.value) != reason


def test_questions_are_answered_and_published_without_names():
    contest, pupil, by = works.poster_contest(), make_pupil(), works.secretary()
    asked = operations.ask(contest=contest, user=pupil, text="Em Lan lớp 8A hỏi: khổ A2 hay A3?")
    assert operations.ask(contest=contest, user=pupil, text="Em Lan lớp 8A hỏi: khổ A2 hay A3?") == asked
    with pytest.raises(problems.ReasonMissing):
        operations.answer_enquiry(enquiry=asked, answer="A2", public_text=" ", publish=True, by=by)
    answered = operations.answer_enquiry(enquiry=asked, answer="A2", public_text="Khổ A2 hay A3?", publish=True, by=by)
    assert (answered.state, answered.answered_by) == ("published", by)
    for number in range(4):
        operations.ask(contest=contest, user=pupil, text=f"Câu {number}")
    with pytest.raises(problems.TooManyAsked):
        operations.ask(contest=contest, user=pupil, text="Câu nữa")
