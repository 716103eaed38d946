"""The figures of a quiz: for a teacher of her own classes, for whoever mends quizzes of everybody."""

import re
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRefresh

from quizzes.models import Paper, Quiz
from quizzes.operations.figures import compute_figures, figures_job, is_at_work
from quizzes.permissions import Sight, may_correct, sight_of, sight_of_class
from quizzes.queries.figures import Figures, QuestionFigures, Which, figures_of, is_large, kept, tables, words
from quizzes.queries.figures.chart import HEIGHT, WIDTH, bars_of, sentence_of
from quizzes.queries.figures.of_class import quizzes_taken
from quizzes.statistics import LIMITS

QUESTIONS, CLASSES = 25, 50
YEAR = re.compile(r"\d{4}-\d{4}")
# So many classes are offered as a row of choices; more are found in the table.
CHOICES = 12


@dataclass(frozen=True)
class Wish:
    """What a reader asked for by `?attempts=`, `?class=` and `?year=`, and may see."""

    quiz_key: UUID
    sight: Sight
    which: Which
    class_key: UUID | None

    def figures(self, language: str) -> Figures | None:
        """Kept ones of a quiz that too many took for a page to wait; None where there are none yet."""
        if is_large(self.quiz_key, self.sight):
            return kept(self.quiz_key, self.which, language, self.sight.year)
        return figures_of(
            quiz_key=self.quiz_key, sight=self.sight, which=self.which, language=language, class_key=self.class_key
        )


def _wish(request: HttpRequest, key: UUID) -> Wish:
    """Raises 404 for what is not the reader's to see, and for a quiz that never had a paper."""
    sight = sight_of(request.user, key)
    if sight is None or not Paper.objects.filter(quiz_key=key).exists():
        raise Http404
    if year := request.GET.get("year", ""):
        if not YEAR.fullmatch(year):
            raise Http404
        sight = replace(sight, year=year)
    wanted = request.GET.get("attempts", "")
    which = Which(wanted) if wanted in set(Which) else Which.COUNTED
    if not request.GET.get("class"):
        return Wish(key, sight, which, None)
    try:
        class_key = UUID(request.GET["class"])
    except ValueError:
        raise Http404 from None
    of_class = sight.of(class_key)
    if of_class is None:
        raise Http404
    # Of the whole province only the one class is read; a teacher's other classes stand beside it.
    return Wish(key, of_class if sight.classes is None else sight, which, class_key)


def _query(figures: Figures, **changed: str) -> str:
    """The page's own parameters with some changed; an empty one is left out."""
    now = {
        "attempts": "" if figures.which == Which.COUNTED else figures.which.value,
        "class": str(figures.of_class.key) if figures.of_class else "",
        "year": figures.year,
    }
    return "?" + urlencode({name: value for name, value in (now | changed).items() if value})


def whose(figures: Figures) -> str:
    """Of whom the figures are, and which of their attempts count."""
    if figures.of_class:
        who = figures.of_class.name
    else:
        who = _("everybody") if figures.everybody else _("my classes")
    year = f" · {_('school year %(year)s') % {'year': figures.year}}" if figures.year else ""
    return f"{who[:1].upper()}{who[1:]}{year} · {_which_words(figures)[figures.which]}"


def _which_words(figures: Figures) -> dict[str, str]:
    rule = str(Quiz.WhichCounts(figures.rule).label)
    return {
        Which.COUNTED: _("What counts: %(rule)s") % {"rule": rule[:1].lower() + rule[1:]},
        Which.FIRST: _("First attempts"),
        Which.ALL: _("All attempts"),
    }


def _ways(figures: Figures) -> list[dict]:
    """The choice of attempts; where the first one counts anyway, it is not offered twice."""
    offered = [Which.COUNTED, Which.ALL] if figures.rule == Quiz.WhichCounts.FIRST else list(Which)
    labels = _which_words(figures)
    return [
        {
            "label": labels[which],
            "url": _query(figures, attempts="" if which == Which.COUNTED else which.value),
            "current": which == figures.which,
        }
        for which in offered
    ]


def _year_chips(figures: Figures, years: list[str]) -> list[dict]:
    """The choice of school years, where there is one; a class belongs to a year of its own."""
    if figures.of_class or (len(years) < 2 and not figures.year):
        return []
    every = {"label": _("All school years"), "url": _query(figures, year=""), "current": not figures.year}
    return [every] + [
        {"label": year, "url": _query(figures, year=year), "current": year == figures.year}
        for year in dict.fromkeys([*years, *([figures.year] if figures.year else [])])
    ]


def _class_chips(figures: Figures) -> list[dict]:
    named = [one for one in figures.classes if one.key]
    if not 1 < len(named) <= CHOICES and not figures.of_class:
        return []
    every = _("everybody") if figures.everybody else _("all my classes")
    chips = [{"label": every, "url": _query(figures, **{"class": ""}), "count": None, "current": not figures.of_class}]
    shown = named[:CHOICES] if len(named) <= CHOICES else [figures.of_class]
    for one in shown:
        current = figures.of_class is not None and one.key == figures.of_class.key
        url = _query(figures, **{"class": str(one.key)})
        chips.append({"label": one.name, "url": url, "count": one.scores.attempts, "current": current})
    return chips


def _item(one: QuestionFigures, language: str) -> dict:
    return {
        "question": one,
        "headline": words.headline(one),
        "remarks": words.remarks(one, language),
        "type": words.type_name(one.question),
        "time": words.seconds_in_words(one.seconds),
        "choices": tables.choices(one, language),
    }


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def show(request: HttpRequest, key: UUID) -> HttpResponse:
    """The page; `?show=look` only the questions to look at again, `?print=1` all on one page.

    A POST has the figures of a quiz computed anew that too many took for a page to wait.
    """
    wish, language = _wish(request, key), get_language()
    large = is_large(key, wish.sight)
    told: Any = {"quiz_key": key, "attempts": wish.which.value, "language": language, "year": wish.sight.year}
    if request.method == "POST":
        if large:
            compute_figures(actor=request.user, **told)
        return redirect(request.get_full_path())
    job = figures_job(**told) if large else None
    if is_at_work(job):
        return render(request, f"quizzes/{'parts/figures_job' if request.htmx else 'figures_large'}.html", {"job": job})
    if request.htmx:
        return HttpResponseClientRefresh()
    figures = wish.figures(language)
    if figures is None:
        return render(request, "quizzes/figures_large.html", {"job": job})
    printing = request.GET.get("print") == "1"
    only_warned = request.GET.get("show") == "look"
    listed = figures.to_look_at if only_warned else figures.questions
    page = Paginator(listed, len(listed) or 1 if printing else QUESTIONS).get_page(request.GET.get("page"))
    by_class = Paginator(figures.classes, len(figures.classes) or 1 if printing else CLASSES).get_page(
        request.GET.get("classes")
    )
    shown: dict[str, Any] = {
        "figures": figures,
        "whose": whose(figures),
        "ways": _ways(figures),
        "chips": _class_chips(figures),
        "years": _year_chips(figures, wish.sight.years(key)),
        "limits": LIMITS,
        "large": large,
        "mends": may_correct(request.user),
        "xlsx": _query(figures),
        "print_url": _query(figures, print="1"),
        "printing": printing,
        "page": page,
        "page_query": _query(figures, show="look" if only_warned else "")[1:] + "&",
        "classes_query": _query(figures)[1:] + "&",
        "only_warned": only_warned,
        "all_url": _query(figures) + "#questions",
        "look_url": _query(figures, show="look") + "#questions",
    }
    if figures.attempts:
        shown |= {
            "mean": words.decimal(figures.scores.mean),
            "pass_share": words.percent(figures.passed / figures.attempts),
            "summary": tables.summary(figures),
            "steps": tables.steps(figures),
            "bars": bars_of(figures),
            "drawing": {"width": WIDTH, "height": HEIGHT, "ground": HEIGHT - 24, "words": HEIGHT - 6},
            "sentence": sentence_of(figures),
            "by_class": by_class,
            "classes": tables.classes(figures, by_class.object_list),
            "class_urls": [_query(figures, **{"class": str(one.key or "")}) for one in by_class.object_list],
            "items": [_item(one, language) for one in page.object_list],
            "questions": tables.questions(figures, language),
        }
    return render(request, "quizzes/figures.html", shown)


@require_safe
@login_required
@never_cache
def spreadsheet(request: HttpRequest, key: UUID) -> HttpResponse:
    figures = _wish(request, key).figures(get_language())
    if figures is None:
        # Nothing is kept yet: the page says so and lets it be computed.
        return redirect("quiz_figures", key)
    from quizzes import spreadsheets

    content = spreadsheets.figures_workbook(figures, whose(figures), get_language())
    response = HttpResponse(content, content_type=spreadsheets.XLSX)
    response["Content-Disposition"] = f'attachment; filename="{spreadsheets.file_name(figures)}"'
    return response


@require_safe
@login_required
@never_cache
def of_class(request: HttpRequest, class_key: UUID) -> HttpResponse:
    """The quizzes that a class has taken, each with the way to its figures."""
    sight = sight_of_class(request.user, class_key)
    if sight is None:
        raise Http404
    school_class = sight.classes.select_related("school", "school_year").get()
    listed, taken = quizzes_taken(sight, get_language(), request.GET.get("page"))
    lines = [{"quiz": one, "mean": words.decimal(one.mean)} for one in taken]
    return render(
        request, "quizzes/class_figures.html", {"school_class": school_class, "listed": listed, "lines": lines}
    )
