"""A work's pages for its team: begin, join, put together, hand in, and the receipt."""

from collections.abc import Callable
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_ratelimit.decorators import ratelimit

from cms.pdf import laid_out
from cms.problems import Problem
from contests import operations, problems
from contests.models import Category, Contest, Slot, TeamMember, Work, WorkFile, WorkVersion
from contests.operations.entries import asks_guardian
from contests.operations.works import lacking_of, require_changeable, shown_version
from contests.queries.contests import categories_of, contest_for, rules_in_force
from contests.queries.pages import choices_for
from contests.queries.people import standing_on
from contests.queries.works import deadline_of, grace_of, members_of, slots_of, teachers_of, work_for
from contests.rules import Rules
from contests.work_forms import HandInForm, JoinForm, NewWorkForm
from media import storage
from schools.models import User
from schools.queries.addresses import absolute, qr_svg


def _member(work: Work, user) -> TeamMember:
    """The confirmed membership of whoever makes the work. Raises TeamRefused."""
    found = work.team.members.filter(
        user_id=user.pk, role__in=TeamMember.MAKERS, state=TeamMember.State.CONFIRMED
    ).first()
    if found is None:
        raise problems.TeamRefused(_("Only members who have confirmed can do this."))
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def new(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin a work: category, title, and what the rules ask to be agreed to."""
    contest = contest_for(request.user, slug)
    if not contest.takes_works or contest.state != Contest.State.OPEN:
        raise problems.NotOpen()
    user, version = cast(User, request.user), rules_in_force(contest)
    choices = choices_for(contest, user)
    mine = categories_of(contest).filter(pk__in=[one.category.pk for one in choices if not one.reasons])
    standing, place = standing_on(user, contest.reference_date)
    rules = Rules.of(version)
    form = NewWorkForm(
        request.POST if request.method == "POST" else None,
        rules=rules,
        asks_guardian=asks_guardian(rules, standing),
        categories=mine,
    )
    problem = None
    if request.method == "POST" and mine and form.is_valid():
        data = form.cleaned_data
        try:
            work = operations.make_team(
                contest=contest,
                category=data["category"],
                user=user,
                agreed=form.agreed,
                title=data["title"],
                name=data["name"],
            )
        except Problem as refused:
            problem = refused
        else:
            return redirect("contests:work", slug=slug, uuid=work.uuid)
    shown = {
        "contest": contest,
        "form": form,
        "choices": choices,
        "is_open": bool(mine),
        "place": place,
        "problem": problem,
        "version": version,
    }
    return render(request, "contests/enter.html", shown, status=422 if request.method == "POST" else 200)


def _shown(request: HttpRequest, work: Work, **more) -> dict:
    version, members = shown_version(work), members_of(work.team)
    me = next((one for one in members if one.user_id == request.user.pk), None)
    try:
        require_changeable(work)
        closed = None
    except Problem as problem:
        closed = problem
    rules = rules_in_force(work.contest)
    complete = list(work.versions.exclude(submitted_at=None).order_by("-number"))
    is_maker = bool(me and me.role != TeamMember.Role.MENTOR and me.state == TeamMember.State.CONFIRMED)
    is_leader = bool(me and me.role == TeamMember.Role.LEADER)
    return {
        "work": work,
        "contest": work.contest,
        "members": members,
        "me": me,
        "is_leader": is_leader,
        "may_change": closed is None and is_maker,
        "closed": closed,
        "deadline": deadline_of(work),
        "grace": int(grace_of(work).total_seconds() // 60),
        "now": timezone.now(),
        "slots": slots_of(work.category, version),
        "version": version,
        "lacking": lacking_of(work) if is_maker else [],
        "complete": complete,
        "is_newer": version is not None and not version.is_complete,
        "may_invite": is_leader and work.category.team_max > sum(one.role != TeamMember.Role.MENTOR for one in members),
        "teachers": teachers_of(work.team) if is_leader and work.category.mentor != Category.Mentor.NONE else [],
        "form": more.pop("form", None) or HandInForm(rules=Rules.of(rules) if rules else None),
        **more,
    }


@require_safe
@login_required
@never_cache
def show(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    work = work_for(request.user, contest_for(request.user, slug), uuid)
    return render(request, "contests/work.html", _shown(request, work))


def _invite(request: HttpRequest, work: Work) -> str:
    operations.invite_member(work=work, by=request.user, code=request.POST.get("code", ""))
    return _("Asked. Your mate finds the invitation on the page of the contest.")


def _mentor(request: HttpRequest, work: Work) -> str:
    key = request.POST.get("teacher", "")
    mentor = teachers_of(work.team).filter(pk=int(key)).first() if key.isascii() and key.isdigit() else None
    operations.name_mentor(work=work, by=request.user, mentor=mentor)
    return _("Kept.")


def _leave(request: HttpRequest, work: Work) -> str:
    member = get_object_or_404(work.team.members, uuid=_uuid(request, "member"))
    operations.leave_team(member=member, by=request.user)
    return _("Done.")


def _write(request: HttpRequest, work: Work) -> str:
    _member(work, request.user)
    keys = work.category.slots.filter(kind__in=Slot.WRITTEN).values_list("key", flat=True)
    operations.write_texts(
        work=work, texts={key: request.POST[f"text-{key}"] for key in keys if f"text-{key}" in request.POST}
    )
    if request.POST.get("title"):
        operations.rename_work(work=work, title=request.POST["title"])
    return _("Kept. It counts once you hand it in.")


def _remove(request: HttpRequest, work: Work) -> str:
    _member(work, request.user)
    file = get_object_or_404(WorkFile, version__work=work, uuid=_uuid(request, "file"))
    operations.remove_file(work=work, file=file)
    return _("Taken out.")


def _withdraw(request: HttpRequest, work: Work) -> str:
    if _member(work, request.user).role != TeamMember.Role.LEADER:
        raise problems.TeamRefused(_("Only the leader of the team can do this."))
    operations.withdraw_work(work=work, by=request.user)
    return _("The work is withdrawn. Handing it in again before the deadline brings it back.")


def _uuid(request: HttpRequest, name: str) -> UUID | None:
    try:
        return UUID(request.POST.get(name, ""))
    except ValueError:
        return None


CHANGES: dict[str, Callable[[HttpRequest, Work], str]] = {
    "invite": _invite,
    "mentor": _mentor,
    "leave": _leave,
    "write": _write,
    "remove": _remove,
    "withdraw": _withdraw,
}


@require_POST
@login_required
@ratelimit(key="user", rate="60/m")
def change(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """One change of a team or its work, named by `do`."""
    contest = contest_for(request.user, slug)
    work = work_for(request.user, contest, uuid)
    make = CHANGES.get(request.POST.get("do", ""))
    if make is None:
        raise problems.NoSuchWork()
    try:
        said = make(request, work)
    except Problem as problem:
        return render(request, "contests/work.html", _shown(request, work, problem=problem), status=problem.status)
    messages.success(request, said)
    if not Work.objects.visible_to(request.user).filter(pk=work.pk).exists():
        return redirect("contests:contest", slug=slug)
    return redirect("contests:work", slug=slug, uuid=uuid)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def join(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Confirm an invitation to a team: a member accepts the rules, a mentor says yes."""
    contest = contest_for(request.user, slug)
    work = work_for(request.user, contest, uuid)
    me = get_object_or_404(work.team.members.filter(state__in=TeamMember.PRESENT), user_id=request.user.pk)
    if me.state == TeamMember.State.CONFIRMED:
        return redirect("contests:work", slug=slug, uuid=uuid)
    version = rules_in_force(contest)
    rules = Rules.of(version)
    standing, _place = standing_on(cast(User, request.user), contest.reference_date)
    is_mentor = me.role == TeamMember.Role.MENTOR
    form = JoinForm(
        request.POST if request.method == "POST" else None, rules=rules, asks_guardian=asks_guardian(rules, standing)
    )
    problem = None
    if request.method == "POST" and (is_mentor or form.is_valid()):
        try:
            operations.confirm_member(member=me, agreed=None if is_mentor else form.agreed)
        except Problem as refused:
            problem = refused
        else:
            messages.success(request, _("You are part of the team."))
            return redirect("contests:work", slug=slug, uuid=uuid)
    shown = {
        "contest": contest,
        "work": work,
        "members": members_of(work.team),
        "me": me,
        "is_mentor": is_mentor,
        "form": form,
        "problem": problem,
        "version": version,
    }
    return render(request, "contests/join.html", shown, status=422 if request.method == "POST" else 200)


@require_POST
@login_required
@never_cache
def hand_in(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """Hand in the version in the making; then the receipt."""
    contest = contest_for(request.user, slug)
    work = work_for(request.user, contest, uuid)
    version = rules_in_force(contest)
    form = HandInForm(request.POST, rules=Rules.of(version) if version else None)
    problem = None
    if form.is_valid():
        try:
            made = operations.submit_work(work=work, member=_member(work, request.user), declared=form.declared)
        except Problem as refused:
            problem = refused
        else:
            return redirect("contests:work_receipt", slug=slug, code=made.receipt_code)
    return render(request, "contests/work.html", _shown(request, work, form=form, problem=problem), status=422)


@require_safe
@login_required
@never_cache
def file(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    """A file of one's own team, by a signed link that lasts an hour."""
    contest = contest_for(request.user, slug)
    found = get_object_or_404(
        WorkFile,
        uuid=uuid,
        state=WorkFile.State.ACCEPTED,
        version__work__in=Work.objects.visible_to(request.user).filter(contest=contest),
    )
    return redirect(storage.signed_url(found.key, parameters={"ResponseContentType": found.content_type}))


def _slip(request: HttpRequest, slug: str, code: str) -> dict:
    """What a receipt says: everything to the team, to others that it is genuine and when it was given."""
    contest = contest_for(request.user, slug)
    found = (
        WorkVersion.objects.filter(work__contest=contest, receipt_code=code)
        .select_related("work__category", "work__team")
        .first()
    )
    if found is None:
        raise problems.NoSuchWork()
    work = found.work
    full = Work.objects.visible_to(request.user).filter(pk=work.pk).exists()
    rows = [
        {"label": _("Contest"), "value": contest.title},
        {"label": _("Entry code"), "value": work.code},
        {"label": _("Version"), "value": found.number},
        {"label": _("Received"), "value": timezone.localtime(found.submitted_at).strftime("%H:%M:%S, %d/%m/%Y")},
    ]
    if full:
        people = [one.user.get_full_name() for one in members_of(work.team) if one.role != TeamMember.Role.MENTOR]
        rows += [
            {"label": _("Work"), "value": work.title},
            {"label": _("Made by"), "value": ", ".join(people)},
            {"label": _("Files"), "value": ", ".join(one.file_name for one in found.files.all()) or "—"},
            {"label": _("AI used"), "value": found.ai_note or pgettext("AI used", "no")},
        ]
    # In fours, so that it wraps on a telephone and can be read out.
    sums = " ".join(found.digest[place : place + 4] for place in range(0, 24, 4))
    rows.append({"label": "SHA-256", "value": f"{sums} …"})
    address = absolute(reverse("contests:work_receipt", args=[slug, code]))
    return {
        "contest": contest,
        "code": code,
        "rows": rows,
        "full": full,
        "work": work if full else None,
        "address": address,
        "qr": qr_svg(address),
    }


@require_safe
@never_cache
def receipt(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    return render(request, "contests/receipt.html", _slip(request, slug, code))


@require_safe
@login_required
@never_cache
def receipt_pdf(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    slip = _slip(request, slug, code)
    if not slip["full"]:
        raise problems.NoSuchWork()
    response = HttpResponse(
        laid_out(render_to_string("contests/receipt_pdf.html", slip), "quizzes/receipt.css").write_pdf(),
        content_type="application/pdf",
    )
    response["Content-Disposition"] = f'attachment; filename="receipt-{code}.pdf"'
    return response


@require_POST
@login_required
@ratelimit(key="user", rate="20/m")
def ask(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask the secretary something about the contest."""
    contest = contest_for(request.user, slug)
    try:
        operations.ask(contest=contest, user=request.user, text=request.POST.get("text", ""))
    except Problem as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("Your question has been sent. You find the answer here."))
    return redirect("contests:contest", slug=slug)
