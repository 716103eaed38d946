"""Questions brought in from a file, step by step: kept, read in the background, looked at, committed, undone."""

import hashlib
import secrets
from datetime import timedelta
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from wagtail.models import ReferenceIndex

from cms.audit.operations import record
from cms.jobs.models import Job
from cms.jobs.operations import Progress, start_job
from cms.problems import Problem
from media.models import Picture
from quizzes.exchange.formats import FORMATS, MAX_BYTES, read_questions
from quizzes.exchange.items import Attachment, Item, Reading, Unreadable
from quizzes.exchange.storing import fault_of, fingerprint, store_items
from quizzes.models import Paper, Question, QuestionBank, QuestionImport, QuizQuestion

READ, COMMIT = "quizzes.read_import", "quizzes.commit_import"
FOLDER = "question-imports"
PREVIEW_DAYS = 7


class FileNotTaken(Problem):
    status = 422
    code = "questions_file_refused"


class ImportClosed(Problem):
    status = 409
    code = "import_closed"


class UndoRefused(Problem):
    status = 409
    code = "undo_refused"


def begin_import(*, bank: QuestionBank, data: bytes, file_name: str, by) -> QuestionImport:
    """Keep an uploaded file and have it read by a worker. Raises FileNotTaken for an empty or too large one."""
    if not data:
        raise FileNotTaken(_("The file is empty."))
    if len(data) > MAX_BYTES:
        raise FileNotTaken(_("The file is larger than 50 MB. Split it into several files."))
    key = storages["private"].save(f"{FOLDER}/{secrets.token_hex(16)}/file", ContentFile(data))
    with transaction.atomic():
        made = QuestionImport.objects.create(
            bank=bank,
            actor=by,
            file_name=file_name[-255:],
            file_digest=hashlib.sha256(data).hexdigest(),
            file_key=key,
        )
        start_job(kind=READ, owner=by, params={"import": str(made.uuid), "language": translation.get_language() or ""})
    return made


def job_of(question_import: QuestionImport) -> Job | None:
    """The latest background work for an import."""
    return Job.objects.filter(kind__in=[READ, COMMIT], params__import=str(question_import.uuid)).order_by("-pk").first()


def _read(question_import: QuestionImport) -> Reading:
    if not question_import.file_key:
        raise ImportClosed(_("The file of this import is erased. Upload it again."))
    with storages["private"].open(question_import.file_key) as file:
        data = file.read()
    return read_questions(data, name=question_import.file_name)


def _erase(question_import: QuestionImport) -> None:
    """The uploaded file, and the pictures that its preview showed, are gone for good."""
    store = storages["private"]
    if question_import.file_key:
        store.delete(question_import.file_key)
    for key in question_import.report.get("pictures", {}).values():
        store.delete(key)


# --- Reading ---


def read_uploaded(progress: Progress) -> None:
    """The job: read the file and write down what it holds. Raises FileNotTaken with a sentence; the file is erased then."""
    found = QuestionImport.objects.select_related("bank").get(uuid=UUID(progress.job.params["import"]))
    if found.state != QuestionImport.State.READING:
        return
    with translation.override(progress.job.params.get("language") or None):
        progress.say(done=0, total=100, doing=_("Reading the file"))
        try:
            reading = _read(found)
        except Unreadable as refusal:
            _erase(found)
            QuestionImport.objects.filter(pk=found.pk).update(
                state=QuestionImport.State.FAILED, file_key="", report={"refused": str(refusal)}
            )
            raise FileNotTaken(str(refusal)) from refusal
        progress.say(done=50, total=100, doing=_("Comparing with the bank"))
        found.report = _report(found, reading)
    found.format = reading.format
    found.state = QuestionImport.State.PREVIEW
    found.save(update_fields=["format", "state", "report"])


def _report(found: QuestionImport, reading: Reading) -> dict:
    """What the preview shows, item by item; pictures are kept beside the file until it is erased."""
    known = set(found.bank.questions.exclude(fingerprint="").values_list("fingerprint", flat=True))
    pictures: dict[str, str] = {}
    items, skipped = [], [{"item": one.label, "reason": str(one.reason)} for one in reading.skipped]
    for item in reading:
        if fault := fault_of(item):
            skipped.append({"item": item.label, "reason": fault})
            continue
        mark = fingerprint(item)
        items.append(_shown(item, found, pictures) | {"new": mark not in known})
        known.add(mark)
    return {
        "new": sum(one["new"] for one in items),
        "unchanged": sum(not one["new"] for one in items),
        "items": items,
        "skipped": skipped,
        "warnings": [str(one) for one in reading.warnings],
        "before_after": [list(pair) for pair in reading.before_after],
        "pictures": pictures,
    }


def _shown(item: Item, found: QuestionImport, pictures: dict[str, str]) -> dict:
    def kept(picture: Attachment) -> dict:
        digest = hashlib.sha256(picture.data).hexdigest()
        if digest not in pictures:
            pictures[digest] = storages["private"].save(
                found.file_key.rpartition("/")[0] + f"/{digest}", ContentFile(picture.data)
            )
        return {"digest": digest, "alt": picture.alt}

    return {
        "label": item.label,
        "type": item.type,
        "stem": item.stem,
        "explanation": item.explanation,
        "pictures": [kept(one) for one in item.pictures],
        "targets": [{"text": one.text, "kind": one.kind, "correct": one.correct} for one in item.targets],
        "options": [
            {
                "text": option.text,
                "correct": option.correct,
                "why": option.why,
                "goes_to": "" if option.target is None else item.targets[option.target].text,
                "earns": "" if option.fraction is None else f"{option.fraction * 100:.0f}%",
                "pictures": [kept(one) for one in option.pictures],
            }
            for option in item.options
        ],
    }


# --- Committing ---


@transaction.atomic
def begin_commit(*, question_import: QuestionImport, by) -> Job:
    """Have the looked-at file stored by a worker; a second call gives the same job. Raises ImportClosed."""
    found = QuestionImport.objects.select_for_update().get(pk=question_import.pk)
    job = job_of(found)
    if job is not None and job.kind == COMMIT and job.state != Job.State.FAILED:
        return job
    if found.state != QuestionImport.State.PREVIEW:
        raise ImportClosed(_("This import is closed already."))
    return start_job(
        kind=COMMIT, owner=by, params={"import": str(found.uuid), "language": translation.get_language() or ""}
    )


def commit_uploaded(progress: Progress) -> None:
    """The job: all new questions become drafts of the bank, or none does; then the file is erased."""
    with translation.override(progress.job.params.get("language") or None):
        found = QuestionImport.objects.get(uuid=UUID(progress.job.params["import"]))
        if found.state != QuestionImport.State.PREVIEW:
            return
        try:
            reading = _read(found)
        except Unreadable as refusal:
            raise FileNotTaken(str(refusal)) from refusal
        with transaction.atomic():
            found = (
                QuestionImport.objects.select_for_update(of=("self",)).select_related("bank", "actor").get(pk=found.pk)
            )
            if found.state != QuestionImport.State.PREVIEW:
                return
            stored = store_items(bank=found.bank, reading=reading, actor=found.actor)
            report = found.report
            found.created_keys = [str(key) for key in stored.created]
            found.state, found.committed_at = QuestionImport.State.COMMITTED, timezone.now()
            found.report = {name: report.get(name, []) for name in ("skipped", "warnings", "before_after")} | {
                "new": len(stored.created),
                "unchanged": stored.unchanged,
            }
            erased = QuestionImport(file_key=found.file_key, report=report)
            found.file_key = ""
            found.save()
        _erase(erased)
    progress.job.result = {"created": len(stored.created), "unchanged": stored.unchanged}


@transaction.atomic
def give_up_import(*, question_import: QuestionImport) -> None:
    """Forget an import that was not committed, with its file."""
    found = QuestionImport.objects.select_for_update().get(pk=question_import.pk)
    if found.state in {QuestionImport.State.COMMITTED, QuestionImport.State.UNDONE}:
        raise ImportClosed(_("This import is closed already."))
    transaction.on_commit(lambda: _erase(found))
    QuestionImport.objects.filter(pk=found.pk).delete()


def forget_old_imports() -> int:
    """Every hour: uploads that nobody committed within PREVIEW_DAYS are given up. Returns how many."""
    stale = QuestionImport.objects.filter(
        state__in=[QuestionImport.State.READING, QuestionImport.State.PREVIEW, QuestionImport.State.FAILED],
        created_at__lt=timezone.now() - timedelta(days=PREVIEW_DAYS),
    )
    count = 0
    for found in stale:
        give_up_import(question_import=found)
        count += 1
    return count


def obstacle_to_undo(question_import: QuestionImport) -> str:
    """Why an import can no longer be undone, in a sentence; empty if it can."""
    keys = [UUID(key) for key in question_import.created_keys]
    if question_import.state != QuestionImport.State.COMMITTED:
        return _("This import is closed already.")
    if QuizQuestion.objects.filter(question__translation_key__in=keys).exists():
        return _("A question of this import is in a quiz. Take it out of the quiz first.")
    questions = Question.objects.filter(translation_key__in=keys)
    if questions.exclude(latest_revision=None).exists():
        return _("A question of this import was edited since; delete those you do not need one by one.")
    # Drawn from the bank, a question stands in papers though no quiz names it. Only approved ones are drawn.
    wanted = {str(key) for key in keys}
    for document in Paper.objects.values_list("document", flat=True).iterator(chunk_size=20):
        if any(question["id"] in wanted for question in document.get("questions", [])):
            return _("A question of this import has been asked in a quiz already.")
    return ""


@transaction.atomic
def undo_import(*, question_import: QuestionImport, by) -> int:
    """Delete the questions an import made, while none is used. Returns how many. Raises UndoRefused with the reason."""
    found = QuestionImport.objects.select_for_update(of=("self",)).select_related("bank").get(pk=question_import.pk)
    if obstacle := obstacle_to_undo(found):
        raise UndoRefused(obstacle)
    questions = Question.objects.filter(translation_key__in=[UUID(key) for key in found.created_keys])
    pictures = set(questions.exclude(picture=None).values_list("picture", flat=True))
    pictures |= set(questions.exclude(options__picture=None).values_list("options__picture", flat=True))
    pictures |= set(questions.exclude(more_pictures=None).values_list("more_pictures__picture", flat=True))
    count = questions.values("translation_key").distinct().count()
    for question in questions:
        question.delete()
    for picture in Picture.objects.filter(pk__in=pictures):
        if not ReferenceIndex.get_references_to(picture).exists():
            picture.delete()
    found.state = QuestionImport.State.UNDONE
    found.save(update_fields=["state"])
    record(
        actor=by,
        action="undo_question_import",
        target_kind="question_bank",
        target_key=found.bank.slug,
        detail={"deleted": count},
    )
    return count


def format_name(name: str) -> str:
    return str(FORMATS[name][1]) if name in FORMATS else name
