"""The desk of those who answer: the list, one question, the guides to mend."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cms.problems import Problem
from schools.codes import tidy_code
from schools.models import User
from support.forms import AnswerForm, AssignForm, MergeForm, PublishForm
from support.models import Ticket
from support.operations import desk as operations
from support.operations.publishing import publish_answer
from support.permissions import may_publish, works_at_desk
from support.queries import desk as queries
from support.queries.asking import answered
from support.queries.to_tell import offers

PER_PAGE = 25


def _user(request: HttpRequest) -> User:
    user = cast(User, request.user)
    if not works_at_desk(user):
        raise Http404
    return user


def _ticket(request: HttpRequest, uuid: UUID) -> Ticket:
    rows = Ticket.objects.visible_to(_user(request)).select_related("unit", "owner__person", "merged_into")
    return get_object_or_404(rows, uuid=uuid)


@require_safe
@login_required
@never_cache
def listed(request: HttpRequest) -> HttpResponse:
    """Questions one may answer, by what is to be done with them."""
    user = _user(request)
    view = request.GET.get("view", "waiting")
    numbers = queries.counts(user)
    labels = {
        "waiting": _("Waiting"),
        "mine": _("Mine"),
        "late": _("Late"),
        "answered": _("Answered"),
        "unpublished": _("Answered, not published"),
    }
    view = view if view in labels else "waiting"
    page = Paginator(queries.listed(user, view), PER_PAGE).get_page(request.GET.get("page"))
    names = queries.procedure_names({ticket.procedure_code for ticket in page.object_list})
    for ticket in page.object_list:
        ticket.about = names.get(ticket.procedure_code, "")
    chips = [
        {"label": label, "url": f"?view={name}", "count": numbers[name], "current": name == view}
        for name, label in labels.items()
    ]
    return render(
        request, "support/desk.html", {"page": page, "chips": chips, "view": view, "to_tell": len(offers(user))}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def ticket(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One question: what the assistant would say, and everything one may do with it. A POST answers it."""
    found = _ticket(request, uuid)
    user = _user(request)
    form = AnswerForm(request.POST or None, guides=_guides(found), initial={"guide": found.guide_key})
    if request.method == "POST" and form.is_valid():
        guide = form.cleaned_data["guide"]
        try:
            operations.answer_ticket(
                ticket=found,
                answer=form.cleaned_data["answer"],
                actor=user,
                guide_key=UUID(guide) if guide else None,
            )
        except Problem as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("The answer is there for whoever asked."))
            return redirect("support:ticket", found.uuid)
    return _drawn(request, found, form)


def _guides(found: Ticket) -> list[tuple[str, str]]:
    return queries.guides(found.language) or queries.guides("vi")


def _drawn(request: HttpRequest, found: Ticket, form: AnswerForm | None = None, **forms) -> HttpResponse:
    user = _user(request)
    waiting = found.state == Ticket.State.NEW
    first = " ".join(found.question.split())[:120]
    context = {
        "ticket": found,
        "about": queries.procedure_names({found.procedure_code}).get(found.procedure_code, ""),
        "form": form or AnswerForm(guides=_guides(found), initial={"guide": found.guide_key}),
        "canned": queries.canned_for(found) if waiting else [],
        "found": answered(found.question, found.language) if waiting else None,
        "assign": forms.get("assign")
        or AssignForm(owners=queries.owners(), initial={"owner": found.owner and found.owner.uuid}),
        "merge": forms.get("merge") or MergeForm(),
        "publish": forms.get("publish")
        or PublishForm(initial={"title": first, "question": found.question, "answer": found.answer}),
        "page": queries.answer_page(found),
        "lets_through": may_publish(user),
    }
    failed = (form is not None and form.errors) or any(one.errors for one in forms.values())
    return render(request, "support/ticket.html", context, status=422 if failed else 200)


@require_POST
@login_required
@never_cache
def assign(request: HttpRequest, uuid: UUID) -> HttpResponse:
    found = _ticket(request, uuid)
    form = AssignForm(request.POST, owners=queries.owners())
    if form.is_valid():
        try:
            operations.assign_ticket(
                ticket=found,
                owner=form.cleaned_data["owner"],
                actor=_user(request),
                wants_translation=form.cleaned_data["wants_translation"],
            )
        except Problem as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("The question is given on."))
            return redirect("support:ticket", found.uuid)
    return _drawn(request, found, assign=form)


@require_POST
@login_required
@never_cache
def merge(request: HttpRequest, uuid: UUID) -> HttpResponse:
    found = _ticket(request, uuid)
    form = MergeForm(request.POST)
    if form.is_valid():
        try:
            operations.merge_ticket(ticket=found, code=tidy_code(form.cleaned_data["code"]), actor=_user(request))
        except Problem as problem:
            form.add_error("code", str(problem))
        else:
            messages.success(request, _("Both have one answer now."))
            return redirect("support:ticket", found.uuid)
    return _drawn(request, found, merge=form)


@require_POST
@login_required
@never_cache
def settle(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Point a real file or a complaint to the portal, put away what is no question, or (`guide`) name the guide to mend."""
    found, user = _ticket(request, uuid), _user(request)
    try:
        match request.POST.get("as"):
            case "guide":
                return _name_guide(request, found)
            case "portal":
                operations.point_to_portal(ticket=found, actor=user)
            case "closed":
                operations.close_ticket(ticket=found, actor=user)
                messages.success(request, _("Put away."))
                # After a flood one goes from one to the next.
                return redirect("support:desk")
            case _:
                raise Http404
    except Problem as problem:
        messages.error(request, str(problem))
    return redirect("support:ticket", found.uuid)


def _name_guide(request: HttpRequest, found: Ticket) -> HttpResponse:
    guide = request.POST.get("guide", "")
    if guide and guide not in dict(_guides(found)):
        raise Http404
    try:
        operations.name_guide(ticket=found, guide_key=UUID(guide) if guide else None, actor=_user(request))
    except Problem as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("It stands on the list of guides to mend.") if guide else _("Saved."))
    return redirect("support:ticket", found.uuid)


@require_POST
@login_required
@never_cache
def publish(request: HttpRequest, uuid: UUID) -> HttpResponse:
    found = _ticket(request, uuid)
    form = PublishForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            page = publish_answer(
                ticket=found,
                title=data["title"],
                question=data["question"],
                answer=data["answer"],
                actor=_user(request),
            )
        except Problem as problem:
            form.add_error(None, str(problem))
        else:
            told = (
                _("Everybody can read the answer now.") if page.live else _("A reviewer has to let it through first.")
            )
            messages.success(request, told)
            return redirect("support:ticket", found.uuid)
    return _drawn(request, found, publish=form)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def guides(request: HttpRequest) -> HttpResponse:
    """Guides that questions show to be wanting; a POST says that one is mended."""
    user = _user(request)
    if request.method == "POST":
        try:
            key = UUID(request.POST.get("guide", ""))
        except ValueError as error:
            raise Http404 from error
        if operations.mend_guide(guide_key=key, tickets=Ticket.objects.visible_to(user), actor=user):
            messages.success(
                request, _("Thank you. Its questions have left this list. Now tell people what has changed.")
            )
        return redirect("support:guides")
    page = Paginator(queries.guides_to_mend(user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "support/guides.html", {"page": page})
