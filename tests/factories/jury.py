"""A contest of works with a jury, as its secretary and its entrants made it."""

import io
import itertools
from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone
from PIL import Image

from contests.jury.rubrics import rubric
from contests.models import (
    Category,
    Contest,
    ContestStep,
    Entry,
    Juror,
    Prize,
    Review,
    Round,
    RulesVersion,
    Slot,
    Stage,
    Team,
    TeamMember,
    Work,
    WorkFile,
    WorkVersion,
)
from contests.operations import accept_invitation, invite_juror, save_score, set_rubric
from contests.operations.states import name_of
from tests.factories.schools import make_with_role, province

_numbers = itertools.count(1)


def contest(by, *, jurors: int | None = None, prizes: int = 1) -> Contest:
    """A poster contest that is closed and being judged."""
    now, number = timezone.now(), next(_numbers)
    made = Contest.objects.create(
        slug=f"ap-phich-{number}", title="Áp phích dịch vụ công", kind="works", state="judging", organiser=province()
    )
    RulesVersion.objects.create(
        contest=made,
        number=1,
        text="Thể lệ",
        order=[["score", "desc"], ["draw", "asc"]],
        terms={"jury": {"jurors": jurors}},
        published_at=now,
    )
    category = Category.objects.create(contest=made, slug="ap-phich", title="Áp phích", team_max=3)
    stage = Stage.objects.create(contest=made, position=1, kind="submission", title="Nộp bài")
    Round.objects.create(
        stage=stage, number=1, level="province", opens_at=now - timedelta(days=9), closes_at=now - timedelta(days=1)
    )
    Slot.objects.create(category=category, key="anh", position=1, kind="poster", title="Áp phích", max_megabytes=9)
    Prize.objects.create(contest=made, position=1, title="Giải nhất", count=prizes)
    ContestStep.objects.create(
        contest=made, from_state="draft", to_state="open", from_place=0, to_place=1, by=by, signed_name=name_of(by)
    )
    set_rubric(category=category, criteria=rubric("ap-phich"), by=by)
    return made


def poster() -> bytes:
    """A picture that names its maker where nobody looks."""
    exif = Image.Exif()
    exif[0x013B] = "Tran Thi Buoi"
    held = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(held, "JPEG", exif=exif)
    return held.getvalue()


def work(
    of: Contest,
    pupil,
    school,
    *,
    category: Category | None = None,
    screening: str = "in",
    mentor=None,
    content: bytes = b"",
    kind="image/jpeg",
) -> Work:
    """A work handed in by one pupil of a school; with `content`, a picture or a film lies in the store."""
    number, now = next(_numbers), timezone.now()
    category = category or of.categories.get()
    entry = Entry.objects.create(
        contest=of, category=category, user=pupil, code=f"E{number}", school_key=school.uuid, unit_name=school.name
    )
    team = Team.objects.create(category=category, school_key=school.uuid, unit_name=school.name)
    common = {"team": team, "category": category, "state": "confirmed", "answered_at": now}
    leader = TeamMember.objects.create(user=pupil, entry=entry, role="leader", **common)
    if mentor:
        TeamMember.objects.create(user=mentor, role="mentor", **common)
    made = Work.objects.create(
        team=team,
        contest=of,
        category=category,
        round=Round.objects.get(stage__contest=of),
        code=f"AP{number:03}",
        title=f"Tên bài {number}",
        state="submitted",
        submitted_at=now - timedelta(days=2),
        screening=screening,
    )
    version = WorkVersion.objects.create(
        work=made,
        number=1,
        submitted_at=made.submitted_at,
        submitted_by=leader,
        rules=RulesVersion.objects.get(contest=of),
        pledged=True,
        digest="0" * 64,
        receipt_code=f"R{number}",
    )
    if content:
        key = storages["private"].save(f"contests/tests/{number}.jpg", ContentFile(content))
        WorkFile.objects.create(
            version=version,
            slot=category.slots.get(),
            file_name="Tran Thi Buoi 10A1.jpg",
            size=len(content),
            state="accepted",
            key=f"private/{key}",
            content_type=kind,
            sha256="0" * 64,
            checked_at=now,
        )
    return made


def juror(of: Contest, by, *, user=None, **more) -> Juror:
    """Somebody who was invited and accepted."""
    user = user or make_with_role("juror", f"Giám Khảo {next(_numbers)}")
    _seat, token = invite_juror(contest=of, name=name_of(user), by=by, **more)
    return accept_invitation(token=token, user=user)


def scored(review: Review, points) -> Review:
    """Points for every criterion: one number for all, or one each."""
    criteria = list(review.work.category.criteria.all())
    each = points if isinstance(points, list) else [points] * len(criteria)
    for one, value in zip(criteria, each, strict=True):
        save_score(review=review, key=one.key, value=value)
    return review
