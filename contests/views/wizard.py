"""Setting a contest up step by step: each step saves, and one may go back to any of them until the contest opens."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from cms.problems import Problem
from contests.models import Contest, RoundQuiz
from contests.problems import OnlyForward
from contests.queries.contests import categories_of, quiz_rounds, rounds_of, rules_in_force
from contests.queries.works import categories_without_files
from contests.views import wizard_steps, work_steps
from contests.views.desk import FOLLOWING, managed

STEPS = {
    "name": gettext_lazy("Name and dates"),
    "who": gettext_lazy("Who may enter"),
    "papers": gettext_lazy("Questions"),
    "rules": gettext_lazy("Rules and ranking"),
    "prizes": gettext_lazy("Prizes"),
    "try": gettext_lazy("Try it"),
    "open": gettext_lazy("Open it"),
}
STEPS_OF_WORKS = {
    "name": STEPS["name"],
    "who": STEPS["who"],
    "files": gettext_lazy("What is handed in"),
    "rubric": gettext_lazy("Rubric"),
    "jury": gettext_lazy("Jury"),
    "rules": STEPS["rules"],
    "prizes": STEPS["prizes"],
    "try": STEPS["try"],
    "open": gettext_lazy("Look it over and open it"),
}
KINDS: dict[str, type[wizard_steps.Step]] = {
    "name": wizard_steps.Name,
    "who": wizard_steps.Who,
    "papers": wizard_steps.Papers,
    "rules": wizard_steps.RulesStep,
    "prizes": wizard_steps.Prizes,
    "try": wizard_steps.Try,
    "open": wizard_steps.Open,
}
# What may still be changed once a contest is open: it becomes a new version of the rules.
AFTERWARDS = {"rules", "rubric"}


def _done(contest: Contest) -> set[str]:
    """Steps that lack nothing; trying is never required."""
    version = rules_in_force(contest)
    rounds, categories = rounds_of(contest).count(), list(categories_of(contest))
    quizzes = quiz_rounds(contest).count()
    found = {"name"} if rounds else set()
    found |= {"who"} if categories else set()
    if contest.takes_works:
        found |= {"files"} if categories and not categories_without_files(contest) else set()
        bare = categories_of(contest).filter(criteria=None).exists()
        found |= {"rubric"} if categories and not bare else set()
        found |= {"jury"} if version and version.terms.get("jury") else set()
    elif rounds and RoundQuiz.objects.filter(round__stage__contest=contest).count() == quizzes * len(categories):
        found.add("papers")
    if version and version.text.strip():
        found.add("rules")
    if contest.prizes.exists():
        found.add("prizes")
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def step(request: HttpRequest, slug: str, step: str) -> HttpResponse:
    """A step of the wizard. After the opening only the rules and the rubric are left, and become a new version."""
    contest = managed(request, slug)
    takes_works = contest.takes_works
    steps: dict[str, Any] = STEPS_OF_WORKS if takes_works else STEPS
    kinds = work_steps.KINDS if takes_works else KINDS
    if step not in kinds:
        raise Http404
    is_draft = contest.state == Contest.State.DRAFT
    if not is_draft and step not in AFTERWARDS:
        raise OnlyForward(_("The contest is open: what was announced stays. The rules can become a new version."))
    found, problem, status = kinds[step](request, contest), None, 200
    names, place = list(steps), list(steps).index(step)

    def address(name: str) -> str:
        return reverse("contests:step", args=[slug, name])

    if request.method == "POST" and not found.is_rearranged:
        status = 422
        if found.is_valid():
            try:
                found.save()
            except Problem as refused:
                problem, status = refused, refused.status
            else:
                if step != "try":
                    messages.success(request, _("Saved."))
                    onward = found.onward() or address(names[place + 1])
                    return redirect(onward if is_draft else reverse("contests:manage", args=[slug]))
                status = 200
    done = _done(contest) if is_draft else set()
    shown = {
        "contest": contest,
        "step": step,
        "title": steps[step],
        "number": place + 1,
        "count": len(names),
        "steps": [
            {
                "label": label,
                "state": "current" if name == step else "done" if name in done else "todo",
                "url": address(name),
            }
            for name, label in steps.items()
        ]
        if is_draft
        else [],
        "before": address(names[place - 1]) if is_draft and place else "",
        "after": address(names[place + 1]) if is_draft and place + 1 < len(names) else "",
        "following": FOLLOWING["open"],
        "problem": problem,
        **found.shown(),
    }
    return render(request, "contests/desk/wizard.html", shown, status=status)
