"""Long work of this room, run by `cms.jobs`."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.utils import timezone
from django.utils.translation import gettext as _

from cms.jobs.models import Job
from cms.jobs.operations import Progress
from cms.problems import Problem
from courses.models import Certificate
from courses.printing import certificate_document, join_documents
from courses.queries import catalogue
from courses.queries.certificates import class_certificates
from schools.models import SchoolClass

CERTIFICATES_JOB = "courses.certificates"
# Names of a whole class: the file is kept only as long as it takes to print it.
KEEP_FILES = timedelta(hours=24)


def print_certificates(progress: Progress) -> None:
    """All certificates in force of a class in a course as one PDF, in class order. Parameters: `class`, `course`."""
    job = progress.job
    school_class = SchoolClass.objects.select_related("school", "school_year").get(uuid=job.params["class"])
    course = catalogue.course(UUID(job.params["course"]), settings.LANGUAGE_CODE)
    rows = class_certificates(school_class, course) if course else []
    wanted = [row.certificate.pk for row in rows if row.certificate and row.state == "issued"]
    if not wanted:
        raise Problem(_("Nobody in the class has a certificate of this course yet."))
    found = Certificate.objects.select_related("user__person").in_bulk(wanted)
    documents = []
    for number, pk in enumerate(wanted):
        progress.say(
            done=number, total=len(wanted) + 1, doing=_("Certificate of %(name)s") % {"name": rows_name(rows, pk)}
        )
        documents.append(certificate_document(found[pk]))
    progress.say(done=len(wanted), total=len(wanted) + 1, doing=_("Putting the pages together"))
    name = f"certificates/{job.uuid}.pdf"
    storages["private"].delete(name)
    job.result_file = storages["private"].save(name, ContentFile(join_documents(documents)))
    job.result = {"certificates": len(documents)}
    # The last name must not stay in the row after the file is gone.
    progress.say(done=len(wanted) + 1, total=len(wanted) + 1)


def rows_name(rows, pk: int) -> str:
    return next(row.name for row in rows if row.certificate and row.certificate.pk == pk)


def forget_certificate_files(now=None) -> int:
    """Delete the printed files that are older than a day; returns how many."""
    old = Job.objects.filter(kind=CERTIFICATES_JOB, finished_at__lt=(now or timezone.now()) - KEEP_FILES).exclude(
        result_file=""
    )
    count = 0
    for job in old:
        storages["private"].delete(job.result_file)
        job.result_file = ""
        job.save(update_fields=["result_file"])
        count += 1
    return count
