"""The assistant's page, and what the panel on other pages asks for."""

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cms.page_cache import same_for_everyone
from schools import limits
from support.assistant.answering import MAX_QUESTION
from support.assistant.masking import mask
from support.limits import ASKED, JUDGED
from support.operations.usefulness import note_usefulness
from support.queries.answers import newest_answers
from support.queries.asking import SALT, answered, suggestions_for

MAX_PATH = 300


def _is_part(request: HttpRequest) -> bool:
    """Whether the panel asks, which takes a piece of a page."""
    return request.headers.get("X-Requested-With") == "ask-panel"


@require_safe
@same_for_everyone
def home(request: HttpRequest) -> HttpResponse:
    """Ask, read what others asked, write to the desk. The same for everyone, so it is kept."""
    language = get_language()
    context = {"suggestions": suggestions_for("", language), "answers": newest_answers(language), "question": ""}
    return render(request, "support/home.html", context)


@require_safe
def panel(request: HttpRequest) -> HttpResponse:
    """The inside of the panel, with questions that belong to the page at `at`."""
    path = request.GET.get("at", "").replace("\x00", "")[:MAX_PATH]
    return render(request, "support/parts/panel.html", {"suggestions": suggestions_for(path, get_language())})


# Asking changes nothing and shows the same to everyone who asks it: no token, so that the page with the form can be kept.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Answer a question. It stands in the body of the request, never in an address that is logged; whoever comes back to
    the address alone begins anew."""
    if request.method != "POST":
        return redirect("support:home")
    whom = (ASKED, limits.client_address(request))
    limits.check(whom)
    limits.count(whom)
    question = " ".join(request.POST.get("question", "").split())
    context = {"found": answered(question, get_language()) if question else None, "asked": question}
    if _is_part(request):
        return render(request, "support/parts/answer.html", context)
    context |= {"suggestions": suggestions_for("", get_language())}
    return render(request, "support/answer.html", context)


@csrf_exempt
@require_POST
def useful(request: HttpRequest) -> HttpResponse:
    """«Câu trả lời này có ích không?» A number goes up; nothing is known of who said it."""
    whom = (JUDGED, limits.client_address(request))
    limits.check(whom)
    limits.count(whom)
    try:
        language, kind, key = signing.loads(request.POST.get("answer", ""), salt=SALT, max_age=24 * 3600)
    except (signing.BadSignature, ValueError):
        language = ""
    if language:
        note_usefulness(language=language, kind=kind, key=key, helpful=request.POST.get("helpful") == "yes")
    helped = request.POST.get("helpful") == "yes"
    context = {
        "text": _("Thank you.") if helped else _("Thank you. Write to the desk, and people will answer."),
        "helped": helped,
        "question": mask(request.POST.get("question", "")[:MAX_QUESTION]).text,
    }
    if _is_part(request):
        return render(request, "support/parts/thanks.html", context)
    return render(request, "support/thanks.html", context | {"home": reverse("support:home")})
