"""Two accounts of one pupil, guests and the roll, and pupils who go to another school."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from cms.problems import Problem
from schools.models import School, Transfer
from schools.move_forms import AcceptForm, TransferForm
from schools.operations import merging
from schools.operations import transfers as operations
from schools.permissions import schools_administered, schools_kept
from schools.queries.moves import described, duplicates, guests, pupils_of, recent_merges, transfers
from schools.queries.people import find_pupil
from schools.views.common import show, show_problem

PER_PAGE = 30
PROVINCE = "-"


def _scope(request, code: str):
    """(school or None for the whole province, the schools whose pupils are looked at)."""
    if code == PROVINCE:
        schools = schools_kept(request.user)
        if not schools.exists():
            raise Http404
        return None, schools
    school = get_object_or_404(schools_administered(request.user), code=code)
    return school, School.objects.filter(pk=school.pk)


@never_cache
@login_required
def doubles(request, code):
    """Pupils who may have two accounts, and guests who may be on the roll."""
    school, schools = _scope(request, code)
    text = request.GET.get("q", "")[:80]
    page = Paginator(recent_merges(schools), PER_PAGE).get_page(request.GET.get("page"))
    return show(
        request,
        "schools/doubles.html",
        {
            "school": school,
            "code": code,
            "text": text,
            # In a whole province many share a name and a birthday: there somebody is looked for by name.
            "groups": duplicates(schools, text) if school or text.strip() else [],
            "guests": guests(school) if school else [],
            "page": page,
            "merges": [{"item": item, "can_be_undone": merging.can_be_undone(item)} for item in page],
        },
    )


def _pair(request, code: str, kept, other):
    school, schools = _scope(request, code)
    here = described(pupils_of(schools))
    return school, get_object_or_404(here, uuid=kept), get_object_or_404(here, uuid=other)


@never_cache
@login_required
def merge(request, code, kept, other):
    """What would go from one account to the other; then it is done."""
    school, first, second = _pair(request, code, kept, other)
    problem = None
    try:
        merging.check_pair(kept=first, other=second)
        if request.method == "POST":
            merging.merge_persons(kept=first, other=second, actor=request.user, school=school)
            messages.success(request, _("The two accounts are one. Every result is there."))
            return redirect("schools:doubles", code=code)
    except Problem as found:
        problem = found
    return show(
        request,
        "schools/merge.html",
        {
            "school": school,
            "code": code,
            "kept": first,
            "other": second,
            "problem": problem,
            "lines": [] if problem else merging.preview_merge(kept=first, other=second),
        },
        status=422 if problem and request.method == "POST" else 200,
    )


@require_POST
@login_required
def undo(request, code, uuid):
    _school, schools = _scope(request, code)
    done = get_object_or_404(recent_merges(schools), uuid=uuid)
    try:
        merging.undo_merge(merge=done, actor=request.user)
    except Problem as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("These are two accounts again, each with its own results."))
    return redirect("schools:doubles", code=code)


@never_cache
@login_required
def transfer_list(request, code):
    """Pupils who come and go, and the form to hand one on."""
    school = get_object_or_404(schools_administered(request.user), code=code)
    form = TransferForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _ask(request, school, form.cleaned_data)
        except Problem as problem:
            show_problem(form, problem)
        else:
            messages.success(request, _("The other school has been asked. Until it answers the pupil stays with you."))
            return redirect("schools:transfers", code=code)
    everything = transfers(school)
    waiting = list(everything.filter(state=Transfer.State.ASKED)[:100])
    page = Paginator(everything.exclude(state=Transfer.State.ASKED), PER_PAGE).get_page(request.GET.get("page"))
    return show(
        request,
        "schools/transfers.html",
        {
            "school": school,
            "form": form,
            "coming": [item for item in waiting if item.to_school_id == school.pk],
            "going": [item for item in waiting if item.to_school_id != school.pk],
            "page": page,
        },
    )


def _ask(request, school: School, data: dict) -> Transfer:
    pupil = find_pupil(school_code=school.code, code=data["code"])
    if pupil is None:
        raise operations.TransferRefused(_("Nobody at this school has this code."))
    to_school = School.objects.filter(code__iexact=data["to_school"].strip()).first()
    if to_school is None:
        raise operations.TransferRefused(_("There is no school with the code %(code)s.") % {"code": data["to_school"]})
    return operations.ask_transfer(
        user=pupil,
        school=school,
        to_school=to_school,
        giver=data["giver"],
        evidence=data["evidence"],
        reason=data["reason"],
        actor=request.user,
    )


@never_cache
@login_required
def transfer(request, code, uuid):
    """One transfer: taken into a class or refused by the school it goes to, withdrawn by the other."""
    school = get_object_or_404(schools_administered(request.user), code=code)
    found = get_object_or_404(transfers(school), uuid=uuid)
    coming = found.to_school_id == school.pk
    form = AcceptForm(request.POST if "accept" in request.POST else None, school=school, grade=found.from_class.grade)
    if request.method == "POST":
        if ("withdraw" in request.POST) == coming:
            raise Http404  # each school has its own answer
        try:
            if "withdraw" in request.POST:
                operations.withdraw_transfer(transfer=found, actor=request.user)
            elif "refuse" in request.POST:
                operations.refuse_transfer(transfer=found, reason=request.POST.get("reason", ""), actor=request.user)
            elif "accept" in request.POST and form.is_valid():
                operations.accept_transfer(transfer=found, actor=request.user, **form.cleaned_data)
            elif not form.errors:
                raise Http404
        except Problem as problem:
            messages.error(request, str(problem))
        if not form.errors:
            return redirect("schools:transfer", code=code, uuid=uuid)
    return show(
        request,
        "schools/transfer.html",
        {"school": school, "item": found, "coming": coming, "waits": found.state == Transfer.State.ASKED, "form": form},
    )
