"""Writing to the desk and following a question, without an account; and the desk's public figures."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from cms.problems import Problem
from schools import limits
from schools.codes import tidy_code
from support.assistant.masking import mask
from support.forms import CodeForm, WriteForm
from support.limits import FOLLOWED, WRITTEN
from support.models import Ticket
from support.operations.desk import write_ticket
from support.queries import desk as queries
from support.queries.asking import offers, warning_of

SENT = "hoi_dap"
SENT_SECONDS = 60 * 60


# A stranger's form can only bring in a question, which anybody may: no token, and so no cookie for who only reads.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def write(request: HttpRequest) -> HttpResponse:
    """A question to people. From the assistant a first POST only carries the question over; nothing is kept by it."""
    language = get_language()
    carried = request.method == "POST" and "key" not in request.POST
    if carried or request.method != "POST":
        question = request.POST.get("question", "")[:4000] if carried else ""
        form = WriteForm(language=language, initial={"question": question, "from_assistant": carried})
        return _form(request, form, mask(question).kinds)
    whom = (WRITTEN, limits.client_address(request))
    limits.check(whom)
    form = WriteForm(request.POST, language=language)
    if not form.is_valid():
        return _form(request, form)
    limits.count(whom)
    data = form.cleaned_data
    if data["website"]:
        return redirect("support:home")
    try:
        ticket = write_ticket(
            question=data["question"],
            language=language,
            source=Ticket.Source.ASSISTANT if data["from_assistant"] else Ticket.Source.FORM,
            procedure_code=data["procedure"],
            unit=data["unit"],
            key=data["key"],
        )
    except Problem as problem:
        form.add_error("question", str(problem))
        return _form(request, form)
    response = redirect("support:sent")
    kinds = ",".join(mask(data["question"]).kinds)
    response.set_signed_cookie(
        SENT, f"{ticket.code}:{kinds}", max_age=SENT_SECONDS, httponly=True, samesite="Lax", secure=request.is_secure()
    )
    return response


def _form(request: HttpRequest, form: WriteForm, kinds: tuple[str, ...] = ()) -> HttpResponse:
    context = {"form": form, "warning": warning_of(kinds), "offers": [one for one in offers() if one["kind"] != "desk"]}
    return render(request, "support/write.html", context, status=422 if form.is_bound else 200)


@require_safe
@never_cache
def sent(request: HttpRequest) -> HttpResponse:
    """The code, to be written down: told to the browser that asked, for an hour, and to nobody else."""
    found = request.get_signed_cookie(SENT, default="", max_age=SENT_SECONDS)
    if not found:
        return redirect("support:follow")
    code, _colon, kinds = found.partition(":")
    ticket = Ticket.objects.filter(code=code).first()
    if ticket is None:
        return redirect("support:follow")
    warning = warning_of(tuple(filter(None, kinds.split(","))))
    return render(request, "support/sent.html", {"ticket": ticket, "warning": warning})


# It only reads, and only with the code: a token would shut out phones that keep no cookies.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def follow(request: HttpRequest) -> HttpResponse:
    """What became of a question. The code travels in the body, and guessing is counted."""
    form, ticket = CodeForm(request.POST if request.method == "POST" else None), None
    if request.method == "POST":
        whom = (FOLLOWED, limits.client_address(request))
        limits.check(whom)
        if form.is_valid():
            ticket = queries.followed(tidy_code(form.cleaned_data["code"]))
            if ticket is None:
                limits.count(whom)
                form.add_error(
                    "code", _("No question has this code. Look at what you wrote down; O and 0 are not used.")
                )
    status = 422 if form.is_bound and form.errors else 200
    settled = ticket and queries.settled_in(ticket)
    context = {"form": form, "ticket": ticket, "settled": settled, "page": settled and queries.answer_page(settled)}
    context["portal"] = [one for one in offers() if one["kind"] == "portal"]
    return render(request, "support/follow.html", context, status=status)


@require_safe
@never_cache
def figures(request: HttpRequest) -> HttpResponse:
    return render(request, "support/figures.html", queries.figures())
