"""What the tables of works refuse, whoever writes to them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from contests.models import (
    Category,
    Contest,
    Enquiry,
    Entry,
    Extension,
    Round,
    RulesVersion,
    Screening,
    Slot,
    Stage,
    Team,
    TeamMember,
    Work,
    WorkFile,
    WorkText,
    WorkVersion,
)
from tests.factories.constraints import once, refused
from tests.factories.schools import make_pupil, make_staff, make_unit

pytestmark = pytest.mark.django_db


def test_the_tables_of_works_keep_their_rules():
    now = timezone.now()
    contest = Contest.objects.create(slug="ap-phich", title="Áp phích", kind="works", organiser=make_unit())
    category = Category.objects.create(contest=contest, slug="ap-phich", title="Áp phích", team_max=3)
    stage = Stage.objects.create(contest=contest, position=1, kind="submission", title="Nộp bài")
    round = Round.objects.create(
        stage=stage, number=1, level="province", opens_at=now, closes_at=now + timedelta(days=1)
    )
    rules = RulesVersion.objects.create(contest=contest, number=1, text="Thể lệ")
    pupil, mate, staff = make_pupil(full_name="Nguyễn Thị Hồng"), make_pupil(full_name="Lê Văn Nam"), make_staff()

    slot = Slot.objects.create(
        category=category, key="ap-phich", position=1, kind="poster", title="Áp phích", max_megabytes=50
    )
    more = {"category": category, "title": "Khác"}
    with refused(once("slot_key_once", "contests_slot.category_id", "contests_slot.key")):
        Slot.objects.create(key="ap-phich", position=2, kind="poster", max_megabytes=1, **more)
    for broken, name in (
        ({"kind": "photos", "max_megabytes": 1, "min_files": 3}, "slot_takes_files_in_order"),
        ({"kind": "poster", "max_megabytes": 1, "print_short_mm": 297}, "slot_print_size_has_two_sides"),
        ({"kind": "video"}, "slot_of_files_has_a_size"),
        ({"kind": "video", "max_megabytes": 1, "min_seconds": 9, "max_seconds": 3}, "slot_seconds_in_order"),
        ({"kind": "link"}, "link_only_beside_a_copy"),
    ):
        with refused(name):
            Slot.objects.create(key="khac", position=2, **more, **broken)

    team, other = Team.objects.create(category=category), Team.objects.create(category=category)
    entry = Entry.objects.create(contest=contest, category=category, user=pupil, code="A")
    confirmed = {"category": category, "state": "confirmed", "answered_at": now, "entry": entry}
    leader = TeamMember.objects.create(team=team, user=pupil, role="leader", **confirmed)
    with refused(once("one_team_of_a_person_in_a_category", "contests_teammember.category_id", ".*user_id")):
        TeamMember.objects.create(team=other, user=pupil, role="member", **confirmed)
    # Being asked by two teams is no membership of two.
    TeamMember.objects.create(team=other, category=category, user=pupil, role="member")
    with refused(once("one_leader_of_a_team", "contests_teammember.team_id")):
        TeamMember.objects.create(team=team, user=mate, role="leader", **confirmed)
    with refused("confirmed_member_has_entered"):
        TeamMember.objects.create(team=team, user=mate, role="member", **confirmed | {"entry": None})
    with refused("member_answered_at_some_time"):
        TeamMember.objects.create(team=team, user=mate, role="member", category=category, state="declined")
    TeamMember.objects.create(team=team, category=category, user=staff, role="mentor")
    with refused(once("one_mentor_of_a_team", "contests_teammember.team_id")):
        TeamMember.objects.create(team=team, category=category, user=mate, role="mentor")

    of = {"contest": contest, "category": category, "round": round}
    work = Work.objects.create(team=team, code="KXW", title="Một cửa", **of)
    with refused(once("work_code_once", "contests_work.contest_id", "contests_work.code")):
        Work.objects.create(team=other, code="KXW", title="Khác", **of)
    for broken, name in (
        ({"state": "submitted"}, "handed_in_at_some_time"),
        ({"state": "disqualified"}, "disqualified_work_says_why"),
        ({"screening": "refused"}, "screened_work_says_why"),
        ({"screening": "returned", "screening_reason": "mờ"}, "returned_work_has_a_deadline"),
        ({"fix_until": now}, "returned_work_has_a_deadline"),
    ):
        with refused(name):
            Work.objects.filter(pk=work.pk).update(**broken)

    version = WorkVersion.objects.create(work=work, number=1)
    with refused(once("one_version_in_the_making", "contests_workversion.work_id")):
        WorkVersion.objects.create(work=work, number=2)
    complete = {
        "submitted_at": now,
        "submitted_by": leader,
        "rules": rules,
        "pledged": True,
        "digest": "0" * 64,
        "receipt_code": "R1",
    }
    for missing in complete:
        empty = {"pledged": False, "digest": ""}.get(missing)
        with refused("complete_version_has_its_receipt"):
            WorkVersion.objects.filter(pk=version.pk).update(**complete | {missing: empty})
    with refused("ai_used_is_ai_told"):
        WorkVersion.objects.filter(pk=version.pk).update(used_ai=True)
    assert work.counting_version is None
    WorkVersion.objects.filter(pk=version.pk).update(**complete)
    second = WorkVersion.objects.create(work=work, number=2)
    with refused(once("work_version_once", "contests_workversion.work_id", "contests_workversion.number")):
        WorkVersion.objects.create(work=work, number=1, **complete | {"receipt_code": "R2"})
    # What is being put together does not count yet.
    assert work.counting_version == version
    assert Work.objects.with_counting_version().get(pk=work.pk).counting == version.pk

    file = WorkFile.objects.create(version=second, slot=slot, file_name="áp phích.pdf", size=9)
    with refused(once("file_place_once", "contests_workfile.version_id", ".*slot_id", ".*position")):
        WorkFile.objects.create(version=second, slot=slot, file_name="x.pdf", size=9)
    for broken, name in (
        ({"size": 0}, "work_file_is_not_empty"),
        ({"position": 21}, "file_place_in_order"),
        ({"state": "accepted", "checked_at": now, "key": "k", "content_type": "x"}, "accepted_file_is_kept_and_summed"),
        ({"state": "refused", "checked_at": now}, "refused_file_says_why"),
    ):
        with refused(name):
            WorkFile.objects.filter(pk=file.pk).update(**broken)
    with refused("work_text_is_not_empty"):
        WorkText.objects.create(version=second, slot=slot, text="")

    for broken, name in (
        ({"verdict": "waiting", "reason": "…"}, "screening_decides"),
        ({"verdict": "refused"}, "screening_says_why"),
        ({"verdict": "returned", "reason": "mờ"}, "returned_until_some_later_time"),
        ({"verdict": "in", "fix_until": now + timedelta(days=1)}, "returned_until_some_later_time"),
    ):
        with refused(name):
            Screening.objects.create(work=work, version=version, by=staff, **broken)

    hour = timedelta(hours=1)
    Extension.objects.create(round=round, closed_at=now, closes_at=now + hour, notice="Gia hạn", by=staff)
    with refused(once("a_deadline_is_extended_once", "contests_extension.round_id", "contests_extension.closed_at")):
        Extension.objects.create(round=round, closed_at=now, closes_at=now + hour, notice="Gia hạn", by=staff)
    later = {"closed_at": now + hour, "closes_at": now + 2 * hour, "notice": "Gia hạn"}
    for broken, name in (({"closes_at": now + hour}, "extension_gives_time"), ({"notice": ""}, "extension_is_told")):
        with refused(name):
            Extension.objects.create(round=round, by=staff, **later | broken)

    asked = Enquiry.objects.create(contest=contest, asked_by=pupil, text="Khổ A2 hay A3?")
    for broken, name in (
        ({"state": "answered"}, "enquiry_answered_by_somebody"),
        ({"answer": "A2"}, "enquiry_answered_by_somebody"),
        (
            {"state": "published", "answer": "A2", "answered_by": staff, "answered_at": now},
            "published_enquiry_has_its_words",
        ),
    ):
        with refused(name):
            Enquiry.objects.filter(pk=asked.pk).update(**broken)
