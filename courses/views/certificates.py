"""Certificates: a person's own, a class's, and the page on which anybody checks one."""

from typing import cast
from urllib.parse import urlsplit
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.storage import storages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import activate, get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cms.jobs.models import Job
from cms.jobs.operations import start_job
from courses.address import as_adult
from courses.models import Certificate
from courses.operations.certificates import issue_course_certificates, revoke_certificate
from courses.permissions import certificates_in_care_of
from courses.printing import address_of
from courses.queries import catalogue
from courses.queries.catalogue import CourseFacts
from courses.queries.certificates import certificates_of, class_certificates, courses_of_class, find_serial
from courses.work import CERTIFICATES_JOB
from schools import limits
from schools.codes import tidy_code
from schools.models import Consent, Membership, SchoolClass, User
from schools.permissions import classes_with_right
from schools.problems import TooManyTries
from schools.queries.consents import name_in_public

# Numbers that do not exist, by network: a class may scan all its certificates, nobody may try numbers.
UNKNOWN = limits.Limit("verify-unknown", 30, 10 * 60, is_plain=True)
LOOKS = limits.Limit("verify", 600, 10 * 60, is_plain=True)
STATE_ICONS = {"issued": "badge-check", "ready": "circle-dot", "withdrawn": "circle-x", "none": "circle"}
STATE_KINDS = {"issued": "done", "ready": "doing", "withdrawn": "late", "none": ""}


def state_words() -> dict[str, str]:
    return {
        "issued": _("Has the certificate"),
        "ready": _("Earned, not given yet"),
        "withdrawn": _("Withdrawn"),
        "none": _("Not earned yet"),
    }


@require_safe
@login_required
@never_cache
def mine(request: HttpRequest) -> HttpResponse:
    shown = {
        "certificates": certificates_of(request.user)[:100],
        "adult": as_adult(cast(User, request.user)),
    }
    return render(request, "courses/certificates.html", shown)


@require_safe
@login_required
@never_cache
def pdf(request: HttpRequest, serial: str) -> HttpResponse:
    """The sheet to print, for its person and whoever answers for them."""
    certificate = get_object_or_404(
        Certificate.objects.visible_to(request.user).select_related("user__person"), serial=serial
    )
    # What makes PDFs is large: no web process holds it before somebody asks.
    from courses.printing import certificate_pdf

    disposition = content_disposition_header(
        as_attachment="open" not in request.GET, filename=f"chung-nhan-{certificate.serial}.pdf"
    )
    return HttpResponse(
        certificate_pdf(certificate),
        content_type="application/pdf",
        headers={"Content-Disposition": disposition or "attachment"},
    )


@require_safe
@login_required
@never_cache
def picture(request: HttpRequest, serial: str) -> HttpResponse:
    """The same sheet as a picture, to be sent on by telephone."""
    certificate = get_object_or_404(
        Certificate.objects.visible_to(request.user).select_related("user__person"), serial=serial
    )
    from courses.printing import certificate_picture

    disposition = content_disposition_header(as_attachment=True, filename=f"chung-nhan-{certificate.serial}.jpg")
    return HttpResponse(
        certificate_picture(certificate),
        content_type="image/jpeg",
        headers={"Content-Disposition": disposition or "attachment"},
    )


# --- A class ----------------------------------------------------------------------------------------------------------


def _class(request: HttpRequest, uuid: UUID) -> SchoolClass:
    found = SchoolClass.objects.visible_to(request.user).select_related("school", "school_year")
    return get_object_or_404(found, uuid=uuid)


def _course(key: UUID) -> CourseFacts:
    """In the reader's language; the rule needs the outline of the main one, which has every lesson."""
    course = catalogue.course(key, get_language())
    if course is None:
        raise Http404
    return course


@require_safe
@login_required
@never_cache
def of_class(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """The courses with a certificate that concern the class."""
    school_class = _class(request, uuid)
    shown = {
        "school_class": school_class,
        "courses": courses_of_class(school_class, get_language()),
        "pupils": Membership.objects.current().filter(school_class=school_class).values("user").distinct().count(),
    }
    return render(request, "courses/class_certificates.html", shown)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def class_course(request: HttpRequest, uuid: UUID, key: UUID) -> HttpResponse:
    """Who of the class has the certificate of a course; posting gives it to those who have earned it."""
    school_class, course = _class(request, uuid), _course(key)
    may_issue = classes_with_right(cast(User, request.user), "grade").filter(pk=school_class.pk).exists()
    full = catalogue.course(key, settings.LANGUAGE_CODE) or course
    if request.method == "POST":
        if not may_issue:
            raise Http404
        members = Membership.objects.current().filter(school_class=school_class).values_list("user_id", flat=True)
        made = issue_course_certificates(
            course_key=key, user_ids=members, school_year=school_class.school_year.code, actor=request.user
        )
        if made:
            text = ngettext("%(count)d certificate was given.", "%(count)d certificates were given.", len(made))
            messages.success(request, text % {"count": len(made)})
        else:
            messages.info(request, _("Everybody who has earned it has it already."))
        return redirect("courses:class_course_certificates", uuid, key)
    rows, words = class_certificates(school_class, full), state_words()
    counts = {state: sum(row.state == state for row in rows) for state in words}
    in_care = set(
        certificates_in_care_of(request.user)
        .filter(pk__in=[row.certificate.pk for row in rows if row.certificate])
        .values_list("pk", flat=True)
    )
    shown = {
        "school_class": school_class,
        "course": course,
        "rule": full.certificate,
        "lines": [
            {
                "row": row,
                "word": words[row.state],
                "icon": STATE_ICONS[row.state],
                "kind": STATE_KINDS[row.state],
                "may_withdraw": row.state == "issued" and row.certificate.pk in in_care,
            }
            for row in rows
        ],
        "counts": counts,
        "may_issue": may_issue,
        "job": _latest_job(request, school_class, key),
    }
    return render(request, "courses/class_course_certificates.html", shown)


def _jobs(request: HttpRequest, school_class: SchoolClass, key: UUID):
    return Job.objects.visible_to(request.user).filter(
        kind=CERTIFICATES_JOB, params__class=str(school_class.uuid), params__course=str(key)
    )


def _latest_job(request: HttpRequest, school_class: SchoolClass, key: UUID) -> Job | None:
    """A file that can still be fetched, so that nobody has it made twice."""
    return _jobs(request, school_class, key).exclude(result_file="").order_by("-created_at").first()


@require_POST
@login_required
def print_class(request: HttpRequest, uuid: UUID, key: UUID) -> HttpResponse:
    """Start the job that puts all certificates of the class into one PDF."""
    school_class, _found = _class(request, uuid), _course(key)
    job = start_job(
        kind=CERTIFICATES_JOB, owner=request.user, params={"class": str(school_class.uuid), "course": str(key)}
    )
    return redirect("courses:certificates_job", uuid, key, job.uuid)


@require_safe
@login_required
@never_cache
def job(request: HttpRequest, uuid: UUID, key: UUID, job: UUID) -> HttpResponse:
    school_class, course = _class(request, uuid), _course(key)
    found = get_object_or_404(_jobs(request, school_class, key), uuid=job)
    template = "courses/parts/certificates_job.html" if request.htmx else "courses/certificates_job.html"
    return render(request, template, {"school_class": school_class, "course": course, "job": found})


@require_safe
@login_required
@never_cache
def job_file(request: HttpRequest, uuid: UUID, key: UUID, job: UUID) -> HttpResponse:
    """A short-lived signed address of the PDF; the store sends the bytes."""
    school_class = _class(request, uuid)
    found = get_object_or_404(_jobs(request, school_class, key).exclude(result_file=""), uuid=job)
    return redirect(storages["private"].url(found.result_file))


# --- Withdrawing ------------------------------------------------------------------------------------------------------


class RevokeForm(forms.Form):
    reason = forms.ChoiceField(
        label=gettext_lazy("Why is it withdrawn?"),
        choices=Certificate.Reason,
        widget=forms.RadioSelect,
        help_text=gettext_lazy("Whoever checks the certificate reads this."),
        error_messages={"required": gettext_lazy("Choose a reason.")},
    )
    note = forms.CharField(
        label=gettext_lazy("In your own words"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3, "class": "input"}),
        help_text=gettext_lazy("Kept in the log with your name; not shown in public."),
        error_messages={"required": gettext_lazy("Say in a few words what happened.")},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def revoke(request: HttpRequest, serial: str) -> HttpResponse:
    certificate = get_object_or_404(
        certificates_in_care_of(request.user).select_related("user__person", "revoked_by__person"), serial=serial
    )
    form = RevokeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and not certificate.revoked_at and form.is_valid():
        revoke_certificate(
            certificate=certificate,
            reason=form.cleaned_data["reason"],
            note=form.cleaned_data["note"],
            actor=request.user,
        )
        messages.success(request, _("The certificate is withdrawn."))
        return redirect("verify", certificate.serial)
    status = 422 if form.errors else 200
    return render(request, "courses/revoke.html", {"certificate": certificate, "form": form}, status=status)


# --- Checking, for everybody ------------------------------------------------------------------------------------------


def speak_to(request: HttpRequest) -> None:
    """One address in all languages: answer in the one asked for, else that of the page the reader comes from, else that
    of their account. A stranger's browser says its own."""
    known = dict(settings.LANGUAGES)
    came_from = urlsplit(request.headers.get("Referer", ""))
    left = came_from.path.split("/")[1:2] if came_from.netloc == request.get_host() else []
    account = request.user.language if request.user.is_authenticated else ""
    for language in (request.GET.get("language", ""), *left, account):
        if language in known:
            activate(language)
            request.LANGUAGE_CODE = language
            return


def languages_of(request: HttpRequest) -> list[dict]:
    return [
        {"code": code, "name": name, "url": f"{request.path}?language={code}", "current": code == get_language()}
        for code, name in settings.LANGUAGES
    ]


@require_safe
@never_cache
def check(request: HttpRequest) -> HttpResponse:
    """Where a number is typed that cannot be scanned."""
    speak_to(request)
    typed = tidy_code(request.GET.get("number", ""))[:20]
    if typed:
        return redirect(f"{reverse('verify', args=[typed])}?language={get_language()}")
    return render(request, "courses/verify_form.html", {"language_links": languages_of(request)})


@require_safe
@never_cache
def verify(request: HttpRequest, serial: str) -> HttpResponse:
    """Whether a certificate is genuine: initials, what for, since when, and whether it was withdrawn.

    The full name is for its person, for whoever answers for them, and where consents for this page are in force.
    """
    speak_to(request)
    shown: dict = {"language_links": languages_of(request), "typed": serial[:40]}
    whom = limits.client_address(request)
    try:
        limits.check((UNKNOWN, whom), (LOOKS, whom))
    except TooManyTries as problem:
        wait = max(1, -(-problem.retry_after // 60))
        answer = render(request, "courses/verify.html", shown | {"wait": wait}, status=429)
        answer["Retry-After"] = problem.retry_after
        return answer
    tidy = tidy_code(serial)
    certificate = find_serial(tidy) if len(tidy) <= 20 else None
    limits.count((LOOKS, whom), *([] if certificate else [(UNKNOWN, whom)]))
    if certificate is None:
        return render(request, "courses/verify.html", shown, status=404)
    full = Certificate.objects.visible_to(request.user).filter(pk=certificate.pk).exists()
    shown |= {
        "certificate": certificate,
        "full": full,
        "mine": certificate.user_id == request.user.pk,
        "may_withdraw": full and certificates_in_care_of(request.user).filter(pk=certificate.pk).exists(),
        "name": certificate.user.get_full_name()
        if full
        else name_in_public(certificate.user, Consent.Purpose.CERTIFICATE),
        "expired": certificate.has_expired(),
        "address": address_of(certificate),
    }
    return render(request, "courses/verify.html", shown)
