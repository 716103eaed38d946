"""Pages of a quiz: the door, taking it (readable and answerable without a script), the result, the receipt."""

from urllib.parse import urlsplit
from uuid import UUID, uuid4

from django.conf import settings as site
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import activate, get_language
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_safe

from cms.pdf import laid_out
from cms.problems import Problem
from quizzes import limits, operations, problems, queries, sheets, taking
from quizzes.models import Attempt
from quizzes.papers import paper
from quizzes.permissions import answers_may_be_shown, attempts_in_care_of, may_print_quiz
from quizzes.queries.marking import comments_on
from quizzes.signals import ways_on
from schools.queries.addresses import qr_svg
from schools.queries.desks import viewer_of


def own_attempt(request: HttpRequest, uuid: UUID) -> Attempt:
    attempt = Attempt.objects.visible_to(request.user).select_related("opening").filter(uuid=uuid).first()
    if attempt is None:
        raise problems.NoSuchAttempt()
    return operations.close_if_due(attempt=attempt)


@method_decorator([login_required, never_cache], name="dispatch")
class QuizView(View):
    """The door: rules, time, attempts left, past attempts; a POST starts or resumes."""

    def get(self, request, key: UUID, problem: Problem | None = None):
        entrance = queries.entrance_of(request.user, key)
        if entrance is None:
            raise problems.NoSuchQuiz()
        language = get_language()
        settings = entrance.paper.settings
        shown = {
            "entrance": entrance,
            "title": entrance.paper.title(language),
            "description": entrance.paper.description(language),
            "settings": settings,
            "pass_points": settings["pass_percent"],
            "idempotency_key": uuid4(),
            "problem": problem,
            "may_print": _may_print(request.user, key),
        }
        return render(request, "quizzes/quiz.html", shown, status=problem.status if problem else 200)

    def post(self, request, key: UUID):
        idempotency_key = request.POST.get("idempotency_key", "")[:200] or str(uuid4())
        try:
            limits.starts.pull(request.user.pk)
            attempt, _made = operations.start_attempt(
                user=request.user, quiz_key=key, idempotency_key=idempotency_key, language=get_language()
            )
        except problems.NoSuchQuiz:
            raise
        except Problem as problem:
            return self.get(request, key, problem)
        return redirect("quiz_attempt", uuid=attempt.uuid)


def _may_print(user, key: UUID) -> bool:
    """Asked only for those who take papers at all, known from the cache: a pupil's page pays nothing."""
    return viewer_of(user)["takes_papers"] and may_print_quiz(user, key)


@method_decorator([login_required, never_cache], name="dispatch")
class AttemptView(View):
    """The quiz itself. The whole quiz is in the page; a script shows one question at a time and saves as you go."""

    def get(self, request, uuid: UUID):
        attempt = own_attempt(request, uuid)
        if not attempt.is_open:
            return redirect("quiz_result", uuid=uuid)
        return render(request, "quizzes/attempt.html", taking.page_of(attempt, asks="sure" in request.GET))

    def post(self, request, uuid: UUID):
        attempt = own_attempt(request, uuid)
        here = reverse("quiz_attempt", args=[uuid])
        if attempt.is_open:
            try:
                limits.saves.pull(request.user.pk)
                attempt, unclear = taking.save_form(request, attempt)
                if "check" in request.POST:
                    question = request.POST["check"]
                    operations.check_answer(user=request.user, attempt_uuid=uuid, question=question)
                    return redirect(f"{here}#q-{taking.number_of(attempt, question)}")
            except Problem as problem:
                messages.error(request, str(problem))
                return redirect("quiz_attempt", uuid=uuid)
            if unclear:
                messages.error(request, taking.say_unclear(unclear))
                return redirect(f"{here}#q-{unclear[0]}")
            overdue = attempt.deadline is not None and timezone.now() > attempt.deadline
            if request.POST.get("submit") == "1" and attempt.answered < len(attempt.questions) and not overdue:
                return redirect(f"{here}?sure#overview")
        if "submit" in request.POST:
            operations.submit_attempt(user=request.user, attempt_uuid=uuid)
            return redirect("quiz_result", uuid=uuid)
        messages.success(
            request,
            _("Saved on the server at %(time)s.") % {"time": timezone.localtime().strftime("%H:%M:%S")},
        )
        return redirect("quiz_attempt", uuid=uuid)


def may_see(user, attempt: Attempt) -> bool:
    if not user.is_authenticated:
        return False
    return attempt.user_id == user.pk or attempts_in_care_of(user).filter(pk=attempt.pk).exists()


@login_required
@never_cache
@require_safe
def result(request, uuid: UUID):
    attempt = Attempt.objects.select_related("opening", "user__person").filter(uuid=uuid).first()
    if attempt is None or not may_see(request.user, attempt):
        raise problems.NoSuchAttempt()
    attempt = operations.close_if_due(attempt=attempt)
    own = attempt.user_id == request.user.pk
    if attempt.is_open:
        if own:
            return redirect("quiz_attempt", uuid=uuid)
        raise problems.NoSuchAttempt()
    frozen = paper(attempt.paper_id)
    with_answers = answers_may_be_shown(attempt, frozen.settings) or not own
    outcome = sheets.outcome_of(attempt, get_language()) if with_answers else None
    shown = {
        "attempt": attempt,
        "own": own,
        "title": frozen.title(get_language()),
        "settings": frozen.settings,
        "with_score": frozen.settings["feedback"] != "nothing" or not own,
        "score": queries.plain(attempt.score),
        "max_score": queries.plain(attempt.max_score),
        "with_answers": with_answers,
        "outcome": outcome,
        "opening": attempt.opening,
        "comments": comments_on(attempt) if frozen.settings["feedback"] != "nothing" or not own else [],
        # Straight from the quiz: a screen reader should start with the result.
        "just_ended": request.headers.get("Referer", "").endswith(reverse("quiz_attempt", args=[uuid])),
        "ways": ways_on(attempt, get_language()) if own else [],
        "entrance": queries.entrance_of(request.user, attempt.quiz_key) if own else None,
    }
    return render(request, "quizzes/result.html", shown)


def slip_of(request: HttpRequest, code: str) -> dict:
    """What a receipt says to this reader: everything to its owner and their teachers, to others that it is genuine."""
    found = queries.receipt_of(code)
    if found is None:
        return {"code": code, "found": False}
    attempt, earlier = found
    code = earlier.code if earlier else attempt.receipt_code
    at = earlier.at if earlier else attempt.closed_at
    answered = earlier.answered if earlier else attempt.answered
    state = earlier.state if earlier else attempt.state
    rows = [
        {
            "label": _("Answered"),
            "value": _("%(answered)s of %(total)s") % {"answered": answered, "total": len(attempt.questions)},
        },
        {"label": _("Received"), "value": timezone.localtime(at).strftime("%H:%M:%S, %d/%m/%Y")},
    ]
    full = may_see(request.user, attempt)
    if full:
        source = earlier or attempt
        rows = [
            {"label": _("Pupil"), "value": attempt.user.get_full_name()},
            {"label": _("Quiz"), "value": paper(attempt.paper_id).title(get_language())},
            {"label": _("Attempt"), "value": attempt.number},
            *rows,
            {
                "label": _("Score"),
                "value": f"{queries.plain(source.score)}/{queries.plain(source.max_score)}".replace(".", ","),
            },
            {"label": _("Ended"), "value": str(Attempt.State(state).label)},
        ]
        if attempt.needs_marking and not earlier:
            rows.append({"label": _("Note"), "value": _("waiting to be marked")})
        if attempt.on_paper:
            rows.append({"label": _("Note"), "value": attempt.get_entered_display()})
        if attempt.late_sync and not earlier:
            rows.append({"label": _("Note"), "value": _("synchronised late")})
    return {
        "code": code,
        "found": True,
        "full": full,
        "rows": rows,
        "earlier": earlier,
        "attempt": attempt if full else None,
    }


def speak_to(request: HttpRequest) -> None:
    """A receipt has one address in all languages: answer in the one asked for, else that of the page the reader comes
    from, else that of their account. A stranger's browser says its own.
    """
    known = dict(site.LANGUAGES)
    came_from = urlsplit(request.headers.get("Referer", ""))
    left = came_from.path.split("/")[1:2] if came_from.netloc == request.get_host() else []
    account = request.user.language if request.user.is_authenticated else ""
    for language in (request.GET.get("language", ""), *left, account):
        if language in known:
            activate(language)
            request.LANGUAGE_CODE = language
            return


@never_cache
@require_GET
def receipt(request, code: str):
    speak_to(request)
    slip = slip_of(request, code)
    address = request.build_absolute_uri(reverse("receipt", args=[slip["code"]]))
    slip |= {"qr": qr_svg(address), "address": address, "language_links": languages(request)}
    return render(request, "quizzes/receipt.html", slip, status=200 if slip["found"] else 404)


def languages(request: HttpRequest) -> list[dict]:
    """The switcher asks for a language by name."""
    return [
        {"code": code, "name": name, "url": f"{request.path}?language={code}", "current": code == get_language()}
        for code, name in site.LANGUAGES
    ]


@login_required
@never_cache
@require_GET
def receipt_pdf(request, code: str):
    speak_to(request)
    slip = slip_of(request, code)
    if not slip.get("full"):
        raise problems.NoSuchAttempt()
    address = request.build_absolute_uri(reverse("receipt", args=[slip["code"]]))
    page = render_to_string("quizzes/receipt_pdf.html", slip | {"qr": qr_svg(address), "address": address}, request)
    response = HttpResponse(laid_out(page, "quizzes/receipt.css").write_pdf(), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="receipt-{slip["code"]}.pdf"'
    return response
