"""The desk of those who answer: the list, one question, the guides to mend."""

from contextlib import suppress
from datetime import timedelta
from typing import cast
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cms.problems import Problem
from schools.codes import tidy_code
from schools.models import User
from support.forms import AnswerForm, AssignForm, FilterForm, MergeForm, PublishForm, PutAwayForm, TeachForm
from support.models import Ticket, TicketBatch
from support.operations import desk as operations
from support.operations.publishing import publish_answer
from support.operations.teaching import MAX_WAY, teach_asking
from support.permissions import may_publish, may_teach, works_at_desk
from support.problems import NothingChosen
from support.queries import desk as queries
from support.queries.asking import answered, is_found, thing_quoted
from support.queries.to_tell import offers

PER_PAGE = 25
WAITING = ("waiting", "mine", "late")
FILTERS = ("q", "procedure", "unit", "source", "same")
# Of many questions so many are shown before something is done to all of them.
SHOWN = 10
# So long what was done to many lies open in the list, to be taken back.
JUST_NOW = timedelta(hours=1)
# One page of the list, ticked; more are chosen by what they have in common.
MOST_TICKED = 100


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
    filters = FilterForm(request.GET, language=get_language())
    wanted = filters.wanted()
    numbers = queries.counts(user, wanted)
    labels = {
        "waiting": _("Waiting"),
        "mine": _("Mine"),
        "late": _("Late"),
        "answered": _("Answered"),
        "unpublished": _("Answered, not published"),
        "closed": _("Put away"),
    }
    view = view if view in labels else "waiting"
    page = Paginator(queries.listed(user, view, wanted), PER_PAGE).get_page(request.GET.get("page"))
    names = queries.procedure_names({ticket.procedure_code for ticket in page.object_list})
    often = queries.how_often(user, list(page.object_list)) if view in WAITING else {}
    for ticket in page.object_list:
        ticket.about = names.get(ticket.procedure_code, "")
        ticket.alike = often.get(ticket.folded, 1) - 1
    kept = _kept(request)
    chips = [
        {"label": label, "url": f"?view={name}{kept}", "count": numbers[name], "current": name == view}
        for name, label in labels.items()
    ]
    batches = queries.latest_batches(user)
    context = {
        "page": page,
        "chips": chips,
        "view": view,
        "kept": kept,
        "filters": filters,
        "is_narrowed": bool(wanted),
        "chooses": view in WAITING and bool(page.object_list),
        "until": timezone.now().isoformat(),
        "batches": batches,
        "just_done": bool(batches) and batches[0].made_at > timezone.now() - JUST_NOW,
        "to_tell": len(offers(user)),
    }
    return render(request, "support/desk.html", context)


def _kept(request: HttpRequest) -> str:
    """What the list is narrowed to, to be appended to another address."""
    kept = {name: value for name in FILTERS if (value := request.GET.get(name))}
    return f"&{urlencode(kept)}" if kept else ""


def _uuids(texts: list[str]) -> list[UUID]:
    found = []
    for text in texts:
        with suppress(ValueError):
            found.append(UUID(text))
    return found


def _chosen(request: HttpRequest, user: User) -> QuerySet[Ticket]:
    """The waiting tickets that were ticked, or all of a view that had come when its list was drawn."""
    view = request.GET.get("view", "")
    if "all" not in request.GET:
        keys = _uuids(request.GET.getlist("ticket")[:MOST_TICKED])
        rows = Ticket.objects.visible_to(user).waiting().filter(uuid__in=keys)
        return rows.select_related("unit", "owner__person").order_by("due_at", "pk")
    until = parse_datetime(request.GET.get("until", ""))
    if view not in WAITING or until is None or timezone.is_naive(until):
        raise Http404
    wanted = FilterForm(request.GET, language=get_language()).wanted()
    return queries.listed(user, view, wanted).filter(received_at__lte=until)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def many(request: HttpRequest) -> HttpResponse:
    """What to do with many questions at once. Which they are stands in the address; a POST does it."""
    user = _user(request)
    tickets = _chosen(request, user)
    act = request.POST.get("as", "") if request.method == "POST" else ""
    forms = {
        "closed": PutAwayForm(request.POST if act == "closed" else None),
        "answered": AnswerForm(
            request.POST if act == "answered" else None, guides=queries.guides(get_language()) or queries.guides("vi")
        ),
        "merged": MergeForm(request.POST if act == "merged" else None),
    }
    if act and act not in TicketBatch.ACTS:
        raise Http404
    form = forms.get(act)
    if act and (form is None or form.is_valid()):
        data = form.cleaned_data if form else {}
        guide = data.get("guide")
        try:
            batch = operations.settle_many(
                tickets=tickets,
                act=act,
                actor=user,
                reason=data.get("reason", ""),
                answer=data.get("answer", ""),
                guide_key=UUID(guide) if guide else None,
                code=tidy_code(data.get("code", "")),
            )
        except NothingChosen as problem:
            messages.error(request, str(problem))
        except Problem as problem:
            if form is None:
                raise
            form.add_error("code" if act == "merged" else None, str(problem))
            return _many(request, tickets, forms)
        else:
            messages.success(request, said_of(batch))
        return redirect("support:desk")
    return _many(request, tickets, forms)


def _many(request: HttpRequest, tickets: QuerySet[Ticket], forms: dict) -> HttpResponse:
    languages = dict(tickets.order_by().values_list("language").annotate(Count("pk")))
    shown = list(tickets[:SHOWN])
    names = queries.procedure_names({ticket.procedure_code for ticket in shown})
    for ticket in shown:
        ticket.about = names.get(ticket.procedure_code, "")
    if shown and not forms["merged"].is_bound:
        forms["merged"].initial["code"] = min(shown, key=lambda ticket: ticket.received_at).code
    most = max(languages, key=languages.__getitem__, default="vi")
    count = sum(languages.values())
    context = {
        "shown": shown,
        "count": count,
        "more": count - len(shown),
        "languages": len(languages),
        "forms": forms,
        "canned": queries.canned_for(most, {ticket.procedure_code for ticket in shown}),
    }
    failed = any(form.errors for form in forms.values())
    return render(request, "support/many.html", context, status=422 if failed else 200)


def said_of(batch: TicketBatch) -> str:
    """What was done to many, in a sentence."""
    match batch.act:
        case Ticket.State.CLOSED:
            text = ngettext("%(number)d question is put away.", "%(number)d questions are put away.", batch.count)
        case Ticket.State.ANSWERED:
            text = ngettext("%(number)d question is answered.", "%(number)d questions have one answer.", batch.count)
        case Ticket.State.MERGED:
            text = ngettext(
                "%(number)d question is joined with another.", "%(number)d questions are joined with one.", batch.count
            )
        case _:
            text = ngettext(
                "%(number)d question is pointed to the national portal.",
                "%(number)d questions are pointed to the national portal.",
                batch.count,
            )
    return text % {"number": batch.count}


@require_POST
@login_required
@never_cache
def take_back_batch(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """Undo what was done to many."""
    user = _user(request)
    batch = get_object_or_404(TicketBatch.objects.visible_to(user), uuid=uuid)
    try:
        count = operations.take_back_batch(batch=batch, actor=user)
    except Problem as problem:
        messages.error(request, str(problem))
    else:
        text = ngettext("%(number)d question waits again.", "%(number)d questions wait again.", count)
        messages.success(request, text % {"number": count})
    return redirect("support:desk")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def ticket(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """One question: what the assistant would say, and everything one may do with it. A POST answers it."""
    found = _ticket(request, uuid)
    user = _user(request)
    form = _answer_form(found, request.POST or None)
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
            found = _ticket(request, uuid)
        else:
            messages.success(request, _("The answer is there for whoever asked."))
            return redirect("support:ticket", found.uuid)
    return _drawn(request, found, form)


def _guides(found: Ticket) -> list[tuple[str, str]]:
    return queries.guides(found.language) or queries.guides("vi")


def _answer_form(found: Ticket, data=None) -> AnswerForm:
    return AnswerForm(data, guides=_guides(found), initial={"guide": found.guide_key, "answer": found.answer})


def _drawn(request: HttpRequest, found: Ticket, form: AnswerForm | None = None, **forms) -> HttpResponse:
    user = _user(request)
    waiting = found.state == Ticket.State.NEW
    first = " ".join(found.question.split())[:120]
    context = {
        "ticket": found,
        "about": queries.procedure_names({found.procedure_code}).get(found.procedure_code, ""),
        "form": form or _answer_form(found),
        "canned": queries.canned_for(found.language, [found.procedure_code]) if waiting else [],
        "found": answered(found.question, found.language) if waiting else None,
        "assign": forms.get("assign")
        or AssignForm(owners=queries.owners(), initial={"owner": found.owner and found.owner.uuid}),
        "merge": forms.get("merge") or MergeForm(),
        "put_away": forms.get("put_away") or PutAwayForm(),
        "joined": list(found.merged.visible_to(user).order_by("received_at")[:SHOWN]),
        "alike": queries.how_often(user, [found]).get(found.folded, 1) - 1 if waiting else 0,
        "publish": forms.get("publish")
        or PublishForm(initial={"title": first, "question": found.question, "answer": found.answer}),
        "page": queries.answer_page(found),
        "lets_through": may_publish(user),
        "teach": (forms.get("teach") or _teach_form(found)) if may_teach(user) else None,
    }
    failed = (form is not None and form.errors) or any(one.errors for one in forms.values())
    return render(request, "support/ticket.html", context, status=422 if failed else 200)


def _teach_form(found: Ticket) -> TeachForm:
    """With the page that the assistant would quote first, if there is one, and the question as it was asked."""
    said = " ".join(found.question.split())[:MAX_WAY]
    return TeachForm(initial={"thing": thing_quoted(found.question, found.language), "said": said})


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
    """Take it, point a real file or a complaint to the portal, put away what is no question, let it wait again, or (`guide`)
    name the guide to mend."""
    found, user = _ticket(request, uuid), _user(request)
    try:
        match request.POST.get("as"):
            case "guide":
                return _name_guide(request, found)
            case "portal":
                operations.point_to_portal(ticket=found, actor=user)
            case "own":
                operations.assign_ticket(ticket=found, owner=user, actor=user)
                messages.success(request, _("The question is yours now."))
            case "back":
                operations.take_back(ticket=found, actor=user)
                messages.success(request, _("The question waits again."))
            case "teach" if may_teach(user):
                return _teach(request, found)
            case "closed":
                form = PutAwayForm(request.POST)
                if not form.is_valid():
                    return _drawn(request, found, put_away=form)
                operations.close_ticket(ticket=found, reason=form.cleaned_data["reason"], actor=user)
                messages.success(request, _("Put away."))
                # After a flood one goes from one to the next.
                return redirect("support:desk")
            case _:
                raise Http404
    except Problem as problem:
        messages.error(request, str(problem))
    return redirect("support:ticket", found.uuid)


def _teach(request: HttpRequest, found: Ticket) -> HttpResponse:
    form = TeachForm(request.POST)
    if not form.is_valid():
        return _drawn(request, found, teach=form)
    thing, said = form.cleaned_data["thing"], form.cleaned_data["said"]
    taught = teach_asking(thing=thing, language=found.language, said=said, actor=_user(request))
    page = {"page": thing.title}
    if not is_found(thing, said, found.language):
        text = _(
            "Written down, but asked like this the assistant does not find “%(page)s” yet. Perhaps a row of the "
            "wordings says that its subject is not ours: look there in the back end."
        )
        messages.warning(request, text % page)
    elif taught:
        messages.success(request, _("Asked like this, the assistant finds “%(page)s” from now on.") % page)
    else:
        messages.info(request, _("That this is asked for “%(page)s” was known already.") % page)
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
