"""Screening by the secretary, and the copies a jury sees of what was admitted."""

import tempfile
from datetime import datetime
from pathlib import Path

from django.core.files.base import ContentFile, File
from django.core.files.storage import storages
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contests.models import Contest, Copy, Screening, Work, WorkFile
from contests.operations.setting_up import log
from contests.picturing import LARGE, picture_of
from contests.problems import CopyImpossible, NotToScreen, ReasonMissing
from contests.stripping import ENDINGS, strip_file
from media import storage


@transaction.atomic
def screen_work(
    *, work: Work, verdict: str, by, reason: str = "", fix_until: datetime | None = None
) -> Screening | None:
    """Admit a work, return it to be mended until a day, or refuse it. Each decision is a row; the same again is none (None).

    What is admitted gets its copies. Raises NotToScreen, ReasonMissing.
    """
    work = Work.objects.select_for_update().select_related("contest").get(pk=work.pk)
    version = work.counting_version
    late = {Contest.State.MODERATED, Contest.State.PUBLISHED, Contest.State.ARCHIVED, Contest.State.DRAFT}
    if verdict not in Work.Screened.values or verdict == Work.Screened.WAITING:
        raise NotToScreen()
    if work.state != Work.State.SUBMITTED or version is None or work.contest.state in late:
        raise NotToScreen()
    reason = reason.strip()[:500]
    if verdict != Work.Screened.IN and not reason:
        raise ReasonMissing()
    if verdict == Work.Screened.RETURNED and (fix_until is None or fix_until <= timezone.now()):
        raise NotToScreen(_("Say until which day the work may be mended: today or later."))
    if verdict != Work.Screened.RETURNED:
        fix_until = None
    if (work.screening, work.screening_reason, work.fix_until) == (verdict, reason, fix_until):
        return None
    made = Screening.objects.create(
        work=work, version=version, verdict=verdict, reason=reason, fix_until=fix_until, by=by
    )
    work.screening, work.screening_reason, work.fix_until = verdict, reason, fix_until
    work.save(update_fields=["screening", "screening_reason", "fix_until"])
    log(by, "screen_work", work.contest, work=work.code, verdict=verdict, reason=reason)
    if verdict == Work.Screened.IN:
        _ask_for_copies(work)
    return made


def _ask_for_copies(work: Work) -> None:
    from contests.tasks import make_copies

    transaction.on_commit(lambda: make_copies.delay(work.pk))


def make_copies(work_id: int) -> int:
    """Make what is missing of a work's copies, named after its code and nothing else. Returns how many are ready now.

    Runs in the worker. What cannot be read is marked so: the secretary asks for the file again.
    """
    work = Work.objects.select_related("contest").get(pk=work_id)
    version, ready = work.counting_version, 0
    if version is None:
        return 0
    for file in version.files.filter(state=WorkFile.State.ACCEPTED).order_by("slot__position", "position"):
        copy, _made = Copy.objects.get_or_create(file=file)
        if copy.state != Copy.State.READY:
            _make(copy, file, work)
        ready += copy.state == Copy.State.READY
    return ready


def _page_of(target: Path, copy: Copy, work: Work) -> str:
    """The first page as a picture, so that a jury sees posters beside each other; empty where it cannot be painted."""
    try:
        content, _width, _height = picture_of(target.read_bytes(), "application/pdf", longest=LARGE)
    except CopyImpossible:
        return ""
    name = f"contests/{work.contest.uuid}/copies/{copy.uuid}.jpg"
    return storages["private"].save(name, ContentFile(content))


def _make(copy: Copy, file: WorkFile, work: Work) -> None:
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "original", Path(folder) / "copy"
        with source.open("wb") as original:
            storage.download(key=file.key, file=original)
        try:
            copy.size = strip_file(source, target, file.content_type)
        except CopyImpossible:
            copy.state = Copy.State.FAILED
            copy.save(update_fields=["state"])
            return
        name = f"contests/{work.contest.uuid}/copies/{copy.uuid}{ENDINGS[file.content_type]}"
        with target.open("rb") as made:
            copy.key = storages["private"].save(name, File(made))
        if file.content_type == "application/pdf":
            copy.page_key = _page_of(target, copy, work)
    copy.state, copy.content_type, copy.made_at = Copy.State.READY, file.content_type, timezone.now()
    copy.save()
