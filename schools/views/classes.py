"""The people of one class, for its teachers."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import content_disposition_header, urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from cms.problems import Problem
from schools.codes import show_code
from schools.forms import OpenJoinCodeForm
from schools.letters import LETTERS
from schools.models import JoinCode, JoinRequest, Membership, SchoolClass
from schools.operations import accounts, joining
from schools.permissions import (
    classes_in_care_of,
    classes_staffed_by,
    classes_with_right,
    pupils_in_care_of,
    schools_administered,
)
from schools.printing import short_address
from schools.queries.addresses import absolute, qr_svg
from schools.queries.people import class_pupils, open_join_codes, open_password_requests, waiting_guests
from schools.views.common import safe_next, show

PUPILS_A_PAGE = 60


def _class_in_care(user, uuid) -> SchoolClass:
    return get_object_or_404(classes_in_care_of(user).select_related("school", "school_year"), uuid=uuid)


@never_cache
@login_required
def class_pupils_page(request, uuid):
    """List, search, and what waits for the teacher: forgotten passwords and guests."""
    school_class = get_object_or_404(
        SchoolClass.objects.visible_to(request.user).select_related("school", "school_year"), uuid=uuid
    )
    in_care = classes_in_care_of(request.user).filter(pk=school_class.pk).exists()
    text = request.GET.get("q", "")[:80]
    this_class = SchoolClass.objects.filter(pk=school_class.pk)
    context = {
        "school_class": school_class,
        "in_care": in_care,
        "administers": in_care and schools_administered(request.user).filter(pk=school_class.school_id).exists(),
        "grades": classes_with_right(request.user, "grade").filter(pk=school_class.pk).exists(),
        "names_teachers": classes_staffed_by(request.user).filter(pk=school_class.pk).exists(),
        "text": text,
        "query": f"{urlencode({'q': text})}&" if text else "",
        "page": Paginator(class_pupils(school_class, text=text), PUPILS_A_PAGE).get_page(request.GET.get("page")),
        "letters": LETTERS.values(),
    }
    if in_care:
        context |= {
            "requests": list(open_password_requests(this_class)),
            "guests": list(waiting_guests(this_class)),
            "join_codes": [
                {"item": code, "shown": show_code(code.code), "left": code.max_uses - code.uses}
                for code in open_join_codes(school_class)
            ],
            "join_form": OpenJoinCodeForm(),
        }
    return show(request, "schools/class_pupils.html", context)


@never_cache
@login_required
@require_safe
def letter(request, uuid, letter):
    """A letter to the parents of a class, or a form of consent, as Word."""
    from cms.word import DOCX, file_name
    from schools.letters.writing import write_letter

    school_class = get_object_or_404(
        SchoolClass.objects.visible_to(request.user).select_related("school", "school_year"), uuid=uuid
    )
    found = LETTERS.get(letter)
    if found is None:
        raise Http404
    data = write_letter(found, school_class=school_class, teacher=request.user.get_full_name())
    disposition = content_disposition_header(as_attachment=True, filename=file_name(found.slug, school_class.name))
    return HttpResponse(data, content_type=DOCX, headers={"Content-Disposition": disposition or "attachment"})


@never_cache
@login_required
@require_POST
def reset_pupil_password(request, uuid, user_uuid):
    """One tap: a PIN for one sign-in, shown on this answer and nowhere else."""
    school_class = _class_in_care(request.user, uuid)
    membership = get_object_or_404(
        Membership.objects.current()
        .filter(school_class=school_class, user__in=pupils_in_care_of(request.user))
        .select_related("user__person"),
        user__uuid=user_uuid,
    )
    pin = accounts.reset_password(user=membership.user, actor=request.user)
    identifier = membership.user.identifiers.filter(school=school_class.school_id, valid_to=None).first()
    return show(
        request,
        "schools/new_password.html",
        {
            "school_class": school_class,
            "pupil": membership.user,
            "pin": f"{pin[:3]} {pin[3:]}",
            "identifier": identifier,
            "back": safe_next(request) or reverse("schools:class_pupils", args=[school_class.uuid]),
        },
    )


@login_required
@require_POST
def decide_guest(request, uuid, request_uuid):
    school_class = _class_in_care(request.user, uuid)
    join_request = get_object_or_404(JoinRequest, uuid=request_uuid, join_code__school_class=school_class)
    if not {"accept", "refuse"} & set(request.POST):
        raise Http404
    try:
        joining.decide_join_request(request=join_request, accept="accept" in request.POST, actor=request.user)
    except Problem as problem:
        return show(
            request, "schools/class_problem.html", {"school_class": school_class, "problem": problem}, status=409
        )
    return redirect(safe_next(request) or reverse("schools:class_pupils", args=[school_class.uuid]))


@login_required
@require_POST
def open_join_code(request, uuid):
    school_class = _class_in_care(request.user, uuid)
    form = OpenJoinCodeForm(request.POST)
    if not form.is_valid():
        return show(request, "schools/open_join_code.html", {"school_class": school_class, "form": form})
    code = joining.open_join_code(school_class=school_class, actor=request.user, **form.cleaned_data)
    return redirect("schools:join_code", uuid=school_class.uuid, code_uuid=code.uuid)


@login_required
@require_POST
def close_join_code(request, uuid, code_uuid):
    school_class = _class_in_care(request.user, uuid)
    code = get_object_or_404(JoinCode, uuid=code_uuid, school_class=school_class)
    joining.close_join_code(join_code=code, actor=request.user)
    return redirect("schools:class_pupils", uuid=school_class.uuid)


@never_cache
@login_required
def show_join_code(request, uuid, code_uuid):
    """The code large, with its QR: for the projector and for paper."""
    school_class = _class_in_care(request.user, uuid)
    code = get_object_or_404(JoinCode, uuid=code_uuid, school_class=school_class)
    address = absolute(reverse("schools:join"))
    return show(
        request,
        "schools/join_code.html",
        {
            "school_class": school_class,
            "code": code,
            "shown": show_code(code.code),
            "qr": qr_svg(f"{address}?code={code.code}"),
            "address": address.split("://", 1)[-1],
            "domain": short_address(),
        },
    )
