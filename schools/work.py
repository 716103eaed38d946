"""Long work of this room, run by `cms.jobs`."""

import datetime

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.jobs.models import Job
from cms.jobs.operations import Progress
from cms.problems import Problem
from schools.models import RosterImport, School, SchoolYear
from schools.operations.cards import issue_cards
from schools.operations.rollovers import Decisions, roll_over, roll_over_all
from schools.operations.rosters import FileGone, NothingToImport, commit_staged, import_province
from schools.permissions import schools_kept
from schools.printing import card_pages, join_documents, pdf_document, render_sheet
from schools.queries.people import class_pupils, school_classes
from schools.rosters import files
from schools.rosters.reading import read_province
from schools.rosters.workbooks import PROVINCE_FIELDS, refused_rows

CARDS_JOB = "schools.cards"
# The file opens accounts: it is kept only as long as it takes to print it.
KEEP_CARD_FILES = datetime.timedelta(hours=24)


def print_cards(progress: Progress) -> None:
    """All classes of a school's present year in one PDF, class after class. Parameters: `school`, `only_without`."""
    job = progress.job
    school = School.objects.get(pk=job.params["school"])
    classes = list(school_classes(school, SchoolYear.objects.current()))
    documents, total = [], 0
    for number, school_class in enumerate(classes):
        progress.say(done=number, total=len(classes) + 1, doing=_("Class %(name)s") % {"name": school_class.name})
        pupils = list(class_pupils(school_class))
        if job.params["only_without"]:
            pupils = [pupil for pupil in pupils if not pupil.user.working_cards]
        if not pupils:
            continue
        issued = issue_cards(users=[pupil.user for pupil in pupils], actor=job.owner)
        codes = {pupil.user_id: pupil.user.codes[0].code for pupil in pupils if pupil.user.codes}
        html = render_sheet(
            card_pages(issued, school_class, codes),
            school=school,
            title=school_class.name,
            printed_at=timezone.now(),
            for_screen=False,
        )
        documents.append(pdf_document(html))
        total += len(issued)
    if not documents:
        if job.params["only_without"]:
            raise Problem(
                _(
                    "Every pupil already has a working card. To print new ones, untick “Only pupils without a working card”."
                )
            )
        raise Problem(_("There is nobody to print a card for."))
    progress.say(done=len(classes), total=len(classes) + 1)
    name = f"cards/{job.uuid}.pdf"
    storages["private"].delete(name)
    job.result_file = storages["private"].save(name, ContentFile(join_documents(documents)))
    job.result = {"cards": total}


def forget_card_files(now=None) -> int:
    """Delete the printed files that are older than a day; returns how many."""
    old = Job.objects.filter(kind=CARDS_JOB, finished_at__lt=(now or timezone.now()) - KEEP_CARD_FILES).exclude(
        result_file=""
    )
    count = 0
    for job in old:
        storages["private"].delete(job.result_file)
        job.result_file = ""
        job.save(update_fields=["result_file"])
        count += 1
    return count


ROSTER_JOB = "schools.roster"


def import_roster(progress: Progress) -> None:
    """Commit a staged class list. Parameters: `import`, the uuid of the `RosterImport`."""
    job = progress.job
    roster_import = RosterImport.objects.select_related("school", "school_year").get(uuid=job.params["import"])
    progress.say(done=0, total=2, doing=_("Reading the file"))
    done = commit_staged(roster_import=roster_import, actor=job.owner)
    progress.say(done=2, total=2)
    job.result = done.summary


ROLL_OVER_JOB = "schools.roll_over"
ROLL_ALL_JOB = "schools.roll_over_all"


def roll_school_over(progress: Progress) -> None:
    """Take a school into its next year. Parameters: `import`, the uuid of the staged roll-over."""
    job = progress.job
    staged = RosterImport.objects.select_related("school", "school_year", "from_year").get(uuid=job.params["import"])
    done, _plan = roll_over(
        school=staged.school,
        from_year=staged.from_year,
        to_year=staged.school_year,
        decisions=Decisions.from_options(staged.options),
        actor=job.owner,
        staged=staged,
        step=lambda done, total, what: progress.say(done=done, total=total, doing=what),
    )
    job.result = done.summary if done else {}


def roll_all_over(progress: Progress) -> None:
    """Every open school in the officer's care. Parameters: `from` and `to`, codes of school years."""
    job = progress.job
    years = {code: SchoolYear.objects.get(code=job.params[code]) for code in ("from", "to")}
    lines = roll_over_all(
        schools=schools_kept(job.owner).open_on().order_by("name_folded", "pk"),
        from_year=years["from"],
        to_year=years["to"],
        actor=job.owner,
        step=lambda done, total, what: progress.say(done=done, total=total, doing=what),
    )
    job.result = {"schools": lines}


PROVINCE_JOB = "schools.province_roster"
# An uploaded list holds pupils' names: it stays no longer than it takes to look at what it would do.
KEEP_LISTS = datetime.timedelta(hours=24)


def bring_province_in(progress: Progress) -> None:
    """Look a list of many schools through, or bring it in. Parameters: `file`, `name`, `year`, `complete`, `dry_run`."""
    job = progress.job
    progress.say(done=0, total=1, doing=_("Reading the file"))
    try:
        read = read_province(files.fetch(job.params["file"]))
    except FileNotFoundError as error:
        raise FileGone from error
    try:
        report = import_province(
            read=read,
            schools=schools_kept(job.owner),
            school_year=SchoolYear.objects.get(code=job.params["year"]),
            actor=job.owner,
            file_name=job.params["name"],
            complete=job.params["complete"],
            dry_run=job.params["dry_run"],
            step=lambda done, total, what: progress.say(done=done, total=total, doing=what),
        )
    except NothingToImport as problem:
        job.error_file = _refused(job, problem.extra["rejected"])
        raise
    if report.rejected:
        job.error_file = _refused(job, report.rejected)
    job.result = {**report.counts(), "rejected": len(report.rejected), "schools": report.schools}
    if not job.params["dry_run"]:
        files.erase(job.params["file"])
        job.params = {**job.params, "file": ""}


def _refused(job: Job, rows: list) -> str:
    return files.keep(refused_rows(rows, PROVINCE_FIELDS), f"{job.uuid}.xlsx")


def forget_province_lists(now=None) -> int:
    """Erase uploaded lists of many schools, and their refused rows, after a day and seven days. Returns how many."""
    now = now or timezone.now()
    count = 0
    for job in Job.objects.filter(kind=PROVINCE_JOB, created_at__lt=now - KEEP_LISTS).exclude(params__file=""):
        files.erase(job.params["file"])
        job.params = {**job.params, "file": ""}
        job.save(update_fields=["params"])
        count += 1
    for job in Job.objects.filter(kind=PROVINCE_JOB, created_at__lt=now - 7 * KEEP_LISTS).exclude(error_file=""):
        files.erase(job.error_file)
        job.error_file = ""
        job.save(update_fields=["error_file"])
        count += 1
    return count
