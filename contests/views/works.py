"""A work's pages for its team: put together, hand in, and the receipt. Beginning and joining: `contests.views.teams`."""

from collections.abc import Callable
from uuid import UUID, uuid4

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
from django.views.decorators.http import require_POST, require_safe
from django_ratelimit.decorators import ratelimit

from cms.pdf import laid_out
from cms.problems import Problem
from contests import operations, problems
from contests.models import Category, Slot, TeamInvitation, TeamMember, Work, WorkFile, WorkVersion
from contests.operations.works import lacking_of, require_changeable, shown_version, to_finish
from contests.queries.contests import contest_for, rules_in_force
from contests.queries.invitations import invitations_of, takes_invitations
from contests.queries.works import deadline_of, grace_of, members_of, slots_of, teachers_of, work_for
from contests.rules import Rules
from contests.work_forms import HandInForm
from media import storage
from schools.queries.addresses import absolute, qr_svg


def _member(work: Work, user) -> TeamMember:
    """The confirmed membership of whoever makes the work. Raises TeamRefused."""
    found = work.team.members.filter(
        user_id=user.pk, role__in=TeamMember.MAKERS, state=TeamMember.State.CONFIRMED
    ).first()
    if found is None:
        raise problems.TeamRefused(_("Only members who have confirmed can do this."))
    return found


def _shown(request: HttpRequest, work: Work, **more) -> dict:
    members = members_of(work.team)
    me = next((one for one in members if one.user_id == request.user.pk), None)
    try:
        require_changeable(work)
        closed = None
    except Problem as problem:
        closed = problem
    late = to_finish(work) if closed else None
    # Once nothing can be changed, what counts; what was begun after it and not handed in is of no use to anybody.
    version = late or (closed and work.counting_version) or shown_version(work)
    rules = rules_in_force(work.contest)
    complete = list(work.versions.exclude(submitted_at=None).order_by("-number"))
    is_maker = bool(me and me.role != TeamMember.Role.MENTOR and me.state == TeamMember.State.CONFIRMED)
    is_leader = bool(me and me.role == TeamMember.Role.LEADER)
    # Once nobody can join any more a held place would lead people astray.
    invitations = invitations_of(work.team) if is_leader and closed is None else []
    makers = sum(one.role != TeamMember.Role.MENTOR for one in members)
    has_room = makers + len(invitations) < work.category.team_max
    return {
        "work": work,
        "contest": work.contest,
        "members": members,
        "me": me,
        "is_leader": is_leader,
        "may_change": closed is None and is_maker,
        "may_finish": late is not None and is_maker,
        "finish_until": deadline_of(work) + grace_of(work),
        "closed": closed,
        "deadline": deadline_of(work),
        "grace": int(grace_of(work).total_seconds() // 60),
        "now": timezone.now(),
        "slots": slots_of(work.category, version),
        "version": version,
        "lacking": lacking_of(work) if is_maker else [],
        "complete": complete,
        "is_newer": version is not None and not version.is_complete,
        "may_invite": is_leader and has_room,
        "by_code": bool(work.team.school_key),
        "by_link": takes_invitations(work.team, work.category),
        "invitations": [_invited(work, one) for one in invitations],
        "key": uuid4(),
        "teachers": teachers_of(work.team) if is_leader and work.category.mentor != Category.Mentor.NONE else [],
        "form": more.pop("form", None) or HandInForm(rules=Rules.of(rules) if rules else None),
        **more,
    }


def _invited(work: Work, one: TeamInvitation) -> dict:
    """An invitation as its maker passes it on: to copy, to read out, to scan."""
    address = absolute(reverse("contests:invited", args=[work.contest.slug, one.code]))
    return {"row": one, "code": f"{one.code[:5]} {one.code[5:]}", "address": address, "qr": qr_svg(address)}


@require_safe
@login_required
@never_cache
def show(request: HttpRequest, slug: str, uuid: UUID) -> HttpResponse:
    work = work_for(request.user, contest_for(request.user, slug), uuid)
    return render(request, "contests/work.html", _shown(request, work))


def _invite(request: HttpRequest, work: Work) -> str:
    operations.invite_member(work=work, by=request.user, code=request.POST.get("code", ""))
    return _("Asked. Your mate finds the invitation on the page of the contest.")


def _hold_place(request: HttpRequest, work: Work) -> str:
    operations.make_invitation(work=work, by=request.user, key=_uuid(request, "key") or uuid4())
    return _("Send the link to your mate, or read out the code. It can be used once.")


def _revoke(request: HttpRequest, work: Work) -> str:
    invitation = get_object_or_404(work.team.invitations, uuid=_uuid(request, "invitation"))
    operations.revoke_invitation(invitation=invitation, by=request.user)
    return _("Taken back: the link opens nothing any more.")


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
    "hold_place": _hold_place,
    "revoke": _revoke,
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
