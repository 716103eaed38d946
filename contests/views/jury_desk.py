"""The secretary's side of the jury: screening, rubric, seats, who scores what, the meeting and its minutes."""

from datetime import datetime, time

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cms.problems import Problem
from contests import operations
from contests.documents import minutes_pdf, minutes_word
from contests.forms import INPUT
from contests.jury.rubrics import rubrics
from contests.models import (
    Category,
    Conflict,
    Contest,
    Copy,
    Juror,
    Meeting,
    Review,
    TeamMember,
    Work,
    WorkFile,
    WorkText,
)
from contests.queries.contests import categories_of
from contests.queries.invitations import namesakes
from contests.queries.judging import board_of, boards_of, progress_of
from contests.views.desk import managed
from media import storage

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
# Reasons a secretary gives most often; each can be completed in words.
REASONS = {
    "slots": gettext_lazy("A file shows something else than what its place asks for."),
    "names": gettext_lazy("The picture shows a name, a school's name or a logo; the jury must not know who made it."),
    "rights": gettext_lazy("Foreign pictures or music without a source or permission."),
    "consent": gettext_lazy("The consent of the parents is missing."),
    "topic": gettext_lazy("The work is not about the topic of the contest."),
    "rules": gettext_lazy("The work breaks the rules of the contest."),
}


def _day(text: str):
    """A day as a browser sends it; None for anything else."""
    try:
        return parse_date(text)
    except ValueError:
        return None


def _number(request: HttpRequest, name: str) -> int:
    """The key a form names; 0, which is nobody's, for anything else."""
    found = request.POST.get(name, "")
    return int(found) if found.isascii() and found.isdigit() and len(found) < 19 else 0


class MeetingForm(forms.ModelForm):
    held_at = forms.DateTimeField(
        label=pgettext_lazy("meeting", "When"),
        widget=forms.DateTimeInput(attrs=INPUT | {"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    class Meta:
        model = Meeting
        fields = ["held_at", "place", "chair", "clerk", "conclusions"]
        labels = {
            "place": pgettext_lazy("meeting", "Where"),
            "chair": pgettext_lazy("meeting", "Who chairs it"),
            "clerk": pgettext_lazy("meeting", "Who writes the minutes"),
            "conclusions": pgettext_lazy("meeting", "Conclusions"),
        }
        widgets = {
            "place": forms.TextInput(attrs=INPUT),
            "chair": forms.TextInput(attrs=INPUT),
            "clerk": forms.TextInput(attrs=INPUT),
            "conclusions": forms.Textarea(attrs=INPUT | {"rows": 5}),
        }


class SeatForm(forms.Form):
    name = forms.CharField(
        label=gettext_lazy("Full name of the juror"), max_length=120, widget=forms.TextInput(attrs=INPUT)
    )
    is_reserve = forms.BooleanField(label=pgettext_lazy("jury", "Reserve juror"), required=False)


@require_safe
@login_required
@never_cache
def screening(request: HttpRequest, slug: str) -> HttpResponse:
    """Works waiting first, with their files, who made them and what was said before. Nine queries however many."""
    return _screening(request, managed(request, slug))


def _screening(
    request: HttpRequest, contest: Contest, *, refused: Work | None = None, problem: Problem | None = None
) -> HttpResponse:
    """`refused`: the work whose decision could not be kept because of `problem`; what was typed stays on the page."""
    accepted = WorkFile.objects.filter(state=WorkFile.State.ACCEPTED).select_related("slot", "copy")
    works = (
        Work.objects.filter(contest=contest, state=Work.State.SUBMITTED)
        .select_related("category", "team")
        .prefetch_related(
            "screenings",
            Prefetch("versions__files", accepted),
            Prefetch("versions__texts", WorkText.objects.select_related("slot").order_by("slot__position")),
            Prefetch(
                "team__members",
                TeamMember.objects.filter(state__in=TeamMember.PRESENT).select_related("user__person"),
            ),
        )
    )
    chosen = refused.screening if refused else request.GET.get("state", Work.Screened.WAITING)
    if chosen not in Work.Screened.values:
        chosen = Work.Screened.WAITING
    if refused:
        works = works.filter(pk=refused.pk)
    page = Paginator(works.filter(screening=chosen).order_by("submitted_at", "pk"), 20).get_page(
        request.GET.get("page")
    )
    twins = namesakes(contest, list(page)) if contest.categories.filter(open_track=True).exists() else {}
    for work in page:
        work.namesakes = twins.get(work.pk, [])
        complete = [one for one in work.versions.all() if one.submitted_at]
        work.shown_files = list(complete[-1].files.all()) if complete else []
        work.shown_texts = list(complete[-1].texts.all()) if complete else []
    states = [
        (key, label, Work.objects.filter(contest=contest, state=Work.State.SUBMITTED, screening=key).count())
        for key, label in Work.Screened.choices
    ]
    shown = {
        "contest": contest,
        "page": page,
        "states": states,
        "chosen": chosen,
        "reasons": REASONS,
        "problem": problem,
        "ticked": request.POST.getlist("reasons"),
        "more": request.POST.get("more", ""),
        "fix_until": request.POST.get("fix_until", ""),
    }
    return render(request, "contests/desk/screening.html", shown, status=problem.status if problem else 200)


@require_POST
@login_required
@never_cache
def screen(request: HttpRequest, slug: str, uuid) -> HttpResponse:
    contest = managed(request, slug)
    work = get_object_or_404(Work, contest=contest, uuid=uuid)
    said = [str(REASONS[key]) for key in request.POST.getlist("reasons") if key in REASONS]
    day = _day(request.POST.get("fix_until", ""))
    try:
        operations.screen_work(
            work=work,
            verdict=request.POST.get("verdict", ""),
            by=request.user,
            reason=" ".join([*said, request.POST.get("more", "").strip()]).strip(),
            fix_until=timezone.make_aware(datetime.combine(day, time(23, 59))) if day else None,
        )
    except Problem as problem:
        return _screening(request, contest, refused=work, problem=problem)
    messages.success(request, _("Work %(code)s is screened.") % {"code": work.code})
    return redirect("contests:screening", slug=slug)


@require_safe
@login_required
@never_cache
def handed_in(request: HttpRequest, slug: str, uuid) -> HttpResponse:
    """An address for a few minutes to a file as it was handed in: whoever admits a work or decides on it must see it."""
    contest = managed(request, slug)
    found = get_object_or_404(
        WorkFile,
        uuid=uuid,
        state=WorkFile.State.ACCEPTED,
        version__work__contest=contest,
        version__submitted_at__isnull=False,
    )
    return redirect(storage.signed_url(found.key, parameters={"ResponseContentType": found.content_type}))


@require_safe
@login_required
@never_cache
def room(request: HttpRequest, slug: str) -> HttpResponse:
    return _room(request, managed(request, slug))


def _room(request: HttpRequest, contest: Contest, **more) -> HttpResponse:
    late = Review.objects.filter(work__contest=contest, state=Review.State.ASSIGNED, due_at__lt=timezone.now())
    shown = {
        "contest": contest,
        "seats": progress_of(contest),
        "boards": boards_of(contest),
        "admitted": operations.jury.admitted(contest).count(),
        "waiting": Work.objects.filter(contest=contest, state="submitted", screening="waiting").count(),
        "uncopied": Copy.objects.filter(file__version__work__contest=contest).exclude(state="ready").count(),
        "unruled": [one for one in categories_of(contest) if not one.criteria.exists()],
        "rubrics": rubrics(),
        "kinds": Conflict.Kind.choices,
        "works": Work.objects.in_the_running().filter(contest=contest).order_by("code"),
        "told": Conflict.objects.filter(juror__contest=contest).select_related("juror", "work").order_by("pk"),
        "late": list(late.select_related("work", "juror").order_by("due_at")[:50]),
        "form": SeatForm(),
    } | more
    return render(request, "contests/desk/jury.html", shown)


@require_POST
@login_required
@never_cache
def invite(request: HttpRequest, slug: str) -> HttpResponse:
    """A seat; the page that answers shows its link, once."""
    contest = managed(request, slug)
    form = SeatForm(request.POST)
    if not form.is_valid():
        return _room(request, contest, form=form)
    juror, token = operations.invite_juror(contest=contest, by=request.user, **form.cleaned_data)
    return _room(request, contest, invited=juror, link=_link(request, token))


def _link(request: HttpRequest, token: str) -> str:
    return request.build_absolute_uri(reverse("contests:join_jury", args=[token]))


@require_POST
@login_required
@never_cache
def act(request: HttpRequest, slug: str) -> HttpResponse:
    """The presses of the page: share out, choose a rubric, remind, hand over."""
    contest = managed(request, slug)
    try:
        if request.POST.get("do") == "link":
            juror, token = operations.remake_link(juror=_seat(request, contest), by=request.user)
            return _room(request, contest, invited=juror, link=_link(request, token))
        words = _act(request, contest)
    except Problem as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, words)
    return redirect("contests:jury_room", slug=slug)


def _seat(request: HttpRequest, contest: Contest) -> Juror:
    return get_object_or_404(Juror, contest=contest, pk=_number(request, "juror"))


def _act(request: HttpRequest, contest: Contest) -> str:
    what = request.POST.get("do")
    if what == "unseat":
        juror = operations.take_seat_back(juror=_seat(request, contest), by=request.user)
        return _("The invitation of %(name)s is called off.") % {"name": juror.name}
    if what == "share":
        found = operations.share_out(contest=contest, by=request.user)
        words = _("%(made)s reviews given out.") % {"made": found.made}
        if found.short:
            words += " " + _("Short of jurors: %(codes)s.") % {"codes": ", ".join(sorted(found.short))}
        return words
    if what == "remind_all":
        return _("Reminded: %(count)s.") % {"count": operations.remind_jurors(contest=contest, by=request.user)}
    if what == "conflict":
        kind = request.POST.get("kind", "")
        if kind not in Conflict.Kind.values:
            raise Http404
        juror = _seat(request, contest)
        work = get_object_or_404(Work, contest=contest, pk=_number(request, "work"))
        operations.declare_conflict(
            juror=juror, work=work, kind=kind, by=request.user, note=request.POST.get("note", "")
        )
        return _("%(name)s does not judge %(code)s.") % {"name": juror.name, "code": work.code}
    if what == "rubric":
        category = get_object_or_404(Category, contest=contest, pk=_number(request, "category"))
        chosen = next((one for one in rubrics() if one["name"] == request.POST.get("rubric")), None)
        if chosen is None:
            raise Http404
        operations.set_rubric(category=category, criteria=chosen["criteria"], by=request.user)
        return _("The rubric is set.")
    review = get_object_or_404(Review, work__contest=contest, pk=_number(request, "review"))
    if what == "remind":
        operations.remind_juror(review=review, by=request.user)
        return _("%(name)s is reminded.") % {"name": review.juror.name}
    made = operations.replace_juror(review=review, by=request.user)
    return _("%(name)s takes over.") % {"name": made.juror.name}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def moderate(request: HttpRequest, slug: str, uuid) -> HttpResponse:
    """One work at the meeting: what each juror gave, and what is decided."""
    contest, problem = managed(request, slug), None
    work = get_object_or_404(operations.jury.admitted(contest).select_related("category__contest"), uuid=uuid)
    if request.method == "POST":
        review = work.reviews.filter(pk=_number(request, "review")).first()
        try:
            operations.rule(
                work=work,
                reason=request.POST.get("reason", ""),
                by=request.user,
                review=review,
                key=request.POST.get("criterion", ""),
                value=request.POST.get("points", ""),
            )
            return redirect("contests:moderate", slug=slug, uuid=uuid)
        except Problem as refusal:
            problem = refusal
    board = board_of(work.category)
    judged = next(one for one in board.works if one.work.pk == work.pk)
    rows = [
        {
            "given": one,
            "points": [(line, one.points.get(line.key), one.before.get(line.key)) for line in board.criteria],
        }
        for one in judged.given
    ]
    files = WorkFile.objects.filter(version=work.counting_version, state=WorkFile.State.ACCEPTED).select_related("slot")
    shown = {
        "contest": contest,
        "board": board,
        "judged": judged,
        "rows": rows,
        "problem": problem,
        "files": files,
        "typed": request.POST if problem else {},
    }
    return render(request, "contests/desk/moderate.html", shown, status=problem.status if problem else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def minutes(request: HttpRequest, slug: str) -> HttpResponse:
    contest = managed(request, slug)
    meeting = Meeting.objects.filter(contest=contest).first()
    form = MeetingForm(request.POST or None, instance=meeting)
    if request.method == "POST" and form.is_valid():
        operations.write_minutes(contest=contest, by=request.user, **form.cleaned_data)
        messages.success(request, _("The minutes are written."))
        return redirect("contests:minutes", slug=slug)
    boards = boards_of(contest)
    shown = {"contest": contest, "form": form, "boards": boards, "meeting": meeting}
    return render(request, "contests/desk/minutes.html", shown, status=422 if request.method == "POST" else 200)


@require_safe
@login_required
@never_cache
def minutes_file(request: HttpRequest, slug: str, form: str) -> HttpResponse:
    """The minutes as Word to go on with, or as PDF."""
    contest = managed(request, slug)
    content, kind = (minutes_word(contest), DOCX) if form == "docx" else (minutes_pdf(contest), "application/pdf")
    response = HttpResponse(content, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="bien-ban-{contest.slug}.{form}"'
    return response
