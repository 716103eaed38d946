"""Works: putting a version together, handing it in, taking it back. Every moment is the server's."""

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from contests.models import Category, Contest, Slot, TeamMember, Work, WorkFile, WorkText, WorkVersion
from contests.operations.setting_up import log
from contests.problems import EntryOut, FileNotTaken, MustAccept, NotOpen, ReasonMissing, TooLate, WorkIncomplete
from contests.queries.contests import rules_in_force
from contests.queries.works import deadline_of, grace_of, lacking_in, slots_of
from contests.rules import Rules
from contests.slots import check_slot, check_text
from media.models import Upload
from media.operations import abort_upload, begin_upload
from quizzes.operations.attempts import new_receipt_code


def require_changeable(work: Work, *, finishing: bool = False) -> None:
    """Raise NotOpen, EntryOut or TooLate unless the work may be changed now.

    `finishing`: also within the grace, where there is a version begun before the deadline to finish.
    """
    if work.state == Work.State.DISQUALIFIED or work.screening == Work.Screened.REFUSED:
        raise EntryOut()
    mended = work.screening == Work.Screened.RETURNED
    if work.contest.state != Contest.State.OPEN and not (
        mended and work.contest.state in {Contest.State.CLOSED, Contest.State.JUDGING}
    ):
        raise NotOpen()
    now, deadline = timezone.now(), deadline_of(work)
    if now <= deadline:
        return
    making = work.versions.filter(submitted_at=None).first() if finishing and now <= deadline + grace_of(work) else None
    if making is None or _begun_late(making, deadline):
        raise TooLate()


def _begun_late(version: WorkVersion, deadline: datetime) -> bool:
    """Whether a version, or a file in it, was begun after the deadline, by the server's clock alone."""
    return version.begun_at > deadline or version.files.filter(begun_at__gt=deadline).exists()


def _locked(work: Work) -> Work:
    """The row, held, so that two presses follow one another."""
    return (
        Work.objects.select_for_update(of=("self",))
        .select_related("contest", "category", "round", "team")
        .get(pk=work.pk)
    )


def _in_the_making(work: Work) -> WorkVersion:
    """The version being put together: the last complete one copied, where there is none. `work` is locked."""
    making = work.versions.filter(submitted_at=None).first()
    if making is not None:
        return making
    last = work.counting_version
    made = WorkVersion.objects.create(work=work, number=last.number + 1 if last else 1)
    if last is not None:
        for file in last.files.all():
            file.pk, file.uuid, file.version = None, uuid4(), made
            file._state.adding = True
            file.save()
        WorkText.objects.bulk_create(
            WorkText(version=made, slot_id=one.slot_id, text=one.text) for one in last.texts.all()
        )
    return made


def shown_version(work: Work) -> WorkVersion | None:
    """The version a team looks at: the one in the making, else the last complete one."""
    return work.versions.filter(submitted_at=None).first() or work.counting_version


@transaction.atomic
def begin_file(*, work: Work, slot: Slot, user, file_name: str, content_type: str, size: int, anew: bool = False):
    """Register a file for a slot; returns it and whether it is new. The same file begun before goes on where it stopped.

    `anew`: the browser has another file of that name and size; what was begun is thrown away. Raises FileNotTaken (by
    name, size or because the place is full), TooLate, NotOpen, EntryOut, StorageUnavailable.
    """
    check_slot(slot, file_name=file_name, size=size)
    work = _locked(work)
    require_changeable(work, finishing=True)
    version = _in_the_making(work)
    name = file_name.replace("\\", "/").rsplit("/", 1)[-1][:255]
    begun = (
        version.files.filter(slot=slot, file_name=name, size=size, state=WorkFile.State.SENDING, upload__owner=user)
        .select_related("upload")
        .first()
    )
    if begun is not None:
        if begun.upload.state == Upload.State.OPEN and not anew:
            return begun, False
        if begun.upload.state == Upload.State.OPEN:
            abort_upload(upload=begun.upload)
        begun.delete()
    require_changeable(work)
    taken = set(version.files.filter(slot=slot).values_list("position", flat=True))
    if len(taken) >= slot.max_files:
        if slot.max_files > 1:
            raise FileNotTaken("no_room", most=slot.max_files)
        # Choosing another file is replacing it.
        version.files.filter(slot=slot).delete()
        taken = set()
    upload = begin_upload(owner=user, purpose=Upload.Purpose.WORK, file_name=name, content_type=content_type, size=size)
    file = WorkFile.objects.create(
        version=version,
        slot=slot,
        position=next(one for one in range(1, 21) if one not in taken),
        upload=upload,
        file_name=name,
        size=size,
    )
    return file, True


@transaction.atomic
def remove_file(*, work: Work, file: WorkFile) -> None:
    """Take a file out of the version in the making; complete versions keep theirs. Raises TooLate, NotOpen, EntryOut.

    Within the grace only one that keeps the work from being handed in: nothing could take the place of a good one.
    """
    work = _locked(work)
    require_changeable(work, finishing=file.state != WorkFile.State.ACCEPTED)
    version = _in_the_making(work)
    same = version.files.filter(slot=file.slot_id, position=file.position)
    same.delete()


@transaction.atomic
def write_texts(*, work: Work, texts: dict[str, str]) -> WorkVersion:
    """Keep what was written into the slots of these keys; an empty one is taken out.

    Raises FileNotTaken (too many words, no link), TooLate, NotOpen, EntryOut.
    """
    work = _locked(work)
    require_changeable(work, finishing=True)
    version = _in_the_making(work)
    for slot in work.category.slots.filter(kind__in=Slot.WRITTEN, key__in=texts):
        text = texts[slot.key].replace("\r\n", "\n").strip()
        if not text:
            version.texts.filter(slot=slot).delete()
            continue
        check_text(slot, text)
        WorkText.objects.update_or_create(version=version, slot=slot, defaults={"text": text[:10_000]})
    return version


@dataclass(frozen=True)
class Declared:
    """What is agreed to with a handing-in."""

    pledge: bool = False
    used_ai: bool | None = None
    ai_note: str = ""


def lacking_of(work: Work) -> list[str]:
    """What keeps a work from being handed in now, in words: the team and the version."""
    version, found = shown_version(work), []
    present = work.team.members.filter(state__in=TeamMember.PRESENT)
    makers = [one for one in present if one.role != TeamMember.Role.MENTOR]
    if any(one.state != TeamMember.State.CONFIRMED for one in makers):
        found.append(_("Not everybody of the team has confirmed yet."))
    elif len(makers) < work.category.team_min:
        found.append(_("A team has at least %(least)s members here.") % {"least": work.category.team_min})
    mentors = [one for one in present if one.role == TeamMember.Role.MENTOR]
    if work.category.mentor == Category.Mentor.REQUIRED and not mentors:
        found.append(_("Name the teacher who is your mentor."))
    return found + lacking_in(slots_of(work.category, version))


@transaction.atomic
def submit_work(*, work: Work, member: TeamMember, declared: Declared) -> WorkVersion:
    """Hand in the version in the making; it is complete from then on and has its receipt. Again: the same version.

    What was begun before the deadline may finish within the grace. Raises MustAccept, WorkIncomplete, TooLate, NotOpen,
    EntryOut.
    """
    work = _locked(work)
    making = work.versions.filter(submitted_at=None).first()
    if making is None and work.counting_version is not None:
        if work.state == Work.State.SUBMITTED:
            return work.counting_version
        making = _in_the_making(work)
    require_changeable(work, finishing=True)
    if making is None:
        raise TooLate()
    version = rules_in_force(work.contest)
    if not declared.pledge:
        raise MustAccept(_("Confirm the pledge: only then is the work handed in."))
    if version and Rules.of(version).ai_declaration and declared.used_ai is None:
        raise MustAccept(_("Say whether AI was used: both answers are allowed, silence is not."))
    if declared.used_ai and not declared.ai_note.strip():
        raise MustAccept(_("Say in a few words what AI was used for."))
    if missing := lacking_of(work):
        raise WorkIncomplete(" ".join(missing), lacking=missing)
    making.submitted_at, making.submitted_by, making.rules = timezone.now(), member, version
    making.pledged, making.used_ai = True, declared.used_ai
    making.ai_note = declared.ai_note.strip()[:300] if declared.used_ai else ""
    making.digest, making.receipt_code = digest_of(making), new_receipt_code()
    making.save()
    work.state, work.submitted_at, work.reason = Work.State.SUBMITTED, making.submitted_at, ""
    if work.screening == Work.Screened.RETURNED:
        # Mended: it is looked at again.
        work.screening, work.screening_reason, work.fix_until = Work.Screened.WAITING, "", None
    work.save(update_fields=["state", "submitted_at", "reason", "screening", "screening_reason", "fix_until"])
    return making


def to_finish(work: Work) -> WorkVersion | None:
    """The version that may still be finished although the deadline is over: begun before it, within the grace."""
    if timezone.now() <= deadline_of(work):
        return None
    try:
        require_changeable(work, finishing=True)
    except (NotOpen, EntryOut, TooLate):
        return None
    return shown_version(work)


def digest_of(version: WorkVersion) -> str:
    """SHA-256 over what was handed in: [slot, place, sum of the file] and [slot, text], in order."""
    parts: list[list] = [
        [one.slot.key, one.position, one.sha256]
        for one in version.files.select_related("slot").order_by("slot__position", "position")
    ]
    parts += [[one.slot.key, one.text] for one in version.texts.select_related("slot").order_by("slot__position")]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


@transaction.atomic
def rename_work(*, work: Work, title: str) -> Work:
    """Raises ReasonMissing for no title, TooLate, NotOpen, EntryOut."""
    work = _locked(work)
    require_changeable(work, finishing=True)
    if not title.strip():
        raise ReasonMissing(_("Give the work a title; it can be changed later."))
    work.title = title.strip()[:200]
    work.save(update_fields=["title"])
    return work


@transaction.atomic
def withdraw_work(*, work: Work, by) -> Work:
    """Take a work out; handing it in again before the deadline brings it back. Raises TooLate, NotOpen, EntryOut."""
    work = _locked(work)
    if work.state == Work.State.WITHDRAWN:
        return work
    require_changeable(work)
    work.state = Work.State.WITHDRAWN
    work.save(update_fields=["state"])
    log(by, "withdraw_work", work.contest, work=work.code)
    return work
