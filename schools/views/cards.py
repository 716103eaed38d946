"""Printing sign-in cards for a class or a whole school."""

from django.contrib.auth.decorators import login_required
from django.core.files.storage import storages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.text import slugify
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from cms.jobs.models import Job
from cms.jobs.operations import start_job
from cms.pdf import NoPdf
from cms.text.folding import fold
from schools.operations.cards import issue_cards
from schools.permissions import classes_in_care_of, schools_administered
from schools.printing import card_pages, join_documents, pdf_document, pdf_possible, render_sheet
from schools.queries.people import class_pupils
from schools.views.common import show
from schools.work import CARDS_JOB


@never_cache
@login_required
def class_cards(request, uuid):
    """Choose whose cards to print; posting makes them and answers with the PDF, or the page to print."""
    school_class = get_object_or_404(
        classes_in_care_of(request.user).select_related("school", "school_year"), uuid=uuid
    )
    pupils = list(class_pupils(school_class))
    context = {
        "school_class": school_class,
        "pupils": pupils,
        "pdf_possible": pdf_possible(),
        **_ticked(pupils, request.GET.get("pupil", "")),
    }
    if request.method != "POST":
        return show(request, "schools/class_cards.html", context)
    picked = set(request.POST.getlist("pupil"))
    chosen = [pupil for pupil in pupils if str(pupil.user.uuid) in picked]
    if not chosen:
        return show(request, "schools/class_cards.html", {**context, "nobody": True})
    issued = issue_cards(users=[pupil.user for pupil in chosen], actor=request.user)
    codes = {pupil.user_id: pupil.user.codes[0].code for pupil in chosen if pupil.user.codes}
    pages = card_pages(issued, school_class, codes)
    sheet = {"school": school_class.school, "title": school_class.name, "printed_at": timezone.now()}
    if "pdf" in request.POST:
        try:
            document = pdf_document(render_sheet(pages, **sheet, for_screen=False))
        except NoPdf:
            pass
        else:
            response = HttpResponse(join_documents([document]), content_type="application/pdf")
            name = slugify(fold(f"the {school_class.name}"))
            response["Content-Disposition"] = f'attachment; filename="{name}.pdf"'
            return response
    return HttpResponse(render_sheet(pages, **sheet, for_screen=True))


def _ticked(pupils: list, asked: str) -> dict:
    """Who is ticked before anybody chooses: the one pupil asked for, or else everybody without a working card."""
    chosen = [pupil for pupil in pupils if str(pupil.user.uuid) == asked]
    ticked = chosen or [pupil for pupil in pupils if not pupil.user.working_cards]
    return {"only": chosen[0] if chosen else None, "ticked": [pupil.pk for pupil in ticked]}


@require_POST
@login_required
def print_school_cards(request, code):
    """Start the job that prints every class of a school."""
    school = get_object_or_404(schools_administered(request.user), code=code)
    job = start_job(
        kind=CARDS_JOB,
        owner=request.user,
        params={"school": school.pk, "only_without": "only_without" in request.POST},
    )
    return redirect("schools:cards_job", code=school.code, uuid=job.uuid)


@never_cache
@login_required
def cards_job(request, code, uuid):
    """How far the printing is, and then the file."""
    school = get_object_or_404(schools_administered(request.user), code=code)
    job = get_object_or_404(Job.objects.visible_to(request.user), uuid=uuid, kind=CARDS_JOB, params__school=school.pk)
    template = "schools/_cards_job.html" if request.htmx else "schools/cards_job.html"
    earlier = (
        Job.objects.visible_to(request.user)
        .filter(kind=CARDS_JOB, params__school=school.pk)
        .exclude(pk=job.pk)
        .exclude(result_file="")
        .order_by("-created_at")
        .first()
        if job.state == Job.State.FAILED
        else None
    )
    return show(request, template, {"school": school, "job": job, "earlier": earlier})


@never_cache
@login_required
def cards_file(request, code, uuid):
    """A short-lived signed address of the PDF; the store sends the bytes."""
    school = get_object_or_404(schools_administered(request.user), code=code)
    job = get_object_or_404(
        Job.objects.visible_to(request.user).exclude(result_file=""),
        uuid=uuid,
        kind=CARDS_JOB,
        params__school=school.pk,
    )
    return redirect(storages["private"].url(job.result_file))
