"""«Ôn lại câu sai»: one due card after the other, checked at once on the server. Its score counts nowhere."""

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cms.problems import Problem
from quizzes import operations
from quizzes.models import ReviewCard
from quizzes.operations.reviewing import key_of_card
from quizzes.papers import words
from quizzes.queries import review as cards
from quizzes.queries.corrections import right_in_words


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest) -> HttpResponse:
    language = get_language()
    if request.method != "POST":
        card = cards.cards_due(request.user).first()
        if card is None:
            next_card = ReviewCard.objects.filter(user=request.user).order_by("due_on").first()
            return render(request, "quizzes/review.html", {"next_card": next_card})
        question = cards.shown(card, language)
        return _page(request, {"card": card, "question": question, "controls": cards.controls(question)})
    number = request.POST.get("card", "")
    card = ReviewCard.objects.filter(user=request.user, pk=number).first() if number.isdigit() else None
    if card is None:
        # Sent twice, and learned by the first.
        if number.isdigit():
            return render(request, "quizzes/review.html", {"gone": True})
        raise Http404
    question, key = cards.shown(card, language), key_of_card(card)
    value = cards.value_of(question, request.POST)
    try:
        checked = operations.answer_card(user=request.user, card_id=card.pk, value=value)
    except Problem as problem:
        shown = {"card": card, "question": question, "controls": cards.controls(question), "problem": problem}
        return _page(request, shown, status=problem.status)
    shown = {
        "card": card,
        "question": question,
        "controls": cards.controls(question, value),
        "checked": checked,
        "percent": round(checked.fraction * 100),
        "right": right_in_words(key, language),
        "explanation": words(key["explanation"], language),
    }
    return _page(request, shown)


def _page(request: HttpRequest, shown: dict, status: int = 200) -> HttpResponse:
    return render(request, "quizzes/review.html", shown | {"due": cards.cards_due(request.user).count()}, status=status)
